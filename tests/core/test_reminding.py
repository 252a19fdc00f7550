"""When a stall is reminded of papers it owes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.policy import Clocks
from pos_trace.core.reminding import moments, promised_by

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = datetime(2026, 11, 24, 2, 31, tzinfo=ZONE)


def clock(found: list[datetime]) -> list[str]:
    return [moment.astimezone(ZONE).strftime("%d %H:%M") for moment in found]


@pytest.mark.parametrize(
    ("since", "window_h", "by"),
    [("02:31", 24, "24 05:00"), ("05:00", 24, "25 05:00"), ("06:10", 24, "25 05:00"), ("04:31", 0.25, "24 04:46")],
)
def test_papers_without_a_time_are_promised_for_the_markets_next_five_o_clock(
    since: str, window_h: float, by: str
) -> None:
    now = NIGHT.replace(hour=int(since[:2]), minute=int(since[3:]))
    assert clock([promised_by(now, now + timedelta(hours=window_h), Clocks(), ZONE)]) == [by]


def test_a_stall_is_reminded_at_five_and_before_its_window_ends() -> None:
    due = NIGHT + timedelta(hours=24)
    assert clock(moments(NIGHT, due, None, Clocks(), ZONE)) == ["24 05:00", "25 00:31", "25 02:01"]
    promised = moments(NIGHT, due, NIGHT.replace(hour=9, minute=0), Clocks(), ZONE)
    assert clock(promised) == ["24 05:00", "24 09:00", "25 00:31", "25 02:01"]


@given(st.integers(0, 5000), st.integers(30, 5000), st.integers(-100, 6000))
def test_no_reminder_lies_outside_its_window(start: int, window: int, later: int) -> None:
    since = NIGHT + timedelta(minutes=start)
    due = since + timedelta(minutes=window)
    found = moments(since, due, since + timedelta(minutes=later), Clocks(), ZONE)
    assert found == sorted(set(found))
    assert all(since < moment < due for moment in found)
    if window > 30:
        assert due - timedelta(minutes=30) in found
