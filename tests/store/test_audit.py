"""The audit chain: whole under eight threads; every edit, deletion, swap and cut shows; both databases."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from pos_trace.core.canonical import START
from pos_trace.store import audit
from pos_trace.store.database import Database
from pos_trace.store.models import AuditEntry, AuditHead
from tests.store.children import BEGIN, NODE

COUNT = 6
EDITS: dict[str, Any] = {
    "id": "another",
    "stall_id": "s2",
    "actor": "user:other",
    "act": "nothing",
    "subject": "lot:2",
    "body": {"n": 99},
    "previous": "f" * 64,
    "sha256": "0" * 64,
    "created_at": BEGIN + timedelta(microseconds=1),
}


def append(database: Database, body: dict[str, Any], site: str = NODE) -> tuple[int, str]:
    with database.write() as session:
        entry = audit.append(
            session, site_id=site, stall_id="s1", actor="user:u", act="sold", subject="lot:1", body=body, now=BEGIN
        )
        return entry.number, entry.sha256


@pytest.fixture
def chain(database: Database) -> Database:
    """A database with a chain of six."""
    for number in range(1, COUNT + 1):
        append(database, {"n": number, "tên": "cà chua"})
    return database


def verify(database: Database, anchor: tuple[int, str] | None = None) -> audit.AuditReport:
    with database.read() as session:
        return audit.verify(session, NODE, anchor)


def change(database: Database, *statements: Any) -> None:
    with database.write() as session:
        for statement in statements:
            session.execute(statement)


def numbered(number: int) -> Any:
    return (AuditEntry.site_id == NODE) & (AuditEntry.number == number)


def test_an_empty_chain_is_whole(database: Database) -> None:
    assert verify(database) == audit.AuditReport(True, 0, START, None)


def test_eight_threads_write_one_unbroken_chain(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        heads = [item.result() for item in [threads.submit(append, database, {"n": n}) for n in range(120)]]
    report = verify(database)
    assert (report.ok, report.entries) == (True, 120)
    assert sorted(number for number, _ in heads) == list(range(1, 121))
    assert report.head == dict(heads)[120]


def test_two_nodes_in_one_database_have_two_chains(chain: Database) -> None:
    append(chain, {"n": 1}, "another")
    assert verify(chain).entries == COUNT
    with chain.read() as session:
        assert audit.verify(session, "another").entries == 1


def test_an_act_that_fails_leaves_no_entry(chain: Database) -> None:
    with pytest.raises(TypeError, match="float"):
        append(chain, {"weight": 1.5})
    assert verify(chain).entries == COUNT


@pytest.mark.parametrize("number", [1, 3, COUNT])
def test_every_edit_of_any_column_is_found_where_it_is(chain: Database, number: int) -> None:
    with chain.read() as session:
        entry = session.scalars(select(AuditEntry).where(numbered(number))).one()
    for column, value in EDITS.items():
        before = getattr(entry, column)
        change(chain, update(AuditEntry).where(numbered(number)).values({column: value}))
        report = verify(chain)
        told = (report.ok, report.entries, report.problem)
        assert told == (False, number - 1, f"dòng {number} của nhật ký đã bị sửa"), column
        change(chain, update(AuditEntry).where(numbered(number)).values({column: before}))
        assert verify(chain).ok


def test_every_column_that_says_something_was_edited() -> None:
    assert set(AuditEntry.__table__.columns.keys()) == {*EDITS, "site_id", "number"}


def test_an_edit_hashed_again_is_found_at_the_entry_after_it(chain: Database) -> None:
    with chain.write() as session:
        entry = session.scalars(select(AuditEntry).where(numbered(2))).one()
        entry.body = {"n": 99}
        entry.sha256 = audit._hash(entry)
    assert verify(chain).problem == "dòng 3 của nhật ký đã bị sửa"


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_deleted_entry_is_missed(chain: Database, number: int) -> None:
    change(chain, delete(AuditEntry).where(numbered(number)))
    assert verify(chain).problem == f"thiếu dòng {number} của nhật ký"


def test_a_deletion_closed_up_by_new_numbers_is_found(chain: Database) -> None:
    later = [update(AuditEntry).where(numbered(n)).values(number=n - 1) for n in range(4, COUNT + 1)]
    change(chain, delete(AuditEntry).where(numbered(3)), *later)
    assert verify(chain).problem == "dòng 3 của nhật ký đã bị sửa"


def test_two_entries_that_changed_places_are_found(chain: Database) -> None:
    moves = [(2, 1000), (4, 2), (1000, 4)]
    change(chain, *(update(AuditEntry).where(numbered(old)).values(number=new) for old, new in moves))
    assert verify(chain).problem == "dòng 2 của nhật ký đã bị sửa"


def test_an_inserted_entry_is_found(chain: Database) -> None:
    with chain.read() as session:
        copy = session.scalars(select(AuditEntry).where(numbered(3))).one()
        values = {c.key: getattr(copy, c.key) for c in AuditEntry.__table__.columns}
    change(chain, insert(AuditEntry).values(values | {"id": "new", "number": COUNT + 1}))
    assert verify(chain).problem == f"dòng {COUNT + 1} của nhật ký đã bị sửa"


def test_a_cut_end_does_not_agree_with_the_head(chain: Database) -> None:
    change(chain, delete(AuditEntry).where(numbered(COUNT)))
    assert verify(chain).problem == "cuối nhật ký đã bị cắt"


@pytest.mark.parametrize("kept", [0, 4])
def test_an_end_cut_together_with_the_head_needs_the_anchor_kept_elsewhere(chain: Database, kept: int) -> None:
    anchor = (COUNT, verify(chain).head)
    change(chain, delete(AuditEntry).where(AuditEntry.number > kept), delete(AuditHead))
    if kept:
        with chain.read() as session:
            last = session.scalars(select(AuditEntry).where(numbered(kept))).one()
        change(chain, insert(AuditHead).values(site_id=NODE, number=kept, sha256=last.sha256))
    assert verify(chain).ok
    assert verify(chain, anchor).problem == "cuối nhật ký đã bị cắt"


def test_a_chain_written_anew_does_not_meet_the_anchor(chain: Database) -> None:
    anchor = (3, hashlib.sha256(b"the old third entry").hexdigest())
    report = verify(chain, anchor)
    assert (report.ok, report.problem) == (False, "dòng 3 không khớp mốc đã gửi đi")


def test_a_true_anchor_is_met_however_long_the_chain_grew(chain: Database) -> None:
    anchor = (COUNT, verify(chain).head)
    append(chain, {"n": 7})
    assert verify(chain, anchor).ok


@pytest.mark.parametrize(("column", "value"), [("body", '{"n": 1.5}'), ("body", "{"), ("created_at", "yesterday")])
def test_what_cannot_even_be_read_is_reported_and_never_raised(
    sqlite_database: Database, column: str, value: str
) -> None:
    for number in range(3):
        append(sqlite_database, {"n": number})
    spoil = text(f"UPDATE audit_entry SET {column} = :value WHERE number = 2")
    change(sqlite_database, spoil.bindparams(value=value))
    assert verify(sqlite_database).problem == "dòng 2 của nhật ký đã bị sửa"


def test_a_chain_of_several_batches_is_walked_whole(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 50)
    with database.write() as session:
        for number in range(230):
            audit.append(
                session, site_id=NODE, stall_id=None, actor="m", act="a", subject="s", body={"n": number}, now=BEGIN
            )
    assert verify(database).entries == 230
    change(database, update(AuditEntry).where(numbered(201)).values(actor="x"))
    assert verify(database).problem == "dòng 201 của nhật ký đã bị sửa"


def test_decimals_and_times_are_kept_as_text(database: Database) -> None:
    local = datetime(2026, 11, 25, 2, 31, tzinfo=timezone(timedelta(hours=7)))
    append(database, {"kg": Decimal("1.500"), "at": local, "days": [local.date()], "n": 3, 4: None, "t": (True,)})
    with database.read() as session:
        body = session.scalars(select(AuditEntry.body)).one()
    assert body == {
        "kg": "1.500",
        "at": "2026-11-24T19:31:00+00:00",
        "days": ["2026-11-25"],
        "n": 3,
        "4": None,
        "t": [True],
    }
    assert datetime.fromisoformat(body["at"]).astimezone(UTC) == BEGIN
    assert verify(database).ok
