"""The closed list of reasons: effects as CONTRACTS has them, words as USERS part 4 has them, moved within limits."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.errors import Misconfigured
from pos_trace.core.vocabulary.reasons import EFFECTS, ORDER, REASONS, effect_of, effects_from, reason_text

# CONTRACTS, Lists
CONTRACT = {
    "block": "recalled expired revoked",
    "hold": "suspended other_gtin other_group papers_missing",
    "warn": "certificate_lapsed quantity_above_lot serial_seen impossible_travel lot_closed serial_out_of_range "
    "paper_reused",
    "note": "near_expiry wording_differs not_in_records foreign_system offline province_silent records_old",
}
# USERS part 4: code → line with its facts, next step
USERS = {
    "recalled": ("Hàng đang bị thu hồi (thông báo số TH-1)", "Ngừng bán, để riêng", {"number": "TH-1"}),
    "revoked": ("Mã đã bị hủy", "Trả lại người giao, hoặc bổ sung giấy tờ", {}),
    "expired": ("Hết hạn sử dụng 20/11/2026", "Trả lại hoặc bỏ", {"date": "20/11/2026"}),
    "suspended": ("Mã đang tạm dừng hiển thị", "Để riêng, chờ hệ thống", {}),
    "other_gtin": ("Mã của mặt hàng khác: Cà rốt", "Quét lại đúng kiện; hỏi người giao", {"goods": "Cà rốt"}),
    "other_group": ("Mã của mặt hàng khác: Cà rốt", "Quét lại đúng kiện; hỏi người giao", {"goods": "Cà rốt"}),
    "papers_missing": (
        "Cần: bảng kê hoặc hóa đơn mua, số, ngày",
        "Chụp giấy tờ",
        {"papers": "bảng kê hoặc hóa đơn mua, số, ngày"},
    ),
    "certificate_lapsed": (
        "Giấy chứng nhận VietGAP hết hiệu lực ngày 12/11/2026",
        "Hỏi giấy mới",
        {"kind": "VietGAP", "date": "12/11/2026"},
    ),
    "quantity_above_lot": (
        "Vượt số lượng của lô (khai 400 kg, đã nhận 550 kg)",
        "Đếm lại; hỏi người giao",
        {"declared": "400 kg", "received": "550 kg"},
    ),
    "serial_seen": (
        "Mã này đã quét lúc 02:10 tại sạp A-12",
        "Kiểm tra tem",
        {"time": "02:10", "place": "sạp A-12"},
    ),
    "impossible_travel": (
        "Mã này đã quét lúc 02:10 tại Quảng Ngãi",
        "Kiểm tra tem",
        {"time": "02:10", "place": "Quảng Ngãi"},
    ),
    "lot_closed": ("Lô đã bán hết", "Kiểm tra tem", {}),
    "serial_out_of_range": ("Số tem ngoài dải đã cấp", "Kiểm tra tem", {}),
    "paper_reused": ("Giấy tờ đã dùng cho chuyến khác – cùng chuyến xe?", "Trả lời có/không", {}),
    "near_expiry": ("Cận hạn: còn 1 ngày", "", {"days": "1"}),
    "wording_differs": ("", "", {}),
    "not_in_records": ("Mã chưa có trong hệ thống của tỉnh", "", {}),
    "foreign_system": ("Mã của hệ thống khác: Lâm Đồng", "", {"platform": "Lâm Đồng"}),
    "offline": ("Mất mạng", "", {}),
    "province_silent": ("Hệ thống của tỉnh chưa trả lời", "", {}),
    "records_old": ("Dữ liệu đã cũ 3 ngày", "", {"age": "3 ngày"}),
}


def test_the_list_and_its_effects_are_the_contracts() -> None:
    assert {code: words.effect for code, words in REASONS.items()} == {
        code: effect for effect, codes in CONTRACT.items() for code in codes.split()
    }


def test_the_order_is_strongest_first() -> None:
    ranks = [EFFECTS.index(words.effect) for words in REASONS.values()]
    assert ranks == sorted(ranks, reverse=True)
    assert sorted(ORDER.values()) == list(range(len(REASONS)))


@pytest.mark.parametrize("code", REASONS)
def test_each_reason_is_told_in_the_peoples_words(code: str) -> None:
    line, step, facts = USERS[code]
    assert reason_text(code, facts) == line
    assert REASONS[code].next == step


@pytest.mark.parametrize("code", [code for code in REASONS if code != "wording_differs"])
def test_each_reason_has_words_in_both_languages_and_without_its_facts(code: str) -> None:
    bare, english = reason_text(code, {}), reason_text(code, {}, "en")
    assert bare
    assert "{" not in bare
    assert english
    assert english.replace("–", "-").isascii()
    assert reason_text(code, USERS[code][2], "en") == english


@pytest.mark.parametrize("code", [code for code, words in REASONS.items() if words.effect != "note"])
def test_what_changes_the_colour_says_what_to_do(code: str) -> None:
    assert REASONS[code].next


def test_a_reason_of_a_newer_version_answers_itself() -> None:
    assert reason_text("moon_phase", {"x": "1"}) == reason_text("moon_phase", {}, "en") == "moon_phase"


@given(st.sampled_from(sorted(REASONS)), st.dictionaries(st.sampled_from(["goods", "date", "time"]), st.text()))
def test_a_line_is_always_told_whatever_facts_there_are(code: str, facts: dict[str, str]) -> None:
    told = reason_text(code, facts)
    fields = re.findall(r"{(\w+)}", REASONS[code].text)
    assert told == (REASONS[code].text.format(**facts) if set(fields) <= set(facts) else REASONS[code].bare)


@pytest.mark.parametrize(
    ("code", "wanted", "effect"),
    [
        ("serial_seen", "hold", "hold"),
        ("serial_seen", "note", "note"),
        ("serial_seen", "block", "hold"),
        ("revoked", "hold", "hold"),
        ("revoked", "warn", "hold"),
        ("recalled", "note", "block"),
        ("expired", "hold", "block"),
        ("suspended", "block", "block"),
        ("suspended", "note", "hold"),
        ("other_gtin", "warn", "warn"),
        ("other_group", "note", "warn"),
        ("papers_missing", "block", "hold"),
        ("offline", "block", "note"),
        ("offline", "loud", "note"),
    ],
)
def test_a_site_moves_an_effect_within_its_limits(code: str, wanted: str, effect: str) -> None:
    assert effect_of(code, {code: wanted}) == effect
    assert effect_of(code, {}) == REASONS[code].effect


@pytest.mark.parametrize("code", REASONS)
def test_every_default_lies_within_its_own_limits(code: str) -> None:
    words = REASONS[code]
    assert EFFECTS.index(words.least) <= EFFECTS.index(words.effect) <= EFFECTS.index(words.most)
    assert effects_from({code: words.effect}) == ((code, words.effect),)


@pytest.mark.parametrize(
    ("table", "code", "detail"),
    [
        (
            {"serial_sen": "hold"},
            "unknown_reason",
            "[effects]: không có lý do 'serial_sen'; có phải 'serial_seen' không?",
        ),
        ({"zzzz": "hold"}, "unknown_reason", "[effects]: không có lý do 'zzzz'"),
        (
            {"offline": "hold"},
            "effect_out_of_limits",
            "[effects] offline = 'hold': chỉ được từ 'note' đến 'note'",
        ),
        (
            {"serial_seen": "hold", "recalled": "note"},
            "effect_out_of_limits",
            "[effects] recalled = 'note': chỉ được từ 'block' đến 'block'",
        ),
        (
            {"serial_seen": "loud"},
            "effect_out_of_limits",
            "[effects] serial_seen = 'loud': chỉ được từ 'note' đến 'hold'",
        ),
    ],
)
def test_effects_nobody_may_set_stop_the_start(table: dict[str, Any], code: str, detail: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        effects_from(table)
    assert (refused.value.code, refused.value.detail) == (code, detail)


@given(st.dictionaries(st.sampled_from(sorted(REASONS)), st.sampled_from([*EFFECTS, "loud"])))
def test_no_configuration_makes_a_recall_weaker_or_a_note_change_the_colour(moved: dict[str, str]) -> None:
    assert effect_of("recalled", moved) == effect_of("expired", moved) == "block"
    for code, words in REASONS.items():
        rank = EFFECTS.index(effect_of(code, moved))
        assert EFFECTS.index(words.least) <= rank <= EFFECTS.index(words.most)
        assert words.effect != "note" or rank == 0
