"""Text from outside: cleaned, folded, no formula."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.errors import Invalid
from pos_trace.core.text import clean, fold, safe_cell, told_words, without_numbers


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Cải thảo Măng Đen", "cai thao mang den"),
        ("ĐĂK HÀ", "dak ha"),
        (unicodedata.normalize("NFD", "Bảy  Đen"), "bay den"),
        ("  Ngọk\tBay ", "ngok bay"),
        ("", ""),
    ],
)
def test_the_search_form_has_no_accents_and_no_case(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Cá\x1b@ diêu\x00 hồng", "Cá@ diêu hồng"),
        ("abc\u202edef\u2066", "abcdef"),
        ("hai\r\ndòng\tmột", "hai dòng một"),
        ("  nhiều   cách\u00a0trống ", "nhiều cách trống"),
        (unicodedata.normalize("NFD", "Sạp"), "Sạp"),
        ("dài quá đi", "dài quá đ"),
    ],
)
def test_cleaning_keeps_words_and_drops_signs_that_act(text: str, cleaned: str) -> None:
    assert clean(text, 9 if cleaned == "dài quá đ" else 100) == cleaned


@given(st.text(), st.integers(1, 40))
def test_what_is_clean_stays_clean_short_and_without_control_signs(text: str, most: int) -> None:
    made = clean(text, most)
    assert len(made) <= most
    assert clean(made, most) == made
    assert not any(unicodedata.category(sign).startswith("C") for sign in made)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t", "\r", "\n", "\0"])
def test_a_cell_never_begins_a_formula(start: str) -> None:
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


def test_an_ordinary_cell_stays_as_it_is() -> None:
    assert safe_cell("Cải thảo -20") == "Cải thảo -20"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Chị Ba 0905 123 456", "Chị Ba …"),
        ("Gọi +84905123456 nhé", "Gọi … nhé"),
        ("Anh Tư 0260.3862.123", "Anh Tư …"),
        ("CCCD 062099001234", "CCCD …"),
        ("Mắm 09521234600138", "Mắm 09521234600138"),
        ("Gói 500 g, lô 261124", "Gói 500 g, lô 261124"),
    ],
)
def test_a_public_text_holds_no_phone_and_no_personal_number(told: str, shown: str) -> None:
    assert without_numbers(told) == shown


def test_what_a_person_wrote_keeps_its_lines_and_loses_what_is_no_writing() -> None:
    assert told_words("  Rau bị úng\n\u202ecân  thiếu\x00 ", 40) == "Rau bị úng\ncân thiếu"
    assert told_words("x" * 40, 40) == "x" * 40


@pytest.mark.parametrize(
    ("text", "code"), [("", "text_missing"), (" \n\t", "text_missing"), ("x" * 41, "text_too_long")]
)
def test_nothing_and_too_much_are_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        told_words(text, 40)
    assert refused.value.code == code
