"""The six statuses: large word, small line, English, what to do next, look and sound (USERS part 4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pos_trace.core.vocabulary.times import near


@dataclass(frozen=True, slots=True)
class Status:
    """One status. ``word`` is read at arm's length; ``sound`` is one of four low tones; ``tone`` good | warn | hold |
    bad, or empty where nothing is known; ``symbol`` says the same without colour.
    """

    code: str
    word: str
    line: str
    en: str
    next: str
    sound: str
    tone: str
    symbol: str


VERIFIED: Final = Status(
    "verified",
    "KHỚP HỒ SƠ",
    "Đúng với hồ sơ lô hàng trên hệ thống của tỉnh",
    "Matches the province's lot record",
    "Nhập số lượng",
    "high short",
    "good",
    "✓",
)
DOCUMENTED: Final = Status(
    "documented",
    "CÓ GIẤY TỜ",
    "chưa đối chiếu",
    "Papers shown, not compared yet",
    "Nhập số lượng",
    "high short",
    "good",
    "▤",
)
ATTENTION: Final = Status(
    "attention", "CẦN LƯU Ý", "", "Please note", "Xem lý do, rồi nhận", "two mid", "warn", "!"
)  # fmt: skip
SET_ASIDE: Final = Status(
    "attention", "TẠM ĐỂ RIÊNG", "", "Set aside", "Để riêng, chưa bán", "low double", "hold", "■"
)  # fmt: skip
UNDETERMINED: Final = Status(
    "undetermined",
    "THIẾU GIẤY TỜ",
    "",
    "Papers missing",
    "Bổ sung giấy tờ · Trả lại người giao · Nhận và để riêng",
    "low double",
    "hold",
    "■",
)
UNCHECKED: Final = Status(
    "unchecked",
    "CHƯA KIỂM TRA ĐƯỢC",
    "Máy sẽ tự kiểm tra lại",
    "Not checked yet",
    "Nhận; để riêng nếu nhóm hàng yêu cầu",
    "two mid",
    "",
    "…",
)
BLOCKED: Final = Status(
    "blocked", "KHÔNG BÁN", "", "Do not sell", "Trả lại người giao · Để riêng", "low long", "bad", "✕"
)  # fmt: skip

STATUSES: Final = (BLOCKED, UNCHECKED, UNDETERMINED, ATTENTION, SET_ASIDE, DOCUMENTED, VERIFIED)
BY_CODE: Final = {status.code: status for status in STATUSES if status is not SET_ASIDE}


def status_line(status: Status, as_of: datetime | None, now: datetime) -> str:
    """The small line under the word; for a match it says of when the records are: ``(cập nhật 02:40)``."""
    if status is not VERIFIED or as_of is None:
        return status.line
    return f"{status.line} (cập nhật {near(as_of, now)})"
