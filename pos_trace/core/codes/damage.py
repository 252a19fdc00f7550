"""What keyboards do to a scanner's text: separators typed out, input methods, Caps Lock, full-width digits."""

import re
import unicodedata
from typing import Final

from pos_trace.core.codes.table import ELEMENT_MARKS, PLAIN_MARKS
from pos_trace.core.policy import CodeRules

FNC1: Final = "\x1d"
VIETNAMESE: Final = frozenset("ăâđêôơưĂÂĐÊÔƠƯ")
TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b")
BACKSPACE: Final = "\x08"  # input methods take a sign back to put an accent on it
WORDS_OF_A_SENTENCE: Final = 3
INVERTED: Final = re.compile(r"hTTPS?://")
SHOUTED: Final = re.compile(r"HTTPS?://[^/?#a-z]*([/?#].*)", re.DOTALL)
ESCAPE: Final = re.compile(r"%[0-9A-Fa-f]{2}")


def trimmed(text: str) -> str:
    """Without the prefix and suffix signs scanners add."""
    return text.strip("\r\n\t \x00\x02\x03\x04\ufeff")


def with_separators(text: str, rules: CodeRules) -> tuple[str, bool]:
    """FNC1 where a scanner typed a name for it; whether anything was put right. No link has separators typed as è."""
    mended = text
    for typed in rules.separators:
        if typed in mended and not (typed == "è" and mended.lower().startswith("http")):
            mended = mended.replace(typed, FNC1)
    return mended, mended != text


def damage(text: str, rules: CodeRules) -> str | None:
    """``full_width``, ``ime_damage``, ``caps_lock`` or ``bad_content``; ``unknown_code`` for sentences, which nobody's
    keyboard made out of a code; None for plain ASCII a scanner sends.
    """
    if not text.isascii():
        return _beyond_ascii(text)
    if BACKSPACE in text:
        return "ime_damage"
    if any(ord(sign) < 32 and sign != FNC1 for sign in text) or "\x7f" in text:
        return "bad_content"
    return "caps_lock" if _caps_lock(text, rules) else None


def _beyond_ascii(text: str) -> str:
    if any(unicodedata.east_asian_width(sign) in "FW" for sign in text):
        return "full_width"
    marks = set(unicodedata.normalize("NFD", text))
    if not (marks & TONES or marks & VIETNAMESE):
        return "bad_content"
    words = sum(word.strip(".,:;()").isalpha() for word in unicodedata.normalize("NFC", text).split())
    return "unknown_code" if words >= WORDS_OF_A_SENTENCE else "ime_damage"


def _caps_lock(text: str, rules: CodeRules) -> bool:
    """Whether capitals and small letters are the wrong way round.

    A link in capitals is a common QR form, and one in small letters too; what no label has is ``hTTPS``, or a host in
    capitals before a path in small letters. A lot of digits only looks the same either way and is not hurt.
    """
    if INVERTED.match(text):
        return True
    link = SHOUTED.match(text)
    if link is not None:
        rest = ESCAPE.sub("", link[1])
        return rest != rest.upper() and rest == rest.lower()
    other = text.swapcase()
    known = ELEMENT_MARKS + PLAIN_MARKS
    if other.startswith("PT1:") or (other[:3] in known and text[:3] not in known):
        return True
    return any(re.match(rule.regex, other) and not re.match(rule.regex, text) for rule in rules.schemes)
