"""What a receiver does with a line and a delivery: goods without a code, sending back, setting aside, closing."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.goods import group_of
from pos_trace.core.goods_dates import NO_DATES, GoodsDates, must_fit
from pos_trace.core.quantities import shown
from pos_trace.core.text import clean
from pos_trace.services import (
    deliveries,
    judging,
    lineage,
    lines_in,
    papers,
    papers_freed,
    printing,
    receiving_slips,
    stock,
    transfer_returns,
    usual_goods,
)
from pos_trace.services.node import Actor, Answer, Node, Transaction, stall_of
from pos_trace.store import counters
from pos_trace.store.models import Delivery, DeliveryLine, Flag, Stall

ZERO = Decimal(0)
CANCELLED = "hủy chuyến"


def add_loose(
    node: Node,
    who: Actor,
    delivery_id: str,
    name: str,
    group: str | None,
    quantity: object,
    unit: str | None,
    told: Sequence[papers.PaperIn],
    now: datetime,
    *,
    content_kg: object = None,
    confirm: bool = True,
    dates: GoodsDates = NO_DATES,
) -> Answer:
    """Goods without a code, with the papers already at hand: ``{line, verdict}``. Raises ``Invalid``, ``Conflict``.

    ``content_kg``: kilograms of one unit; ``confirm``: a quantity far above the supplier's usual is meant;
    ``dates``: what the goods themselves say (``goods_dates.must_fit``).
    """
    usual_goods.content_told(content_kg)
    amount = lines_in.amount_of(quantity, unit)
    must_fit(dates, now.astimezone(node.zone).date())
    plain = clean(name, 300)
    if not plain:
        raise Invalid("goods_missing", "Nhập tên hàng.", (FieldError("/goods_name", "missing"),))
    if group is not None and node.policy.group(group) is None:
        raise Invalid("group_unknown", "Chọn nhóm hàng trong danh sách.", (FieldError("/goods_group", "unknown"),))
    guessed = group_of(plain, node.policy.goods)
    with node.write(who, now) as tx:
        delivery = deliveries.still_open(tx, delivery_id)
        known = group or (guessed.name if guessed else None)
        line = lines_in.add_loose(tx, delivery, plain, known, amount, content_kg, confirm, dates)
        for paper in told:
            papers.link(tx, papers.make(tx, paper), delivery, line)
        tx.session.flush()
        answer = lines_in.settle_loose(tx, delivery, line)
        tx.audit("line_added", f"line:{line.id}", {"name": plain, "quantity": str(amount[0]), "unit": amount[1]})
        return tx.answer({"line": answer, "verdict": answer["verdict"]}, 201)


def refuse(
    node: Node, who: Actor, line_id: str, quantity: object, unit: str | None, reason: str, now: datetime
) -> Answer:
    """ "Trả lại người giao": this much never entered stock; a whole line ends its flag without a case: ``{line}``."""
    taken, known = lines_in.amount_of(quantity, unit)
    with node.write(who, now) as tx:
        line = deliveries.own_line(tx.session, who, line_id)
        deliveries.still_open(tx, line.delivery_id)
        if known != line.unit:
            raise Invalid("unit_differs", f"Dòng này tính theo {line.unit}.", (FieldError("/unit", "differs"),))
        if taken > line.accepted:
            raise Invalid(
                "refused_above_accepted",
                f"Chỉ trả lại được tối đa {shown(line.accepted)} {line.unit}.",
                (FieldError("/quantity", "out_of_range"),),
            )
        send_back(tx, line, taken, clean(reason, 200) or "không nêu")
        return tx.answer({"line": deliveries.told_line(tx.session, node, line, now)})


def send_back(tx: Transaction, line: DeliveryLine, taken: Decimal, reason: str) -> None:
    """Take ``taken`` of a line out of stock; a line sent back whole is over, its flag with it."""
    lot = stock.lot_of_line(tx.session, line.site_id, line.id)
    if lot is not None:
        before = stock.of_line(line)
        line.refused += taken
        stock.move(tx, lot, "refused", stock.of_line(line) - before, "line", line.id)
    said = [one for one in (line.refuse_reason or "").split("; ") if one]
    line.refuse_reason = "; ".join(dict.fromkeys([*said, reason]))[:200]
    tx.session.flush()
    if line.accepted > ZERO:
        judging.rejudge_line(tx, line, judging.known(tx.session, line.key), "quantity")
    else:
        line.state = "refused"
        if lot is not None:
            lot.state, lot.state_reason, lot.closed_at = "closed", "refused", tx.now
        end_flags(tx, line, "refused")
    transfer_returns.from_line(tx, lot, taken, reason)
    papers_freed.settle(tx, [line])
    tx.audit("line_refused", f"line:{line.id}", {"quantity": str(taken), "unit": line.unit, "reason": reason})


def end_flags(tx: Transaction, line: DeliveryLine, state: str) -> None:
    """End the questions a line still asks; what was sent stays with the case."""
    mine = select(Flag).where(Flag.site_id == line.site_id, Flag.line_id == line.id, Flag.state.in_(("open", "held")))
    for flag in tx.session.scalars(mine):
        flag.state, flag.answered_at = state, tx.now
    tx.session.flush()


def hold(node: Node, who: Actor, line_id: str, now: datetime) -> Answer:
    """ "Nhận và để riêng": the goods stay, set aside, and the question is answered: ``{line}``.

    Without a question they stay so until the stall's people release them (``setting_aside.release``).
    """
    with node.write(who, now) as tx:
        line = deliveries.own_line(tx.session, who, line_id)
        if line.state != "accepted":
            raise Conflict("line_ended", "Dòng này đã trả lại hoặc đã hủy.")
        mine = select(Flag).where(Flag.site_id == line.site_id, Flag.line_id == line.id)
        asked = tx.session.scalars(mine.where(Flag.state.in_(("open", "held")))).all()
        for flag in asked:
            if flag.state == "open":
                flag.state, flag.answered_at = "held", now
        lot = stock.lot_of_line(tx.session, line.site_id, line.id)
        if lot is not None:
            # while a stall practises no question is written down: what is held for one waits for it all the same
            practised = tx.session.get_one(Delivery, (line.site_id, line.delivery_id)).practice
            if not asked and not (practised and lot.state == "held"):
                lot.origin = lot.origin | {stock.ASIDE: now.isoformat()}
            lineage.set_aside(tx, lot)
        tx.audit("line_set_aside", f"line:{line.id}", {})
        return tx.answer({"line": deliveries.told_line(tx.session, node, line, now)})


def close(node: Node, who: Actor, delivery_id: str, now: datetime) -> Answer:
    """ "Xong chuyến": number it, print both copies: ``{id, number, state, print_jobs, lines}``."""
    with node.write(who, now) as tx:
        row = deliveries.still_open(tx, delivery_id)
        jobs = close_row(tx, row, "person")
        lines = deliveries.told_lines(tx.session, node, deliveries.lines_of(tx.session, row), now)
        return tx.answer({"id": row.id, "number": row.number, "state": row.state, "print_jobs": jobs, "lines": lines})


def close_row(tx: Transaction, row: Delivery, by: str) -> list[str]:
    """Number a delivery and queue its slips inside the caller's write: the print jobs. ``by`` person | machine."""
    stall = tx.session.get_one(Stall, (row.site_id, row.stall_id))
    local = tx.now.astimezone(tx.node.zone)
    number = counters.next_number(tx.session, row.site_id, row.stall_id, "receiving", f"{local:%y%m%d}")
    row.number = f"{paper_prefix(stall)}-{local:%y%m%d}-{number:03d}"
    row.state, row.closed_at, row.closed_by = "closed", tx.now, by
    tx.session.flush()
    tx.audit("delivery_closed", f"delivery:{row.id}", {"number": row.number, "by": by}, row.stall_id)
    slips = receiving_slips.of_delivery(tx, row, stall)
    jobs = [printing.queue(tx, row.stall_id, "receiving", row.id, slip) for slip in slips]
    return [job for job in jobs if job is not None]


