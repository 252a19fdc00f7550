"""The station's way to its province: one object for look-ups, feeds and reports that follows the enrolment.

Before enrolment, or without an address, every answer is "unavailable" or "retry": reports queue, nothing is lost.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from pos_trace.adapters.departments.api import DepartmentApi
from pos_trace.adapters.http import Http, Limits
from pos_trace.adapters.provinces.api import ProvinceApi
from pos_trace.core.ports import Delivered, FeedPage, SnapshotAnswer
from pos_trace.core.records import RecordAnswer
from pos_trace.services.enrolment import enrolled
from pos_trace.settings import ProvinceSection
from pos_trace.store.database import Database

OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class _Way:
    """Adapters of one enrolment."""

    url: str
    api_key: str
    province: ProvinceApi
    department: DepartmentApi


class ProvinceLink:
    """RecordSource, ProvinceFeed and Department of whatever province this station is enrolled at now."""

    def __init__(
        self, database: Database, node_id: str, section: ProvinceSection, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._node_id = node_id
        self._section = section
        self._clock = clock
        self._guard = threading.Lock()
        self._way: _Way | None = None

    def find(self, key: str) -> RecordAnswer:
        """One key at the province, or unavailable."""
        way = self._current()
        return way.province.find(key) if way else RecordAnswer("unavailable", why=OFFLINE)

    def changes(self, since: int, lots_after: int = 0) -> FeedPage:
        """The province's facts newer than ``since``, or unavailable."""
        way = self._current()
        return way.province.changes(since, lots_after) if way else FeedPage("unavailable", why=OFFLINE)

    def recalls(self, since: int) -> FeedPage:
        """The province's recalls newer than ``since``, or unavailable."""
        way = self._current()
        return way.province.recalls(since) if way else FeedPage("unavailable", why=OFFLINE)

    def snapshot(self, to: Path, newer_than: int, progress: Callable[[int, int], None]) -> SnapshotAnswer:
        """The province's newest snapshot into ``to``, or unavailable."""
        way = self._current()
        return way.province.snapshot(to, newer_than, progress) if way else SnapshotAnswer("unavailable", OFFLINE)

    def case_events(self, since: int) -> FeedPage:
        """The province's events on our cases, or unavailable."""
        way = self._current()
        return way.province.case_events(since) if way else FeedPage("unavailable", why=OFFLINE)

    def access(self, since: int) -> FeedPage:
        """Who looked at what of our stalls, or unavailable."""
        way = self._current()
        return way.province.access(since) if way else FeedPage("unavailable", why=OFFLINE)

    def send(self, kind: str, event_id: str, body: bytes) -> Delivered:
        """One message out, or retry."""
        way = self._current()
        return way.department.send(kind, event_id, body) if way else Delivered("retry", "chưa đăng ký với tỉnh")

    def _current(self) -> _Way | None:
        """The adapters of the present enrolment, kept while it stays the same."""
        with self._database.read() as session:
            row = enrolled(session, self._node_id)
        url = row.province_url if row else self._section.url
        key = row.api_key if row else self._section.api_key.get_secret_value()
        if not url or not key:
            return None
        with self._guard:
            if self._way is None or (self._way.url, self._way.api_key) != (url, key):
                self._leave()
                self._way = self._make(url, key)
            return self._way

    def _leave(self) -> None:
        """Give the connections of an enrolment that is over back."""
        if self._way is not None:
            self._way.province.http.close()
            self._way.department.http.close()
            self._way = None

    def _make(self, url: str, key: str) -> _Way:
        hosts = (urlsplit(url).netloc,)
        quick = Http(hosts, Limits(deadline_s=self._section.deadline_s))
        patient = Http(hosts, Limits(deadline_s=self._section.feed_deadline_s))
        province = ProvinceApi(url, key, self._clock, quick, self._section.feed_deadline_s)
        return _Way(url, key, province, DepartmentApi(url, key, patient))
