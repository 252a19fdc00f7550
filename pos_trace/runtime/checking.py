"""Trying every call of every configured source once, with a lot that does not exist, and keeping what was said.

Nothing is stored and nothing is reported unless ``send`` says so. Secrets are taken out of whatever is shown.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import orjson

from pos_trace.adapters.departments.json_mapping import MappedDepartment, in_their_shape
from pos_trace.adapters.http import Http, Limits, Reply, Take
from pos_trace.adapters.provinces.api import ProvinceApi
from pos_trace.adapters.provinces.auth import MARK
from pos_trace.adapters.provinces.caller import Caller
from pos_trace.adapters.provinces.json_mapping import caller_of
from pos_trace.adapters.provinces.source import Source
from pos_trace.runtime.attaching import One, made

DRY_KEY: Final = "01/09521234543213/10/KIEM-TRA"
DRY_CASE: Final = "00000000-0000-7000-8000-000000000000"
SHOWN: Final = 600
MOST_SHOWN: Final = 4
SECRET_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization"})
ANSWERED: Final = {"found": "có mã thử", "absent": "bên kia nói không có mã thử, đúng như mong đợi"}
LOOKED: Final = {"known": "bên kia biết mã thử", "unknown": "bên kia không biết mã thử, đúng như mong đợi"}
# what is off when nobody offers a part, and what people do instead
OFF: Final[Mapping[str, str]] = {
    "find": "không hỏi được từng mã: chỉ dùng hồ sơ đã tải về",
    "changes": "không nhận thay đổi hồ sơ: chỉ hỏi từng mã khi có mạng, hoặc nhập tệp bằng pos-trace records import",
    "recalls": "không nhận thu hồi tự động: người vận hành chợ nhập thông báo thu hồi",
    "case_events": "không nhận kết luận: sạp ghi số và ngày kết luận bằng giấy",
    "reports": "không gửi vụ việc qua mạng: in hồ sơ và nộp giấy",
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back, as it may be shown. ``status`` 0: nothing came."""

    request: str
    status: int
    answer: str
    ms: int
    body: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """One call of a source. ``reached``: whether the other side spoke at all."""

    call: str
    ok: bool
    say: str
    exchanges: tuple[Exchange, ...] = ()
    reached: bool = True


@dataclass
class Checked:
    """A source with what was tried; ``offers``: the parts that are on."""

    name: str
    kind: str
    tried: list[Tried] = field(default_factory=list)
    offers: set[str] = field(default_factory=set)


class Watched(Http):
    """A session that remembers what was said."""

    def __init__(self, hosts: tuple[str, ...], limits: Limits, any_content_type: bool = False) -> None:
        super().__init__(hosts, limits, any_content_type=any_content_type)
        self.said: list[tuple[str, str, Mapping[str, str], bytes | None, Reply, float]] = []

    def exchange(self, method: str, url: str, take: Take, deadline: float, **told: Any) -> Reply:
        """As ``Http.exchange``, which every call ends in."""
        began = time.monotonic()
        reply = super().exchange(method, url, take, deadline, **told)
        query = f"?{urlencode(told['query'])}" if told.get("query") else ""
        took = time.monotonic() - began
        self.said.append((method, url + query, told.get("headers") or {}, told.get("body"), reply, took))
        return reply


def check(
    told: tuple[Source, ...],
    enrolled: tuple[str, str] | None,
    clock: Callable[[], datetime],
    environ: Mapping[str, str],
    *,
    key: str = DRY_KEY,
    send: bool = False,
) -> list[Checked]:
    """Try every source; ``enrolled``: address and key of the province this station is enrolled at."""
    return [_source(source, enrolled, clock, environ, key, send) for source in told]


def off(checked: list[Checked]) -> dict[str, str]:
    """The parts that no source offers, and what people do instead."""
    on = {part for source in checked for part in source.offers}
    return {part: words for part, words in OFF.items() if part not in on}


def _source(
    told: Source,
    enrolled: tuple[str, str] | None,
    clock: Callable[[], datetime],
    environ: Mapping[str, str],
    key: str,
    send: bool,
) -> Checked:
    checked = Checked(told.name, told.kind)
    if told.kind == "api":
        _province(checked, told, enrolled, clock, key)
        return checked
    limits = Limits(deadline_s=told.deadline_s, max_bytes=told.max_bytes, failures=1000)
    watched = Watched(told.allowed_hosts(), limits, told.any_content_type)
    one = made(told, clock, lambda source: caller_of(source, environ, watched))
    try:
        _parts(checked, one, watched, key, send)
    finally:
        watched.close()
    return checked


