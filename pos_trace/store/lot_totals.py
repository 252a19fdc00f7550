"""Lots of which all sites together received more than they hold, as the province's feed tells them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from pos_trace.store import feed_lines
from pos_trace.store.models import LotTotal
from pos_trace.store.prepared import Prepared

LONGEST_KEY: Final = 400
TOTAL: Final = Prepared(select(LotTotal.received_kg).where(LotTotal.key == bindparam("key")))


def kilograms(session: Session, lot: str) -> Decimal | None:
    """What all sites received of ``lot`` (a key without a serial); None while nobody said that it is too much."""
    found = TOTAL.rows(session, key=lot)
    return found[0][0] if found else None


def upsert(session: Session, line: Mapping[str, Any]) -> list[str]:
    """One line of the feed; answers its key when it was news. Raises ``ValueError`` for a line that is not whole."""
    key, version = feed_lines.text(line, "key", LONGEST_KEY), feed_lines.version(line)
    received, sites = feed_lines.quantity(line, "received_kg"), line.get("sites")
    if not key or received is None or received < 0 or isinstance(sites, bool) or not isinstance(sites, int):
        raise ValueError("a lot's total has a key, kilograms and a number of sites")
    row = session.get(LotTotal, key)
    if row is not None and (row.version or 0) >= version:
        return []
    row = row or LotTotal(key=key)
    row.received_kg, row.sites, row.version = received, sites, version
    session.add(row)
    return [key]
