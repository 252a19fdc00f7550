"""Which identifiers may not stand together (error) and which want a companion (warning): GS1 syntax dictionary.

A missing companion is only a warning because the rules hold for the goods over all their labels, and a scan sees
one of them.
"""

import re
from typing import Final

from pos_trace.core.codes.scanned import Pairs

ITEM_KEYS: Final = frozenset({"01", "02", "03", "8006", "8026"})
WANT_ITEM: Final = re.compile(
    r"1[0135-7]|2[0-2]|235|24[0-3]|25[01]|30|3[12]\d\d|392\d|42[2-7]|70(?:0[2-9]|1[01]|2[01]|3\d)|8005|8008"
)
# Pairs that exclude each other; "n" stands for any digit.
EXCLUDES: Final = tuple(
    (re.compile(one.replace("n", r"\d")), re.compile(other.replace("n", r"\d")))
    for one, other in (
        ("01", "02|37|255"),
        ("21", "235"),
        ("255", "02|415|8006|8020|8026"),
        ("390n", "391n|394n|8111"),
        ("392n", "393n"),
        ("394n", "8111"),
        ("395n", "392n|393n|8005"),
        ("420", "421"),
        ("421", "4307"),
        ("426", "42[2345]"),
        ("4330", "4331"),
        ("4332", "4333"),
        ("8006", "01|37|8026"),
        ("8017", "8018"),
        ("8026", "02"),
    )
)
# One quantity in two resolutions: (3102) and (3103), (3922) and (3923).
MEASURE: Final = re.compile(r"3(?:[1-6]\d|9[0-5])\d")
MEASURES: Final = re.compile(r"30|3[1256]\d\d")
# AI → (name of the missing companion, what satisfies it)
WANTS: Final = tuple(
    (re.compile(ai), f"needs_{name}", re.compile(satisfied))
    for ai, name, satisfied in (
        ("02", "37", "37"),
        ("02", "00", "00"),
        ("37", "02", "02|8026"),
        ("427", "422", "422"),
        ("403", "00", "00"),
        ("250", "21", "21"),
        ("254", "414", "414"),
        (r"39[235]\d", "measure", MEASURES.pattern),
    )
)
# A signature (8030) covers one thing: the identifier must carry a serial part.
SERIAL_KEYS: Final = frozenset({"00", "21", "8004", "8011", "8017", "8018"})
SERIAL_AFTER: Final = {"253": 13, "255": 13, "8003": 14}


def association_warnings(elements: Pairs) -> tuple[str, ...]:
    """Companions missing on this carrier: ``missing_key``, ``needs_<ai>``, ``needs_measure``, ``needs_serial``."""
    present = {ai for ai, _ in elements}
    found = []
    if not present & ITEM_KEYS and any(WANT_ITEM.fullmatch(ai) for ai in present):
        found.append("missing_key")
    for ai, name, satisfied in WANTS:
        if any(ai.fullmatch(one) for one in present) and not any(satisfied.fullmatch(one) for one in present):
            found.append(name)
    if "8030" in present and not any(_serial(ai, value) for ai, value in elements):
        found.append("needs_serial")
    return tuple(found)


def _serial(ai: str, value: str) -> bool:
    return ai in SERIAL_KEYS or len(value) > SERIAL_AFTER.get(ai, len(value))


def association_error(elements: Pairs) -> str | None:
    """``conflict`` for elements that may never stand together and for one identifier with two values."""
    values: dict[str, str] = {}
    for ai, value in elements:
        if values.setdefault(ai, value) != value:
            return "conflict"
    measures = [ai[:3] for ai in values if MEASURE.fullmatch(ai)]
    if len(measures) != len(set(measures)):
        return "conflict"
    for one, other in EXCLUDES:
        if any(one.fullmatch(ai) for ai in values) and any(other.fullmatch(ai) for ai in values):
            return "conflict"
    return None
