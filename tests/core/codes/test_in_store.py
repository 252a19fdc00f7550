"""A shop's own weight codes, read by its table; the vectors of Vietnamese scales among them."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.codes import parse
from pos_trace.core.codes.digits import check_digit
from pos_trace.core.policy import CodeRules, InStoreRule
from tests.core.codes.labels import RULES


def _scale(prefix: str, pattern: str, unit: str = "kg", decimals: int = 3) -> CodeRules:
    return CodeRules(in_store=(InStoreRule(prefix, pattern, unit, decimals),))


def test_every_shared_vector_of_vietnamese_scales_is_read_as_it_says(shared: Path) -> None:
    vectors = json.loads((shared / "vectors" / "in_store_codes_vn.json").read_text(encoding="utf-8"))
    assert len(vectors) >= 4
    for vector in vectors:
        code = parse(vector["input"], RULES)
        wanted = vector["expected"]
        if wanted["check"] == "invalid":
            assert (code.outcome, code.reason) == ("unreadable", "bad_check_digit")
            continue
        assert (code.outcome, code.kind, code.code) == ("ok", "in_store", wanted["item"])
        assert code.raw.startswith(wanted["prefix"])
        weight = wanted.get("weight_kg")
        assert code.net_weight_kg == (Decimal(weight) if weight else None)
        assert code.key is None


@pytest.mark.parametrize(
    ("rules", "digits", "item", "weight"),
    [
        (_scale("26", "PPIIIIIWWWWWC"), "2610001005003", "10001", Decimal("0.500")),
        (_scale("2", "PIIIIIIWWWWWC", decimals=2), "2610001005003", "610001", Decimal("5.00")),
        (_scale("26", "PPIIIIKWWWWWC"), "2610001005003", "1000", Decimal("0.500")),
        (_scale("26", "PPIIIIIVVVVVC", "đồng", 0), "2610001005003", "10001", None),
        (_scale("26", "PPIIIIINNNNNC", "cái", 0), "2610001005003", "10001", None),
        (_scale("26", "PPIIIIIWWWWWC", "lạng", 1), "2610001005003", "10001", None),
        (_scale("26", "PPKKKKKWWWWWC"), "2610001005003", None, Decimal("0.500")),
        (_scale("26", "PPIIIIIWWWWWC"), "02610001005003", "10001", Decimal("0.500")),
    ],
)
def test_the_table_says_which_digits_are_item_and_weight(
    rules: CodeRules, digits: str, item: str | None, weight: Decimal | None
) -> None:
    code = parse(digits, rules)
    assert (code.outcome, code.kind, code.code, code.net_weight_kg) == ("ok", "in_store", item, weight)
    assert (code.key, code.gtin, code.elements) == (None, None, ())


def test_the_first_rule_that_fits_prefix_and_length_is_taken() -> None:
    rules = CodeRules(
        in_store=(InStoreRule("26", "PPIIIC"), InStoreRule("26", "PPIIIIIWWWWWC"), InStoreRule("2", "X" * 13))
    )
    assert parse("2610001005003", rules).code == "10001"


@pytest.mark.parametrize("digits", ["2610001005003", "02610001005003", "2112345012506"])
def test_without_a_rule_it_is_another_shops_code_and_no_gtin(digits: str) -> None:
    code = parse(digits, CodeRules())
    assert (code.outcome, code.kind, code.reason, code.key) == ("unreadable", "in_store", "no_in_store_rule", None)


@given(st.integers(0, 99999), st.integers(0, 99999), st.integers(0, 9))
def test_every_item_and_weight_of_a_scale_is_read_back(item: int, grams: int, wrong: int) -> None:
    body = f"26{item:05d}{grams:05d}"
    right = check_digit(body)
    code = parse(body + str(wrong), RULES)
    if str(wrong) == right:
        assert (code.code, code.net_weight_kg) == (f"{item:05d}", Decimal(grams) / 1000)
    else:
        assert (code.outcome, code.reason) == ("unreadable", "bad_check_digit")
