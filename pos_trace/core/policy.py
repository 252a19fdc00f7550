"""Frozen rule tables. Configuration fills them; code never asks where they came from."""

from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from datetime import date, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final

from pos_trace.core.distances import Place
from pos_trace.core.errors import Misconfigured
from pos_trace.core.routing import Routing
from pos_trace.core.starter import StarterGoods
from pos_trace.core.vocabulary.words import PAPER_KINDS

LEAST_WINDOW: Final = timedelta(minutes=30)
PAPER_FIELDS: Final = ("number", "issued_on", "issuer")
DATE_NAMES: Final = ("production", "expiry")


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

    ``kinds``: any one of these kinds satisfies it. ``fields``: what must be filled in (``PAPER_FIELDS``).
    ``max_age_days``: the paper's date lies at most this many days before receiving. ``photo``: a photo is needed.
    """

    kinds: tuple[str, ...]
    fields: tuple[str, ...] = ("issued_on",)
    max_age_days: int | None = None
    photo: bool = True


@dataclass(frozen=True, slots=True)
class GoodsGroup:
    """A goods group: what it is called, which papers show its origin, how its stock behaves.

    ``papers``: every rule must be satisfied. ``mandatory``: held while unchecked (design, table row 2).
    ``shelf_life``: how long an open lot without an expiry date is sold before it closes. ``synonyms``: words in a
    goods name that mean this group. ``tolerance``: share by which a stated quantity may be passed (a lot's, a
    paper's). ``needs_dates``: dates a line of it must have (``DATE_NAMES``). ``sell_while_waiting``: sold while its
    papers are promised for later ("Giấy đến sau").
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
    tolerance: Decimal | None = None
    needs_dates: tuple[str, ...] = ()
    sell_while_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Clocks:
    """Waits and deadlines of USERS part 1 and the law; each may be raised or lowered in TOML.

    ``holidays``: days off that are no working days; they move each year, so somebody keeps them.
    """

    report_after: timedelta = timedelta(hours=24)
    report_after_revoked: timedelta = timedelta(hours=1)
    report_after_least: timedelta = LEAST_WINDOW
    auto_close_after: timedelta = timedelta(hours=4)
    papers_by: time = time(5, 0)
    remind_before: timedelta = timedelta(hours=2)
    remind_last: timedelta = timedelta(minutes=30)
    day_end: time = time(18, 0)
    quiet_from: time = time(10, 0)
    quiet_until: time = time(17, 0)
    unchecked_sellable: timedelta = timedelta(hours=24)
    correction_within: timedelta = timedelta(hours=2)
    records_old_after: timedelta = timedelta(hours=72)
    records_stale_after: timedelta = timedelta(hours=6)
    received_within: timedelta = timedelta(days=1)
    snapshot_valid: timedelta = timedelta(days=30)
    conclude_within: timedelta = timedelta(days=10)
    extended_within: timedelta = timedelta(days=25)
    notice_within_working_days: int = 3
    practice_days: int = 14
    keep_months: int = 60
    idle_lock: timedelta = timedelta(minutes=10)
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Province:
    """The province this node belongs to, as texts and pages show it."""

    name: str = "Quảng Ngãi"
    department: str = "Sở Công Thương"
    former_names: tuple[str, ...] = ()
    valid_from: date | None = None
    hotline: str = ""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything configurable that a rule may ask for, in one frozen value.

    ``province_keys``: public keys (base64) the province signs with, beside the one it told at enrolment.
    ``trace_target``: the share of enterprises, in percent, that are to have a trace system, and who says so.
    """

    codes: CodeRules = field(default_factory=CodeRules)
    goods: tuple[GoodsGroup, ...] = ()
    clocks: Clocks = field(default_factory=Clocks)
    effects: tuple[tuple[str, str], ...] = ()
    province: Province = field(default_factory=Province)
    routing: Routing = field(default_factory=Routing)
    rules_version: str = "1"
    quantity_tolerance: Decimal = Decimal("0.10")
    starter: tuple[StarterGoods, ...] = ()
    help_line: str = ""
    province_keys: tuple[str, ...] = ()
    trace_target: int = 30
    trace_target_source: str = ""

    def group(self, name: str | None) -> GoodsGroup | None:
        """The goods group called ``name``, or None."""
        return next((g for g in self.goods if g.name == name), None)


def clocks_from(table: dict[str, Any]) -> Clocks:
    """Clocks out of configuration: ``report_after_h = 24`` (hours), ``conclude_within_days = 10``, plain numbers as
    they are, ``day_end = "18:00"``, ``holidays = [2027-01-01]``. Raises ``Misconfigured`` for a name no clock has and
    a value that is none.
    """
    kinds = {f.name: f.type for f in fields_of(Clocks)}
    unit = {f"{name}_h": "hours" for name, kind in kinds.items() if kind is timedelta}
    unit |= {f"{name}_days": "days" for name, kind in kinds.items() if kind is timedelta}
    unit |= {f"{name}_min": "minutes" for name, kind in kinds.items() if kind is timedelta}
    plain = [name for name, kind in kinds.items() if kind is not timedelta]
    made: dict[str, Any] = {}
    for name, value in table.items():
        if name not in unit and name not in plain:
            raise Misconfigured("unknown_clock", f"không có thời hạn tên '{name}'{_near(name, [*unit, *plain])}")
        try:
            if name in unit:
                made[name.rpartition("_")[0]] = timedelta(**{unit[name]: float(value)})
            else:
                made[name] = _plain_clock(kinds[name], value)
        except (TypeError, ValueError, OverflowError):
            raise Misconfigured("bad_clock", f"thời hạn '{name}': không dùng được giá trị '{value}'") from None
    zeros = {name: type(value)(0) for name, value in made.items() if isinstance(value, (timedelta, int))}
    wrong = [name for name, zero in zeros.items() if made[name] < zero]
    if wrong:
        raise Misconfigured("bad_clock", f"thời hạn '{wrong[0]}' không được âm")
    if made.get("report_after_least", LEAST_WINDOW) < LEAST_WINDOW:
        raise Misconfigured("bad_clock", "thời hạn 'report_after_least' không được dưới 30 phút")
    return Clocks(**made)


def _plain_clock(kind: object, value: Any) -> Any:
    if kind is int:
        whole = int(float(value))
        if whole != float(value):
            raise ValueError("a whole number is needed")
        return whole
    return time.fromisoformat(value) if kind is time else tuple(date.fromisoformat(str(day)) for day in value)


def goods_group_from(table: dict[str, Any]) -> GoodsGroup:
    """A goods group out of configuration; ``[[papers]]`` are its rules, ``shelf_life_days`` its shelf life,
    ``tolerance = "0.05"`` a share. Raises ``Misconfigured`` for unknown keys, missing names and wrong kinds of value.
    """
    who = f"nhóm hàng {table.get('name', '?')}"
    names = {f.name for f in fields_of(GoodsGroup)} - {"shelf_life"}
    _only(who, table, names | {"shelf_life_days"})
    if not all(isinstance(table.get(name), str) for name in ("name", "title_vi", "title_en")):
        raise Misconfigured("incomplete_goods_group", f"{who}: cần name, title_vi, title_en")
    try:
        plain = _kept(who, GoodsGroup, {key: value for key, value in table.items() if key in names - {"papers"}})
        plain["papers"] = tuple(_paper_rule(who, rule) for rule in table.get("papers", ()))
        if "shelf_life_days" in table:
            plain["shelf_life"] = timedelta(days=_value(f"{who}: shelf_life_days", int, table["shelf_life_days"]))
    except (TypeError, AttributeError, ArithmeticError) as error:
        raise Misconfigured("bad_goods_value", f"{who}: giá trị không dùng được: {error}") from None
    group = GoodsGroup(**plain)
    wrong = [name for name in group.needs_dates if name not in DATE_NAMES]
    if wrong:
        near = _near(wrong[0], list(DATE_NAMES))
        raise Misconfigured("bad_goods_value", f"{who}: needs_dates không có ngày tên '{wrong[0]}'{near}")
    return group


def _paper_rule(who: str, table: dict[str, Any]) -> PaperRule:
    _only(f"{who}, [[papers]]", table, {f.name for f in fields_of(PaperRule)})
    rule = PaperRule(**{"kinds": ()} | _kept(f"{who}, [[papers]]", PaperRule, table))
    strange = [kind for kind in rule.kinds if kind not in PAPER_KINDS]
    if strange:
        near = _near(strange[0], list(PAPER_KINDS))
        raise Misconfigured("bad_paper_rule", f"{who}: [[papers]] không có loại giấy '{strange[0]}'{near}")
    if not rule.kinds or not set(rule.fields) <= set(PAPER_FIELDS):
        raise Misconfigured("bad_paper_rule", f"{who}: [[papers]] cần kinds; fields chỉ gồm {', '.join(PAPER_FIELDS)}")
    return rule


def _kept(who: str, made: type[GoodsGroup] | type[PaperRule], table: dict[str, Any]) -> dict[str, Any]:
    """The values of ``table`` as the fields of ``made`` want them: a list of texts never a text, a number no word."""
    kinds = {f.name: f.type for f in fields_of(made)}
    return {key: _value(f"{who}: {key}", kinds[key], value) for key, value in table.items()}


def _value(where: str, kind: object, value: Any) -> Any:
    if kind == tuple[str, ...]:
        fits = isinstance(value, list) and all(isinstance(item, str) for item in value)
        value = tuple(value) if fits else value
    elif kind in (bool, str):
        fits = type(value) is kind
    elif kind == Decimal | None:
        value = Decimal(str(value))
        fits = value.is_finite() and value >= 0
    else:  # whole numbers
        fits = type(value) is int and value >= 0
    if not fits:
        raise Misconfigured("bad_goods_value", f"{where}: không dùng được giá trị '{value}'")
    return value


def _only(who: str, table: dict[str, Any], known: set[str]) -> None:
    for key in table:
        if key not in known:
            raise Misconfigured("unknown_goods_key", f"{who}: không có mục '{key}'{_near(key, sorted(known))}")


def _near(name: str, known: list[str]) -> str:
    found = get_close_matches(name, known, 1)
    return f"; có phải '{found[0]}' không?" if found else ""
