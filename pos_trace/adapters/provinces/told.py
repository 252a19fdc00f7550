"""What TOML tells about the calls of one source of records, and where each value stands in its answers.

Everything is checked when the configuration is read: a path that is none, a field nobody knows, a placeholder that
nothing fills. docs/province-toml.md explains it with examples.
"""

import difflib
import re
from dataclasses import fields as members
from string import Formatter
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from pos_trace.adapters.provinces import fields
from pos_trace.core.records import Facility, LotRecord, Recall

PARTS: Final = ("key", "link", "gtin", "lot", "serial", "sscc", "scheme", "code")
NAMES_A_LOT: Final = ("key", "link", "lot", "serial", "sscc", "code")  # a GTIN alone is a product, no lot
CURSOR: Final = ("since", "page", "size")
LOT: Final = tuple(f.name for f in members(LotRecord))
FACILITY: Final = tuple(f"facility.{f.name}" for f in members(Facility))
RECALL: Final = tuple(f"recall.{f.name}" for f in members(Recall))
CONCLUSION: Final = (
    "case_id", "version", "at", "outcome", "origin_finding", "reason", "document_number", "document_date", "officer",
)  # fmt: skip


def placeholders(template: str) -> tuple[str, ...]:
    """The names in braces of a template; raises ``ValueError`` for braces that do not close."""
    try:
        return tuple(name for _, name, _, _ in Formatter().parse(template) if name is not None)
    except ValueError:
        raise ValueError(f"'{template}': dấu ngoặc nhọn không đóng") from None


def _path(text: str) -> str:
    fields.parse(text)
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"'{text}' không phải mẫu đúng: {error}") from None
    return text


