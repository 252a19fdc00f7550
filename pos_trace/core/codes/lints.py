"""What makes one element's content wrong: its pattern, check digit, date, moment, country, and the rarer rules."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Final

from pos_trace.core.codes import rare_lints
from pos_trace.core.codes.digits import checks
from pos_trace.core.codes.iso import COUNTRIES
from pos_trace.core.codes.table import identifier

# AI → length of the leading part that carries a check digit
CHECKED: Final[Mapping[str, int]] = {
    **dict.fromkeys(("01", "02", "8006", "8026"), 14),
    **dict.fromkeys(("00", "8017", "8018"), 18),
    **dict.fromkeys(("253", "255", *(f"41{n}" for n in range(8))), 13),
    "402": 17,
    "8003": 14,
}
NEVER_ZERO: Final = frozenset({"00", "01", "02"})
MONTH_END_DATES: Final = frozenset({"11", "12", "13", "15", "16", "17"})
EXACT_DATES: Final = frozenset({"7006", "4326"})
# YYMMDD, then hours, minutes, seconds as far as they are given
MOMENTS: Final = frozenset({"7003", "7011", "8008"})
# the same with a day 00, and 9999 for "no time named"
MOMENTS_OR_DAYS: Final = frozenset({"4324", "4325"})
NO_TIME: Final = "9999"
ONE_COUNTRY: Final = frozenset({"422", "424", "426"})
MANY_COUNTRIES: Final = frozenset({"423", "425"})
COUNTRY_FIRST: Final = re.compile(r"421|703\d")
NO_COUNTRY: Final = "999"


def date_of(text: str, reference_year: int, month_end: bool) -> date | None:
    """YYMMDD within 49 years before and 50 after ``reference_year``; day 00 is the month's end where allowed."""
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:6])
    full = reference_year - reference_year % 100 + year
    if full - reference_year > 50:
        full -= 100
    elif reference_year - full > 49:
        full += 100
    if not 1 <= month <= 12:
        return None
    last = monthrange(full, month)[1]
    if day == 0:
        return date(full, month, last) if month_end else None
    return date(full, month, day) if day <= last else None


def content_error(ai: str, value: str, reference_year: int) -> str | None:
    """``bad_content`` or ``bad_check_digit`` for a value no standard allows; None when it is fine."""
    found = identifier(ai)
    if found is None or not found.least <= len(value) <= found.most or not found.value.fullmatch(value):
        return "bad_content"
    length = CHECKED.get(ai)
    if length is not None and not checks(value[:length]):
        return "bad_check_digit"
    if ai in NEVER_ZERO and not value.strip("0"):
        return "bad_content"
    rare = rare_lints.RULES.get(ai)
    if rare is not None and not rare(value):
        return "bad_content"
    return None if _dates_fit(ai, value, reference_year) and _countries_fit(ai, value) else "bad_content"


def _dates_fit(ai: str, value: str, reference_year: int) -> bool:
    if ai in MONTH_END_DATES or ai in EXACT_DATES:
        return date_of(value, reference_year, ai in MONTH_END_DATES) is not None
    if ai == "7007":
        return _range_fits(value, reference_year)
    if ai in MOMENTS_OR_DAYS:
        end = len(value) - len(NO_TIME) if value.endswith(NO_TIME) else len(value)
        return _moment_fits(value[:end], reference_year, True)
    return ai not in MOMENTS or _moment_fits(value, reference_year, False)


def _range_fits(value: str, reference_year: int) -> bool:
    """One harvest date, or from and to."""
    days = [date_of(value[i : i + 6], reference_year, False) for i in range(0, len(value), 6)]
    known = [day for day in days if day is not None]
    return len(known) == len(days) and known == sorted(known)


def _moment_fits(value: str, reference_year: int, month_end: bool) -> bool:
    if date_of(value, reference_year, month_end) is None:
        return False
    parts = (int(value[i : i + 2]) for i in range(6, len(value), 2))
    return all(part < limit for part, limit in zip(parts, (24, 60, 60), strict=False))


def _countries_fit(ai: str, value: str) -> bool:
    if ai in ONE_COUNTRY:
        return value in COUNTRIES
    if ai in MANY_COUNTRIES:
        return all(value[i : i + 3] in COUNTRIES for i in range(0, len(value), 3))
    if COUNTRY_FIRST.fullmatch(ai):
        return value[:3] in COUNTRIES or (ai != "421" and value[:3] == NO_COUNTRY)
    return True
