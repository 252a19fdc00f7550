"""Rows of somebody's file: by the register's rules at a province, as the office's own at a station."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_trace.services import importing, publishing, records, register, snapshots
from pos_trace.services.importing import RowIn
from pos_trace.services.node import Node
from pos_trace.store import lots
from pos_trace.store.models import CertificateRow, FacilityRow, LotRecordRow, RecallRow, StopSale
from tests.services.night import CABBAGE, FISH, SUSPENDED, UNKNOWN, Night, on_sqlite
from tests.services.test_snapshots import linked, numbered
from tests.services.two_nodes import FACILITY, LOT, Pair, officer

__all__ = ["linked"]
LINE = {"kind": "lot"} | LOT
RECALL = {"kind": "recall", "recall_id": "TH-9", "reason": "vượt mức (mẫu)", "issued_at": "2026-11-24T00:00:00+07:00"}


def take(node: Node, now: Any, *lines: Any) -> dict[str, Any]:
    """Lines, each a row of its own; a tuple of them is one row."""
    verb = importing.into_register if node.role == "province" else importing.into_records
    rows = [RowIn(number, line if isinstance(line, tuple) else (line,)) for number, line in enumerate(lines, 2)]
    return verb(node, node.machine("import"), rows, now)


def told(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    return answer["lots"], answer["facilities"], answer["recalls"], answer["unchanged"]


def faults(answer: dict[str, Any]) -> list[tuple[int, str]]:
    return [(one["row"], one["column"]) for one in answer["errors"]]


def record(node: Node, key: str) -> Any:
    with node.db.read() as session:
        return lots.find(session, key)


@pytest.fixture
def province(pair: Pair, now: Any) -> Node:
    register.put_facility(pair.province, officer(pair.province), FACILITY, now)
    return pair.province


def test_good_rows_go_in_with_versions_of_the_province_and_wrong_ones_are_told_by_row(province: Node, now: Any) -> None:
    before = records.version(province)
    new = {"kind": "facility", "facility_id": "F9", "name": "HTX mới (mẫu)"}
    answer = take(
        province, now,
        LINE | {"version": 999_999},
        LINE | {"key": "01/09521234600053/10/B", "facility_id": "F0"},
        LINE | {"key": "không phải mã"},
        LINE | {"key": "01/09521234600053/10/C", "status": "recalled"},
        (new, LINE | {"key": "01/09521234600053/10/D", "facility_id": "F9"}),
        LINE | {"key": "01/09521234600053/10/E", "product_name": "x" * 999},
        LINE | {"key": "01/09521234600053/10/F", "net_quantity": "-1"},
        LINE | {"key": "01/09521234600053/10/G", "net_quantity": "7", "facility_id": "F0", "status": "recalled"},
    )  # fmt: skip
    assert told(answer) == (2, 1, 0, 0)
    assert sorted(faults(answer)) == [(3, "facility_id"), (4, "key"), (5, "status"), (7, ""), (8, "net_quantity"),
                                      (9, "facility_id"), (9, "status")]  # fmt: skip
    assert answer["errors"][0]["expected"] == importing.EXPECTED["key"]
    assert before < record(province, LOT["key"]).record.version <= records.version(province) < 99
    again = take(province, now, LINE, new)
    assert told(again) == (0, 0, 0, 2)


@on_sqlite
def test_a_facility_that_came_along_overwrites_none_that_is_known(province: Node, now: Any) -> None:
    held = FACILITY | {"certificates": [{"kind": "VietGAP", "expires": "2027-01-01"}]}
    register.put_facility(province, officer(province), held, now)
    take(province, now, ({"kind": "facility", "facility_id": "F2", "name": "Tên khác"}, LINE))
    with province.db.read() as session:
        assert session.get_one(FacilityRow, "F2").name == FACILITY["name"]
        assert session.query(CertificateRow).count() == 1
    take(province, now, {"kind": "facility", "facility_id": "F2", "name": "Tên khác"})
    with province.db.read() as session:
        assert session.get_one(FacilityRow, "F2").name == "Tên khác"


@on_sqlite
@pytest.mark.parametrize(
    "line",
    [
        {"kind": "facility", "facility_id": "", "name": "x"},
        {"kind": "facility", "facility_id": " \t", "name": "x"},
        {"kind": "facility", "facility_id": "F1", "name": "x" * 999},
        {"kind": "facility", "facility_id": "F1", "name": "x", "certificates": [{"kind": "a", "expires": "mai"}]},
        {"kind": "facility", "facility_id": "F1", "name": "x", "certificates": [{}]},
        RECALL,
        RECALL | {"keys": ["x"]},
        RECALL | {"keys": [FISH], "issued_at": "mai"},
        RECALL | {"keys": [FISH], "issued_at": "2099-01-01T00:00:00+07:00"},
        RECALL | {"keys": [FISH], "reason": ""},
        RECALL | {"keys": [FISH], "status": "ended"},
        RECALL | {"keys": [FISH], "collect_at": [7]},
        RECALL | {"keys": [FISH], "reason": 7},
        RECALL | {"gtin": "09521234600138", "lots": ["x" * 500]},
        {"kind": "khac"},
        {"kind": "lot", "key": 7},
    ],
)
def test_a_line_that_is_not_whole_is_told(province: Node, now: Any, line: dict[str, Any]) -> None:
    answer = take(province, now, line, LINE)
    assert (told(answer), [row for row, _ in faults(answer)]) == ((1, 0, 0, 0), [2])


@on_sqlite
def test_a_notice_goes_in_once_and_a_second_time_changes_nothing(province: Node, now: Any) -> None:
    take(province, now, LINE)
    line = RECALL | {"gtin": "09521234600053", "lots": ["MD2611-07"]}
    assert told(take(province, now, line)) == (0, 0, 1, 0)
    assert told(take(province, now, line)) == (0, 0, 0, 1)
    assert record(province, LOT["key"]).recall.recall_id == "TH-9"


def test_a_station_takes_what_its_office_brings_and_judges_the_goods_again(night: Night, now: Any) -> None:
    night.pull()
    held, sold, gone = (night.receive(key, "15") for key in (UNKNOWN, CABBAGE, FISH))
    answer = take(
        night.node, now,
        LINE | {"key": UNKNOWN, "product_group": "ca"},
        LINE | {"key": CABBAGE, "status": "suspended"},
        RECALL | {"keys": [FISH]},
        LINE | {"key": "không"},
        LINE | {"key": CABBAGE, "version": 1},
        LINE | {"key": "01/09521234600053/10/Z", "status": "ổn"},
        RECALL | {"recall_id": "TH-8", "gtin": "09521234600138", "lots": ["x" * 500]},
    )  # fmt: skip
    assert told(answer) == (2, 0, 1, 1)
    assert [row for row, _ in faults(answer)] == [5, 7, 8]
    assert [night.lot(line["lot_id"])["state"] for line in (held, sold, gone)] == ["sellable", "held", "blocked"]
    assert night.count(StopSale) == 1
    assert record(night.node, UNKNOWN).record.version == 1


def test_what_the_province_says_later_takes_the_place_of_what_was_brought(night: Night, now: Any) -> None:
    night.pull()
    for name in ("một", "hai"):
        assert told(take(night.node, now, LINE | {"product_name": name, "product_group": "rau"})) == (1, 0, 0, 0)
        assert record(night.node, CABBAGE).record.product_name == name
    line = LOT | {"product_name": "của tỉnh", "product_group": "rau"}
    register.put_lots(night.pair.province, officer(night.pair.province), [line], now)
    night.pull()
    assert record(night.node, CABBAGE).record.product_name == "của tỉnh"


def test_a_facility_brought_to_a_station_judges_its_goods_again(night: Night, now: Any) -> None:
    night.pull()
    line = night.receive(f"{CABBAGE}/21/7")
    lapsed = {"kind": "ATTP", "expires": (now - timedelta(days=9)).date().isoformat()}
    facility = {"kind": "facility"} | FACILITY | {"certificates": [lapsed]}
    assert told(take(night.node, now, facility)) == (0, 1, 0, 0)
    with night.node.db.read() as session:
        from pos_trace.store.models import DeliveryLine, VerdictRow

        row = session.get_one(DeliveryLine, (night.node.id, line["id"]))
        verdict = session.get_one(VerdictRow, (night.node.id, row.verdict_id))
    assert [one["code"] for one in verdict.reasons] == ["certificate_lapsed"]
    along = ({"kind": "facility", "facility_id": "F2", "name": "khác"}, LINE | {"key": SUSPENDED})
    assert told(take(night.node, now, along)) == (1, 0, 0, 0)
    assert night.count(RecallRow) == 0


def test_a_line_wins_over_the_file_in_force(linked: Pair, now: Any) -> None:
    path = Path(publishing.publish(linked.province, linked.province.machine("t"), now)["path"])
    snapshots.take(linked.station, path, now)
    assert told(take(linked.station, now, LINE | {"key": numbered(0), "status": "suspended"})) == (1, 0, 0, 0)
    assert record(linked.station, numbered(0)).record.status == "suspended"
    old = LINE | {"key": numbered(1), "version": 1, "status": "suspended"}
    assert told(take(linked.station, now, old)) == (0, 0, 0, 1)
    assert record(linked.station, numbered(1)).record.status == "active"


@on_sqlite
def test_nothing_good_writes_nothing(pair: Pair, now: Any) -> None:
    assert told(take(pair.station, now, {"kind": "lot"})) == (0, 0, 0, 0)
    with pair.station.db.read() as session:
        assert session.query(LotRecordRow).count() == 0
