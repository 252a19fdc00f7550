"""One call to somebody else's system as TOML tells it: template filled, log-in carried, answer's meaning read."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode

import orjson

from pos_trace.adapters.http import Http, Reply
from pos_trace.adapters.provinces import outcome
from pos_trace.adapters.provinces.auth import Entry, NotLetIn
from pos_trace.adapters.provinces.outcome import Meaning
from pos_trace.adapters.provinces.told import Call, placeholders

SILENT: Final = "province_silent"
LEAST_S: Final = 0.05
DOTS: Final = (".", "..")  # would lead to another address
KINDS: Final = {True: "application/x-www-form-urlencoded", False: "application/json"}


@dataclass(frozen=True, slots=True)
class Answered:
    """``meaning`` None: ``reply`` holds what was asked for. ``why`` as in ``Reply``, ``detail`` in Vietnamese."""

    meaning: Meaning | None
    reply: Reply
    detail: str = ""
    why: str = SILENT


class Caller:
    """Calls one system. Log-in and call share one total deadline; a log-in that ended is renewed once."""

    def __init__(
        self, base_url: str, http: Http, entry: Entry, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.base_url, self.http, self.entry = base_url, http, entry
        self._monotonic = monotonic

    def ask(
        self,
        call: Call,
        values: Mapping[str, str],
        deadline_s: float,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """Make ``call`` with its placeholders filled from ``values``; ``body``: instead of its template."""
        if any(unquote(part) in DOTS for name in placeholders(call.path) for part in values[name].split("/")):
            return Answered("unavailable", Reply("unavailable", why=SILENT), "mã này không đặt được vào địa chỉ")
        ends = self._monotonic() + deadline_s
        answered = self._once(call, values, ends, body, headers or {})
        if answered.meaning == "auth" and self.entry.renewable and answered.reply.state == "answered":
            self.entry.forget()
            answered = self._once(call, values, ends, body, headers or {})
        return answered

    def _once(
        self, call: Call, values: Mapping[str, str], ends: float, body: Any, headers: Mapping[str, str]
    ) -> Answered:
        try:
            own = self.entry.headers(max(ends - self._monotonic(), LEAST_S))
        except NotLetIn as error:
            return Answered("unavailable", Reply("unavailable", why=error.why), str(error), error.why)
        told = {name: text.format_map(values) for name, text in call.headers.items()}
        told = {"Accept": "application/json"} | told | dict(headers) | own
        asked = _filled(call.body, values) if body is None else body
        data = None
        if call.method != "GET":
            data = urlencode(asked).encode() if call.form else orjson.dumps(asked)
            told["Content-Type"] = KINDS[call.form]
        reply = self.http.call(
            call.method,
            self.base_url + call.path.format_map(_in_path(values)),
            query={name: text.format_map(values) for name, text in call.query.items()},
            headers=told,
            body=data,
            deadline_s=max(ends - self._monotonic(), LEAST_S),
        )
        if reply.state == "unavailable":
            return Answered("unavailable", reply, self.entry.hidden(reply.detail), reply.why or SILENT)
        meaning = outcome.read(call.rules, reply)
        return Answered(meaning, reply, "" if meaning is None else _words(meaning, reply))


def _in_path(values: Mapping[str, str]) -> dict[str, str]:
    """Values as parts of a path; ``link`` keeps its slashes, a key being percent-encoded already."""
    return {name: text if name == "link" else quote(text, safe="") for name, text in values.items()}


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    if isinstance(template, Mapping):
        return {name: _filled(item, values) for name, item in template.items()}
    if isinstance(template, list):
        return [_filled(item, values) for item in template]
    return template.format_map(values) if isinstance(template, str) else template


def _words(meaning: Meaning, reply: Reply) -> str:
    said = {
        "absent": "bên kia nói không có mã này",
        "auth": f"bên kia không nhận khóa (trạng thái {reply.status})",
        "refused": f"bên kia từ chối (trạng thái {reply.status})",
        "unavailable": f"bên kia báo lỗi (trạng thái {reply.status})",
    }
    return said[meaning]
