"""What a printer says of itself, as one code by range: 1xx fine, 2xx warning, 3xx device, 4xx driver, 5xx unknown."""

from dataclasses import dataclass
from typing import Final

FINE: Final = 100
PAPER_LOW: Final = 201
PAPER_OUT: Final = 301
COVER_OPEN: Final = 302
OFFLINE: Final = 303
CUTTER: Final = 304
NO_CONNECTION: Final = 401
STALLED: Final = 402
CUT_OFF: Final = 403
UNKNOWN: Final = 500

WORDS: Final = {
    FINE: "Sẵn sàng",
    PAPER_LOW: "Sắp hết giấy",
    PAPER_OUT: "Hết giấy",
    COVER_OPEN: "Nắp máy in đang mở",
    OFFLINE: "Máy in đang tắt chế độ in",
    CUTTER: "Dao cắt bị kẹt",
    NO_CONNECTION: "Không nối được tới máy in",
    STALLED: "Máy in không nhận dữ liệu",
    CUT_OFF: "Đường tới máy in bị ngắt giữa chừng",
    UNKNOWN: "Chưa rõ tình trạng máy in",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back from a printer: a status code and the process ids it confirmed."""

    status: int
    processed: tuple[int, ...]
    paper_answer: bool


def read(data: bytes) -> Answers:
    """Sort a printer's bytes: process id blocks (37 22 d1–d4 00), automatic status (4 bytes), single answers.

    Single bytes 0xx1xx10 answer DLE EOT, 0xx0xx00 answer GS r.
    """
    status, processed, paper_answer = FINE, [], False
    at = 0
    while at < len(data):
        byte = data[at]
        if byte == 0x37 and data[at + 1 : at + 2] == b"\x22" and len(data) >= at + 7:
            digits = data[at + 2 : at + 6]
            processed += [int(digits)] if digits.isdigit() else []
            at += 7
        elif byte & 0x93 == 0x10 and len(data) >= at + 4:
            status = max(status, _automatic(data[at : at + 4]))
            at += 4
        elif byte & 0x90 == 0x00:
            paper_answer = True
            status = max(status, PAPER_OUT if byte & 0x0C else PAPER_LOW if byte & 0x03 else FINE)
            at += 1
        else:
            status = max(status, OFFLINE if byte & 0x93 == 0x12 and byte & 0x08 else FINE)
            at += 1
    return Answers(status, tuple(processed), paper_answer)


def _automatic(block: bytes) -> int:
    if block[0] & 0x20:
        return COVER_OPEN
    if block[1] & 0x08:
        return CUTTER
    if block[2] & 0x0C:
        return PAPER_OUT
    if block[0] & 0x08:
        return OFFLINE
    return PAPER_LOW if block[2] & 0x03 else FINE
