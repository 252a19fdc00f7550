"""A sale as it was rung up: price and even quantity may be missing, totals never lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pos_trace.core.quantities import MILLI


@dataclass(frozen=True, slots=True)
class SoldLine:
    """One line. ``amount`` in đồng; ``estimated``: the quantity came from an amount and the last price."""

    name: str
    quantity: Decimal | None
    unit: str | None
    unit_price: int | None
    amount: int | None
    estimated: bool = False


def priced(line: SoldLine, last_price: int | None) -> SoldLine:
    """Fill in what follows: the amount from the price, or the quantity from an amount and its price, else the last
    one. Goods given away for nothing tell no quantity.
    """
    price = line.unit_price or last_price
    if line.quantity is None and line.amount and price:
        guess = (Decimal(line.amount) / price).quantize(MILLI, ROUND_HALF_UP)
        return SoldLine(line.name, max(guess, MILLI), line.unit, line.unit_price, line.amount, True)
    if line.amount is None and line.unit_price is not None and line.quantity is not None:
        amount = int((line.quantity * line.unit_price).quantize(Decimal(1), ROUND_HALF_UP))
        return SoldLine(line.name, line.quantity, line.unit, line.unit_price, amount, line.estimated)
    return line


def total(lines: Sequence[SoldLine]) -> int | None:
    """The sum, or None: a document with one unpriced line prints no total (USERS 2.3)."""
    amounts = [line.amount for line in lines]
    if not amounts or any(amount is None for amount in amounts):
        return None
    return sum(amount for amount in amounts if amount is not None)
