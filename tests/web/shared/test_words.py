"""Times and days as pages show them: the market's clock, day first."""

from datetime import UTC, date, datetime

import pytest

from pos_trace.web.shared.words import shown_day, shown_time


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("2026-11-24T19:31:00+00:00", "25/11/2026 02:31"),
        ("2026-11-24T19:31:00Z", "25/11/2026 02:31"),
        ("2026-11-24T19:31:00", "25/11/2026 02:31"),
        (datetime(2026, 11, 24, 19, 31, tzinfo=UTC), "25/11/2026 02:31"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_time_is_the_markets(told: str | datetime | None, shown: str) -> None:
    assert shown_time(told) == shown


@pytest.mark.parametrize(
    ("told", "shown"), [("2026-11-24", "24/11/2026"), (date(2026, 11, 4), "04/11/2026"), (None, ""), ("", "")]
)
def test_a_day_is_written_day_first(told: str | date | None, shown: str) -> None:
    assert shown_day(told) == shown