def one_or_more(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else (value,)


Path_ = Annotated[str, AfterValidator(_path)]
Texts = Annotated[tuple[str, ...], BeforeValidator(one_or_more)]


class Told(BaseModel):
    """A frozen table that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Value(Told):
    """Where one value stands and what it becomes: ``"data.ten"`` alone, a list of such, or a table.

    ``path``: one or several, the first that is there counts; none: ``value`` stands for all. ``values``: their word →
    ours; a word that is not listed is told by name, unless ``other`` says what it becomes. ``formats``: of a date or
    time (strptime, ``iso``, ``s``, ``ms``). ``each``: members of the objects in a list. ``default``: when it is
    missing.
    """

    path: Annotated[tuple[Path_, ...], BeforeValidator(one_or_more)] = ()
    values: dict[str, str] = Field(default_factory=dict)
    other: str | None = None
    formats: Texts = ()
    each: dict[str, "Value"] = Field(default_factory=dict)
    default: str | None = None
    value: str | None = None

    @model_validator(mode="before")
    @classmethod
    def short_form(cls, told: Any) -> Any:
        """A text is a path, a list of them several."""
        return {"path": told} if isinstance(told, (str, list)) else told

    @model_validator(mode="after")
    def tells_something(self) -> "Value":
        """A path or a constant, not both."""
        if bool(self.path) == (self.value is not None):
            raise ValueError("cần path (chỗ lấy) hoặc value (giá trị cố định)")
        return self


class Rule(Told):
    """What an answer means by its status or a word in it: ``status``, ``path`` with ``equals`` or ``matches``; all
    that is said must hold. Only JSON is looked at: a page in between never says that a lot is absent.
    """

    means: Literal["absent", "unavailable", "auth", "refused"]
    status: int | None = Field(default=None, ge=200, le=599)
    path: Path_ = ""
    equals: Annotated[tuple[str | int | bool, ...], BeforeValidator(one_or_more)] = ()
    matches: Annotated[str, AfterValidator(_pattern)] = ""

    @model_validator(mode="after")
    def asks_something(self) -> "Rule":
        """A rule without a condition would hold for every answer."""
        if self.status is None and not self.path:
            raise ValueError("cần status hoặc path")
        return self


class Call(Told):
    """One request: ``path`` behind ``base_url``; ``query``, ``headers`` and ``body`` are templates too."""

    method: Literal["GET", "POST", "PUT"] = "GET"
    path: str = ""
    query: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    body: dict[str, Any] = Field(default_factory=dict)
    form: bool = False
    rules: tuple[Rule, ...] = ()

    def asks(self) -> tuple[str, ...]:
        """Every placeholder of the call."""
        told = (self.path, *self.query.values(), *self.headers.values(), *_leaves(self.body))
        return tuple(dict.fromkeys(name for text in told for name in placeholders(text)))

    def may_ask(self, fillable: tuple[str, ...]) -> None:
        """Raises ``ValueError`` for a placeholder that nothing fills."""
        for name in self.asks():
            known(name, fillable, "ô trống")


def _leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value] if isinstance(value, str) and not value.startswith("$") else []


def known(name: str, names: tuple[str, ...], what: str) -> None:
    """Raises ``ValueError`` for a name that is none of ``names``, with the nearest one."""
    if name not in names:
        near = difflib.get_close_matches(name, names, 1, 0.5)
        raise ValueError(f"không có {what} '{name}'" + (f"; có phải '{near[0]}' không?" if near else ""))


class Find(Call):
    """The look-up of one lot. ``record``: where the record lies in the answer; ``fields``: our name → theirs."""

    record: Path_ = ""
    fields: dict[str, Value]

    @model_validator(mode="after")
    def named_rightly(self) -> "Find":
        """Placeholders are parts of a key; fields are those of a lot, its facility and its recall."""
        self.may_ask(PARTS)
        for name in self.fields:
            known(name, (*LOT, *FACILITY, *RECALL), "trường")
        if not set(self.asks()) & set(NAMES_A_LOT):
            raise ValueError("cần ô trống nêu đúng một lô: {key}, {link}, {lot}, {serial}, {sscc} hoặc {code}")
        return self


class Feed(Call):
    """A list that grows. ``items``: where it lies; ``page_size`` and ``first_page``: how it is turned over, 0 = one
    page; ``cursor``: whether ``version`` counts or is a time; ``since_format``: how ``{since}`` is written then.
    """

    items: Path_ = ""
    fields: dict[str, Value]
    page_size: int = Field(default=0, ge=0, le=5000)
    first_page: int = Field(default=1, ge=0, le=1)
    cursor: Literal["number", "time"] = "number"
    since_format: str = "iso"

    def checked(self, allowed: tuple[str, ...], needed: tuple[str, ...]) -> None:
        """Raises ``ValueError`` for placeholders or fields that are none, and for a field that has to be there."""
        self.may_ask(CURSOR)
        for name in self.fields:
            known(name, allowed, "trường")
        for name in needed:
            if name not in self.fields:
                raise ValueError(f"thiếu trường '{name}'")


class Lots(Feed):
    """Lots that changed."""

    @model_validator(mode="after")
    def named_rightly(self) -> "Lots":
        """A lot needs its key or GTIN, its version and what every record needs."""
        self.checked((*LOT, *FACILITY), ("version", "product_name", "status"))
        if not {"key", "gtin"} & set(self.fields):
            raise ValueError("thiếu trường 'key' hoặc 'gtin'")
        return self


class Recalls(Feed):
    """Recalls that changed."""

    @model_validator(mode="after")
    def named_rightly(self) -> "Recalls":
        """A recall names itself and its lots."""
        names = tuple(name.removeprefix("recall.") for name in RECALL)
        self.checked((*names, "version"), ("recall_id", "version", "issued_at"))
        return self


class Conclusions(Feed):
    """What the authority concluded on our cases."""

    @model_validator(mode="after")
    def named_rightly(self) -> "Conclusions":
        """A conclusion names its case and what every conclusion must say."""
        self.checked(CONCLUSION, ("case_id", "version", "at", "outcome", "origin_finding", "reason"))
        return self


class Report(Call):
    """One kind of message out. ``body``: their shape; a text that begins with ``$`` is a path in our message.

    ``acknowledged``: where their number of receipt stands; ``events``: which events of a case they take, none = all.
    """

    method: Literal["GET", "POST", "PUT"] = "POST"
    acknowledged: Path_ = ""
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    events: tuple[str, ...] = ()

    @model_validator(mode="after")
    def named_rightly(self) -> "Report":
        """Paths in the body are paths; only the message's id is filled in."""
        self.may_ask(("id",))
        for path in _paths(self.body):
            fields.parse(path)
        return self


def _paths(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [path for item in value.values() for path in _paths(item)]
    if isinstance(value, list):
        return [path for item in value for path in _paths(item)]
    return [value] if isinstance(value, str) and value.startswith("$") else []
