"""Tokens and short codes: fair, typeable, and a mistyped one shows."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core import tokens

bodies = st.text(tokens.ALPHABET, min_size=tokens.SHORT_BODY, max_size=tokens.SHORT_BODY)


def test_the_alphabet_has_28_signs_no_vietnamese_keyboard_turns_into_letters() -> None:
    assert len(tokens.ALPHABET) == len(set(tokens.ALPHABET)) == 28
    assert not set("AEIOUYDW") & set(tokens.ALPHABET)


@given(st.binary(min_size=tokens.RANDOM_BYTES, max_size=tokens.RANDOM_BYTES))
def test_a_token_is_twenty_signs_made_of_the_bytes_given(random: bytes) -> None:
    if sum(byte < 252 for byte in random) >= tokens.TOKEN_LENGTH:
        assert tokens.is_token(tokens.token(random))
        assert tokens.token(random) == tokens.token(random)


def test_every_sign_comes_from_equally_many_bytes() -> None:
    counts = Counter(tokens.token(bytes([byte]) * 20)[0] for byte in range(252))
    assert set(counts.values()) == {9}
    assert len(counts) == 28


def test_bytes_that_would_tilt_the_alphabet_are_thrown_away() -> None:
    assert tokens.token(b"\xff" * 20 + b"\x00" * 20) == "0" * 20
    with pytest.raises(ValueError, match="not enough"):
        tokens.token(b"\xfc" * 40)


@given(bodies)
def test_a_short_code_is_nine_signs_of_the_token_and_one_that_checks_them(body: str) -> None:
    short = tokens.short_code(body + "BCFGHJKLMNP")
    assert short.startswith(body)
    assert tokens.is_short(short)
    assert tokens.normalise(tokens.format_short(short).lower()) == short


@given(bodies, st.integers(0, 9), st.sampled_from(tokens.ALPHABET))
def test_any_one_wrong_sign_shows(body: str, place: int, wrong: str) -> None:
    short = tokens.short_code(body)
    mistyped = short[:place] + wrong + short[place + 1 :]
    assert tokens.is_short(mistyped) == (mistyped == short)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("bcf7-kq2m-x9", "BCF7KQ2MX9"), (" BCF7 KQ2M–X9\t", "BCF7KQ2MX9"), ("o1I0", "0110"), ("", "")],
)
def test_what_people_type_is_read_without_case_dashes_and_spaces(typed: str, read: str) -> None:
    assert tokens.normalise(typed) == read


@pytest.mark.parametrize("text", ["", "BCF7KQ2MX", "BCF7KQ2MX9X", "ACF7KQ2MX9", "BCF7KQ2MXĐ"])
def test_what_has_no_short_codes_shape_is_none(text: str) -> None:
    assert not tokens.is_short(text)
    assert not tokens.is_token(text)


def test_the_format_is_typed_in_groups() -> None:
    assert tokens.format_short("BCF7KQ2MX9") == "BCF7-KQ2M-X9"
