"""What was cut, merged or repacked from which lot: news about the goods goes down to the children, origins go up."""

from collections.abc import Collection, Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pos_trace.core.stock import StockState, strictest
from pos_trace.services import stock
from pos_trace.services.node import Transaction
from pos_trace.store.models import LotParent, StockLot

AT_ONCE = 400
RETURNED = StockState("held", "returned")
SET_ASIDE = StockState("held", "person")


def settle(tx: Transaction, lot: StockLot, state: str, reason: str) -> None:
    """Give ``lot`` the state, and everything made of it."""
    stock.apply_state(tx, lot, state, reason)
    apply_to_children(tx, lot, state, reason)


def set_aside(tx: Transaction, lot: StockLot) -> None:
    """A person holds ``lot`` and all that was made of it, though it may be over itself; what is stricter stays so."""
    made = sorted(below(tx.session, lot.site_id, [lot.id]) - {lot.id})
    for one in [lot, *(tx.session.get_one(StockLot, (lot.site_id, lot_id)) for lot_id in made)]:
        if one.state == "sellable":
            stock.apply_state(tx, one, SET_ASIDE.state, SET_ASIDE.reason)
        for row in _rows_under(tx, one):
            if row.state in (None, "sellable"):
                row.state, row.state_reason = SET_ASIDE.state, SET_ASIDE.reason


def _rows_under(tx: Transaction, lot: StockLot) -> list[LotParent]:
    mine = select(LotParent).where(LotParent.site_id == lot.site_id, LotParent.parent_id == lot.id)
    return list(tx.session.scalars(mine.order_by(LotParent.id)))


def apply_to_children(tx: Transaction, lot: StockLot, state: str, reason: str) -> None:
    """What was cut, merged or repacked from a lot shares its fate; what a customer brought back never sells by it.

    A merged lot is the strictest of its parents, each remembered by itself: the lot it came from may be sold out.
    Parents come before children (ids rise with time), so goods mixed again and again are looked at once.
    """
    waiting: dict[str, tuple[StockLot, StockState]] = {}
    _tell_children(tx, lot, StockState(state, reason), waiting)
    while waiting:
        child, news = waiting.pop(min(waiting))
        found = own_state(tx, child) if parents(tx.session, child) else news
        if child.origin.get("returned") and found.state != "blocked":
            found = RETURNED
        stock.apply_state(tx, child, found.state, found.reason)
        _tell_children(tx, child, found, waiting)


def _tell_children(
    tx: Transaction, lot: StockLot, news: StockState, waiting: dict[str, tuple[StockLot, StockState]]
) -> None:
    for child in children(tx.session, lot):
        for row in parents(tx.session, child):
            if row.parent_id == lot.id:
                row.state, row.state_reason = news.state, news.reason
        waiting[child.id] = (child, news)


def children(session: Session, lot: StockLot) -> list[StockLot]:
    """What was made directly of ``lot``."""
    merged = select(LotParent.child_id).where(LotParent.site_id == lot.site_id, LotParent.parent_id == lot.id)
    mine = select(StockLot).where(StockLot.site_id == lot.site_id)
    mine = mine.where(or_(StockLot.parent_lot_id == lot.id, StockLot.id.in_(merged)))
    return list(session.scalars(mine.order_by(StockLot.id)))


def parents(session: Session, lot: StockLot) -> list[LotParent]:
    """The parents of a merged lot; none of any other."""
    mine = select(LotParent).where(LotParent.site_id == lot.site_id, LotParent.child_id == lot.id)
    return list(session.scalars(mine.order_by(LotParent.id)))


def own_state(tx: Transaction, lot: StockLot) -> StockState:
    """What a merged lot is by its parents and its date; of any other lot, what it is."""
    rows = parents(tx.session, lot)
    if not rows:
        return StockState(lot.state, lot.state_reason or "verdict")
    told = [StockState(row.state or "sellable", row.state_reason or "verdict") for row in rows]
    if lot.expiry is not None and lot.expiry < tx.now.astimezone(tx.node.zone).date():
        told.append(StockState("blocked", "expired"))
    return strictest(told)


def sources(session: Session, lot: StockLot) -> list[StockLot]:
    """The received lots ``lot`` was made of, itself when it was received; each once, in the order of merging."""
    found: dict[str, StockLot] = {}
    seen: set[str] = set()
    stack = [lot]
    while stack:
        one = stack.pop()
        if one.id in seen:
            continue
        seen.add(one.id)
        above = _above(session, one)
        if not above:
            found[one.id] = one
        stack += [session.get_one(StockLot, (lot.site_id, parent_id)) for parent_id in reversed(above)]
    return list(found.values())


def _above(session: Session, lot: StockLot) -> list[str]:
    rows = parents(session, lot)
    if not rows and lot.parent_lot_id is not None:
        return [lot.parent_lot_id]
    return [row.parent_id for row in rows]


def below(session: Session, site_id: str, lot_ids: Iterable[str]) -> set[str]:
    """Every lot made of ``lot_ids``, at any remove."""
    return _walk(session, site_id, lot_ids, up=False)


def above_what_is_left(session: Session, site_id: str) -> set[str]:
    """Lots whose goods still lie somewhere in lots made of them, though they may be sold out or closed themselves."""
    merged = select(LotParent.child_id).where(LotParent.site_id == site_id)
    left = select(StockLot.id).where(
        StockLot.site_id == site_id,
        StockLot.on_hand > 0,
        or_(StockLot.parent_lot_id.is_not(None), StockLot.id.in_(merged)),
    )
    return _walk(session, site_id, session.scalars(left), up=True)


def _walk(session: Session, site_id: str, start: Iterable[str], *, up: bool) -> set[str]:
    found: set[str] = set()
    step = set(start)
    while step:
        step = set(_next(session, site_id, sorted(step), up=up)) - found
        found |= step
    return found


def _next(session: Session, site_id: str, lot_ids: Collection[str], *, up: bool) -> Iterable[str]:
    ids = list(lot_ids)
    lot_from, lot_to = (StockLot.id, StockLot.parent_lot_id) if up else (StockLot.parent_lot_id, StockLot.id)
    row_from, row_to = (LotParent.child_id, LotParent.parent_id) if up else (LotParent.parent_id, LotParent.child_id)
    for at in range(0, len(ids), AT_ONCE):
        part = ids[at : at + AT_ONCE]
        for lot_id in session.scalars(select(lot_to).where(StockLot.site_id == site_id, lot_from.in_(part))):
            if lot_id is not None:
                yield lot_id
        yield from session.scalars(select(row_to).where(LotParent.site_id == site_id, row_from.in_(part)))
