"""The immutable file of lots: built whole or not at all, found by key, and behind the table in ``lots.find``."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_trace.core.errors import Unavailable
from pos_trace.store import lot_lines, lots, lots_in, records_file
from pos_trace.store.database import Database
from pos_trace.store.models import RecordsFile
from pos_trace.store.records_file import OpenFiles
from tests.store.children import BEGIN
from tests.store.snapshots import lot

WHOLE = lot(7) | {
    "gtin": "09521234600007", "lot": "L000007", "product_group": "rau", "harvest_date": "2026-11-20",
    "best_before": "2026-11-30", "net_quantity": "500.125", "unit": "kg", "updated_at": "2026-11-20T08:00:00+07:00",
    "standards": [{"scheme": "VietGAP", "number": "1"}], "events": [], "importer": {"name": "X (mẫu)"},
}  # fmt: skip


def build(folder: Path, seq: int, *lines: dict[str, Any]) -> str:
    """``records-<seq>.db`` of ``lines``; answers its SHA-256."""
    return records_file.build(folder / f"records-{seq}.db", [lot_lines.read_stored(line) for line in lines])[0]


def in_force(database: Database, seq: int, sha256: str = "") -> None:
    with database.write() as session:
        row = RecordsFile(site_id="s", id=f"f{seq}", created_at=BEGIN, seq=seq, rows=1, path=f"records-{seq}.db")
        row.sha256 = sha256
        session.add(row)


@pytest.fixture
def files(sqlite_database: Database) -> Path:
    """The folder of a database's records files."""
    assert sqlite_database.records is not None
    return sqlite_database.records.folder


def test_a_lot_comes_back_typed_as_the_table_would_give_it(tmp_path: Path, sqlite_database: Database) -> None:
    build(tmp_path, 1, WHOLE)
    found = OpenFiles(tmp_path).find("records-1.db", WHOLE["key"])
    assert found is not None
    told = dict(zip(lot_lines.COLUMNS, found, strict=True))
    assert told["net_quantity"] == Decimal("500.125")
    assert (told["harvest_date"], told["best_before"]) == (date(2026, 11, 20), date(2026, 11, 30))
    assert told["updated_at"] == datetime(2026, 11, 20, 1, tzinfo=UTC)
    with sqlite_database.write() as session:
        lots_in.upsert_lot(session, WHOLE, BEGIN)
    with sqlite_database.read() as session:
        assert lots.find(session, WHOLE["key"]).record == lots.record(found)


def test_the_same_lots_make_the_same_file_and_the_newer_of_two_lines_counts(tmp_path: Path) -> None:
    newer = lot(1, version=9, status="suspended")
    first = build(tmp_path, 1, lot(1), newer, lot(2))
    assert first == build(tmp_path, 2, lot(1), newer, lot(2)) == records_file.sha256_of(tmp_path / "records-1.db")
    found = OpenFiles(tmp_path).find("records-1.db", newer["key"])
    assert found is not None
    assert found[lot_lines.VERSION] == 9


def test_a_build_that_fails_leaves_nothing_and_an_older_file_of_the_name_as_it_was(tmp_path: Path) -> None:
    def broken() -> Iterator[list[Any]]:
        yield lot_lines.read_stored(lot(1))
        raise ValueError("cut off")

    before = build(tmp_path, 1, lot(5))
    with pytest.raises(ValueError, match="cut off"):
        records_file.build(tmp_path / "records-1.db", broken())
    assert [path.name for path in tmp_path.iterdir()] == ["records-1.db"]
    assert records_file.sha256_of(tmp_path / "records-1.db") == before


@pytest.mark.parametrize("spoilt", [b"", b"no database", None], ids=["empty", "other", "missing"])
def test_a_file_that_cannot_be_read_says_so(tmp_path: Path, spoilt: bytes | None) -> None:
    if spoilt is not None:
        (tmp_path / "records-1.db").write_bytes(spoilt)
    with pytest.raises(Unavailable):
        OpenFiles(tmp_path).find("records-1.db", "k")


@pytest.mark.parametrize(
    ("table", "file", "seq", "version"),
    [
        (None, None, 5, None),
        (None, 4, 5, 4),
        (3, None, 5, 3),  # learnt by the way, and no lot of the snapshot
        (3, 4, 5, 4),
        (5, 4, 5, 4),  # not newer than the file, which has the whole word
        (6, 4, 5, 6),
    ],
)
def test_the_newer_of_table_and_file_is_told(
    sqlite_database: Database, files: Path, table: int | None, file: int | None, seq: int, version: int | None
) -> None:
    key = lot(1)["key"]
    build(files, seq, *([lot(1, version=file)] if file else []), lot(2))
    in_force(sqlite_database, seq)
    if table:
        with sqlite_database.write() as session:
            lots_in.upsert_lot(session, lot(1, version=table), BEGIN)
    with sqlite_database.read() as session:
        found = lots.find(session, key)
    assert (found.record.version if found.record else None) == version
    assert found.state == ("found" if version else "absent")
    assert found.age.as_of == BEGIN


def test_a_serial_is_its_lots_in_the_file_too(sqlite_database: Database, files: Path) -> None:
    build(files, 5, lot(1), lot(2, key=lot(1)["key"] + "/21/7", product_name="Một thùng (mẫu)"))
    in_force(sqlite_database, 5)
    with sqlite_database.read() as session:
        names = [lots.find(session, f"{lot(1)['key']}/21/{serial}").record for serial in (7, 8)]
    assert [record.product_name if record else None for record in names] == ["Một thùng (mẫu)", "Cải thảo 1 (mẫu)"]


def test_a_file_gone_bad_makes_lots_unavailable_never_absent(sqlite_database: Database, files: Path) -> None:
    in_force(sqlite_database, 5)
    with sqlite_database.write() as session:
        lots_in.upsert_lot(session, lot(1, version=6), BEGIN)
        lots_in.upsert_lot(session, lot(2, version=4), BEGIN)
    with sqlite_database.read() as session:
        states = [lots.find(session, lot(number)["key"]).state for number in (1, 2, 3)]
    assert states == ["found", "found", "unavailable"]


def test_the_newest_file_is_in_force_from_its_commit_on(sqlite_database: Database, files: Path) -> None:
    build(files, 5, lot(1, version=5))
    in_force(sqlite_database, 5)
    with sqlite_database.read() as earlier:
        assert lots.find(earlier, lot(1)["key"]).age.version == 5
        build(files, 8, lot(1, version=8))
        in_force(sqlite_database, 8)
        assert lots.find(earlier, lot(1)["key"]).age.version == 5
    with sqlite_database.read() as session:
        assert lots.find(session, lot(1)["key"]).age.version == 8
        assert lots.newer_in_file(session, [lot(1)["key"], lot(2)["key"]], 5) == [lot(1)["key"]]
        assert lots.newer_in_file(session, [lot(1)["key"]], 8) == []


TEXT = st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(TEXT, st.tuples(TEXT, st.integers(0, 2**62), st.decimals(0, 10**6, places=3)), min_size=1),
)
def test_whatever_goes_in_comes_out(tmp_path: Path, told: dict[str, tuple[str, int, Decimal]]) -> None:
    lines = [
        lot(1, key=key, product_name=name, version=version, net_quantity=str(net))
        for key, (name, version, net) in told.items()
    ]
    build(tmp_path, 1, *lines)
    files = OpenFiles(tmp_path)
    for line in lines:
        assert files.find("records-1.db", line["key"]) == lot_lines.read(line)
    files.close()
