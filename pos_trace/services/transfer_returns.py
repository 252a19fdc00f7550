"""What a buyer refused of a transfer goes back into the lot it came from; nothing is lost between two stalls."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.services import judging, reopening, stock
from pos_trace.services.node import Transaction
from pos_trace.store.models import Delivery, DeliveryLine, StockLot, Transfer, TransferLine

ZERO = Decimal(0)


def lines_of(session: Session, row: Transfer) -> list[TransferLine]:
    """A transfer's lines in their order."""
    return lines_by_slip(session, row.site_id, [row.id])[row.id]


def lines_by_slip(session: Session, site_id: str, ids: Sequence[str]) -> dict[str, list[TransferLine]]:
    """By transfer, its lines in their order."""
    mine = select(TransferLine).where(TransferLine.site_id == site_id, TransferLine.transfer_id.in_(ids))
    found: dict[str, list[TransferLine]] = {one: [] for one in ids}
    for line in session.scalars(mine.order_by(TransferLine.position)):
        found[line.transfer_id].append(line)
    return found


def other_side(session: Session, row: Transfer) -> Transfer | None:
    """The same slip as the other stall of this box has it; None when that stall is elsewhere."""
    return session.get(Transfer, (row.site_id, row.other_transfer_id)) if row.other_transfer_id else None


def from_line(tx: Transaction, lot: StockLot | None, taken: Decimal, reason: str) -> None:
    """``taken`` of the goods a slip brought was sent back; in the same box it is the seller's again at once."""
    if lot is None:
        return
    mine = (
        select(TransferLine, Transfer)
        .join(Transfer, (Transfer.site_id == TransferLine.site_id) & (Transfer.id == TransferLine.transfer_id))
        .where(TransferLine.site_id == lot.site_id, TransferLine.lot_id == lot.id, Transfer.direction == "in")
    )
    for line, row in tx.session.execute(mine.order_by(TransferLine.id)).all():
        refuse(tx, row, line, taken, reason)


def refuse(tx: Transaction, row: Transfer, line: TransferLine, taken: Decimal, reason: str) -> None:
    """Write on both sides that ``taken`` of an incoming line was refused, and give it back."""
    _note(line, taken, reason)
    sent = other_side(tx.session, row)
    if sent is not None:
        out = next(one for one in lines_of(tx.session, sent) if one.position == line.position)
        give_back(tx, sent, out, taken, reason)
    tx.session.flush()
    if all((one.accepted or ZERO) == ZERO for one in lines_of(tx.session, row)):
        row.state = "refused"
        if sent is not None:
            sent.state = "refused"


def delivery_cancelled(tx: Transaction, delivery: Delivery) -> None:
    """The slip of another station that filled a cancelled delivery is as if never scanned: it may be taken in again."""
    row = tx.session.get(Transfer, (delivery.site_id, delivery.transfer_id)) if delivery.transfer_id else None
    if row is not None and row.other_transfer_id is None:
        row.state, row.answered_at = "cancelled", tx.now


def take_again(tx: Transaction, row: Transfer) -> None:
    """A slip whose delivery was cancelled waits once more, with its lines; the old delivery keeps what it was."""
    row.state, row.answered_at, row.delivery_id = "sent", None, None
    for line in lines_of(tx.session, row):
        line.lot_id = line.accepted = line.returned = line.refuse_reason = None
    tx.session.flush()
    tx.audit("transfer_taken_again", f"transfer:{row.id}", {"number": row.number})


def give_back(tx: Transaction, row: Transfer, line: TransferLine, taken: Decimal, reason: str) -> None:
    """``taken`` of an outgoing line is in its lot again, which opens once more when it was over."""
    _note(line, taken, reason)
    lot = tx.session.get_one(StockLot, (line.site_id, line.lot_id))
    over = lot.state == "closed"
    stock.move(tx, lot, "returned", taken, "transfer", row.id)
    if over:  # a recall or conclusion may have come meanwhile
        lot.closed_at = None
        reopening.judge_again(tx, lot)
    elif (received := _received(tx, lot)) is not None:
        judging.rejudge_line(tx, received, judging.known(tx.session, received.key), "returned")
    told = {"quantity": str(taken), "lot": lot.id, "reason": reason}
    tx.audit("transfer_came_back", f"transfer:{row.id}", told, row.stall_id)


def _received(tx: Transaction, lot: StockLot) -> DeliveryLine | None:
    return tx.session.get(DeliveryLine, (lot.site_id, lot.line_id)) if lot.line_id else None


def _note(line: TransferLine, taken: Decimal, reason: str) -> None:
    line.returned = (line.returned or ZERO) + taken
    line.accepted = line.quantity - line.returned
    line.refuse_reason = reason[:200]
