"""What a text may have been before a scanner or keyboard dropped its separators: a bounded search, never a guess."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pos_trace.core.codes.companions import association_error, association_warnings
from pos_trace.core.codes.lints import MONTH_END_DATES, content_error, date_of
from pos_trace.core.codes.scanned import Pairs
from pos_trace.core.codes.table import identifier_at

# Contents looked at before the search gives up; a label needs a few dozen.
MOST_STEPS: Final = 4000
# What food labels carry: a lost separator before anything else is taken for a longer lot.
FOOD: Final = re.compile(r"00|01|02|10|11|13|15|16|17|21|30|310\d|37|400|41\d|422|7003|7007|703\d")
DATED: Final = MONTH_END_DATES | {"7003", "7007"}
YEARS_BACK: Final = 2
YEARS_AHEAD: Final = 10


@dataclass(frozen=True, slots=True)
class Readings:
    """Legal, plausible readings; ``complete`` False when there may be more than were looked for."""

    found: tuple[Pairs, ...]
    complete: bool


def readings(text: str, reference_year: int, most: int) -> Readings:
    """All ways to split ``text``, the longest values first, at most ``most`` of them.

    Every content is legal, nothing excludes another, goods are named. Behind the first value of open length the
    place of everything is a guess, so there only what food labels carry counts, with dates near ``reference_year``.
    """
    steps = [MOST_STEPS]

    def walk(at: int, so_far: Pairs, guessing: bool) -> Iterator[Pairs]:
        if at == len(text):
            yield so_far
            return
        known = identifier_at(text, at)
        if known is None or (guessing and not FOOD.fullmatch(known.ai)) or any(ai == known.ai for ai, _ in so_far):
            return
        start = at + len(known.ai)
        longest = min(known.most, len(text) - start)
        for size in range(longest, known.least - 1, -1):
            steps[0] -= 1
            if steps[0] < 0:
                return
            value = text[start : start + size]
            if content_error(known.ai, value, reference_year) is None and (
                not guessing or _near(known.ai, value, reference_year)
            ):
                yield from walk(start + size, (*so_far, (known.ai, value)), guessing or known.ends)

    found: list[Pairs] = []
    for reading in walk(0, (), False):
        if association_error(reading) is None and "missing_key" not in association_warnings(reading):
            found.append(reading)
            if len(found) >= most:
                break
    return Readings(tuple(found), steps[0] >= 0 and len(found) < most)


def _near(ai: str, value: str, reference_year: int) -> bool:
    if ai not in DATED:
        return True
    day = date_of(value, reference_year, ai in MONTH_END_DATES)
    return day is not None and -YEARS_BACK <= day.year - reference_year <= YEARS_AHEAD
