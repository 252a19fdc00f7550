"""The other closed lists: members as CONTRACTS has them, words in both languages, conclusions that bind."""

import pytest

from pos_trace.core.vocabulary import words, words_en
from pos_trace.core.vocabulary.words import CUSTOMER_WORDS, SCAN_MESSAGES, conclusion_text, outcome_text, scan_message

# CONTRACTS, Lists
CONTRACT = {
    "STOCK_STATES": "sellable held blocked returned_recalled closed",
    "CASE_STATES": "open sent received taken papers_asked inspected concluded transferred appealed withdrawn",
    "OUTCOMES": "complies violation criminal continue not_competent",
    "ORIGIN_FINDINGS": "cleared undetermined not_examined",
}
LISTS = [*CONTRACT, "PAPER_KINDS"]


@pytest.mark.parametrize("name", CONTRACT)
def test_a_list_has_the_contracts_members_in_its_order(name: str) -> None:
    assert " ".join(getattr(words, name)) == CONTRACT[name]


@pytest.mark.parametrize("name", LISTS)
def test_every_member_has_words_in_both_languages(name: str) -> None:
    vietnamese, english = getattr(words, name), getattr(words_en, name)
    assert list(vietnamese) == list(english)
    assert all(text.strip() for text in [*vietnamese.values(), *english.values()])
    assert not {text for text in english.values() if any(sign in "ăâđêôơư" for sign in text.casefold())}


@pytest.mark.parametrize(
    ("outcome", "number", "text"),
    [
        ("complies", None, "Chấp hành đúng"),
        ("violation", "12/BB", "Đã lập biên bản vi phạm hành chính số 12/BB"),
        ("violation", None, "Đã lập biên bản vi phạm hành chính số …"),
        ("criminal", "7", "Có dấu hiệu tội phạm – chuyển cơ quan điều tra"),
        ("continue", None, "Tiếp tục thẩm tra, xác minh"),
        ("not_competent", None, "Chuyển cơ quan có thẩm quyền"),
        ("of_a_newer_version {0}", "7", "of_a_newer_version {0}"),
    ],
)
def test_an_outcome_is_told_with_its_documents_number(outcome: str, number: str | None, text: str) -> None:
    assert outcome_text(outcome, number) == text


ASKS = "Sở Công Thương (mẫu) đề nghị tạm để riêng"


@pytest.mark.parametrize(
    ("outcome", "finding", "number", "on", "text"),
    [
        ("complies", "cleared", None, None, "Chấp hành đúng · Đã làm rõ nguồn gốc"),
        ("continue", "not_examined", None, None, "Tiếp tục thẩm tra, xác minh · Chưa xem xét nguồn gốc"),
        ("complies", "new_finding", None, None, "Chấp hành đúng · new_finding"),
        ("violation", "undetermined", None, None, ASKS),
        ("violation", "cleared", "12", None, ASKS),
        ("violation", "cleared", None, "2026-11-26", ASKS),
        ("criminal", "not_examined", "", "2026-11-26", ASKS),
        ("continue", "undetermined", None, None, ASKS),
        (
            "violation", "undetermined", "12", "2026-11-26",
            "Đã lập biên bản vi phạm hành chính số 12 · Không rõ nguồn gốc, xuất xứ",
        ),
        ("continue", "undetermined", "12", "2026-11-26", "Tiếp tục thẩm tra, xác minh · Không rõ nguồn gốc, xuất xứ"),
    ],
)  # fmt: skip
def test_words_that_bind_need_their_document_else_the_agency_asks(
    outcome: str, finding: str, number: str | None, on: str | None, text: str
) -> None:
    assert conclusion_text(outcome, finding, number, on, "Sở Công Thương (mẫu)") == text


@pytest.mark.parametrize(
    ("kind", "reason", "text"),
    [
        ("payment_qr", None, "Đây là mã thanh toán"),
        ("einvoice_qr", "bad_check_digit", "Đây là mã hóa đơn"),
        ("text", "ime_damage", "Đổi bàn phím sang English"),
        ("text", "caps_lock", "Tắt Caps Lock"),
        ("gtin", "bad_check_digit", "Mã đọc chưa rõ – quét lại"),
        ("text", "never_heard_of", "Mã đọc chưa rõ – quét lại"),
        ("text", None, "Mã đọc chưa rõ – quét lại"),
        ("text", "", "Mã đọc chưa rõ – quét lại"),
    ],
)
def test_a_reading_that_is_no_trace_code_is_told_by_what_it_is_else_by_what_is_wrong(
    kind: str, reason: str | None, text: str
) -> None:
    assert scan_message(kind, reason)[0] == text


@pytest.mark.parametrize("kind", SCAN_MESSAGES)
def test_every_such_message_says_what_to_do(kind: str) -> None:
    text, step = SCAN_MESSAGES[kind]
    assert text
    assert step.endswith(".")


def test_the_customer_is_told_kindly_why_an_item_waits() -> None:
    assert set(CUSTOMER_WORDS) == {"blocked", "held", "confirm_lot"}
    assert all("quý khách" in CUSTOMER_WORDS[state] for state in ("blocked", "held"))
