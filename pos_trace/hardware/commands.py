"""Cuts an ESC/POS stream into commands by their length rules; what no rule knows is ``unknown``, never guessed past.

Length rules: Epson ESC/POS command reference; total length counts from the command's first byte.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

ESC, FS, GS, DLE = 0x1B, 0x1C, 0x1D, 0x10
SINGLES: Final = {0x09: "HT", 0x0A: "LF", 0x0C: "FF", 0x0D: "CR", 0x18: "CAN"}
ESC_LENGTHS: Final = {
    **dict.fromkeys(b"\x0c2<@LSimqv", 2),
    **dict.fromkeys(b" !%-3=?ACEFGJKMRTUVaderutt{", 3),
    **dict.fromkeys(b"$\\fB", 4),
    ord("c"): 4,
    ord("p"): 5,
    ord("W"): 10,
}
FS_LENGTHS: Final = {**dict.fromkeys(b"&.", 2), **dict.fromkeys(b"!-CW", 3), **dict.fromkeys(b"?Sp", 4), ord("2"): 76}
GS_LENGTHS: Final = {
    **dict.fromkeys(b":c", 2),
    **dict.fromkeys(b"!/BEHITabfhjrw", 3),
    **dict.fromkeys(b"$LPW\\", 4),
    **dict.fromkeys(b"^z", 5),
}
CUTS: Final = frozenset({0, 1, 48, 49})
FEED_CUTS: Final = frozenset({65, 66, 97, 98, 103, 104})


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name ("GS v", "text", "unknown" …), its bytes, where it begins."""

    name: str
    data: bytes
    offset: int


class Incomplete(Exception):
    """The stream ends inside a command."""


def commands(stream: bytes) -> Iterator[Command]:
    """Every command of ``stream``; a command cut off by the end comes as "unknown"."""
    at = 0
    while at < len(stream):
        try:
            name, length = _measure(stream, at)
            if at + length > len(stream):
                raise Incomplete
        except Incomplete:
            yield Command("unknown", stream[at:], at)
            return
        yield Command(name, stream[at : at + length], at)
        at += length


def _measure(s: bytes, at: int) -> tuple[str, int]:
    first = s[at]
    if first in SINGLES:
        return SINGLES[first], 1
    if first == DLE:
        return _real_time(s, at)
    if first == ESC:
        return _escape(s, at)
    if first == FS:
        return _field(s, at)
    if first == GS:
        return _group(s, at)
    if first < 0x20:
        return "unknown", 1
    end = at
    while end < len(s) and s[end] >= 0x20:
        end += 1
    return "text", end - at


def _byte(s: bytes, at: int) -> int:
    if at >= len(s):
        raise Incomplete
    return s[at]


def _word(s: bytes, at: int) -> int:
    return _byte(s, at) | _byte(s, at + 1) << 8


def _real_time(s: bytes, at: int) -> tuple[str, int]:
    kind, n = _byte(s, at + 1), _byte(s, at + 2)
    if kind == 0x04:
        return "DLE EOT", 4 if n in (7, 8, 18) else 3
    if kind == 0x05:
        return "DLE ENQ", 3
    if kind == 0x14:
        return "DLE DC4", {1: 5, 2: 5, 3: 8, 7: 4, 8: 10}.get(n, 3)
    return "unknown", 2


def _escape(s: bytes, at: int) -> tuple[str, int]:
    kind = _byte(s, at + 1)
    name = f"ESC {chr(kind)}" if kind > 0x20 else f"ESC {kind:02x}"
    if kind == ord("*"):
        mode = _byte(s, at + 2)
        each = {0: 1, 1: 1, 32: 3, 33: 3}.get(mode)
        return (name, 5 + _word(s, at + 3) * each) if each else ("unknown", 3)
    if kind == ord("D"):
        return name, _tabs(s, at)
    if kind == ord("&"):
        return name, _characters(s, at)
    if kind == ord("("):
        return name, 5 + _word(s, at + 3)
    length = ESC_LENGTHS.get(kind)
    return (name, length) if length else ("unknown", 2)


def _tabs(s: bytes, at: int) -> int:
    last = 0
    for place in range(32):
        stop = _byte(s, at + 2 + place)
        if stop == 0:
            return 3 + place
        if stop <= last:
            return 2 + place
        last = stop
    return 34


def _characters(s: bytes, at: int) -> int:
    height, first, final = _byte(s, at + 2), _byte(s, at + 3), _byte(s, at + 4)
    length = 5
    for _ in range(first, final + 1):
        length += 1 + height * _byte(s, at + length)
    return length


def _field(s: bytes, at: int) -> tuple[str, int]:
    kind = _byte(s, at + 1)
    name = f"FS {chr(kind)}"
    if kind == ord("("):
        return name, 5 + _word(s, at + 3)
    if kind == ord("q"):
        length = 3
        for _ in range(_byte(s, at + 2)):
            length += 4 + _word(s, at + length) * _word(s, at + length + 2) * 8
        return name, length
    if kind == ord("g"):
        return name, 10 + (_word(s, at + 8) if _byte(s, at + 2) == ord("1") else 0)
    length = FS_LENGTHS.get(kind, 0)
    return (name, length) if length else ("unknown", 2)


def _group(s: bytes, at: int) -> tuple[str, int]:
    kind = _byte(s, at + 1)
    name = f"GS {chr(kind)}"
    if kind == ord("V"):
        mode = _byte(s, at + 2)
        return (name, 3) if mode in CUTS else (name, 4) if mode in FEED_CUTS else ("unknown", 3)
    if kind == ord("v"):
        return name, 8 + _word(s, at + 4) * _word(s, at + 6)
    if kind == ord("("):
        return f"GS ( {chr(_byte(s, at + 2))}", 5 + _word(s, at + 3)
    if kind == ord("8"):
        return f"GS 8 {chr(_byte(s, at + 2))}", 7 + (_word(s, at + 3) | _word(s, at + 5) << 16)
    if kind == ord("*"):
        return name, 4 + 8 * _byte(s, at + 2) * _byte(s, at + 3)
    if kind == ord("Q"):
        return name, 8 + _word(s, at + 4) * _word(s, at + 6)
    if kind == ord("k"):
        return name, _barcode(s, at)
    if kind == ord("g"):
        return name, 6
    length = GS_LENGTHS.get(kind, 0)
    return (name, length) if length else ("unknown", 2)


def _barcode(s: bytes, at: int) -> int:
    system = _byte(s, at + 2)
    if system > 6:
        return 4 + _byte(s, at + 3)
    length = 3
    while _byte(s, at + length) != 0:
        length += 1
    return length + 1
