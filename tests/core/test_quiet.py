"""Heavy work runs once in each quiet time, never at the market's peak, and catches up after the machine was off."""

from datetime import UTC, datetime, time

import pytest

from pos_trace.core.quiet import heavy_due

TEN, FIVE = time(10), time(17)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        (at(24, 9, 59), at(23, 10), False), (at(24, 10), at(23, 10), True), (at(24, 10), at(23, 16, 59), True),
        (at(24, 16, 59), at(24, 10), False), (at(24, 16, 59), None, True), (at(24, 17), None, False),
        (at(24, 2), None, False), (at(24, 2), at(23, 12), False), (at(24, 17), at(24, 10), False),
        (at(24, 2), at(22, 12), True), (at(24, 17), at(23, 12), True),
    ],
)  # fmt: skip
def test_work_runs_in_quiet_hours_and_later_only_when_they_were_missed(
    now: datetime, last: datetime | None, due: bool
) -> None:
    assert heavy_due(now, TEN, FIVE, last) is due


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        (at(24, 23), None, True), (at(25, 1), at(24, 23), False), (at(25, 1), at(24, 5), True),
        (at(25, 5), at(24, 23), False), (at(25, 12), at(24, 12), True),
    ],
)  # fmt: skip
def test_quiet_hours_may_pass_midnight(now: datetime, last: datetime | None, due: bool) -> None:
    assert heavy_due(now, time(22), time(4), last) is due
