"""Configuration: TOML, then environment, parsed once into a frozen value; a misspelt key stops the start.

``POS_TRACE_SECTION__KEY`` overrides ``[section] key``; ``POS_TRACE_SECTION__KEY_FILE`` reads it from a file.
A list is JSON there, or its parts with commas between.
"""

import os
import tomllib
from collections.abc import Mapping
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from pos_trace import setting_rules as rules
from pos_trace.adapters.provinces.source import Source
from pos_trace.core.distances import Place
from pos_trace.core.errors import Misconfigured
from pos_trace.core.policy import (
    CodeRules,
    HostRule,
    InStoreRule,
    Policy,
    Province,
    SchemeRule,
    clocks_from,
    goods_group_from,
)
from pos_trace.core.routing import routing_from
from pos_trace.core.starter import starter_from
from pos_trace.core.vocabulary.reasons import effects_from

PREFIX = "POS_TRACE_"


class Section(BaseModel):
    """A frozen table that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NodeSection(Section):
    """``[node]``: which of the two roles, the node's id (a station: its site's id), where data lies.

    ``help_line``: whom a stall calls, printed on its first-day sheet.
    """

    role: Literal["station", "province"]
    id: str = Field(min_length=1, max_length=36, pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: str = ""
    data_dir: Path
    demo: bool = False
    help_line: str = Field(default="", max_length=120)


class DatabaseSection(Section):
    """``[database]``: empty ``url`` is ``app.db`` in the data folder."""

    url: SecretStr = SecretStr("")

    @field_validator("url")
    @classmethod
    def one_of_ours(cls, value: SecretStr) -> SecretStr:
        """The address is not told back: it may hold a password."""
        return SecretStr(rules.database_url(value.get_secret_value()))


class ServerSection(Section):
    """``[server]``: where HTTP is served; waitress limits (facts: a slow body must not hang the hall).

    ``trusted_proxy``: the one address whose ``X-Forwarded-For`` and ``-Proto`` count; empty: nobody's.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    threads: int = Field(default=8, ge=1, le=64)
    secure_cookies: bool = False
    trusted_proxy: Annotated[str, AfterValidator(rules.one_address)] = ""


PublicKey = Annotated[str, AfterValidator(rules.public_key)]
PublicAddress = Annotated[str, AfterValidator(rules.public_address)]


class PublicSection(Section):
    """``[public]``: the address printed on paper; without it no QR is printed."""

    base_url: PublicAddress = ""
    former_base_urls: Annotated[tuple[PublicAddress, ...], BeforeValidator(rules.as_list)] = ()


class ProvinceSection(Section):
    """``[province]``: a station's province, by preset name and address; empty ``url`` = not attached yet.

    ``keys``: public keys (base64) its snapshots may be signed with, beside the one told at enrolment: a new key is
    written here before the old one ends.
    """

    preset: str = "quangngai"
    url: str = ""
    api_key: SecretStr = SecretStr("")
    keys: Annotated[tuple[PublicKey, ...], BeforeValidator(rules.as_list)] = ()
    deadline_s: float = Field(default=3.0, gt=0, le=30)
    feed_deadline_s: float = Field(default=20.0, gt=0, le=120)


class BeatsSection(Section):
    """``[beats]``: how often the machine does what nobody asks for, in seconds."""

    enabled: bool = True
    recalls_s: float = Field(default=10.0, gt=0)
    feed_s: float = Field(default=30.0, gt=0)
    cases_s: float = Field(default=30.0, gt=0)
    outbox_s: float = Field(default=2.0, gt=0)
    clocks_s: float = Field(default=30.0, gt=0)
    snapshot_s: float = Field(default=3600.0, gt=0)


class ChildrenSection(Section):
    """``[children]``: processes that decode photos and draw pages."""

    count: int = Field(default=1, ge=1, le=8)
    decode_deadline_s: float = Field(default=5.0, gt=0)
    draw_deadline_s: float = Field(default=15.0, gt=0)


class Settings(Section):
    """Everything a node is told."""

    node: NodeSection
    database: DatabaseSection = DatabaseSection()
    server: ServerSection = ServerSection()
    public: PublicSection = PublicSection()
    province: ProvinceSection = ProvinceSection()
    beats: BeatsSection = BeatsSection()
    children: ChildrenSection = ChildrenSection()
    clocks: dict[str, float | str | tuple[date, ...]] = Field(default_factory=dict)
    effects: dict[str, str] = Field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    @field_validator("clocks", mode="before")
    @classmethod
    def lists_of_days(cls, value: Any) -> Any:
        """Holidays may come from the environment too."""
        if not isinstance(value, dict):
            return value
        return {name: rules.as_list(told) if name in rules.LISTED_CLOCKS else told for name, told in value.items()}

    @model_validator(mode="after")
    def data_dir_is_absolute(self) -> "Settings":
        """A relative data folder would move with the working directory."""
        if not self.node.data_dir.is_absolute():
            raise ValueError("node.data_dir phải là đường dẫn tuyệt đối")
        return self

    @property
    def database_url(self) -> str:
        """The configured URL, or SQLite in the data folder."""
        return self.database.url.get_secret_value() or f"sqlite:///{self.node.data_dir / 'app.db'}"


