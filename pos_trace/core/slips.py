"""What stands on each printed slip, in order, without a printer's words (USERS part 5)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pos_trace.core.quantities import money, shown
from pos_trace.core.tokens import format_short
from pos_trace.core.units import Contents
from pos_trace.core.units import words as unit_words
from pos_trace.core.vocabulary import slips as words
from pos_trace.core.vocabulary import times


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a slip. ``kind``: text | row | rule | code.

    text: ``text`` wrapped, with ``align``, ``size`` and ``bold``. row: ``text`` left, ``right`` in its own column.
    code: a QR of ``text``.
    """

    kind: Literal["text", "row", "rule", "code"]
    text: str = ""
    right: str = ""
    align: Literal["left", "center", "right"] = "left"
    size: Literal["small", "normal", "large"] = "normal"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """A whole slip. ``kind`` names it: receipt | receiving | test …"""

    kind: str
    blocks: tuple[Block, ...]


def to_json(slip: Slip) -> dict[str, Any]:
    """For the print journal."""
    return {"kind": slip.kind, "blocks": [asdict(block) for block in slip.blocks]}


def from_json(value: dict[str, Any]) -> Slip:
    """The slip of a journal entry."""
    return Slip(value["kind"], tuple(Block(**block) for block in value["blocks"]))


RULE = Block("rule")


def title(text: str) -> Block:
    """A slip's name, large in the middle."""
    return Block("text", text, align="center", size="large", bold=True)


def middle(text: str, size: Literal["small", "normal", "large"] = "normal", bold: bool = False) -> Block:
    """A line in the middle."""
    return Block("text", text, align="center", size=size, bold=bold)


def stamp(at: datetime) -> str:
    """``24/11/2026 02:31`` on the market's clock, as it stands beside a slip's number."""
    return f"{times.day(times.local_day(at))} {times.clock(at)}"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose slip it is: ``stall`` "SẠP A-12 – CHỊ HOA", ``site`` with its commune, GLN, tax code if any."""

    stall: str
    site: str
    gln: str | None = None
    tax_code: str | None = None
    demo: bool = False
    practice: bool = False


@dataclass(frozen=True, slots=True)
class SoldItem:
    """A sold line as printed. ``lots``: lot words below the name; ``estimated`` marks a guessed quantity; ``contents``:
    what the stall says its units hold.
    """

    name: str
    quantity: Decimal | None
    unit: str | None
    amount: int | None
    lots: str = ""
    estimated: bool = False
    contents: Contents = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """A sale slip. ``qr_text`` None: no public address, so no QR."""

    place: Place
    number: str
    at: datetime
    items: tuple[SoldItem, ...]
    total: int | None
    qr_text: str | None
    short_code: str
    short_host: str = ""


def head(place: Place) -> tuple[Block, ...]:
    """The lines above every slip's name."""
    blocks = [middle(place.stall.upper(), "large", True), middle(place.site)]
    if place.tax_code:
        blocks.append(middle(f"MST: {place.tax_code}"))
    if place.gln:
        blocks.append(middle(f"Mã địa điểm: {place.gln}"))
    return tuple(blocks)


def marks(place: Place) -> tuple[Block, ...]:
    """What a slip that counts for nothing says, top and loud."""
    found = [words.PRACTICE] if place.practice else []
    found += [words.DEMO] if place.demo else []
    return tuple(middle(text, bold=True) for text in found)


def reprinted(slip: Slip, copy_no: int, at: datetime) -> Slip:
    """The same slip marked as a possible second copy: ``BẢN IN LẠI (lần 2) 05:12 24/11/2026``, copy 2 and above."""
    mark = words.REPRINT.format(copy=copy_no, moment=times.moment(at))
    return Slip(slip.kind, (middle(mark, bold=True), *slip.blocks))


def receipt_slip(facts: ReceiptFacts) -> Slip:
    """PHIẾU BÁN HÀNG with its trace part; an unpriced line leaves out the total."""
    blocks: list[Block] = [
        *marks(facts.place),
        *head(facts.place),
        title(words.TITLES["sale"]),
        Block("row", f"Số: {facts.number}", stamp(facts.at)),
        RULE,
    ]
    for item in facts.items:
        blocks += _sold(item)
    blocks.append(RULE)
    if facts.total is not None and all(item.amount is not None for item in facts.items):
        blocks.append(Block("row", words.TOTAL, money(facts.total), bold=True))
    blocks += _trace_part(facts)
    blocks.append(middle(words.NO_INVOICE, "small"))
    return Slip("receipt", tuple(blocks))


def _sold(item: SoldItem) -> list[Block]:
    amount = money(item.amount) if item.amount is not None else ""
    quantity = "" if item.quantity is None else unit_words(item.quantity, item.unit or "", item.contents)
    if item.estimated:
        quantity = f"≈ {quantity} ({words.ESTIMATED})"
    blocks = [Block("text", item.name, bold=True), Block("row", f"  {quantity}", amount)]
    if item.lots:
        blocks.append(Block("text", f"  {item.lots}", size="small"))
    return blocks


