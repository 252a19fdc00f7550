"""What a stall did with recalled goods, for the completion report: received, sold, given on, brought back, left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core.quantities import as_text
from pos_trace.services.node import Actor, Answer
from pos_trace.store.models import (
    Product,
    Sale,
    SaleLine,
    StockLot,
    StockMovement,
    Transfer,
    TransferLine,
)

ZERO = Decimal(0)
# kind of movement → the sum it belongs to, and its sign there; of a slip both ways are "transferred"
SUMS = {
    "received": ("received", 1),
    "refused": ("received", 1),
    "sold": ("sold", -1),
    "wasted": ("wasted", -1),
    "adjusted": ("corrected", 1),
    "moved": ("moved", 1),
}


@dataclass
class Sum:
    """One product counted in one unit."""

    sums: dict[str, Decimal] = field(default_factory=dict)
    given: dict[str, Decimal] = field(default_factory=dict)
    returns: set[str] = field(default_factory=set)

    def add(self, name: str, quantity: Decimal) -> None:
        """So much more of one sum."""
        self.sums[name] = self.sums.get(name, ZERO) + quantity


def of_stall(session: Session, who: Actor, recall_id: str, lots: Sequence[StockLot]) -> list[Answer]:
    """Per product and unit ``{product_id, product_name, unit, received, sold, wasted, corrected, moved, transferred,
    transferred_to:[{buyer, quantity}], on_hand, returned_recalled, returns}``.

    ``received`` without what was sent back to the supplier; ``moved``: cut or merged into other goods (−) or out of
    them (+); ``on_hand`` is set aside; ``returned_recalled`` came back from customers under this recall in ``returns``
    returns, with or without a slip. ``received + corrected + moved − sold − wasted − transferred = on_hand`` but for
    what came back.
    """
    found: dict[tuple[str, str], Sum] = {}
    for lot in lots:
        of = found.setdefault((lot.product_id, lot.unit), Sum())
        if not lot.origin.get("returned"):
            of.add("on_hand", lot.on_hand)
            _moved(session, lot, of)
    _given(session, who, lots, found)
    _came_back(session, who, recall_id, found)
    names = select(Product.id, Product.name).where(Product.site_id == who.site_id)
    named = {row[0]: row[1] for row in session.execute(names.where(Product.id.in_({one for one, _ in found})))}
    rows = [_told(product, unit, named[product], one) for (product, unit), one in found.items()]
    return sorted(rows, key=lambda row: (row["product_name"], row["unit"], row["product_id"]))


def _moved(session: Session, lot: StockLot, of: Sum) -> None:
    mine = select(StockMovement.kind, StockMovement.subject, func.sum(StockMovement.quantity))
    mine = mine.where(StockMovement.site_id == lot.site_id, StockMovement.lot_id == lot.id)
    for kind, subject, quantity in session.execute(mine.group_by(StockMovement.kind, StockMovement.subject)):
        name, sign = ("transferred", -1) if subject == "transfer" else SUMS.get(kind, ("corrected", 1))
        of.add(name, sign * quantity)


def _given(session: Session, who: Actor, lots: Sequence[StockLot], found: dict[tuple[str, str], Sum]) -> None:
    known = {lot.id: lot for lot in lots}
    mine = (
        select(TransferLine, Transfer)
        .join(Transfer, (Transfer.site_id == TransferLine.site_id) & (Transfer.id == TransferLine.transfer_id))
        .where(TransferLine.site_id == who.site_id, TransferLine.stall_id == who.stall)
        .where(TransferLine.lot_id.in_(sorted(known)), Transfer.direction == "out")
        .order_by(Transfer.created_at, TransferLine.position)
    )
    for line, row in session.execute(mine):
        lot = known[str(line.lot_id)]
        kept = line.quantity - (line.returned or ZERO)
        if kept > ZERO:
            given = found[lot.product_id, lot.unit].given
            buyer = str(row.buyer.get("name") or "")
            given[buyer] = given.get(buyer, ZERO) + kept


def _came_back(session: Session, who: Actor, recall_id: str, found: dict[tuple[str, str], Sum]) -> None:
    mine = (
        select(SaleLine)
        .join(Sale, (Sale.site_id == SaleLine.site_id) & (Sale.id == SaleLine.sale_id))
        .where(Sale.site_id == who.site_id, Sale.stall_id == who.stall)
        .where(Sale.kind == "return", Sale.recall_id == recall_id, SaleLine.product_id.is_not(None))
    )
    for line in session.scalars(mine.order_by(SaleLine.id)):
        of = found.setdefault((str(line.product_id), str(line.unit)), Sum())
        of.add("returned_recalled", line.quantity or ZERO)
        of.returns.add(line.sale_id)


def _told(product: str, unit: str, name: str, one: Sum) -> Answer:
    names = ("received", "sold", "wasted", "corrected", "moved", "transferred", "on_hand", "returned_recalled")
    sums = {each: as_text(one.sums.get(each, ZERO)) for each in names}
    given = [{"buyer": buyer, "quantity": as_text(quantity)} for buyer, quantity in sorted(one.given.items())]
    return {"product_id": product, "product_name": name, "unit": unit} | sums | {
        "transferred_to": given, "returns": len(one.returns)}  # fmt: skip
