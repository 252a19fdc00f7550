"""Digital Links: where the key stands, old forms with a warning, what is refused, the links we print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.codes import key_of, label_uri, parse
from pos_trace.core.codes.digital_link import parse_uri
from tests.core.codes.labels import EAN, GLN, GTIN, RULES, SSCC

G = GTIN
READ = [
    # the right-most key wins; what is before it is the resolver's own path (biip's defect 16)
    (f"https://a.vn/01/{G}", [("01", G)], ()),
    (f"https://a.vn/tem/2026/01/{G}/10/L", [("01", G), ("10", "L")], ()),
    (f"https://a.vn/00/x/01/{G}/10/L", [("01", G), ("10", "L")], ()),
    (f"https://a.vn/01/{G}/00/{SSCC}", [("00", SSCC)], ()),
    (f"https://a.vn/01/09521234543214/01/{G}", [("01", G)], ()),
    # qualifiers in their order, attributes in any
    (f"https://a.vn/01/{G}/22/V/10/L/21/S", [("01", G), ("22", "V"), ("10", "L"), ("21", "S")], ()),
    (f"https://a.vn/01/{G}/235/T?10=L", [("01", G), ("235", "T"), ("10", "L")], ()),
    (f"https://a.vn/01/{G}?17=261231&3103=001250", [("01", G), ("17", "261231"), ("3103", "001250")], ()),
    (f"https://a.vn/01/{G}?17=261231;15=261230", [("01", G), ("17", "261231"), ("15", "261230")], ()),
    (f"https://a.vn/00/{SSCC}?02={G}&37=12", [("00", SSCC), ("02", G), ("37", "12")], ()),
    (f"https://a.vn/01/{G}?linkType=gs1:pip&a&=b&&17=261231#10=X", [("01", G), ("17", "261231")], ()),
    # escapes
    (f"https://a.vn/01/{G}/10/A%2FB%2b%25", [("01", G), ("10", "A/B+%")], ()),
    (f"https://a.vn/01/{G}?%31%37=261231", [("01", G), ("17", "261231")], ()),
    # old forms: read, with a warning, never printed
    (f"https://a.vn/gtin/{G}/lot/L", [("01", G), ("10", "L")], ("old_name",)),
    (f"https://a.vn/GTIN/{G}/10/L?exp=261231", [("01", G), ("10", "L"), ("17", "261231")], ("old_name",)),
    (f"https://a.vn/01/{G}/ser/S", [("01", G), ("21", "S")], ("old_name",)),
    (f"https://a.vn/sscc/{SSCC}", [("00", SSCC)], ("old_name",)),
    (f"https://a.vn/01/{EAN}/10/L", [("01", G), ("10", "L")], ("short_gtin",)),
    ("https://a.vn/01/95212340", [("01", "00000095212340")], ("short_gtin",)),
    (f"https://a.vn/414/{GLN}?01={EAN}", [("414", GLN), ("01", G)], ("short_gtin",)),
    (f"https://a.vn/01/{G}/10/L/", [("01", G), ("10", "L")], ("trailing_slash",)),
    (f"https://a.vn/gtin/{EAN}/", [("01", G)], ("trailing_slash", "old_name", "short_gtin")),
    # hosts
    (f"https://127.0.0.1:8443/01/{G}", [("01", G)], ()),
    (f"https://[2001:db8::1]/01/{G}", [("01", G)], ()),
    (f"https://[2001:db8::1]:8443/01/{G}", [("01", G)], ()),
    (f"https://a.vn./01/{G}", [("01", G)], ()),
]
REFUSED = [
    # a key or qualifier without value, one too many, out of order, of another key
    (f"https://a.vn/01/{G}/10", "unknown_url"),
    (f"https://a.vn/01/{G}/10/L/21", "unknown_url"),
    (f"https://a.vn/01/{G}/10//", "bad_content"),
    (f"https://a.vn/01/{G}/21/S/10/L", "bad_content"),
    (f"https://a.vn/01/{G}/10/L/10/L", "bad_content"),
    (f"https://a.vn/01/{G}/254/X", "bad_content"),
    (f"https://a.vn/01/{G}/22/V/235/T", "bad_content"),
    (f"https://a.vn/00/{SSCC}/10/L", "bad_content"),
    (f"https://a.vn/01/{G}/99/X", "bad_content"),
    # a qualifier among the attributes, no value, no such identifier, two of one (biip's defect 12)
    (f"https://a.vn/01/{G}?10=L", "bad_content"),
    (f"https://a.vn/414/{GLN}?254=X", "bad_content"),
    (f"https://a.vn/01/{G}?17=", "bad_content"),
    (f"https://a.vn/01/{G}?89=1", "bad_content"),
    (f"https://a.vn/01/{G}?0017=261231", "bad_content"),
    (f"https://a.vn/01/{G}?99=A+B", "bad_content"),
    (f"https://a.vn/01/{G}?17=261231&17=271231", "conflict"),
    (f"https://a.vn/01/{G}/10/L?10=L", "conflict"),
    (f"https://a.vn/01/{G}?01={G}", "conflict"),
    (f"https://a.vn/01/{G}?02={G}", "conflict"),
    # content
    ("https://a.vn/01/09521234543214", "bad_check_digit"),
    (f"https://a.vn/01/{G}?17=261331", "bad_content"),
    (f"https://a.vn/01/{G}/10/{'L' * 21}", "bad_content"),
    (f"https://a.vn/01/{G}/10/A%20B", "bad_content"),
    (f"https://a.vn/01/{G}/10/%00", "bad_content"),
    (f"https://a.vn/01/{G}/10/%C3%A2", "bad_content"),
    ("https://a.vn/01/00000000000000", "bad_content"),
    # no goods in it
    (f"https://a.vn/414/{GLN}", "missing_key"),
    ("https://a.vn/01/123", "unknown_url"),
    ("https://a.vn/8010/1", "unknown_url"),
    # escapes and hosts that are none (biip raises on some: defect 10)
    (f"https://a.vn/01/{G}/10/%4", "bad_content"),
    (f"https://a.vn/01/{G}/10/%GG", "bad_content"),
    (f"https://a.vn/01/{G}?17=%2", "bad_content"),
    (f"https://[::1/01/{G}", "bad_content"),
    (f"https://::1]/01/{G}", "bad_content"),
    (f"https://[::g]/01/{G}", "bad_content"),
    (f"https://[1:2]/01/{G}", "bad_content"),
    (f"https://[fe80::1%25eth0]/01/{G}", "bad_content"),
    (f"https:///01/{G}", "bad_content"),
    (f"https://ai@a.vn/01/{G}", "bad_content"),
    (f"https://-a.vn/01/{G}", "bad_content"),
    (f"https://a.vn:port/01/{G}", "bad_content"),
    (f"https://a.vn:123456/01/{G}", "bad_content"),
]


@pytest.mark.parametrize(("text", "elements", "warnings"), READ)
def test_a_link_is_read_with_its_warnings(
    text: str, elements: list[tuple[str, str]], warnings: tuple[str, ...]
) -> None:
    link = parse_uri(text)
    assert link is not None
    assert (list(link.elements), link.error, link.warnings) == (elements, None, warnings)
    code = parse(text, RULES)
    assert code.host == link.host
    if code.key is not None:
        assert (code.outcome, code.key) == ("ok", key_of(tuple(elements)))


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_link_that_breaks_a_rule_is_refused_with_its_reason(text: str, reason: str) -> None:
    code = parse(text, RULES)
    assert (code.reason, code.key) == (reason, None)
    assert code.outcome == ("not_trace_code" if reason == "unknown_url" else "unreadable")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://A.VN", "a.vn"),
        ("https://a.vn./x", "a.vn"),
        ("https://a.vn.:8443/x", "a.vn:8443"),
        ("https://[2001:DB8::1]:8443", "[2001:db8::1]:8443"),
    ],
)
def test_a_host_is_written_one_way(text: str, host: str) -> None:
    link = parse_uri(text)
    assert link is not None
    assert (link.host, link.is_link, link.error) == (host, False, None)


@pytest.mark.parametrize("text", [f"/01/{G}", "https:/a.vn", "mailto:a@a.vn", ""])
def test_what_is_no_web_address_is_no_link(text: str) -> None:
    assert parse_uri(text) is None


VALUES = st.text("!\"%&'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz", min_size=1, max_size=20)


@given(VALUES, st.one_of(st.none(), VALUES), st.sampled_from([None, "261231"]))
def test_the_link_we_print_reads_back_as_what_was_printed(lot: str, serial: str | None, expiry: str | None) -> None:
    uri = label_uri("HTTPS://TX.Example/", EAN, lot, serial, expiry)
    assert uri.startswith(f"https://tx.example/01/{G}/10/")
    code = parse(uri, RULES)
    assert (code.outcome, code.warnings, code.gtin, code.lot, code.serial) == ("ok", (), G, lot, serial)
    assert (code.expiry is not None) == (expiry is not None)


def test_a_link_of_the_product_only_has_no_lot() -> None:
    assert label_uri("https://tx.example", G) == f"https://tx.example/01/{G}"


@pytest.mark.parametrize("gtin", ["", "09521234543214", "123", "９５２１２３４５４３２１３", "952123454321X"])
def test_no_link_is_printed_for_a_wrong_gtin(gtin: str) -> None:
    with pytest.raises(ValueError, match="check digit"):
        label_uri("https://tx.example", gtin)
