"""Delivery lines coming in: with a code or without, each becoming a lot in stock with a verdict and maybe a flag."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core import goods_dates
from pos_trace.core.codes import ScannedCode
from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.goods import group_of, papers_state
from pos_trace.core.goods_dates import NO_DATES, GoodsDates
from pos_trace.core.judgements import History, Verdict
from pos_trace.core.quantities import UNITS, as_text, exact, to_kg, unit_of
from pos_trace.core.records import RecordAnswer
from pos_trace.core.text import clean
from pos_trace.core.vocabulary import statuses
from pos_trace.services import earlier, flags, judging, papers_served, products, stock, usual_goods
from pos_trace.services.node import Actor, Answer, Node, Transaction, owned
from pos_trace.store import lots_in
from pos_trace.store.models import Delivery, DeliveryLine, Flag, Product, Scan, StockLot, VerdictRow
from pos_trace.store.types import jsonable


def amount_of(quantity: object, unit: str | None) -> tuple[Decimal, str]:
    """A quantity above 0 with a known unit; raises ``Invalid``."""
    number = exact(quantity)
    if number is None:
        raise Invalid(
            "quantity_invalid", "Số lượng phải lớn hơn 0, tối đa 3 số lẻ.", (FieldError("/quantity", "invalid"),)
        )
    known = unit_of(unit or "")
    if known is None:
        some = ", ".join(list(UNITS)[:8])
        raise Invalid("unit_unknown", f"Đơn vị chưa có. Dùng: {some} …", (FieldError("/unit", "unknown"),))
    return number, known


def remember_record(tx: Transaction, answer: RecordAnswer) -> None:
    """Keep what the province just said, unless we have it newer."""
    record, facility = answer.record, answer.facility
    assert record is not None
    if facility is not None:
        lots_in.upsert_facility(tx.session, jsonable(_plain(asdict(facility))) | {"kind": "facility"}, tx.now)
    lots_in.upsert_lot(tx.session, jsonable(_plain(asdict(record))) | {"kind": "lot"}, tx.now)
    if answer.recall is not None:
        told = jsonable(_plain(asdict(answer.recall)))
        keys = told["keys"] or [record.key]
        # the feed's own line, whatever its version, replaces what was learnt by the way
        lots_in.upsert_recall(tx.session, told | {"kind": "recall", "version": 0, "keys": keys}, tx.now)
    tx.session.flush()


def _plain(value: Answer) -> Answer:
    """Dates as ISO text, so that the same reader takes what a feed would bring."""
    return {name: _iso(item) for name, item in value.items()}


def _iso(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [_iso(item) for item in value]
    if isinstance(value, dict):
        return _plain(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def in_kg(amount: tuple[Decimal, str], content: Decimal | None) -> Decimal:
    """Kilograms where they are known, else the plain count."""
    return to_kg(amount[0], amount[1], content) or amount[0]


def add_scanned(
    tx: Transaction,
    delivery: Delivery,
    scan: Scan,
    code: ScannedCode,
    answer: RecordAnswer | None,
    amount: tuple[Decimal, str],
    verdict: Verdict,
    called: tuple[str, str | None],
    content: Decimal | None,
    asked: earlier.Asked = earlier.ASKED_NOTHING,
    dates: GoodsDates = NO_DATES,
) -> Answer:
    """The line of a scanned code with its lot, verdict and flag; the same code again in a delivery is a line more."""
    record = answer.record if answer is not None else None
    facility = answer.facility if answer is not None else None
    name, group = called
    product = products.ensure(tx, name, amount[1], barcode=code.gtin, group=group, content_kg=content)
    line = _line(tx, delivery, product, amount, content)
    line.scan_id, line.key, line.gtin, line.lot = scan.id, code.key, code.gtin, code.lot or code.code
    line.asked_gtin, line.asked_group = asked.gtin, asked.group
    date_line(line, goods_dates.together(goods_dates.of_code(code), dates, goods_dates.of_record(record)))
    origin: Answer = {}
    if record is None:
        origin = {"commune": None, "facility": None}
    elif facility is not None:
        origin = {"commune": facility.commune, "facility": None if facility.is_individual else facility.name}
    return _settle(tx, delivery, line, product, verdict, origin, record.harvest_date if record else None)


def called(
    session: Session,
    node: Node,
    who: Actor,
    code: ScannedCode,
    answer: RecordAnswer | None,
    name: str | None,
    group: str | None,
) -> tuple[str, str | None]:
    """Name and goods group of what was scanned: the record's, else the stall's own product's, else the receiver's.

    Raises ``Invalid`` for a group nobody knows.
    """
    if group is not None and node.policy.group(group) is None:
        raise Invalid("group_unknown", "Chọn nhóm hàng trong danh sách.", (FieldError("/goods_group", "unknown"),))
    if answer is not None and answer.record is not None:
        return answer.record.product_name, answer.record.product_group
    # nobody's stall asks when the machine itself looks a code up (``pos-trace verify``)
    product = products.match(session, who, barcode=code.gtin) if code.gtin and who.stall_id is not None else None
    if product is not None:
        return product.name, group or product.goods_group
    plain = clean(name or "", 300) or f"Mã {code.gtin or code.sscc or code.code or ''}".strip()
    guessed = group_of(plain, node.policy.goods)
    return plain, group or (guessed.name if guessed is not None else None)


def meant(session: Session, who: Actor, product_id: str | None, group: str | None) -> earlier.Asked:
    """What the receiver says a label should be: a product of the stall ("giống hôm qua"), or a goods group alone.

    Raises ``NotFound`` for another stall's product.
    """
    if product_id is None:
        return earlier.Asked(group=group)
    product = owned(session, who, Product, product_id, "Không tìm thấy mặt hàng.")
    barcode = product.barcode or ""
    gtin = barcode if len(barcode) == 14 and barcode.isascii() and barcode.isdigit() else None
    return earlier.Asked(gtin, group or product.goods_group)


def add_loose(
    tx: Transaction,
    delivery: Delivery,
    name: str,
    group_name: str | None,
    amount: tuple[Decimal, str],
    content_kg: object = None,
    confirm: bool = True,
    dates: GoodsDates = NO_DATES,
) -> DeliveryLine:
    """The bare line of goods without a code; papers are linked next, then ``settle_loose`` judges.

    ``content_kg``: kilograms of one unit as told; ``confirm``: a quantity far above the usual is meant; ``dates``:
    what the receiver read off the goods.
    """
    known = products.match(tx.session, tx.who, name=name)
    content = usual_goods.content_of(tx.session, tx.who, delivery.supplier_id, known, amount[1], content_kg)
    habits = usual_goods.habits(tx.session, tx.who, delivery.supplier_id, known)
    usual_goods.must_be_meant(usual_goods.question(*amount, habits.usual(amount[1], content)), confirm)
    product = products.ensure(tx, name, amount[1], group=group_name, content_kg=content)
    line = _line(tx, delivery, product, amount, content)
    line.goods_group = group_name or product.goods_group
    date_line(line, dates)
    return line


def date_line(line: DeliveryLine, dates: GoodsDates) -> None:
    """Write on the line what is known of its days."""
    line.expiry, line.produced, line.best_before = dates.expiry, dates.production, dates.best_before


def dates_of(line: DeliveryLine) -> GoodsDates:
    """What is known of a line's days."""
    return GoodsDates(line.produced, line.expiry, line.best_before)


