"""What the office counts by itself: vehicles, arrivals, stall-days; struck out, never deleted; with its source."""

from datetime import timedelta
from typing import Any

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import gate_log, market
from pos_trace.store.models import AuditEntry, GateEntry
from tests.services.night import CABBAGE, Night, on_sqlite


def add(night: Night, **told: Any) -> dict[str, Any]:
    return gate_log.add(night.node, night.node.machine("t"), told.pop("at", night.now), **told)


def stall(night: Night, number: str = "A-12") -> dict[str, Any]:
    rows = {row["number"]: row for row in market.stalls(night.node, night.now)["stalls"]}
    found: dict[str, Any] = rows[number]
    return found


def test_a_vehicle_is_written_with_its_plate_in_one_spelling(night: Night) -> None:
    told = add(night, plate="82c 01234", number="A-12")
    assert (told["plate"], told["number"], told["count"], told["source"]) == ("82C-012.34", "A-12", 1, "gate")
    add(night, plate="49C-1111")
    day = gate_log.listed(night.node, night.now)
    assert (day["total"], {row["number"] for row in day["entries"]}) == (2, {None, "A-12"})


def test_an_entry_is_struck_out_once_and_stays_visible(night: Night) -> None:
    entry = add(night, number="A-12", count=9)["id"]
    gate_log.cancel(night.node, night.node.machine("t"), entry, night.now)
    day = gate_log.listed(night.node, night.now)
    assert (day["total"], day["entries"][0]["cancelled"]) == (0, True)
    assert stall(night)["counted"] is None
    with pytest.raises(Conflict, match="gate_cancelled"):
        gate_log.cancel(night.node, night.node.machine("t"), entry, night.now)
    with pytest.raises(NotFound):
        gate_log.cancel(night.node, night.node.machine("t"), "x", night.now)
    assert night.count(AuditEntry, AuditEntry.act == "gate_cancelled") == 1


@on_sqlite
@pytest.mark.parametrize(
    ("told", "error", "code"),
    [
        ({}, Invalid, "gate_empty"), ({"plate": "!!"}, Invalid, "plate_invalid"),
        ({"number": "A-12", "count": 0}, Invalid, "count_invalid"),
        ({"number": "A-12", "count": 501}, Invalid, "count_invalid"),
        ({"number": "A-12", "source": "nghe nói"}, Invalid, "source_unknown"),
        ({"number": "Z-9"}, NotFound, "stall_unknown"),
        ({"number": "A-12", "days": 1}, Invalid, "day_invalid"),
        ({"number": "A-12", "days": -32}, Invalid, "day_invalid"),
    ],
)  # fmt: skip
def test_an_entry_that_is_none_is_refused(
    night: Night, told: dict[str, Any], error: type[Exception], code: str
) -> None:
    told = dict(told)
    if "days" in told:
        told["day"] = night.now.astimezone(night.node.zone).date() + timedelta(days=told.pop("days"))
    with pytest.raises(error, match=code):
        add(night, **told)
    assert night.count(GateEntry) == 0


def test_recorded_is_held_against_the_count_with_its_source_and_without_one_it_says_so(night: Night) -> None:
    night.deliver()
    night.deliver()
    assert (stall(night)["recorded"], stall(night)["counted"]) == (2, None)
    assert stall(night)["counted_by"] == "chưa có số đếm ở cổng"
    add(night, number="A-12", count=4, source="supplier_slip")
    assert (stall(night)["counted"], stall(night)["counted_by"]) == (4, "phiếu của người giao")
    yesterday = night.now.astimezone(night.node.zone).date() - timedelta(days=1)
    add(night, number="A-12", count=3, day=yesterday)
    assert (stall(night)["counted"], stall(night)["counted_by"]) == (3, "sổ cổng")
    add(night, number="A-12", count=9, day=yesterday - timedelta(days=7))
    assert stall(night)["counted"] == 3


def test_stall_days_follow_what_the_stall_did_until_the_office_ticks(night: Night) -> None:
    night.deliver("A-12")
    opened = {row["number"]: row["open"] for row in gate_log.listed(night.node, night.now)["stalls"]}
    assert opened == {"A-12": True, "E-01": False}
    for ticks in ({"A-12": False, "E-01": True}, {"E-01": True}):
        gate_log.set_open(night.node, night.node.machine("t"), ticks, night.now)
    rows = {row["number"]: (row["open"], row["seen"]) for row in gate_log.listed(night.node, night.now)["stalls"]}
    assert rows == {"A-12": (False, True), "E-01": (True, False)}
    with pytest.raises(NotFound):
        gate_log.set_open(night.node, night.node.machine("t"), {"Z-9": True}, night.now)


def test_look_ups_without_a_delivery_are_counted_per_stall(night: Night) -> None:
    night.pull()
    night.scan(CABBAGE)
    night.scan(CABBAGE, night.deliver())
    assert (stall(night)["lookups_today"], stall(night, "E-01")["lookups_today"]) == (1, 0)
    found = market.stalls(night.node, night.now, "e-01")["stalls"]
    assert [row["number"] for row in found] == ["E-01"]