def _trace_part(facts: ReceiptFacts) -> list[Block]:
    blocks = [middle(words.TITLES["trace"], bold=True)]
    if facts.qr_text is None:
        return [*blocks, middle(words.NO_PUBLIC_ADDRESS, "small")]
    caption, warning = words.QR_CAPTION
    blocks += [middle(caption, bold=True), middle(warning), Block("code", facts.qr_text), middle(words.QR_HINT)]
    typed = words.TYPED_HINT.format(host=f"{facts.short_host}/m", code=format_short(facts.short_code))
    return [*blocks, middle(typed)]


@dataclass(frozen=True, slots=True)
class ReceivedItem:
    """A received line. ``word`` is the verdict's large word; ``before``: papers are awaited until then."""

    name: str
    lot: str
    declared: Decimal
    accepted: Decimal
    refused: Decimal
    unit: str
    word: str
    refuse_reason: str = ""
    kg: Decimal | None = None
    papers: str = ""
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReceivingFacts:
    """A receiving slip, without prices and without a word about reports."""

    place: Place
    number: str
    at: datetime
    supplier: str
    plate: str | None
    receiver: str
    items: tuple[ReceivedItem, ...]
    records_at: datetime | None
    qr_text: str | None = None
    copy_of: tuple[int, int] = (1, 2)
    keep_months: int = 60
    by_machine: bool = False


def receiving_slip(facts: ReceivingFacts) -> Slip:
    """PHIẾU NHẬN HÀNG, one of its two copies (liên sạp, liên người giao)."""
    blocks: list[Block] = [
        *marks(facts.place),
        *head(facts.place),
        title(words.TITLES["receiving"]),
        Block("row", f"Số: {facts.number}", stamp(facts.at)),
        Block("text", f"Người giao: {facts.supplier}"),
        Block("text", f"{'Xe: ' + facts.plate + '   ' if facts.plate else ''}Người nhận: {facts.receiver}"),
        RULE,
    ]
    for item in facts.items:
        blocks += _received(item)
    blocks.append(RULE)
    if facts.by_machine:
        blocks.append(Block("text", words.CLOSED_BY_MACHINE))
    if facts.records_at is not None:
        as_of = words.RECORDS_AS_OF.format(moment=times.moment(facts.records_at))
        blocks.append(Block("text", as_of, size="small"))
    blocks.append(Block("row", *words.SIGNED_BY))
    blocks += [Block("text", " ")] * 3
    if facts.qr_text:
        blocks.append(Block("code", facts.qr_text))
    copy = words.COPY.format(copy=facts.copy_of[0], copies=facts.copy_of[1])
    kept = words.KEPT_UNTIL.format(month=month_after(facts.at, facts.keep_months))
    blocks += [Block("text", copy, align="right", size="small"), Block("text", kept, size="small")]
    return Slip("receiving", tuple(blocks))


def month_after(at: datetime, months: int) -> str:
    """``11/2031``: the market's month ``months`` after ``at``; thermal paper fades long before."""
    day = times.local_day(at)
    years, month = divmod(day.month - 1 + months, 12)
    return f"{month + 1:02d}/{day.year + years}"


def _received(item: ReceivedItem) -> list[Block]:
    lot = words.LOT.format(label=item.lot) if item.lot else ""
    blocks = [Block("row", item.name, lot, bold=True)]
    taken = f"{shown(item.accepted)} {item.unit}"
    if item.kg is not None and item.unit != "kg":
        taken += f" = {shown(item.kg)} kg"
    if item.refused > 0:
        why = f": {item.refuse_reason}" if item.refuse_reason else ""
        blocks.append(Block("text", f" giao {shown(item.declared)} {item.unit}, trả lại {shown(item.refused)}{why}"))
        taken = f"nhận {taken}"
    blocks.append(Block("row", f" {taken}", item.word))
    if item.papers:
        blocks.append(Block("text", f" {item.papers}", size="small"))
    if item.before is not None:
        until = words.SET_ASIDE_UNTIL.format(moment=times.moment(item.before))
        blocks.append(Block("text", f" {until}"))
    return blocks


def list_slip(
    kind: str,
    name: str,
    place: Place,
    number: str,
    at: datetime,
    rows: Sequence[tuple[str, str]],
    foot: Sequence[str] = (),
) -> Slip:
    """A plain slip of rows: Phiếu điều chỉnh, PHIẾU CHỐT NGÀY, Giao ca, a printer's test."""
    blocks: list[Block] = [
        *marks(place),
        *head(place),
        title(name),
        Block("row", f"Số: {number}" if number else "", stamp(at)),
        RULE,
        *(Block("row", left, right) for left, right in rows),
        RULE,
        *(Block("text", line) for line in foot),
    ]
    return Slip(kind, tuple(blocks))


def lots_words(labels: Sequence[str], source: str, today: bool = False) -> str:
    """``lô MD2611-07``, or ``một trong 2 lô`` when the lot is not certain; ``một trong 2 lô nhận hôm nay`` when all
    of them came in today.
    """
    if not labels:
        return ""
    if source == "unknown" and len(labels) > 1:
        return words.lot_words(len(labels)) + (f" {words.RECEIVED_TODAY}" if today else "")
    return words.LOT.format(label=", ".join(labels))
