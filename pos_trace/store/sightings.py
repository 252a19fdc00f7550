"""Sightings of serials by other sites, as the province's feed tells them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from pos_trace.store import feed_lines
from pos_trace.store.models import LotSighting

LONGEST_ID, LONGEST_KEY = 36, 400


def upsert(session: Session, line: Mapping[str, Any], now: datetime) -> list[str]:
    """One sighting line; answers its key when it was news. Raises ``ValueError`` for a line that lacks a field."""
    site_id, ident = feed_lines.text(line, "station_id", LONGEST_ID), feed_lines.text(line, "id", LONGEST_ID)
    key, day = feed_lines.text(line, "key", LONGEST_KEY), feed_lines.day(line, "day")
    first = feed_lines.moment(line, "first_scan_at")
    if not (site_id and ident and key) or day is None or first is None:
        raise ValueError("a sighting has a station, an id, a key, a day and the time of its first scan")
    row = session.get(LotSighting, (site_id, ident))
    version = feed_lines.version(line)
    if row is not None and (row.version or 0) >= version:
        return []
    row = row or LotSighting(site_id=site_id, id=ident, created_at=now, received_kg=Decimal(0))
    row.key, row.day, row.first_scan_at, row.version = key, day, first, version
    session.add(row)
    return [key]
