"""Numbered corrections after a delivery closed (Phiếu điều chỉnh): nothing that was written is changed."""

from datetime import datetime
from decimal import Decimal

from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.quantities import shown
from pos_trace.core.slips import list_slip
from pos_trace.core.text import clean
from pos_trace.core.vocabulary.slips import SIGNED_BY_ONE, TITLES
from pos_trace.services import (
    deliveries,
    flags,
    judging,
    lines_in,
    papers_freed,
    papers_served,
    printing,
    receiving,
    receiving_slips,
    stock,
)
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store import counters
from pos_trace.store.models import Adjustment, Delivery, DeliveryLine, Stall


def adjust(
    node: Node,
    who: Actor,
    delivery_id: str,
    line_id: str,
    quantity: object,
    unit: str | None,
    reason: str,
    now: datetime,
    *,
    less: bool,
) -> Answer:
    """Correct a closed delivery's line by ``quantity`` more or ``less``: ``{id, number, print_job}``.

    A correction that takes the whole line back ends its question like a refusal. Raises ``Conflict`` while the
    delivery is open or when more is taken than is left, ``Invalid`` without a reason.
    """
    amount, known = lines_in.amount_of(quantity, unit)
    why = clean(reason, 300)
    if not why:
        raise Invalid("reason_missing", "Ghi lý do điều chỉnh.", (FieldError("/reason", "missing"),))
    with node.write(who, now) as tx:
        delivery = tx.owned(Delivery, delivery_id, deliveries.NO_DELIVERY)
        if delivery.state != "closed":
            raise Conflict("delivery_open", "Chuyến chưa xong: sửa ngay trên chuyến, không cần phiếu điều chỉnh.")
        line = deliveries.own_line(tx.session, who, line_id)
        lot = stock.lot_of_line(tx.session, line.site_id, line.id)
        if line.delivery_id != delivery.id or known != line.unit or lot is None or lot.state == "closed":
            raise Invalid("line_elsewhere", "Dòng hàng hoặc đơn vị không đúng với chuyến này.")
        change = stock.in_stock_unit(line, amount) * (Decimal(-1) if less else Decimal(1))
        stall = tx.session.get_one(Stall, (delivery.site_id, delivery.stall_id))
        row = Adjustment(site_id=delivery.site_id, id=tx.id(), created_at=now, stall_id=delivery.stall_id)
        row.number, row.delivery_id = next_number(tx, stall), delivery.id
        row.line_id, row.lot_id, row.quantity, row.reason = line.id, lot.id, change, why
        row.made_by = who.id[:36]
        tx.session.add(row)
        tx.session.flush()
        stock.move(tx, lot, "adjusted", change, "adjustment", row.id)
        if stock.of_line(line) + stock.corrected(tx.session, line) <= 0:
            receiving.end_flags(tx, line, "refused")
        judge_again(tx, line, less)
        words = f"{'bớt' if less else 'thêm'} {shown(amount)} {known}"
        place = receiving_slips.place_of(tx, stall)
        foot = (f"Theo phiếu nhận {delivery.number}", f"Lý do: {why}", *SIGNED_BY_ONE)
        slip = list_slip("adjustment", TITLES["adjustment"], place, row.number, now, ((line.goods_name, words),), foot)
        job = printing.queue(tx, delivery.stall_id, "adjustment", row.id, slip)
        tx.audit("adjusted", f"adjustment:{row.id}", {"line": line.id, "quantity": str(change), "reason": why})
        return tx.answer({"id": row.id, "number": row.number, "print_job": job}, 201)


def next_number(tx: Transaction, stall: Stall) -> str:
    """``A12-ĐC26-0007``: the stall's next correction of the year."""
    period = f"{tx.now.astimezone(tx.node.zone):%y}"
    count = counters.next_number(tx.session, stall.site_id, stall.id, "adjustment", period)
    return f"{receiving.paper_prefix(stall)}-ĐC{period}-{count:04d}"


def judge_again(tx: Transaction, line: DeliveryLine, less: bool) -> None:
    """Hold what a line has by now against its lot's declared quantity and the papers that state kilograms: less frees
    some for lines that wait, more may be beyond them, and then these goods ask for a paper of their own.
    """
    if less:
        papers_freed.settle(tx, [line])
    stated = any(paper.stated_kg is not None for paper in papers_served.all_of_line(tx.session, line))
    gone = stock.of_line(line) + stock.corrected(tx.session, line) <= 0
    if gone or line.state != "accepted" or (line.key is None and (less or not stated)):
        return
    verdict = judging.rejudge_line(tx, line, judging.known(tx.session, line.key), "quantity")
    if not less:
        flags.open_flag(tx, line, verdict)
