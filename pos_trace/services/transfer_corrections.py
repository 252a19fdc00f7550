""" "Sai sạp": goods scanned at the wrong stall go to the right one, with their papers, verdict and answer window."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from pos_trace.core.codes import ScannedCode
from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.goods import papers_state
from pos_trace.core.judgements import Verdict
from pos_trace.core.records import RecordAnswer
from pos_trace.core.text import clean
from pos_trace.services import (
    deliveries,
    earlier,
    flags,
    judging,
    lines_in,
    papers_freed,
    papers_moved,
    papers_served,
    receiving,
    stock,
    suppliers,
    transfer_buyers,
    transfer_filling,
    transfer_returns,
    transfers,
)
from pos_trace.services.code_view import CodeView
from pos_trace.services.node import Actor, Answer, Node, Transaction, stall_of
from pos_trace.services.suppliers import SupplierIn
from pos_trace.services.transfer_buyers import BuyerIn
from pos_trace.services.transfers import Taken
from pos_trace.store.models import Delivery, DeliveryLine, Flag, Scan, StockLot, Transfer

ZERO = Decimal(0)
WAITING = ("open", "held")


def offer(
    node: Node,
    who: Actor,
    to_stall: str,
    reason: str,
    now: datetime,
    *,
    delivery_id: str | None = None,
    line_id: str | None = None,
) -> Answer:
    """Hand a line, or a whole delivery, to the stall it was meant for; it waits there for "Nhận đủ".

    Meanwhile nothing of it lies here and no question runs here; unanswered it comes back (``transfer_waiting``). Raises
    ``Conflict`` once something of it was sold, used or reported or its answer window is over, ``NotFound``, ``Invalid``
    (neither line nor delivery).
    """
    if (delivery_id is None) == (line_id is None):
        wrong = FieldError("/line_id", "missing")
        raise Invalid("correction_of", "Chọn một dòng hàng hoặc cả chuyến để chuyển sạp.", (wrong,))
    with node.write(who, now) as tx:
        stall = stall_of(tx.session, who)
        to = transfer_buyers.find(tx.session, node, stall, BuyerIn(stall_number=to_stall), "correction")
        lines = _lines(tx, delivery_id, line_id)
        lots = [_whole(tx, line) for line in lines]
        taken = [Taken(lot, line.goods_name, lot.on_hand) for line, lot in zip(lines, lots, strict=True)]
        row = transfers.make(tx, stall, "correction", to, taken, clean(reason, 300))
        row.lines = [
            {"position": position, "line_id": line.id, "flag": _put_off(tx, line), "was": [lot.state, lot.state_reason]}
            for position, (line, lot) in enumerate(zip(lines, lots, strict=True), 1)
        ]
        for line, lot in zip(lines, lots, strict=True):
            stock.move(tx, lot, "transferred", -lot.on_hand, "transfer", row.id)
            lot.state, lot.state_reason, lot.closed_at, line.state = "closed", "moved", now, "moved"
        return transfers.finish(tx, stall, row, to)


def _lines(tx: Transaction, delivery_id: str | None, line_id: str | None) -> list[DeliveryLine]:
    if line_id is not None:
        lines = [deliveries.own_line(tx.session, tx.who, line_id)]
    else:
        delivery = tx.owned(Delivery, str(delivery_id), deliveries.NO_DELIVERY)
        lines = [line for line in deliveries.lines_of(tx.session, delivery) if line.state == "accepted"]
    if not lines or any(line.state != "accepted" for line in lines):
        raise Conflict("line_ended", "Dòng này đã trả lại, đã hủy hoặc đã chuyển sạp.")
    return lines


def _whole(tx: Transaction, line: DeliveryLine) -> StockLot:
    lot = stock.lot_of_line(tx.session, line.site_id, line.id)
    if lot is None or lot.on_hand != stock.of_line(line) or lot.state == "closed":
        raise Conflict("line_used", f"{line.goods_name} đã bán hoặc đã dùng một phần; lập phiếu điều chỉnh.")
    sent = select(Flag.id).where(Flag.site_id == line.site_id, Flag.line_id == line.id, Flag.state == "sent")
    if tx.session.scalars(sent).first() is not None:
        raise Conflict("line_reported", f"{line.goods_name} đã gửi Sở; rút lại trước khi chuyển sạp.")
    return lot


def _put_off(tx: Transaction, line: DeliveryLine) -> Answer | None:
    """End the question here; it is asked where the goods belong, its window still counted from the scan.

    Once that is over nobody hands the goods on any more: to and fro, or to a stall that never answers, wins no time.
    """
    mine = select(Flag).where(Flag.site_id == line.site_id, Flag.line_id == line.id, Flag.state.in_(WAITING))
    kept = None
    for flag in tx.session.scalars(mine.order_by(Flag.id)):
        if line.created_at + flags.window(tx.node.policy.clocks, flag.reason) <= tx.now:
            raise Conflict("window_over", f"{line.goods_name}: đã quá giờ bổ sung giấy tờ, không chuyển sạp được nữa.")
        kept = {"id": flag.id, "state": flag.state, "due_at": flag.due_at.isoformat()}
        flag.state, flag.answered_at = "cancelled", tx.now
    return kept


def settle(
    tx: Transaction,
    row: Transfer,
    refused: dict[int, Decimal],
    reasons: dict[int, str],
    known: transfer_filling.Known,
) -> Answer:
    """The right stall's answer: whole lines only, all of them or none. Answers like any accepted slip."""
    lines = transfer_returns.lines_of(tx.session, row)
    sent = transfer_returns.other_side(tx.session, row)
    assert sent is not None
    if any(refused.values()):
        if any(refused[line.position] != line.quantity for line in lines):
            raise Invalid("whole_lines", "Hàng nhận nhầm sạp: nhận tất cả hoặc không nhận.")
        words = next((text for text in reasons.values() if text), "")
        restore(tx, sent)
        for one in (row, sent):
            one.state, one.answered_at = "refused", tx.now
        tx.audit("transfer_refused", f"transfer:{row.id}", {"number": row.number, "reason": words})
        return transfers.told_of(tx.session, tx.node, row) | {
            "delivery_number": None, "print_jobs": [], "delivery_lines": []}  # fmt: skip
    old = [tx.session.get_one(DeliveryLine, (row.site_id, told["line_id"])) for told in sent.lines]
    delivery = _delivery(tx, row, tx.session.get_one(Delivery, (row.site_id, old[0].delivery_id)))
    moving = papers_moved.Moving(tx, old)
    for line, before, told in zip(lines, old, sent.lines, strict=True):
        made = _bring(tx, delivery, before, told["flag"], known, moving)
        line.lot_id, line.accepted = made.id, line.quantity
    for line in transfer_returns.lines_of(tx.session, sent):
        line.accepted = line.quantity
    for one in (row, sent):
        one.state, one.answered_at = "accepted", tx.now
    row.delivery_id = delivery.id
    papers_freed.settle(tx, old)
    tx.audit("transfer_received", f"transfer:{row.id}", {"number": row.number, "delivery": delivery.id})
    jobs = receiving.close_row(tx, delivery, "person")
    made_lines = deliveries.told_lines(tx.session, tx.node, deliveries.lines_of(tx.session, delivery), tx.now)
    return transfers.told_of(tx.session, tx.node, row) | {
        "delivery_number": delivery.number, "print_jobs": jobs, "delivery_lines": made_lines}  # fmt: skip


