"""What makes an element wrong (error) or only odd (warning): check digits, dates, countries, companions."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Final

from pos_trace.core.codes.digits import checks
from pos_trace.core.codes.scanned import Pairs
from pos_trace.core.codes.table import identifier

# AI → length of the leading part that carries a check digit
CHECKED: Final[Mapping[str, int]] = {
    **dict.fromkeys(("01", "02", "8003", "8006", "8026"), 14),
    **dict.fromkeys(("00", "8017", "8018"), 18),
    **dict.fromkeys(("253", "255"), 13),
    "402": 17,
}
LOCATION: Final = re.compile(r"41[0-7]")
DATES: Final = frozenset({"11", "12", "13", "15", "16", "17"})
EXACT_DATES: Final = frozenset({"7006", "4324", "4325", "4326"})
COUNTRIES: Final = frozenset({"422", "424", "425", "426"})
ITEM_KEYS: Final = frozenset({"01", "02", "03", "8006", "8026"})
WANT_ITEM: Final = re.compile(r"10|11|12|13|15|16|17|20|21|22|235|242|30|3[1-6]\d\d|422|423|424|425|426|7003|7007|8008")
EXCLUDES: Final = (
    ("01", "02"),
    ("01", "37"),
    ("01", "255"),
    ("426", "422"),
    ("426", "423"),
    ("426", "424"),
    ("21", "235"),
)
REQUIRES: Final = (("427", "422"), ("02", "37"), ("02", "00"), ("37", "02"), ("403", "00"))
# ISO 3166-1 numeric codes in use, as ranges "from-to:step" would hide gaps: kept as one list.
ISO_CODES: Final = (
    "004 008 010 012 016 020 024 028 031 032 036 040 044 048 050 051 052 056 060 064 068 070 072 074 076 084 "
    "086 090 092 096 100 104 108 112 116 120 124 132 136 140 144 148 152 156 158 162 166 170 174 175 178 180 "
    "184 188 191 192 196 203 204 208 212 214 218 222 226 231 232 233 234 238 239 242 246 248 250 254 258 260 "
    "262 266 268 270 275 276 288 292 296 300 304 308 312 316 320 324 328 332 334 336 340 344 348 352 356 360 "
    "364 368 372 376 380 384 388 392 398 400 404 408 410 414 417 418 422 426 428 430 434 438 440 442 446 450 "
    "454 458 462 466 470 474 478 480 484 492 496 498 499 500 504 508 512 516 520 524 528 531 533 534 535 540 "
    "548 554 558 562 566 570 574 578 580 581 583 584 585 586 591 598 600 604 608 612 616 620 624 626 630 634 "
    "638 642 643 646 652 654 659 660 662 663 666 670 674 678 682 686 688 690 694 702 703 704 705 706 710 716 "
    "724 728 729 732 740 744 748 752 756 760 762 764 768 772 776 780 784 788 792 795 796 798 800 804 807 818 "
    "826 831 832 833 834 840 850 854 858 860 862 876 882 887 894"
    " "
)
ISO_3166: Final = frozenset(ISO_CODES.split())


def date_of(text: str, reference_year: int, month_end: bool) -> date | None:
    """YYMMDD within 49 years before and 50 after ``reference_year``; day 00 is the month's end where allowed."""
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:6])
    century = reference_year - reference_year % 100
    full = century + year
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
    is_range = ai == "7007" and re.fullmatch(r"\d{6}(\d{6})?", value) is not None
    if not is_range and (found is None or not found.value.fullmatch(value)):
        return "bad_content"
    length = 13 if LOCATION.fullmatch(ai) else CHECKED.get(ai)
    if length is not None and (len(value) < length or not checks(value[:length])):
        return "bad_check_digit"
    if ai in {"01", "02"} and not value.strip("0"):
        return "bad_content"
    if ai in DATES or ai in EXACT_DATES:
        ok = date_of(value[:6], reference_year, ai in DATES) is not None
        return None if ok else "bad_content"
    if ai == "7007":
        return _range_error(value, reference_year)
    if ai in {"7003", "8008"}:
        return _moment_error(value, reference_year)
    if ai in COUNTRIES and value not in ISO_3166:
        return "bad_content"
    if ai in {"423"} and any(value[i : i + 3] not in ISO_3166 for i in range(0, len(value), 3)):
        return "bad_content"
    if re.fullmatch(r"703\d", ai) and value[:3] not in ISO_3166 and value[:3] != "999":
        return "bad_content"
    return None


def _range_error(value: str, reference_year: int) -> str | None:
    days = [date_of(value[i : i + 6], reference_year, False) for i in range(0, len(value), 6)]
    if any(day is None for day in days):
        return "bad_content"
    return "bad_content" if len(days) == 2 and days[0] > days[1] else None  # type: ignore[operator]


def _moment_error(value: str, reference_year: int) -> str | None:
    if date_of(value[:6], reference_year, False) is None:
        return "bad_content"
    limits = (24, 60, 60)
    parts = [int(value[i : i + 2]) for i in range(6, len(value), 2)]
    return None if all(part < limit for part, limit in zip(parts, limits, strict=False)) else "bad_content"


def association_warnings(elements: Pairs) -> tuple[str, ...]:
    """Companions that are missing on this carrier: another label of the item may have them, so only a warning."""
    present = {ai for ai, _ in elements}
    found = []
    if any(WANT_ITEM.fullmatch(ai) for ai in present) and not present & ITEM_KEYS:
        found.append("missing_key")
    found += [f"needs_{need}" for ai, need in REQUIRES if ai in present and need not in present]
    return tuple(found)


def association_error(elements: Pairs) -> str | None:
    """Elements that may never stand together, or one AI with two values."""
    values: dict[str, str] = {}
    for ai, value in elements:
        if values.setdefault(ai, value) != value:
            return "conflict"
    return "conflict" if any(one in values and other in values for one, other in EXCLUDES) else None
