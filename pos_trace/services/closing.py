"""A lot ends: "Hết lô này" by a person, by its goods group's shelf life by the machine; and is opened again."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.quantities import as_text, shown
from pos_trace.core.vocabulary.stock import CLOSED_WORDS, SHELF_LIFE
from pos_trace.services import counting, lineage, reopening, shortfalls, stock
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Case, CaseLine, Flag, Product, StockLot, StockMovement

CASE_OVER = ("concluded", "withdrawn", "transferred")
REOPENED = "reopened_at"
SHOWN_FOR = timedelta(days=7)
MOST_SHOWN = 100


def close(node: Node, who: Actor, lot_id: str, now: datetime, kind: str | None = None) -> Answer:
    """ "Hết lô này": the rest on the books goes out, the lot is never sold from again: ``{id, state, left, settled}``.

    What was sold above the books is taken from the rest first; then ``left`` goes out as wasted of a ``kind`` a
    person names (``WASTE_KINDS``), without one as an adjustment: it is simply not there.
    """
    known = stock.waste_kind(kind) if kind is not None else None
    with node.write(who, now) as tx:
        lot = tx.owned(StockLot, lot_id, stock.NO_LOT)
        settled, left = _shut(tx, lot, "person", "wasted" if known else "adjusted", known or "lot")
        told = {"id": lot.id, "state": lot.state, "left": as_text(left), "settled": as_text(settled)}
        return tx.answer(told)


def _shut(tx: Transaction, lot: StockLot, reason: str, kind: str, subject: str) -> tuple[Decimal, Decimal]:
    """Empty and close a lot; of recalled goods a customer brought back the state stays, they are counted by it."""
    if lot.state == "closed":
        return stock.ZERO, stock.ZERO
    back = lot.state == "returned_recalled"
    settled = stock.ZERO if back else shortfalls.settle_from(tx, lot)
    left = lot.on_hand
    stock.move(tx, lot, kind, -left, subject, lot.id)
    if not back:
        lot.state, lot.state_reason = "closed", reason
    lot.closed_at, lot.on_sale_since = tx.now, None
    told = {"left": str(left), "reason": reason, "settled": str(settled)}
    tx.audit("lot_closed", f"lot:{lot.id}", told, lot.stall_id)
    return settled, left


def shelf_life_due(node: Node, now: datetime) -> int:
    """Close open lots without an expiry date whose goods group is not sold that long; answers how many.

    Goods that are set aside or blocked stay, and those a question or a case is open about.
    """
    lives = {group.name: group.shelf_life for group in node.policy.goods if group.shelf_life is not None}
    if not lives:
        return 0
    with node.db.read() as session:
        mine = (
            select(StockLot, Product.goods_group)
            .join(Product, (Product.site_id == StockLot.site_id) & (Product.id == StockLot.product_id))
            .where(StockLot.site_id == node.id, StockLot.on_hand > 0, StockLot.state == "sellable")
            .where(StockLot.expiry.is_(None), Product.goods_group.in_(sorted(lives)))
            .where(StockLot.received_at <= now - min(lives.values()))
            .order_by(StockLot.id)
        )
        over = [lot for lot, group in session.execute(mine) if _since(lot) + lives[str(group)] <= now]
        busy = _busy_lines(session, node.id) if over else set()
        due = [lot.id for lot in over if not busy & _lines_of(session, lot)]
    for lot_id in due:
        with node.write(node.machine("shelf-life"), now) as tx:
            lot = tx.session.get_one(StockLot, (node.id, lot_id))
            if lot.state == "sellable":
                _shut(tx, lot, SHELF_LIFE, "adjusted", SHELF_LIFE)
    return len(due)


def _since(lot: StockLot) -> datetime:
    """When the lot's time began: when it came in, or later when somebody looked at it again and kept it, or when it
    could be sold again after it had been set aside: nobody sold of it meanwhile.
    """
    again = [lot.origin[name] for name in (REOPENED, stock.RELEASED) if lot.origin.get(name)]
    return max(lot.received_at, *map(datetime.fromisoformat, again)) if again else lot.received_at


def _lines_of(session: Session, lot: StockLot) -> set[str]:
    if lot.line_id is not None:
        return {lot.line_id}
    return {one.line_id for one in lineage.sources(session, lot) if one.line_id is not None}


def _busy_lines(session: Session, site_id: str) -> set[str]:
    asked = select(Flag.line_id).where(Flag.site_id == site_id, Flag.state.in_(("open", "held")))
    told = select(CaseLine.line_id).join(Case, (Case.site_id == CaseLine.site_id) & (Case.id == CaseLine.case_id))
    told = told.where(CaseLine.site_id == site_id, CaseLine.line_id.is_not(None), Case.state.not_in(CASE_OVER))
    return {*session.scalars(asked), *(str(line) for line in session.scalars(told))}


def closed(node: Node, who: Actor, now: datetime) -> Answer:
    """Lots that ended in the last seven days with something left on the books, newest first: ``{lots}``.

    Each may be opened again: the machine, or a wet finger, was wrong.
    """
    with node.db.read() as session:
        mine = (
            select(StockLot, Product)
            .join(Product, (Product.site_id == StockLot.site_id) & (Product.id == StockLot.product_id))
            .where(StockLot.site_id == who.site_id, StockLot.stall_id == who.stall, StockLot.state == "closed")
            .where(StockLot.state_reason.in_(sorted(CLOSED_WORDS)), StockLot.closed_at >= now - SHOWN_FOR)
            .order_by(StockLot.closed_at.desc(), StockLot.id.desc())
        )
        found = []
        for lot, product in session.execute(mine.limit(MOST_SHOWN)):
            left = _left_at_closing(session, lot)
            if left > 0:
                more = {"left": as_text(left), "closed_at": lot.closed_at.isoformat() if lot.closed_at else None}
                found.append(stock.told(lot, product) | more | {"why": CLOSED_WORDS[str(lot.state_reason)]})
        return {"lots": found}


def _left_at_closing(session: Session, lot: StockLot) -> Decimal:
    """What closing took off the books."""
    mine = select(StockMovement.quantity).where(
        StockMovement.site_id == lot.site_id,
        StockMovement.lot_id == lot.id,
        StockMovement.kind.in_(("adjusted", "wasted")),
        StockMovement.created_at == lot.closed_at,
        StockMovement.quantity < 0,
    )
    return -sum(session.scalars(mine), stock.ZERO)


def reopen(node: Node, who: Actor, lot_id: str, counted: object, reason: str, now: datetime) -> Answer:
    """A closed lot is still there: ``counted`` of what closing took comes back by a numbered correction.

    Answers as ``counting.count`` does. Its state is judged again. Raises ``Conflict`` for a lot that did not end by
    itself or by "Hết lô này", ``Invalid`` for more than closing took.
    """
    with node.write(who, now) as tx:
        lot = tx.owned(StockLot, lot_id, stock.NO_LOT)
        if lot.state != "closed" or lot.state_reason not in CLOSED_WORDS:
            raise Conflict("lot_not_over", "Lô này chưa đóng, hoặc đã trả lại, đã hủy: không mở lại được.")
        back, most = stock.quantity_of(counted, "/counted"), _left_at_closing(tx.session, lot)
        if back > most:
            wrong = FieldError("/counted", "out_of_range")
            raise Invalid("reopen_above", f"Khi đóng lô chỉ còn {shown(most)} {lot.unit}.", (wrong,))
        lot.closed_at, lot.origin = None, lot.origin | {REOPENED: now.isoformat()}
        reopening.judge_again(tx, lot)
        tx.audit("lot_reopened", f"lot:{lot.id}", {"state": lot.state})
        return tx.answer(counting.write(tx, lot, back, counting.reason_of(reason)), 201)
