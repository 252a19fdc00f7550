"""The buyer's answer to a slip of this box, the seller's "Nhận lại" of one that went elsewhere, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.quantities import shown
from pos_trace.core.text import clean
from pos_trace.services import (
    deliveries,
    lookups,
    receiving,
    stock,
    transfer_corrections,
    transfer_filling,
    transfer_intake,
    transfer_returns,
    transfer_waiting,
    transfers,
)
from pos_trace.services.node import Actor, Answer, Node, Transaction, owned
from pos_trace.store.models import DeliveryLine, StockLot, Transfer, TransferLine

ZERO = Decimal(0)
NO_REASON = "không nêu"


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What of a line is taken; amounts as they came, in the slip's unit. Without both the whole line is."""

    position: int
    accepted: Any = None
    refused: Any = None
    reason: str = ""


def accept(node: Node, who: Actor, transfer_id: str, told: Sequence[LineAnswer], now: datetime) -> Answer:
    """ "Nhận đủ", "Nhận một phần", "Không nhận": ``{…transfer, delivery_id, delivery_number, print_jobs, lines}``.

    A line nobody speaks of is taken whole. What is refused is the seller's again at once; the delivery is closed and
    its slip printed. Raises ``NotFound``, ``Conflict`` once answered, ``Invalid`` for amounts that do not add up.
    """
    node.answered_before(who)
    with node.db.read() as session:
        row = owned(session, who, Transfer, transfer_id, transfers.NO_TRANSFER)
        keys = transfer_filling.keys_of(node, [line.key for line in transfer_returns.lines_of(session, row)])
    known = transfer_filling.ask(node, keys, now)
    with node.write(who, now) as tx:
        lookups.count(tx, known.values())
        row = _waiting(tx, transfer_id)
        lines = transfer_returns.lines_of(tx.session, row)
        refused = _refused(lines, told)
        reasons = {one.position: clean(one.reason, 200) or NO_REASON for one in told}
        if row.kind == "correction":
            return tx.answer(transfer_corrections.settle(tx, row, refused, reasons, known))
        if all(refused[line.position] == line.quantity for line in lines):
            return tx.answer(_none(tx, row, lines, reasons))
        day = transfer_intake.day_of(node, row)
        delivery = transfer_filling.fill(tx, row, day, None, None, known)
        for line in lines:
            if refused[line.position] > ZERO:
                received = _received(tx, line)
                receiving.send_back(tx, received, refused[line.position], reasons[line.position])
        jobs = receiving.close_row(tx, delivery, "person")
        made = deliveries.told_lines(tx.session, node, deliveries.lines_of(tx.session, delivery), now)
        answer = transfers.told_of(tx.session, node, row)
        return tx.answer(answer | {"delivery_number": delivery.number, "print_jobs": jobs, "delivery_lines": made})


def _none(tx: Transaction, row: Transfer, lines: Sequence[TransferLine], reasons: dict[int, str]) -> Answer:
    """ "Không nhận": no delivery, nothing in stock."""
    for line in lines:
        transfer_returns.refuse(tx, row, line, line.quantity, reasons.get(line.position, NO_REASON))
    row.answered_at = tx.now
    sent = transfer_returns.other_side(tx.session, row)
    if sent is not None:
        sent.answered_at = tx.now
    tx.audit("transfer_refused", f"transfer:{row.id}", {"number": row.number})
    return transfers.told_of(tx.session, tx.node, row) | {
        "delivery_number": None,
        "print_jobs": [],
        "delivery_lines": [],
    }


def _received(tx: Transaction, line: TransferLine) -> DeliveryLine:
    lot = tx.session.get_one(StockLot, (line.site_id, line.lot_id))
    return tx.session.get_one(DeliveryLine, (line.site_id, lot.line_id))


def _waiting(tx: Transaction, transfer_id: str) -> Transfer:
    row = tx.owned(Transfer, transfer_id, transfers.NO_TRANSFER)
    if row.state == transfer_waiting.STATE:
        raise Conflict("transfer_over", "Hết giờ trả lời phiếu này: hàng đã về lại sạp giao.")
    if row.direction != "in" or row.state != "sent" or row.other_transfer_id is None:
        raise Conflict("transfer_answered", "Phiếu này đã được trả lời, hoặc phải quét mã trên phiếu để nhận.")
    return row


