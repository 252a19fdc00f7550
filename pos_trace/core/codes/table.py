"""The GS1 application identifiers: which stand at a place of a text, how long, what follows (table kept by biip)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from biip.gs1_application_identifiers import GS1ApplicationIdentifier

# Digital Link primary keys and their qualifiers in order (GS1 Digital Link URI syntax 1.6.0, 4.9).
PRIMARY_KEYS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "00": (),
    "01": (("22", "10", "21"), ("235",)),
    "253": (),
    "255": (),
    "401": (),
    "402": (),
    "414": (("254",), ("7040",)),
    "415": (("8020",),),
    "417": (("7040",),),
    "8003": (),
    "8004": (("7040",),),
    "8006": (("22", "10", "21"),),
    "8010": (("8011",),),
    "8013": (),
    "8017": (("8019",),),
    "8018": (("8019",),),
}
# The spoken names of Digital Link 1.0 to 1.2, removed in 1.3.0: old stickers still carry them.
OLD_NAMES: Final[Mapping[str, str]] = {
    "sscc": "00",
    "gtin": "01",
    "cpv": "22",
    "lot": "10",
    "ser": "21",
    "serial": "21",
    "exp": "17",
    "gln": "414",
    "party": "417",
    "gdti": "253",
}


@dataclass(frozen=True, slots=True)
class Identifier:
    """One AI: ``value`` matches its data, ``ends`` says whether a separator must follow when more comes."""

    ai: str
    value: re.Pattern[str]
    least: int
    most: int
    ends: bool


@lru_cache(maxsize=1024)
def identifier(ai: str) -> Identifier | None:
    """The AI called ``ai``, or None."""
    try:
        found = GS1ApplicationIdentifier.extract(ai)
    except Exception:  # noqa: BLE001 - biip raises more than it says; any failure means "no such AI"
        return None
    if found.ai != ai:
        return None
    body = found.pattern.removeprefix("^").removesuffix("$")
    body = body.removeprefix(ai)
    least, most = _lengths(found.format)
    return Identifier(ai, re.compile(body, re.ASCII), least, most, found.separator_required)


def identifier_at(text: str, start: int) -> Identifier | None:
    """The AI that ``text`` has at ``start``: two to four digits."""
    for length in (2, 3, 4):
        part = text[start : start + length]
        if len(part) == length and part.isascii() and part.isdigit():
            found = identifier(part)
            if found is not None:
                return found
    return None


def _lengths(form: str) -> tuple[int, int]:
    """Least and most signs of the data: "N2+N14" → 14, 14; "N2+X..20" → 1, 20; "N4+N6[+N6]" → 6, 12."""
    least = most = 0
    optional = False
    for part in re.findall(r"\[|\]|[NXYZ](?:\.\.)?\d+", form)[1:]:
        if part == "[":
            optional = True
        elif part == "]":
            optional = False
        else:
            size = int(re.sub(r"\D", "", part))
            open_ended = ".." in part
            most += size
            if not optional:
                least += 1 if open_ended else size
    return max(least, 1), max(most, 1)
