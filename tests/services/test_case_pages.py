"""The desk's lists page by page: every waiting case on exactly one page, in the desk's order, none out of sight."""

from datetime import timedelta

import pytest

from pos_trace.core.vocabulary.reasons import REASONS
from pos_trace.services import case_groups, case_rows, desk_cases
from pos_trace.store.models import Case
from tests.services.case_desk import sent_case
from tests.services.goods_rows import flagged_line
from tests.services.two_nodes import officer

MANY = 2 * case_rows.PAGE + 7
KINDS = sorted(REASONS)
LAST = "9999-12-31"


@pytest.fixture
def many(both, stall, now):
    """Cases of one truck, each with another day, risk, value and age; some have no due day but an appeal."""
    first = sent_case(both, stall, flagged_line(both.station, stall, now), now)
    with both.province.write(both.province.machine("t"), now) as tx:
        pattern = tx.session.query(Case).filter_by(id=first).one()
        for number in range(MANY - 1):
            told = {column.name: getattr(pattern, column.key) for column in Case.__table__.columns}
            told |= {"id": f"c{number:04}", "ack_number": f"N{number:04}", "reason": KINDS[number % len(KINDS)]}
            told |= {"value_dong": number % 11 * 1000, "value_source": (None, "seller", "listed")[number % 3]}
            told |= {"opened_at": now - timedelta(minutes=number % 5), "vehicle_plate": f"76C-{number % 70:03}"}
            told |= {"due_on": now.date() + timedelta(days=number % 4)}
            told |= {"due_on": None, "state": "appealed"} if number % 13 == 0 else {}
            tx.session.add(Case(**told))


def urgency(case):
    """The desk's order, said once more in Python."""
    effect = REASONS[case["reason"]].effect if case["reason"] in REASONS else "note"
    value = case["value"]["dong"] if case["value"] else 0
    return case["due_on"] or LAST, case_rows.RISK.get(effect, 3), -value, case["opened_at"], case["id"]


def test_every_waiting_case_stands_on_one_page_in_the_desks_order(both, many, now):
    desk = officer(both.province)
    pages = [case_groups.queue(both.province, desk, None, now, page=number) for number in (1, 2, 3)]
    assert [len(page["cases"]) for page in pages] == [case_rows.PAGE, case_rows.PAGE, 7]
    assert {(page["pages"], page["total"]) for page in pages} == {(3, MANY)}
    cases = [case for page in pages for case in page["cases"]]
    assert len({case["id"] for case in cases}) == MANY
    assert cases == sorted(cases, key=urgency)
    assert sum(pages[0]["counts"].values()) == MANY
    assert case_groups.queue(both.province, desk, None, now, page=99) == pages[2]


def test_groups_come_in_pages_and_count_all_their_cases(both, many, now):
    desk = officer(both.province)
    pages = [case_groups.grouped(both.province, desk, "truck", now, page=number) for number in (1, 2)]
    groups = [group for page in pages for group in page["groups"]]
    assert (len(pages[0]["groups"]), pages[0]["pages"], pages[0]["total"]) == (case_rows.PAGE, 2, len(groups))
    assert sum(group["count"] for group in groups) == MANY
    assert [group["first"] for group in groups] == sorted((group["first"] for group in groups), key=urgency)


def test_a_group_of_more_than_a_page_shows_all_of_it(both, many, now):
    desk = officer(both.province)
    (only,) = case_groups.grouped(both.province, desk, "supplier", now)["groups"]
    pages = [case_groups.group(both.province, desk, "supplier", only["key"], now, number) for number in (1, 2, 3)]
    cases = [case for page in pages for case in page["cases"]]
    assert (only["count"], len({case["id"] for case in cases})) == (MANY, MANY)
    assert cases == sorted(cases, key=urgency)
    told = [case["value"]["dong"] for case in cases if case["value"]]
    assert {page["value_dong"] for page in pages} == {sum(told)} == {only["value_dong"]}
    assert {page["unattended"] for page in pages} == {MANY}


def test_mine_and_the_unattended_are_filtered_before_the_pages_are_cut(both, many, now):
    desk = officer(both.province)
    with both.province.write(both.province.machine("t"), now) as tx:
        for row in tx.session.query(Case).filter(Case.id >= "c0010", Case.id < "c1000"):
            row.assigned_to = desk.id if row.id == "c0100" else "somebody-here"
    told = case_groups.queue(both.province, desk, None, now, mine=True)
    shown = {case["id"]: case["assigned_to"] for case in told["cases"]}
    assert told["total"] == len(shown) == 12
    assert shown["c0100"] == desk.id
    assert not desk_cases.unattended("somebody-here", {})


@pytest.mark.parametrize(
    ("wanted", "total", "number", "pages"),
    [(1, 0, 1, 1), (5, 0, 1, 1), (-1, 10, 1, 1), (2, 50, 1, 1), (2, 51, 2, 2), (3, 51, 2, 2)],
)
def test_a_page_that_is_not_there_is_the_nearest_one(wanted, total, number, pages):
    assert case_rows.Page.of(wanted, total).told() == {"page": number, "pages": pages, "total": total}
