"""When a stall is reminded of papers it owes: by the market's clock and before its answer window ends."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pos_trace.core.policy import Clocks


def promised_by(now: datetime, due_at: datetime, clocks: Clocks, zone: ZoneInfo) -> datetime:
    """ "Giấy đến sau" without a time: the market's next ``papers_by`` (05:00), never after the window's end."""
    local = now.astimezone(zone)
    at = datetime.combine(local.date(), clocks.papers_by, zone)
    if at <= local:
        at = datetime.combine(local.date() + timedelta(days=1), clocks.papers_by, zone)
    return min(at, due_at)


def moments(
    since: datetime, due_at: datetime, later_by: datetime | None, clocks: Clocks, zone: ZoneInfo
) -> list[datetime]:
    """Every moment to remind of a question asked at ``since``: each 05:00 until its end, what was promised, and two
    hours and thirty minutes before the window ends.
    """
    found = {due_at - clocks.remind_before, due_at - clocks.remind_last}
    if later_by is not None:
        found.add(later_by)
    at = promised_by(since, due_at, clocks, zone)
    while at < due_at:
        found.add(at)
        at = promised_by(at, due_at, clocks, zone)
    return sorted(moment for moment in found if since < moment < due_at)
