"""A scan, from text or photo to verdict; in a delivery also to a line in stock. A scan never denounces anybody."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from pos_trace.core import codes, goods_dates
from pos_trace.core.codes import ScannedCode
from pos_trace.core.errors import Conflict, FieldError, Invalid, Unavailable
from pos_trace.core.goods import papers_state
from pos_trace.core.goods_dates import NO_DATES, GoodsDates
from pos_trace.core.judgements import History, Verdict
from pos_trace.core.records import RecordAnswer
from pos_trace.core.vocabulary.words import scan_message
from pos_trace.services import (
    earlier,
    judging,
    lines_in,
    lookups,
    photo_codes,
    products,
    scan_readings,
    stop_sales,
    transfer_intake,
    usual_goods,
)
from pos_trace.services.code_view import CodeView
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.services.transfer_intake import SlipScan
from pos_trace.store import lots
from pos_trace.store.models import Delivery, Scan

MOST_TEXT = 8000
NO_DELIVERY = "Không tìm thấy chuyến hàng."


@dataclass(frozen=True, slots=True)
class ScanIn:
    """What was asked: a text, where it goes, how much of it. ``quantity``, ``unit`` and ``content_kg`` (kilograms of
    one unit) as they came. ``goods_name``, ``goods_group`` and ``product_id`` are what the receiver says the goods
    are: it names goods no record names, and a label of other goods is told. ``confirm``: a quantity far above the
    usual is meant. ``confirm_slip``: a delivery note made out to another stall is meant for this one. ``dates``: what
    the receiver read off goods whose code does not carry them.
    """

    text: str
    delivery_id: str | None = None
    quantity: Any = None
    unit: str | None = None
    dry_run: bool = False
    source: str = "text"
    goods_name: str | None = None
    goods_group: str | None = None
    content_kg: Any = None
    product_id: str | None = None
    confirm: bool = True
    confirm_slip: bool = False
    dates: GoodsDates = NO_DATES


@dataclass(frozen=True, slots=True)
class Photo:
    """An uploaded photo as it will be kept: bytes without EXIF and their media type."""

    data: bytes
    media_type: str


def look_up(node: Node, who: Actor, text: str, now: datetime) -> Answer:
    """The answer of a look-up that leaves nothing behind (``pos-trace verify``)."""
    return _answer(node, who, ScanIn(text, dry_run=True), codes.parse(text, node.policy.codes), None, now)


def scan(node: Node, who: Actor, asked: ScanIn, now: datetime) -> Answer:
    """One scanned or typed text. Raises ``Invalid`` (too long, quantity, unit), ``NotFound``, ``Conflict``."""
    if not asked.text or len(asked.text) > MOST_TEXT:
        raise Invalid("text_invalid", "Mã rỗng hoặc quá dài.", (FieldError("/text", "length"),))
    return _answer(node, who, asked, codes.parse(asked.text, node.policy.codes), None, now)


def scan_photo(node: Node, who: Actor, data: bytes, asked: ScanIn, now: datetime) -> Answer:
    """A photo of a label: no code → unreadable, several different trace codes → ambiguous; read in a child process.

    Raises ``Invalid`` for what is no photo, ``Unavailable`` when nothing can read it now.
    """
    if node.ports.photos is None:
        raise Unavailable("no_decoder", "Máy chưa đọc được ảnh. Gõ mã.")
    reading = node.ports.photos.read(data, keep_photo=True)
    parsed = [codes.parse(seen.text, node.policy.codes) for seen in reading.codes if seen.text is not None]
    kept = Photo(reading.kept.data, reading.kept.media_type) if reading.kept else None
    unread = any(seen.text is None for seen in reading.codes)
    return _answer(node, who, asked, photo_codes.chosen(parsed, reading.why, unread), kept, now)


def _answer(node: Node, who: Actor, asked: ScanIn, code: ScannedCode, photo: Photo | None, now: datetime) -> Answer:
    if code.kind == "transfer_slip":
        told = SlipScan(code.raw, asked.delivery_id, asked.dry_run, asked.confirm_slip, asked.source)
        if (slip := transfer_intake.scanned(node, who, code, told, now)) is not None:
            return slip
    amount = _amount(asked)
    usual_goods.content_told(asked.content_kg)
    goods_dates.must_fit(asked.dates, now.astimezone(node.zone).date())
    if code.reason == "lost_separator":
        code = scan_readings.settled(node, code)
    if code.outcome != "ok" or code.key is None:
        return _message(node, who, asked, code, photo, now)
    with node.db.read() as session:
        _delivery(session, node, who, asked)
        local = lots.find(session, code.key)
    answer = _asked_abroad(node, code, local, now)
    if asked.dry_run:
        if answer is not None and answer.asked:  # nothing of the scan is kept; that a code left the market is
            with node.write(node.machine("look-up", who.stall_id), now) as tx:
                lookups.count(tx, [answer])
        with node.db.read() as session:
            goods = _goods(session, node, who, asked, code, answer, amount)
            verdict = _judge(session, node, who, code, answer, goods, now)
        return _told(node, None, code, verdict, None, answer, goods, now)
    with node.write(who, now) as tx:
        return _kept(tx, asked, code, answer, amount, photo)


def _kept(
    tx: Transaction,
    asked: ScanIn,
    code: ScannedCode,
    answer: RecordAnswer | None,
    amount: tuple[Decimal, str] | None,
    photo: Photo | None,
) -> Answer:
    node, who, now = tx.node, tx.who, tx.now
    delivery = _delivery(tx.session, node, who, asked)
    goods = _goods(tx.session, node, who, asked, code, answer, amount)
    row = _scan_row(tx, asked, code, photo)
    lookups.count(tx, [answer])
    verdict = _judge(tx.session, node, who, code, answer, goods, now)
    if answer is not None and answer.state == "found" and answer.record is not None:
        lines_in.remember_record(tx, answer)
    if answer is not None and answer.recall is not None:
        stop_sales.apply(tx, [answer.recall.recall_id])
    line = None
    if delivery is not None:
        if amount is None:
            raise Invalid("quantity_missing", "Nhập số lượng và đơn vị.", (FieldError("/quantity", "missing"),))
        usual_goods.must_be_meant(goods.question, asked.confirm)
        told = (goods.called, goods.content, goods.asked, goods.dates)
        line = lines_in.add_scanned(tx, delivery, row, code, answer, amount, verdict, *told)
    else:
        judging.keep(tx, verdict, "look_up", None, row.id)
    tx.audit("scanned", f"scan:{row.id}", {"key": code.key, "status": verdict.status, "line": line and line["id"]})
    return tx.answer(_told(node, row.id, code, verdict, line, answer, goods, now))


def _asked_abroad(node: Node, code: ScannedCode, local: RecordAnswer, now: datetime) -> RecordAnswer | None:
    """What the province says; a code of another system is nobody's to ask here, unless our records know it."""
    if not judging.ours(node, code.host, local):
        return None
    assert code.key is not None
    return judging.ask(node, code.key, local, now)


