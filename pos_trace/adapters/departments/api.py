"""A Department that speaks ``/api/province/v1``: reports, projections of receipts, sightings, evidence."""

import hashlib
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from pos_trace.adapters.http import Http, Limits, Reply
from pos_trace.core.ports import Delivered

PREFIX = "/api/province/v1"
PATHS: Final[dict[str, str]] = {
    "case_events": "/case-events",
    "receipt": "/receipts",
    "sighting": "/sightings",
    "evidence": "/evidence",
    "feedback": "/feedback",
    "stall_card": "/stall-cards/{stall_gln}",
    "stall_list": "/stations/self",
    "private_report": "/private-reports",
}
METHODS: Final[dict[str, str]] = {"stall_card": "PUT", "stall_list": "PUT"}
ACKNOWLEDGED: Final[dict[str, type]] = {"items": list, "result": str, "accepted": int}
REFUSED_FOR_GOOD: Final = frozenset({400, 413, 422})
KEY_REFUSED: Final = frozenset({401, 403})
LONGEST_WAIT_S: Final = 3600.0


class DepartmentApi:
    """Sends one frozen body once; the message's id goes along as ``Idempotency-Key``."""

    def __init__(self, base_url: str, api_key: str, http: Http | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.http = http or Http((urlsplit(self.base_url).netloc,), Limits(deadline_s=20.0))
        self._api_key = api_key

    def send(self, kind: str, event_id: str, body: bytes) -> Delivered:
        """Send ``body``. The answer's meaning is the table of ``_meaning``."""
        path = PATHS.get(kind)
        if path is None:
            return Delivered("dead", f"không có nơi nhận loại {kind}")
        headers = {
            "Authorization": f"Bearer {self._api_key}",
            "Content-Type": "application/json",
            "Idempotency-Key": event_id,
        }
        where = f"{self.base_url}{PREFIX}{path.format_map(_named(path, body))}"
        return _meaning(self.http.call(METHODS.get(kind, "POST"), where, headers=headers, body=body), body)


def _named(path: str, body: bytes) -> dict[str, str]:
    """What of the body stands in the path: digits and letters alone, so that it stays one part of it."""
    if "{" not in path:
        return {}
    told: dict[str, Any] = orjson.loads(body)
    return {name: "".join(sign for sign in str(value) if sign.isalnum()) for name, value in told.items()}


def _meaning(reply: Reply, body: bytes) -> Delivered:
    """2xx done, but dead when an item in it was rejected · 409 done if it names our body's hash, retry while the
    first copy is still being taken, else dead · refused for good dead · key refused parked · everything else
    (408, 429, 5xx, a wrong address, silence) retry after what the peer asked, at most an hour.

    Only JSON counts, and a 2xx only with the words of an acknowledgement: a gateway on the way also says 200 or 403.
    """
    if reply.state == "unavailable":
        return Delivered("retry", f"{reply.why}: {reply.detail}"[:200])
    answer: dict[str, Any] = reply.json if isinstance(reply.json, dict) else {}
    status = f"{reply.status} {answer.get('code', '')}".strip()
    if not isinstance(reply.json, dict):
        return Delivered("retry", f"{status} không phải câu trả lời của nơi nhận", answer, _wait(reply))
    if 200 <= reply.status < 300:
        if not _acknowledges(answer):
            return Delivered("retry", f"{status} không phải lời xác nhận", answer)
        return Delivered("dead" if _rejected(answer) else "done", status, answer)
    if reply.status == 409 and answer.get("code") != "still_running":
        same = answer.get("sha256") == hashlib.sha256(body).hexdigest()
        return Delivered("done" if same else "dead", status, answer)
    if reply.status in KEY_REFUSED:
        return Delivered("parked", status, answer)
    if reply.status in REFUSED_FOR_GOOD:
        return Delivered("dead", status, answer)
    return Delivered("retry", status, answer, _wait(reply))


def _acknowledges(answer: dict[str, Any]) -> bool:
    return any(isinstance(answer.get(name), kind) for name, kind in ACKNOWLEDGED.items())


def _rejected(answer: dict[str, Any]) -> bool:
    items = answer.get("items")
    return isinstance(items, list) and any(isinstance(i, dict) and i.get("result") == "rejected" for i in items)


def _wait(reply: Reply) -> float | None:
    asked = reply.retry_after_s
    return None if asked is None else min(asked, LONGEST_WAIT_S)
