"""What the market's board may see: stalls, devices, printers, queues, counts – never prices, papers or cases."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core.text import fold
from pos_trace.core.vocabulary.first_days import COUNT_SOURCES, NO_COUNT
from pos_trace.services import gate_log, quiet_hours
from pos_trace.services.deliveries import practising
from pos_trace.services.node import Answer, Node
from pos_trace.store.models import Delivery, Device, OutboxMessage, Printer, PrintJob, Scan, Site, Stall

COUNTED_DAYS = 7
WAITS = ("pending", "leased", "parked")


def overview(node: Node, now: datetime, search: str = "") -> Answer:
    """``{site, quiet, stalls, devices, printers, print_waiting, unsent}``; ``search``: part of a number or name."""
    with node.db.read() as session:
        site = session.get(Site, (node.id, node.id))
        quiet_from, quiet_until = quiet_hours.hours(session, node)
        waiting = select(func.count()).where(PrintJob.site_id == node.id, PrintJob.state.in_(("queued", "sending")))
        unsent = select(func.count()).where(OutboxMessage.site_id == node.id, OutboxMessage.state.in_(WAITS))
        return {
            "site": site.name if site else node.id,
            "quiet": f"{quiet_from:%H:%M}–{quiet_until:%H:%M}",
            "stalls": _stalls(session, node, now, search),
            "devices": _devices(session, node),
            "printers": _printers(session, node),
            "print_waiting": session.scalar(waiting) or 0,
            "unsent": session.scalar(unsent) or 0,
        }


def site_name(node: Node) -> str:
    """What the market calls itself."""
    with node.db.read() as session:
        site = session.get(Site, (node.id, node.id))
        return site.name if site else node.id


def stalls(node: Node, now: datetime, search: str = "") -> Answer:
    """``{stalls}`` alone."""
    with node.db.read() as session:
        return {"stalls": _stalls(session, node, now, search)}


def _stalls(session: Session, node: Node, now: datetime, search: str) -> list[Answer]:
    """Each stall with its counts of today, and of the last days recorded ÷ counted with the count's source."""
    today = now.astimezone(node.zone).date()
    midnight = datetime.combine(today, time(), node.zone)
    since = today - timedelta(days=COUNTED_DAYS - 1)
    week_start = datetime.combine(since, time(), node.zone)
    kept = Delivery.state != "cancelled"
    devices = _per_stall(session, node, Device, Device.locked_at.is_(None))
    day = _per_stall(session, node, Delivery, Delivery.created_at >= midnight, kept)
    week = _per_stall(session, node, Delivery, Delivery.created_at >= week_start, kept)
    looks = _per_stall(session, node, Scan, Scan.created_at >= midnight, Scan.delivery_id.is_(None))
    counts = gate_log.counted(session, node, since, today)
    wanted = fold(search)
    rows = session.scalars(select(Stall).where(Stall.site_id == node.id).order_by(Stall.number))
    return [
        {
            "number": row.number,
            "name": row.name,
            "gln": row.gln,
            "devices": devices.get(row.id, 0),
            "deliveries_today": day.get(row.id, 0),
            "lookups_today": looks.get(row.id, 0),
            "recorded": week.get(row.id, 0),
            "counted": counts[row.id][0] if row.id in counts else None,
            "counted_by": COUNT_SOURCES[counts[row.id][1]] if row.id in counts else NO_COUNT,
            "practice_until": row.practice_until.isoformat() if row.practice_until else None,
            "practising": practising(row, node, now),
        }
        for row in rows
        if wanted in fold(f"{row.number} {row.name}")
    ]


def _per_stall(session: Session, node: Node, model: Any, *where: Any) -> dict[str, int]:
    mine = select(model.stall_id, func.count()).where(model.site_id == node.id, *where)
    return {row[0]: row[1] for row in session.execute(mine.group_by(model.stall_id))}


def _devices(session: Session, node: Node) -> list[Answer]:
    mine = (
        select(Device, Stall.number)
        .join(Stall, (Stall.site_id == Device.site_id) & (Stall.id == Device.stall_id))
        .where(Device.site_id == node.id)
        .order_by(Stall.number, Device.name, Device.id)
    )
    return [
        {
            "number": number,
            "name": row.name,
            "queue": row.queue_count,
            "last_seen_at": row.last_seen_at.isoformat() if row.last_seen_at else None,
            "locked": row.locked_at is not None,
        }
        for row, number in session.execute(mine)
    ]


def _printers(session: Session, node: Node) -> list[Answer]:
    named = session.execute(select(Stall.id, Stall.number).where(Stall.site_id == node.id))
    numbers = {row[0]: row[1] for row in named}
    waiting = select(PrintJob.printer_id, func.count()).where(
        PrintJob.site_id == node.id, PrintJob.state.in_(("queued", "sending"))
    )
    queued = {row[0]: row[1] for row in session.execute(waiting.group_by(PrintJob.printer_id))}
    mine = select(Printer).where(Printer.site_id == node.id).order_by(Printer.name)
    return [
        {
            "name": row.name,
            "number": numbers.get(row.stall_id or ""),
            "status": row.status,
            "status_at": row.status_at.isoformat() if row.status_at else None,
            "last_confirmed_at": row.last_confirmed_at.isoformat() if row.last_confirmed_at else None,
            "waiting": queued.get(row.id, 0),
        }
        for row in session.scalars(mine)
    ]
