"""The queue "gộp": by supplier, truck, lot or stall; one step on many cases, each with its own events and notice."""

from datetime import timedelta
from decimal import Decimal

import pytest

from pos_trace.core.errors import Invalid, NotFound
from pos_trace.services import case_groups, inspecting, notices
from pos_trace.store.models import Case
from tests.services.agencies_apart import case_row
from tests.services.case_desk import sent_case
from tests.services.goods_rows import flagged_line
from tests.services.two_nodes import SITE_ID, add_stall, officer

LOT = "01/09521234600053/10/MD2611-07"
CLEARED = {"outcome": "complies", "origin_finding": "cleared", "reason": "đủ giấy tờ"}


@pytest.fixture
def three(both, stall, now):
    """Three cases of one truck at two stalls; two of one lot."""
    other = add_stall(both.station, "C-03", now)
    made = []
    for where, key in ((stall, LOT), (stall, f"{LOT}/21/7"), (other, None)):
        made.append(sent_case(both, where, flagged_line(both.station, where, now, key=key), now))
    return made


def refs(*case_ids, seen=2):
    return [{"site_id": SITE_ID, "case_id": case_id, "seen": seen} for case_id in case_ids]


@pytest.mark.parametrize(
    ("by", "sizes", "title"),
    [
        ("supplier", [3], "Xe 76 (mẫu)"),
        ("truck", [3], "76C-012.34 ngày"),
        ("lot", [2, 1], f"Gà ta làm sẵn · {LOT}"),
        ("stall", [2, 1], "sạp D-07"),
    ],
)
def test_the_queue_is_put_together(both, three, now, by, sizes, title):
    desk = officer(both.province)
    found = case_groups.grouped(both.province, desk, by, now)["groups"]
    groups = sorted(found, key=lambda group: -group["count"])
    assert [group["count"] for group in groups] == sizes
    assert title in groups[0]["title"]
    one = case_groups.group(both.province, desk, by, groups[0]["key"], now)
    assert (one["cases"][0]["id"], len(one["cases"])) == (groups[0]["first"]["id"], sizes[0])
    assert (one["page"], one["pages"], one["total"]) == (1, 1, sizes[0])
    assert (one["unattended"], one["overdue"], one["value_dong"]) == (sizes[0], False, None)


def test_what_has_no_mark_stands_alone(both, three, now):
    desk = officer(both.province)
    with both.province.write(both.province.machine("t"), now) as tx:
        for case_id in three[:2]:
            row = tx.session.get_one(Case, (SITE_ID, case_id))
            row.supplier_name = row.vehicle_plate = None
    for by in ("supplier", "truck"):
        groups = case_groups.grouped(both.province, desk, by, now)["groups"]
        assert [group["count"] for group in groups] == [1, 1, 1]


def test_a_mark_nobody_knows_and_a_group_that_emptied_are_told(both, three, now):
    desk = officer(both.province)
    with pytest.raises(Invalid):
        case_groups.grouped(both.province, desk, "price", now)
    with pytest.raises(NotFound):
        case_groups.group(both.province, desk, "lot", "nothing", now)


def test_one_step_on_many_writes_each_its_own_events_and_notices(both, three, now):
    desk = officer(both.province)
    done = case_groups.act(both.province, desk, "take", {}, refs(*three), now)
    assert (done["done"], done["refused"]) == (3, 0)
    asked = case_groups.act(both.province, desk, "ask", {"text": "Gửi bảng kê"}, refs(*three[:2], seen=3), now)
    assert asked["done"] == 2
    mixed = [*refs(*three[:2], seen=4), *refs(three[2], seen=2), *refs("nothing")]
    ended = case_groups.act(both.province, desk, "conclude", CLEARED, mixed, now)
    results = {item["case_id"]: (item["result"], item["detail"]) for item in ended["items"]}
    assert {case_id: result for case_id, (result, _) in results.items()} == {
        three[0]: "done",
        three[1]: "done",
        three[2]: "refused",
        "nothing": "refused",
    }
    assert "vừa có thêm diễn biến" in results[three[2]][1]
    assert [case_row(both.province, case_id).state for case_id in three] == ["concluded", "concluded", "taken"]
    told = [inspecting.look(both.province, desk, SITE_ID, case_id, "", now)["events"][-1] for case_id in three[:2]]
    assert told[0]["sha256"] != told[1]["sha256"]
    assert {one["id"] for one in notices.due(both.province, desk, now)["notices"]} == set(three[:2])


def test_a_group_with_binding_words_becomes_proposals(both, three, now):
    desk = officer(both.province)
    case_groups.act(both.province, desk, "take", {}, refs(*three), now)
    told = {"outcome": "violation", "origin_finding": "undetermined", "reason": "không giấy"}
    with pytest.raises(Invalid):
        case_groups.act(both.province, desk, "conclude", told, refs(*three, seen=3), now)
    told |= {"document_number": "9/BB", "document_date": "2026-11-25"}
    case_groups.act(both.province, desk, "conclude", told, refs(*three, seen=3), now)
    assert [case_row(both.province, case_id).state for case_id in three] == ["taken"] * 3
    assert inspecting.look(both.province, desk, SITE_ID, three[0], "", now)["draft"]["state"] == "proposed"
    assert all(case["draft_waits"] for case in case_groups.queue(both.province, desk, None, now)["cases"])


@pytest.mark.parametrize(
    ("step", "told", "many"), [("delete", {}, 1), ("take", {}, 0), ("take", {}, 101), ("ask", {"text": " "}, 1)]
)
def test_a_group_step_that_cannot_be_is_refused_whole(both, now, step, told, many):
    with pytest.raises(Invalid):
        case_groups.act(both.province, officer(both.province), step, told, refs(*map(str, range(many))), now)


def test_the_queue_goes_by_day_then_risk_then_value(both, three, now):
    desk = officer(both.province)
    with both.province.write(both.province.machine("t"), now) as tx:
        first, second, third = (tx.session.get_one(Case, (SITE_ID, case_id)) for case_id in three)
        first.value_dong, first.value_source = 1_000_000, "seller"
        second.value_dong, second.value_source = 5_000_000, "listed"
        third.reason = "revoked"
    assert [c["id"] for c in case_groups.queue(both.province, desk, None, now)["cases"]] == [
        three[2],
        three[1],
        three[0],
    ]
    with both.province.write(both.province.machine("t"), now) as tx:
        early = tx.session.get_one(Case, (SITE_ID, three[0]))
        early.due_on = early.due_on - timedelta(days=1)
    assert case_groups.queue(both.province, desk, None, now)["cases"][0]["id"] == three[0]
    group = case_groups.grouped(both.province, desk, "truck", now)["groups"][0]
    assert Decimal(group["value_dong"]) == 6_000_000


def test_numbers_are_of_ended_cases_and_name_nobody(both, three, now):
    desk = officer(both.province)
    case_groups.act(both.province, desk, "take", {}, refs(*three), now)
    case_groups.act(both.province, desk, "conclude", CLEARED, refs(three[0], seen=3), now)
    told = case_groups.counts(both.province, now)
    assert told["concluded"] == [{"outcome": "complies", "finding": "cleared", "count": 1}]
    assert (told["waiting"], told["overdue"], told["groups"]) == (2, 0, [{"group": None, "count": 3}])
    assert "Xe 76" not in str(told)