def _refused(lines: Sequence[TransferLine], told: Sequence[LineAnswer]) -> dict[int, Decimal]:
    """How much of each line is sent back; accepted and refused, where both are told, are the whole line."""
    found = {line.position: ZERO for line in lines}
    quantities = {line.position: line.quantity for line in lines}
    seen: set[int] = set()
    for index, one in enumerate(told):
        where = f"/lines/{index}"
        if one.position not in found or one.position in seen:
            raise Invalid("line_unknown", "Phiếu không có dòng này.", (FieldError(f"{where}/position", "unknown"),))
        seen.add(one.position)
        whole = quantities[one.position]
        accepted = _amount(one.accepted, f"{where}/accepted")
        refused = _amount(one.refused, f"{where}/refused")
        if refused is None:
            refused = whole - accepted if accepted is not None else ZERO
        if not ZERO <= refused <= whole or (accepted is not None and accepted + refused != whole):
            detail = f"Nhận và trả lại phải bằng {shown(whole)} trên phiếu."
            raise Invalid("amounts_differ", detail, (FieldError(where, "out_of_range"),))
        found[one.position] = refused
    return found


def _amount(value: Any, pointer: str) -> Decimal | None:
    """A quantity, 0 too; None when nothing is told."""
    if value is None:
        return None
    return ZERO if str(value).strip() in ("0", "0.0", "0.00", "0.000") else stock.quantity_of(value, pointer)


def take_back(node: Node, who: Actor, transfer_id: str, told: Sequence[LineAnswer], now: datetime) -> Answer:
    """ "Nhận lại": what a buyer of another box sent back with the driver (``refused`` of each line).

    In this box it comes by itself, so ``Conflict``; also for more than went out.
    """
    if not told:
        raise Invalid("lines_missing", "Nhập dòng hàng trả lại.", (FieldError("/lines", "length"),))
    with node.write(who, now) as tx:
        row = tx.owned(Transfer, transfer_id, transfers.NO_TRANSFER)
        if row.direction != "out" or row.other_transfer_id is not None or row.state == "cancelled":
            raise Conflict("returns_by_itself", "Hàng trả lại của phiếu này tự về kho khi sạp kia trả lời.")
        lines = {line.position: line for line in transfer_returns.lines_of(tx.session, row)}
        for index, one in enumerate(told):
            line = lines.get(one.position)
            amount = _amount(one.refused, f"/lines/{index}/refused")
            if line is None or not amount:
                raise Invalid("line_unknown", "Phiếu không có dòng này.", (FieldError(f"/lines/{index}", "unknown"),))
            if amount > line.quantity - (line.returned or ZERO):
                raise Conflict("not_enough", f"{line.name}: chỉ giao {shown(line.quantity)} {line.unit}.")
            transfer_returns.give_back(tx, row, line, amount, clean(one.reason, 200) or NO_REASON)
        return tx.answer(transfers.told_of(tx.session, node, row))


def cancel(node: Node, who: Actor, transfer_id: str, reason: str, now: datetime) -> Answer:
    """Take a slip back that nobody of this box answered yet: the goods are in their lots again, the number stays."""
    with node.write(who, now) as tx:
        row = tx.owned(Transfer, transfer_id, transfers.NO_TRANSFER)
        if row.direction != "out" or row.state != "sent" or row.other_transfer_id is None:
            raise Conflict("transfer_answered", "Phiếu đã có người nhận, hoặc giao ra ngoài chợ: ghi Nhận lại.")
        words = clean(reason, 200) or NO_REASON
        if row.kind == "correction":
            transfer_corrections.restore(tx, row)
        else:
            for line in transfer_returns.lines_of(tx.session, row):
                transfer_returns.give_back(tx, row, line, line.quantity, words)
        other = transfer_returns.other_side(tx.session, row)
        for one in (row, other):
            if one is not None:
                one.state, one.answered_at = "cancelled", now
        tx.audit("transfer_cancelled", f"transfer:{row.id}", {"number": row.number, "reason": words})
        return tx.answer(transfers.told_of(tx.session, node, row))
