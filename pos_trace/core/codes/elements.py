"""Element strings: split by the table and by FNC1; where a separator was lost, the legal ways it may have been."""

from collections.abc import Iterator

from pos_trace.core.codes.lints import association_error, content_error
from pos_trace.core.codes.scanned import Pairs
from pos_trace.core.codes.table import Identifier, identifier_at

FNC1 = "\x1d"
MOST_ELEMENTS = 64
MOST_STEPS = 4000


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


def alternatives(text: str, reference_year: int, most: int) -> tuple[Pairs, ...]:
    """All legal readings of a text without separators, at most ``most``, found in bounded steps.

    A reading is legal when every element's content is and none excludes another; the variable-length element may
    end before anything that looks like an identifier.
    """
    found: list[Pairs] = []
    steps = [MOST_STEPS]

    def walk(at: int, so_far: Pairs) -> Iterator[Pairs]:
        steps[0] -= 1
        if steps[0] < 0 or len(so_far) >= MOST_ELEMENTS:
            return
        if at == len(text):
            yield so_far
            return
        known = identifier_at(text, at)
        if known is None or any(ai == known.ai for ai, _ in so_far):
            return
        start = at + len(known.ai)
        longest = min(known.most, len(text) - start)
        sizes = range(longest, known.least - 1, -1) if known.ends else (known.most,)
        for size in sizes:
            value = text[start : start + size]
            if len(value) == size and content_error(known.ai, value, reference_year) is None:
                yield from walk(start + size, (*so_far, (known.ai, value)))

    for reading in walk(0, ()):
        if association_error(reading) is None:
            found.append(reading)
            if len(found) >= most:
                break
    return tuple(found)


def in_brackets(elements: Pairs) -> str:
    """The human-readable form ``(01)…(10)…``."""
    return "".join(f"({ai}){value}" for ai, value in elements)


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
