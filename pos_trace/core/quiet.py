"""A site's quiet hours: when heavy work may run, and when it must not wait any longer (USERS decision 16)."""

from datetime import date, datetime, time, timedelta


def heavy_due(local: datetime, quiet_from: time, quiet_until: time, last: datetime | None) -> bool:
    """Whether work done once in each quiet time runs now; ``local`` and ``last`` on the site's clock.

    Inside quiet hours when it has not run in them. Outside only to catch up: the machine was off for a whole quiet
    time, so that waiting for the next one would leave more than a day without. Never run before: in the next one.
    """
    begun = _begun(local, quiet_from)
    inside = local < _ended(begun, quiet_from, quiet_until)
    if inside:
        return last is None or last < begun
    return last is not None and last < begun


def _begun(local: datetime, quiet_from: time) -> datetime:
    """When the last quiet time began."""
    today = _at(local.date(), quiet_from, local)
    return today if local >= today else _at(local.date() - timedelta(days=1), quiet_from, local)


def _ended(begun: datetime, quiet_from: time, quiet_until: time) -> datetime:
    day = begun.date() + timedelta(days=quiet_until <= quiet_from)
    return _at(day, quiet_until, begun)


def _at(day: date, clock: time, like: datetime) -> datetime:
    return datetime.combine(day, clock, like.tzinfo)
