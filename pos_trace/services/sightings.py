"""Once a day a station tells which lots it received, how many kilograms, and when each was first scanned."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import select

from pos_trace.core.quantities import to_kg
from pos_trace.services import stock, transfers_inside
from pos_trace.services.case_log import DESTINATION, stamp
from pos_trace.services.node import Answer, Node
from pos_trace.store.models import Delivery, DeliveryLine, OutboxMessage

KIND = "sighting"


def queue_day(node: Node, day: date, now: datetime) -> int:
    """Queue each stall's lots of ``day`` (the site's own calendar day); answers how many stalls had any.

    One message a stall, so that its owner can read it; the Department sees the site. A day already queued is not
    queued again; practice is never told.
    """
    start = datetime.combine(day, time(), node.zone)
    received = (
        select(DeliveryLine)
        .join(Delivery, (Delivery.site_id == DeliveryLine.site_id) & (Delivery.id == DeliveryLine.delivery_id))
        .where(DeliveryLine.site_id == node.id, DeliveryLine.key.is_not(None))
        .where(DeliveryLine.created_at >= start, DeliveryLine.created_at < start + timedelta(days=1))
        .where(DeliveryLine.state.in_(("open", "accepted")), Delivery.state != "cancelled")
        .where(Delivery.practice.is_(False), transfers_inside.first_received(node.id))
        .order_by(DeliveryLine.stall_id, DeliveryLine.created_at)
    )
    with node.write(node.machine("sightings"), now) as tx:
        stalls: dict[str, list[DeliveryLine]] = {}
        for line in tx.session.scalars(received):
            stalls.setdefault(line.stall_id, []).append(line)
        group = f"sighting:{day.isoformat()}"
        told = select(OutboxMessage.stall_id).where(OutboxMessage.site_id == node.id, OutboxMessage.group_key == group)
        done = set(tx.session.scalars(told))
        fresh = {stall: lines for stall, lines in stalls.items() if stall not in done}
        for stall_id, lines in fresh.items():
            ids = [line.id for line in lines]
            corrected = stock.corrections(tx.session, node.id, ids)
            elsewhere = transfers_inside.told_elsewhere(tx.session, node.id, ids)
            lots = _lots(day, lines, corrected, elsewhere)
            plain = f"Lô đã nhận ngày {day:%d/%m/%Y}: {len(lots)} lô (số kg, giờ quét đầu tiên; không có giá)"
            tx.send(DESTINATION, KIND, group, {"sightings": lots}, plain, stall_id)
        return len(fresh)


def kilograms(line: DeliveryLine, corrected: Decimal = Decimal(0)) -> Decimal:
    """What of the line entered stock in kilograms, with what was ``corrected`` since; 0 where its unit has no known
    weight.
    """
    kg = to_kg(line.accepted, line.unit, line.content_kg)
    return Decimal(0) if kg is None else max(Decimal(0), kg + corrected)


def _lots(
    day: date, lines: Sequence[DeliveryLine], corrected: Mapping[str, Decimal], elsewhere: Collection[str]
) -> list[Answer]:
    """``elsewhere``: lines whose kilograms another station told; their scan is told all the same."""
    weights: dict[str, Decimal] = {}
    first: dict[str, datetime] = {}
    for line in lines:
        key = str(line.key)
        weight = Decimal(0) if line.id in elsewhere else kilograms(line, corrected.get(line.id, Decimal(0)))
        weights[key] = weights.get(key, Decimal(0)) + weight
        first[key] = min(first.get(key, line.created_at), line.created_at)
    return [
        {
            "day": day.isoformat(),
            "key": key,
            "received_kg": f"{weights[key].normalize():f}",
            "first_scan_at": stamp(first[key]),
        }
        for key in sorted(weights)
    ]
