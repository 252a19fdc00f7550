"""Element strings: split by the table and by FNC1, and their human-readable form in brackets."""

from typing import Final

from pos_trace.core.codes.companions import association_error
from pos_trace.core.codes.lints import content_error
from pos_trace.core.codes.scanned import Pairs
from pos_trace.core.codes.table import Identifier, identifier_at

FNC1: Final = "\x1d"
MOST_ELEMENTS: Final = 64


def split(text: str) -> tuple[Pairs, str | None]:
    """Elements of ``text`` and None, or what is read so far and ``bad_content``; lints are not applied here."""
    found: list[tuple[str, str]] = []
    at = 1 if text.startswith(FNC1) else 0
    while at < len(text):
        known = identifier_at(text, at)
        if known is None or len(found) >= MOST_ELEMENTS:
            return tuple(found), "bad_content"
        start = at + len(known.ai)
        end = _end(text, start, known)
        value = text[start:end]
        if not known.least <= len(value) <= known.most:
            return tuple(found), "bad_content"
        found.append((known.ai, value))
        at = end
        if at < len(text) and text[at] == FNC1:
            at += 1
    return tuple(found), None if found else "bad_content"


def _end(text: str, start: int, known: Identifier) -> int:
    stop = text.find(FNC1, start)
    stop = len(text) if stop < 0 else stop
    return stop if known.ends else min(start + known.most, stop)


def error_of(elements: Pairs, reference_year: int) -> str | None:
    """The first content error, else the first forbidden companion."""
    for ai, value in elements:
        wrong = content_error(ai, value, reference_year)
        if wrong:
            return wrong
    return association_error(elements)


def in_brackets(elements: Pairs) -> str:
    """The human-readable form ``(01)…(10)…``; a bracket in data is written ``\\(``, so it reads back the same."""
    return "".join(f"({ai}){value.replace('(', chr(92) + '(')}" for ai, value in elements)


def from_brackets(text: str) -> tuple[Pairs, str | None]:
    """Elements of a human-readable text; spaces between elements are nobody's data, ``\\(`` is a bracket in data."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        close = text.find(")", at)
        if text[at] != "(" or close < 0:
            return tuple(found), "bad_content"
        ai = text[at + 1 : close].strip()
        end = close + 1
        while end < len(text) and not (text[end] == "(" and text[end - 1] != "\\"):
            end += 1
        value = text[close + 1 : end].strip().replace("\\(", "(")
        if not ai or not value or len(found) >= MOST_ELEMENTS or FNC1 in value or "^" in value:
            return tuple(found), "bad_content"
        found.append((ai, value))
        at = end
    return tuple(found), None if found else "bad_content"
