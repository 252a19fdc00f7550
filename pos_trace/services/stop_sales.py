"""A recall arrives at a station: its lots are blocked at once, logged per stall, and what was sold is listed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pos_trace.core.quantities import as_text
from pos_trace.services import lineage, recall_sums, records
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import (
    LotAllocation,
    RecallRow,
    Receipt,
    Sale,
    SaleLine,
    StockLot,
    StopSale,
    Transfer,
    TransferLine,
)


def apply(tx: Transaction, recall_ids: Iterable[str]) -> list[str]:
    """Block the open lots of the recalls in force and write the log; answers the keys concerned.

    Applying a recall again adds nothing. Lots whose recall ended are not freed here but judged again.
    """
    keys: set[str] = set()
    for recall_id in recall_ids:
        row = tx.session.get(RecallRow, recall_id)
        if row is None or row.status != "active":
            continue
        for lot in recalled_lots(tx.session, tx.node.id, recall_id):
            if lot.key is not None:
                keys.add(lot.key)
            lineage.settle(tx, lot, "blocked", "recall")
            _log(tx, lot, recall_id)
    tx.session.flush()
    return sorted(keys)


def recalled_lots(session: Session, site_id: str, recall_id: str) -> list[StockLot]:
    """Every lot of the site the recall names, by key or by the lot of a serial-numbered key, and what was made of
    them under no key of its own; sold out ones too.
    """
    keys = records.recalled_keys(session, recall_id)
    found: dict[str, StockLot] = {}
    for start in range(0, len(keys), 200):
        part = keys[start : start + 200]
        serials = [StockLot.key.startswith(f"{key}/21/", autoescape=True) for key in part]
        mine = select(StockLot).where(StockLot.site_id == site_id, or_(StockLot.key.in_(part), *serials))
        found |= {lot.id: lot for lot in session.scalars(mine.order_by(StockLot.id))}
    for lot_id in sorted(lineage.below(session, site_id, found) - set(found)):
        found[lot_id] = session.get_one(StockLot, (site_id, lot_id))
    return list(found.values())


def listed(node: Node, who: Actor, recall_id: str) -> Answer:
    """What this stall has and sold of a recall: ``{recall, lots, receipts, transfers, completion}``.

    ``certainty``: how sure a receipt is; ``completion``: the quantities of the report (``recall_sums``).
    """
    with node.db.read() as session:
        recall = session.get(RecallRow, recall_id)
        lots = [lot for lot in recalled_lots(session, who.site_id, recall_id) if lot.stall_id == who.stall]
        return {
            "recall": {"recall_id": recall_id, "reason": recall.reason if recall else "", "found": recall is not None},
            "lots": [
                {"id": lot.id, "key": lot.key, "quantity": as_text(lot.on_hand), "unit": lot.unit} for lot in lots
            ],
            "receipts": _receipts(session, who, lots),
            "transfers": _given(session, who, lots),
            "completion": recall_sums.of_stall(session, who, recall_id, lots),
        }


def log(node: Node, who: Actor) -> Answer:
    """The stall's stop-sale log, newest first."""
    with node.db.read() as session:
        mine = select(StopSale).where(StopSale.site_id == who.site_id, StopSale.stall_id == who.stall)
        rows = session.scalars(mine.order_by(StopSale.id.desc()).limit(500))
        return {"entries": [_entry(row) for row in rows]}


def since(session: Session, cursor: int) -> list[str]:
    """Recalls newer than version ``cursor``."""
    return list(session.scalars(select(RecallRow.recall_id).where(RecallRow.version > cursor)))


def _log(tx: Transaction, lot: StockLot, recall_id: str) -> None:
    same = (StopSale.site_id == lot.site_id, StopSale.lot_id == lot.id, StopSale.recall_id == recall_id)
    if tx.session.scalars(select(StopSale.id).where(*same, StopSale.kind == "recall")).first() is not None:
        return
    row = StopSale(site_id=lot.site_id, id=tx.id(), created_at=tx.now, stall_id=lot.stall_id, kind="recall")
    row.lot_id, row.key, row.recall_id = lot.id, lot.key, recall_id
    row.detail = {"on_hand": as_text(lot.on_hand), "unit": lot.unit}
    tx.session.add(row)
    tx.audit("recall_blocked", f"lot:{lot.id}", {"recall_id": recall_id}, lot.stall_id)


def _receipts(session: Session, who: Actor, lots: list[StockLot]) -> list[dict[str, Any]]:
    """Receipts that may hold one of ``lots``: taken from it, or it was one of the candidates."""
    wanted = {lot.id for lot in lots}
    products = {lot.product_id for lot in lots}
    if not wanted:
        return []
    rows = session.execute(
        select(LotAllocation, SaleLine, Sale, Receipt.token)
        .join(SaleLine, (SaleLine.site_id == LotAllocation.site_id) & (SaleLine.id == LotAllocation.sale_line_id))
        .join(Sale, (Sale.site_id == SaleLine.site_id) & (Sale.id == SaleLine.sale_id))
        .outerjoin(Receipt, (Receipt.site_id == Sale.site_id) & (Receipt.sale_id == Sale.id))
        .where(LotAllocation.site_id == who.site_id, LotAllocation.stall_id == who.stall)
        .where(or_(SaleLine.product_id.in_(products), SaleLine.product_id.is_(None)))
        .order_by(Sale.sold_at.desc())
    )
    return [
        {
            "receipt_no": sale.receipt_no,
            "token": token,
            "sold_at": _when(sale.sold_at),
            "product_name": line.name,
            "certainty": taken.certainty,
        }
        for taken, line, sale, token in rows
        if taken.lot_id in wanted or wanted & set(taken.candidates)
    ]


def _given(session: Session, who: Actor, lots: list[StockLot]) -> list[dict[str, Any]]:
    """One step forward: which business buyers got some of ``lots``, and how much they kept ("đã giao cho …")."""
    wanted = [lot.id for lot in lots]
    rows = session.execute(
        select(TransferLine, Transfer)
        .join(Transfer, (Transfer.site_id == TransferLine.site_id) & (Transfer.id == TransferLine.transfer_id))
        .where(TransferLine.site_id == who.site_id, TransferLine.stall_id == who.stall)
        .where(TransferLine.lot_id.in_(wanted), Transfer.direction == "out", Transfer.kind != "correction")
        .order_by(Transfer.created_at.desc(), TransferLine.position)
    )
    return [
        {
            "number": row.number,
            "buyer": row.buyer.get("name"),
            "sent_at": _when(row.created_at),
            "product_name": line.name,
            "quantity": as_text(line.quantity - (line.returned or 0)),
            "unit": line.unit,
        }
        for line, row in rows
        if line.quantity > (line.returned or 0)
    ]


def _entry(row: StopSale) -> Answer:
    names = ("id", "kind", "key", "recall_id", "lot_id", "sale_id", "detail")
    return {name: getattr(row, name) for name in names} | {"at": _when(row.created_at)}


def _when(moment: datetime) -> str:
    return moment.isoformat()
