"""What lies on a stall's table: the card that shows the goods of today, and a small slip for one lot (decision 12)."""

from dataclasses import dataclass
from datetime import date

from pos_trace.core.slips import RULE, Block, Place, Slip, head, marks, middle, title
from pos_trace.core.vocabulary import slips as words
from pos_trace.core.vocabulary import times


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """One lot for the table. ``origin``: place or facility, never an individual; ``qr_text`` None: no QR."""

    place: Place
    product: str
    lot: str
    origin: str
    received_on: date
    expiry: date | None
    qr_text: str | None


def stall_card_slip(place: Place, qr_text: str) -> Slip:
    """The card for the wall: name of the stall, QR, what it shows."""
    return Slip("stall_card", (*marks(place), *head(place), title(words.CARD_TITLE), *_code(qr_text, words.CARD_HINT)))


def lot_label_slip(facts: LabelFacts) -> Slip:
    """The small slip of a lot: goods, lot, origin, day received."""
    blocks: list[Block] = [*marks(facts.place), middle(facts.place.stall), title(facts.product), RULE]
    blocks += [Block("text", f"Lô {facts.lot}")] if facts.lot else []
    blocks += [Block("text", f"Xuất xứ: {facts.origin}")] if facts.origin else []
    blocks.append(Block("text", f"Ngày nhận: {times.day(facts.received_on)}"))
    blocks += [Block("text", f"Hạn sử dụng: {times.day(facts.expiry)}")] if facts.expiry else []
    blocks += _code(facts.qr_text, words.LABEL_HINT) if facts.qr_text else []
    return Slip("lot_label", tuple(blocks))


def _code(qr_text: str, hint: str) -> list[Block]:
    caption, warning = words.QR_CAPTION
    return [middle(caption, bold=True), middle(warning), Block("code", qr_text), middle(hint, bold=True),
            middle(words.QR_HINT, "small")]  # fmt: skip
