"""The closed list of reasons: effect, how far a site may move it, words, next step (CONTRACTS, USERS part 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal

from pos_trace.core.errors import Misconfigured

EFFECTS: Final = ("note", "warn", "hold", "block")


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """``text`` has fields in braces, filled from the facts of the case; ``bare`` stands when facts are missing.

    ``least`` and ``most`` bound what configuration may make of ``effect``. Empty words are never shown to anybody.
    """

    effect: str
    text: str
    bare: str
    en: str
    next: str
    least: str
    most: str


def _plain(effect: str, text: str, en: str, step: str, least: str, most: str) -> ReasonWords:
    """A reason that needs no facts."""
    return ReasonWords(effect, text, text, en, step, least, most)


def _warn(text: str, bare: str, en: str, step: str) -> ReasonWords:
    """A doubt about a label, a paper or a count: a site may set such goods aside, or only note it."""
    return ReasonWords("warn", text, bare, en, step, "note", "hold")


def _note(text: str, bare: str, en: str) -> ReasonWords:
    """A note never changes the colour, whatever a site writes."""
    return ReasonWords("note", text, bare, en, "", "note", "note")


_OTHER: Final = ("hold", "Mã của mặt hàng khác: {goods}", "Mã của mặt hàng khác")
_SEEN: Final = "Mã này đã quét lúc {time} tại {place}"
_STAMP: Final = "Kiểm tra tem"
_RESCAN: Final = "Quét lại đúng kiện; hỏi người giao"

# in the order they are told when equally strong
REASONS: Final[Mapping[str, ReasonWords]] = {
    "recalled": ReasonWords(
        "block",
        "Hàng đang bị thu hồi (thông báo số {number})",
        "Hàng đang bị thu hồi",
        "These goods are being recalled",
        "Ngừng bán, để riêng",
        "block",
        "block",
    ),
    "expired": ReasonWords(
        "block",
        "Hết hạn sử dụng {date}",
        "Hết hạn sử dụng",
        "Past their use-by date",
        "Trả lại hoặc bỏ",
        "block",
        "block",
    ),
    "revoked": _plain(
        "block",
        "Mã đã bị hủy",
        "This code was cancelled",
        "Trả lại người giao, hoặc bổ sung giấy tờ",
        "hold",
        "block",
    ),
    "suspended": ReasonWords(
        "hold",
        "Mã đang tạm dừng hiển thị (cơ sở {facility} đang tạm dừng)",
        "Mã đang tạm dừng hiển thị",
        "This code is suspended for now",
        "Để riêng, chờ hệ thống",
        "hold",
        "block",
    ),
    "other_gtin": ReasonWords(*_OTHER, "The code belongs to another product", _RESCAN, "warn", "block"),
    "other_group": ReasonWords(*_OTHER, "The code belongs to another kind of goods", _RESCAN, "warn", "block"),
    "papers_missing": ReasonWords(
        "hold", "Cần: {papers}", "Cần giấy tờ của lô hàng", "Papers are needed", "Chụp giấy tờ", "hold", "hold"
    ),
    "certificate_lapsed": _warn(
        "Giấy chứng nhận {kind} hết hiệu lực ngày {date}",
        "Giấy chứng nhận hết hiệu lực",
        "A certificate has lapsed",
        "Hỏi giấy mới",
    ),
    "quantity_above_lot": _warn(
        "Vượt số lượng của lô (khai {declared}, đã nhận {received})",
        "Vượt số lượng của lô",
        "More was received than the lot holds",
        "Đếm lại; hỏi người giao",
    ),
    "serial_seen": _warn(_SEEN, "Mã này đã quét trước đó", "This label was scanned before", _STAMP),
    "impossible_travel": _warn(_SEEN, "Mã này vừa quét ở nơi khác", "Scanned far away shortly before", _STAMP),
    "lot_closed": _warn("Lô đã bán hết", "Lô đã bán hết", "This lot is sold out", _STAMP),
    "serial_out_of_range": _warn(
        "Số tem ngoài dải đã cấp", "Số tem ngoài dải đã cấp", "This serial number was never issued", _STAMP
    ),
    "paper_reused": _warn(
        "Giấy tờ đã dùng cho chuyến khác – cùng chuyến xe? Đang hỏi {asked}",
        "Giấy tờ đã dùng cho chuyến khác – cùng chuyến xe?",
        "This paper came with another delivery – the same truck?",
        "Trả lời có/không",
    ),
    "near_expiry": _note("Cận hạn: còn {days} ngày", "Cận hạn", "Close to their use-by date"),
    "wording_differs": _note("", "", ""),
    "not_in_records": _note(
        "Mã chưa có trong hệ thống của tỉnh",
        "Mã chưa có trong hệ thống của tỉnh",
        "The code is not in the province's records yet",
    ),
    "foreign_system": _note("Mã của hệ thống khác: {platform}", "Mã của hệ thống khác", "A code of another system"),
    "offline": _note("Mất mạng", "Mất mạng", "No network"),
    "province_silent": _note(
        "Hệ thống của tỉnh chưa trả lời", "Hệ thống của tỉnh chưa trả lời", "The province's system has not answered"
    ),
    "records_old": _note("Dữ liệu đã cũ {age}", "Chưa nhận được dữ liệu của tỉnh", "The records here are old"),
}
ORDER: Final[Mapping[str, int]] = {code: place for place, code in enumerate(REASONS)}


def reason_text(code: str, facts: Mapping[str, str], language: Literal["vi", "en"] = "vi") -> str:
    """The line of reason ``code``. Total: without the facts it needs the bare sentence stands, and a code of a newer
    version answers itself, so nothing that was sent is lost.
    """
    words = REASONS.get(code)
    if words is None:
        return code
    if language == "en":
        return words.en
    try:
        return words.text.format_map(facts)
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


def effects_from(table: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """``[effects]`` out of configuration; raises ``Misconfigured`` for unknown reasons and effects out of limits."""
    for code, effect in table.items():
        if code not in REASONS:
            near = get_close_matches(code, REASONS, 1)
            hint = f"; có phải '{near[0]}' không?" if near else ""
            raise Misconfigured("unknown_reason", f"[effects]: không có lý do '{code}'{hint}")
        if effect_of(code, table) != effect:
            words = REASONS[code]
            limits = f"chỉ được từ '{words.least}' đến '{words.most}'"
            raise Misconfigured("effect_out_of_limits", f"[effects] {code} = '{effect}': {limits}")
    return tuple(table.items())
