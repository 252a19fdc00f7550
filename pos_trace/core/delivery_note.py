"""PHIẾU GIAO HÀNG: what goes to another stall, with the codes that fill its delivery; no price (USERS part 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pos_trace.core.quantities import shown
from pos_trace.core.slips import RULE, Block, Place, Slip, head, marks, middle, month_after, stamp, title
from pos_trace.core.vocabulary import slips as words


@dataclass(frozen=True, slots=True)
class NoteItem:
    """A line of goods: its lot as people call it."""

    name: str
    lot: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """One delivery note. ``kind`` sale | internal | correction; ``codes``: its PT1 texts, if it has any."""

    place: Place
    number: str
    at: datetime
    kind: str
    buyer: str
    giver: str
    items: tuple[NoteItem, ...]
    codes: tuple[str, ...]
    copy_of: tuple[int, int] = (1, 2)
    keep_months: int = 60


def delivery_note(facts: NoteFacts) -> Slip:
    """One of its two copies; the codes stand on the buyer's copy and on the seller's alike."""
    blocks: list[Block] = [*marks(facts.place), *head(facts.place), title(words.TITLES["delivery_note"])]
    if facts.kind in words.NOTE_KINDS:
        blocks.append(middle(words.NOTE_KINDS[facts.kind], bold=True))
    blocks += [
        Block("row", f"Số: {facts.number}", stamp(facts.at)),
        Block("text", f"Giao cho: {facts.buyer}", bold=True),
        Block("text", f"Người giao: {facts.giver}"),
        RULE,
    ]
    for item in facts.items:
        blocks.append(Block("text", item.name, bold=True))
        lot = words.LOT.format(label=item.lot) if item.lot else ""
        blocks.append(Block("row", f" {lot}", f"{shown(item.quantity)} {item.unit}"))
    blocks.append(RULE)
    blocks += _codes(facts.codes)
    blocks.append(Block("row", *words.SIGNED_BY))
    blocks += [Block("text", " ")] * 3
    copy = words.COPY.format(copy=facts.copy_of[0], copies=facts.copy_of[1])
    kept = words.KEPT_UNTIL.format(month=month_after(facts.at, facts.keep_months))
    blocks += [Block("text", copy, align="right", size="small"), Block("text", kept, size="small")]
    return Slip("delivery_note", tuple(blocks))


def _codes(codes: Sequence[str]) -> list[Block]:
    if not codes:
        return []
    blocks = [middle(words.QR_DELIVERY_HINT, bold=True)]
    for number, code in enumerate(codes, 1):
        if len(codes) > 1:
            blocks.append(middle(words.QR_PART.format(part=number, parts=len(codes)), bold=True))
        blocks.append(Block("code", code))
    return [*blocks, middle(words.NO_PAYMENT, "small")]