def _delivery(tx: Transaction, row: Transfer, before: Delivery) -> Delivery:
    """The same arrival, at the stall it was meant for: its supplier, its truck."""
    delivery = transfer_filling.new_delivery(tx)
    if before.supplier_id is not None:
        party = suppliers.chosen(tx, SupplierIn(name=before.supplier_name))
        assert party is not None
        delivery.supplier_id, delivery.supplier_name = party.id, suppliers.label(party)
    delivery.vehicle_plate, delivery.arrival_id = before.vehicle_plate, before.arrival_id
    delivery.transfer_id = row.id
    tx.session.flush()
    return delivery


def _bring(
    tx: Transaction,
    delivery: Delivery,
    before: DeliveryLine,
    flag: Answer | None,
    known: transfer_filling.Known,
    moving: papers_moved.Moving,
) -> StockLot:
    """The line with what it stood on; received when it was scanned, not now."""
    old_lot = stock.lot_of_line(tx.session, before.site_id, before.id)
    amount = (before.accepted, before.unit)
    scan = _scan(tx, before, delivery)
    code = transfer_filling.code_of(tx.node, before.key)
    if code is None:
        line = lines_in.add_loose(tx, delivery, before.goods_name, before.goods_group, amount)
        line.content_kg, line.expiry, line.created_at = before.content_kg, before.expiry, before.created_at
        moving.take(before, line)
        told = lines_in.settle_loose(tx, delivery, line)
    else:
        answer = known.get(str(code.key))
        code = replace(code, expiry=before.expiry, serial=scan.serial, host=scan.parsed.get("host"))
        verdict_of = _verdict(tx, before, code, answer)
        called = (before.goods_name, before.goods_group)
        told = lines_in.add_scanned(
            tx, delivery, scan, code, answer, amount, verdict_of, called, before.content_kg,
            earlier.Asked(before.asked_gtin, before.asked_group),
        )  # fmt: skip
        line = tx.session.get_one(DeliveryLine, (before.site_id, told["id"]))
        line.created_at = before.created_at
        moving.take(before, line)
    lot = tx.session.get_one(StockLot, (before.site_id, told["lot_id"]))
    lot.received_at = old_lot.received_at if old_lot is not None else lot.received_at
    _ask_on(tx, line, flag)
    tx.session.flush()
    return lot


