"""Amounts as people write them, and as machines must."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.quantities import MOST, UNITS, as_text, exact, money, read, shown, to_kg, unit_of

thousandths = st.integers(1, 10**12).map(lambda whole: Decimal(whole) / 1000)


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("40", ["40"]),
        ("1,5", ["1.5"]),
        ("1.5", ["1.5"]),
        (" 12 ,25 ", ["12.25"]),
        ("1.500", ["1500", "1.5"]),
        ("0.500", ["0.5"]),
        ("1.234,5", ["1234.5"]),
        ("1.234.567", ["1234567"]),
        ("1.000.000.000", ["1000000000"]),
        ("0", ["0"]),
    ],
)
def test_both_signs_are_read_and_a_dot_before_three_digits_is_asked_once(typed: str, values: list[str]) -> None:
    reading = read(typed)
    assert list(reading.values) == [Decimal(value) for value in values]
    assert reading.value == (Decimal(values[0]) if len(values) == 1 else None)


@pytest.mark.parametrize(
    "typed",
    ["", "-1", "+1", "1e3", "NaN", "Infinity", "1,2345", "1,5,5", "01.500,1", "1.000.000.001", "1_000", "١٢", "12kg"],
)
def test_what_is_no_amount_means_nothing(typed: str) -> None:
    assert read(typed).values == ()
    assert read(typed).value is None


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("1.5", "1.500"),
        ("1.5000", "1.500"),
        (40, "40.000"),
        (Decimal("1E+2"), "100.000"),
        (Decimal("0.001"), "0.001"),
        ("1000000000", "1000000000.000"),
    ],
)
def test_a_machines_quantity_has_three_decimals(value: object, amount: str) -> None:
    found = exact(value)
    assert found is not None
    assert str(found) == amount


@pytest.mark.parametrize(
    "value",
    [
        "0", "-1", "1.0005", "1e3", "NaN", " 1", "1\n", "1_0", "٣", "1000000001", "1" * 50, 0, -3, 10**9 + 1, 10**4000,
        True, 1.5, None, [], Decimal("NaN"), Decimal("Infinity"), Decimal("-1"), Decimal("1E+999999"),
        Decimal("0.0001"),
    ],
)  # fmt: skip
def test_a_machines_quantity_is_refused_when_it_is_none(value: object) -> None:
    assert exact(value) is None


@given(thousandths)
def test_every_quantity_of_the_ledger_is_taken_as_it_is(amount: Decimal) -> None:
    assert exact(str(amount)) == exact(amount) == amount <= MOST


@given(thousandths)
def test_what_is_shown_is_read_back_as_one_of_its_meanings(amount: Decimal) -> None:
    assert amount in read(shown(amount)).values


@pytest.mark.parametrize(
    ("amount", "text"),
    [("1.5", "1,5"), ("1234.5", "1.234,5"), ("425.000", "425"), ("0", "0"), ("-0.5", "-0,5"), ("-1200", "-1.200")],
)
def test_amounts_are_shown_with_a_comma(amount: str, text: str) -> None:
    assert shown(Decimal(amount)) == text


@pytest.mark.parametrize(("amount", "text"), [("1.500", "1.5"), ("40.000", "40"), ("100", "100"), ("0.001", "0.001")])
def test_a_machine_is_told_a_plain_decimal(amount: str, text: str) -> None:
    assert as_text(Decimal(amount)) == text


@given(thousandths)
def test_what_a_machine_is_told_it_can_send_back(amount: Decimal) -> None:
    assert exact(as_text(amount)) == (amount if amount <= MOST else None)


def test_money_has_dots_and_a_space_that_does_not_break() -> None:
    assert money(125_000) == "125.000\u00a0đ"


@pytest.mark.parametrize(
    ("typed", "unit"), [("KG", "kg"), ("ký", "kg"), ("cân", "kg"), (" Cần  xé ", "cần xé"), ("gram", "g")]
)
def test_a_unit_has_many_names(typed: str, unit: str) -> None:
    assert unit_of(typed) == unit


def test_a_unit_nobody_knows_is_none() -> None:
    assert unit_of("thước") is None


@pytest.mark.parametrize(
    ("quantity", "unit", "content", "kg"),
    [
        ("3", "tạ", None, "300"),
        ("2", "lạng", None, "0.2"),
        ("17", "sọt", "25", "425"),
        ("17", "sọt", None, None),
        ("5", "kg", "25", "5"),
    ],
)
def test_kilograms_come_from_the_unit_or_from_what_one_holds(
    quantity: str, unit: str, content: str | None, kg: str | None
) -> None:
    found = to_kg(Decimal(quantity), unit, Decimal(content) if content else None)
    assert found == (Decimal(kg) if kg else None)


def test_every_unit_is_known_under_its_own_name() -> None:
    assert all(unit_of(unit) == unit for unit in UNITS)
