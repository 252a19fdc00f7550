"""How times and days are shown on pages."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def shown_time(moment: str | datetime | None) -> str:
    """``24/11/2026 02:31`` in the market's time; ISO text or an aware time goes in."""
    if not moment:
        return ""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return found.astimezone(LOCAL).strftime("%d/%m/%Y %H:%M")


def shown_day(day: str | date | None) -> str:
    """``24/11/2026``; ISO text or a date goes in."""
    if not day:
        return ""
    found = date.fromisoformat(day) if isinstance(day, str) else day
    return found.strftime("%d/%m/%Y")
