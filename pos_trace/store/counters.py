"""Numbers of papers: per stall, kind and period, without gaps, taken inside the write that uses them."""

from typing import Final

from sqlalchemy.orm import Session

from pos_trace.store.models import Counter, VersionCounter

RECORDS: Final = "records"


def next_number(session: Session, site_id: str, stall_id: str, kind: str, period: str) -> int:
    """The next number, from 1."""
    return add(session, (site_id, stall_id, kind, period), 1)


def add(session: Session, key: tuple[str, str, str, str], more: int) -> int:
    """Raise the counter of ``key`` (site, stall, kind, period) by ``more``; answers what it then is."""
    row = session.get(Counter, key, with_for_update=True)
    if row is None:
        site_id, stall_id, kind, period = key
        row = Counter(site_id=site_id, stall_id=stall_id, kind=kind, period=period, value=0)
        session.add(row)
    row.value += more
    session.flush()
    return row.value


def next_version(session: Session, name: str) -> int:
    """The province's next version, rising over all its facts of one kind of feed."""
    row = session.get(VersionCounter, name, with_for_update=True)
    if row is None:
        row = VersionCounter(name=name, value=0)
        session.add(row)
    row.value += 1
    session.flush()
    return row.value
