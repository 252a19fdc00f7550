"""Times and days as people read them: dd/mm/yyyy HH:MM on Vietnam's clock, which knows no summer time."""

from datetime import date, datetime, timedelta, timezone
from typing import Final

FAR: Final = date.max
VIETNAM: Final = timezone(timedelta(hours=7), "ICT")


def local_day(at: datetime) -> date:
    """The day an aware time falls on in Vietnam."""
    return at.astimezone(VIETNAM).date()


def clock(at: datetime) -> str:
    """``02:10``."""
    return f"{at.astimezone(VIETNAM):%H:%M}"


def day(on: date) -> str:
    """``24/11/2026``."""
    return f"{on.day:02d}/{on.month:02d}/{on.year:04d}"


def moment(at: datetime) -> str:
    """``02:10 24/11/2026``."""
    return f"{clock(at)} {day(local_day(at))}"


def near(at: datetime, now: datetime) -> str:
    """``02:10`` today, ``02:10 23/11/2026`` on another day."""
    return clock(at) if local_day(at) == local_day(now) else moment(at)


def age(seconds: int) -> str:
    """``3 ngày``, ``5 giờ``, ``20 phút``: the largest unit of which there are two."""
    if seconds >= 2 * 86400:
        return f"{seconds // 86400} ngày"
    return f"{seconds // 3600} giờ" if seconds >= 2 * 3600 else f"{seconds // 60} phút"
