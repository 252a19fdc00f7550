"""Words of printed slips, Vietnamese exactly as USERS parts 4 and 5 give them, English for visitors."""

from collections.abc import Mapping
from typing import Final

# kind of slip → title
TITLES: Final[Mapping[str, str]] = {
    "receiving": "PHIẾU NHẬN HÀNG",
    "delivery_note": "PHIẾU GIAO HÀNG",
    "sale": "PHIẾU BÁN HÀNG",
    "trace": "THÔNG TIN TRUY XUẤT NGUỒN GỐC",
    "adjustment": "Phiếu điều chỉnh",
    "day_end": "PHIẾU CHỐT NGÀY",
    "hand_over": "Giao ca",
    "recall": "HÀNG THU HỒI – KHÔNG ĐƯỢC BÁN",
}
TITLES_EN: Final[Mapping[str, str]] = {
    "receiving": "Receiving slip",
    "delivery_note": "Delivery note",
    "sale": "Sale slip",
    "trace": "Where it comes from",
    "adjustment": "Adjustment",
    "day_end": "Day-end slip",
    "hand_over": "Shift hand-over",
    "recall": "Recalled goods – not for sale",
}
QR_CAPTION: Final = ("MÃ TRUY XUẤT", "(không phải mã thanh toán)")
QR_HINT: Final = "Mở camera hoặc Zalo để xem"
QR_DELIVERY_HINT: Final = "Quét để nhận hàng"
QR_PART: Final = "Mã {part}/{parts}"
NO_PAYMENT: Final = "(không phải mã thanh toán)"
# what kind of delivery note it is, below its title; a sale to a trader says nothing
NOTE_KINDS: Final[Mapping[str, str]] = {"internal": "Nội bộ", "correction": "Giao lại – nhận nhầm sạp"}
TYPED_HINT: Final = "hoặc vào {host} gõ: {code}"
NO_PUBLIC_ADDRESS: Final = "Chưa có trang truy xuất"
NO_INVOICE: Final = "Không thay hóa đơn"
TOTAL: Final = "Cộng"
ESTIMATED: Final = "ước tính"
REPRINT: Final = "BẢN IN LẠI (lần {copy}) {moment}"
PRACTICE: Final = "BẢN TẬP DÙNG"
DEMO: Final = "DỮ LIỆU MẪU – KHÔNG CÓ GIÁ TRỊ"
KEPT_UNTIL: Final = "Bản điện tử lưu đến {month}"
SET_ASIDE_UNTIL: Final = "Để riêng, chưa bán. Bổ sung trước {moment}"
RECORDS_AS_OF: Final = "Dữ liệu tỉnh lúc {moment}"
SIGNED_BY: Final = ("Người giao ký", "Người nhận ký")
SIGNED_BY_ONE: Final = ("Người lập ký", " ", " ")  # with room for a hand
COPY: Final = "Liên {copy}/{copies}"
CLOSED_BY_MACHINE: Final = "Chuyến do máy tự đóng"
LOT: Final = "lô {label}"
LOTS_OF_DAY: Final = "Các lô bán trong ngày"
CARD_TITLE: Final = "HÀNG HÔM NAY"
LABEL_HINT: Final = "Quét để xem nguồn gốc"
CARD_HINT: Final = "Quét để xem hàng hôm nay"
RECEIVED_TODAY: Final = "nhận hôm nay"


def lot_words(candidates: int) -> str:
    """What a line says when its lot is one of several: ``một trong 2 lô``; of one lot, nothing."""
    return f"một trong {candidates} lô" if candidates > 1 else ""
