"""Dates of goods: which a goods group must have, what the label, the record and the receiver say, what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from pos_trace.core.codes import BUILTIN, ScannedCode
from pos_trace.core.codes.lints import date_of
from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.policy import GoodsGroup
from pos_trace.core.records import LotRecord

# the names of ``GoodsGroup.needs_dates`` in people's words
DATE_WORDS: Final[Mapping[str, str]] = {"production": "ngày sản xuất", "expiry": "hạn sử dụng"}


@dataclass(frozen=True, slots=True)
class GoodsDates:
    """Days of one lot, None where nobody said. ``best_before`` answers for the use-by date but stops no sale."""

    production: date | None = None
    expiry: date | None = None
    best_before: date | None = None

    def told(self) -> dict[str, str | None]:
        """The two dates a group may need, as ISO days; a best-before date stands for the use-by date."""
        return {"production": _iso(self.production), "expiry": _iso(self.expiry or self.best_before)}


NO_DATES: Final = GoodsDates()


def must_fit(typed: GoodsDates, today: date) -> None:
    """Raises ``Invalid`` when the receiver typed goods made after ``today``, or after their own end."""
    made = typed.production
    if made is not None and made > today:
        raise Invalid("date_invalid", "Ngày sản xuất chưa tới.", (FieldError("/production_date", "out_of_range"),))
    if made is not None and typed.expiry is not None and typed.expiry < made:
        raise Invalid("date_invalid", "Hạn sử dụng trước ngày sản xuất.", (FieldError("/expiry_date", "out_of_range"),))


def of_code(code: ScannedCode) -> GoodsDates:
    """What a label's code carries; the day of packing (AI 13) where it names no day of production (AI 11)."""
    packed = dict(code.elements).get("13")
    made = code.production_date or (date_of(packed, BUILTIN.reference_year, True) if packed else None)
    return GoodsDates(made, code.expiry, code.best_before)


def of_record(record: LotRecord | None) -> GoodsDates:
    """What the province's record says; the day of harvest or packing where it names no day of production."""
    if record is None:
        return NO_DATES
    made = record.production_date or record.harvest_date or record.pack_date
    return GoodsDates(made, record.expiry_date, record.best_before)


def together(*told: GoodsDates) -> GoodsDates:
    """Each date from the first that says it."""
    return GoodsDates(
        next((one.production for one in told if one.production is not None), None),
        next((one.expiry for one in told if one.expiry is not None), None),
        next((one.best_before for one in told if one.best_before is not None), None),
    )


def missing(group: GoodsGroup | None, dates: GoodsDates) -> tuple[str, ...]:
    """The dates goods of ``group`` must have and nobody has told, by name."""
    known = dates.told()
    return tuple(name for name in (group.needs_dates if group is not None else ()) if known[name] is None)


def missing_words(names: tuple[str, ...]) -> str:
    """ "Chưa ghi hạn sử dụng": what the line says; empty when nothing is missing."""
    return f"Chưa ghi {', '.join(DATE_WORDS[name] for name in names)}" if names else ""


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
