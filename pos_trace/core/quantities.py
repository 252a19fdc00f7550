"""Amounts as people write them in Viet Nam: comma for decimals, dots for thousands, units by many names."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from unicodedata import normalize

MOST: Final = Decimal(1_000_000_000)
MILLI: Final = Decimal("0.001")
NBSP: Final = "\u00a0"

# unit → kilograms of one, None where it depends on the goods ("chục", "sọt" …)
UNITS: Final[dict[str, Decimal | None]] = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lạng": Decimal("0.1"),
    "yến": Decimal(10),
    "tạ": Decimal(100),
    "tấn": Decimal(1000),
    "con": None,
    "mảnh": None,
    "trái": None,
    "quả": None,
    "bó": None,
    "cành": None,
    "chậu": None,
    "chục": None,
    "thiên": None,
    "gói": None,
    "túi": None,
    "hộp": None,
    "hũ": None,
    "khay": None,
    "vỉ": None,
    "chai": None,
    "bịch": None,
    "rổ": None,
    "sọt": None,
    "thùng": None,
    "bao": None,
    "két": None,
    "cần xé": None,
    "cây": None,
    "lon": None,
    "lít": None,
}
ALIASES: Final = {"ký": "kg", "kí": "kg", "cân": "kg", "kilogram": "kg", "gam": "g", "gram": "g", "kgm": "kg"}
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(\.\d{3})+(,\d{1,3})?\Z")
_AMBIGUOUS: Final = re.compile(r"[1-9]\d{0,2}\.\d{3}\Z")
_DECIMAL: Final = re.compile(r"\d{1,10}([.,]\d{1,3})?\Z")
_EXACT: Final = re.compile(r"\d{1,10}(\.\d{1,12})?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a typed number may mean: one value, two (ask once), or none."""

    values: tuple[Decimal, ...]

    @property
    def value(self) -> Decimal | None:
        """The only meaning, or None."""
        return self.values[0] if len(self.values) == 1 else None


def read(text: str) -> Reading:
    """What people type: 1,5 and 1.5 are one and a half, 1.234,5 has thousands, 1.500 is 1500 or 1,5 (ask once).

    Negatives, more than three decimals, more than ``MOST`` and everything else mean nothing.
    """
    plain = "".join(text.split())
    if not plain.isascii():
        return Reading(())
    return Reading(tuple(value for value in _meanings(plain) if value <= MOST))


def _meanings(plain: str) -> tuple[Decimal, ...]:
    if _AMBIGUOUS.match(plain):
        return Decimal(plain.replace(".", "")), Decimal(plain)
    if _THOUSANDS.match(plain):
        return (Decimal(plain.replace(".", "").replace(",", ".")),)
    return (Decimal(plain.replace(",", ".")),) if _DECIMAL.match(plain) else ()


def exact(value: object) -> Decimal | None:
    """A JSON quantity (text, int, or Decimal) as a Decimal of three decimals, above 0 and at most ``MOST``; None
    when it is none: a float, NaN, a negative, 1e3, more than three decimals that matter.
    """
    if isinstance(value, str) and _EXACT.match(value):
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    if (isinstance(value, Decimal) and not value.is_finite()) or not 0 < value <= MOST:
        return None
    milli = Decimal(value).quantize(MILLI)
    return milli if milli == value else None


def unit_of(text: str) -> str | None:
    """The unit's one name, or None for a unit nobody knows."""
    plain = " ".join(normalize("NFC", text).split()).casefold()
    name = ALIASES.get(plain, plain)
    return name if name in UNITS else None


def to_kg(quantity: Decimal, unit: str, content_kg: Decimal | None) -> Decimal | None:
    """Kilograms of ``quantity``; by the remembered content where the unit has none of its own; None = unknown."""
    each = UNITS.get(unit)
    if each is None:
        each = content_kg
    return None if each is None else (quantity * each).quantize(MILLI)


def weighed(quantity: Decimal | None, unit: str | None) -> Decimal | None:
    """Kilograms of a quantity in a unit of weight, by whatever name people call it; None for every other unit."""
    known = unit_of(unit or "")
    return None if quantity is None or known is None else to_kg(quantity, known, None)


def shown(quantity: Decimal) -> str:
    """``1,5`` and ``1.234``: comma for decimals, dots for thousands, no trailing zeros."""
    whole, _, part = f"{abs(quantity).quantize(MILLI):f}".partition(".")
    sign = "-" if quantity < 0 else ""
    grouped = f"{sign}{int(whole):,}".replace(",", ".")
    part = part.rstrip("0")
    return f"{grouped},{part}" if part else grouped


def as_text(quantity: Decimal) -> str:
    """``1.5`` and ``40``: a decimal string for the API, no trailing zeros."""
    return f"{quantity.normalize():f}"


def money(dong: int) -> str:
    """``125.000 đ`` with a no-break space."""
    return f"{dong:,}".replace(",", ".") + f"{NBSP}đ"
