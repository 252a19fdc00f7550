"""The defects of biip 5.2 that would have hurt a market (facts: GS1, 1.2), each handled right by our own rules.

Where biip still has the defect the test shows it too: the day it does not, a rule of ours may go.
"""

from typing import Any

import biip
import pytest
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message

from pos_trace.core.codes import parse
from tests.core.codes.labels import EAN, FNC1, GTIN, PROVINCE, RULES

DL = f"https://{PROVINCE}/01/{GTIN}/10/LOT42"
KEY = f"01/{GTIN}/10/LOT42"
HEAD = f"01{GTIN}"


def _biip(text: str) -> Any:
    try:
        return biip.parse(text)
    except Exception as error:  # noqa: BLE001 - what it raises is what is looked at
        return error


@pytest.mark.parametrize("text", [f"]Q1{DL}", f"]d1{DL}", f"HTTPS://{PROVINCE.upper()}/01/{GTIN}/10/LOT42"])
def test_1_2_a_link_behind_a_plain_prefix_or_in_capitals_is_a_link(text: str) -> None:
    assert parse(text, RULES).key == KEY
    assert _biip(text).gs1_digital_link_uri is None


@pytest.mark.parametrize("text", ["]C10109521234543214", "https://a.vn/01/09521234543214", "(01)09521234543214"])
def test_3_a_wrong_check_digit_inside_is_refused(text: str) -> None:
    assert (parse(text, RULES).outcome, parse(text, RULES).reason) == ("unreadable", "bad_check_digit")


def test_4_a_wrong_ean_is_no_internal_number() -> None:
    assert parse("9521234543214", RULES).reason == "bad_check_digit"
    assert _biip("9521234543214").gs1_message is not None


def test_5_a_harvest_from_to_is_read() -> None:
    code = parse(f"(01){GTIN}(7007)261101261103", RULES)
    assert (code.outcome, code.elements[1]) == ("ok", ("7007", "261101261103"))
    with pytest.raises(biip.ParseError):
        GS1Message.parse_hri(f"(01){GTIN}(7007)261101261103")


def test_6_a_lost_separator_is_no_longer_lot() -> None:
    text = f"{HEAD}10LOT4217261231"
    assert parse(text, RULES).outcome == "ambiguous"
    assert _biip(text).gs1_message.element_strings.get(ai="10").value == "LOT4217261231"


def test_7_a_typed_separator_is_no_part_of_a_lot() -> None:
    text = f"{HEAD}10LOT42<GS>17261231"
    assert parse(text, RULES).lot == "LOT42"
    assert _biip(text).gs1_message.element_strings.get(ai="10").value == "LOT42<GS>17261231"


def test_8_full_width_digits_are_no_digits() -> None:
    wide = EAN.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert parse(wide, RULES).reason == "full_width"


@pytest.mark.parametrize("zeros", [8, 12, 13, 14, 18])
def test_9_zeros_are_no_number(zeros: int) -> None:
    assert parse("0" * zeros, RULES).outcome == "unreadable"


@pytest.mark.parametrize("text", ["]", "]Y", "]YZ1", "]?", "https://[::1/01/09521234543213"])
def test_10_broken_prefixes_and_hosts_raise_nothing(text: str) -> None:
    assert parse(text, RULES).outcome == "unreadable"
    assert isinstance(_biip(text), Exception)


def test_11_nothing_is_nothing() -> None:
    assert parse("", RULES).outcome == "unreadable"


def test_12_two_expiry_dates_are_a_conflict() -> None:
    assert parse(f"https://a.vn/01/{GTIN}?17=261231&17=271231", RULES).reason == "conflict"


@pytest.mark.parametrize("text", [f"(01){GTIN}(422)987", f"(01){GTIN}(3910)9871500"])
def test_13_countries_and_currencies_are_real(text: str) -> None:
    assert parse(text, RULES).reason == "bad_content"


def test_14_elements_without_goods_and_goods_twice() -> None:
    assert parse("(10)LOT(17)261231", RULES).reason == "missing_key"
    assert parse(f"(01){GTIN}(02){GTIN}", RULES).reason == "conflict"
    assert "needs_37" in parse(f"(02){GTIN}", RULES).warnings


def test_15_text_in_brackets_is_read_and_an_empty_end_is_seen() -> None:
    assert parse(f"(01){GTIN}(10)LOT42", RULES).key == KEY
    assert parse(f"(01) {GTIN} (10) LOT42", RULES).key == KEY
    assert parse(f"(01){GTIN}(10)", RULES).reason == "bad_content"


def test_16_the_right_most_key_counts() -> None:
    text = f"https://a.vn/00/x/01/{GTIN}/10/LOT42"
    assert parse(text, RULES).key == KEY
    with pytest.raises(biip.ParseError):
        GS1DigitalLinkURI.parse(text)


@pytest.mark.parametrize("text", [f"]J0{DL}", f"]J1{HEAD}10LOT42{FNC1}"])
def test_17_dotcode_is_a_carrier_like_others(text: str) -> None:
    assert parse(text, RULES).key == KEY


def test_18_a_slash_at_the_end_is_tolerated_with_a_warning() -> None:
    code = parse(f"{DL}/", RULES)
    assert (code.key, code.warnings) == (KEY, ("trailing_slash",))


def test_19_a_vietnamese_scale_is_read_by_its_table() -> None:
    code = parse("2610001005003", RULES)
    assert (code.kind, code.code, str(code.net_weight_kg)) == ("in_store", "10001", "0.500")


@pytest.mark.parametrize("text", [f"]E0{EAN}|]e099A", "https://id.gs1.org/CxBCUPJh5MpZyfGwuf43g"])
def test_20_composites_and_compressed_links_are_never_goods(text: str) -> None:
    code = parse(text, RULES)
    assert (code.outcome != "ok", code.key) == (True, None)
