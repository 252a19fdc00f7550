"""A Department with a JSON of its own: our messages in its shape, its receipt number back (TOML alone)."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from pos_trace.adapters.http import Reply
from pos_trace.adapters.provinces import fields
from pos_trace.adapters.provinces.caller import Answered, Caller
from pos_trace.adapters.provinces.source import Source
from pos_trace.adapters.provinces.told import Report
from pos_trace.core.ports import Delivered

LONGEST_WAIT_S: Final = 3600.0
REFUSED_FOR_GOOD: Final = frozenset({400, 413, 422})


class MappedDepartment:
    """Sends one frozen body once, in the shape the TOML tells; what the system does not take is refused by name."""

    def __init__(self, told: Source, caller: Caller) -> None:
        self.told, self.caller, self.problem = told, caller, ""

    def send(self, kind: str, event_id: str, body: bytes) -> Delivered:
        """``done`` only with their own word for it: the number of receipt where one is told, else any 2xx JSON."""
        report = self.told.reports.get(kind)
        if report is None:
            return Delivered("dead", f"hệ thống của tỉnh không nhận loại {kind}")
        message: Any = orjson.loads(body)
        if report.events and _event_of(message) not in report.events:
            return Delivered("dead", f"hệ thống của tỉnh không nhận sự kiện {_event_of(message)}")
        asked = in_their_shape(report.body, message, report.values) if report.body else message
        headers = {"Idempotency-Key": event_id}
        answered = self.caller.ask(report, {"id": event_id}, self.told.feed_deadline_s, body=asked, headers=headers)
        made = _meaning(report, answered, message)
        self.problem = "" if made.state == "done" else made.status
        return made


def in_their_shape(template: Any, message: Any, values: Mapping[str, Mapping[str, str]]) -> Any:
    """``template`` with each ``$path`` filled from ``message`` (else null); ``values``: our word → theirs."""
    if isinstance(template, Mapping):
        return {name: _put(name, item, message, values) for name, item in template.items()}
    if isinstance(template, list):
        return [in_their_shape(item, message, values) for item in template]
    if isinstance(template, str) and template.startswith("$"):
        found = fields.first(message, fields.parse(template))
        return None if found is fields.MISSING else found
    return template


def _put(name: str, item: Any, message: Any, values: Mapping[str, Mapping[str, str]]) -> Any:
    made = in_their_shape(item, message, values)
    return values[name].get(str(made), made) if name in values else made


def _event_of(message: Any) -> str:
    found = fields.first(message, fields.parse("events[0].kind"))
    return "" if found is fields.MISSING else str(found)


def _meaning(report: Report, answered: Answered, message: Any) -> Delivered:
    reply = answered.reply
    status = f"{reply.status} {answered.detail}".strip()
    if reply.state == "unavailable":
        return Delivered("retry", f"{answered.why}: {answered.detail}"[:200])
    if answered.meaning == "auth":
        return Delivered("parked", status)
    if answered.meaning == "refused" or (answered.meaning is not None and reply.status in REFUSED_FOR_GOOD):
        return Delivered("dead", status, _object(reply))
    if answered.meaning is not None:
        return Delivered("retry", status, _object(reply), _wait(reply))
    if not report.acknowledged:
        return Delivered("done", status, _object(reply))
    number = fields.first(reply.json, fields.parse(report.acknowledged))
    text = None if number is fields.MISSING else fields.written(number)
    if not text:
        return Delivered("retry", f"{status} thiếu số tiếp nhận (tìm ở '{report.acknowledged}')", _object(reply))
    case = fields.first(message, fields.parse("events[0].case_id"))
    item = {"ack_number": text} | ({} if case is fields.MISSING else {"case_id": case})
    return Delivered("done", status, {"items": [item]})


def _object(reply: Reply) -> dict[str, Any]:
    return reply.json if isinstance(reply.json, dict) else {}


def _wait(reply: Reply) -> float | None:
    asked = reply.retry_after_s
    return None if asked is None else min(asked, LONGEST_WAIT_S)
