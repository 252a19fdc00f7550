"""Kiểm kho: what was really counted goes on the books by a numbered correction; what was sold above them is settled."""

from datetime import datetime
from decimal import Decimal

from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.quantities import as_text, exact, shown
from pos_trace.core.slips import list_slip
from pos_trace.core.text import clean
from pos_trace.core.units import contents_from, convert
from pos_trace.core.vocabulary.slips import SIGNED_BY_ONE, TITLES
from pos_trace.services import adjusting, lineage, printing, receiving_slips, shortfalls, stock
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Adjustment, DeliveryLine, Product, Stall, StockLot


def count(node: Node, who: Actor, lot_id: str, counted: object, reason: str, now: datetime) -> Answer:
    """Put a lot's books right by a count, 0 too: ``{id, number, quantity, change, settled, print_job}``.

    A count that agrees writes no paper (``number`` null) unless it settles what was sold above the books. Raises
    ``Invalid`` without a reason, ``Conflict`` for a lot that is closed.
    """
    why = reason_of(reason)
    found = stock.ZERO if counted in ("0", 0) and counted is not False else exact(counted)
    if found is None:
        wrong = FieldError("/counted", "invalid")
        raise Invalid("quantity_invalid", "Số lượng từ 0 trở lên, tối đa 3 số lẻ.", (wrong,))
    with node.write(who, now) as tx:
        lot = tx.owned(StockLot, lot_id, stock.NO_LOT)
        if lot.state == "closed":
            raise Conflict("lot_over", "Lô này đã đóng. Mở lại lô trước khi kiểm.")
        line = _line_of(tx, lot)
        before = stock.corrected(tx.session, line) if line is not None else stock.ZERO
        told = write(tx, lot, found, why, line)
        if line is not None and (after := stock.corrected(tx.session, line)) != before:
            adjusting.judge_again(tx, line, after < before)
        return tx.answer(told, 201)


def reason_of(text: str) -> str:
    """Why; raises ``Invalid`` without one."""
    why = clean(text, 300)
    if not why:
        raise Invalid("reason_missing", "Ghi lý do điều chỉnh.", (FieldError("/reason", "missing"),))
    return why


def _line_of(tx: Transaction, lot: StockLot) -> DeliveryLine | None:
    """The delivery line a lot's goods came in by, of mixed goods the first one's; None of what nobody delivered."""
    lines = [one.line_id for one in lineage.sources(tx.session, lot) if one.line_id is not None]
    return tx.session.get_one(DeliveryLine, (lot.site_id, lines[0])) if lines else None


def _found(tx: Transaction, lot: StockLot, line: DeliveryLine, change: Decimal) -> Decimal | None:
    """A change of ``lot`` in the unit the line's own lot is counted in; None where nobody knows what a piece weighs."""
    of = tx.session.get_one(Product, (lot.site_id, lot.product_id))
    content = of.content_kg if of.unit == lot.unit else None
    return convert(change, lot.unit, stock.stock_unit(line), contents_from(of.unit_contents), content)


def write(tx: Transaction, lot: StockLot, counted: Decimal, why: str, line: DeliveryLine | None = None) -> Answer:
    """The correction of ``lot`` to ``counted`` inside the caller's write, with its paper; answers as ``count``.

    ``line``: whose goods a count found more or less of.
    """
    change = counted - lot.on_hand
    row = Adjustment(site_id=lot.site_id, id=tx.id(), created_at=tx.now, stall_id=lot.stall_id, lot_id=lot.id)
    row.quantity, row.reason, row.made_by, row.line_id = change, why, tx.who.id[:36], None
    if line is not None:
        row.found_line_id, row.found = line.id, _found(tx, lot, line, change)
    settled = shortfalls.settle_by_count(tx, lot, row.id)
    told = {"id": lot.id, "quantity": as_text(counted), "change": as_text(change), "settled": settled}
    if change == 0 and not settled:
        tx.audit("counted", f"lot:{lot.id}", {"quantity": str(counted)})
        return told | {"number": None, "print_job": None}
    stall = tx.session.get_one(Stall, (lot.site_id, lot.stall_id))
    row.number = adjusting.next_number(tx, stall)
    tx.session.add(row)
    tx.session.flush()
    stock.move(tx, lot, "adjusted", change, "adjustment", row.id)
    tx.audit("counted", f"adjustment:{row.id}", {"lot": lot.id, "quantity": str(counted), "change": str(change)})
    return told | {"number": row.number, "print_job": _print(tx, stall, lot, row, counted)}


def _print(tx: Transaction, stall: Stall, lot: StockLot, row: Adjustment, counted: Decimal) -> str | None:
    product = tx.session.get_one(Product, (lot.site_id, lot.product_id))
    before = counted - row.quantity
    rows = [
        (product.name, f"lô {lot.label}" if lot.label else ""),
        (" Trên sổ", f"{shown(before)} {lot.unit}"),
        (" Đếm được", f"{shown(counted)} {lot.unit}"),
        (" Chênh", f"{'+' if row.quantity > 0 else ''}{shown(row.quantity)} {lot.unit}"),
    ]
    foot = (f"Kiểm kho. Lý do: {row.reason}", *SIGNED_BY_ONE)
    place = receiving_slips.place_of(tx, stall)
    slip = list_slip("adjustment", TITLES["adjustment"], place, row.number, tx.now, rows, foot)
    return printing.queue(tx, lot.stall_id, "adjustment", row.id, slip)
