"""Stock as a ledger: the only place where a lot's quantity changes, and the verbs people have for it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from pos_trace.core.allocation import OpenLot
from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.quantities import as_text, exact, to_kg, unit_of
from pos_trace.core.text import clean
from pos_trace.core.vocabulary.stock import STATE_WORDS, WASTE_KINDS
from pos_trace.services import products
from pos_trace.services.node import Actor, Answer, Node, Transaction, owned, stall_of
from pos_trace.store.models import Adjustment, DeliveryLine, Product, Stall, StockLot, StockMovement

NO_LOT = "Không tìm thấy lô hàng."
ZERO = Decimal(0)
ASIDE = "set_aside_at"  # in ``StockLot.origin``: a person of the stall set the goods aside, asked by nobody
RELEASED = "released_at"  # in ``StockLot.origin``: when goods that had been set aside could be sold again


def move(tx: Transaction, lot: StockLot, kind: str, quantity: Decimal, subject: str, subject_id: str) -> None:
    """Change ``lot`` by ``quantity`` (negative: out) and write why. Raises ``Conflict`` below zero."""
    if quantity == 0:
        return
    if lot.on_hand + quantity < 0:
        raise Conflict("not_enough", f"Lô {lot.label} chỉ còn {lot.on_hand.normalize():f} {lot.unit}.")
    row = StockMovement(site_id=lot.site_id, id=tx.id(), created_at=tx.now, stall_id=lot.stall_id, lot_id=lot.id)
    row.kind, row.quantity, row.subject, row.subject_id = kind, quantity, subject, subject_id
    lot.on_hand += quantity
    tx.session.add(row)
    tx.session.flush()


def receive(tx: Transaction, line: DeliveryLine, product: Product, state: str, origin: Answer) -> StockLot:
    """The lot of an accepted line, with what was accepted on hand."""
    lot = StockLot(site_id=line.site_id, id=tx.id(), created_at=tx.now, stall_id=line.stall_id, line_id=line.id)
    lot.product_id, lot.key, lot.unit, lot.on_hand = product.id, line.key, stock_unit(line), ZERO
    lot.label, lot.state, lot.expiry = (line.lot or "")[:80], state, line.expiry
    lot.received_at, lot.origin = tx.now, origin
    tx.session.add(lot)
    tx.session.flush()
    move(tx, lot, "received", of_line(line), "line", line.id)
    return lot


def stock_unit(line: DeliveryLine) -> str:
    """Kilograms wherever one unit's weight is known, so that a crate can be sold by the kilogram; else its unit."""
    return line.unit if to_kg(Decimal(1), line.unit, line.content_kg) is None else "kg"


def in_stock_unit(line: DeliveryLine, quantity: Decimal) -> Decimal:
    """``quantity`` of the line's unit in its lot's unit."""
    kg = to_kg(quantity, line.unit, line.content_kg)
    return quantity if kg is None else kg


def of_line(line: DeliveryLine) -> Decimal:
    """What a line's lot received: its accepted quantity in the lot's unit."""
    return in_stock_unit(line, line.accepted)


def corrected(session: Session, line: DeliveryLine) -> Decimal:
    """What all corrections of a line add up to, in its lot's unit."""
    return corrections(session, line.site_id, [line.id]).get(line.id, ZERO)


def corrections(session: Session, site_id: str, line_ids: Sequence[str] | Select[str]) -> dict[str, Decimal]:
    """By line, what its corrections and the counts of its goods add up to, in its lot's unit.

    Goods counted above the books came in as surely as those that were written down; what a count misses was received
    all the same, it only takes back what an earlier one found.
    """
    mine = select(Adjustment.line_id, Adjustment.quantity, Adjustment.found_line_id, Adjustment.found)
    mine = mine.where(Adjustment.site_id == site_id)
    mine = mine.where(or_(Adjustment.line_id.in_(line_ids), Adjustment.found_line_id.in_(line_ids)))
    told: dict[str, Decimal] = {}
    counted: dict[str, Decimal] = {}
    for line_id, quantity, found_of, found in session.execute(mine):
        if line_id is not None:
            told[line_id] = told.get(line_id, ZERO) + quantity
        elif found_of is not None and found is not None:
            counted[found_of] = counted.get(found_of, ZERO) + found
    return {
        line_id: told.get(line_id, ZERO) + max(ZERO, counted.get(line_id, ZERO))
        for line_id in sorted({*told, *counted})
    }


def lot_of_line(session: Session, site_id: str, line_id: str) -> StockLot | None:
    """The lot a delivery line became; what was cut from it later names the same line, but has a parent."""
    return lots_of_lines(session, site_id, [line_id]).get(line_id)


