"""Amounts as people write them in Viet Nam: comma for decimals, dots for thousands, units by many names."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

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
}
ALIASES: Final = {"ký": "kg", "kí": "kg", "cân": "kg", "kilogram": "kg", "gam": "g", "gram": "g", "kgm": "kg"}
_THOUSANDS = re.compile(r"^\d{1,3}(\.\d{3})+(,\d{1,3})?$")
_AMBIGUOUS = re.compile(r"^\d{1,3}\.\d{3}$")
_DECIMAL = re.compile(r"^\d{1,10}([.,]\d{1,3})?$")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a typed number may mean: one value, two (ask once), or none."""

    values: tuple[Decimal, ...]

    @property
    def value(self) -> Decimal | None:
        """The only meaning, or None."""
        return self.values[0] if len(self.values) == 1 else None


def read(text: str) -> Reading:
    """ "1,5" and "1.5" → 1.5; "1.234,5" → 1234.5; "1.500" → 1500 or 1.5; negatives and the rest mean nothing."""
    plain = "".join(text.split())
    if not plain.isascii():
        return Reading(())
    if _AMBIGUOUS.match(plain):
        whole, part = Decimal(plain.replace(".", "")), Decimal(plain)
        return Reading((whole, part) if whole != part else (whole,))
    if _THOUSANDS.match(plain):
        return Reading((Decimal(plain.replace(".", "").replace(",", ".")),))
    if _DECIMAL.match(plain):
        return Reading((Decimal(plain.replace(",", ".")),))
    return Reading(())


def exact(value: object) -> Decimal | None:
    """A JSON quantity (text, int, or Decimal) as a Decimal of at most three decimals above 0; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite() or number <= 0 or number > MOST or number != number.quantize(MILLI):
        return None
    return number.quantize(MILLI)


def unit_of(text: str) -> str | None:
    """The unit's one name, or None for a unit nobody knows."""
    plain = " ".join(text.split()).casefold()
    name = ALIASES.get(plain, plain)
    return name if name in UNITS else None


def to_kg(quantity: Decimal, unit: str, content_kg: Decimal | None) -> Decimal | None:
    """Kilograms of ``quantity``; by the remembered content where the unit has none of its own; None = unknown."""
    each = UNITS.get(unit) if UNITS.get(unit) is not None else content_kg
    return None if each is None else (quantity * each).quantize(MILLI)


def shown(quantity: Decimal) -> str:
    """``1,5`` and ``1.234``: comma for decimals, dots for thousands, no trailing zeros."""
    whole, _, part = f"{quantity.quantize(MILLI):f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    part = part.rstrip("0")
    return f"{grouped},{part}" if part else grouped


def money(dong: int) -> str:
    """``125.000 đ`` with a no-break space."""
    return f"{dong:,}".replace(",", ".") + f"{NBSP}đ"
