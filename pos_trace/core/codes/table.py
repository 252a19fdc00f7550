"""The GS1 application identifiers: which stand at a place of a text, how long, what follows (table kept by biip)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from biip import ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

from pos_trace.core.codes.digits import is_digits

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
# AIM prefixes that say "GS1 elements inside", and those that only name the carrier.
ELEMENT_MARKS: Final = ("]C1", "]e0", "]Q3", "]d2", "]J1")
PLAIN_MARKS: Final = ("]Q1", "]d1", "]J0", "]Q0", "]d0", "]E0", "]E4", "]C0", "]A0", "]I0", "]I1")
# How long an AI is, by its first two digits (GS1 General Specifications 7.8.2): 541 AIs, one length a beginning.
AI_LENGTHS: Final[Mapping[str, int]] = {
    **{f"{start:02d}": 2 for start in (*range(5), *range(10, 23), 30, 37, *range(90, 100))},
    **dict.fromkeys(("23", "24", "25", "40", "41", "42", "71"), 3),
    **dict.fromkeys(("31", "32", "33", "34", "35", "36", "39", "43", "70", "72", "80", "81", "82"), 4),
}
# biip writes percent-encoded text as "a sign of set 82, or two escapes"; an escape also is three such signs, so a
# value that fails at its end takes a time that doubles with each escape. The signs alone accept the same texts.
CSET_82: Final = r"[!%-?A-Z_a-z\x22]"
ESCAPED_OR_PLAIN: Final = rf"(?:{CSET_82}|%[0-9A-Fa-f][0-9A-Fa-f]%[0-9A-Fa-f][0-9A-Fa-f])"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One AI: ``value`` matches its data, ``ends`` says whether a separator must follow when more comes."""

    ai: str
    value: re.Pattern[str]
    least: int
    most: int
    ends: bool


def identifier(ai: str) -> Identifier | None:
    """The AI called ``ai``, or None; any text may be asked for, hostile ones too."""
    if AI_LENGTHS.get(ai[:2]) != len(ai) or not is_digits(ai):
        return None
    return _known(ai)


@lru_cache(maxsize=2048)
def _known(ai: str) -> Identifier | None:
    """Of biip's table, which is searched from its start each time; ``AI_LENGTHS`` leaves fewer names than are kept."""
    try:
        found = GS1ApplicationIdentifier.extract(ai)
    except ParseError:
        return None
    body = found.pattern.removeprefix("^").removesuffix("$").removeprefix(ai)
    body = body.replace(ESCAPED_OR_PLAIN, CSET_82)
    least, most = _lengths(found.format)
    return Identifier(ai, re.compile(body, re.ASCII), least, most, found.separator_required)


def identifier_at(text: str, start: int) -> Identifier | None:
    """The AI that ``text`` has at ``start``."""
    length = AI_LENGTHS.get(text[start : start + 2], 0)
    return identifier(text[start : start + length])


def _lengths(form: str) -> tuple[int, int]:
    """Least and most signs of the data: "N2+N14" → 14, 14; "N2+X..20" → 1, 20; "N4+N6[+N6]" → 6, 12.

    A later part of open length may be empty ("N3+N3+N..12" is one to five countries); the pattern has the last word.
    """
    least = most = 0
    optional = False
    for part in re.findall(r"\[|\]|-|[NXYZ](?:\.\.)?\d+", form)[1:]:
        if part in "[]":
            optional = part == "["
        elif part == "-":
            most += 1
        else:
            size = int(part.lstrip("NXYZ."))
            least += 0 if optional or (".." in part and least) else 1 if ".." in part else size
            most += size
    return least, most
