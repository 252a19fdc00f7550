"""A province that speaks ``/api/province/v1``: records, feeds and enrolment of a station."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pos_trace.adapters.download import download
from pos_trace.adapters.http import Http, Limits, Reply
from pos_trace.adapters.provinces import lines
from pos_trace.core.ports import EnrolmentAnswer, FeedPage, SnapshotAnswer
from pos_trace.core.records import RecordAnswer, RecordsAge

PREFIX = "/api/province/v1"
SILENT = "province_silent"
SNAPSHOT_DEADLINE_S = 1800.0
MOST_SNAPSHOT = 4 * 2**30
ASK_LATER = (408, 425, 429)


class ProvinceApi:
    """Source of records and feeds. ``clock`` says when an answer vouched for what it holds (aware UTC).

    ``http`` serves single look-ups with their short deadline; pages of a feed may take ``feed_deadline_s``.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        clock: Callable[[], datetime],
        http: Http | None = None,
        feed_deadline_s: float = 20.0,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.http = http or Http((urlsplit(self.base_url).netloc,), Limits())
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._clock = clock
        self._feed_deadline_s = feed_deadline_s
        self._seen: dict[str, tuple[str, FeedPage]] = {}

    def find(self, key: str) -> RecordAnswer:
        """The record of ``key``; only the province's own "no such lot" is ``absent``, all else unavailable."""
        reply = self._get("/lots", {"key": key})
        if reply.state == "unavailable":
            return RecordAnswer("unavailable", why=reply.why)
        age = RecordsAge(_number(reply.headers.get("records-version")), self._clock())
        if reply.status == 404 and isinstance(reply.json, dict) and reply.json.get("code") == "lot_absent":
            return RecordAnswer("absent", age=age)
        if reply.status != 200:
            return RecordAnswer("unavailable", why=SILENT)
        try:
            return RecordAnswer(
                "found",
                lines.lot(reply.json["record"]),
                lines.facility(reply.json["facility"]) if reply.json.get("facility") else None,
                lines.recall(reply.json["recall"]) if reply.json.get("recall") else None,
                age,
            )
        except (KeyError, TypeError, ValueError, ArithmeticError):
            return RecordAnswer("unavailable", why=SILENT)

    def changes(self, since: int, lots_after: int = 0) -> FeedPage:
        """Lots, facilities and recalls newer than ``since``, of lots only those newer than ``lots_after`` too; an
        unchanged page costs a 304.
        """
        more = {"lots_after": str(lots_after)} if lots_after > since else {}
        return self._page("/changes", "changes", since, more)

    def snapshot(self, to: Path, newer_than: int, progress: Callable[[int, int], None]) -> SnapshotAnswer:
        """The newest snapshot into ``to``; a try that breaks off is continued by the next."""
        reply = download(
            self.http,
            f"{self.base_url}{PREFIX}/snapshots/latest?newer_than={newer_than}",
            to,
            headers=self._headers,
            progress=progress,
            deadline_s=SNAPSHOT_DEADLINE_S,
            max_bytes=MOST_SNAPSHOT,
        )
        if reply.state == "unavailable":
            return SnapshotAnswer("unavailable", reply.why)
        if reply.status in (200, 206):
            return SnapshotAnswer("ok")
        return SnapshotAnswer("none") if reply.status in (304, 404) else SnapshotAnswer("unavailable", SILENT)

    def recalls(self, since: int) -> FeedPage:
        """Recalls newer than ``since``, all at once."""
        reply = self._get("/recalls", {"since": str(since)}, None, self._feed_deadline_s)
        told: dict[str, Any] = reply.json if reply.status == 200 and isinstance(reply.json, dict) else {}
        items: Any = told.get("recalls")
        following = told.get("next", -1)
        if not _is_page(items, following, False) or following < since:
            return FeedPage("unavailable", why=reply.why or SILENT)
        return FeedPage("ok", tuple({"kind": "recall", **item} for item in items), following)

    def case_events(self, since: int) -> FeedPage:
        """The province's events on this station's cases newer than ``since``."""
        return self._page("/case-events", "events", since)

    def access(self, since: int) -> FeedPage:
        """Who looked at what of this station's stalls, after ``since``."""
        return self._page("/access", "entries", since)

    def enrol(self, code: str, public_key: str, site: dict[str, Any], stalls: list[dict[str, Any]]) -> EnrolmentAnswer:
        """Trade a one-time code for a bearer key. ``public_key``: base64 of the raw Ed25519 key."""
        body = lines.dump({"code": code, "public_key": public_key, "site": site, "stalls": stalls})
        headers = {"Content-Type": "application/json"}
        reply = self.http.call("POST", f"{self.base_url}{PREFIX}/stations:enrol", headers=headers, body=body)
        later = reply.status >= 500 or reply.status in ASK_LATER
        if reply.state == "unavailable" or later or not isinstance(reply.json, dict):
            return EnrolmentAnswer("unavailable", detail=reply.detail or f"trạng thái {reply.status}")
        told = {name: reply.json.get(name) for name in ("station_id", "api_key", "province_key_id")}
        if reply.status not in (200, 201):
            return EnrolmentAnswer("refused", detail=str(reply.json.get("detail") or reply.status))
        if not all(isinstance(value, str) and value for value in told.values()):
            return EnrolmentAnswer("unavailable", detail="câu trả lời thiếu mục")
        public = reply.json.get("public_key")
        return EnrolmentAnswer(
            "ok",
            str(told["station_id"]),
            str(told["api_key"]),
            str(told["province_key_id"]),
            public_key=public if isinstance(public, str) else "",
        )

    def _page(self, path: str, field: str, since: int, more_asked: dict[str, str] | None = None) -> FeedPage:
        tag, before = self._seen.get(path, ("", None))
        known = {"If-None-Match": tag} if before is not None and before.next == since and not before.more else {}
        reply = self._get(path, {"since": str(since), **(more_asked or {})}, known, self._feed_deadline_s)
        if reply.state == "unavailable":
            return FeedPage("unavailable", why=reply.why)
        if reply.status == 304 and known:
            return FeedPage("ok", next=since)
        try:
            if reply.status != 200:
                raise ValueError(reply.status)
            items = reply.json[field]
            following = reply.json["next"]
            more = reply.json["more"]
            if not _is_page(items, following, more) or following < since or (more and following == since):
                raise ValueError(field)
        except (KeyError, TypeError, ValueError):
            return FeedPage("unavailable", why=SILENT)
        page = FeedPage("ok", tuple(items), following, more)
        self._seen[path] = (reply.headers.get("etag", ""), FeedPage("ok", (), following, more))
        return page

    def _get(
        self, path: str, query: dict[str, str], headers: dict[str, str] | None = None, deadline_s: float | None = None
    ) -> Reply:
        return self.http.call(
            "GET",
            f"{self.base_url}{PREFIX}{path}",
            query=query,
            headers={**self._headers, **(headers or {})},
            deadline_s=deadline_s,
        )


def _is_page(items: Any, following: Any, more: Any) -> bool:
    listed = isinstance(items, list) and all(isinstance(item, dict) for item in items)
    return listed and isinstance(more, bool) and isinstance(following, int) and not isinstance(following, bool)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