def _delivery(session: Session, node: Node, who: Actor, asked: ScanIn) -> Delivery | None:
    if asked.delivery_id is None:
        return None
    row = session.get(Delivery, (who.site_id, asked.delivery_id))
    if row is None or row.stall_id != who.stall_id:
        raise Invalid("delivery_unknown", NO_DELIVERY, (FieldError("/delivery_id", "unknown"),))
    if row.state != "open":
        raise Conflict("delivery_closed", "Chuyến này đã xong. Mở chuyến mới, hoặc lập phiếu điều chỉnh.")
    return row


@dataclass(frozen=True, slots=True)
class _Goods:
    """What this stall knows of the scanned goods: name and group, what was asked for, the supplier's habit with them.
    ``kg``: how much more counts against the lot by this; None for a look-up and in practice.
    """

    called: tuple[str, str | None]
    asked: earlier.Asked
    habits: usual_goods.Habits
    content: Decimal | None
    kg: Decimal | None
    question: Answer | None
    dates: GoodsDates


def _goods(
    session: Session,
    node: Node,
    who: Actor,
    asked: ScanIn,
    code: ScannedCode,
    answer: RecordAnswer | None,
    amount: tuple[Decimal, str] | None,
) -> _Goods:
    called = lines_in.called(session, node, who, code, answer, asked.goods_name, asked.goods_group)
    meant = lines_in.meant(session, who, asked.product_id, asked.goods_group)
    recorded = goods_dates.of_record(answer.record if answer is not None else None)
    dates = goods_dates.together(goods_dates.of_code(code), asked.dates, recorded)
    if who.stall_id is None or asked.delivery_id is None:
        return _Goods(called, meant, usual_goods.Habits({}), None, None, None, dates)
    delivery = session.get_one(Delivery, (who.site_id, asked.delivery_id))
    supplier = delivery.supplier_id
    product = products.match(session, who, barcode=code.gtin, name=None if code.gtin else called[0])
    known = usual_goods.habits(session, who, supplier, product)
    if amount is None:
        unit = answer.record.unit if answer is not None and answer.record is not None else None
        content = usual_goods.content_of(session, who, supplier, product, unit) if unit else None
        return _Goods(called, meant, known, content, None, None, dates)
    content = usual_goods.content_of(session, who, supplier, product, amount[1], asked.content_kg)
    odd = usual_goods.question(*amount, known.usual(amount[1], content))
    counted = None if delivery.practice else lines_in.in_kg(amount, content)
    return _Goods(called, meant, known, content, counted, odd, dates)


