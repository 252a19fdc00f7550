"""A sale as it was rung up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.quantities import MILLI
from pos_trace.core.sales import SoldLine, left_to_return, price_of_one, priced, total


def line(quantity: str | None, price: int | None, amount: int | None, estimated: bool = False) -> SoldLine:
    return SoldLine("Cải thảo", None if quantity is None else Decimal(quantity), "kg", price, amount, estimated)


@pytest.mark.parametrize(
    ("rung", "last_price", "kept"),
    [
        (line("1.5", 15_000, None), None, line("1.5", 15_000, 22_500)),
        (line("0.333", 15_000, None), None, line("0.333", 15_000, 4_995)),
        (line("0.5", 1_001, None), None, line("0.5", 1_001, 501)),
        (line("1.5", 15_000, 20_000), 15_000, line("1.5", 15_000, 20_000)),
        (line(None, None, 50_000), 98_000, line("0.510", None, 50_000, True)),
        (line(None, None, 1), 98_000, line("0.001", None, 1, True)),
        (line(None, 100_000, 50_000), 98_000, line("0.500", 100_000, 50_000, True)),
        (line(None, 0, 50_000), 98_000, line("0.510", 0, 50_000, True)),
        (line(None, None, 0), 98_000, line(None, None, 0)),
        (line(None, None, 50_000), None, line(None, None, 50_000)),
        (line(None, None, 50_000), 0, line(None, None, 50_000)),
        (line("2", None, None), 15_000, line("2", None, None)),
        (line(None, 15_000, None), 15_000, line(None, 15_000, None)),
    ],
)
def test_what_follows_is_filled_in_and_the_rest_stays_unknown(
    rung: SoldLine, last_price: int | None, kept: SoldLine
) -> None:
    assert priced(rung, last_price) == kept


@given(st.integers(1, 10**9), st.integers(1, 10**7), st.booleans())
def test_an_estimate_is_never_nothing_and_never_further_off_than_a_gram(amount: int, price: int, told: bool) -> None:
    kept = priced(line(None, price if told else None, amount), None if told else price)
    assert kept.quantity is not None
    assert kept.quantity > 0
    assert kept.amount == amount
    assert kept.estimated
    assert abs(kept.quantity - Decimal(amount) / price) <= MILLI


@pytest.mark.parametrize(
    ("amounts", "sum_told"), [([22_500, 56_000], 78_500), ([22_500, None], None), ([], None), ([0], 0)]
)
def test_one_unpriced_line_means_no_total(amounts: list[int | None], sum_told: int | None) -> None:
    assert total([line("1", None, amount) for amount in amounts]) == sum_told


@pytest.mark.parametrize(
    ("rung", "price"),
    [
        (line("2", 15_000, 20_000), 15_000),
        (line("2", 0, 20_000), None),
        (line("2", None, 200_000), 100_000),
        (line("3", None, 1), None),
        (line("2", None, None), None),
        (line(None, None, 50_000), None),
        (line("0.5", None, 50_000, True), None),
    ],
)
def test_what_was_weighed_and_paid_is_the_next_price_and_a_guess_is_none(rung: SoldLine, price: int | None) -> None:
    assert price_of_one(rung) == price


@pytest.mark.parametrize(
    ("sold", "returned", "left"),
    [
        ([], [], Decimal(0)),
        ([Decimal(3)], [], Decimal(3)),
        ([Decimal(3), Decimal("1.5")], [Decimal(1)], Decimal("3.5")),
        ([Decimal(3)], [Decimal(2), Decimal(1)], Decimal(0)),
        ([Decimal(3)], [Decimal(5)], Decimal(0)),
        ([Decimal(3)], [None], Decimal(3)),
        ([Decimal(3), None], [Decimal(1)], None),
    ],
)
def test_what_may_still_come_back_is_what_was_sold_less_what_came_back(
    sold: list[Decimal | None], returned: list[Decimal | None], left: Decimal | None
) -> None:
    assert left_to_return(sold, returned) == left
