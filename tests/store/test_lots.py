"""What a node knows of a lot: newest version wins, recalls in force by key, lot and serial; wrong pages are refused."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from pos_trace.core.records import Certificate
from pos_trace.store import lots, lots_in
from pos_trace.store.database import Database
from pos_trace.store.models import CertificateRow, FacilityRow, FeedCursor, LotRecordRow, RecallRow
from tests.store.children import BEGIN

KEY = "01/09521234600053/10/MD2611-07"
SERIAL = f"{KEY}/21/0001"
LOT = {
    "kind": "lot",
    "key": KEY,
    "product_name": "Cải thảo (mẫu)",
    "facility_id": "F2",
    "status": "active",
    "version": 3,
}
FACILITY = {"kind": "facility", "facility_id": "F2", "name": "HTX (mẫu)", "version": 2}
RECALL = {
    "kind": "recall",
    "recall_id": "TH-1",
    "keys": [KEY],
    "reason": "mẫu",
    "issued_at": "2026-11-20T08:00:00+07:00",
    "version": 5,
}
ATTP = {"kind": "attp", "number": "12", "issuer": "Sở (mẫu)", "issued": "2025-01-01", "expires": "2028-01-01"}


def take(database: Database, *changes: dict[str, Any]) -> list[str]:
    with database.write() as session:
        return lots_in.upsert_changes(session, changes, BEGIN)


def found(database: Database, key: str = KEY) -> Any:
    with database.read() as session:
        return lots.find(session, key)


def test_an_unknown_lot_is_absent_and_its_age_is_that_of_the_feed(database: Database) -> None:
    assert found(database).state == "absent"
    assert found(database).age.as_of is None
    with database.write() as session:
        session.add(FeedCursor(site_id="s", id="f", created_at=BEGIN, name="changes", cursor=7, answered_at=BEGIN))
    age = found(database).age
    assert (age.version, age.as_of) == (7, BEGIN)
    take(database, LOT)
    assert (found(database).age.version, found(database).age.as_of) == (3, BEGIN)


def test_a_lot_comes_back_with_everything_its_line_said(database: Database) -> None:
    more = {
        "net_quantity": "500.5",
        "unit": "kg",
        "expiry_date": "2026-12-01",
        "updated_at": "2026-11-20T08:00:00+07:00",
    }
    more |= {
        "standards": [{"scheme": "VietGAP", "number": "1"}],
        "importer": {"name": "Cty (mẫu)"},
        "gtin": "09521234600053",
    }
    assert take(database, LOT | more, FACILITY | {"certificates": [ATTP], "is_individual": True}) == [KEY]
    answer = found(database)
    assert answer.state == "found"
    record, made = answer.record, answer.facility
    assert (record.net_quantity, record.expiry_date) == (Decimal("500.500"), date(2026, 12, 1))
    assert record.updated_at == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert (record.standards, record.importer) == (({"scheme": "VietGAP", "number": "1"},), {"name": "Cty (mẫu)"})
    assert (made.name, made.is_individual) == ("HTX (mẫu)", True)
    assert made.certificates == (Certificate("attp", "12", "Sở (mẫu)", date(2025, 1, 1), date(2028, 1, 1)),)
    assert answer.recall is None


def test_what_a_province_adds_of_its_own_is_kept_with_broken_numbers_as_text(database: Database) -> None:
    take(database, LOT | {"events": [{"type": "pack", "at": [14.35, 108], "x": {"y": None}}], "importer": {"kg": 0.5}})
    record = found(database).record
    assert record.events == ({"type": "pack", "at": ["14.35", 108], "x": {"y": None}},)
    assert record.importer == {"kg": "0.5"}


def test_a_lot_of_an_unknown_facility_is_found_without_it(database: Database) -> None:
    take(database, LOT)
    assert found(database).facility is None


@pytest.mark.parametrize(("version", "news"), [(2, False), (3, False), (4, True)])
def test_only_a_newer_version_of_a_lot_is_news(database: Database, version: int, news: bool) -> None:
    take(database, LOT)
    assert take(database, LOT | {"status": "suspended", "version": version}) == ([KEY] if news else [])
    assert found(database).record.status == ("suspended" if news else "active")


def test_a_newer_line_leaves_nothing_of_the_older_one(database: Database) -> None:
    take(
        database, LOT | {"brand": "X", "net_quantity": "1", "standards": [{"scheme": "a"}], "expiry_date": "2026-12-01"}
    )
    take(database, LOT | {"version": 4})
    record = found(database).record
    assert (record.brand, record.net_quantity, record.standards, record.expiry_date) == (None, None, (), None)


@pytest.mark.parametrize(("version", "news"), [(1, False), (2, False), (3, True)])
def test_a_facilitys_certificates_are_replaced_as_a_set(database: Database, version: int, news: bool) -> None:
    take(database, LOT, FACILITY | {"certificates": [ATTP, ATTP | {"kind": "ocop"}]})
    take(database, FACILITY | {"name": "mới", "certificates": [ATTP | {"number": "13"}], "version": version})
    made = found(database).facility
    assert made.name == ("mới" if news else "HTX (mẫu)")
    assert [c.number for c in made.certificates] == (["13"] if news else ["12", "12"])


@pytest.mark.parametrize(
    ("named", "key"),
    [
        ({"keys": [KEY]}, KEY),
        ({"keys": [KEY]}, SERIAL),
        ({"keys": [SERIAL]}, SERIAL),
        ({"keys": ["kt:CT-1"]}, "kt:CT-1"),
        ({"keys": None, "gtin": "09521234600053", "lots": ["MD2611-07"]}, KEY),
        ({"keys": None, "gtin": "9521234600053", "lots": ["MD2611-07"]}, KEY),
        ({"keys": None, "gtin": "09521234600053", "lots": ["MD2611-07"]}, SERIAL),
        ({"keys": None, "gtin": "09521234600053", "lots": ["A/B%"]}, "01/09521234600053/10/A%2FB%25"),
        ({"keys": ["kt:CT-1"], "gtin": "09521234600053", "lots": ["X", "MD2611-07"]}, KEY),
    ],
)
def test_a_recall_is_found_by_key_and_by_gtin_and_lot(database: Database, named: dict[str, Any], key: str) -> None:
    assert key in [*take(database, RECALL | named), key]
    recall = found(database, key).recall
    assert recall is not None
    assert (recall.recall_id, recall.reason) == ("TH-1", "mẫu")
    take(database, LOT | {"key": key})
    assert found(database, key).recall == recall


@pytest.mark.parametrize("key", ["01/09521234600053/10/MD2611-08", "01/09521234600054/10/MD2611-07", "kt:CT-2"])
def test_another_lot_is_not_recalled(database: Database, key: str) -> None:
    take(database, RECALL, LOT | {"key": key})
    assert found(database, key).recall is None


def test_a_recall_of_one_serial_leaves_the_lots_others_alone(database: Database) -> None:
    take(database, RECALL | {"keys": [SERIAL]})
    assert found(database, KEY).recall is None
    assert found(database, f"{KEY}/21/0002").recall is None


def test_a_recall_named_by_the_lots_own_record_counts_while_it_is_in_force(database: Database) -> None:
    take(database, RECALL | {"keys": []}, LOT | {"recall_id": "TH-1", "status": "recalled"})
    assert found(database).recall.recall_id == "TH-1"
    take(database, RECALL | {"keys": [], "status": "ended", "version": 6})
    assert found(database).recall is None


def test_a_recall_that_ended_is_no_longer_in_force_and_its_lots_are_judged_again(database: Database) -> None:
    take(database, RECALL)
    assert take(database, RECALL | {"status": "ended", "version": 6}) == [KEY]
    assert found(database).recall is None


def test_a_recall_that_names_other_lots_now_frees_the_former_ones(database: Database) -> None:
    take(database, RECALL)
    other = "01/09521234600053/10/MD2611-09"
    assert take(database, RECALL | {"keys": [other], "version": 6}) == [KEY, other]
    assert found(database).recall is None
    assert found(database, other).recall is not None


def test_an_older_recall_line_changes_nothing(database: Database) -> None:
    take(database, RECALL)
    assert take(database, RECALL | {"status": "ended"}) == []
    assert take(database, RECALL | {"status": "ended", "version": 4}) == []
    assert found(database).recall is not None


def test_of_two_recalls_in_force_the_newest_is_told(database: Database) -> None:
    take(database, RECALL, RECALL | {"recall_id": "TH-0", "issued_at": "2026-11-24T08:00:00+07:00"})
    assert found(database).recall.recall_id == "TH-0"
    take(
        database,
        RECALL | {"recall_id": "TH-0", "issued_at": "2026-11-24T08:00:00+07:00", "status": "ended", "version": 9},
    )
    assert found(database).recall.recall_id == "TH-1"


def test_the_same_page_again_changes_nothing(database: Database) -> None:
    page = [LOT, FACILITY | {"certificates": [ATTP]}, RECALL]
    assert take(database, *page) == [KEY]
    assert take(database, *page) == []


def test_a_kind_nobody_knows_yet_is_passed_over(database: Database) -> None:
    assert take(database, {"kind": "weather", "version": 1}, LOT) == [KEY]


WRONG: list[dict[str, Any]] = [
    *({**LOT, name: None} for name in ("key", "product_name", "facility_id", "status", "version")),
    *({**LOT, name: ""} for name in ("key", "product_name", "facility_id", "status")),
    *({**FACILITY, name: None} for name in ("facility_id", "name", "version")),
    *({**RECALL, name: None} for name in ("recall_id", "issued_at", "version")),
    LOT | {"key": 5},
    LOT | {"key": "k" * 401},
    LOT | {"product_name": "x" * 301},
    LOT | {"product_name": ["x"]},
    LOT | {"brand": 7},
    LOT | {"status": "unheard"},
    LOT | {"status": ["active"]},
    LOT | {"version": "3"},
    LOT | {"version": -1},
    LOT | {"version": 2**63},
    LOT | {"version": True},
    LOT | {"version": 1.5},
    LOT | {"net_quantity": "many"},
    LOT | {"net_quantity": "1.2345"},
    LOT | {"net_quantity": "NaN"},
    LOT | {"net_quantity": "Infinity"},
    LOT | {"net_quantity": "1e30"},
    LOT | {"expiry_date": "31/12/2026"},
    LOT | {"expiry_date": 20261231},
    LOT | {"updated_at": "now"},
    LOT | {"updated_at": 5},
    LOT | {"standards": "VietGAP"},
    LOT | {"standards": ["VietGAP"]},
    LOT | {"events": {"type": "x"}},
    LOT | {"importer": "Cty"},
    FACILITY | {"certificates": ["attp"]},
    FACILITY | {"certificates": [ATTP | {"expires": "never"}]},
    FACILITY | {"certificates": [ATTP | {"number": 12}]},
    RECALL | {"keys": [5]},
    RECALL | {"keys": "all"},
    RECALL | {"keys": ["k" * 401]},
    RECALL | {"lots": [None], "gtin": "09521234600053"},
    RECALL | {"issued_at": "today"},
    RECALL | {"issued_at": ["x"]},
    RECALL | {"collect_at": [{}]},
]


@pytest.mark.parametrize("line", WRONG, ids=str)
def test_a_wrong_line_refuses_its_page_whole(sqlite_database: Database, line: dict[str, Any]) -> None:
    good = LOT | {"key": "kt:CT-1"}
    with pytest.raises(ValueError, match=r"."):
        take(sqlite_database, good, line)
    with sqlite_database.read() as session:
        models = (LotRecordRow, FacilityRow, RecallRow, CertificateRow)
        assert [session.scalar(select(func.count()).select_from(model)) for model in models] == [0] * 4


def test_a_time_without_a_zone_is_taken_as_utc(database: Database) -> None:
    take(database, RECALL | {"issued_at": "2026-11-20T08:00:00"})
    assert found(database).recall.issued_at == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_a_line_with_empty_fields_gets_the_plain_ones(database: Database) -> None:
    bare = {"kind": None, "number": None, "issuer": None, "issued": None, "expires": ""}
    take(database, LOT, FACILITY | {"type": None, "status": None, "certificates": [bare]})
    take(database, RECALL | {"level": None, "collect_at": None})
    answer = found(database)
    assert (answer.facility.type, answer.facility.status) == ("", "active")
    assert answer.facility.certificates == (Certificate(""),)
    assert (answer.recall.level, answer.recall.collect_at) == ("", ())
