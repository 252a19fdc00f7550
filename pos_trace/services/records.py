"""The province publishes: one look-up, and one feed of lots, facilities, recalls and stations by rising version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import NotFound
from pos_trace.services import lines
from pos_trace.services.node import Answer, Node
from pos_trace.store import lots
from pos_trace.store.lots import lot_of
from pos_trace.store.models import (
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

MODELS: tuple[tuple[str, Any], ...] = (
    ("facility", FacilityRow),
    ("lot", LotRecordRow),
    ("recall", RecallRow),
    ("station", StationRow),
    ("desk_check", DeskCheck),
    ("sighting", LotSighting),
    ("lot_total", LotTotal),
    ("serial_range", SerialRange),
)
PAGE = 500
MOST = 2000
POLL_S = 30


def find(node: Node, key: str) -> Answer:
    """``{record, facility, recall, version}`` of ``key``; ``NotFound`` ``lot_absent`` when never published."""
    with node.db.read() as session:
        row = session.get(LotRecordRow, key) or session.get(LotRecordRow, lot_of(key))
        if row is None:
            raise NotFound("lot_absent", "Mã chưa có trong hệ thống của tỉnh.")
        facility = session.get(FacilityRow, row.facility_id)
        recall = session.get(RecallRow, row.recall_id) if row.recall_id else None
        return {
            "record": lines.lot_line(row),
            "facility": lines.facility_line(session, facility) if facility else None,
            "recall": lines.recall_line(session, recall) if recall else None,
            "version": latest(session),
        }


def version(node: Node) -> int:
    """The newest version published."""
    with node.db.read() as session:
        return latest(session)


def latest(session: Session) -> int:
    """The newest version of any lot, facility or recall; 0 on an empty province."""
    return max(session.scalar(select(func.max(model.version))) or 0 for _, model in MODELS)


def changes(node: Node, since: int, limit: int = PAGE, lots_after: int = 0) -> Answer:
    """What changed after version ``since``, oldest first: ``{changes, next, more, poll_s}``, each with its ``kind``.

    Lots up to ``lots_after`` are left out: the caller has them in a snapshot.

    Every row has a version of its own, so a page can end anywhere and ``next`` is the version it ends at. Versions
    become visible in their order (their counter is locked until commit), so nothing below the top read first is
    still on its way; what is written while we read is left to the next page.
    """
    limit = max(1, min(limit, MOST))
    with node.db.read() as session:
        top = latest(session)
        found: list[tuple[int, str, Any]] = []
        for kind, model in MODELS:
            above = max(since, lots_after) if kind == "lot" else since
            newer = select(model).where(model.version > above, model.version <= top)
            newer = newer.order_by(model.version).limit(limit + 1)
            found += [(row.version, kind, row) for row in session.scalars(newer)]
        found.sort(key=lambda item: item[0])
        page, more = found[:limit], len(found) > limit
        return {
            "changes": [{"kind": kind} | _line(session, kind, row) for _, kind, row in page],
            "next": page[-1][0] if more else _end(found, since, lots_after, top),
            "more": more,
            "poll_s": POLL_S,
        }


def _end(found: Sequence[tuple[int, str, Any]], since: int, lots_after: int, top: int) -> int:
    """Behind the last of all there is; lots that were left out need never be passed over again."""
    return max(found[-1][0] if found else since, min(lots_after, top))


def counted(node: Node, now: datetime) -> Answer:
    """How much this node knows: ``{lots, facilities, recalls, stations, version, as_of, age_s}``; ``lots`` counts those
    of the file in force and those learnt after it.
    """
    with node.db.read() as session:
        age = lots.records_age(session)
        told: Answer = {"lots": lots.count(session)}
        for name, model in (("facilities", FacilityRow), ("recalls", RecallRow), ("stations", StationRow)):
            told[name] = session.scalar(select(func.count()).select_from(model)) or 0
    as_of = age.as_of.isoformat() if age.as_of else None
    return told | {"version": age.version, "as_of": as_of, "age_s": age.age_s(now)}


def recalls(node: Node, since: int) -> Answer:
    """Recalls newer than version ``since``: ``{recalls, next}``."""
    with node.db.read() as session:
        rows = list(session.scalars(select(RecallRow).where(RecallRow.version > since).order_by(RecallRow.version)))
        told = [lines.recall_line(session, row) for row in rows]
        return {"recalls": told, "next": rows[-1].version if rows else since}


def facilities(node: Node) -> Answer:
    """Every facility the province knows, by name."""
    with node.db.read() as session:
        rows = session.scalars(select(FacilityRow).order_by(FacilityRow.name))
        return {"facilities": [lines.facility_line(session, row) for row in rows]}


def recalled_keys(session: Session, recall_id: str) -> list[str]:
    """The keys a recall names itself, and those of the lot records it marked."""
    named = session.scalars(select(RecallLot.key).where(RecallLot.recall_id == recall_id))
    marked = session.scalars(select(LotRecordRow.key).where(LotRecordRow.recall_id == recall_id))
    return sorted({*named, *marked})


def _line(session: Session, kind: str, row: Any) -> lines.Line:
    if kind == "lot":
        return lines.lot_line(row)
    if kind == "desk_check":
        return lines.desk_check_line(row)
    if kind == "station":
        return lines.station_line(row)
    if kind == "sighting":
        return lines.sighting_line(row)
    if kind == "serial_range":
        return lines.serial_range_line(row)
    if kind == "lot_total":
        return lines.lot_total_line(row)
    return lines.facility_line(session, row) if kind == "facility" else lines.recall_line(session, row)
