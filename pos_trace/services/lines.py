"""Lot, facility and recall rows as the lines that stand in feeds and snapshots (CONTRACTS, Files)."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.store.models import (
    CertificateRow,
    DeskCheck,
    FacilityRow,
    LotRecordRow,
    LotSighting,
    LotTotal,
    RecallLot,
    RecallRow,
    SerialRange,
    StationRow,
)
from pos_trace.store.types import jsonable

Line = dict[str, Any]
INTERNAL = frozenset({"status_reason"})
LOT_MEMBERS = tuple(column.key for column in LotRecordRow.__table__.columns if column.key not in INTERNAL)
FACILITY_MEMBERS = tuple(column.key for column in FacilityRow.__table__.columns if column.key not in INTERNAL)
RECALL_MEMBERS = tuple(column.key for column in RecallRow.__table__.columns)
RANGE_MEMBERS = tuple(column.key for column in SerialRange.__table__.columns)
STATION_MEMBERS = tuple(column.key for column in StationRow.__table__.columns)
CERTIFICATE_MEMBERS = ("kind", "number", "issuer", "issued", "expires")


def lot_line(row: Any) -> Line:
    """The lot line of ``row``; members without a value are left out."""
    return _line(row, LOT_MEMBERS)


def facility_line(session: Session, row: FacilityRow) -> Line:
    """The facility line of ``row`` with its certificates in their order."""
    found = select(CertificateRow).where(CertificateRow.facility_id == row.facility_id)
    certificates = session.scalars(found.order_by(CertificateRow.position))
    line = _line(row, FACILITY_MEMBERS)
    return line | {"certificates": [_line(item, CERTIFICATE_MEMBERS) for item in certificates]}


def recall_line(session: Session, row: RecallRow) -> Line:
    """The recall line of ``row``; its lots are always given by key."""
    keys = session.scalars(select(RecallLot.key).where(RecallLot.recall_id == row.recall_id).order_by(RecallLot.key))
    line = _line(row, RECALL_MEMBERS)
    return line | {"keys": list(keys)}


def desk_check_line(row: DeskCheck) -> Line:
    """What a station needs to pick the lines itself: the day, the share, the seed. Not who drew it."""
    return _line(row, ("id", "site_id", "day", "share", "seed", "version", "drawn_at"))


def station_line(row: StationRow) -> Line:
    """The station line of ``row``: its key and its stalls, nothing of what they sell."""
    return _line(row, STATION_MEMBERS)


def serial_range_line(row: SerialRange) -> Line:
    """A range of serials that was issued."""
    return _line(row, RANGE_MEMBERS)


def sighting_line(row: LotSighting) -> Line:
    """When a site first scanned a serial that another site scanned too; not how much of it, not which stall."""
    return {"station_id": row.site_id} | _line(row, ("id", "key", "day", "first_scan_at", "version"))


def lot_total_line(row: LotTotal) -> Line:
    """How much of a lot all sites received together; not who."""
    return _line(row, ("key", "received_kg", "sites", "version"))


def _line(row: object, members: tuple[str, ...]) -> Line:
    values = ((name, _plain(getattr(row, name))) for name in members)
    return {name: value for name, value in values if value is not None}


def _plain(value: Any) -> Any:
    isoformat = getattr(value, "isoformat", None)
    return jsonable(value) if isoformat is None or hasattr(value, "hour") else isoformat()
