"""Starter catalogues: what stalls of a goods group usually sell, so that nobody types sixty names on the first day."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pos_trace.core.errors import Misconfigured
from pos_trace.core.quantities import unit_of


@dataclass(frozen=True, slots=True)
class StarterGoods:
    """One name of the catalogue. ``content_kg``: what one unit usually weighs, where the market knows."""

    group: str
    name: str
    unit: str
    content_kg: Decimal | None = None


def starter_from(tables: Sequence[dict[str, Any]], groups: Sequence[str]) -> tuple[StarterGoods, ...]:
    """The catalogue out of configuration: each table names its ``group`` and lists ``[[goods]]`` with ``name``,
    ``unit`` and perhaps ``content_kg = "25"``. Raises ``Misconfigured`` for an unknown group, unit or key, a name that
    stands twice, a content that is no number above 0.
    """
    found: list[StarterGoods] = []
    names: set[str] = set()
    for table in tables:
        group = table.get("group")
        if group not in groups:
            raise Misconfigured("starter_group", f"danh mục hàng mẫu: không có nhóm '{group}'")
        for row in table.get("goods", ()):
            goods = _goods(str(group), row)
            if goods.name.casefold() in names:
                raise Misconfigured("starter_twice", f"danh mục hàng mẫu: '{goods.name}' có hai lần")
            names.add(goods.name.casefold())
            found.append(goods)
    return tuple(found)


def _goods(group: str, row: dict[str, Any]) -> StarterGoods:
    name, unit = row.get("name"), unit_of(str(row.get("unit", "")))
    if set(row) - {"name", "unit", "content_kg"} or not isinstance(name, str) or not name or unit is None:
        raise Misconfigured("starter_goods", f"danh mục hàng mẫu, nhóm '{group}': dòng chưa đúng: {row}")
    if "content_kg" not in row:
        return StarterGoods(group, name, unit)
    try:
        content = Decimal(str(row["content_kg"]))
    except InvalidOperation:
        content = Decimal(0)
    if not content.is_finite() or content <= 0:
        raise Misconfigured("starter_goods", f"danh mục hàng mẫu: '{name}': content_kg phải lớn hơn 0")
    return StarterGoods(group, name, unit, content)
