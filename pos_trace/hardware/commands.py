"""Cuts an ESC/POS stream into commands by their length rules; what no rule knows is ``unknown``, never guessed past.

Length rules: Epson ESC/POS command reference; total length counts from the command's first byte. The same stream
gives the same commands however it is cut into pieces, and all commands together are the stream.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

ESC, FS, GS, DLE = 0x1B, 0x1C, 0x1D, 0x10
SINGLES: Final = {0x00: "NUL", 0x09: "HT", 0x0A: "LF", 0x0C: "FF", 0x0D: "CR", 0x18: "CAN"}
TEXT: Final = re.compile(rb"[^\x00-\x1f]+")
REAL_TIME: Final = {1: 5, 2: 5, 3: 8, 7: 4, 8: 10}
ESC_LENGTHS: Final = {
    **dict.fromkeys(b"\x0c2<@LSimqv", 2),
    **dict.fromkeys(b" !%-3=?ACEFGJKMRTUVaderut{;", 3),
    **dict.fromkeys(b"$\\fB", 4),
    ord("p"): 5,
    ord("W"): 10,
}
FS_LENGTHS: Final = {
    **dict.fromkeys(b"&.Lbc", 2),
    **dict.fromkeys(b"!-CW", 3),
    **dict.fromkeys(b"?Sp", 4),
    ord("2"): 76,
}
GS_LENGTHS: Final = {
    **dict.fromkeys(b":c", 2),
    **dict.fromkeys(b"!/BEHITabfhjrw", 3),
    **dict.fromkeys(b"$LPW\\", 4),
    **dict.fromkeys(b"^z", 5),
}
CUTS: Final = frozenset({0, 1, 48, 49})
FEED_CUTS: Final = frozenset({65, 66, 97, 98, 103, 104})
MOST_TABS: Final = 32


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name ("GS v", "text", "unknown" …), its bytes, where it begins."""

    name: str
    data: bytes
    offset: int


class Incomplete(Exception):
    """The stream, so far, ends inside a command."""


class Tokenizer:
    """Takes a stream in pieces of any size, gives every command as soon as it is whole."""

    def __init__(self) -> None:
        self._held = b""
        self._offset = 0

    def feed(self, piece: bytes) -> list[Command]:
        """The commands that are whole with ``piece``; a run of text once something else follows it."""
        self._held += piece
        return list(self._cut(final=False))

    def close(self) -> list[Command]:
        """What the stream's end leaves: the last text, or a command cut off by it as "unknown"."""
        found = list(self._cut(final=True))
        if self._held:
            found.append(Command("unknown", self._held, self._offset))
        self._offset += len(self._held)
        self._held = b""
        return found

    def _cut(self, final: bool) -> Iterator[Command]:
        at = 0
        while at < len(self._held):
            try:
                name, length = _measure(self._held, at)
            except Incomplete:
                break
            whole = at + length < len(self._held) if name == "text" and not final else at + length <= len(self._held)
            if not whole:
                break
            yield Command(name, self._held[at : at + length], self._offset + at)
            at += length
        self._held = self._held[at:]
        self._offset += at


def commands(stream: bytes) -> Iterator[Command]:
    """Every command of a whole ``stream``; one cut off by the end comes as "unknown"."""
    tokenizer = Tokenizer()
    yield from tokenizer.feed(stream)
    yield from tokenizer.close()


def _measure(s: bytes, at: int) -> tuple[str, int]:
    first = s[at]
    families = {DLE: _real_time, ESC: _escape, FS: _field, GS: _group}
    if first in families:
        return families[first](s, at)
    if first in SINGLES:
        return SINGLES[first], 1
    text = TEXT.match(s, at)
    return ("text", text.end() - at) if text else ("unknown", 1)


def _byte(s: bytes, at: int) -> int:
    if at >= len(s):
        raise Incomplete
    return s[at]


def _word(s: bytes, at: int) -> int:
    return _byte(s, at) | _byte(s, at + 1) << 8


def _real_time(s: bytes, at: int) -> tuple[str, int]:
    kind = _byte(s, at + 1)
    if kind == 0x04:
        return "DLE EOT", 4 if _byte(s, at + 2) in (7, 8, 18) else 3
    if kind == 0x05:
        return "DLE ENQ", 3
    if kind == 0x14:
        length = REAL_TIME.get(_byte(s, at + 2))
        return ("DLE DC4", length) if length else ("unknown", 3)
    return "unknown", 1


