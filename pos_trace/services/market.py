"""What the market's board may see: stalls, devices, printers, queues – counts, never prices, papers or cases."""

from datetime import datetime

from sqlalchemy import func, select

from pos_trace.services.node import Answer, Node
from pos_trace.store.models import Delivery, Device, OutboxMessage, Printer, PrintJob, Site, Stall


def overview(node: Node, now: datetime) -> Answer:
    """``{site, stalls, printers, outbox}`` of this site."""
    midnight = now.astimezone(node.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    with node.db.read() as session:
        site = session.get(Site, (node.id, node.id))
        devices = dict(
            session.execute(
                select(Device.stall_id, func.count())
                .where(Device.site_id == node.id, Device.locked_at.is_(None))
                .group_by(Device.stall_id)
            ).all()
        )
        today = dict(
            session.execute(
                select(Delivery.stall_id, func.count())
                .where(Delivery.site_id == node.id, Delivery.created_at >= midnight)
                .group_by(Delivery.stall_id)
            ).all()
        )
        stalls = session.scalars(select(Stall).where(Stall.site_id == node.id).order_by(Stall.number))
        printers = session.scalars(select(Printer).where(Printer.site_id == node.id).order_by(Printer.name))
        waiting = select(func.count()).where(PrintJob.site_id == node.id, PrintJob.state.in_(("queued", "sending")))
        queued = select(OutboxMessage.state, func.count()).where(OutboxMessage.site_id == node.id)
        return {
            "site": site.name if site else node.id,
            "stalls": [
                {
                    "number": stall.number,
                    "name": stall.name,
                    "gln": stall.gln,
                    "devices": devices.get(stall.id, 0),
                    "deliveries_today": today.get(stall.id, 0),
                }
                for stall in stalls
            ],
            "printers": [
                {"name": p.name, "status": p.status, "last_confirmed_at": p.last_confirmed_at} for p in printers
            ],
            "print_waiting": session.scalar(waiting) or 0,
            "outbox": dict(session.execute(queued.group_by(OutboxMessage.state)).all()),
        }
