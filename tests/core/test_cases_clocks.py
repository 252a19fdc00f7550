"""Until when a case's next step is due: days of the market, and working days with their holidays."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.cases import CaseState, due_on, notice_due
from pos_trace.core.policy import Clocks
from pos_trace.core.vocabulary.words import CASE_STATES
from tests.core.case_told import OPENED

TAKEN = OPENED + timedelta(days=2)
DUE = {
    "open": date(2026, 11, 25),
    "sent": date(2026, 11, 25),
    "received": date(2026, 11, 25),
    "taken": date(2026, 12, 6),
    "papers_asked": date(2026, 12, 6),
    "inspected": date(2026, 12, 6),
    "appealed": None,
    "concluded": None,
    "transferred": None,
    "withdrawn": None,
}


@pytest.mark.parametrize("state", CASE_STATES)
def test_taking_is_due_in_a_day_concluding_in_ten(state: str) -> None:
    assert due_on(CaseState(state, taken_at=TAKEN), Clocks(), OPENED) == DUE[state]


def test_papers_asked_before_anybody_took_it_count_from_the_opening() -> None:
    assert due_on(CaseState("papers_asked"), Clocks(), OPENED) == date(2026, 12, 4)


def test_the_due_day_is_the_markets_and_the_clocks_are_configuration() -> None:
    clocks = Clocks(received_within=timedelta(hours=21, minutes=28), conclude_within=timedelta(days=25))
    assert due_on(CaseState("sent"), clocks, OPENED) == date(2026, 11, 24)
    longer = replace(clocks, received_within=timedelta(hours=21, minutes=29))
    assert due_on(CaseState("sent"), longer, OPENED) == date(2026, 11, 25)
    assert due_on(CaseState("taken", taken_at=OPENED), clocks, OPENED) == date(2026, 12, 19)


@pytest.mark.parametrize(
    ("concluded", "days", "ours", "asked", "due"),
    [
        ("2026-11-23", 3, [], [], "2026-11-26"),  # Monday → Thursday
        ("2026-11-25", 3, [], [], "2026-11-30"),  # Wednesday → over the weekend → Monday
        ("2026-11-27", 3, [], [], "2026-12-02"),  # Friday
        ("2026-11-28", 3, [], [], "2026-12-02"),  # Saturday
        ("2026-11-29", 1, [], [], "2026-11-30"),  # Sunday
        ("2026-11-23", 0, [], [], "2026-11-23"),
        ("2026-12-30", 3, ["2027-01-01"], [], "2027-01-05"),
        ("2026-12-30", 3, [], ["2027-01-01"], "2027-01-05"),
        ("2026-12-30", 3, ["2027-01-01"], ["2027-01-04"], "2027-01-06"),
        ("2026-12-30", 3, ["2027-01-02"], ["2027-01-01"], "2027-01-05"),  # a holiday on a Saturday gives no other day
    ],
)
def test_the_written_notice_is_due_on_a_working_day(
    concluded: str, days: int, ours: list[str], asked: list[str], due: str
) -> None:
    holidays = tuple(date.fromisoformat(day) for day in ours)
    clocks = Clocks(notice_within_working_days=days, holidays=holidays)
    found = notice_due(date.fromisoformat(concluded), clocks, {date.fromisoformat(day) for day in asked})
    assert found == date.fromisoformat(due)


days = st.dates(date(2026, 1, 1), date(2030, 12, 31))


@given(days, st.integers(1, 20), st.sets(days, max_size=8))
def test_between_a_conclusion_and_its_notice_lie_exactly_the_working_days(
    concluded: date, count: int, holidays: set[date]
) -> None:
    due = notice_due(concluded, Clocks(notice_within_working_days=count, holidays=tuple(holidays)))
    between = [concluded + timedelta(days=n) for n in range(1, (due - concluded).days + 1)]
    working = [day for day in between if day.weekday() < 5 and day not in holidays]
    assert len(working) == count
    assert working[-1] == due


def test_a_case_handed_to_an_agency_of_this_node_is_due_there_like_a_new_one() -> None:
    moved = OPENED + timedelta(days=5)
    assert due_on(CaseState("transferred", moved_at=moved), Clocks(), OPENED) == date(2026, 11, 30)


def test_a_verification_that_goes_on_runs_to_the_extended_days() -> None:
    goes_on = CaseState("concluded", outcome="continue", taken_at=TAKEN)
    extended = Clocks().extended_within
    assert due_on(goes_on, Clocks(), OPENED) == (TAKEN + timedelta(hours=7) + extended).date()
    assert due_on(CaseState("concluded", outcome="complies", taken_at=TAKEN), Clocks(), OPENED) is None
