"""Closed lists with their words: stock, cases, outcomes, papers, scan outcomes (CONTRACTS, USERS part 4)."""

from collections.abc import Mapping
from typing import Final

STOCK_STATES: Final[Mapping[str, str]] = {
    "sellable": "Bán được",
    "held": "Tạm để riêng, chưa bán",
    "blocked": "KHÔNG BÁN",
    "returned_recalled": "Hàng thu hồi khách trả lại",
    "closed": "Hết lô",
}
CASE_STATES: Final[Mapping[str, str]] = {
    "open": "Đang mở",
    "sent": "Đã gửi",
    "received": "Đã tiếp nhận",
    "taken": "Đang thẩm tra, xác minh",
    "papers_asked": "Yêu cầu bổ sung thông tin",
    "inspected": "Đã kiểm tra",
    "concluded": "Đã kết luận",
    "transferred": "Chuyển cơ quan có thẩm quyền",
    "appealed": "Đang khiếu nại",
    "withdrawn": "Đã rút (ghi nhầm)",
}
OUTCOMES: Final[Mapping[str, str]] = {
    "complies": "Chấp hành đúng",
    "violation": "Đã lập biên bản vi phạm hành chính số {number}",
    "criminal": "Có dấu hiệu tội phạm – chuyển cơ quan điều tra",
    "continue": "Tiếp tục thẩm tra, xác minh",
    "not_competent": "Chuyển cơ quan có thẩm quyền",
}
ORIGIN_FINDINGS: Final[Mapping[str, str]] = {
    "cleared": "Đã làm rõ nguồn gốc",
    "undetermined": "Không rõ nguồn gốc, xuất xứ",
    "not_examined": "Chưa xem xét nguồn gốc",
}
PAPER_KINDS: Final[Mapping[str, str]] = {
    "bang_ke": "bảng kê",
    "hoa_don": "hóa đơn mua",
    "phieu_giao_hang": "phiếu giao hàng",
    "phieu_xuat_kho": "phiếu xuất kho",
    "hop_dong": "hợp đồng mua bán",
    "kiem_dich": "giấy chứng nhận kiểm dịch",
    "attp": "giấy chứng nhận đủ điều kiện ATTP",
    "cam_ket_attp": "bản cam kết ATTP",
    "chuoi_an_toan": "giấy xác nhận chuỗi an toàn",
    "to_khai_hai_quan": "tờ khai hải quan",
    "co": "chứng nhận xuất xứ (C/O)",
    "phieu_kiem_nghiem": "phiếu kiểm nghiệm",
    "khac": "giấy tờ khác",
}
# papers that name the goods of a truck, not one buyer: stalls on the same arrival share them, their quantity held
SHARED_PAPERS: Final = ("kiem_dich", "to_khai_hai_quan", "phieu_xuat_kho")
PAPER_FIELDS: Final[Mapping[str, str]] = {"number": "số", "issued_on": "ngày", "issuer": "nơi cấp"}
# kind or reason of a reading that is no trace code → what the screen says, what to do
SCAN_MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    "payment_qr": ("Đây là mã thanh toán", "Quét mã truy xuất trên kiện hàng."),
    "einvoice_qr": ("Đây là mã hóa đơn", "Quét mã truy xuất trên kiện hàng."),
    "transfer_slip": ("Mã phiếu giao hàng chưa đọc được", "Giữ máy thẳng, đủ sáng rồi quét lại."),
    "own_page": ("Đây là mã trên phiếu bán hàng", "Quét mã truy xuất trên kiện hàng."),
    "unknown_url": ("Mã dẫn tới một trang khác", "Quét mã truy xuất, hoặc nhận như hàng không có mã."),
    "foreign_page": ("Mã của hệ thống khác", "Nhận như hàng không có mã, kèm giấy tờ."),
    "commercial_page": ("Mã dẫn tới trang của một công ty", "Quét mã truy xuất, hoặc nhận như hàng không có mã."),
    "dead_page": ("Mã của trang đã ngừng chạy", "Nhận như hàng không có mã, kèm giấy tờ."),
    "record_page": ("Mã của tỉnh nhưng thiếu số lô", "Quét mã trên kiện hàng, hoặc gõ mã."),
    "compressed_link": ("Mã rút gọn, máy chưa đọc được", "Gõ mã in bên cạnh, hoặc nhận như hàng không có mã."),
    "ime_damage": ("Đổi bàn phím sang English", "Tắt bộ gõ tiếng Việt rồi quét lại."),
    "full_width": ("Đổi bàn phím sang English", "Tắt bộ gõ rồi quét lại."),
    "caps_lock": ("Tắt Caps Lock", "Tắt Caps Lock rồi quét lại."),
    "bad_check_digit": ("Mã đọc chưa rõ – quét lại", "Lau tem, giữ máy thẳng rồi quét lại."),
    "lost_separator": ("Mã đọc chưa rõ – quét lại", "Máy quét bỏ mất dấu ngăn; quét lại hoặc gõ mã."),
    "missing_key": ("Mã chưa đủ để tra", "Quét mã khác trên kiện hàng, hoặc gõ mã."),
    "conflict": ("Các phần của mã không khớp nhau", "Quét mã khác trên kiện hàng, hoặc gõ mã."),
    "no_in_store_rule": ("Đây là mã cân của một quầy", "Quét mã truy xuất trên kiện hàng."),
    "unknown_code": ("Đây không phải mã truy xuất", "Quét mã khác, hoặc nhận như hàng không có mã."),
    "too_long": ("Mã quá dài, không phải mã truy xuất", "Quét mã khác, hoặc nhận như hàng không có mã."),
    "several_codes": ("Ảnh có nhiều mã", "Chụp gần hơn, chỉ một mã."),
    "no_code": ("Không thấy mã trong ảnh", "Chụp lại giúp ảnh rõ hơn."),
    "too_dark": ("Ảnh tối quá", "Chụp lại giúp ảnh rõ hơn, bật đèn."),
    "too_blurred": ("Ảnh bị mờ", "Chụp lại giúp ảnh rõ hơn, giữ chắc tay."),
    "": ("Mã đọc chưa rõ – quét lại", "Quét lại, hoặc gõ mã."),
}
# what a receiver reads after scanning a delivery note's code: what happened, what to do next
SLIP_MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    "accepted": ("ĐÃ NHẬN PHIẾU", "Hàng của {words} đã vào chuyến. Đếm lại; thiếu hoặc hỏng thì bấm Trả lại."),
    "as_paper": ("ĐÃ NHẬN PHIẾU", "Chưa kiểm tra được chữ ký của {words}: máy giữ như giấy tờ và tự kiểm tra sau."),
    "not_listed": ("ĐÃ NHẬN PHIẾU", "Danh sách của tỉnh chưa có {words}: phiếu này chưa tính là giấy tờ."),
    "already": ("PHIẾU ĐÃ QUÉT", "Phiếu của {words} đã nhận rồi, không tính thêm."),
    "partial": ("CÒN MÃ CHƯA QUÉT", "Quét tiếp: còn {words}."),
    "preview": ("PHIẾU GIAO HÀNG", "Phiếu của {words}."),
    "other_stall": ("PHIẾU CỦA SẠP KHÁC", "Phiếu ghi giao cho {words}. Hỏi lại người giao trước khi nhận."),
    "bad_signature": ("CHƯA NHẬN", "Mã giao hàng đọc được nhưng chữ ký không đúng. Hỏi lại người giao."),
}
REQUEST_WITHOUT_DOCUMENT: Final = "{agency} đề nghị tạm để riêng"
# what the till tells the customer, per stock state of the lot (USERS part 1, decision 5)
CUSTOMER_WORDS: Final[Mapping[str, str]] = {
    "blocked": "Mặt hàng này đang tạm ngừng bán. Xin quý khách chọn mặt hàng khác.",
    "held": "Mặt hàng này đang để riêng, chưa bán. Xin quý khách chọn mặt hàng khác.",
    "confirm_lot": "Xem số lô trên gói rồi chạm đúng lô.",
}


def outcome_text(outcome: str, number: str | None) -> str:
    """An outcome's words; a violation names its document. One of a newer version answers itself, as it is."""
    words = OUTCOMES.get(outcome)
    return outcome if words is None else words.format(number=number or "…")


def conclusion_text(outcome: str, finding: str, number: str | None, on: str | None, agency: str) -> str:
    """A conclusion as the stall reads it. Words that bind need the document's number and date (USERS part 1,
    decision 14); without both it is the agency's request to set the goods aside.
    """
    binds = outcome in ("violation", "criminal") or finding == "undetermined"
    if binds and not (number and on):
        return REQUEST_WITHOUT_DOCUMENT.format(agency=agency)
    return f"{outcome_text(outcome, number)} · {ORIGIN_FINDINGS.get(finding, finding)}"


def scan_message(kind: str, reason: str | None) -> tuple[str, str]:
    """What to say of a reading that is no trace code, and what to do: by what it is, else by what is wrong."""
    return SCAN_MESSAGES.get(kind) or SCAN_MESSAGES.get(reason or "") or SCAN_MESSAGES[""]
