"""Words of the first days and of the market's office: what the machine does, practice, a recall read aloud."""

from collections.abc import Mapping, Sequence
from typing import Final

SHEET_TITLE: Final = "MÁY NÀY LÀM GÌ, KHÔNG LÀM GÌ"
NO_MONEY: Final = "Máy không gửi giá bán, doanh thu, số tiền."
# heading → sentences of the first-day sheet (USERS decision 4, 2.4)
SHEET: Final[Mapping[str, Sequence[str]]] = {
    "Máy làm gì": (
        "Quét mã trên kiện hàng, nói ngay hàng có khớp hồ sơ không.",
        "Ghi sổ nhận hàng, giấy tờ kèm theo và hàng còn trong kho.",
        "In phiếu nhận hàng, phiếu bán hàng; giữ bản điện tử cho sạp.",
    ),
    "Máy không làm gì": (
        NO_MONEY,
        "Quét mã không báo ai, không mở vụ việc nào.",
        "Sạp khác không xem được gì của sạp này.",
    ),
    "Ai xem được gì": (
        "Chủ sạp: tất cả, mục 'Dữ liệu nào đã gửi đi' và 'Ai đã xem'.",
        "Ban quản lý chợ: số máy, máy in, số chuyến; không xem giá, người giao, giấy tờ.",
        "Người mua: nguồn gốc hàng trên phiếu, không có giá.",
        "{department}: hàng sạp không trả lời trong {hours} giờ, và lô đã nhận mỗi ngày.",
    ),
    "Muốn thôi dùng": (
        "'Tải sổ của tôi' lấy về mọi dữ liệu; nhờ ban quản lý chợ khóa máy của sạp.",
        "Sổ đã ghi được giữ {months} tháng theo quy định rồi mới xóa.",
    ),
}
CALL: Final = "Cần giúp, gọi: {line}"
CALL_OFFICE: Final = "Cần giúp, gặp {office}"
PRACTICE_TITLE: Final = "HẾT THỜI GIAN TẬP DÙNG"
PRACTICE_SUM: Final = "{days} ngày qua: {lines} lượt nhận, {papers} cần giấy tờ, {sent} gửi {department}"
PRACTICE_NEXT: Final = (
    "Từ hôm nay phiếu có giá trị, không còn ghi BẢN TẬP DÙNG.",
    "Hàng cần giấy tờ có {hours} giờ để bổ sung, tính từ lúc quét.",
    "Hàng đã nhận lúc tập dùng không mở vụ việc nào.",
)
NOTICE_TITLE: Final = "THÔNG BÁO THU HỒI"
STOP_SELLING: Final = "HÀNG THU HỒI – KHÔNG ĐƯỢC BÁN"
ALOUD: Final = (
    "Mời các sạp và bà con chú ý.",
    "{goods} đang bị thu hồi theo thông báo số {number} của {issuer}.",
    "Lý do: {reason}.",
    "Sạp nào còn hàng này xin ngừng bán, để riêng và báo ban quản lý chợ.",
    "{instructions}",
    "Xin nhắc lại: {goods}.",
)
KEEP_OR_RETURN: Final = "Bà con đã mua xin đừng dùng, mang trả nơi đã mua."
# where a count comes from → words
COUNT_SOURCES: Final[Mapping[str, str]] = {
    "gate": "sổ cổng",
    "supplier_slip": "phiếu của người giao",
    "stall_day": "ngày mở sạp",
}
NO_COUNT: Final = "chưa có số đếm ở cổng"
