"""``parse`` is total: any text whatever gives a result of the contract's shape, and none makes it raise."""

import json
from datetime import date
from urllib.parse import unquote

import orjson
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pos_trace.core.codes import BUILTIN, as_json, parse
from pos_trace.core.codes.scanned import ScannedCode
from tests.core.codes.labels import FNC1, GTIN, OWN, PROVINCE, RULES, SSCC

NAMES = {
    *("raw", "outcome", "kind", "elements", "key", "gtin", "lot", "serial", "sscc", "expiry", "production_date"),
    *("best_before", "net_weight_kg", "origin_country", "host", "code", "warnings", "reason", "candidates"),
}
OUTCOMES = {"ok", "unreadable", "ambiguous", "not_trace_code"}
KINDS = {
    *("gs1_digital_link", "gs1_element_string", "gs1_hri", "gtin", "sscc", "in_store", "province_code"),
    *("compressed_link", "url", "payment_qr", "einvoice_qr", "transfer_slip", "text"),
}
# Beginnings, middles and ends of every grammar, and what no grammar has.
FRAGMENTS = st.sampled_from(
    [
        *("01", GTIN, GTIN[1:], "00", SSCC, "10", "21", "17", "261231", "3103", "001250", "7007", "4302", "8013"),
        *("(", ")", "(01)", "(10)", "\\(", "\\", "]C1", "]Q1", "]d2", "]e0", "]", "]Y", "]YZ1", FNC1, "\x1e", "<GS>"),
        *("{GS}", "^]", "è", "␝", "\\u001d", "https://", "HTTPS://", "hTTPS://", "http://[", "::1", "]", "ftp://"),
        *(PROVINCE, OWN, "tem.cantho.example", "/t/", "/r/", "/", "//", "?", "&", ";", "=", "#", "%", "%41", "%00"),
        *("%C3%A2", "%2F", "gtin", "lot", "exp", "PT1:", "000201", "38", "A000000727", "62", "M1-26-", "kt:", "26"),
        *("\x00", "\x08", "\x7f", "\ud800", "\udfff", "\U0001f34e", "８", "ơ", "đ", "\u0301", "\n", " ", "A", "a", "z"),
    ]
)
HOSTILE = st.one_of(
    st.text(),
    st.text(st.characters(codec=None, categories=None)),
    st.lists(FRAGMENTS, max_size=24).map("".join),
    st.lists(st.one_of(FRAGMENTS, st.text(max_size=4)), max_size=24).map("".join),
    st.from_regex(r"[0-9]{1,40}", fullmatch=True),
)


def _holds(code: ScannedCode) -> None:
    """What must be so of every result."""
    assert code.outcome in OUTCOMES
    assert code.kind in KINDS
    assert isinstance(code.elements, tuple)
    assert all(isinstance(pair, tuple) and len(pair) == 2 for pair in code.elements)
    assert len(code.elements) <= 2048
    assert len(code.candidates) <= RULES.max_candidates
    assert (code.outcome == "ok") is (code.reason is None)
    assert all(getattr(code, name) != "" for name in NAMES - {"raw"})
    assert (code.key is not None) <= (code.outcome == "ok")
    assert bool(code.candidates) <= (code.outcome == "ambiguous")
    if code.outcome == "ok":
        assert code.key is not None or (code.kind == "in_store" and code.key is None)


def _key_parts_hold(code: ScannedCode) -> None:
    """The parts of a key hold no sign that is not escaped, and say what the elements say."""
    assert code.key is not None
    if code.kind == "province_code":
        scheme, _, escaped = code.key.partition(":")
        assert unquote(escaped) == code.code
        parts = [scheme, escaped]
    else:
        parts = code.key.split("/")
        assert len(parts) % 2 == 0
        found = dict(code.elements)
        assert all(unquote(value) == found[ai] for ai, value in zip(parts[::2], parts[1::2], strict=True))
    assert all(part and part.isascii() and not set(part) - SAFE for part in parts)


SAFE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%")


@settings(max_examples=600)
@given(HOSTILE)
@example("")
@example("https://[::1/01/09521234543213")
@example("https:///01/09521234543213")
@example("01/123456789")
@example("https://a.vn/01/09521234543213?4302=" + "%2541%2541" * 40 + "%23")
def test_any_text_gives_a_result_of_the_contract(text: str) -> None:
    for rules in (RULES, BUILTIN):
        code = parse(text, rules)
        assert text.startswith(code.raw)
        _holds(code)
        if code.key is not None:
            _key_parts_hold(code)


@given(HOSTILE)
def test_the_json_of_any_result_has_every_name_and_survives_the_wire(text: str) -> None:
    code = parse(text, RULES)
    told = as_json(code)
    assert set(told) == NAMES
    assert orjson.loads(orjson.dumps(told)) == told
    assert json.loads(json.dumps(told, ensure_ascii=False).encode()) == told
    assert "\x00" not in json.dumps(told, ensure_ascii=False)
    assert all(value is None or isinstance(value, str) for name, value in told.items() if name not in LISTS)
    for name in ("expiry", "production_date", "best_before"):
        assert told[name] is None or date.fromisoformat(told[name]) == getattr(code, name)
    assert told["elements"] == [list(pair) for pair in code.elements] or not told["raw"].isprintable()


LISTS = {"elements", "warnings", "candidates"}


@given(st.sampled_from([" ", "A", "0", "(", FNC1, "ấ", "\ud800", "https://a/"]), st.integers(2049, 100_000))
def test_texts_up_to_a_hundred_thousand_signs_are_answered(sign: str, size: int) -> None:
    code = parse(sign * (size // len(sign) + 1), RULES)
    assert code.reason in {"too_long", "bad_content"}
    assert len(code.raw) <= 7100


@given(HOSTILE)
def test_a_text_is_the_same_whatever_stands_around_it(text: str) -> None:
    bare = parse(text.strip("\r\n\t \x00\x02\x03\x04\ufeff"), RULES)
    dressed = parse(f"\x02 {text}\r\n", RULES)
    assert (bare.outcome, bare.key, bare.reason) == (dressed.outcome, dressed.key, dressed.reason)