def _judge(
    session: Session,
    node: Node,
    who: Actor,
    code: ScannedCode,
    answer: RecordAnswer | None,
    goods: _Goods,
    now: datetime,
) -> Verdict:
    view = CodeView.of_code(code, goods.dates.expiry)
    received = None if goods.kg is None else judging.received_of(session, node, code.key) + goods.kg
    facts: History = earlier.history(session, node, who.stall_id, view, received, now, goods.asked, answer)
    group = goods.called[1]
    papers = papers_state((), node.policy.group(group), now.astimezone(node.zone).date())
    return judging.judge(node, view, answer, papers, facts, group, now)


def _amount(asked: ScanIn) -> tuple[Decimal, str] | None:
    if asked.quantity is None and asked.unit is None:
        return None
    return lines_in.amount_of(asked.quantity, asked.unit)


def _scan_row(tx: Transaction, asked: ScanIn, code: ScannedCode, photo: Photo | None) -> Scan:
    row = Scan(
        site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, stall_id=tx.who.stall, text=asked.text or code.raw
    )
    row.source, row.outcome, row.key, row.serial = asked.source, code.outcome, code.key, code.serial
    row.parsed, row.delivery_id = codes.as_json(code), asked.delivery_id
    row.user_id = tx.who.id if tx.who.kind == "user" else None
    row.device_id = tx.who.device_id
    row.photo_sha256 = tx.node.files.put(photo.data) if photo else None
    tx.session.add(row)
    tx.session.flush()
    return row


def _message(node: Node, who: Actor, asked: ScanIn, code: ScannedCode, photo: Photo | None, now: datetime) -> Answer:
    """Words for what is no verdict on goods: scan again, another code, what the keyboard did."""
    text, following = scan_message(code.kind, code.reason)
    if code.kind == "in_store":
        text, following = "Mã cân của cửa hàng", "Chọn lô đang bán; mã này không nói nguồn gốc."
    message = {"text": text, "next": following}
    answer: Answer = {"scan": None, "code": codes.as_json(code), "verdict": None, "message": message, "line": None}
    if asked.dry_run:
        return answer
    with node.write(who, now) as tx:
        row = _scan_row(tx, asked, code, photo)
        return tx.answer(answer | {"scan": {"id": row.id}})


def _told(
    node: Node,
    scan_id: str | None,
    code: ScannedCode,
    verdict: Verdict,
    line: Answer | None,
    answer: RecordAnswer | None,
    goods: _Goods,
    now: datetime,
) -> Answer:
    record = answer.record if answer is not None else None
    facility = answer.facility if answer is not None else None
    suggested = goods.habits.told(record.unit if record else None)
    return {
        "scan": {"id": scan_id} if scan_id else None,
        "code": codes.as_json(code),
        "verdict": judging.told(verdict, now),
        "line": line,
        "ask": goods.question,
        "goods_name": record.product_name if record else None,
        "goods_group": goods.called[1],
        "dates": goods.dates.told(),
        "suggest": suggested | {"facility": facility.name if facility else None},
    }
