"""A province with a JSON of its own, attached by TOML alone: look-up, changes, recalls and conclusions in.

Each call may be missing; then that part is off and says so (``NOT_OFFERED``), it is never an empty answer that would
make old records look fresh.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pos_trace.adapters.http import Http, Limits
from pos_trace.adapters.provinces import fields, lines, mapped
from pos_trace.adapters.provinces.auth import Entry
from pos_trace.adapters.provinces.caller import SILENT, Answered, Caller
from pos_trace.adapters.provinces.fields import Wanting
from pos_trace.adapters.provinces.foreign_conclusions import events_of
from pos_trace.adapters.provinces.source import Source
from pos_trace.adapters.provinces.told import Feed, Find, Value
from pos_trace.core.cases import check_conclusion
from pos_trace.core.errors import Invalid
from pos_trace.core.ports import FeedPage, SnapshotAnswer
from pos_trace.core.records import RecordAnswer, RecordsAge
from pos_trace.core.vocabulary.times import VIETNAM

NOT_OFFERED: Final = "not_offered"
MOST_PAGES: Final = 40
WRONG: Final = (KeyError, TypeError, ValueError, ArithmeticError)
TOO_MANY: Final = (
    f"hơn {MOST_PAGES} trang không theo thứ tự version tăng dần: hỏi cũ trước mới sau, hoặc tăng page_size"
)
LineOf = Callable[[Feed, Any], list[dict[str, Any]]]


def caller_of(
    told: Source, environ: Mapping[str, str], http: Http | None = None, monotonic: Callable[[], float] = time.monotonic
) -> Caller:
    """The way to the system ``told``: its hosts only, its log-in."""
    limits = Limits(deadline_s=told.deadline_s, max_bytes=told.max_bytes)
    way = http or Http(told.allowed_hosts(), limits, monotonic=monotonic, any_content_type=told.any_content_type)
    return Caller(str(told.base_url), way, Entry(told.auth, way, environ, monotonic), monotonic)


class JsonMapping:
    """RecordSource and ProvinceFeed of one mapped system. ``problem``: what was wrong with its last answer."""

    def __init__(self, told: Source, caller: Caller, clock: Callable[[], datetime]) -> None:
        self.told, self.caller, self.problem = told, caller, ""
        self._clock = clock

    @property
    def offers(self) -> tuple[str, ...]:
        """The parts that are on."""
        told = self.told
        on = {"find": told.find, "changes": told.lots, "recalls": told.recalls, "case_events": told.conclusions}
        return tuple(name for name, call in on.items() if call is not None)

    def handles(self, key: str) -> bool:
        """Whether this system can be asked for such a key at all."""
        parts = mapped.parts_of(key)
        return self.told.find is not None and all(name in parts for name in self.told.find.asks())

    def find(self, key: str) -> RecordAnswer:
        """The record of ``key``; ``absent`` only by a rule that says so, all else is unavailable."""
        told = self.told.find
        if told is None or not self.handles(key):
            return self._silent("hệ thống này không hỏi được theo mã này", SILENT)
        answered = self.caller.ask(told, mapped.parts_of(key), self.told.deadline_s)
        age = RecordsAge(0, self._clock())
        if answered.meaning == "absent":
            self.problem = ""
            return RecordAnswer("absent", age=age)
        if answered.meaning is not None:
            return self._silent(answered.detail, answered.why)
        try:
            answer = found(told, answered.reply.json, key, age)
        except WRONG as error:
            return self._silent(str(error), SILENT)
        self.problem = ""
        return answer

    def changes(self, since: int, lots_after: int = 0) -> FeedPage:
        """Lots with their facilities, newer than ``since``. A line that cannot be read is left out and told in
        ``problem``; a page without a single good one is no answer.
        """
        return self._page(self.told.lots, since, _lot)

    def recalls(self, since: int) -> FeedPage:
        """Recalls newer than ``since``."""
        return self._page(self.told.recalls, since, _recall)

    def case_events(self, since: int) -> FeedPage:
        """Conclusions as events of our cases, chained as their author's (``foreign_conclusions``)."""
        page = self._page(self.told.conclusions, since, _conclusion, old_too=True)
        return replace(page, items=tuple(events_of(page.items)))

    def access(self, since: int) -> FeedPage:
        """Who looked at what stays with such a system."""
        return FeedPage("unavailable", why=NOT_OFFERED)

    def snapshot(self, to: Path, newer_than: int, progress: Callable[[int, int], None]) -> SnapshotAnswer:
        """Such a system signs no snapshots."""
        return SnapshotAnswer("none")

    def _silent(self, detail: str, why: str) -> RecordAnswer:
        self.problem = detail
        return RecordAnswer("unavailable", why=why)

    def _all(self, feed: Feed, since: int) -> tuple[list[Any], bool]:
        """Every item of every page, or of as many as are read at once (then False); raises ``_NoAnswer``."""
        found_all: list[Any] = []
        for page in range(MOST_PAGES):
            values = {"since": _since(feed, since), "page": str(feed.first_page + page), "size": str(feed.page_size)}
            answered = self.caller.ask(feed, values, self.told.feed_deadline_s)
            if answered.meaning == "absent":
                return found_all, True
            if answered.meaning is not None:
                raise _NoAnswer(answered)
            items = fields.first(answered.reply.json, fields.parse(feed.items))
            if not isinstance(items, list):
                raise Wanting("items", feed.items)
            found_all += items
            if not feed.page_size or len(items) < feed.page_size:
                return found_all, True
        return found_all, False

    def _page(self, feed: Feed | None, since: int, line_of: LineOf, *, old_too: bool = False) -> FeedPage:
        """Lines of every page of ``feed``, by version; ``old_too``: also those that are not newer."""
        if feed is None:
            return FeedPage("unavailable", why=NOT_OFFERED)
        made: list[dict[str, Any]] = []
        wrong: list[Exception] = []
        try:
            items, whole = self._all(feed, since)
        except (_NoAnswer, *WRONG) as error:
            return self._no_page(error)
        for one in items:
            try:
                made += line_of(feed, one)
            except (*WRONG, Invalid) as error:
                wrong.append(error)
        if wrong and len(wrong) == len(items):
            return self._no_page(wrong[0])
        if not whole:
            made = _begun(made, since)
            if not made:
                return self._no_page(ValueError(TOO_MANY))
        self.problem = f"{len(wrong)} dòng không đọc được: {wrong[0]}" if wrong else ""
        kept = sorted((line for line in made if old_too or line["version"] > since), key=lambda line: line["version"])
        return FeedPage("ok", tuple(kept), max((since, *(line["version"] for line in kept))), more=not whole)

    def _no_page(self, error: Exception) -> FeedPage:
        self.problem = str(error)
        return FeedPage("unavailable", why=getattr(error, "why", f"wrong_schema: {error}"))