def _escape(s: bytes, at: int) -> tuple[str, int]:
    kind = _byte(s, at + 1)
    name = "ESC SP" if kind == 0x20 else f"ESC {chr(kind)}"
    if kind == ord("*"):
        each = {0: 1, 1: 1, 32: 3, 33: 3}.get(_byte(s, at + 2))
        return (name, 5 + _word(s, at + 3) * each) if each else ("unknown", 3)
    if kind == ord("D"):
        return name, _tabs(s, at)
    if kind == ord("&"):
        return name, _characters(s, at)
    if kind == ord("("):
        return name, 5 + _word(s, at + 3)
    if kind == ord("c"):
        return (name, 4) if _byte(s, at + 2) in b"01345" else ("unknown", 3)
    length = ESC_LENGTHS.get(kind)
    return (name, length) if length else ("unknown", 2)


def _tabs(s: bytes, at: int) -> int:
    last = 0
    for place in range(MOST_TABS):
        stop = _byte(s, at + 2 + place)
        if stop == 0:
            return 3 + place
        if stop <= last:
            return 2 + place
        last = stop
    return 2 + MOST_TABS


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
        way = _byte(s, at + 2)
        return (name, 10 + (_word(s, at + 8) if way == ord("1") else 0)) if way in b"12" else ("unknown", 3)
    if kind == ord("a"):
        length = {ord("0"): 4, ord("1"): 3, ord("2"): 3}.get(_byte(s, at + 2), 0)
        return (name, length) if length else ("unknown", 3)
    length = FS_LENGTHS.get(kind, 0)
    return (name, length) if length else ("unknown", 2)


def _group(s: bytes, at: int) -> tuple[str, int]:
    kind = _byte(s, at + 1)
    name = f"GS {chr(kind)}"
    if kind == ord("V"):
        mode = _byte(s, at + 2)
        return (name, 3) if mode in CUTS else (name, 4) if mode in FEED_CUTS else ("unknown", 3)
    if kind == ord("("):
        return f"GS ( {chr(_byte(s, at + 2))}", 5 + _word(s, at + 3)
    if kind == ord("*"):
        return name, 4 + 8 * _byte(s, at + 2) * _byte(s, at + 3)
    if kind == ord("k"):
        return _barcode(s, at)
    if kind in b"vQ8gDC":
        return _long(s, at, kind)
    length = GS_LENGTHS.get(kind, 0)
    return (name, length) if length else ("unknown", 2)


def _long(s: bytes, at: int, kind: int) -> tuple[str, int]:
    """The families whose third byte says which member it is; one nobody knows is ``unknown``."""
    way = _byte(s, at + 2)
    if kind in b"vQ" and way == ord("0"):
        return f"GS {chr(kind)}", 8 + _word(s, at + 4) * _word(s, at + 6)
    if kind == ord("8") and way == ord("L"):
        return "GS 8 L", 7 + (_word(s, at + 3) | _word(s, at + 5) << 16)
    if kind == ord("g") and way in b"02":
        return "GS g", 6
    if kind == ord("D") and _word(s, at + 9) == int.from_bytes(b"BM", "little"):
        return "GS D", 9 + (_word(s, at + 11) | _word(s, at + 13) << 16)
    if kind == ord("C") and way in b"012":
        return "GS C", 9 if way == ord("1") else 5
    if kind == ord("C") and way == ord(";"):
        end = at + 2
        for _ in range(5):
            end = _find(s, b";", end + 1)
        return "GS C", end + 1 - at
    return "unknown", 3


def _barcode(s: bytes, at: int) -> tuple[str, int]:
    system = _byte(s, at + 2)
    if system <= 6:
        return "GS k", _find(s, b"\0", at + 3) + 1 - at
    return ("GS k", 4 + _byte(s, at + 3)) if 65 <= system <= 79 else ("unknown", 3)


def _find(s: bytes, what: bytes, at: int) -> int:
    found = s.find(what, at)
    if found < 0:
        raise Incomplete
    return found
