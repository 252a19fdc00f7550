"""The register's lists, its home and files of lots, on both databases."""

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import lot_files, register, register_desk, serial_ranges
from pos_trace.services.node import Node
from tests.services.two_nodes import FACILITY, KEY, LOT, officer

SSCC = "00/195212340000000010"


@pytest.fixture
def province(pair, now):
    who = officer(pair.province)
    lapsed = [{"kind": "ATTP", "expires": "2026-01-01"}, {"kind": "OCOP", "expires": "2026-01-01"}, {"kind": "OCOP"}]
    register.put_facility(pair.province, who, FACILITY | {"certificates": lapsed}, now)
    more = {"facility_id": "F3", "name": "Trại 100% (mẫu)", "trace_system": "Cổng", "status": "suspended"}
    register.put_facility(pair.province, who, FACILITY | more, now)
    register.put_facility(pair.province, who, FACILITY | {"facility_id": "F4", "status": "closed"}, now)
    lots = [LOT | {"key": f"01/09521234600060/10/P{number:02d}"} for number in range(60)]
    register.put_lots(pair.province, who, [LOT, *lots, LOT | {"key": SSCC}, LOT | {"key": "kt:CT-1"}], now)
    return pair.province


def found(province: Node, sought: str, after: str = "") -> int:
    return len(register_desk.lots(province, sought, after)["lots"])


def test_lists_find_what_people_type_and_turn_their_pages(province, now):
    told = register_desk.facilities(province, "", 9, now.date())
    assert {one["facility_id"]: one["lapsed"] for one in told["facilities"]} == {"F2": ["ATTP"], "F3": [], "F4": []}
    assert (told["count"], told["pages"], told["page"]) == (3, 1, 1)
    assert register_desk.facilities(province, "100%", 1, now.date())["count"] == 1
    assert register_desk.facilities(province, "mang Đen", 1, now.date())["count"] == 3
    assert [found(province, text) for text in ("9521234600053", KEY, KEY[:20], "01/0952", SSCC, "00/19")] == [
        1, 1, 1, 50, 1, 1,
    ]  # fmt: skip
    assert [found(province, text) for text in ("MD2611-07", "F2", "kt:CT-1", "Cải thảo", "%", "")] == [
        1, 50, 1, 50, 0, 50,
    ]  # fmt: skip
    first = register_desk.lots(province, "", "")
    second = register_desk.lots(province, "", first["next"])
    assert (len(second["lots"]), second["next"]) == (13, None)
    assert not {one["key"] for one in first["lots"]} & {one["key"] for one in second["lots"]}


def test_the_home_counts_enterprises_that_work_and_what_waits(province, now):
    who = officer(province)
    serial_ranges.issue(province, who, {"first": "1", "last": "9", "facility_id": "F2"}, now)
    sheet = {"lots": [LOT], "errors": [], "bad": [], "ignored": []}
    lot_files.take(province, who, "", "a" * 64, sheet, now)
    home = register_desk.home(province)
    assert {name: home[name] for name in ("facilities", "lots", "ranges", "waiting", "with_system", "firms")} == {
        "facilities": 3, "lots": 63, "ranges": 1, "waiting": 1, "with_system": 1, "firms": 2,
    }  # fmt: skip
    assert (home["share"], home["target"], home["reached"]) == (50, 30, True)


def test_a_file_is_approved_once_whole_or_not_at_all(province, now):
    who = officer(province)
    fresh = LOT | {"key": "kt:CT-2", "product_name": "Cá tầm"}
    sheet = {"lots": [fresh, {"key": KEY, "facility_id": "F2", "product_name": "Mới", "status": "active"}]}
    register.put_lots(province, who, [LOT | {"status": "suspended", "brand": "Giữ"}], now)
    made = lot_files.take(province, who, "lô.xlsx", "b" * 64, sheet | {"errors": [], "bad": [], "ignored": []}, now)
    assert [row["new"] for row in lot_files.detail(province, who, made["id"], now)["rows"]] == [True, False]
    assert lot_files.approve(province, who, made["id"], now)["state"] == "approved"
    assert lot_files.approve(province, who, made["id"], now)["state"] == "approved"
    kept = register_desk.lot(province, KEY)
    assert (kept["product_name"], kept["brand"], kept["status"]) == ("Mới", "Giữ", "suspended")
    with pytest.raises(Conflict):
        lot_files.refuse(province, who, made["id"], "x", now)
    wrong = {
        "lots": [fresh | {"key": "kt:CT-3"}, fresh | {"facility_id": "F99"}],
        "errors": [],
        "bad": [],
        "ignored": [],
    }
    other = lot_files.take(province, who, "lô.xlsx", "c" * 64, wrong, now)
    with pytest.raises(Invalid):
        lot_files.approve(province, who, other["id"], now)
    with pytest.raises(NotFound):
        register_desk.lot(province, "kt:CT-3")
    assert [one["state"] for one in lot_files.listed(province)["files"]] == ["waiting", "approved"]


def test_a_recalled_lot_keeps_the_officers_own_status_on_its_form(province, now):
    from pos_trace.services import recalls

    who = officer(province)
    recalls.issue(province, who, {"keys": [KEY], "reason": "mẫu"}, now)
    line = register_desk.lot(province, KEY)
    assert (line["status"], bool(line["recall_id"])) == ("active", True)
    register_desk.save_lot(province, who, {"key": KEY, "brand": "Mẫu", "status": "active"}, now)
    with province.db.read() as session:
        from pos_trace.store.models import LotRecordRow

        row = session.get_one(LotRecordRow, KEY)
        assert (row.status, row.own_status, row.brand) == ("recalled", "active", "Mẫu")
    for call in (
        lambda: register_desk.facility(province, "F99"),
        lambda: register_desk.lot(province, "x"),
        lambda: lot_files.detail(province, who, "x", now),
    ):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(Invalid):
        register_desk.save_lot(province, who, {"key": "x", "status": "active"}, now)
