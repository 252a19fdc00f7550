"""Words of printed slips, exactly as USERS parts 4 and 5 give them."""

import pytest

from pos_trace.core.vocabulary import slips

USERS = {
    "receiving": "PHIẾU NHẬN HÀNG",
    "delivery_note": "PHIẾU GIAO HÀNG",
    "sale": "PHIẾU BÁN HÀNG",
    "trace": "THÔNG TIN TRUY XUẤT NGUỒN GỐC",
    "adjustment": "Phiếu điều chỉnh",
    "day_end": "PHIẾU CHỐT NGÀY",
    "hand_over": "Giao ca",
    "recall": "HÀNG THU HỒI – KHÔNG ĐƯỢC BÁN",
}


@pytest.mark.parametrize("kind", slips.TITLES)
def test_each_slip_has_its_name_in_both_languages(kind: str) -> None:
    assert slips.TITLES[kind] == USERS[kind]
    assert slips.TITLES_EN[kind]


def test_no_slip_is_missing_a_name() -> None:
    assert set(slips.TITLES) == set(slips.TITLES_EN) == set(USERS)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (slips.QR_CAPTION, ("MÃ TRUY XUẤT", "(không phải mã thanh toán)")),
        (slips.QR_HINT, "Mở camera hoặc Zalo để xem"),
        (slips.QR_DELIVERY_HINT, "Quét để nhận hàng"),
        (slips.TYPED_HINT.format(host="x.example", code="BCF7-KQ2M-X9"), "hoặc vào x.example gõ: BCF7-KQ2M-X9"),
        (slips.NO_INVOICE, "Không thay hóa đơn"),
        (slips.TOTAL, "Cộng"),
        (slips.ESTIMATED, "ước tính"),
        (slips.REPRINT.format(copy=2, moment="05:12 24/11/2026"), "BẢN IN LẠI (lần 2) 05:12 24/11/2026"),
        (slips.PRACTICE, "BẢN TẬP DÙNG"),
        (slips.DEMO, "DỮ LIỆU MẪU – KHÔNG CÓ GIÁ TRỊ"),
        (slips.KEPT_UNTIL.format(month="11/2031"), "Bản điện tử lưu đến 11/2031"),
        (
            slips.SET_ASIDE_UNTIL.format(moment="02:31 25/11/2026"),
            "Để riêng, chưa bán. Bổ sung trước 02:31 25/11/2026",
        ),
        (slips.RECORDS_AS_OF.format(moment="02:10 24/11/2026"), "Dữ liệu tỉnh lúc 02:10 24/11/2026"),
        (slips.SIGNED_BY, ("Người giao ký", "Người nhận ký")),
        (slips.COPY.format(copy=1, copies=2), "Liên 1/2"),
        (slips.LOT.format(label="MD2611-07"), "lô MD2611-07"),
    ],
)
def test_each_line_of_paper_is_worded_as_the_people_know_it(word: object, text: object) -> None:
    assert word == text


@pytest.mark.parametrize(("candidates", "words"), [(0, ""), (1, ""), (2, "một trong 2 lô"), (11, "một trong 11 lô")])
def test_one_lot_of_several_is_said_so(candidates: int, words: str) -> None:
    assert slips.lot_words(candidates) == words
