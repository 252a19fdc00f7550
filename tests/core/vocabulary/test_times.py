"""Times as people read them, on the market's clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.vocabulary import times

NIGHT = datetime(2026, 11, 23, 19, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "clock", "day"),
    [
        (NIGHT, "02:10", "24/11/2026"),
        (datetime(2026, 11, 23, 16, 59, 59, tzinfo=UTC), "23:59", "23/11/2026"),
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), "00:00", "24/11/2026"),
        (datetime(2026, 1, 2, 0, 0, tzinfo=UTC), "07:00", "02/01/2026"),
    ],
)
def test_a_moment_is_told_on_vietnams_clock(at: datetime, clock: str, day: str) -> None:
    assert times.clock(at) == clock
    assert times.day(times.local_day(at)) == day
    assert times.moment(at) == f"{clock} {day}"


def test_a_year_always_has_four_digits() -> None:
    assert times.day(date(987, 6, 5)) == "05/06/0987"
    assert times.day(times.FAR) == "31/12/9999"


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (NIGHT, "02:10"),
        (NIGHT + timedelta(hours=21, minutes=49), "02:10"),
        (NIGHT + timedelta(hours=21, minutes=50), "02:10 24/11/2026"),
        (NIGHT - timedelta(hours=2, minutes=11), "02:10 24/11/2026"),
    ],
)
def test_today_needs_no_date(now: datetime, told: str) -> None:
    assert times.near(NIGHT, now) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 phút"),
        (1260, "21 phút"),
        (7199, "119 phút"),
        (7200, "2 giờ"),
        (172_799, "47 giờ"),
        (172_800, "2 ngày"),
        (345_600, "4 ngày"),
    ],
)
def test_an_age_is_told_in_the_largest_unit_of_which_there_are_two(seconds: int, told: str) -> None:
    assert times.age(seconds) == told


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_day_told_is_the_day_it_is_at_the_market(at: datetime) -> None:
    shifted = at + timedelta(hours=7)
    assert times.moment(at) == f"{shifted:%H:%M %d/%m/%Y}"
