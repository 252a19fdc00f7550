"""One byte form for what is hashed, whoever writes it."""

import hashlib
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.canonical import DEEPEST, START, canonical, chain_hash

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz", max_size=4), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [True, None, -7]}, '{"a":[true,null,-7],"b":1}'),
        ({"ký": "Đăk Hà"}, '{"ký":"Đăk Hà"}'),
        (unicodedata.normalize("NFD", "lưu ý"), '"lưu ý"'),
        ({unicodedata.normalize("NFD", "ý"): 1}, '{"ý":1}'),
        (("a", 'a"\n'), '["a","a\\"\\n"]'),
        ({}, "{}"),
    ],
)
def test_keys_are_sorted_without_spaces_in_nfc(value: object, written: str) -> None:
    assert canonical(value) == written.encode()


@pytest.mark.parametrize("value", [1.5, Decimal("1.5"), {"at": {"x": float("nan")}}, {1: "a"}, b"x", {"a": {1, 2}}])
def test_what_has_no_one_byte_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_two_keys_that_are_one_after_nfc_are_refused() -> None:
    with pytest.raises(ValueError, match="two keys"):
        canonical({"ý": 1, unicodedata.normalize("NFD", "ý"): 2})


def test_a_body_nested_too_deep_is_refused_before_python_gives_up() -> None:
    body: object = 1
    for _ in range(DEEPEST):
        body = [body]
    assert canonical(body)
    with pytest.raises(ValueError, match="too deep"):
        canonical([body])


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        canonical("\ud800")


@given(values)
def test_the_order_of_keys_never_matters(value: object) -> None:
    assert canonical(_turned(value)) == canonical(value)


def _turned(value: object) -> object:
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(list(value))}
    return [_turned(item) for item in value] if isinstance(value, list) else value


def test_a_hash_covers_the_one_before_it() -> None:
    first = chain_hash(START, {"a": 1})
    assert first == hashlib.sha256(START.encode() + b'\n{"a":1}').hexdigest()
    assert chain_hash(first, {"a": 1}) != first
