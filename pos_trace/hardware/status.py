"""What a printer says of itself, as one code by range: 1xx fine, 2xx warning, 3xx device, 4xx driver, 5xx unknown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

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


ASK_PAPER: Final = b"\x1dr\x01"
"""GS r 1: answered when all before it is processed."""
ASK_PROCESS: Final = b"\x1d(H\x06\x0000"
"""GS ( H function 48 without its four digits: answered when all before it is on paper (Epson)."""
GREETING: Final = b"\x10\x04\x01\x10\x04\x02\x10\x04\x04"
"""DLE EOT 1, 2 and 4: answered at once, even by a printer that prints nothing, and printed by none."""
GREETED: Final = 3

Kind = Literal["process", "automatic", "paper", "now", "other"]


@dataclass(frozen=True, slots=True)
class Told:
    """One whole answer of a printer. ``start``: where in the stream; ``number``: the process id, or the byte itself."""

    kind: Kind
    start: int
    status: int
    number: int = 0


def read(data: bytes) -> list[Told]:
    """A printer's answers in order; what is only half there is left for later.

    Process ids are 37 22 d1–d4 00, automatic status 0xx1xx00 and three bytes more, answers to DLE EOT 0xx1xx10,
    answers to GS r 0xx0xxxx (Epson ESC/POS command reference). ``data`` starts where the connection did: inside a
    block a byte means something else.
    """
    told: list[Told] = []
    at = 0
    while at < len(data):
        byte = data[at]
        length = 7 if byte == 0x37 else 4 if byte & 0x93 == 0x10 else 1
        block = data[at : at + length]
        if len(block) < length:
            break
        told.append(_one(block, at))
        at += length
    return told


def _one(block: bytes, start: int) -> Told:
    byte = block[0]
    if len(block) == 7:
        known = block[1] == 0x22 and block[2:6].isdigit() and block[6] == 0
        return Told("process", start, FINE, int(block[2:6])) if known else Told("other", start, FINE)
    if len(block) == 4:
        return Told("automatic", start, _automatic(block))
    if byte & 0x93 == 0x12:
        return Told("now", start, FINE, byte)
    if byte & 0x90 == 0x00:
        return Told("paper", start, PAPER_OUT if byte & 0x0C else PAPER_LOW if byte & 0x03 else FINE)
    return Told("other", start, FINE)


def worst(told: Iterable[Told]) -> int:
    """The gravest state a printer told of."""
    return max((one.status for one in told), default=FINE)


def greeted(told: Sequence[Told]) -> int:
    """What the answers to ``GREETING`` say; ``UNKNOWN`` while they are not all there."""
    answers = [one.number for one in told if one.kind == "now"]
    if len(answers) < GREETED:
        return UNKNOWN
    state, cause, paper = answers[:GREETED]
    if cause & 0x04:
        return COVER_OPEN
    if paper & 0x60 or cause & 0x20:
        return PAPER_OUT
    if state & 0x08:
        return CUTTER if cause & 0x40 else OFFLINE
    return PAPER_LOW if paper & 0x0C else FINE


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
