"""A delivery from opening to reading: who brings it, on which truck, what is in it, what it was the last time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, NotFound
from pos_trace.core.quantities import as_text
from pos_trace.core.vocabulary.times import day as shown_day
from pos_trace.services import arrivals, lines_in, stock, suppliers, usual_goods
from pos_trace.services.node import Actor, Answer, Node, Transaction, owned, stall_of
from pos_trace.services.suppliers import SupplierIn
from pos_trace.store.models import Delivery, DeliveryLine, Flag, Party, Stall, StockLot, VerdictRow

NO_DELIVERY = "Không tìm thấy chuyến hàng."
NO_LINE = "Không tìm thấy dòng hàng."
MOST_LISTED = 200


def open_delivery(
    node: Node,
    who: Actor,
    now: datetime,
    *,
    supplier_name: str | None = None,
    supplier_id: str | None = None,
    nickname: str | None = None,
    driver_only: bool = False,
    vehicle_plate: str | None = None,
) -> Answer:
    """Start receiving: ``{id, supplier_id, supplier_name, vehicle_plate, arrival_id, practice}``.

    The truck's arrival is shared by the site's stalls. ``driver_only``: whose goods they are is named later, or never
    (``supplier_id`` null). Raises ``Invalid`` (no supplier, a name that several have, a plate that is none),
    ``NotFound`` (another stall's supplier).
    """
    plate = arrivals.plate_of(vehicle_plate)
    with node.write(who, now) as tx:
        party = suppliers.chosen(tx, SupplierIn(supplier_id, supplier_name, nickname, driver_only))
        stall = stall_of(tx.session, who)
        row = Delivery(site_id=who.site_id, id=tx.id(), created_at=now, stall_id=who.stall, state="open")
        _bring(row, party)
        row.vehicle_plate = plate
        row.arrival_id = arrivals.of_plate(tx, plate).id if plate else None
        row.last_scan_at, row.opened_by, row.practice = now, who.id[:36], practising(stall, node, now)
        tx.session.add(row)
        tx.session.flush()
        tx.audit("delivery_opened", f"delivery:{row.id}", {"supplier": row.supplier_name, "plate": plate})
        return tx.answer(_head(row, node), 201)


def _bring(row: Delivery, party: Party | None) -> None:
    row.supplier_id = party.id if party is not None else None
    row.supplier_name = suppliers.label(party) if party is not None else suppliers.DRIVER_ONLY


def name_supplier(node: Node, who: Actor, delivery_id: str, told: SupplierIn, now: datetime) -> Answer:
    """Say whose goods a delivery brought: any time while it is open, afterwards only where nobody was named.

    Answers the delivery's head; lots without a code learn the name too. Raises ``Conflict`` once a slip names
    somebody, or the delivery was cancelled.
    """
    with node.write(who, now) as tx:
        row = tx.owned(Delivery, delivery_id, NO_DELIVERY)
        if row.state == "cancelled" or (row.state == "closed" and row.supplier_id is not None):
            raise Conflict("supplier_named", "Phiếu đã in tên người giao. Nếu nhầm, lập phiếu điều chỉnh.")
        before, unknown = row.supplier_name, row.supplier_id is None
        _bring(row, suppliers.chosen(tx, told))
        lines = lines_of(tx.session, row)
        for line in lines if unknown else ():
            usual_goods.remember(tx, row, line)
        mine = select(StockLot).where(StockLot.site_id == row.site_id, StockLot.line_id.in_([one.id for one in lines]))
        for lot in tx.session.scalars(mine.order_by(StockLot.id)).all():
            if lot.origin.get("supplier") == before:
                lot.origin = lot.origin | {"supplier": row.supplier_name}
        tx.audit("supplier_named", f"delivery:{row.id}", {"from": before, "to": row.supplier_name})
        return tx.answer(_head(row, node))


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


def detail(node: Node, who: Actor, delivery_id: str, now: datetime) -> Answer:
    """One delivery with its lines, their verdicts and flags; another stall's is ``NotFound``."""
    with node.db.read() as session:
        row = owned(session, who, Delivery, delivery_id, NO_DELIVERY)
        return _head(row, node) | {"lines": told_lines(session, node, lines_of(session, row), now)}


def lines_of(session: Session, delivery: Delivery) -> list[DeliveryLine]:
    """A delivery's lines as they came in."""
    mine = select(DeliveryLine).where(DeliveryLine.site_id == delivery.site_id, DeliveryLine.delivery_id == delivery.id)
    return list(session.scalars(mine.order_by(DeliveryLine.position)))


def told_line(session: Session, node: Node, line: DeliveryLine, now: datetime) -> Answer:
    """One line with its newest flag and its lot."""
    return told_lines(session, node, [line], now)[0]


def told_lines(session: Session, node: Node, lines: Sequence[DeliveryLine], now: datetime) -> list[Answer]:
    """Lines of one site, each with its newest flag, its lot and its verdict; as many statements for any number."""
    ids, verdict_ids = [line.id for line in lines], [line.verdict_id for line in lines if line.verdict_id]
    mine = select(Flag).where(Flag.site_id == node.id, Flag.line_id.in_(ids)).order_by(Flag.id)
    newest = {flag.line_id: flag for flag in session.scalars(mine)}
    became = stock.lots_of_lines(session, node.id, ids)
    kept = select(VerdictRow).where(VerdictRow.site_id == node.id, VerdictRow.id.in_(verdict_ids))
    verdicts = {row.id: row for row in session.scalars(kept)}
    return [
        lines_in.told(node, line, newest.get(line.id), became.get(line.id), verdicts.get(line.verdict_id or ""))
        for line in lines
    ]


def still_open(tx: Transaction, delivery_id: str) -> Delivery:
    """The stall's own delivery while it is open; ``NotFound``, or ``Conflict`` once it ended."""
    row = tx.owned(Delivery, delivery_id, NO_DELIVERY)
    if row.state != "open":
        raise Conflict("delivery_closed", "Chuyến này đã xong. Mở chuyến mới, hoặc lập phiếu điều chỉnh.")
    return row


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


def before(node: Node, who: Actor, delivery_id: str, now: datetime) -> Answer:
    """ "Giống hôm qua": what the supplier of this delivery brought the last time: ``{id, number, day, lines}``.

    A loose line is repeated by one tap, its papers never: they are another day's. A line that had a code needs its
    own scan; it says what is expected. Lines that were cancelled, and those of other suppliers, are left out.
    """
    with node.db.read() as session:
        here = owned(session, who, Delivery, delivery_id, NO_DELIVERY)
        nothing: dict[str, Any] = {"id": None, "number": None, "day": None, "lines": []}
        if here.supplier_id is None:
            return nothing
        mine = select(Delivery).where(
            Delivery.site_id == here.site_id,
            Delivery.stall_id == here.stall_id,
            Delivery.supplier_id == here.supplier_id,
            Delivery.state != "cancelled",
            Delivery.id != here.id,
            Delivery.created_at <= here.created_at,
        )
        filled = select(DeliveryLine.id).where(
            DeliveryLine.site_id == Delivery.site_id,
            DeliveryLine.delivery_id == Delivery.id,
            DeliveryLine.state != "cancelled",
        )
        order = (Delivery.created_at.desc(), Delivery.id.desc())
        last = session.scalars(mine.where(filled.exists()).order_by(*order).limit(1)).first()
        if last is None:
            return nothing
        lines = [_again(line) for line in lines_of(session, last) if line.state != "cancelled"]
        return {"id": last.id, "number": last.number, "day": _day(node, last.created_at, now), "lines": lines}


def _day(node: Node, at: datetime, now: datetime) -> str:
    on, today = at.astimezone(node.zone).date(), now.astimezone(node.zone).date()
    near = {0: "hôm nay", 1: "hôm qua"}
    return near.get((today - on).days, shown_day(on))


def _again(line: DeliveryLine) -> dict[str, Any]:
    return {
        "product_id": line.product_id,
        "goods_name": line.goods_name,
        "goods_group": line.goods_group,
        "quantity": as_text(line.declared),
        "unit": line.unit,
        "content_kg": as_text(line.content_kg) if line.content_kg is not None else None,
        "coded": line.key is not None,
    }
