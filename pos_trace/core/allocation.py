"""Which lots a sold line takes: first expiring first, ties by harvest and receiving; what is told about certainty."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from pos_trace.core.quantities import MILLI

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class OpenLot:
    """A lot with something left. ``state``: sellable | held | blocked; ``on_sale``: "Đang bán lô này"."""

    id: str
    on_hand: Decimal
    received_at: datetime
    state: str = "sellable"
    expiry: date | None = None
    harvested: date | None = None
    on_sale: bool = False

    @property
    def opened(self) -> bool:
        """Whether the counter sells from it now: it said so, there is some left, and nothing was said against it."""
        return self.on_sale and self.on_hand > 0 and self.state == "sellable"


@dataclass(frozen=True, slots=True)
class Part:
    """What is taken of one lot; ``lot_id`` None is sold above what is on hand ("bán vượt sổ")."""

    lot_id: str | None
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Allocation:
    """Parts that sum to what was sold. ``source``: scanned | pos | fefo | unknown; ``candidates``: every open lot it
    may really have been; more than one only when the source is unknown.
    """

    parts: tuple[Part, ...]
    source: str
    candidates: tuple[str, ...]

    @property
    def certainty(self) -> str:
        """``sure`` of one lot, ``candidates`` when it is one of several, ``none`` when no lot was on hand."""
        if not self.candidates:
            return "none"
        return "sure" if len(self.candidates) == 1 else "candidates"

    @property
    def shortfall(self) -> Decimal:
        """How much was sold above what is on hand."""
        return sum((part.quantity for part in self.parts if part.lot_id is None), ZERO)


def fefo(lot: OpenLot) -> tuple[bool, date, date, datetime, str]:
    """Sorting key: sellable lots first, then expiry, harvest, receiving, id (decision 7)."""
    return lot.state != "sellable", lot.expiry or date.max, lot.harvested or date.max, lot.received_at, lot.id


def allocate(
    wanted: Decimal, lots: Sequence[OpenLot], chosen: str | None = None, chosen_by: str = "scanned"
) -> Allocation:
    """Take ``wanted`` (more than 0) from ``lots``; the lot scanned, tapped or named by the till goes first, else the
    one its counter opened: a scale's code tells no lot, the person at the counter did (``pos``).

    A sale that happened is never refused: a held or blocked lot is taken last, and what no lot covers becomes a
    shortfall. A named lot that cannot cover it all leaves the rest to the others, and the lot is no longer sure.
    Raises ``ValueError`` when ``wanted`` is not above 0 or finer than the ledger's thousandths.
    """
    if not wanted > 0 or wanted != wanted.quantize(MILLI):
        raise ValueError("a sold quantity is above 0, in thousandths")
    if chosen is None:
        chosen, chosen_by = _opened(lots), "pos"
    known = next((lot for lot in lots if lot.id == chosen), None)
    open_lots = sorted((lot for lot in lots if lot.on_hand > 0), key=lambda lot: (lot.id != chosen, fefo(lot)))
    parts = tuple(_take(wanted, open_lots))
    if known is not None and all(part.lot_id in (None, known.id) for part in parts):
        return Allocation(parts, chosen_by, (known.id,))
    candidates = tuple(lot.id for lot in open_lots)
    if known is not None and known.id not in candidates:
        candidates = (known.id, *candidates)
    return Allocation(parts, "fefo" if len(candidates) == 1 else "unknown", candidates)


def unmeasured(sold: Decimal | None, lots: Sequence[OpenLot]) -> Allocation:
    """A sale whose quantity cannot be taken from any lot on hand: by amount only (``sold`` None), or in a unit the
    lots are not counted in. The ledger stays, a known quantity becomes a shortfall; every open lot is a candidate, or
    the only one that is on sale.
    """
    opened = _opened(lots)
    if opened is not None:
        return Allocation((Part(None, sold),) if sold is not None else (), "pos", (opened,))
    candidates = tuple(lot.id for lot in sorted((lot for lot in lots if lot.on_hand > 0), key=fefo))
    parts = (Part(None, sold),) if sold is not None else ()
    return Allocation(parts, "fefo" if len(candidates) == 1 else "unknown", candidates)


def _opened(lots: Sequence[OpenLot]) -> str | None:
    return next((lot.id for lot in sorted(lots, key=fefo) if lot.opened), None)


def _take(wanted: Decimal, lots: Sequence[OpenLot]) -> Iterator[Part]:
    left = wanted
    for lot in lots:
        if not left:
            return
        taken = min(left, lot.on_hand)
        yield Part(lot.id, taken)
        left -= taken
    if left:
        yield Part(None, left)


@dataclass(frozen=True, slots=True)
class Check:
    """Before payment: ``sellable`` yes | no | confirm_lot, why, and the lots a tap may choose from."""

    sellable: str
    reason: str
    lots: tuple[str, ...] = ()


def check(lots: Sequence[OpenLot], chosen: str | None = None) -> Check:
    """Whether a line may be sold (decision 5): a blocked lot never; with a good one beside it, one tap on its number,
    unless the counter said already which of them it sells.

    Nothing on hand is sellable: the goods are there, the books are behind. A lot somebody names is judged even then.
    """
    known = next((lot for lot in lots if lot.id == (chosen or _opened(lots))), None)
    if known is not None:
        return Check("yes" if known.state == "sellable" else "no", known.state, (known.id,))
    open_lots = sorted((lot for lot in lots if lot.on_hand > 0), key=fefo)
    good = tuple(lot.id for lot in open_lots if lot.state == "sellable")
    blocked = [lot for lot in open_lots if lot.state == "blocked"]
    if not open_lots or len(good) == len(open_lots):
        return Check("yes", "sellable", good)
    if not good:
        return Check("no", "blocked" if blocked else "held", tuple(lot.id for lot in open_lots))
    return Check("confirm_lot", "blocked", good) if blocked else Check("yes", "sellable", good)