def lots_of_lines(session: Session, site_id: str, line_ids: Sequence[str]) -> dict[str, StockLot]:
    """By line, the lot it became."""
    mine = select(StockLot).where(StockLot.site_id == site_id, StockLot.line_id.in_(line_ids))
    rows = session.scalars(mine.where(StockLot.parent_lot_id.is_(None)).order_by(StockLot.id.desc()))
    return {row.line_id: row for row in rows if row.line_id is not None}


def kept_aside(lot: StockLot | None) -> bool:
    """Whether a person set a received lot aside unasked, and nobody released it since."""
    return lot is not None and bool(lot.origin.get(ASIDE))


def apply_state(tx: Transaction, lot: StockLot, state: str, reason: str) -> bool:
    """Give ``lot`` the state; a closed or returned lot keeps its own. Answers whether anything changed."""
    if lot.state in ("closed", "returned_recalled") or (lot.state, lot.state_reason) == (state, reason):
        return False
    before, lot.state, lot.state_reason = lot.state, state, reason
    if state == "sellable" and before != state:
        lot.origin = lot.origin | {RELEASED: tx.now.isoformat()}
    if before != state:
        tx.audit("stock_state", f"lot:{lot.id}", {"from": before, "to": state, "reason": reason}, lot.stall_id)
    return before != state


def open_lots(
    session: Session, site_id: str, stall_id: str, product_id: str, for_update: bool = False
) -> list[StockLot]:
    """The stall's lots of a product with something left, blocked ones too, in the order of their ids."""
    mine = select(StockLot).where(
        StockLot.site_id == site_id,
        StockLot.stall_id == stall_id,
        StockLot.product_id == product_id,
        StockLot.on_hand > 0,
        StockLot.state.in_(("sellable", "held", "blocked")),
    )
    mine = mine.order_by(StockLot.id)
    return list(session.scalars(mine.with_for_update() if for_update else mine))


def as_open(lot: StockLot) -> OpenLot:
    """The lot as the allocation rules see it; of recalled goods a customer brought back nothing is there to be sold."""
    if lot.state == "returned_recalled":
        return OpenLot(lot.id, ZERO, lot.received_at, "blocked", lot.expiry, lot.harvested)
    opened = lot.on_sale_since is not None
    return OpenLot(lot.id, lot.on_hand, lot.received_at, lot.state, lot.expiry, lot.harvested, opened)


def listed(node: Node, who: Actor) -> Answer:
    """What lies there, sold out lots left out: ``{lots}``, each with product, key, label, quantity, state, expiry."""
    with node.db.read() as session:
        rows = session.execute(
            select(StockLot, Product)
            .join(Product, (Product.site_id == StockLot.site_id) & (Product.id == StockLot.product_id))
            .where(StockLot.site_id == who.site_id, StockLot.stall_id == who.stall, StockLot.state != "closed")
            .where(StockLot.on_hand > 0)
            .order_by(Product.name, StockLot.received_at)
        ).all()
        return {"lots": [told(lot, product) for lot, product in rows]}


def told(lot: StockLot, product: Product) -> Answer:
    """A lot as its screen shows it; ``kg`` and ``content_kg`` where one unit's weight is known."""
    content = product.content_kg if product.unit == lot.unit else None
    kg = to_kg(lot.on_hand, lot.unit, content)
    return {
        "id": lot.id,
        "product_id": product.id,
        "product_name": product.name,
        "sku": product.sku,
        "barcode": product.barcode,
        "key": lot.key,
        "label": lot.label,
        "quantity": as_text(lot.on_hand),
        "unit": lot.unit,
        "kg": as_text(kg) if kg is not None else None,
        "content_kg": as_text(content) if content is not None and lot.unit != "kg" else None,
        "state": lot.state,
        "word": STATE_WORDS[lot.state],
        "reason": lot.state_reason,
        "sellable": lot.state == "sellable",
        "on_sale": lot.on_sale_since is not None,
        "expiry": lot.expiry.isoformat() if lot.expiry else None,
        "received_at": lot.received_at.isoformat(),
        "line_id": lot.line_id,
    }


def own_lot(session: Session, who: Actor, lot_id: str) -> StockLot:
    """The stall's own lot; ``NotFound`` otherwise."""
    return owned(session, who, StockLot, lot_id, NO_LOT)


def quantity_of(value: object, pointer: str = "/quantity") -> Decimal:
    """A quantity above 0; raises ``Invalid`` naming the place."""
    found = exact(value)
    if found is None:
        raise Invalid("quantity_invalid", "Số lượng phải lớn hơn 0, tối đa 3 số lẻ.", (FieldError(pointer, "invalid"),))
    return found


def unit_known(text: str, pointer: str = "/unit") -> str:
    """The unit's one name; raises ``Invalid`` for a unit nobody knows."""
    found = unit_of(text)
    if found is None:
        raise Invalid("unit_unknown", "Đơn vị chưa có. Chọn trong danh sách.", (FieldError(pointer, "unknown"),))
    return found


