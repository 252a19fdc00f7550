"""Ranges of serials: as a province's feed tells them, and those that may count for one label."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from pos_trace.core.serial_ranges import IssuedRange, wrong_ends
from pos_trace.store import feed_lines
from pos_trace.store.models import SerialRange
from pos_trace.store.prepared import Prepared

TEXTS: Final = {"range_id": 36, "gtin": 14, "lot": 80, "facility_id": 80, "first": 40, "last": 40, "issued_to": 200}
MEMBERS: Final = ("first", "last", "gtin", "lot", "facility_id")


def _counting() -> Prepared:
    """Ranges in force of a GTIN, or of a facility."""
    columns = [getattr(SerialRange, name) for name in MEMBERS]
    whose = or_(SerialRange.gtin == bindparam("gtin"), SerialRange.facility_id == bindparam("facility_id"))
    return Prepared(select(*columns).where(SerialRange.status == "active", whose).order_by(SerialRange.range_id))


COUNTING: Final = _counting()


def issued(session: Session, gtin: str | None, lot: str | None, facility_id: str | None) -> list[IssuedRange]:
    """The ranges issued for this lot, for its product or for its facility."""
    if gtin is None and facility_id is None:
        return []
    found = [IssuedRange(*row) for row in COUNTING.rows(session, gtin=gtin, facility_id=facility_id)]
    return [one for one in found if one.gtin is None or (one.gtin == gtin and one.lot in (None, lot))]


def upsert(session: Session, line: Mapping[str, Any]) -> None:
    """One line of kind ``serial_range``. Raises ``ValueError`` for one that lacks what it needs."""
    told: dict[str, Any] = {name: feed_lines.text(line, name, most) for name, most in TEXTS.items()}
    for name in ("range_id", "first", "last"):
        feed_lines.needed(line, name)
    if wrong_ends(told["first"], told["last"]) or not (told["gtin"] or told["facility_id"]):
        raise ValueError("a range of serials has a first and a last one, and is somebody's")
    told |= {"version": feed_lines.version(line), "issued_on": feed_lines.day(line, "issued_on")}
    told["status"] = feed_lines.text(line, "status", 20) or "active"
    row = session.get(SerialRange, told["range_id"])
    if row is None or row.version < told["version"]:
        row = row or SerialRange(range_id=told["range_id"])
        for name, value in told.items():
            setattr(row, name, value)
        session.add(row)
