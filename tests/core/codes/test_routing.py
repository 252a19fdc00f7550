"""What a text is, by its shape and its AIM prefix: one table of texts, each with outcome, kind, key and reason."""

import pytest

from pos_trace.core.codes import parse
from tests.core.codes.labels import EAN, FNC1, GTIN, OWN, PROVINCE, RULES, SSCC

LOT = f"01/{GTIN}/10/LOT42"
READS = [
    # bare numbers: 8, 12, 13, 14 digits are a GTIN before they are anything else, 18 an SSCC
    (EAN, "gtin", f"01/{GTIN}"),
    (GTIN, "gtin", f"01/{GTIN}"),
    ("95212340", "gtin", "01/00000095212340"),
    ("952123454324", "gtin", "01/00952123454324"),
    (SSCC, "sscc", f"00/{SSCC}"),
    ("9 521234 543213", "gtin", f"01/{GTIN}"),
    ("0 9521234 5400000014", "sscc", f"00/{SSCC}"),
    # carriers that only name themselves
    *((f"]{mark}{EAN}", "gtin", f"01/{GTIN}") for mark in ("E0", "Q1", "d1", "C0", "A0", "J0", "Q0", "d0")),
    (f"]I1{GTIN}", "gtin", f"01/{GTIN}"),
    ("]E495212340", "gtin", "01/00000095212340"),
    # a link may come behind any of them, biip's defects 1 and 2
    *(
        (f"]{mark}https://{PROVINCE}/01/{GTIN}/10/LOT42", "gs1_digital_link", LOT)
        for mark in ("Q1", "d1", "J0", "Q3", "d2")
    ),
    (f"HTTPS://{PROVINCE.upper()}/01/{GTIN}/10/LOT42", "gs1_digital_link", LOT),
    (f"http://{PROVINCE}/01/{GTIN}/10/LOT42", "gs1_digital_link", LOT),
    (f"01/{GTIN}/10/LOT42", "gs1_digital_link", LOT),
    (f"00/{SSCC}", "gs1_digital_link", f"00/{SSCC}"),
    # element strings: by their carrier, by a separator, by a key in front
    *((f"]{mark}01{GTIN}10LOT42", "gs1_element_string", LOT) for mark in ("C1", "e0", "Q3", "d2", "J1")),
    (f"]Q301{GTIN}10LOT42{FNC1}21A1", "gs1_element_string", f"{LOT}/21/A1"),
    (f"01{GTIN}10LOT42", "gs1_element_string", LOT),
    (f"{FNC1}01{GTIN}10LOT42", "gs1_element_string", LOT),
    (f"01{GTIN}10LOT42{FNC1}", "gs1_element_string", LOT),
    (f"10LOT42{FNC1}01{GTIN}", "gs1_element_string", LOT),
    (f"00{SSCC}", "gs1_element_string", f"00/{SSCC}"),
    (f"00{SSCC}02{GTIN}3712", "gs1_element_string", f"00/{SSCC}"),
    # what stands under the bars
    (f"(01){GTIN}(10)LOT42", "gs1_hri", LOT),
    (f"(01) {GTIN} (10) LOT42", "gs1_hri", LOT),
    (f"( 01 ){GTIN}( 10 )LOT42 ", "gs1_hri", LOT),
    (f"]Q1(01){GTIN}(10)LOT42", "gs1_hri", LOT),
    # opaque codes of the province
    ("kt:CT-2611-0042", "province_code", "kt:CT-2611-0042"),
    ("]Q1kt:CT-2611-0042", "province_code", "kt:CT-2611-0042"),
    ("VN-DLOR-0123", "province_code", "vungtrong:VN-DLOR-0123"),
    ("https://tem.cantho.example/t/A%2F7", "province_code", "ct:A%2F7"),
    ("https://ma.daklak.example/DL123456", "province_code", "ma.daklak.example:%2FDL123456"),
    # a shop's own scale
    ("2610001005003", "in_store", None),
    # what scanners put before and after
    (f"\x02{EAN}\x03\r\n", "gtin", f"01/{GTIN}"),
    (f" \ufeff{EAN}\t", "gtin", f"01/{GTIN}"),
]
REFUSED = [
    ("", "unreadable", "text", "bad_content"),
    (" \r\n", "unreadable", "text", "bad_content"),
    ("A" * 2049, "unreadable", "text", "too_long"),
    ("PT1:" + "A" * 7097, "unreadable", "text", "too_long"),
    ("pt1:6BF XF", "unreadable", "text", "caps_lock"),
    ("PT1:6BF XF", "not_trace_code", "transfer_slip", "transfer_slip"),
    ("PT1:" + "A" * 7096, "not_trace_code", "transfer_slip", "transfer_slip"),
    ("hàng", "unreadable", "text", "ime_damage"),
    ("TESTING", "unreadable", "text", "unknown_code"),
    ("123456", "unreadable", "text", "unknown_code"),
    ("12 34 56", "unreadable", "text", "unknown_code"),
    (f"01 {GTIN} 10LOT42", "unreadable", "text", "unknown_code"),
    ("]", "unreadable", "text", "unknown_code"),
    ("]Y", "unreadable", "text", "unknown_code"),
    ("]YZ1", "unreadable", "text", "unknown_code"),
    ("]Q1", "unreadable", "text", "bad_content"),
    ("]C1", "unreadable", "text", "bad_content"),
    (f"]C1{FNC1}", "unreadable", "gs1_element_string", "bad_content"),
    (FNC1, "unreadable", "gs1_element_string", "bad_content"),
    (f"]C1{EAN}", "unreadable", "gs1_element_string", "missing_key"),
    ("9521234543214", "unreadable", "gtin", "bad_check_digit"),
    ("0000000000000", "unreadable", "gtin", "bad_content"),
    ("00000000", "unreadable", "gtin", "bad_content"),
    ("000000000000000000", "unreadable", "sscc", "bad_content"),
    ("095212345400000015", "unreadable", "sscc", "bad_check_digit"),
    ("0109521234543214" + "10LOT42", "unreadable", "gs1_element_string", "bad_check_digit"),
    ("2610001005004", "unreadable", "in_store", "bad_check_digit"),
    ("2510001005006", "unreadable", "in_store", "no_in_store_rule"),
    ("02510001005006", "unreadable", "in_store", "no_in_store_rule"),
    (f"(01){GTIN}(10)", "unreadable", "gs1_hri", "bad_content"),
    ("(10)LOT42(17)261231", "unreadable", "gs1_hri", "missing_key"),
    (f"(01){GTIN}(89)A", "unreadable", "gs1_hri", "bad_content"),
    (f"(01){GTIN}(10)A\nB", "unreadable", "text", "bad_content"),
    ("ftp://a/01/" + GTIN, "not_trace_code", "url", "unknown_url"),
    ("zalo://qr/p/1", "not_trace_code", "url", "unknown_url"),
    ("01/123456789", "not_trace_code", "url", "unknown_url"),
    ("https://", "unreadable", "url", "bad_content"),
    ("https://a b/01/" + GTIN, "unreadable", "url", "bad_content"),
    (f"https://{PROVINCE}/tin-tuc", "not_trace_code", "url", "record_page"),
    ("https://txng.lamdong.example:8080/sp/1", "not_trace_code", "url", "foreign_page"),
    ("https://txng.lamdong.example./sp/1", "not_trace_code", "url", "foreign_page"),
    ("https://tem.congty.example/x", "not_trace_code", "url", "commercial_page"),
    ("https://cu.example/x", "not_trace_code", "url", "dead_page"),
    ("https://tem.cantho.example/gioi-thieu", "not_trace_code", "url", "foreign_page"),
    ("https://tem.cantho.example/t/%00", "not_trace_code", "url", "foreign_page"),
    ("https://txng.lamdong.example.ke-gian.example/sp/1", "not_trace_code", "url", "unknown_url"),
    ("https://la.example", "not_trace_code", "url", "unknown_url"),
    ("https://id.gs1.org/CxBCUPJh5MpZyfGwuf43g", "not_trace_code", "compressed_link", "compressed_link"),
    (f"https://{PROVINCE}/CxBCUPJh5MpZyfGwuf43g?a=1", "not_trace_code", "compressed_link", "compressed_link"),
    ("https://txng.lamdong.example/CxBCUPJh5MpZyfGwuf43g", "not_trace_code", "url", "foreign_page"),
    (f"HTTPS://{OWN.upper()}/R/2BCFGHJKLMNPQRSTVXZ0", "not_trace_code", "url", "own_page"),
    (f"https://{OWN}/s/2BCFGHJKLMNPQRSTVXZ0", "not_trace_code", "url", "own_page"),
    ("https://127.0.0.1:8443/m", "not_trace_code", "url", "own_page"),
    (f"https://{OWN}/m?c=1", "not_trace_code", "url", "own_page"),
    (f"https://{OWN}/mo", "not_trace_code", "url", "unknown_url"),
    (f"https://{OWN}/robots.txt", "not_trace_code", "url", "unknown_url"),
    ("https://la.example/r/2BCFGHJKLMNPQRSTVXZ0", "not_trace_code", "url", "unknown_url"),
    ("M1-26-MNZLR-00000001968", "not_trace_code", "einvoice_qr", "einvoice_qr"),
    ("00020101021138570010A0000007276304ABCD", "not_trace_code", "payment_qr", "payment_qr"),
]