def _begun(made: list[dict[str, Any]], since: int) -> list[dict[str, Any]]:
    """Of a list too long to read at once, what can be taken before asking on from there: all but its last version,
    of which there may be more. Nothing when the list does not rise: then nobody knows what stands behind.
    """
    versions = [line["version"] for line in made]
    if versions != sorted(versions) or not versions:
        return []
    return [line for line in made if since < line["version"] < versions[-1]]


def _lot(feed: Feed, one: Any) -> list[dict[str, Any]]:
    parts = mapped.record(feed.fields, one)
    lot, facility = lot_and_facility(parts, feed.fields)
    mapped.required("versioned", lot, feed.fields)
    lines.lot(lot)
    before = [{"kind": "facility"} | facility | {"version": lot["version"]}] if facility else []
    return [*before, {"kind": "lot"} | lot]


def _recall(feed: Feed, one: Any) -> list[dict[str, Any]]:
    line = mapped.record(feed.fields, one)[""]
    mapped.required("recall", line, feed.fields)
    mapped.required("versioned", line, feed.fields)
    lines.recall(line)
    return [{"kind": "recall"} | line]


def _conclusion(feed: Feed, one: Any) -> list[dict[str, Any]]:
    line = mapped.record(feed.fields, one)[""]
    mapped.required("conclusion", line, feed.fields)
    mapped.required("versioned", line, feed.fields)
    check_conclusion(line)
    return [line]


class _NoAnswer(Exception):
    """A page that did not come."""

    def __init__(self, answered: Answered) -> None:
        self.why = answered.why
        super().__init__(answered.detail)


def _since(feed: Feed, since: int) -> str:
    """The cursor as they write it; a time without a zone is Vietnam's clock."""
    if feed.cursor == "number" or feed.since_format == "ms":
        return str(since)
    at = datetime.fromtimestamp(since / 1000, VIETNAM)
    if feed.since_format == "s":
        return str(since // 1000)
    return at.isoformat(timespec="milliseconds") if feed.since_format == "iso" else at.strftime(feed.since_format)


def found(told: Find, body: Any, key: str, age: RecordsAge) -> RecordAnswer:
    """The answer ``body`` holds; raises ``Wanting`` naming what is missing, ``ValueError`` for another lot."""
    source = fields.first(body, fields.parse(told.record))
    if not isinstance(source, Mapping):
        raise Wanting("record", told.record)
    parts = mapped.record(told.fields, source)
    asked = mapped.parts_of(key)
    _same(parts[""], asked)
    parts[""] = {name: asked[name] for name in ("gtin", "lot", "serial") if name in asked} | parts[""] | {"key": key}
    parts[""].setdefault("version", 0)
    lot, facility = lot_and_facility(parts, told.fields)
    recall = parts.get("recall")
    if recall:
        recall = {"issuer": "", "keys": [key]} | recall
        mapped.required("recall", recall, told.fields, "recall.")
        lot = lot | {"recall_id": recall["recall_id"]}
    return RecordAnswer(
        "found",
        lines.lot(lot),
        lines.facility(facility) if facility else None,
        lines.recall(recall) if recall else None,
        age,
    )


def _same(line: Mapping[str, Any], asked: Mapping[str, str]) -> None:
    """An answer about another lot than the one asked for is no answer."""
    for name, digits in (("gtin", 14), ("lot", 0), ("serial", 0)):
        told, wanted = line.get(name), asked.get(name)
        if told and wanted and str(told).zfill(digits) != wanted.zfill(digits):
            raise ValueError(f"câu trả lời về {name} '{str(told)[:40]}', không phải mã đã hỏi")


def lot_and_facility(
    parts: Mapping[str, dict[str, Any]], told: Mapping[str, Value]
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """A lot line with its facility's id, and the facility's line when its name is told."""
    lot, facility = dict(parts[""]), dict(parts.get("facility", {}))
    ids = (lot.get("facility_id"), facility.get("facility_id"), facility.get("tax_code"), facility.get("business_code"))
    facility["facility_id"] = lot["facility_id"] = next((one for one in ids if one), None)
    if not lot.get("key"):
        lot["key"] = mapped.key_from(lot)
    mapped.required("lot", lot, told)
    return lot, facility if facility.get("name") else None
