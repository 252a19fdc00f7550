"""Text from outside made safe and searchable: cleaned, folded, kept from becoming a formula."""

import re
import unicodedata
from typing import Final

from pos_trace.core.errors import FieldError, Invalid

FORMULA_STARTS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0")
# phones (0… or +84…, ten or eleven digits with dots or spaces) and personal numbers of twelve digits
PERSONAL: Final = re.compile(r"(?<![\d-])(?:(?:\+?84|0)(?:[ .-]?\d){9,10}|\d{12})(?![\d-])")
SPACES: Final = frozenset({"Zs", "Zl", "Zp"})


def clean(text: str, most: int) -> str:
    """``text`` in NFC on one line without control, format or bidi signs, at most ``most`` signs long."""
    kept = []
    for sign in unicodedata.normalize("NFC", text):
        category = unicodedata.category(sign)
        if category in SPACES or sign in "\n\r\t":
            kept.append(" ")
        elif not category.startswith("C"):
            kept.append(sign)
    return " ".join("".join(kept).split())[:most].strip()


def told_words(text: str, most: int) -> str:
    """What a person wrote, line by line, cleaned; raises ``Invalid`` for nothing and for more than ``most`` signs."""
    lines = [clean(line, most + 1) for line in text.splitlines()]
    words = "\n".join(lines).strip()
    if not words:
        raise Invalid("text_missing", "Viết điều bạn muốn phản ánh.", (FieldError("/text", "missing"),))
    if len(words) > most:
        detail = f"Tối đa {most} ký tự; bạn đã viết {len(words)}."
        raise Invalid("text_too_long", detail, (FieldError("/text", "too_long"),))
    return words


def fold(text: str) -> str:
    """Search form: no accents, đ as d, lower case, single spaces. The same on both databases."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(bare.casefold().split())


def safe_cell(text: str) -> str:
    """``text`` for a spreadsheet cell: what would start a formula gets an apostrophe before it (ASVS 1.2.10)."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def without_numbers(text: str) -> str:
    """``text`` for a public page: phone and personal numbers somebody wrote into a name are left out (USERS 7)."""
    return " ".join(PERSONAL.sub("…", text).split())
