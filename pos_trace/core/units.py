"""Units with a content the stall set itself: a "chục" of 10, 12 or 14, a "sọt" of 25 kg (USERS 2.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pos_trace.core.quantities import MILLI, UNITS, as_text, exact, shown, to_kg, unit_of

MOST_CONTENTS: Final = 20


@dataclass(frozen=True, slots=True)
class Content:
    """What one unit holds: ``count`` of ``unit``."""

    count: Decimal
    unit: str


Contents = Mapping[str, Content]
NOTHING: Final[Contents] = {}


def contents_from(told: Mapping[str, Any] | None) -> dict[str, Content]:
    """What was stored, or what a stall says: ``{"chục": {"count": "12", "unit": "quả"}}``.

    Raises ``ValueError`` with what is wrong, in Vietnamese: a unit nobody knows, a weight that would weigh something
    else, a unit of itself, a content that is opened again, no number above 0, more than ``MOST_CONTENTS``.
    """
    found: dict[str, Content] = {}
    for outer, inner in sorted((told or {}).items()):
        known, of = unit_of(outer), unit_of(str(inner.get("unit", "")))
        count = exact(inner.get("count"))
        if known is None or of is None:
            raise ValueError(f"Đơn vị chưa có: {outer}. Chọn trong danh sách.")
        if UNITS[known] is not None or known == of:
            raise ValueError(f"Không đặt được quy cách cho {known}.")
        if count is None:
            raise ValueError(f"1 {known} bằng bao nhiêu {of}: nhập số lớn hơn 0.")
        found[known] = Content(count, of)
    if any(content.unit in found for content in found.values()):
        raise ValueError("Một đơn vị không thể vừa là quy cách vừa có quy cách.")
    if len(found) > MOST_CONTENTS:
        raise ValueError(f"Tối đa {MOST_CONTENTS} quy cách cho một mặt hàng.")
    return found


def contents_json(contents: Contents) -> dict[str, dict[str, str]]:
    """As it is stored and answered."""
    return {outer: {"count": as_text(one.count), "unit": one.unit} for outer, one in sorted(contents.items())}


def words(quantity: Decimal, unit: str, contents: Contents = NOTHING) -> str:
    """``1 chục (12 quả)``; without a content ``1,5 kg``."""
    plain = f"{shown(quantity)} {unit}".strip()
    content = contents.get(unit)
    return plain if content is None else f"{plain} ({shown(quantity * content.count)} {content.unit})"


def convert(
    quantity: Decimal, unit: str, wanted: str, contents: Contents = NOTHING, content_kg: Decimal | None = None
) -> Decimal | None:
    """``quantity`` of ``unit`` in ``wanted``, to the gram; None where nobody said what one holds.

    ``content_kg``: kilograms of one, where the goods' own unit has no weight of its own.
    """
    if unit == wanted:
        return quantity
    here, there = _base(quantity, unit, contents, content_kg), _base(Decimal(1), wanted, contents, content_kg)
    if here is None or there is None or here[1] != there[1] or not there[0]:
        return None
    return (here[0] / there[0]).quantize(MILLI)


def _base(quantity: Decimal, unit: str, contents: Contents, content_kg: Decimal | None) -> tuple[Decimal, str] | None:
    """In kilograms where there is a weight, else in the smallest unit that was told."""
    content = contents.get(unit)
    if content is not None:
        quantity, unit = quantity * content.count, content.unit
    elif UNITS.get(unit) is None and content_kg is not None:
        return quantity * content_kg, "kg"
    weight = to_kg(quantity, unit, None)
    return (quantity, unit) if weight is None else (weight, "kg")