def _verdict(tx: Transaction, before: DeliveryLine, code: ScannedCode, answer: RecordAnswer | None) -> Verdict:
    view = CodeView.of_code(code)
    group = tx.node.policy.group(before.goods_group)
    day = before.created_at.astimezone(tx.node.zone).date()
    papers = papers_state(papers_served.facts(tx.session, tx.node.policy, before), group, day)
    received = judging.balance_of(tx.session, tx.node, before)
    asked = earlier.Asked(before.asked_gtin, before.asked_group)
    facts = earlier.history(tx.session, tx.node, tx.who.stall_id, view, received, before.created_at, asked, answer)
    return judging.judge(tx.node, view, answer, papers, facts, before.goods_group, tx.now)


def _ask_on(tx: Transaction, line: DeliveryLine, flag: Answer | None) -> None:
    """The question asked again ends when it would have ended, never before people can answer."""
    if flag is None:
        return
    mine = select(Flag).where(Flag.site_id == line.site_id, Flag.line_id == line.id, Flag.state == "open")
    least = tx.now + tx.node.policy.clocks.report_after_least
    for one in tx.session.scalars(mine):
        one.due_at = max(datetime.fromisoformat(flag["due_at"]), least)


def _scan(tx: Transaction, before: DeliveryLine, delivery: Delivery) -> Scan:
    """The reading as this stall's own."""
    old = tx.session.get(Scan, (before.site_id, before.scan_id)) if before.scan_id else None
    row = transfer_filling.scan_row(tx, old.text if old is not None else before.goods_name, delivery)
    if old is not None:
        row.source, row.outcome, row.parsed = old.source, old.outcome, old.parsed
        row.key, row.serial, row.photo_sha256, row.created_at = old.key, old.serial, old.photo_sha256, old.created_at
    tx.session.flush()
    return row


def restore(tx: Transaction, row: Transfer) -> None:
    """The goods stay where they were scanned: line, lot and question are as before."""
    lines = transfer_returns.lines_of(tx.session, row)
    for moved, told in zip(lines, row.lines, strict=True):
        line = tx.session.get_one(DeliveryLine, (row.site_id, told["line_id"]))
        lot = tx.session.get_one(StockLot, (row.site_id, moved.lot_id))
        (lot.state, lot.state_reason), line.state, lot.closed_at = told["was"], "accepted", None
        stock.move(tx, lot, "returned", moved.quantity, "transfer", row.id)
        moved.returned, moved.accepted = moved.quantity, ZERO
        flag = tx.session.get(Flag, (row.site_id, told["flag"]["id"])) if told["flag"] else None
        if flag is not None:
            flag.state, flag.answered_at = told["flag"]["state"], None
            flag.due_at = max(flag.due_at, tx.now + tx.node.policy.clocks.report_after_least)
        verdict = judging.rejudge_line(tx, line, judging.known(tx.session, line.key), "returned")
        flags.open_flag(tx, line, verdict)
    tx.session.flush()
