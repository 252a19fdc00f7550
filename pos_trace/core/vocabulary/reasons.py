"""The closed list of reasons: effect, how far a site may move it, words, next step (CONTRACTS, USERS part 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

EFFECTS: Final = ("note", "warn", "hold", "block")


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """``text`` has fields in braces, filled from the facts of the case; ``bare`` stands when facts are missing.

    ``least`` and ``most`` bound what configuration may make of ``effect``. ``shown`` False: never told to anybody.
    """

    effect: str
    text: str
    bare: str
    en: str
    next: str = ""
    least: str = "note"
    most: str = "block"
    shown: bool = True


REASONS: Final[Mapping[str, ReasonWords]] = {
    "recalled": ReasonWords(
        "block",
        "Hàng đang bị thu hồi (thông báo số {number})",
        "Hàng đang bị thu hồi",
        "Under recall",
        "Ngừng bán, để riêng",
        "block",
    ),
    "revoked": ReasonWords(
        "block",
        "Mã đã bị hủy",
        "Mã đã bị hủy",
        "Code revoked",
        "Trả lại người giao, hoặc bổ sung giấy tờ",
        "hold",
    ),
    "expired": ReasonWords(
        "block", "Hết hạn sử dụng {date}", "Hết hạn sử dụng", "Past its expiry date", "Trả lại hoặc bỏ", "block"
    ),
    "suspended": ReasonWords(
        "hold",
        "Mã đang tạm dừng hiển thị",
        "Mã đang tạm dừng hiển thị",
        "Code suspended",
        "Để riêng, chờ hệ thống",
        "warn",
    ),
    "other_gtin": ReasonWords(
        "hold",
        "Mã của mặt hàng khác: {goods}",
        "Mã của mặt hàng khác",
        "Code of another product",
        "Quét lại đúng kiện; hỏi người giao",
        "warn",
    ),
    "other_group": ReasonWords(
        "hold",
        "Mã của mặt hàng khác: {goods}",
        "Mã của mặt hàng khác",
        "Code of another kind of goods",
        "Quét lại đúng kiện; hỏi người giao",
        "warn",
    ),
    "papers_missing": ReasonWords(
        "hold", "Cần: {papers}", "Cần giấy tờ của lô hàng", "Papers needed", "Chụp giấy tờ", "hold", "hold"
    ),
    "certificate_lapsed": ReasonWords(
        "warn",
        "Giấy chứng nhận {kind} hết hiệu lực ngày {date}",
        "Giấy chứng nhận hết hiệu lực",
        "Certificate lapsed",
        "Hỏi giấy mới",
        most="hold",
    ),
    "quantity_above_lot": ReasonWords(
        "warn",
        "Vượt số lượng của lô (khai {declared}, đã nhận {received})",
        "Vượt số lượng của lô",
        "More received than the lot holds",
        "Đếm lại; hỏi người giao",
        most="hold",
    ),
    "serial_seen": ReasonWords(
        "warn",
        "Mã này đã quét lúc {time} tại {place}",
        "Mã này đã quét trước đó",
        "Serial seen before",
        "Kiểm tra tem",
        most="hold",
    ),
    "impossible_travel": ReasonWords(
        "warn",
        "Mã này đã quét lúc {time} tại {place}",
        "Mã này đã quét ở nơi khác",
        "Seen far away shortly before",
        "Kiểm tra tem",
        most="hold",
    ),
    "lot_closed": ReasonWords(
        "warn", "Lô đã bán hết", "Lô đã bán hết", "Lot was sold out", "Kiểm tra tem", most="hold"
    ),
    "serial_out_of_range": ReasonWords(
        "warn",
        "Số tem ngoài dải đã cấp",
        "Số tem ngoài dải đã cấp",
        "Serial outside the issued range",
        "Kiểm tra tem",
        most="hold",
    ),
    "paper_reused": ReasonWords(
        "warn",
        "Giấy tờ đã dùng cho chuyến khác – cùng chuyến xe?",
        "Giấy tờ đã dùng cho chuyến khác – cùng chuyến xe?",
        "Papers used before",
        "Trả lời có/không",
        most="hold",
    ),
    "near_expiry": ReasonWords(
        "note", "Cận hạn: còn {days} ngày", "Cận hạn", "Close to expiry", most="note"
    ),
    "wording_differs": ReasonWords("note", "", "", "Wording differs", most="note", shown=False),
    "not_in_records": ReasonWords(
        "note",
        "Mã chưa có trong hệ thống của tỉnh",
        "Mã chưa có trong hệ thống của tỉnh",
        "Not in the province's records",
        most="note",
    ),
    "foreign_system": ReasonWords(
        "note",
        "Mã của hệ thống khác: {platform}",
        "Mã của hệ thống khác",
        "Code of another system",
        most="note",
    ),
    "offline": ReasonWords("note", "Mất mạng", "Mất mạng", "No connection", most="note"),
    "province_silent": ReasonWords(
        "note",
        "Hệ thống của tỉnh chưa trả lời",
        "Hệ thống của tỉnh chưa trả lời",
        "The province's system did not answer",
        most="note",
    ),
    "records_old": ReasonWords(
        "note", "Dữ liệu đã cũ {age}", "Dữ liệu đã cũ", "Records are old", most="note"
    ),
}


def reason_text(code: str, facts: Mapping[str, str]) -> str:
    """The reason's Vietnamese line; without the facts it needs, its bare form. Total for every listed code."""
    words = REASONS[code]
    try:
        return words.text.format(**facts)
    except KeyError:
        return words.bare


def effect_of(code: str, moved: Mapping[str, str]) -> str:
    """The effect in force: the default, or what the site made of it, kept within its limits."""
    words = REASONS[code]
    wanted = moved.get(code, words.effect)
    if wanted not in EFFECTS:
        return words.effect
    rank = min(max(EFFECTS.index(wanted), EFFECTS.index(words.least)), EFFECTS.index(words.most))
    return EFFECTS[rank]
