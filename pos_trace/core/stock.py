"""The state of a lot on hand: strongest effect, then recall, then conclusion (design; closed list in CONTRACTS)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

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
    """The state and the reason it has: "verdict", "recall", "conclusion", "person", "unchecked"."""

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