def name_of(text: str) -> str:
    """What goods are called; raises ``Invalid`` for no name."""
    plain = clean(text, 300)
    if not plain:
        raise Invalid("goods_missing", "Nhập tên hàng.", (FieldError("/name", "missing"),))
    return plain


def waste(
    node: Node, who: Actor, lot_id: str, quantity: object, reason: str, now: datetime, kind: str = "spoilt"
) -> Answer:
    """Take spoilt, given away or used goods out of stock (``kind``: ``WASTE_KINDS``), with the reason.

    ``{id, quantity}``: what is left. Raises ``Conflict`` for more than is there.
    """
    known = waste_kind(kind)
    with node.write(who, now) as tx:
        lot = tx.owned(StockLot, lot_id, NO_LOT)
        taken = quantity_of(quantity)
        move(tx, lot, "wasted", -taken, known, lot.id)
        tx.audit("wasted", f"lot:{lot.id}", {"quantity": str(taken), "kind": known, "reason": clean(reason, 200)})
        return tx.answer({"id": lot.id, "quantity": as_text(lot.on_hand)})


def waste_kind(kind: str) -> str:
    """One of ``WASTE_KINDS``; raises ``Invalid``."""
    if kind not in WASTE_KINDS:
        words = ", ".join(WASTE_KINDS.values())
        raise Invalid("kind_unknown", f"Chọn một trong: {words}.", (FieldError("/kind", "unknown"),))
    return kind


def on_sale(node: Node, who: Actor, lot_id: str, on: bool, now: datetime) -> Answer:
    """ "Đang bán lô này": what the counter's scale sells comes from this lot while it lasts: ``{id, on_sale}``.

    One lot of a product at a time. Raises ``Conflict`` for a lot that is not to be sold, or is sold out.
    """
    with node.write(who, now) as tx:
        lot = tx.owned(StockLot, lot_id, NO_LOT)
        if on and (lot.state != "sellable" or lot.on_hand == 0):
            raise Conflict("lot_not_sellable", f"Lô {lot.label} đang để riêng hoặc đã hết: không mở bán được.")
        for other in open_lots(tx.session, lot.site_id, lot.stall_id, lot.product_id, for_update=True):
            other.on_sale_since = None
        lot.on_sale_since = now if on else None
        tx.audit("lot_on_sale", f"lot:{lot.id}", {"on": on})
        return tx.answer({"id": lot.id, "on_sale": on})


def opening_until(node: Node, stall: Stall) -> date:
    """The day from which a stall enters no more opening stock: the end of its practice; of one that does not practise,
    as many days after its first day.
    """
    began = stall.golive_date or stall.created_at.astimezone(node.zone).date()
    return stall.practice_until or began + timedelta(days=node.policy.clocks.practice_days)


def opening(
    node: Node,
    who: Actor,
    name: str,
    quantity: object,
    unit: str,
    now: datetime,
    *,
    group: str | None = None,
    expiry: date | None = None,
    barcode: str | None = None,
) -> Answer:
    """What lay on the table before the first day: sellable, no verdict, no case (decision 6).

    Only until ``opening_until``: afterwards goods come in by a delivery (``Conflict``). Counted in kilograms
    wherever the unit has a weight, like everything received. Raises ``Invalid``.
    """
    plain, known = name_of(name), unit_known(unit)
    if group is not None and node.policy.group(group) is None:
        raise Invalid("group_unknown", "Chọn nhóm hàng trong danh sách.", (FieldError("/goods_group", "unknown"),))
    today = now.astimezone(node.zone).date()
    with node.write(who, now) as tx:
        stall = stall_of(tx.session, who)
        if today >= opening_until(node, stall):
            raise Conflict("opening_over", "Hết thời gian ghi hàng có sẵn: hàng mới nhập bằng chuyến nhận hàng.")
        amount = quantity_of(quantity)
        kg = to_kg(amount, known, None)
        amount, known = (amount, known) if kg is None else (kg, "kg")
        product = products.ensure(tx, plain, known, barcode=products.barcode_of(node, barcode), group=group)
        lot = StockLot(site_id=who.site_id, id=tx.id(), created_at=now, stall_id=who.stall, product_id=product.id)
        day = stall.golive_date or today
        lot.label, lot.unit, lot.on_hand, lot.state = f"Hàng nhập trước ngày {day:%d/%m/%Y}", known, ZERO, "sellable"
        lot.state_reason, lot.expiry, lot.received_at = "opening", expiry, now
        lot.origin = {"opening": True}
        tx.session.add(lot)
        tx.session.flush()
        move(tx, lot, "received", amount, "opening", lot.id)
        tx.audit("opening_stock", f"lot:{lot.id}", {"name": product.name, "quantity": str(amount), "unit": known})
        return tx.answer(told(lot, product), 201)
