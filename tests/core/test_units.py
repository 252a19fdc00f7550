"""Units the stall gave a content: a chục of 12, a sọt of 25 kg."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.quantities import UNITS
from pos_trace.core.units import Content, contents_from, contents_json, convert, words

DOZEN = {"chục": Content(Decimal(12), "quả"), "sọt": Content(Decimal(25), "kg")}


@pytest.mark.parametrize(
    ("quantity", "unit", "said"),
    [("1", "chục", "1 chục (12 quả)"), ("2.5", "chục", "2,5 chục (30 quả)"), ("3", "sọt", "3 sọt (75 kg)"),
     ("1.5", "kg", "1,5 kg"), ("7", "quả", "7 quả"), ("2", "", "2")],
)  # fmt: skip
def test_a_unit_with_a_content_says_what_it_holds(quantity: str, unit: str, said: str) -> None:
    assert words(Decimal(quantity), unit, DOZEN) == said


@pytest.mark.parametrize(
    ("quantity", "unit", "wanted", "found"),
    [
        ("1", "chục", "quả", "12"),
        ("6", "quả", "chục", "0.5"),
        ("2", "sọt", "kg", "50"),
        ("500", "g", "sọt", "0.02"),
        ("3", "kg", "kg", "3"),
        ("1", "quả", "kg", None),
        ("1", "chục", "sọt", None),
        ("1", "khay", "khay", "1"),
        ("1", "khay", "gói", None),
    ],
)
def test_units_are_compared_by_what_they_hold(quantity: str, unit: str, wanted: str, found: str | None) -> None:
    assert convert(Decimal(quantity), unit, wanted, DOZEN) == (Decimal(found) if found else None)


def test_the_remembered_weight_of_one_piece_weighs_the_rest() -> None:
    assert convert(Decimal(4), "gói", "kg", {}, Decimal("0.5")) == 2
    assert convert(Decimal(2), "kg", "gói", {}, Decimal("0.5")) == 4


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"đống": {"count": "3", "unit": "quả"}}, "Đơn vị chưa có"),
        ({"chục": {"count": "3", "unit": "đống"}}, "Đơn vị chưa có"),
        ({"chục": {"count": "3"}}, "Đơn vị chưa có"),
        ({"kg": {"count": "3", "unit": "quả"}}, "Không đặt được"),
        ({"chục": {"count": "3", "unit": "chục"}}, "Không đặt được"),
        ({"chục": {"count": "0", "unit": "quả"}}, "nhập số lớn hơn 0"),
        ({"sọt": {"count": "3", "unit": "chục"}, "chục": {"count": "10", "unit": "quả"}}, "vừa là quy cách"),
    ],
)
def test_a_content_that_makes_no_sense_is_told(told: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        contents_from(told)


def test_too_many_contents_are_refused() -> None:
    units = [unit for unit, kg in UNITS.items() if kg is None and unit != "quả"][:21]
    with pytest.raises(ValueError, match="Tối đa 20"):
        contents_from({unit: {"count": "2", "unit": "quả"} for unit in units})


@given(st.integers(1, 1000))
def test_what_was_stored_is_read_back(count: int) -> None:
    contents = {"chục": Content(Decimal(count), "quả")}
    assert contents_from(contents_json(contents)) == contents
    assert convert(Decimal(count), "quả", "chục", contents) == 1
    assert contents_from(None) == {}
