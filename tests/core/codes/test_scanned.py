"""The contract's JSON of a result, name by name."""

import json
from datetime import date
from decimal import Decimal

import pytest

from pos_trace.core.codes import as_json, parse
from pos_trace.core.codes.build import from_elements, key_of, scheme_key
from pos_trace.core.codes.scanned import ScannedCode
from tests.core.codes.labels import FNC1, GTIN, PROVINCE, RULES, SSCC

ELEMENTS = (
    ("01", GTIN),
    ("11", "261101"),
    ("15", "261231"),
    ("17", "270100"),
    ("3103", "001250"),
    ("422", "704"),
    ("10", "LO/T42"),
    ("21", "A%1"),
)
LABEL = "]C1" + FNC1.join(ai + value for ai, value in ELEMENTS)


def test_a_whole_label_as_json() -> None:
    assert as_json(parse(LABEL, RULES)) == {
        "raw": LABEL,
        "outcome": "ok",
        "kind": "gs1_element_string",
        "elements": [list(pair) for pair in ELEMENTS],
        "key": f"01/{GTIN}/10/LO%2FT42/21/A%251",
        "gtin": GTIN,
        "lot": "LO/T42",
        "serial": "A%1",
        "sscc": None,
        "expiry": "2027-01-31",
        "production_date": "2026-11-01",
        "best_before": "2026-12-31",
        "net_weight_kg": "1.250",
        "origin_country": "704",
        "host": None,
        "code": None,
        "warnings": [],
        "reason": None,
        "candidates": [],
    }


def test_candidates_warnings_host_and_reason_as_json() -> None:
    lost = as_json(parse(f"01{GTIN}10AB21C", RULES))
    assert (lost["outcome"], lost["reason"], lost["key"]) == ("ambiguous", "lost_separator", None)
    assert lost["candidates"] == [f"(01){GTIN}(10)AB21C", f"(01){GTIN}(10)AB(21)C"]
    link = as_json(parse(f"https://{PROVINCE}/gtin/{GTIN}/", RULES))
    assert (link["host"], link["warnings"]) == (PROVINCE, ["trailing_slash", "old_name"])


@pytest.mark.parametrize(
    ("weight", "text"),
    [(Decimal("0.500"), "0.500"), (Decimal(0).scaleb(-5), "0.00000"), (Decimal(123456), "123456")],
)
def test_weights_are_plain_decimal_strings(weight: Decimal, text: str) -> None:
    assert as_json(ScannedCode("", "ok", "in_store", net_weight_kg=weight))["net_weight_kg"] == text


@pytest.mark.parametrize("raw", ["A\x00B", "A\ud800B"])
def test_signs_that_no_database_holds_are_replaced_in_json_only(raw: str) -> None:
    code = parse(raw, RULES)
    assert code.raw == raw
    assert as_json(code)["raw"] == "A\ufffdB"
    json.dumps(as_json(code), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("elements", "key"),
    [
        ((("01", GTIN),), f"01/{GTIN}"),
        ((("01", "95212340"),), "01/00000095212340"),
        ((("21", "S"), ("10", "L"), ("01", GTIN)), f"01/{GTIN}/10/L/21/S"),
        ((("01", GTIN), ("21", "S")), f"01/{GTIN}/21/S"),
        ((("00", SSCC), ("02", GTIN)), f"00/{SSCC}"),
        ((("10", "L"),), None),
        ((), None),
    ],
)
def test_the_key_names_product_lot_and_serial_in_this_order(elements: tuple[tuple[str, str], ...], key: str) -> None:
    assert key_of(elements) == key


def test_both_parts_of_a_provinces_key_are_percent_encoded() -> None:
    assert scheme_key("a:b", "c/đ") == "a%3Ab:c%2F%C4%91"


def test_a_result_cannot_be_changed() -> None:
    code = from_elements("x", "gtin", (("01", GTIN),), RULES)
    with pytest.raises(AttributeError):
        code.key = "other"  # type: ignore[misc]


def test_an_expiry_to_the_minute_gives_its_day() -> None:
    code = from_elements("x", "gs1_hri", (("01", GTIN), ("7003", "2612310930")), RULES)
    assert code.expiry == date(2026, 12, 31)
