"""The state of a lot on hand: strongest effect, then recall, then conclusion (design; closed list in CONTRACTS);
and what cutting or repacking goods does to their kilograms.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Final

from pos_trace.core.quantities import MILLI, UNITS, to_kg

KEEPS_HOLD: Final = frozenset({"undetermined", "violation", "criminal"})


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What an inspector found: outcome and origin finding (CONTRACTS, lists)."""

    outcome: str
    origin_finding: str

    @property
    def keeps_hold(self) -> bool:
        """Only "undetermined", "violation" and "criminal" keep goods set aside."""
        return self.outcome in KEEPS_HOLD or self.origin_finding in KEEPS_HOLD


@dataclass(frozen=True, slots=True)
class StockState:
    """The state and the reason it has: "verdict", "recall", "conclusion", "person", "unchecked", "expired" …"""

    state: str
    reason: str


def stock_state(
    effect: str,
    *,
    recalled: bool = False,
    conclusion: Conclusion | None = None,
    set_aside: bool = False,
    beyond_papers: bool = False,
    received_at: datetime,
    now: datetime,
    unchecked_for: timedelta,
) -> StockState:
    """``effect`` is the verdict's: sellable | held | blocked | unchecked. ``set_aside``: a person held it.

    A recall blocks whatever was concluded. A conclusion that clears the origin releases the hold that waited for it,
    but no block (a code revoked, an expiry date passed) and no hold for another reason than papers
    (``beyond_papers``: a suspended code, other goods than the label's). Unchecked goods sell for ``unchecked_for``
    from receiving, then wait.
    """
    if recalled:
        return StockState("blocked", "recall")
    if effect == "blocked":
        return StockState("blocked", "verdict")
    if effect == "held" and beyond_papers:
        return StockState("held", "verdict")
    if conclusion is not None:
        return StockState("held" if conclusion.keeps_hold else "sellable", "conclusion")
    if set_aside:
        return StockState("held", "person")
    if effect == "held":
        return StockState("held", "verdict")
    if effect == "unchecked":
        late = now >= received_at + unchecked_for
        return StockState("held" if late else "sellable", "unchecked")
    return StockState("sellable", "verdict")


STRICTER: Final = ("sellable", "held", "returned_recalled", "blocked")


def strictest(states: Iterable[StockState]) -> StockState:
    """What goods mixed of several lots are: the strictest of them, the first of equals; of nothing, sellable."""
    found = list(states)
    return max(found, key=lambda one: STRICTER.index(one.state)) if found else StockState("sellable", "verdict")


@dataclass(frozen=True, slots=True)
class Measure:
    """So much of a unit; ``content_kg`` of one where the goods' unit has no weight of its own."""

    quantity: Decimal
    unit: str
    content_kg: Decimal | None = None

    @property
    def kg(self) -> Decimal | None:
        """Kilograms, or None where nobody knows."""
        return to_kg(self.quantity, self.unit, self.content_kg)


@dataclass(frozen=True, slots=True)
class Cut:
    """What a split, a merge or a repack comes to. ``loss``: trimmed away or left by rounding, in the unit taken, None
    where that cannot be said; ``content_kg``: what one piece of the goods made weighs, where it is known now;
    ``lost_kg``: the loss in kilograms, where both sides can be weighed.
    """

    loss: Decimal | None
    content_kg: Decimal | None
    lost_kg: Decimal | None = None


def cut(taken: Measure, made: Measure) -> Cut:
    """Weigh both sides: what was taken is what was made and a loss that is told. Raises ``ValueError`` when more is
    made than was taken. Pieces nobody weighed yet share what was taken evenly, rounded down to the gram; where
    neither side can be weighed and the units differ, the person's count stands.
    """
    if taken.unit == made.unit:
        lost = _lost(taken.quantity - made.quantity)
        return Cut(lost, made.content_kg, to_kg(lost, taken.unit, made.content_kg))
    if taken.kg is None:
        return Cut(None, made.content_kg)
    content = made.content_kg
    if made.kg is None:
        content = (taken.kg / made.quantity).quantize(MILLI, ROUND_DOWN) or None
    weight = to_kg(made.quantity, made.unit, content)
    if weight is None:
        return Cut(None, None)
    lost = _lost(taken.kg - weight)
    return Cut(lost if UNITS.get(taken.unit) == 1 else None, content, lost)


def _lost(difference: Decimal) -> Decimal:
    if difference < 0:
        raise ValueError("more is made than was taken")
    return difference
