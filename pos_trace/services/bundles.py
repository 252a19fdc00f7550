"""A mixed bag ("rau lẩu 10 món, 30 nghìn"): several lots in one line, no kilograms of any (USERS 2.3)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.allocation import Allocation
from pos_trace.core.errors import FieldError, Invalid
from pos_trace.services import stock
from pos_trace.services.node import Actor, Node, Transaction, owned
from pos_trace.store.models import LotAllocation, SaleLine, StockLot

NAME = "Hàng trộn"
MOST_LOTS = 50


def lots_of(session: Session, node: Node, who: Actor, named: Sequence[str], now: datetime) -> list[StockLot]:
    """The lots of a bag: those somebody tapped, else every lot on sale today, the newest first, at most fifty.

    Raises ``NotFound`` for a lot of another stall, ``Invalid`` for too many.
    """
    if len(named) > MOST_LOTS:
        detail = f"Một gói trộn có tối đa {MOST_LOTS} lô."
        raise Invalid("bundle_too_large", detail, (FieldError("/lines", "out_of_range"),))
    if named:
        return [owned(session, who, StockLot, lot_id, stock.NO_LOT) for lot_id in dict.fromkeys(named)]
    mine = select(StockLot).where(StockLot.site_id == who.site_id, StockLot.stall_id == who.stall)
    mine = mine.where(StockLot.state == "sellable", StockLot.on_hand > 0)
    mine = mine.where(StockLot.expiry.is_(None) | (StockLot.expiry >= now.astimezone(node.zone).date()))
    return list(session.scalars(mine.order_by(StockLot.received_at.desc(), StockLot.id).limit(MOST_LOTS)))


def allocation(lots: Sequence[StockLot], named: bool, by: str) -> Allocation:
    """No part is taken from any lot: nobody weighed it. What was tapped is in the bag, the day's lots may be."""
    return Allocation((), by if named else "unknown", tuple(lot.id for lot in lots))


def keep(tx: Transaction, row: SaleLine, lots: Sequence[StockLot], named: bool) -> None:
    """Write down which lots the bag holds (each for sure), or which it may hold."""
    groups = [[lot.id] for lot in lots] if named else [[lot.id for lot in lots]]
    for group in groups:
        told = LotAllocation(site_id=row.site_id, id=tx.id(), created_at=tx.now, stall_id=row.stall_id)
        told.sale_line_id, told.quantity, told.candidates = row.id, stock.ZERO, group
        told.lot_id = group[0] if named else None
        told.certainty = "sure" if named else "candidates" if group else "none"
        tx.session.add(told)
    tx.session.flush()
