"""What a single configured value may be: addresses, databases, lists; each raises ``ValueError`` in Vietnamese.

And how a wrong configuration is explained to the person who wrote it.
"""

import base64
import difflib
import json
import re
from dataclasses import fields
from ipaddress import ip_address
from typing import Any, Final, TypeVar, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import BaseModel
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from pos_trace.core.distances import Place
from pos_trace.core.errors import Misconfigured
from pos_trace.core.policy import HostRule, InStoreRule, SchemeRule

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
# what may be written → what SQLAlchemy is asked for: PostgreSQL's driver here is psycopg 3
DRIVERS: Final = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgresql+psycopg": "postgresql+psycopg"}
NAME: Final = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
LISTED_CLOCKS: Final = ("holidays",)
Rule = TypeVar("Rule", HostRule, SchemeRule, InStoreRule, Place)


def as_list(value: Any) -> Any:
    """A list as the environment tells it; anything that is no text stays what it is."""
    if not isinstance(value, str):
        return value
    if not value.strip().startswith("["):
        return [part.strip() for part in value.split(",") if part.strip()]
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError('cần danh sách JSON, ví dụ ["a", "b"], hoặc a, b') from None


def public_key(value: str) -> str:
    """base64 of the 32 bytes of an Ed25519 key."""
    try:
        if len(base64.b64decode(value, validate=True)) != 32:
            raise ValueError(value)
    except ValueError:  # binascii.Error is one
        raise ValueError("khóa công khai là 32 byte viết bằng base64") from None
    return value


def public_address(value: str) -> str:
    """https and a name, since paper carries it for years; plain http for a loopback host only (CONTRACTS)."""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("không phải địa chỉ web") from None
    if value and not (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)):
        raise ValueError("phải bắt đầu bằng https:// (http:// chỉ dùng cho máy này)")
    if not value:
        return ""
    if host not in LOOPBACK and (len(host) > 253 or not NAME.fullmatch(host)):
        raise ValueError("cần một tên miền, không phải số IP, ví dụ https://txng.quangngai.example")
    if (
        "@" in parts.netloc
        or parts.path not in ("", "/")
        or parts.query
        or parts.fragment
        or value.endswith(("?", "#"))
    ):
        raise ValueError("chỉ gồm https:// và tên miền, không có đường dẫn phía sau")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port is not None else "")


def database_url(value: str) -> str:
    """SQLite in a file, or PostgreSQL with its driver named; empty is the default one."""
    if not value:
        return value
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise ValueError("không phải địa chỉ cơ sở dữ liệu, ví dụ postgresql://tên@máy/kho") from None
    if url.drivername not in DRIVERS:
        raise ValueError("chỉ dùng được sqlite:/// hoặc postgresql://")
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError("SQLite cần một tệp: sqlite:////đường/dẫn/app.db")
    return url.set(drivername=DRIVERS[url.drivername]).render_as_string(hide_password=False)


def one_address(value: str) -> str:
    """One IP address: waitress compares it as text, and "*" would let every client name its own."""
    try:
        return str(ip_address(value)) if value else ""
    except ValueError:
        raise ValueError("cần địa chỉ IP của máy chuyển tiếp, ví dụ 127.0.0.1") from None


def preset_rows(made: type[Rule], name: str, preset: dict[str, Any]) -> tuple[Rule, ...]:
    """The rows of ``[[name]]`` in a province's preset; a key nobody knows is told with the nearest one."""
    known = [f.name for f in fields(made)]
    for row in preset.get(name, ()):
        for key in row:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1, 0.5)
                hint = f"; có phải '{near[0]}' không?" if near else ""
                raise Misconfigured("bad_preset", f"[[{name}]]: không có mục '{key}'{hint}")
    try:
        return tuple(made(**row) for row in preset.get(name, ()))
    except TypeError as error:
        raise Misconfigured("bad_preset", f"[[{name}]]: thiếu mục: {error}") from None


def names_at(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The names possible at ``path``: sections at the root, keys in a section or in a table of a list."""
    here: Any = model
    for part in path:
        here = _below(here, part)
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _below(here: Any, part: int | str) -> Any:
    """What stands at ``part``: a model's field, or what a list or table holds."""
    if isinstance(here, type) and issubclass(here, BaseModel):
        field = here.model_fields.get(str(part))
        here = field.annotation if field else None
        return here if get_origin(here) in (tuple, dict) else _held(here)
    return _held(here)


def _held(here: Any) -> Any:
    """The one type inside an optional, a list or a table; itself when there is none."""
    inside = [one for one in get_args(here) if one not in (type(None), Ellipsis, str)]
    return inside[0] if inside else here


def explained(model: type[BaseModel], loc: tuple[int | str, ...], kind: str, message: str) -> str:
    """What is wrong at ``loc`` of a configuration, in Vietnamese; a name nobody knows with the nearest one."""
    where = ".".join(str(part) for part in loc) or "cấu hình"
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(str(loc[-1]), names_at(model, loc[:-1]), 1, 0.5)
        return f"không có mục '{where}'" + (f"; có phải '{near[0]}' không?" if near else "")
    if kind == "missing":
        return f"thiếu mục '{where}'"
    return f"'{where}': {message}"
