"""What keyboards do to a scanner's text: separators typed out, input methods, Caps Lock, full-width digits."""

import re
import unicodedata
from typing import Final

from pos_trace.core.policy import CodeRules

FNC1: Final = "\x1d"
VIETNAMESE: Final = frozenset("ăâđêôơưĂÂĐÊÔƠƯ")
TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b")
INVERTED: Final = re.compile(r"^(h[tT][tT]P[sS]?|hTTPS?)://")


def trimmed(text: str) -> str:
    """Without the prefix and suffix signs scanners add."""
    return text.strip("\r\n\t \x00\x02\x03\x04\ufeff")


def with_separators(text: str, rules: CodeRules) -> tuple[str, bool]:
    """FNC1 where a scanner typed a name for it; whether anything was put right."""
    mended = text
    for typed in rules.separators:
        if typed in mended and not (typed == "è" and mended.lower().startswith("http")):
            mended = mended.replace(typed, FNC1)
    return mended, mended != text


def damage(text: str) -> str | None:
    """``full_width``, ``ime_damage``, ``caps_lock`` or ``bad_content``; None for plain ASCII a scanner sends."""
    if any(unicodedata.east_asian_width(sign) in "FW" for sign in text):
        return "full_width"
    if not text.isascii():
        parts = unicodedata.normalize("NFD", text)
        return "ime_damage" if any(s in TONES for s in parts) or VIETNAMESE & set(text) else "bad_content"
    if INVERTED.match(text):
        return "caps_lock"
    if any(ord(sign) < 32 and sign != FNC1 for sign in text) or "\x7f" in text:
        return "bad_content"
    return None