def settle_loose(tx: Transaction, delivery: Delivery, line: DeliveryLine) -> Answer:
    """Judge a line without a code by its papers and bring it into stock."""
    group = tx.node.policy.group(line.goods_group)
    received_on = tx.now.astimezone(tx.node.zone).date()
    papers = papers_state(papers_served.facts(tx.session, tx.node.policy, line), group, received_on)
    facts = History(expiry=line.expiry)
    verdict = judging.judge(tx.node, None, None, papers, facts, line.goods_group, tx.now)
    product = tx.session.get_one(Product, (line.site_id, line.product_id))
    line.lot = f"{line.position:03d}"
    origin: Answer = {"supplier": delivery.supplier_name}
    return _settle(tx, delivery, line, product, verdict, origin, None)


def _line(
    tx: Transaction, delivery: Delivery, product: Product, amount: tuple[Decimal, str], content: Decimal | None
) -> DeliveryLine:
    mine = select(func.count()).where(DeliveryLine.site_id == delivery.site_id, DeliveryLine.delivery_id == delivery.id)
    line = DeliveryLine(site_id=delivery.site_id, id=tx.id(), created_at=tx.now, stall_id=delivery.stall_id)
    line.delivery_id, line.position = delivery.id, (tx.session.scalar(mine) or 0) + 1
    line.product_id, line.goods_name, line.goods_group = product.id, product.name, product.goods_group
    line.declared, line.unit = amount
    line.refused, line.content_kg, line.state = Decimal(0), content, "accepted"
    tx.session.add(line)
    delivery.last_scan_at = tx.now
    tx.session.flush()
    usual_goods.remember(tx, delivery, line)
    return line


