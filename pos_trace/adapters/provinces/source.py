"""``[[sources]]``: one system that knows lots: its kind, address, how it lets us in, and its calls (``told``)."""

import re
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from pos_trace.adapters.provinces.told import (
    Conclusions,
    Find,
    Lots,
    Path_,
    Recalls,
    Report,
    Rule,
    Told,
    known,
    placeholders,
)

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
LOGIN: Final = ("user", "secret")
REPORTS: Final = ("case_events", "evidence", "receipt", "sighting", "feedback", "stall_card", "stall_list")
Kind = Literal["api", "json_mapping", "gs1_resolver", "epcis_query", "file_drop", "national_portal"]


def _address(text: str) -> str:
    """https and a name; plain http for this machine only: keys and records go over this line."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("không phải địa chỉ web") from None
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)):
        raise ValueError("phải bắt đầu bằng https:// (http:// chỉ dùng cho máy này)")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("không ghi tên, mật khẩu hay dấu ? # trong địa chỉ")
    return text.rstrip("/")


def _host(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?", text):
        raise ValueError(f"'{text}' không phải tên máy, ví dụ sso.tinh.gov.vn")
    return text


Address = Annotated[str, AfterValidator(_address)]
Host = Annotated[str, AfterValidator(_host)]


class Auth(Told):
    """How to be let in. The secret stands in an environment variable or a file, never in the configuration.

    ``header``: which one carries it, ``shown``: how ("Bearer {token}"). ``oauth2`` and ``session`` fetch a token at
    ``login`` first: ``token`` is its path in the answer, or ``cookie`` the cookie's name; ``lasts``: path of its
    seconds.
    """

    kind: Literal["none", "basic", "header", "oauth2", "session"] = "none"
    user: str = ""
    secret_env: str = ""
    secret_file: Path | None = None
    header: str = "Authorization"
    shown: str = ""
    login: Address | None = None
    form: bool = False
    body: dict[str, str] = Field(default_factory=dict)
    scope: str = ""
    token: Path_ = "access_token"
    lasts: Path_ = "expires_in"
    cookie: str = ""
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def complete(self) -> "Auth":
        """Whatever its kind needs."""
        if self.kind != "none" and bool(self.secret_env) == bool(self.secret_file):
            raise ValueError("cần secret_env (tên biến môi trường) hoặc secret_file (tệp)")
        if self.kind in ("basic", "oauth2", "session") and not self.user:
            raise ValueError("thiếu user")
        if self.kind in ("oauth2", "session") and not self.login:
            raise ValueError("thiếu login (địa chỉ đăng nhập)")
        for text in self.body.values():
            for name in placeholders(text):
                known(name, LOGIN, "ô trống")
        for name in placeholders(self.shown):
            known(name, ("secret", "token"), "ô trống")
        return self


class Source(Told):
    """``[[sources]]``: one system that knows lots, in the order they are asked.

    ``api`` is the province this station is enrolled at. ``hosts``: further hosts it may redirect to. ``speaks_for``:
    whether its "no such lot" counts: not that of a system which holds some of the province's lots only.
    ``facility``: of an EPCIS repository, GLN → name. ``folder``: of a file drop.
    """

    name: str = Field(min_length=1, max_length=60)
    kind: Kind
    enabled: bool = True
    base_url: Address | None = None
    hosts: tuple[Host, ...] = ()
    deadline_s: float = Field(default=4.0, gt=0, le=30)
    feed_deadline_s: float = Field(default=20.0, gt=0, le=120)
    max_bytes: int = Field(default=1 << 20, ge=1024, le=64 << 20)
    any_content_type: bool = False
    speaks_for: bool = True
    auth: Auth = Auth()
    find: Find | None = None
    lots: Lots | None = None
    recalls: Recalls | None = None
    conclusions: Conclusions | None = None
    reports: dict[str, Report] = Field(default_factory=dict)
    folder: Path | None = None
    facility: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def complete(self) -> "Source":
        """What each kind needs, and nothing it would not read."""
        if self.kind == "file_drop" and (self.folder is None or not self.folder.is_absolute()):
            raise ValueError("file_drop cần folder, là đường dẫn tuyệt đối")
        if self.kind not in ("api", "file_drop") and self.base_url is None:
            raise ValueError(f"{self.kind} cần base_url")
        calls = (self.find, self.lots, self.recalls, self.conclusions, *self.reports.values())
        if self.kind != "json_mapping" and any(calls):
            raise ValueError(f"{self.kind} có cách hỏi riêng, không cần find, lots, recalls, conclusions, reports")
        if self.kind == "json_mapping" and not any(calls):
            raise ValueError("json_mapping cần ít nhất một trong find, lots, recalls, conclusions, reports")
        if self.lots and self.recalls and {self.lots.cursor, self.recalls.cursor} != {"time"}:
            raise ValueError('số bản của lots và recalls phải so được với nhau: cả hai cần cursor = "time"')
        for name in self.reports:
            known(name, REPORTS, "loại tin")
        return self

    def allowed_hosts(self) -> tuple[str, ...]:
        """Every host this source may talk to."""
        own = [urlsplit(url).netloc.lower() for url in (self.base_url, self.auth.login) if url]
        return tuple(dict.fromkeys((*own, *self.hosts)))
