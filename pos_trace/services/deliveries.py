"""A delivery from opening to reading: who brings it, on which truck, what is in it; shared arrivals, suppliers."""

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.text import clean, fold
from pos_trace.services import lines_in, stock
from pos_trace.services.node import Actor, Answer, Node, Transaction, owned, stall_of
from pos_trace.store.models import Delivery, DeliveryLine, Flag, Party, Stall, VehicleArrival

NO_DELIVERY = "Không tìm thấy chuyến hàng."
NO_LINE = "Không tìm thấy dòng hàng."
SAME_TRUCK = timedelta(hours=12)
PLATE = re.compile(r"[0-9A-ZĐ.\- ]{4,20}")
MOST_LISTED = 200


def open_delivery(
    node: Node,
    who: Actor,
    now: datetime,
    *,
    supplier_name: str | None = None,
    supplier_id: str | None = None,
    vehicle_plate: str | None = None,
) -> Answer:
    """Start receiving: ``{id, supplier_id, supplier_name, vehicle_plate, arrival_id, practice}``.

    The truck's arrival is shared by the site's stalls: the same plate within twelve hours is the same arrival.
    Raises ``Invalid`` (no supplier, a plate that is none), ``NotFound`` (another stall's supplier).
    """
    plate = _plate(vehicle_plate)
    with node.write(who, now) as tx:
        party = _supplier(tx, supplier_name, supplier_id)
        stall = stall_of(tx.session, who)
        row = Delivery(site_id=who.site_id, id=tx.id(), created_at=now, stall_id=who.stall, state="open")
        row.supplier_id, row.supplier_name, row.vehicle_plate = party.id, party.name, plate
        row.arrival_id = _arrival(tx, plate).id if plate else None
        row.last_scan_at, row.opened_by, row.practice = now, who.id[:36], practising(stall, node, now)
        tx.session.add(row)
        tx.session.flush()
        tx.audit("delivery_opened", f"delivery:{row.id}", {"supplier": party.name, "plate": plate})
        return tx.answer(_head(row, node), 201)


def practising(stall: Stall, node: Node, now: datetime) -> bool:
    """Whether the stall still tries things out: nothing is reported, papers say so (decision 6)."""
    return stall.practice_until is not None and now.astimezone(node.zone).date() < stall.practice_until


def listed(node: Node, who: Actor, state: str | None = None) -> Answer:
    """The stall's deliveries, newest first: ``{deliveries: […]}`` without their lines."""
    with node.db.read() as session:
        mine = select(Delivery).where(Delivery.site_id == who.site_id, Delivery.stall_id == who.stall)
        if state is not None:
            mine = mine.where(Delivery.state == state)
        rows = session.scalars(mine.order_by(Delivery.created_at.desc(), Delivery.id.desc()).limit(MOST_LISTED))
        return {"deliveries": [_head(row, node) for row in rows]}


def suppliers(node: Node, who: Actor) -> Answer:
    """Who brought goods to this stall before, by name."""
    with node.db.read() as session:
        mine = select(Party).where(Party.site_id == who.site_id, Party.stall_id == who.stall, Party.kind == "supplier")
        rows = session.scalars(mine.where(Party.merged_into.is_(None)).order_by(Party.folded).limit(500))
        return {"suppliers": [{"id": row.id, "name": row.name} for row in rows]}


def detail(node: Node, who: Actor, delivery_id: str, now: datetime) -> Answer:
    """One delivery with its lines, their verdicts and flags; another stall's is ``NotFound``."""
    with node.db.read() as session:
        row = owned(session, who, Delivery, delivery_id, NO_DELIVERY)
        return _head(row, node) | {"lines": [told_line(session, node, line, now) for line in lines_of(session, row)]}


def lines_of(session: Session, delivery: Delivery) -> list[DeliveryLine]:
    """A delivery's lines as they came in."""
    mine = select(DeliveryLine).where(DeliveryLine.site_id == delivery.site_id, DeliveryLine.delivery_id == delivery.id)
    return list(session.scalars(mine.order_by(DeliveryLine.position)))


def told_line(session: Session, node: Node, line: DeliveryLine, now: datetime) -> Answer:
    """One line with its newest flag and its lot."""
    mine = select(Flag).where(Flag.site_id == line.site_id, Flag.line_id == line.id).order_by(Flag.id.desc())
    flag = session.scalars(mine.limit(1)).first()
    lot = stock.lot_of_line(session, line.site_id, line.id)
    return lines_in.told(session, node, line, flag, lot, now)


def still_open(tx: Transaction, delivery_id: str) -> Delivery:
    """The stall's own delivery while it is open; ``NotFound``, or ``Conflict`` once it ended."""
    row = tx.owned(Delivery, delivery_id, NO_DELIVERY)
    if row.state != "open":
        raise Conflict("delivery_closed", "Chuyến này đã xong. Mở chuyến mới, hoặc lập phiếu điều chỉnh.")
    return row


def _supplier(tx: Transaction, name: str | None, party_id: str | None) -> Party:
    if party_id is not None:
        row = tx.owned(Party, party_id, "Không tìm thấy người giao.")
        return tx.owned(Party, row.merged_into) if row.merged_into else row
    plain = clean(name or "", 200)
    if not plain:
        raise Invalid("supplier_missing", "Nhập tên người giao.", (FieldError("/supplier_name", "missing"),))
    same = select(Party).where(
        Party.site_id == tx.who.site_id,
        Party.stall_id == tx.who.stall,
        Party.kind == "supplier",
        Party.folded == fold(plain),
    )
    found = tx.session.scalars(same.order_by(Party.id)).first()
    if found is not None:
        return tx.owned(Party, found.merged_into) if found.merged_into else found
    made = Party(site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, stall_id=tx.who.stall, kind="supplier")
    made.name, made.folded = plain, fold(plain)
    tx.session.add(made)
    tx.session.flush()
    return made


def _plate(text: str | None) -> str | None:
    plain = clean(text or "", 40).upper()
    if not plain:
        return None
    if not PLATE.fullmatch(plain):
        raise Invalid(
            "plate_invalid",
            "Biển số xe chỉ gồm chữ và số, ví dụ 82C-012.34.",
            (FieldError("/vehicle_plate", "invalid"),),
        )
    return plain


def _arrival(tx: Transaction, plate: str) -> VehicleArrival:
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


def _head(row: Delivery, node: Node) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "supplier_id": row.supplier_id,
        "supplier_name": row.supplier_name,
        "vehicle_plate": row.vehicle_plate,
        "arrival_id": row.arrival_id,
        "state": row.state,
        "practice": row.practice,
        "opened_at": row.created_at.isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "closed_by": row.closed_by,
    }


def own_line(session: Session, who: Actor, line_id: str) -> DeliveryLine:
    """The stall's own line, or ``NotFound``."""
    row = session.get(DeliveryLine, (who.site_id, line_id))
    if row is None or row.stall_id != who.stall_id:
        raise NotFound("not_found", NO_LINE)
    return row
