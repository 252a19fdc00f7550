"""The statuses in the peoples' words (USERS part 4): read at arm's length, heard by one person."""

from datetime import timedelta

import pytest

from pos_trace.core.vocabulary import statuses
from pos_trace.core.vocabulary.statuses import BY_CODE, STATUSES, Status, status_line
from tests.core.goods_told import NOW

# USERS part 4: large word, small line, next step, sound
USERS = {
    statuses.VERIFIED: (
        "verified",
        "KHỚP HỒ SƠ",
        "Đúng với hồ sơ lô hàng trên hệ thống của tỉnh",
        "Nhập số lượng",
        "high short",
    ),
    statuses.DOCUMENTED: ("documented", "CÓ GIẤY TỜ", "chưa đối chiếu", "Nhập số lượng", "high short"),
    statuses.ATTENTION: ("attention", "CẦN LƯU Ý", "", "Xem lý do, rồi nhận", "two mid"),
    statuses.SET_ASIDE: ("attention", "TẠM ĐỂ RIÊNG", "", "Để riêng, chưa bán", "low double"),
    statuses.UNDETERMINED: (
        "undetermined",
        "THIẾU GIẤY TỜ",
        "",
        "Bổ sung giấy tờ · Trả lại người giao · Nhận và để riêng",
        "low double",
    ),
    statuses.UNCHECKED: (
        "unchecked",
        "CHƯA KIỂM TRA ĐƯỢC",
        "Máy sẽ tự kiểm tra lại",
        "Nhận; để riêng nếu nhóm hàng yêu cầu",
        "two mid",
    ),
    statuses.BLOCKED: ("blocked", "KHÔNG BÁN", "", "Trả lại người giao · Để riêng", "low long"),
}


@pytest.mark.parametrize("status", STATUSES, ids=lambda status: status.word)
def test_each_status_is_told_in_the_peoples_words(status: Status) -> None:
    assert (status.code, status.word, status.line, status.next, status.sound) == USERS[status]


def test_the_six_codes_have_one_status_each() -> None:
    assert len(STATUSES) == len(USERS) == 7
    assert set(BY_CODE) == {"verified", "documented", "attention", "undetermined", "unchecked", "blocked"}
    assert BY_CODE["attention"] is statuses.ATTENTION


@pytest.mark.parametrize("status", STATUSES, ids=lambda status: status.word)
def test_each_status_has_english_words_a_symbol_and_a_short_word(status: Status) -> None:
    assert status.en
    assert status.en.isascii()
    assert len(status.symbol) == 1
    assert len(status.word) <= len("CHƯA KIỂM TRA ĐƯỢC")


def test_only_what_is_known_to_be_fine_looks_fine() -> None:
    assert {status for status in STATUSES if status.tone == "good"} == {statuses.VERIFIED, statuses.DOCUMENTED}
    assert statuses.UNCHECKED.tone == ""
    assert len({status.symbol for status in STATUSES} - {"■"}) == 5


@pytest.mark.parametrize(
    ("status", "ago", "line"),
    [
        (statuses.VERIFIED, timedelta(minutes=21), "Đúng với hồ sơ lô hàng trên hệ thống của tỉnh (cập nhật 02:10)"),
        (
            statuses.VERIFIED,
            timedelta(hours=3),
            "Đúng với hồ sơ lô hàng trên hệ thống của tỉnh (cập nhật 23:31 23/11/2026)",
        ),
        (statuses.VERIFIED, None, "Đúng với hồ sơ lô hàng trên hệ thống của tỉnh"),
        (statuses.DOCUMENTED, timedelta(0), "chưa đối chiếu"),
        (statuses.BLOCKED, timedelta(0), ""),
    ],
)
def test_only_a_match_says_of_when_the_records_are(status: Status, ago: timedelta | None, line: str) -> None:
    assert status_line(status, None if ago is None else NOW - ago, NOW) == line
