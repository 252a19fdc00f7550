"""Which authority a case belongs to: a table of reason × goods group × kind of place, with the days it is valid."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from pos_trace.core.errors import Misconfigured
from pos_trace.core.text import fold

SEES: Final = ("cases", "area", "counts")
PLACES: Final = ("market", "supermarket", "shop")


@dataclass(frozen=True, slots=True)
class AgencyKind:
    """A kind of authority. ``sees``: cases routed to it | every case of its ``area`` | ``counts`` only.

    ``own_name``: people know it by its own row's name ("Đội QLTT số 1"), not by ``title``.
    """

    kind: str
    title: str
    sees: str = "cases"
    own_name: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """One rule; an empty tuple fits everything. ``source``: where the task is written down."""

    to: str
    source: str
    valid_from: date
    valid_to: date | None = None
    reasons: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def fits(self, reason: str, group: str | None, place: str | None, on: date) -> bool:
        """Whether the rule is valid on that day and speaks of such a case."""
        valid = self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        named = ((self.reasons, reason), (self.groups, group), (self.places, place))
        return valid and all(not wanted or told in wanted for wanted, told in named)


@dataclass(frozen=True, slots=True)
class Routing:
    """The whole table. Without rules everything is the Department's."""

    default: str = "sct"
    agencies: tuple[AgencyKind, ...] = (AgencyKind("sct", "Sở Công Thương"),)
    rules: tuple[Route, ...] = ()

    def kind_for(self, reason: str, group: str | None, place: str | None, on: date) -> str:
        """The kind of authority of a case that opened ``on`` that day: the first rule that fits, else the default."""
        fitting = (rule.to for rule in self.rules if rule.fits(reason, group, place, on))
        return next(fitting, self.default)

    def kind(self, name: str) -> AgencyKind:
        """What the table says of a kind; one it does not name sees its own cases under its own name."""
        return next((one for one in self.agencies if one.kind == name), AgencyKind(name, name, own_name=True))


def in_area(area: str | None, commune: str | None, province: str) -> bool:
    """Whether ``commune`` lies in ``area``: communes between semicolons; none, or the province's name: everywhere."""
    named = {fold(part) for part in (area or "").split(";") if part.strip()}
    return not named or fold(province) in named or fold(commune or "") in named


def routing_from(table: Mapping[str, Any]) -> Routing:
    """The table out of configuration. Raises ``Misconfigured`` for unknown keys and kinds nobody described."""
    try:
        agencies = tuple(AgencyKind(**row) for row in table.get("agencies", ()))
        rules = tuple(_route(row) for row in table.get("rules", ()))
    except TypeError as error:
        raise Misconfigured("bad_routing", f"bảng phân công cơ quan: {error}") from None
    made = Routing(table.get("default", "sct"), agencies or Routing().agencies, rules)
    known = {one.kind for one in made.agencies}
    lost = sorted({made.default, *(rule.to for rule in made.rules)} - known)
    if lost:
        raise Misconfigured("bad_routing", f"bảng phân công cơ quan: chưa mô tả cơ quan '{lost[0]}'")
    wrong = sorted({one.sees for one in made.agencies} - set(SEES))
    wrong += sorted({place for rule in made.rules for place in rule.places} - set(PLACES))
    if wrong:
        raise Misconfigured("bad_routing", f"bảng phân công cơ quan: không dùng được giá trị '{wrong[0]}'")
    return made


def _route(row: Mapping[str, Any]) -> Route:
    lists = {f.name for f in fields(Route) if f.type == tuple[str, ...]}
    for name in ("valid_from", "valid_to"):
        if name in row and type(row[name]) is not date:
            raise TypeError(f"{name}: cần một ngày")
    if any(not isinstance(row[name], list) for name in lists & set(row)):
        raise TypeError("reasons, groups, places: cần danh sách")
    told: dict[str, Any] = {name: tuple(value) if name in lists else value for name, value in row.items()}
    return Route(**told)
