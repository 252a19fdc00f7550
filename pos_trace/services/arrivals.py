"""Trucks at the gate, shared by the site's stalls: the plate is typed once and offered to everybody."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.plates import normal_plate
from pos_trace.core.text import clean
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Delivery, VehicleArrival

SAME_TRUCK = timedelta(hours=12)
MOST_LISTED = 60


def plate_of(text: str | None) -> str | None:
    """A plate in its one spelling, None for none; raises ``Invalid`` for what is no plate."""
    plain = clean(text or "", 40)
    if not plain:
        return None
    found = normal_plate(plain)
    if found is None:
        raise Invalid(
            "plate_invalid",
            "Biển số xe chỉ gồm chữ và số, ví dụ 82C-012.34.",
            (FieldError("/vehicle_plate", "invalid"),),
        )
    return found


def of_plate(tx: Transaction, plate: str) -> VehicleArrival:
    """The truck's arrival: the same plate within twelve hours is the same arrival, whichever stall typed it first."""
    fresh = select(VehicleArrival).where(
        VehicleArrival.site_id == tx.node.id,
        VehicleArrival.plate == plate,
        VehicleArrival.arrived_at > tx.now - SAME_TRUCK,
    )
    found = tx.session.scalars(fresh.order_by(VehicleArrival.arrived_at.desc())).first()
    if found is not None:
        return found
    made = VehicleArrival(site_id=tx.node.id, id=tx.id(), created_at=tx.now, plate=plate, arrived_at=tx.now)
    tx.session.add(made)
    tx.session.flush()
    return made


def listed(node: Node, who: Actor, now: datetime) -> Answer:
    """The trucks of the last twelve hours, the newest first: ``{arrivals: [{id, plate, arrived_at, time, stalls,
    mine}]}``. ``stalls``: how many receive from it, never which, from whom or what; ``mine``: this stall does.
    """
    with node.db.read() as session:
        some = select(VehicleArrival).where(
            VehicleArrival.site_id == who.site_id, VehicleArrival.arrived_at > now - SAME_TRUCK
        )
        order = (VehicleArrival.arrived_at.desc(), VehicleArrival.id.desc())
        rows = session.scalars(some.order_by(*order).limit(MOST_LISTED)).all()
        here = Delivery.arrival_id.in_([row.id for row in rows])
        served = select(Delivery.arrival_id, func.count(Delivery.stall_id.distinct()))
        served = served.where(Delivery.site_id == who.site_id, Delivery.state != "cancelled", here)
        stalls = {row[0]: row[1] for row in session.execute(served.group_by(Delivery.arrival_id))}
        own = select(Delivery.arrival_id).where(Delivery.site_id == who.site_id, Delivery.stall_id == who.stall, here)
        mine = set(session.scalars(own))
        return {
            "arrivals": [
                {
                    "id": row.id,
                    "plate": row.plate,
                    "arrived_at": row.arrived_at.isoformat(),
                    "time": f"{row.arrived_at.astimezone(node.zone):%H:%M}",
                    "stalls": stalls.get(row.id, 0),
                    "mine": row.id in mine,
                }
                for row in rows
            ]
        }
