"""Quantities read aloud in Vietnamese, so that a dot or a nought too many is heard before it is received."""

from decimal import Decimal
from typing import Final

from pos_trace.core.quantities import MILLI

DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
GROUPS: Final = ("", " nghìn", " triệu", " tỷ")
MOST_READ: Final = Decimal(10) ** 12


def spoken(quantity: Decimal) -> str:
    """``1500`` → "một nghìn rưỡi", ``1005`` → "một nghìn không trăm linh năm", ``1.25`` → "một phẩy hai năm".

    At least 0, below 10¹², three decimals; raises ``ValueError`` beyond. A half of the last named group is "rưỡi" as
    the market says it; decimals are read digit by digit, which leaves no doubt.
    """
    if not 0 <= quantity < MOST_READ:
        raise ValueError("no quantity a scale could show")
    whole, _, part = f"{quantity.quantize(MILLI):f}".partition(".")
    part = part.rstrip("0")
    words = _whole(int(whole))
    return f"{words} phẩy {' '.join(DIGITS[int(sign)] for sign in part)}" if part else words


def _whole(number: int) -> str:
    if number == 0:
        return DIGITS[0]
    groups = []
    while number:
        number, three = divmod(number, 1000)
        groups.append(three)
    first = len(groups) - 1
    if first > 0 and groups[first - 1] == 500 and not any(groups[: first - 1]):
        return f"{_three(groups[first], full=False)}{GROUPS[first]} rưỡi"
    said = []
    for place in range(first, -1, -1):
        if groups[place]:
            said.append(_three(groups[place], full=place < first and groups[place] < 100) + GROUPS[place])
        elif place and place < first and any(groups[:place]):
            said.append(f"{DIGITS[0]}{GROUPS[place]}")
    return " ".join(said)


def _three(number: int, full: bool) -> str:
    """Up to three digits; ``full`` names the hundreds even when there are none ("không trăm linh năm")."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = [f"{DIGITS[hundreds]} trăm"] if hundreds or full else []
    if tens > 1:
        said.append(f"{DIGITS[tens]} mươi")
    elif tens == 1:
        said.append("mười")
    elif ones and said:
        said.append("linh")
    if ones:
        said.append(_ones(ones, tens))
    return " ".join(said)


def _ones(ones: int, tens: int) -> str:
    if tens > 1 and ones == 1:
        return "mốt"
    return "lăm" if tens and ones == 5 else DIGITS[ones]