def _settle(
    tx: Transaction,
    delivery: Delivery,
    line: DeliveryLine,
    product: Product,
    verdict: Verdict,
    origin: Answer,
    harvested: date | None,
) -> Answer:
    kept = judging.keep(tx, verdict, "scan" if line.key else "received", line, line.scan_id)
    state, reason = judging.state_for(tx, line, verdict.stock, verdict.record == "recalled")
    lot = stock.receive(tx, line, product, state, origin | {"day": tx.now.astimezone(tx.node.zone).date().isoformat()})
    lot.state_reason, lot.harvested = reason, harvested or line.produced
    flag = flags.open_flag(tx, line, verdict)
    tx.session.flush()
    return told(tx.node, line, flag, lot, kept)


def told(node: Node, line: DeliveryLine, flag: Flag | None, lot: StockLot | None, verdict: VerdictRow | None) -> Answer:
    """A line as the API answers it."""
    missing = goods_dates.missing(node.policy.group(line.goods_group), dates_of(line))
    return {
        "id": line.id,
        "goods_name": line.goods_name,
        "goods_group": line.goods_group,
        "key": line.key,
        "lot": line.lot,
        "declared": as_text(line.declared),
        "accepted": as_text(line.accepted),
        "refused": as_text(line.refused),
        "unit": line.unit,
        "kg": _kg(line),
        "content_kg": as_text(line.content_kg) if line.content_kg is not None else None,
        "refuse_reason": line.refuse_reason,
        "dates": dates_of(line).told(),
        "dates_missing": list(missing),
        "dates_text": goods_dates.missing_words(missing),
        "state": line.state if lot is None or line.state == "moved" else lot.state,
        "lot_id": lot.id if lot is not None else None,
        "verdict": _verdict(verdict),
        "flag": flag_told(flag, node) if flag is not None else None,
    }


def _kg(line: DeliveryLine) -> str | None:
    found = to_kg(line.accepted, line.unit, line.content_kg) if line.accepted > 0 else None
    return None if found is None else as_text(found)


def flag_told(flag: Flag, node: Node) -> Answer:
    """A flag: its id, state, when its window ends – as a time and in the market's words."""
    local = flag.due_at.astimezone(node.zone)
    return {
        "id": flag.id,
        "state": flag.state,
        "reason": flag.reason,
        "due_at": flag.due_at.isoformat(),
        "due_text": local.strftime("%H:%M %d/%m/%Y"),
        "case_id": flag.case_id,
    }


def _verdict(row: VerdictRow | None) -> Answer | None:
    if row is None:
        return None
    return {"status": row.status, "word": word_of(row), "reasons": row.reasons, "judgements": row.judgements}


def word_of(row: VerdictRow) -> str:
    """The large word of a kept verdict."""
    if row.status == "attention":
        held = any(reason.get("effect") == "hold" for reason in row.reasons)
        return statuses.SET_ASIDE.word if held else statuses.ATTENTION.word
    return statuses.BY_CODE[row.status].word
