"""What the office counts by itself: vehicles at the gate, suppliers' slips, stalls that were open (decision 15)."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.plates import normal_plate
from pos_trace.core.text import clean
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Delivery, GateEntry, Sale, Stall, StallDay

SOURCES = ("gate", "supplier_slip")
MOST = 500
DAYS_BACK = 31


def add(
    node: Node,
    who: Actor,
    now: datetime,
    *,
    number: str | None = None,
    plate: str | None = None,
    count: int = 1,
    source: str = "gate",
    day: date | None = None,
    note: str | None = None,
) -> Answer:
    """Write down a vehicle for stall ``number`` (None: for nobody known yet), or ``count`` arrivals at once.

    ``{id, day, number, plate, count, source}``. Raises ``Invalid`` (a plate that is none, a count or day out of
    range, nothing told), ``NotFound`` (no such stall).
    """
    today = now.astimezone(node.zone).date()
    on = _day(day, today)
    bare = normal_plate(plate) if plate and plate.strip() else None
    if plate and plate.strip() and bare is None:
        detail = "Biển số xe chỉ gồm chữ và số, ví dụ 82C-012.34."
        raise Invalid("plate_invalid", detail, (FieldError("/plate", "invalid"),))
    if not 1 <= count <= MOST:
        raise Invalid("count_invalid", f"Số chuyến từ 1 đến {MOST}.", (FieldError("/count", "out_of_range"),))
    if source not in SOURCES:
        raise Invalid("source_unknown", "Chọn cổng hoặc phiếu của người giao.", (FieldError("/source", "unknown"),))
    if not number and bare is None:
        raise Invalid("gate_empty", "Nhập biển số xe hoặc số sạp.", (FieldError("/plate", "missing"),))
    with node.write(who, now) as tx:
        stall = _stall(tx, number) if number else None
        row = GateEntry(site_id=node.id, id=tx.id(), created_at=now, day=on, plate=bare, count=count, source=source)
        row.stall_id, row.note, row.made_by = stall.id if stall else None, clean(note or "", 200) or None, who.id[:36]
        row.arrived_at = now if on == today else None
        tx.session.add(row)
        tx.session.flush()
        told = {"day": on.isoformat(), "number": stall.number if stall else None, "plate": bare, "count": count}
        tx.audit("gate_entry", f"gate:{row.id}", told | {"source": source}, row.stall_id)
        return tx.answer({"id": row.id, **told, "source": source}, 201)


def cancel(node: Node, who: Actor, entry_id: str, now: datetime) -> Answer:
    """Strike an entry out: it stays visible and counts no more. ``NotFound``; ``Conflict``: struck already."""
    with node.write(who, now) as tx:
        row = tx.session.get(GateEntry, (node.id, entry_id))
        if row is None:
            raise NotFound("not_found", "Không tìm thấy dòng này trong sổ cổng.")
        if row.cancelled_at is not None:
            raise Conflict("gate_cancelled", "Dòng này đã hủy rồi.")
        row.cancelled_at = now
        tx.audit("gate_cancelled", f"gate:{row.id}", {"count": row.count}, row.stall_id)
        return tx.answer({"id": row.id, "cancelled": True})


def listed(node: Node, now: datetime, day: date | None = None) -> Answer:
    """``{day, entries, total, stalls}`` of one day: the log, struck lines too, and which stalls were open.

    ``stalls``: ``[{number, name, open, seen}]``; ``open`` as the office ticked it, else ``seen``: whether the stall
    received or sold anything that day.
    """
    on = _day(day, now.astimezone(node.zone).date())
    with node.db.read() as session:
        stalls = {row.id: row for row in session.scalars(select(Stall).where(Stall.site_id == node.id))}
        mine = select(GateEntry).where(GateEntry.site_id == node.id, GateEntry.day == on)
        rows = list(session.scalars(mine.order_by(GateEntry.created_at.desc(), GateEntry.id.desc()).limit(MOST)))
        total = session.scalar(
            select(func.sum(GateEntry.count)).where(
                GateEntry.site_id == node.id, GateEntry.day == on, GateEntry.cancelled_at.is_(None)
            )
        )
        return {
            "day": on.isoformat(),
            "total": int(total or 0),
            "entries": [_told(row, stalls.get(row.stall_id or "")) for row in rows],
            "stalls": _open(session, node, on, sorted(stalls.values(), key=lambda stall: stall.number)),
        }


def set_open(node: Node, who: Actor, ticks: Mapping[str, bool], now: datetime, day: date | None = None) -> Answer:
    """Say which stalls were open on a day, by number: ``{day, stalls}`` = how many were ticked. ``NotFound``."""
    on = _day(day, now.astimezone(node.zone).date())
    with node.write(who, now) as tx:
        found = select(StallDay).where(StallDay.site_id == node.id, StallDay.day == on)
        known = {row.stall_id: row for row in tx.session.scalars(found)}
        for number in sorted(ticks):
            stall = _stall(tx, number)
            row = known.get(stall.id)
            if row is None:
                row = StallDay(site_id=node.id, id=tx.id(), created_at=now, day=on, stall_id=stall.id)
                tx.session.add(row)
            row.open = ticks[number]
        tx.audit("stall_days", f"site:{node.id}", {"day": on.isoformat(), "stalls": len(ticks)})
        return tx.answer({"day": on.isoformat(), "stalls": len(ticks)})


def counted(session: Session, node: Node, since: date, until: date) -> dict[str, tuple[int, str]]:
    """Stall → how many arrivals were counted from ``since`` to ``until`` (both in), and the source: the gate before
    suppliers' slips. A stall nobody counted is not in it.
    """
    mine = select(GateEntry.stall_id, GateEntry.source, func.sum(GateEntry.count)).where(
        GateEntry.site_id == node.id,
        GateEntry.day >= since,
        GateEntry.day <= until,
        GateEntry.stall_id.is_not(None),
        GateEntry.cancelled_at.is_(None),
    )
    found: dict[str, tuple[int, str]] = {}
    for stall_id, source, count in session.execute(mine.group_by(GateEntry.stall_id, GateEntry.source)):
        if stall_id is not None and (stall_id not in found or source == "gate"):
            found[stall_id] = (int(count), source)
    return found


def _open(session: Session, node: Node, on: date, stalls: list[Stall]) -> list[Answer]:
    ticked = select(StallDay.stall_id, StallDay.open).where(StallDay.site_id == node.id, StallDay.day == on)
    told = {row[0]: row[1] for row in session.execute(ticked)}
    start = datetime.combine(on, time(), node.zone)
    seen: set[str] = set()
    for model in (Delivery, Sale):
        mine = select(model.stall_id).where(
            model.site_id == node.id, model.created_at >= start, model.created_at < start + timedelta(days=1)
        )
        seen |= set(session.scalars(mine.distinct()))
    return [
        {"number": row.number, "name": row.name, "seen": row.id in seen, "open": told.get(row.id, row.id in seen)}
        for row in stalls
    ]


def _stall(tx: Transaction, number: str) -> Stall:
    named = clean(number, 40)
    row = tx.session.scalars(select(Stall).where(Stall.site_id == tx.node.id, Stall.number == named)).first()
    if row is None:
        raise NotFound("stall_unknown", f"Không có sạp {named}.")
    return row


def _day(day: date | None, today: date) -> date:
    on = day or today
    if not today - timedelta(days=DAYS_BACK) <= on <= today:
        detail = f"Chọn ngày trong {DAYS_BACK} ngày gần đây."
        raise Invalid("day_invalid", detail, (FieldError("/day", "out_of_range"),))
    return on


def _told(row: GateEntry, stall: Stall | None) -> Answer:
    return {
        "id": row.id,
        "at": row.created_at.isoformat(),
        "number": stall.number if stall is not None else None,
        "plate": row.plate,
        "count": row.count,
        "source": row.source,
        "cancelled": row.cancelled_at is not None,
    }