def paper_prefix(stall: Stall) -> str:
    """ "A-12" → "A12": how the numbers of a stall's papers begin."""
    return "".join(sign for sign in stall.number if sign.isalnum()).upper() or "S"


def auto_close(node: Node, now: datetime) -> int:
    """Close forgotten deliveries: no scan for ``auto_close_after``, or opened before today's end. Answers how many."""
    clocks = node.policy.clocks
    local = now.astimezone(node.zone)
    ended = datetime.combine(local.date(), clocks.day_end, node.zone)
    with node.db.read() as session:
        waiting = select(Delivery).where(Delivery.site_id == node.id, Delivery.state == "open")
        due = [
            row.id
            for row in session.scalars(waiting)
            if row.last_scan_at <= now - clocks.auto_close_after or row.last_scan_at < ended <= local
        ]
    closed = 0
    for delivery_id in due:
        with node.write(node.machine("auto-close"), now) as tx:
            row = tx.session.get_one(Delivery, (node.id, delivery_id))
            if row.state == "open":
                close_row(tx, row, "machine")
                closed += 1
    return closed


def cancel(node: Node, who: Actor, delivery_id: str, reason: str, now: datetime) -> Answer:
    """Cancel a delivery by mistake; nothing is deleted. ``Conflict`` once something of it was sold or reported.

    What a slip of this box brought in is the seller's again; one of another station may be taken in once more.
    """
    with node.write(who, now) as tx:
        row = deliveries.still_open(tx, delivery_id)
        lines = deliveries.lines_of(tx.session, row)
        for line in lines:
            _cancel_line(tx, line)
        row.state, row.closed_at, row.closed_by = "cancelled", now, "person"
        transfer_returns.delivery_cancelled(tx, row)
        papers_freed.settle(tx, lines)
        tx.audit("delivery_cancelled", f"delivery:{row.id}", {"reason": clean(reason, 300)})
        return tx.answer({"id": row.id, "state": row.state})