@pytest.mark.parametrize(("text", "kind", "key"), READS)
def test_a_text_that_names_goods_is_ok_with_kind_and_key(text: str, kind: str, key: str | None) -> None:
    code = parse(text, RULES)
    assert (code.outcome, code.kind, code.key, code.reason) == ("ok", kind, key, None)
    assert code.raw == text


@pytest.mark.parametrize(("text", "outcome", "kind", "reason"), REFUSED)
def test_a_text_that_names_none_says_why_and_carries_no_key(text: str, outcome: str, kind: str, reason: str) -> None:
    code = parse(text, RULES)
    assert (code.outcome, code.kind, code.reason) == (outcome, kind, reason)
    assert code.key is None


def test_a_digital_link_of_our_own_host_is_goods_not_a_page_of_ours() -> None:
    code = parse(f"https://{OWN}/01/{GTIN}/10/LOT42", RULES)
    assert (code.outcome, code.key, code.host) == ("ok", LOT, OWN)


@pytest.mark.parametrize("mark", ["]X9", "]Z0", "]L0"])
def test_a_prefix_nobody_knows_is_taken_off_with_a_warning(mark: str) -> None:
    code = parse(mark + EAN, RULES)
    assert (code.outcome, code.key, code.warnings) == ("ok", f"01/{GTIN}", ("unknown_symbology",))


def test_the_longest_text_is_still_read_and_signs_around_it_do_not_count() -> None:
    link = f"https://{PROVINCE}/01/{GTIN}?a="
    longest = link + "x" * (2048 - len(link))
    assert parse(f"  {longest}\r\n", RULES).outcome == "ok"
    assert parse(longest + "x", RULES).reason == "too_long"


def test_of_a_text_too_long_only_its_beginning_is_kept() -> None:
    assert parse("A" * 100_000, RULES).raw == "A" * 2048
    assert len(parse(" " * 100_000, RULES).raw) == 7100


def test_a_code_behind_a_known_host_keeps_host_and_code() -> None:
    code = parse("https://TEM.cantho.example/t/A7", RULES)
    assert (code.host, code.code, code.key) == ("tem.cantho.example", "A7", "ct:A7")
