"""After payment: blocked goods that were, or may have been, sold are told to the till and put in the stop-sale log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from pos_trace.services import flags
from pos_trace.services.node import Actor, Answer, Transaction
from pos_trace.store import lots
from pos_trace.store.models import DeliveryLine, Sale, SaleLine, StockLot, StopSale

NOT_FOR_SALE = ("blocked", "returned_recalled")
ALLOWED_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Went:
    """A written line: what may have gone with it, what was taken for sure, how certain that is."""

    row: SaleLine
    lots: Sequence[StockLot]
    taken: Collection[str]
    candidates: Collection[str]
    certainty: str
    override: str | None = None


def of_line(tx: Transaction, sale: Sale, went: Went) -> list[Answer]:
    """``[{line_no, lot, certainty, text}]``; a lot somebody answered for (step-up) raises none, unless recalled."""
    found = []
    allowed = _allowed(tx, sale, went)
    for lot in went.lots:
        if lot.state not in NOT_FOR_SALE or lot.id not in {*went.taken, *went.candidates}:
            continue
        if lot.id == allowed and lot.state_reason != "recall":
            continue
        row = _log(tx, sale, went)
        row.lot_id, row.key = lot.id, lot.key
        if lot.id in went.taken and lot.line_id and lot.expiry and _expired(tx, lot):
            flags.sold_expired(tx, tx.session.get_one(DeliveryLine, (lot.site_id, lot.line_id)))
        text = f"{went.row.name} – lô {lot.label}: KHÔNG BÁN"
        found.append({"line_no": went.row.line_no, "lot": lot.id, "certainty": went.certainty, "text": text})
    return found or _never_received(tx, sale, went)


def step_up(session: Session, who: Actor, override: str, now: datetime) -> StopSale | None:
    """The step-up ``override`` of this stall, young enough to count; None otherwise."""
    row = session.get(StopSale, (who.site_id, override))
    if row is None or row.stall_id != who.stall_id or row.kind != "override":
        return None
    return row if row.created_at >= now - ALLOWED_FOR else None


def _allowed(tx: Transaction, sale: Sale, went: Went) -> str | None:
    row = step_up(tx.session, tx.who, went.override, tx.now) if went.override else None
    if row is None or row.lot_id not in {*went.taken, *went.candidates}:
        return None
    row.sale_id = sale.id
    return row.lot_id


def _expired(tx: Transaction, lot: StockLot) -> bool:
    return lot.expiry is not None and lot.expiry < tx.now.astimezone(tx.node.zone).date()


def _log(tx: Transaction, sale: Sale, went: Went) -> StopSale:
    row = StopSale(site_id=sale.site_id, id=tx.id(), created_at=tx.now, stall_id=sale.stall_id, kind="sold")
    row.sale_id, row.detail = sale.id, {"line_no": went.row.line_no, "certainty": went.certainty}
    tx.session.add(row)
    return row


def _never_received(tx: Transaction, sale: Sale, went: Went) -> list[Answer]:
    """A recalled label at the till that no delivery ever brought in: the lot stands on the pack all the same."""
    recall = lots.find(tx.session, went.row.key).recall if went.row.key else None
    if recall is None:
        return []
    row = _log(tx, sale, went)
    row.key, row.recall_id, row.detail = went.row.key, recall.recall_id, row.detail | {"certainty": "sure"}
    told = {"line_no": went.row.line_no, "lot": None, "certainty": "sure"}
    return [told | {"text": f"{went.row.name}: KHÔNG BÁN"}]
