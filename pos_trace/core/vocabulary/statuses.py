"""The six statuses: large word, English, what to do next, sound (USERS part 4)."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Status:
    """One status. ``word`` is read at arm's length; ``sound`` is one of four low tones."""

    code: str
    word: str
    line: str
    en: str
    next: str
    sound: str


VERIFIED: Final = Status(
    "verified",
    "KHỚP HỒ SƠ",
    "Đúng với hồ sơ lô hàng trên hệ thống của tỉnh",
    "Matches the province's lot record",
    "Nhập số lượng",
    "high short",
)
DOCUMENTED: Final = Status(
    "documented", "CÓ GIẤY TỜ", "chưa đối chiếu", "Papers complete, not compared", "Nhập số lượng", "high short"
)
ATTENTION: Final = Status("attention", "CẦN LƯU Ý", "", "Needs attention", "Xem lý do, rồi nhận", "two mid")
SET_ASIDE: Final = Status("attention", "TẠM ĐỂ RIÊNG", "", "Set aside", "Để riêng, chưa bán", "low double")
UNDETERMINED: Final = Status(
    "undetermined",
    "THIẾU GIẤY TỜ",
    "",
    "Papers missing",
    "Bổ sung giấy tờ · Trả lại người giao · Nhận và để riêng",
    "low double",
)
UNCHECKED: Final = Status(
    "unchecked",
    "CHƯA KIỂM TRA ĐƯỢC",
    "Máy sẽ tự kiểm tra lại",
    "Not checked yet",
    "Nhận; để riêng nếu nhóm hàng yêu cầu",
    "two mid",
)
BLOCKED: Final = Status("blocked", "KHÔNG BÁN", "", "Do not sell", "Trả lại người giao · Để riêng", "low long")

STATUSES: Final = (BLOCKED, UNCHECKED, UNDETERMINED, ATTENTION, SET_ASIDE, DOCUMENTED, VERIFIED)