def _parts(checked: Checked, one: One, watched: Watched, key: str, send: bool) -> None:
    told, adapter = one.told, one.adapter
    hide = one.caller.entry.hidden if one.caller else str
    if "find" in one.offers:
        checked.offers.add("find")
        checked.tried.append(_asked("find", one, watched, key, hide))
    if "look" in one.offers:
        checked.tried.append(_asked("look", one, watched, key, hide))
    for part in ("changes", "recalls", "case_events"):
        if part in one.offers and told.kind != "file_drop":
            page = getattr(adapter, part)(0)
            good = f"{len(page.items)} dòng" if page.state == "ok" else None
            checked.tried.append(_tried(part, watched, told, hide, good, adapter.problem))
    checked.offers |= _on(one)
    if told.kind == "file_drop":
        folder = told.folder
        there = folder is not None and folder.is_dir()
        say = f"thư mục {folder}" if there else f"không có thư mục {folder}"
        checked.tried.append(Tried("changes", there, say))
    for kind in sorted(told.reports):
        checked.tried.append(_report(one, watched, kind, send))


def _asked(call: str, one: One, watched: Watched, key: str, hide: Callable[[str], str]) -> Tried:
    """One look-up, unless this source cannot be asked for such a key."""
    if not one.adapter.handles(key):
        return Tried(call, False, f"nguồn này không hỏi được theo mã {key}: thêm --key với mã của nó")
    state = getattr(one.adapter, call)(key).state
    return _tried(call, watched, one.told, hide, (ANSWERED | LOOKED).get(state), one.adapter.problem)


def _on(one: One) -> set[str]:
    told = one.told
    on = {"changes"} if told.kind == "file_drop" or told.lots else set()
    on |= {"recalls"} if told.kind == "file_drop" or told.recalls else set()
    on |= {"case_events"} if told.conclusions else set()
    return on | ({"reports"} if "case_events" in told.reports else set())


def _report(one: One, watched: Watched, kind: str, send: bool) -> Tried:
    """A report with a case that is none: shown, and only sent when asked to."""
    told, report = one.told, one.told.reports[kind]
    assert isinstance(one.caller, Caller)
    event = {"case_id": DRY_CASE, "kind": (report.events or ("opened",))[0], "body": {"goods_name": "Mã thử kết nối"}}
    message = {"events": [event]}
    if not send:
        body = in_their_shape(report.body, message, report.values) if report.body else message
        request = f"{report.method} {told.base_url}{report.path}"
        shown = Exchange(request, 0, "chưa gửi", 0, one.caller.entry.hidden(orjson.dumps(body).decode())[:SHOWN])
        return Tried(f"reports.{kind}", True, "chưa gửi: thêm --send để gửi thử một vụ không có thật", (shown,))
    done = MappedDepartment(told, one.caller).send(kind, f"check-{DRY_CASE}", orjson.dumps(message))
    good = f"bên kia đã nhận: {done.answer}" if done.state == "done" else None
    return _tried(f"reports.{kind}", watched, told, one.caller.entry.hidden, good, done.status)


def _province(
    checked: Checked, told: Source, enrolled: tuple[str, str] | None, clock: Callable[[], datetime], key: str
) -> None:
    """The province of our own kind, by its own protocol."""
    checked.offers |= set(OFF)
    if enrolled is None:
        checked.tried.append(Tried("find", False, "chưa đăng ký: xin mã ở tỉnh rồi chạy pos-trace enrol station"))
        return
    url, secret = enrolled
    watched = Watched((urlsplit(url).netloc,), Limits(deadline_s=told.deadline_s, failures=1000))
    province = ProvinceApi(url, secret, clock, watched, told.feed_deadline_s)

    def hide(text: str) -> str:
        return text.replace(secret, MARK)

    good = ANSWERED.get(province.find(key).state)
    checked.tried.append(_tried("find", watched, told, hide, good, ""))
    feeds = (("changes", province.changes), ("recalls", province.recalls), ("case_events", province.case_events))
    for part, page in feeds:
        answered = page(0)
        good = f"{len(answered.items)} dòng" if answered.state == "ok" else None
        checked.tried.append(_tried(part, watched, told, hide, good, ""))
    watched.close()


def _tried(
    call: str, watched: Watched, told: Source, hide: Callable[[str], str], good: str | None, problem: str
) -> Tried:
    """What the exchanges since the last call came to; the watch begins anew."""
    said, watched.said = watched.said, []
    shown = tuple(_shown(one, told, hide) for one in said[:MOST_SHOWN])
    reached = not said or said[-1][4].state == "answered"
    why = problem or (said[-1][4].detail if said else "") or "câu trả lời không dùng được"
    return Tried(call, good is not None, good or hide(why), shown, reached)


def _shown(
    one: tuple[str, str, Mapping[str, str], bytes | None, Reply, float], told: Source, hide: Callable[[str], str]
) -> Exchange:
    method, url, headers, body, reply, took = one
    secret = SECRET_HEADERS | {told.auth.header.lower()}
    lines = [f"{name}: {MARK if name.lower() in secret else text}" for name, text in sorted(headers.items())]
    answer = reply.detail if reply.state == "unavailable" else orjson.dumps(reply.json).decode()
    request = hide("\n".join([f"{method} {url}", *lines]))
    asked = hide((body or b"").decode("utf-8", "replace"))
    return Exchange(request, reply.status, _short(hide(answer)), round(took * 1000), _short(asked))


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} … ({len(text)} chữ)"
