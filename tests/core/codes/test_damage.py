"""What keyboards do to a scan: typed separators are put right, everything else is named and never guessed at."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pos_trace.core.codes import BUILTIN, parse
from pos_trace.core.vocabulary.words import SCAN_MESSAGES
from tests.core.codes.labels import FNC1, GTIN, OWN, PROVINCE, RULES

TYPED = ("<GS>", "{GS}", "[GS]", "␝", "è", "^]", "\x1e", "<FNC1>", "\\x1d", "\\u001d")
DAMAGED = [
    # input methods: an accent, a horn or a stroke where a scanner sends plain signs
    ("https://txng.quangngai.example/01/09521234543213/10/LÔT42", "ime_damage"),
    ("truỹuat.example/t/12", "ime_damage"),
    ("gs1.ỏg", "ime_damage"),
    ("ơC10109521234543213", "ime_damage"),
    ("kt:CT-2611-0042đ", "ime_damage"),
    ("l\u0300o\u0302t", "ime_damage"),
    ("DDa\x08\x08Đa", "ime_damage"),
    ("aw\x08", "ime_damage"),
    ("3è0f", "ime_damage"),
    ("36è01", "ime_damage"),
    (f"01{GTIN}10Lèx", "ime_damage"),
    ("https://txng.quangngai.example/thè", "ime_damage"),
    # Vietnamese sentences out of a photographed QR are no damaged code: no keyboard is to blame
    ("Mã lô: ĐH-83820; SP: Cà phê Đăk Hà; HTX Công Bằng; NSX: 21/10/2026", "unknown_code"),
    ("rau sạch xã Đăk Hà", "unknown_code"),
    ("rau sạch xã Hà", "unknown_code"),
    ("LÔ ĐH-83820", "ime_damage"),
    (f"(01) {GTIN} (10) LÔT", "ime_damage"),
    # full-width signs of East Asian input methods: biip reads them as digits (defect 8)
    ("９５２１２３４５４３２１３", "full_width"),
    ("（01）09521234543213", "full_width"),
    (f"01{GTIN}\u3000", "full_width"),
    # other signs no code has
    ("ЛОТ42", "bad_content"),
    ("€", "bad_content"),
    ("A\x00B", "bad_content"),
    ("A\x7fB", "bad_content"),
    ("A\x1bB", "bad_content"),
    ("A\nB", "bad_content"),
    ("\ud800", "bad_content"),
    # capitals and small letters the wrong way round
    ("hTTPS://TXNG.QUANGNGAI.EXAMPLE/01/09521234543213", "caps_lock"),
    ("hTTP://A/", "caps_lock"),
    (f"https://{PROVINCE}/01/{GTIN}/10/LOT42".swapcase(), "caps_lock"),
    (f"https://{PROVINCE}/01/{GTIN}/10/A%2FB?17=261231".swapcase(), "caps_lock"),
    (f"]C101{GTIN}10LOT42".swapcase(), "caps_lock"),
    (f"]d201{GTIN}10LOT42".swapcase(), "caps_lock"),
    (f"]Q1https://{PROVINCE}/01/{GTIN}".swapcase(), "caps_lock"),
    ("kt:CT-2611-0042".swapcase(), "caps_lock"),
    ("VN-DLOR-0123".swapcase(), "caps_lock"),
    ("PT1:6BFOXN".swapcase(), "caps_lock"),
]
UNHURT = [
    f"HTTPS://{PROVINCE.upper()}/01/{GTIN}/10/LOT42",
    f"HTTPS://{PROVINCE.upper()}/01/{GTIN}/10/A%2fB",
    f"HTTPS://{PROVINCE.upper()}/01/{GTIN}/10/Lot42",
    f"HTTPS://{PROVINCE}/01/{GTIN}/10/lot42",
    f"https://{PROVINCE}/01/{GTIN}/10/lot42",
    f"https://{PROVINCE}/01/{GTIN}/10/LOT42",
    f"HTTPS://{PROVINCE.upper()}/01/{GTIN}",
    f"]E0{GTIN[1:]}",
    "kt:CT-2611-0042",
]


@pytest.mark.parametrize("typed", TYPED)
def test_a_separator_typed_as_words_is_put_right_with_a_warning(typed: str) -> None:
    code = parse(f"01{GTIN}10LOT42{typed}17261231", RULES)
    assert code.elements == (("01", GTIN), ("10", "LOT42"), ("17", "261231"))
    assert (code.outcome, code.warnings) == ("ok", ("repaired_separator",))
    assert code.raw == f"01{GTIN}10LOT42{typed}17261231"


@pytest.mark.parametrize("typed", TYPED)
def test_a_typed_separator_in_front_or_behind_is_no_data(typed: str) -> None:
    for text in (f"{typed}01{GTIN}10LOT42", f"01{GTIN}10LOT42{typed}", f"]C1{typed}01{GTIN}10LOT42"):
        code = parse(text, RULES)
        assert (code.outcome, code.key, code.warnings) == ("ok", f"01/{GTIN}/10/LOT42", ("repaired_separator",))


def test_separators_are_the_configured_ones() -> None:
    from dataclasses import replace

    text = f"01{GTIN}10LOT42~17261231"
    assert parse(text, RULES).elements[1:] != (("10", "LOT42"), ("17", "261231"))
    assert parse(text, replace(BUILTIN, separators=("~",))).elements[1:] == (("10", "LOT42"), ("17", "261231"))


@pytest.mark.parametrize(("text", "reason"), DAMAGED)
def test_damage_is_named_and_nothing_is_read_out_of_it(text: str, reason: str) -> None:
    code = parse(text, RULES)
    assert (code.outcome, code.reason, code.key, code.elements) == ("unreadable", reason, None, ())


@pytest.mark.parametrize("text", UNHURT)
def test_text_without_damage_is_read(text: str) -> None:
    assert parse(text, RULES).outcome == "ok"


def test_a_receipt_under_caps_lock_is_still_known_as_ours() -> None:
    """Both ways of writing it are in use, and its signs mean the same in either case."""
    link = f"HTTPS://{OWN.upper()}/R/2BCFGHJKLMNPQRSTVXZ0"
    assert parse(link, RULES).reason == parse(link.swapcase(), RULES).reason == "own_page"


@pytest.mark.parametrize("reason", sorted({reason for _, reason in DAMAGED} - {"bad_content"}))
def test_every_kind_of_damage_has_words_for_the_receiver(reason: str) -> None:
    assert SCAN_MESSAGES[reason] != SCAN_MESSAGES[""]


@given(st.text("ăâđêôơưáàảãạýỳỹỷỵ", min_size=1, max_size=3), st.integers(0, 60))
@example("è", 3)
def test_one_vietnamese_sign_anywhere_in_a_label_names_the_input_method(sign: str, place: int) -> None:
    link = f"https://{PROVINCE}/01/{GTIN}/10/LOT42"
    assert parse(link[:place] + sign + link[place:], RULES).reason == "ime_damage"


@given(st.from_regex(r"[A-Z]{1,8}[0-9]{0,6}", fullmatch=True))
def test_caps_lock_never_changes_a_lot_unseen(lot: str) -> None:
    link = f"https://{PROVINCE}/01/{GTIN}/10/{lot}"
    code = parse(link.swapcase(), RULES)
    assert code.reason == "caps_lock"
    assert parse(link, RULES).lot == lot


@given(st.from_regex(r"[0-9]{1,20}", fullmatch=True))
def test_caps_lock_leaves_a_lot_of_digits_as_it_is(lot: str) -> None:
    link = f"https://{PROVINCE}/01/{GTIN}/10/{lot}"
    assert parse(link.swapcase(), RULES).key == parse(link, RULES).key == f"01/{GTIN}/10/{lot}"


def test_a_separator_is_not_looked_for_where_none_may_stand() -> None:
    assert parse(f"https://{PROVINCE}/01/{GTIN}/10/A{FNC1}B", RULES).outcome != "ok"
