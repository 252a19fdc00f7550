"""Content rules of identifiers seldom seen on food (linters of the GS1 syntax dictionary), one predicate each."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from pos_trace.core.codes.iso import COUNTRY_LETTERS, CURRENCIES

BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
COMPANY: Final = re.compile(r"\d{4}")
IMPORTER_INDEX: Final = re.compile(r"[0-9A-Za-z_-]")
# GS1 General Specifications 7.9.5, check character pair of a GMN: weights from the right, values, result signs.
PAIR_WEIGHTS: Final = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
PAIR_VALUES: Final = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
PAIR_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
# Names and addresses as percent-encoded text.
ESCAPED: Final = (
    *(f"43{number:02d}" for number in (*range(7), *range(10, 17), 20)),
    *("7253", "7254", "7255", "7256", "7257", "7259"),
)


def piece_of_total(value: str) -> bool:
    """The last four digits are a piece and the total: 0102 is the first of two."""
    return 1 <= int(value[-4:-2]) <= int(value[-2:])


def iban(value: str) -> bool:
    """ISO 13616: country, two check digits, remainder 1 of 97."""
    if value[:2] not in COUNTRY_LETTERS or not value.isalnum() or value != value.upper() or len(value) < 5:
        return False
    return int("".join(str(int(sign, 36)) for sign in value[4:] + value[:4])) % 97 == 1


def model_number(value: str) -> bool:
    """A GMN starts with a company prefix and ends in its check character pair."""
    if COMPANY.match(value) is None or len(value) < 6:
        return False
    total = sum(PAIR_VALUES.index(s) * w for s, w in zip(reversed(value[:-2]), PAIR_WEIGHTS, strict=False)) % 1021
    return value[-2:] == PAIR_SIGNS[total >> 5] + PAIR_SIGNS[total & 31]


def place(value: str) -> bool:
    """Latitude and longitude, each ten digits shifted to start at zero."""
    return int(value[:10]) <= 180 * 10**7 and int(value[10:]) <= 360 * 10**7


def roll(value: str) -> bool:
    """Width, length and core of a roll are not zero; it is wound inside, outside or unknown."""
    return all(int(part) for part in (value[:4], value[4:9], value[9:12])) and value[12] in "019"


def position(value: str) -> bool:
    """``2/3``: a place within a sequence."""
    return 1 <= int(value[0]) <= int(value[2])


def _company_first(value: str) -> bool:
    return COMPANY.match(value) is not None


def _escaped(value: str) -> bool:
    return BAD_ESCAPE.search(value) is None


def _currency_first(value: str) -> bool:
    return value[:3] in CURRENCIES


def _country_letters(value: str) -> bool:
    return value in COUNTRY_LETTERS


RULES: Final[Mapping[str, Callable[[str], bool]]] = {
    **dict.fromkeys(("8006", "8026"), piece_of_total),
    **dict.fromkeys(("401", "7023", "8004", "8010"), _company_first),
    **dict.fromkeys(ESCAPED, _escaped),
    **dict.fromkeys((f"39{family}{n}" for family in "13" for n in range(10)), _currency_first),
    **dict.fromkeys(("4307", "4317"), _country_letters),
    "4309": place,
    "7040": lambda value: IMPORTER_INDEX.fullmatch(value[3]) is not None,
    "7252": lambda value: value in "0129",
    "7258": position,
    "8001": roll,
    "8007": iban,
    "8011": lambda value: value == "0" or value[0] != "0",
    "8013": model_number,
}
