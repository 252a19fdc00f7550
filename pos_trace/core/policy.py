"""Frozen rule tables. Configuration fills them; code never asks where they came from."""

from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from pos_trace.core.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class InStoreRule:
    """How one shop's scale writes a code that starts with 2 (GS1: restricted circulation number).

    ``pattern`` has one letter a digit: P prefix, I item, W weight, V price, N count, K inner check, C check.
    """

    prefix: str
    pattern: str
    unit: str = "kg"
    decimals: int = 3


@dataclass(frozen=True, slots=True)
class HostRule:
    """What a host in a code means. ``mode``: ``record`` = our province's own records,
    ``foreign`` = an official system elsewhere, ``commercial`` = a company's page, ``dead`` = no longer served.
    ``code_regex`` with a group named ``code`` takes the code out of the path; ``scheme`` names it in the key.
    """

    host: str
    platform: str
    mode: str = "foreign"
    code_regex: str = ""
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class SchemeRule:
    """An opaque provincial code that is no URL, e.g. ``kt:CT-2611-0042``: ``regex`` with a group ``code``."""

    scheme: str
    regex: str


@dataclass(frozen=True, slots=True)
class CodeRules:
    """What ``codes.parse`` may know beyond the GS1 standards.

    ``own_hosts``: hosts of our own public pages (receipts, stall cards). ``separators``: how scanners type FNC1.
    ``max_candidates`` bounds what a text with lost separators may have been. ``reference_year``: GS1's two-digit
    years lie 49 before to 50 after it; a parser has no clock.
    """

    hosts: tuple[HostRule, ...] = ()
    schemes: tuple[SchemeRule, ...] = ()
    in_store: tuple[InStoreRule, ...] = ()
    own_hosts: tuple[str, ...] = ()
    separators: tuple[str, ...] = ("<GS>", "{GS}", "[GS]", "␝", "è", "^]", "\x1e", "<FNC1>", "\\x1d", "\\u001d")
    max_candidates: int = 16
    reference_year: int = 2026


@dataclass(frozen=True, slots=True)
class PaperRule:
    """One acceptable set of papers for goods without a record.

    ``kinds``: any one of these kinds satisfies it. ``fields``: what must be filled in (number, date, issuer).
    ``max_age_days``: the paper's date lies at most this many days before receiving. ``photo``: a photo is needed.
    """

    kinds: tuple[str, ...]
    fields: tuple[str, ...] = ()
    max_age_days: int | None = None
    photo: bool = False


@dataclass(frozen=True, slots=True)
class GoodsGroup:
    """A goods group: what it is called, which papers show its origin, how its stock behaves.

    ``papers``: every rule must be satisfied. ``mandatory``: held while unchecked (design, table row 2).
    ``shelf_life``: how long an open lot without an expiry date is sold before it closes.
    """

    name: str
    title_vi: str
    title_en: str
    papers: tuple[PaperRule, ...] = ()
    mandatory: bool = False
    food: bool = True
    shelf_life: timedelta | None = None
    units: tuple[str, ...] = ("kg",)
    synonyms: tuple[str, ...] = ()
    near_expiry_days: int = 2


@dataclass(frozen=True, slots=True)
class Clocks:
    """Waits and deadlines of USERS part 1 and the law; each may be raised or lowered in TOML."""

    report_after: timedelta = timedelta(hours=24)
    report_after_revoked: timedelta = timedelta(hours=1)
    report_after_least: timedelta = timedelta(minutes=30)
    auto_close_after: timedelta = timedelta(hours=4)
    day_end: time = time(18, 0)
    unchecked_sellable: timedelta = timedelta(hours=24)
    records_old_after: timedelta = timedelta(hours=72)
    records_stale_after: timedelta = timedelta(hours=6)
    received_within: timedelta = timedelta(days=1)
    conclude_within: timedelta = timedelta(days=10)
    notice_within_working_days: int = 3
    practice_days: int = 14


@dataclass(frozen=True, slots=True)
class Province:
    """The province this node belongs to, as texts and pages show it."""

    name: str = "Quảng Ngãi"
    department: str = "Sở Công Thương"
    former_names: tuple[str, ...] = ()
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything configurable that a rule may ask for, in one frozen value."""

    codes: CodeRules = field(default_factory=CodeRules)
    goods: tuple[GoodsGroup, ...] = ()
    clocks: Clocks = field(default_factory=Clocks)
    effects: tuple[tuple[str, str], ...] = ()
    province: Province = field(default_factory=Province)
    rules_version: str = "1"
    quantity_tolerance: Decimal = Decimal("0.10")

    def group(self, name: str | None) -> GoodsGroup | None:
        """The goods group called ``name``, or None."""
        return next((g for g in self.goods if g.name == name), None)


HOURS, DAYS = ("_h", "_days")


def clocks_from(table: dict[str, Any]) -> Clocks:
    """Clocks out of configuration: ``report_after_h = 24`` (hours), ``conclude_within_days = 10``, plain numbers as
    they are, ``day_end = "18:00"``. Raises ``Misconfigured`` for a name no clock has.
    """
    made: dict[str, Any] = {}
    kinds = {f.name: f.type for f in fields_of(Clocks)}
    for name, value in table.items():
        bare = name.removesuffix(HOURS).removesuffix(DAYS)
        if name in kinds and kinds[name] is int:
            made[name] = int(value)
        elif name in kinds and kinds[name] is time:
            made[name] = time.fromisoformat(str(value))
        elif kinds.get(bare) is timedelta and bare != name:
            made[bare] = timedelta(hours=float(value)) if name.endswith(HOURS) else timedelta(days=float(value))
        else:
            raise Misconfigured("unknown_clock", f"không có thời hạn tên '{name}'")
    return Clocks(**made)


def goods_group_from(table: dict[str, Any]) -> GoodsGroup:
    """A goods group out of configuration; ``[[papers]]`` are its rules. Raises ``Misconfigured`` for unknown keys."""
    known = {f.name for f in fields_of(GoodsGroup)} - {"papers", "shelf_life"} | {"papers", "shelf_life_days"}
    rule_keys = {f.name for f in fields_of(PaperRule)}
    unknown = (set(table) - known) | {key for rule in table.get("papers", ()) for key in set(rule) - rule_keys}
    if unknown or "name" not in table:
        raise Misconfigured("unknown_goods_key", f"nhóm hàng {table.get('name', '?')}: mục lạ {sorted(unknown)}")
    plain = {key: _frozen(value) for key, value in table.items() if key not in {"papers", "shelf_life_days"}}
    rules = tuple(PaperRule(**{k: _frozen(v) for k, v in rule.items()}) for rule in table.get("papers", ()))
    days = table.get("shelf_life_days")
    return GoodsGroup(papers=rules, shelf_life=None if days is None else timedelta(days=days), **plain)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
