"""What was sold above the books ("bán vượt sổ"): seen by the owner, settled by a lot that came later or by a count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict
from pos_trace.core.quantities import as_text, to_kg
from pos_trace.services import receipts_again, stock
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import LotAllocation, Product, Sale, SaleLine, StockLot

NEAR = timedelta(days=1)  # a market sells from the truck before it scans, not the day before yesterday


@dataclass(frozen=True, slots=True)
class Short:
    """One part of a sold line that no lot covered; ``unit`` is what ``row.quantity`` counts."""

    row: LotAllocation
    product_id: str
    unit: str
    sold_at: datetime


def waiting(session: Session, site_id: str, stall_id: str, product_id: str | None = None) -> list[Short]:
    """The stall's shortfalls nobody settled yet, the oldest first."""
    mine = (
        select(LotAllocation, SaleLine, Sale.sold_at)
        .join(SaleLine, (SaleLine.site_id == LotAllocation.site_id) & (SaleLine.id == LotAllocation.sale_line_id))
        .join(Sale, (Sale.site_id == SaleLine.site_id) & (Sale.id == SaleLine.sale_id))
        .where(LotAllocation.site_id == site_id, LotAllocation.stall_id == stall_id, LotAllocation.lot_id.is_(None))
        .where(LotAllocation.settled_by.is_(None), LotAllocation.quantity > 0, SaleLine.product_id.is_not(None))
        .order_by(Sale.sold_at, LotAllocation.id)
    )
    rows = session.execute(mine.where(SaleLine.product_id == product_id) if product_id else mine).all()
    sums = _sums(session, site_id, [line.id for _, line, _ in rows])
    return [
        Short(row, str(line.product_id), row.unit or _unit(session, row, line, sums[line.id]), sold_at)
        for row, line, sold_at in rows
        if line.unit
    ]


def _sums(session: Session, site_id: str, line_ids: Sequence[str]) -> dict[str, Decimal]:
    """What all parts of each line add up to."""
    total = select(LotAllocation.sale_line_id, func.sum(LotAllocation.quantity))
    total = total.where(LotAllocation.site_id == site_id, LotAllocation.sale_line_id.in_(sorted(set(line_ids))))
    rows = session.execute(total.group_by(LotAllocation.sale_line_id)).all()
    return {row[0]: row[1] for row in rows}


def _unit(session: Session, row: LotAllocation, line: SaleLine, parts: Decimal) -> str:
    """A line sold by the crate, or by the kilogram of what lies in packs, takes what its lots are counted in: then
    its parts are not its quantity.
    """
    if parts == line.quantity:
        return str(line.unit)
    lot = session.get(StockLot, (row.site_id, row.candidates[0])) if row.candidates else None
    return lot.unit if lot is not None else "kg"


def listed(node: Node, who: Actor) -> Answer:
    """``{shortfalls: [{product_id, product_name, quantity, unit, sales, since, lots}]}``; ``lots`` could cover it."""
    with node.db.read() as session:
        groups: dict[tuple[str, str], list[Short]] = {}
        for short in waiting(session, who.site_id, who.stall):
            groups.setdefault((short.product_id, short.unit), []).append(short)
        names = {
            row.id: row.name
            for row in session.scalars(
                select(Product).where(Product.site_id == who.site_id, Product.stall_id == who.stall)
            )
        }
        found = [
            {
                "product_id": product,
                "product_name": names[product],
                "quantity": as_text(sum((one.row.quantity for one in shorts), stock.ZERO)),
                "unit": unit,
                "sales": len({one.row.sale_line_id for one in shorts}),
                "since": shorts[0].sold_at.isoformat(),
                "lots": [_lot(lot) for lot in stock.open_lots(session, who.site_id, who.stall, product)],
            }
            for (product, unit), shorts in groups.items()
        ]
        return {"shortfalls": sorted(found, key=lambda one: (str(one["since"]), str(one["product_id"])))}


def _lot(lot: StockLot) -> Answer:
    return {"id": lot.id, "label": lot.label, "quantity": as_text(lot.on_hand), "unit": lot.unit,
            "received_at": lot.received_at.isoformat()}  # fmt: skip


def settle(node: Node, who: Actor, lot_id: str, now: datetime) -> Answer:
    """ "Trừ vào lô này": what was sold above the books came from this lot: ``{id, quantity, settled}``.

    As much of it as the lot has; the rest stays open. Raises ``Conflict`` when nothing of its goods is short.
    """
    with node.write(who, now) as tx:
        lot = tx.owned(StockLot, lot_id, stock.NO_LOT)
        settled = settle_from(tx, lot, None)
        if settled == 0:
            raise Conflict("nothing_short", "Không có hàng bán vượt sổ nào trừ được vào lô này.")
        tx.audit("shortfall_settled", f"lot:{lot.id}", {"quantity": str(settled), "unit": lot.unit})
        return tx.answer({"id": lot.id, "quantity": as_text(lot.on_hand), "settled": as_text(settled)})


def settle_from(tx: Transaction, lot: StockLot, near: timedelta | None = NEAR) -> Decimal:
    """Take open shortfalls of the lot's goods out of it, the oldest first; answers how much, in the lot's unit.

    The receipts' pages are told of the lot. ``near``: only what was sold that shortly before the lot came in, or
    after; None: whatever a person says.
    """
    settled, lines = stock.ZERO, []
    for short in waiting(tx.session, lot.site_id, lot.stall_id, lot.product_id):
        if near is not None and short.sold_at < lot.received_at - near:
            continue
        wanted = short.row.quantity if short.unit == lot.unit else to_kg(short.row.quantity, short.unit, None)
        if wanted is None or (short.unit != lot.unit and lot.unit != "kg"):
            continue
        taken = min(wanted, lot.on_hand)
        if taken == 0:
            break
        if taken < wanted:
            if short.unit != lot.unit:
                continue  # half a line in grams: the parts of one line count the same unit
            _rest(tx, short.row, wanted - taken)
        row = short.row
        row.lot_id, row.settled_by, row.certainty = lot.id, lot.id, "candidates" if row.candidates else "sure"
        row.candidates = [*row.candidates, *([lot.id] if lot.id not in row.candidates else [])]
        stock.move(tx, lot, "sold", -taken, "sale_line", row.sale_line_id)
        settled += taken
        lines.append(row.sale_line_id)
    receipts_again.publish(tx, lines)
    return settled


def _rest(tx: Transaction, row: LotAllocation, left: Decimal) -> None:
    """What of a shortfall stays open when a lot covers only part of it."""
    rest = LotAllocation(site_id=row.site_id, id=tx.id(), created_at=row.created_at, stall_id=row.stall_id)
    rest.sale_line_id, rest.quantity, rest.certainty = row.sale_line_id, left, row.certainty
    rest.candidates, rest.unit = list(row.candidates), row.unit
    row.quantity -= left
    tx.session.add(rest)
    tx.session.flush()


def settle_by_count(tx: Transaction, lot: StockLot, adjustment_id: str) -> int:
    """A count of the goods says what is really there: nothing of them is short any more. Answers how many parts."""
    found = waiting(tx.session, lot.site_id, lot.stall_id, lot.product_id)
    for short in found:
        short.row.settled_by = adjustment_id
    tx.session.flush()
    return len(found)
