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
    "bang_ke": "bảng kê thu mua",
    "hoa_don": "hóa đơn mua hàng của người giao",
    "phieu_giao_hang": "phiếu giao hàng",
    "phieu_xuat_kho": "phiếu xuất kho",
    "kiem_dich": "giấy chứng nhận kiểm dịch",
    "attp": "giấy chứng nhận đủ điều kiện ATTP",
    "cam_ket_attp": "bản cam kết ATTP",
    "to_khai_hai_quan": "tờ khai hải quan",
    "co": "chứng nhận xuất xứ (C/O)",
    "phieu_kiem_nghiem": "phiếu kiểm nghiệm",
    "khac": "giấy tờ khác",
}
PAPER_FIELDS: Final[Mapping[str, str]] = {"number": "số", "issued_on": "ngày", "issuer": "nơi cấp"}
# outcome reason → what the screen says, what to do
SCAN_MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    "payment_qr": ("Đây là mã thanh toán", "Quét mã truy xuất trên kiện hàng."),
    "einvoice_qr": ("Đây là mã hóa đơn", "Quét mã truy xuất trên kiện hàng."),
    "transfer_slip": ("Đây là mã phiếu giao hàng", "Mở mục nhận phiếu giao hàng rồi quét lại."),
    "own_page": ("Đây là mã trên phiếu bán hàng", "Quét mã truy xuất trên kiện hàng."),
    "unknown_url": ("Mã dẫn tới một trang khác", "Quét mã truy xuất, hoặc nhận như hàng không có mã."),
    "compressed_link": ("Mã rút gọn, máy chưa đọc được", "Gõ mã in bên cạnh, hoặc nhận như hàng không có mã."),
    "ime_damage": ("Đổi bàn phím sang English", "Tắt bộ gõ tiếng Việt rồi quét lại."),
    "full_width": ("Đổi bàn phím sang English", "Tắt bộ gõ rồi quét lại."),
    "caps_lock": ("Tắt Caps Lock", "Tắt Caps Lock rồi quét lại."),
    "bad_check_digit": ("Mã đọc chưa rõ – quét lại", "Lau tem, giữ máy thẳng rồi quét lại."),
    "lost_separator": ("Mã đọc chưa rõ – quét lại", "Máy quét bỏ mất dấu ngăn; quét lại hoặc gõ mã."),
    "several_codes": ("Ảnh có nhiều mã", "Chụp gần hơn, chỉ một mã."),
    "no_code": ("Không thấy mã trong ảnh", "Chụp lại giúp ảnh rõ hơn."),
    "too_dark": ("Ảnh tối quá", "Chụp lại giúp ảnh rõ hơn, bật đèn."),
    "too_blurred": ("Ảnh bị mờ", "Chụp lại giúp ảnh rõ hơn, giữ chắc tay."),
    "": ("Mã đọc chưa rõ – quét lại", "Quét lại, hoặc gõ mã."),
}
REQUEST_WITHOUT_DOCUMENT: Final = "{agency} đề nghị tạm để riêng"

# Never on a machine's word, only in an inspector's conclusion with its document number.
BOUND: Final = ("vi phạm", "hàng lậu", "hàng giả", "nghi vấn", "không rõ nguồn gốc")
NEVER: Final = ("Đã xác minh", "tố cáo", "tố giác", "tạm giữ", "!")


def outcome_text(outcome: str, number: str | None) -> str:
    """The conclusion's words; a violation names its document."""
    return OUTCOMES[outcome].format(number=number or "…")