def _cancel_line(tx: Transaction, line: DeliveryLine) -> None:
    sent = select(Flag.id).where(Flag.site_id == line.site_id, Flag.line_id == line.id, Flag.state == "sent")
    if tx.session.scalars(sent).first() is not None:
        raise Conflict("line_reported", "Có hàng của chuyến này đã gửi Sở; rút lại trước khi hủy chuyến.")
    lot = stock.lot_of_line(tx.session, line.site_id, line.id)
    if lot is not None:
        if lot.on_hand != stock.of_line(line):
            raise Conflict("line_used", f"{line.goods_name} đã bán hoặc đã dùng một phần; lập phiếu điều chỉnh.")
        back = lot.on_hand
        stock.move(tx, lot, "adjusted", -back, "delivery", line.delivery_id)
        lot.state, lot.state_reason, lot.closed_at = "closed", "cancelled", tx.now
        transfer_returns.from_line(tx, lot, back, CANCELLED)
    line.state = "cancelled"
    end_flags(tx, line, "cancelled")


def flags(node: Node, who: Actor, now: datetime) -> Answer:
    """ "Hàng cần bổ sung giấy tờ" of the stall, the most urgent first: ``{flags: […]}``."""
    with node.db.read() as session:
        stall_of(session, who)
        mine = (
            select(Flag, DeliveryLine)
            .join(DeliveryLine, (DeliveryLine.site_id == Flag.site_id) & (DeliveryLine.id == Flag.line_id))
            .where(Flag.site_id == who.site_id, Flag.stall_id == who.stall, Flag.state.in_(("open", "held")))
            .order_by(Flag.due_at, Flag.id)
        )
        found = []
        rows = session.execute(mine.limit(500)).all()
        lacks = judging.missing_of_each(session, node, [line for _, line in rows])
        for flag, line in rows:
            goods = {"line_id": line.id, "delivery_id": line.delivery_id, "goods_name": line.goods_name}
            found.append(lines_in.flag_told(flag, node) | goods | {"missing": lacks[line.id]})
        return {"flags": found}
