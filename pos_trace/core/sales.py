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


def priced(line: SoldLine, last_price: int | Decimal | None) -> SoldLine:
    """Fill in what follows: the amount from the price, or the quantity from an amount and its price, else the last
    one (of the line's own unit). Goods given away for nothing tell no quantity.
    """
    price = line.unit_price or last_price
    if line.quantity is None and line.amount and price:
        guess = (Decimal(line.amount) / price).quantize(MILLI, ROUND_HALF_UP)
        return SoldLine(line.name, max(guess, MILLI), line.unit, line.unit_price, line.amount, True)
    if line.amount is None and line.unit_price is not None and line.quantity is not None:
        amount = int((line.quantity * line.unit_price).quantize(Decimal(1), ROUND_HALF_UP))
        return SoldLine(line.name, line.quantity, line.unit, line.unit_price, amount, line.estimated)
    return line


def price_of_one(line: SoldLine) -> int | None:
    """What one unit cost: as told, else the amount shared by what was weighed; None of an estimate or a gift."""
    if line.unit_price is not None:
        return line.unit_price or None
    if line.estimated or not line.amount or not line.quantity:
        return None
    return int((line.amount / line.quantity).quantize(Decimal(1), ROUND_HALF_UP)) or None


def left_to_return(sold: Sequence[Decimal | None], returned: Sequence[Decimal | None]) -> Decimal | None:
    """How much of what a slip sold may still come back, never below 0; None where nobody knows how much was sold.

    All in one unit; ``returned`` counts every return of that slip before this one.
    """
    if not sold or any(quantity is None for quantity in sold):
        return None if sold else Decimal(0)
    left = sum((quantity for quantity in sold if quantity is not None), Decimal(0))
    return max(Decimal(0), left - sum((quantity for quantity in returned if quantity is not None), Decimal(0)))


def total(lines: Sequence[SoldLine]) -> int | None:
    """The sum, or None: a document with one unpriced line prints no total (USERS 2.3)."""
    amounts = [line.amount for line in lines]
    if not amounts or any(amount is None for amount in amounts):
        return None
    return sum(amount for amount in amounts if amount is not None)
