"""Each part of a station's outside goes to the first source that offers it; what nobody offers is off and says so."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from pytest_httpserver import HTTPServer

from pos_trace.adapters.provinces.json_mapping import NOT_OFFERED
from pos_trace.adapters.provinces.source import Source
from pos_trace.core.ports import Delivered, FeedPage, SnapshotAnswer
from pos_trace.core.records import RecordAnswer
from pos_trace.runtime.attaching import Attached, attach
from tests.adapters.foreign import FLAT, KEY, NESTED, NOW, SECRETS, FlatProvince, NestedProvince, told

LOT = {"key": KEY, "product_name": "Rau", "facility_id": "F1", "status": "active"}


@dataclass
class Link:
    """The enrolled province, standing still."""

    asked: list[str] = field(default_factory=list)

    def find(self, key: str) -> RecordAnswer:
        self.asked.append("find")
        return RecordAnswer("unavailable", why="offline")

    def changes(self, since: int, lots_after: int = 0) -> FeedPage:
        return FeedPage("ok", next=77)

    def recalls(self, since: int) -> FeedPage:
        return FeedPage("ok", next=76)

    def case_events(self, since: int) -> FeedPage:
        return FeedPage("ok", next=78)

    def access(self, since: int) -> FeedPage:
        return FeedPage("ok", next=79)

    def snapshot(self, to: Path, newer_than: int, progress: Any) -> SnapshotAnswer:
        return SnapshotAnswer("ok")

    def send(self, kind: str, event_id: str, body: bytes) -> Delivered:
        return Delivered("done", f"link took {kind}")


API = Source(name="Tỉnh", kind="api")


def attached(link: Link, *sources: Source) -> Attached:
    return attach(sources, link, lambda: NOW, SECRETS)


def test_without_sources_the_province_is_everything() -> None:
    link = Link()
    made = attached(link)
    assert (made.sources, made.feed, made.department) == ((link,), link, link)


def test_each_part_goes_to_the_first_that_offers_it(httpserver: HTTPServer, tmp_path: Path) -> None:
    nested, link = NestedProvince(httpserver), Link()
    reports_only = told(NESTED, nested.url).model_copy(update={"find": None, "lots": None, "conclusions": None})
    folder = Source(name="Thư mục", kind="file_drop", folder=tmp_path)
    made = attached(link, reports_only, folder, API)
    (tmp_path / "1.ndjson").write_bytes(orjson.dumps(LOT))
    assert made.feed.changes(0).next == 1
    assert made.feed.recalls(0).next == 76
    assert made.feed.case_events(0).next == 78
    assert made.feed.access(0).next == 79
    assert made.feed.snapshot(tmp_path / "x", 0, lambda *_: None).state == "ok"
    opened = orjson.dumps({"events": [{"case_id": "v", "kind": "opened", "body": {}}]})
    assert made.department.send("case_events", "m", opened).answer["items"][0]["ack_number"] == "B-0001"
    assert made.department.send("receipt", "m", b"{}").status == "link took receipt"
    assert made.sources[0].find(KEY).why == "offline"
    assert link.asked == ["find"]


def test_a_silent_province_first_in_the_row_leaves_the_next_to_find(httpserver: HTTPServer) -> None:
    flat, link = FlatProvince(httpserver), Link()
    made = attached(link, API, told(FLAT, flat.url))
    assert made.sources[0].find(KEY).state == "found"
    assert made.sources[0].find("01/09521234600053/10/KHAC").state == "unavailable"
    health = made.sources[0].health()  # type: ignore[attr-defined]
    assert [(one.name, one.state) for one in health] == [("Tỉnh", "failing"), ("Hệ thống tỉnh A (mẫu)", "ok")]


def test_what_nobody_offers_is_off(tmp_path: Path) -> None:
    resolver = Source(name="GS1", kind="gs1_resolver", base_url="https://id.gs1.example")
    portal = Source(name="Cổng", kind="national_portal", base_url="https://cong.example")
    made = attached(Link(), resolver, portal)
    assert made.sources[0].find(KEY).state == "unavailable"
    parts = [made.feed.changes(3), made.feed.recalls(3), made.feed.case_events(3), made.feed.access(3)]
    assert {(page.state, page.why) for page in parts} == {("unavailable", NOT_OFFERED)}
    assert made.feed.snapshot(tmp_path / "x", 0, lambda *_: None).state == "none"
    assert made.department.send("case_events", "m", b"{}").state == "dead"


def test_a_repository_of_events_is_a_source() -> None:
    made = attached(Link(), Source(name="E", kind="epcis_query", base_url="http://127.0.0.1:1"))
    assert made.sources[0].find(KEY).state == "unavailable"
