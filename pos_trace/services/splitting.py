"""Cutting, putting together, repacking: kilograms are kept, the children carry recall, hold, expiry and papers."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.quantities import as_text, exact, shown, to_kg
from pos_trace.core.stock import Measure, StockState, Unweighed, cut, strictest
from pos_trace.core.units import contents_from, convert
from pos_trace.core.vocabulary.stock import LOSS
from pos_trace.services import lineage, products, stock
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import LotParent, Product, StockLot

MOST_PARENTS = 50
GONE = ("closed", "returned_recalled")
UNKNOWN_LOSS = "unknown"
Taken = list[tuple[StockLot, Decimal]]


def split(
    node: Node, who: Actor, lot_id: str, quantity: object, name: str, unit: str, units: object, now: datetime
) -> Answer:
    """Part of a lot becomes goods of another name or unit; kilograms, recall, expiry and papers go along.

    ``quantity`` leaves the parent, ``units`` of ``unit`` appear as the child; what is lost between them is written
    down as lost. Answers the child. Raises ``Invalid`` for goods without a name, a unit nobody knows, for more
    kilograms than were taken, and for kilograms of goods nobody weighed: a split makes no goods.
    """
    plain, known = stock.name_of(name), stock.unit_known(unit)
    with node.write(who, now) as tx:
        parent = _usable(tx, lot_id)
        taken, made = stock.quantity_of(quantity), stock.quantity_of(units, "/units")
        return tx.answer(_make(tx, [(parent, taken)], plain, made, known, "lot_split"), 201)


def repack(
    node: Node,
    who: Actor,
    lot_id: str,
    units: object,
    unit: str,
    content: object,
    content_unit: str,
    now: datetime,
    *,
    quantity: object = None,
    name: str | None = None,
) -> Answer:
    """The same goods in other packs: ``units`` × ``unit`` of ``content`` ``content_unit`` each ("50 túi, 500 g").

    ``quantity`` leaves the lot, as much as the packs hold when nobody says it; more than they hold is told as lost.
    Answers the child, a product of its own ("Cải thảo túi 500 g"), so that the crate's content stays what it is.
    Raises ``Invalid`` when a pack cannot be weighed, ``Conflict`` when there is less than that.
    """
    known, inside = stock.unit_known(unit), stock.unit_known(content_unit, "/content_unit")
    with node.write(who, now) as tx:
        parent = _usable(tx, lot_id)
        made, each = stock.quantity_of(units, "/units"), stock.quantity_of(content, "/content")
        content_kg = to_kg(each, inside, None)
        if not content_kg or to_kg(Decimal(1), known, None) is not None:
            wrong = FieldError("/content_unit", "invalid")
            raise Invalid("content_unknown", "Mỗi gói nặng bao nhiêu: nhập số, đơn vị g hoặc kg.", (wrong,))
        of = tx.session.get_one(Product, (parent.site_id, parent.product_id))
        plain = stock.name_of(name or f"{of.name} {known} {shown(each)} {inside}")
        taken = stock.quantity_of(quantity) if quantity is not None else _needed(parent, of, made * content_kg)
        return tx.answer(_make(tx, [(parent, taken)], plain, made, known, "lot_repacked", content_kg), 201)


def merge(
    node: Node,
    who: Actor,
    parts: Sequence[tuple[str, object]],
    now: datetime,
    *,
    name: str | None = None,
    unit: str | None = None,
    units: object = None,
) -> Answer:
    """Parts of two or more lots become one: ``parts`` are (lot, quantity; None: all of it).

    The new lot has the earliest expiry and the strictest state of its parents, and every one of their origins. Name
    and unit are the parents' where they agree; ``units``: what came of it, everything when nobody says it. Raises
    ``Invalid`` (fewer than two lots, a lot twice, names or units that differ), ``Conflict`` (not that much there).
    """
    ids = [lot_id for lot_id, _ in parts]
    if len(set(ids)) < 2 or len(set(ids)) != len(ids) or len(ids) > MOST_PARENTS:
        raise Invalid("lots_to_merge", "Chọn từ hai lô khác nhau trở lên.", (FieldError("/lots", "invalid"),))
    with node.write(who, now) as tx:
        taken: Taken = []
        for index, (lot_id, told) in enumerate(parts):
            lot = _usable(tx, lot_id)
            taken.append((lot, stock.quantity_of(told, f"/lots/{index}/quantity") if told is not None else lot.on_hand))
            if taken[-1][1] == 0:
                raise Conflict("not_enough", f"Lô {lot.label} đã hết.")
        names = {tx.session.get_one(Product, (lot.site_id, lot.product_id)).name for lot, _ in taken}
        if not name and len(names) > 1:
            raise Invalid("goods_missing", "Gộp hàng khác tên: nhập tên hàng mới.", (FieldError("/name", "missing"),))
        plain = stock.name_of(name or min(names))
        known = stock.unit_known(unit) if unit else _common_unit(taken)
        made = stock.quantity_of(units, "/units") if units is not None else _all_of(tx, taken, known)
        return tx.answer(_make(tx, taken, plain, made, known, "lot_merged"), 201)


def _usable(tx: Transaction, lot_id: str) -> StockLot:
    lot = tx.owned(StockLot, lot_id, stock.NO_LOT)
    if lot.state in GONE:
        raise Conflict("lot_over", f"Lô {lot.label} đã đóng hoặc là hàng thu hồi khách trả: không tách, gộp được.")
    return lot


def _needed(lot: StockLot, of: Product, kg: Decimal) -> Decimal:
    """How much of ``lot`` weighs ``kg``."""
    one = to_kg(Decimal(1), lot.unit, _content(of, lot.unit))
    if one is None:
        raise Invalid("quantity_missing", f"Nhập lấy bao nhiêu {lot.unit}.", (FieldError("/quantity", "missing"),))
    needed = exact((kg / one).quantize(Decimal("0.001")))
    if needed is None:
        raise Invalid("quantity_invalid", "Số lượng quá nhỏ hoặc quá lớn.", (FieldError("/units", "out_of_range"),))
    return needed


def _common_unit(taken: Taken) -> str:
    units = {lot.unit for lot, _ in taken}
    if len(units) > 1:
        raise Invalid(
            "unit_differs", "Các lô tính theo đơn vị khác nhau: chọn đơn vị.", (FieldError("/unit", "differs"),)
        )
    return units.pop()


def _measures(tx: Transaction, taken: Taken) -> list[Measure]:
    found = []
    for lot, quantity in taken:
        of = tx.session.get_one(Product, (lot.site_id, lot.product_id))
        found.append(Measure(quantity, lot.unit, _content(of, lot.unit)))
    return found


def _content(of: Product, unit: str) -> Decimal | None:
    """What one ``unit`` of the goods weighs, as remembered or as the stall set it ("1 con ≈ 2 kg"); what is remembered
    of a crate says nothing about a bunch.
    """
    if of.unit == unit and of.content_kg is not None:
        return of.content_kg
    return convert(Decimal(1), unit, "kg", contents_from(of.unit_contents))


def _all_of(tx: Transaction, taken: Taken, unit: str) -> Decimal:
    return _together(_measures(tx, taken), unit).quantity


def _together(measures: Sequence[Measure], unit: str) -> Measure:
    """What several lots come to: in their own unit where they share it and it holds the same, else in kilograms."""
    if len({(one.unit, one.content_kg) for one in measures}) == 1:
        return Measure(sum((one.quantity for one in measures), stock.ZERO), measures[0].unit, measures[0].content_kg)
    weights = [one.kg for one in measures]
    if any(weight is None for weight in weights) or unit != "kg":
        detail = "Các lô khác đơn vị, hoặc một gói nặng khác nhau: chỉ gộp được theo kg."
        raise Invalid("unit_differs", detail, (FieldError("/unit", "differs"),))
    return Measure(sum((weight for weight in weights if weight is not None), stock.ZERO), "kg")


def _make(
    tx: Transaction, taken: Taken, name: str, made: Decimal, unit: str, act: str, content_kg: Decimal | None = None
) -> Answer:
    """The child of ``taken``: product, lot, movements on both sides, what was lost; its answer."""
    weight = to_kg(made, unit, None)
    if weight is not None:  # counted in kilograms wherever the unit has a weight, like everything received
        made, unit = weight, "kg"
    product = products.ensure(tx, name, unit, group=_group(tx, taken))
    content = content_kg or _content(product, unit)
    together = _together(_measures(tx, taken), unit if len(taken) > 1 else "kg")
    try:
        found = cut(together, Measure(made, unit, content))
    except Unweighed:
        detail = f"Chưa biết 1 {together.unit} nặng bao nhiêu kg: ghi ở Giá và đơn vị rồi làm lại."
        raise Invalid("weight_unknown", detail, (FieldError("/unit", "unknown"),)) from None
    except ValueError:
        raise Invalid(
            "split_above", "Tách ra nhiều hơn phần lấy đi.", (FieldError("/units", "out_of_range"),)
        ) from None
    _remember_content(tx, product, unit, found.content_kg)
    child = _child(tx, taken, product, unit)
    if len(taken) > 1:
        _remember(tx, child, taken)
    _move(tx, child, taken, found.loss or stock.ZERO, together.unit)
    stock.move(tx, child, "moved", made, "lot", taken[0][0].id)
    told = {
        "child": child.id,
        "made": str(made),
        "unit": unit,
        "loss": _said(found.loss),
        "lost_kg": _said(found.lost_kg),
    }
    parts = {lot.id: str(quantity) for lot, quantity in taken}
    tx.audit(act, f"lot:{taken[0][0].id}", told | {"taken": parts})
    return stock.told(child, product)


def _remember_content(tx: Transaction, product: Product, unit: str, content_kg: Decimal | None) -> None:
    """What one piece weighs, for goods that are new: what lies there under the same name keeps its kilograms."""
    if unit == "kg" or unit != product.unit or content_kg is None or content_kg == product.content_kg:
        return
    there = select(StockLot.id).where(StockLot.site_id == product.site_id, StockLot.product_id == product.id)
    if tx.session.scalars(there.where(StockLot.unit == unit, StockLot.on_hand > 0).limit(1)).first() is not None:
        detail = f"{product.name} còn hàng với {unit} nặng khác hoặc chưa cân: đặt tên khác."
        raise Invalid("content_differs", detail, (FieldError("/name", "differs"),))
    product.content_kg = content_kg


def _said(loss: Decimal | None) -> str:
    """A loss as the audit keeps it: nothing lost and nobody knows are not the same."""
    return UNKNOWN_LOSS if loss is None else as_text(loss)


def _group(tx: Transaction, taken: Taken) -> str | None:
    groups = {tx.session.get_one(Product, (lot.site_id, lot.product_id)).goods_group for lot, _ in taken}
    return groups.pop() if len(groups) == 1 else None


def _child(tx: Transaction, taken: Taken, product: Product, unit: str) -> StockLot:
    """The new lot, nothing in it yet: what all parents agree on, and the strictest of what they do not."""
    lots = [lot for lot, _ in taken]
    first = lots[0]
    child = StockLot(site_id=first.site_id, id=tx.id(), created_at=tx.now, stall_id=first.stall_id, unit=unit)
    child.product_id, child.on_hand = product.id, stock.ZERO
    lines, keys = {lot.line_id for lot in lots}, {lot.key for lot in lots}
    child.line_id = first.line_id if len(lines) == 1 else None
    child.parent_lot_id = first.id if len(lines) == 1 else None
    child.key = first.key if len(keys) == 1 else None
    child.label = " + ".join(dict.fromkeys(lot.label for lot in lots if lot.label))[:80]
    state = strictest(StockState(lot.state, lot.state_reason or "verdict") for lot in lots)
    child.state, child.state_reason = state.state, state.reason
    child.expiry = min((lot.expiry for lot in lots if lot.expiry is not None), default=None)
    child.harvested = min((lot.harvested for lot in lots if lot.harvested is not None), default=None)
    child.received_at = min(lot.received_at for lot in lots)
    child.origin = _origin(lots)
    tx.session.add(child)
    tx.session.flush()
    return child


def _origin(lots: Sequence[StockLot]) -> Answer:
    """What the parents say alike; one pack a customer brought back makes all of it brought back."""
    first = dict(lots[0].origin)
    alike = {name: value for name, value in first.items() if all(lot.origin.get(name) == value for lot in lots)}
    return alike | ({"returned": True} if any(lot.origin.get("returned") for lot in lots) else {})


def _remember(tx: Transaction, child: StockLot, taken: Taken) -> None:
    for lot, quantity in taken:
        row = LotParent(site_id=child.site_id, id=tx.id(), created_at=tx.now, stall_id=child.stall_id)
        row.child_id, row.parent_id, row.quantity = child.id, lot.id, quantity
        row.state, row.state_reason = lot.state, lot.state_reason
        tx.session.add(row)
    tx.session.flush()
    if child.origin.get("returned") and child.state == "sellable":
        child.state, child.state_reason = lineage.RETURNED.state, lineage.RETURNED.reason


def _move(tx: Transaction, child: StockLot, taken: Taken, loss: Decimal, unit: str) -> None:
    """Out of the parents: what moved to the child and, apart from it, ``loss`` of ``unit`` on the way, out of those
    counted in it: the ledger counts pieces, of kilograms lost between them it has no row.
    """
    left = loss
    for lot, quantity in taken:
        lost = min(left, quantity) if lot.unit == unit else stock.ZERO
        left -= lost
        stock.move(tx, lot, "moved", lost - quantity, "lot", child.id)
        stock.move(tx, lot, "wasted", -lost, LOSS, child.id)


def made_of(node: Node, who: Actor, lot_id: str) -> Answer:
    """Where a lot's goods came from and what was made of it: ``{id, sources, children}``."""
    with node.db.read() as session:
        lot = stock.own_lot(session, who, lot_id)
        found = select(Product.name).where(Product.site_id == who.site_id)
        rows = [one for one in lineage.sources(session, lot) if one.id != lot.id]
        named = [(one, session.scalar(found.where(Product.id == one.product_id)) or "") for one in rows]
        made = [(one, session.scalar(found.where(Product.id == one.product_id)) or "")
                for one in lineage.children(session, lot)]  # fmt: skip
        return {"id": lot.id, "sources": [_short(*one) for one in named], "children": [_short(*one) for one in made]}


def _short(lot: StockLot, name: str) -> Answer:
    return {"id": lot.id, "product_name": name, "label": lot.label, "key": lot.key, "state": lot.state}
