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
    """``effect`` is the verdict's: sellable | held | blocked | unchecked. ``set_aside``: the stall's people hold it.

    A recall blocks whatever was concluded. A conclusion that clears the origin releases the hold that waited for it,
    but no block (a code revoked, an expiry date passed), no hold for another reason than papers (``beyond_papers``: a
    suspended code, other goods than the label's) and none of the stall's own people. Unchecked goods sell for
    ``unchecked_for`` from receiving, then wait.
    """
    if recalled:
        return StockState("blocked", "recall")
    if effect == "blocked":
        return StockState("blocked", "verdict")
    if effect == "held" and beyond_papers:
        return StockState("held", "verdict")
    if conclusion is not None and conclusion.keeps_hold:
        return StockState("held", "conclusion")
    if set_aside:
        return StockState("held", "person")
    if conclusion is not None:
        return StockState("sellable", "conclusion")
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


class Unweighed(ValueError):
    """Goods nobody weighed cannot become kilograms."""


def cut(taken: Measure, made: Measure) -> Cut:
    """Weigh both sides: what was taken is what was made and a loss that is told. Raises ``ValueError`` when more is
    made than was taken, ``Unweighed`` where kilograms would come of goods nobody weighed (USERS: kilograms are kept,
    never made).

    The same unit holds what it held. Pieces nobody weighed yet share what was taken evenly, rounded down to the gram;
    where neither side can be weighed and the units differ, the person's count stands.
    """
    same = taken.unit == made.unit
    content = made.content_kg or (taken.content_kg if same else None)
    if taken.kg is None:
        if to_kg(made.quantity, made.unit, content) is not None:
            raise Unweighed("goods nobody weighed")
        return Cut(_lost(taken.quantity - made.quantity) if same else None, None)
    if to_kg(made.quantity, made.unit, content) is None:
        content = (taken.kg / made.quantity).quantize(MILLI, ROUND_DOWN) or None
    weight = to_kg(made.quantity, made.unit, content)
    if weight is None:
        return Cut(None, None)
    lost = _lost(taken.kg - weight)
    counted = same and content == taken.content_kg
    return Cut(_lost(taken.quantity - made.quantity) if counted else _in_unit(lost, taken), content, lost)


def _in_unit(kg: Decimal, taken: Measure) -> Decimal | None:
    """A loss as the ledger counts it: in kilograms where the goods are counted so; pieces have no part."""
    return kg if UNITS.get(taken.unit) == 1 else None


def _lost(difference: Decimal) -> Decimal:
    if difference < 0:
        raise ValueError("more is made than was taken")
    return difference