def default_path(environ: Mapping[str, str]) -> Path:
    """``$POS_TRACE_CONFIG``, else ``station.toml`` or ``province.toml`` in the platform's config folder."""
    named = environ.get(f"{PREFIX}CONFIG")
    if named:
        return Path(named)
    folder = Path(platformdirs.user_config_dir("pos-trace"))
    return next((p for p in (folder / "station.toml", folder / "province.toml") if p.exists()), folder / "station.toml")


def load(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings of the file at ``path`` under ``environ``; ``Misconfigured`` says where and what is expected."""
    environ = os.environ if environ is None else environ
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Misconfigured(
            "no_configuration", f"Không có tệp cấu hình {path}. Chạy: pos-trace init {path.parent}"
        ) from None
    except OSError as error:
        raise Misconfigured("no_configuration", f"Không đọc được tệp cấu hình {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured("bad_toml", f"{path}: không phải TOML đúng: {error}") from None
    node = document.get("node")
    if isinstance(node, dict) and "data_dir" in node:
        node["data_dir"] = str((path.parent / str(node["data_dir"])).resolve())
    _overlay(document, environ)
    return parse(document)


def parse(document: dict[str, Any]) -> Settings:
    """Settings of an already read document; raises ``Misconfigured``."""
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        lines = [
            rules.explained(Settings, item["loc"], item["type"], item["msg"])
            for item in error.errors(include_input=False)
        ]
        raise Misconfigured("bad_configuration", "; ".join(lines)) from None


def policy(settings: Settings) -> Policy:
    """The rule tables: presets of the province, goods and law, then this file's ``[clocks]`` and ``[effects]``."""
    told = preset(settings)
    law = _preset("law/clocks.toml")
    constants = {name: entry["value"] for name, entry in law.get("clocks", {}).items()}
    province = told.get("province", {})
    targets = _preset("law/targets.toml")["trace_system_share"]
    hosts = (settings.public.base_url, *settings.public.former_base_urls)
    code_rules = CodeRules(
        hosts=rules.preset_rows(HostRule, "hosts", told),
        schemes=rules.preset_rows(SchemeRule, "schemes", told),
        in_store=rules.preset_rows(InStoreRule, "in_store", told),
        own_hosts=tuple(host.partition("://")[2] for host in hosts if host),
    )
    goods = tuple(goods_group_from(tomllib.loads(text)) for text in _folder("goods"))
    starter = [tomllib.loads(text) for text in _folder("starter")]
    return Policy(
        codes=code_rules,
        goods=goods,
        clocks=clocks_from({**constants, **settings.clocks}),
        effects=effects_from(settings.effects),
        province=Province(
            province.get("name", ""),
            province.get("department", "Sở Công Thương"),
            tuple(province.get("former_names", ())),
            province.get("valid_from"),
            province.get("hotline", ""),
            rules.preset_rows(Place, "places", told),
        ),
        routing=routing_from(_preset("law/routing.toml")),
        starter=starter_from(starter, [group.name for group in goods]),
        help_line=settings.node.help_line,
        province_keys=settings.province.keys,
        trace_target=int(targets["value"]),
        trace_target_source=str(targets["source"]),
    )


def sources(settings: Settings) -> tuple[Source, ...]:
    """``[[sources]]`` of this file, else of the province's preset, in the order they are asked; those that are on."""
    told = settings.sources
    if not told:
        told = parse({"node": settings.node.model_dump(), "sources": preset(settings).get("sources", [])}).sources
    return tuple(source for source in told if source.enabled)


def preset(settings: Settings) -> dict[str, Any]:
    """The document of the province's preset."""
    return _preset(f"provinces/{settings.province.preset}.toml")


def _preset(path: str) -> dict[str, Any]:
    found = resources.files("pos_trace.presets").joinpath(path)
    if not found.is_file():
        raise Misconfigured("no_preset", f"Không có tệp mẫu cấu hình {path}.")
    return tomllib.loads(found.read_text(encoding="utf-8"))


def _folder(name: str) -> list[str]:
    files = resources.files("pos_trace.presets").joinpath(name).iterdir()
    return [f.read_text(encoding="utf-8") for f in sorted(files, key=lambda f: f.name) if f.name.endswith(".toml")]


def _overlay(document: dict[str, Any], environ: Mapping[str, str]) -> None:
    for name, value in environ.items():
        section, found, key = name.removeprefix(PREFIX).partition("__")
        if not name.startswith(PREFIX) or not found:
            continue
        key, text = key.lower(), value
        known = rules.names_at(Settings, (section.lower(),))
        if key.endswith("_file") and key not in known:
            key, text = key.removesuffix("_file"), _secret(name, Path(value))
        table = document.setdefault(section.lower(), {})
        if isinstance(table, dict):
            table[key] = text


def _secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        why = (error.strerror or "") if isinstance(error, OSError) else "không phải chữ UTF-8"
        raise Misconfigured("unreadable_file", f"{name}: không đọc được tệp {path}: {why}") from None
