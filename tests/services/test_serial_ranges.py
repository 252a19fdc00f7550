"""Serials issued at the desk reach stations by the feed and doubt a label outside them; suspended facilities hold."""

from typing import Any

import pytest
from sqlalchemy import select

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import records, register, serial_ranges
from pos_trace.store import lots_in
from pos_trace.store.models import AuditEntry, DeliveryLine, StockLot, VerdictRow
from tests.services.night import CABBAGE, Night, on_sqlite
from tests.services.two_nodes import officer

GTIN, LOT = "09521234600053", "MD2611-07"
SERIAL = f"{CABBAGE}/21/0500"
OUTSIDE = "serial_out_of_range: Số tem ngoài dải đã cấp"


def issue(night: Night, first: str = "0001", last: str = "0400", **whose: Any) -> dict[str, Any]:
    told = {"first": first, "last": last} | (whose or {"gtin": GTIN, "lot": LOT})
    return serial_ranges.issue(night.pair.province, officer(night.pair.province), told, night.now)


def reasons(night: Night, line_id: str) -> list[str]:
    with night.node.db.read() as session:
        row = session.get_one(DeliveryLine, (night.node.id, line_id))
        verdict = session.get_one(VerdictRow, (night.node.id, row.verdict_id))
        return [f"{one['code']}: {one['text']}" for one in verdict.reasons]


def told_of(night: Night, key: str) -> list[str]:
    return reasons(night, night.receive(key)["id"])


def test_a_label_outside_every_range_of_its_lot_is_a_doubt_and_no_more(night: Night) -> None:
    issue(night)
    night.pull()
    line = night.receive(SERIAL)
    assert line["verdict"]["status"] == "attention"
    assert reasons(night, line["id"]) == [OUTSIDE]
    assert told_of(night, f"{CABBAGE}/21/0400") == []
    assert told_of(night, CABBAGE) == []


def test_ranges_issued_or_taken_back_later_judge_what_lies_here_again(night: Night) -> None:
    night.pull()
    line = night.receive(SERIAL)
    assert reasons(night, line["id"]) == []
    made = issue(night)
    night.pull(night.later(minutes=5))
    assert reasons(night, line["id"]) == [OUTSIDE]
    with pytest.raises(Invalid, match="lý do"):
        serial_ranges.withdraw(night.pair.province, officer(night.pair.province), made["range_id"], " ", night.now)
    for _ in range(2):
        serial_ranges.withdraw(night.pair.province, officer(night.pair.province), made["range_id"], "mất", night.now)
    night.pull(night.later(minutes=10))
    assert reasons(night, line["id"]) == []


@on_sqlite
@pytest.mark.parametrize(
    ("whose", "doubt"),
    [({"gtin": GTIN}, [OUTSIDE]), ({"facility_id": "F2"}, [OUTSIDE]), ({"gtin": "9521234600060"}, []),
     ({"gtin": GTIN, "lot": "KHAC"}, [])],
)  # fmt: skip
def test_ranges_of_the_product_or_the_facility_count_where_the_lot_has_none(
    night: Night, whose: dict[str, str], doubt: list[str]
) -> None:
    night.pull()
    line = night.receive(SERIAL)
    issue(night, **whose)
    night.pull(night.later(minutes=5))
    assert reasons(night, line["id"]) == doubt
    issue(night, "0500", "0599")
    night.pull(night.later(minutes=10))
    assert reasons(night, line["id"]) == []


@on_sqlite
@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"gtin": "09521234600054"}, "/gtin"),
        ({"gtin": "rau"}, "/gtin"),
        ({"gtin": GTIN, "facility_id": "F2"}, "/facility_id"),
        ({}, "/facility_id"),
        ({"lot": "L1", "facility_id": "F2"}, "/lot"),
        ({"facility_id": "F99"}, "/facility_id"),
        ({"gtin": GTIN, "first": ""}, "/first"),
        ({"gtin": GTIN, "last": "x"}, "/last"),
    ],
)
def test_a_range_that_says_nothing_is_refused_at_its_field(night: Night, told: dict[str, str], pointer: str) -> None:
    province = night.pair.province
    with pytest.raises(Invalid) as refused:
        serial_ranges.issue(province, officer(province), {"first": "1", "last": "9"} | told, night.now)
    assert pointer in [error.pointer for error in refused.value.errors]
    day = {"issued_on": night.later(hours=72).date(), "facility_id": "F2"}
    with pytest.raises(Invalid, match="chưa tới"):
        serial_ranges.issue(province, officer(province), {"first": "1", "last": "9"} | day, night.now)


@on_sqlite
@pytest.mark.parametrize(("first", "last"), [("0001", "0001"), ("0400", "0500"), ("0000", "0900"), ("0100", "0200")])
def test_no_serial_is_issued_twice_to_the_same(night: Night, first: str, last: str) -> None:
    issue(night)
    with pytest.raises(Conflict, match="đã cấp"):
        issue(night, first, last)
    issue(night, first, last, gtin=GTIN)
    found = serial_ranges.listed(night.pair.province, LOT)
    assert [(one["first"], one["count"], one["lot"]) for one in found["ranges"]] == [("0001", 400, LOT)]
    assert serial_ranges.listed(night.pair.province, "9521234600053", 7)["count"] == 2
    with pytest.raises(NotFound):
        serial_ranges.withdraw(night.pair.province, officer(night.pair.province), "x", "mất", night.now)


@on_sqlite
@pytest.mark.parametrize("spoilt", [{"first": None}, {"last": "x"}, {"gtin": None}, {"version": "7"}, {"first": 7}])
def test_a_spoilt_line_of_the_feed_is_refused(night: Night, spoilt: dict[str, Any]) -> None:
    line = {"kind": "serial_range", "range_id": "r", "first": "1", "last": "9", "gtin": GTIN, "version": 9} | spoilt
    with night.node.db.write() as session, pytest.raises(ValueError, match=r".+"):
        lots_in.upsert_changes(session, [line], night.now)


def suspend(night: Night, **more: Any) -> None:
    province = night.pair.province
    line = next(one for one in records.facilities(province)["facilities"] if one["facility_id"] == "F2")
    line.pop("version")
    register.put_facility(province, officer(province), line | more, night.now)


@pytest.mark.parametrize(("individual", "named"), [(False, " (cơ sở HTX"), (True, "")])
def test_a_suspended_facility_suspends_its_lots_until_it_resumes(night: Night, individual: bool, named: str) -> None:
    night.pull()
    line = night.receive(CABBAGE)
    suspend(night, status="suspended", status_reason="Chờ giấy mới", is_individual=individual)
    night.pull(night.later(minutes=5))
    assert reasons(night, line["id"])[0].startswith(f"suspended: Mã đang tạm dừng hiển thị{named}")
    with night.node.db.read() as session:
        assert session.scalars(select(StockLot.state).where(StockLot.line_id == line["id"])).one() == "held"
    suspend(night, status="active", status_reason="Đã có giấy mới", is_individual=individual)
    night.pull(night.later(minutes=10))
    assert reasons(night, line["id"]) == []
    with night.node.db.read() as session:
        assert session.scalars(select(StockLot.state).where(StockLot.line_id == line["id"])).one() == "sellable"
    with night.pair.province.db.read() as session:
        told = session.scalars(select(AuditEntry.body).where(AuditEntry.act == "facility_put")).all()
        assert [one["reason"] for one in told if "reason" in one] == ["Chờ giấy mới", "Đã có giấy mới"]
    changes = records.changes(night.pair.province, 0)["changes"]
    assert all("status_reason" not in one for one in changes)
