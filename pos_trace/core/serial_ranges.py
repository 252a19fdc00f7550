"""Ranges of serials a province issued: what a range is, whether a serial lies in one. Which ranges count for a label:
those of its lot, else those of its product, else those of its facility; no ranges, no doubt.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# GS1 General Specifications: AI 21 holds up to 20 signs
LONGEST: Final = 20
MOST_DIGITS: Final = 15
_SPLIT: Final = re.compile(r"(?P<head>.*?)(?P<digits>[0-9]{1,15})\Z", re.ASCII)
_SIGNS: Final = re.compile(r"[!%-?A-Z_a-z\"]{1,20}\Z", re.ASCII)  # GS1's set 82


@dataclass(frozen=True, slots=True)
class IssuedRange:
    """One range, ``first`` and ``last`` included. What it is for: GTIN and lot, GTIN alone, or a facility."""

    first: str
    last: str
    gtin: str | None = None
    lot: str | None = None
    facility_id: str | None = None

    @property
    def level(self) -> int:
        """0: for one lot, 1: for a product, 2: for a facility."""
        return 0 if self.lot is not None else 1 if self.gtin is not None else 2

    @property
    def count(self) -> int:
        """How many serials it holds."""
        return _number(self.last) - _number(self.first) + 1

    def holds(self, serial: str) -> bool:
        """Whether ``serial`` lies in it: same signs before the digits, digits written as the range writes them."""
        found, low = _SPLIT.match(serial), _SPLIT.match(self.first)
        if found is None or low is None or found["head"] != low["head"]:
            return False
        fixed = len(self.first) == len(self.last)
        written_alike = len(serial) == len(self.first) if fixed else not _padded(found["digits"])
        return written_alike and _number(self.first) <= int(found["digits"]) <= _number(self.last)

    def serials(self, most: int) -> list[str]:
        """Its serials in their order, at most ``most``."""
        low = _SPLIT.match(self.first)
        assert low is not None
        width = len(low["digits"]) if len(self.first) == len(self.last) else 1
        numbers = range(int(low["digits"]), int(low["digits"]) + min(most, self.count))
        return [f"{low['head']}{number:0{width}d}" for number in numbers]


def wrong_ends(first: str, last: str) -> str:
    """What is wrong with a range from ``first`` to ``last``, in Vietnamese; empty when nothing is."""
    low, high = _SPLIT.match(first), _SPLIT.match(last)
    if not _SIGNS.match(first) or not _SIGNS.match(last):
        return f"số tem dài 1–{LONGEST} ký tự, không dấu, không khoảng trắng"
    if low is None or high is None:
        return "số tem kết thúc bằng chữ số"
    if low["head"] != high["head"]:
        return "số đầu và số cuối có cùng phần chữ ở trước"
    if len(low["digits"]) != len(high["digits"]) and (_padded(low["digits"]) or _padded(high["digits"])):
        return "số đầu và số cuối có cùng số chữ số"
    if int(high["digits"]) < int(low["digits"]):
        return "số cuối không nhỏ hơn số đầu"
    return ""


def out_of_range(serial: str | None, ranges: Sequence[IssuedRange]) -> bool:
    """Whether ranges were issued that count for this label, and ``serial`` lies in none of them."""
    if not serial or not ranges:
        return False
    nearest = min(issued.level for issued in ranges)
    return not any(issued.holds(serial) for issued in ranges if issued.level == nearest)


def _padded(digits: str) -> bool:
    return len(digits) > 1 and digits.startswith("0")


def _number(serial: str) -> int:
    found = _SPLIT.match(serial)
    return int(found["digits"]) if found is not None else 0
