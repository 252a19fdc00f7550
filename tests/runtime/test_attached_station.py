"""A station on two foreign provinces by TOML alone: what a scan answers, what the feeds bring into its records."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from pos_trace.adapters.provinces.source import Source
from pos_trace.runtime.attaching import attach
from pos_trace.services import scanning, sync
from pos_trace.services.node import Node, Ports
from pos_trace.services.scanning import ScanIn
from pos_trace.store import lots
from pos_trace.store.models import FeedCursor
from tests.adapters.foreign import (
    FLAT,
    GTIN,
    KEY,
    NESTED,
    NESTED_RECORD,
    NOW,
    SECRETS,
    FlatProvince,
    NestedProvince,
    told,
)
from tests.services.two_nodes import add_stall, pair_on_sqlite, trader

LABEL = f"https://thuong-hieu.example/{KEY}"


@pytest.fixture
def bare(tmp_path: Path, sqlite_template: Path) -> Iterator[Node]:
    with pair_on_sqlite(tmp_path, sqlite_template) as pair:
        yield pair.station


def station(node: Node, *sources: Source) -> Node:
    made = attach(sources, None, lambda: NOW, SECRETS)
    return replace(node, ports=Ports(sources=made.sources, feed=made.feed, department=made.department))


def status(node: Node, text: str, now: datetime = NOW) -> tuple[str, list[str]]:
    """What a look-up of ``text`` answers."""
    verdict = scanning.scan(node, trader(node, add_stall_once(node)), ScanIn(text=text, dry_run=True), now)["verdict"]
    return verdict["status"], [reason["code"] for reason in verdict["reasons"]]


def add_stall_once(node: Node) -> str:
    from sqlalchemy import select

    from pos_trace.store.models import Stall

    with node.db.read() as session:
        known = session.scalar(select(Stall.id))
    return known or add_stall(node, "A-12", NOW)


def test_a_scan_is_judged_by_what_a_foreign_province_says(bare: Node, httpserver: HTTPServer) -> None:
    flat = FlatProvince(httpserver)
    node = station(bare, told(FLAT, flat.url))
    assert status(node, LABEL)[0] == "verified"
    assert status(node, f"{LABEL}-KHAC")[0] == "undetermined"
    flat.record |= {"trangThai": "Thu hồi", "soThuHoi": "TH-9", "lyDoThuHoi": "mẫu", "ngayThuHoi": "24/11/2026 08:15"}
    assert status(node, LABEL) == ("blocked", ["recalled"])
    flat.record["trangThai"] = "Chờ duyệt"  # a word nobody foresaw: we do not know, and say so
    assert status(node, LABEL) == ("unchecked", ["province_silent"])


def test_the_order_of_sources_changes_no_absence_into_a_finding(bare: Node, httpserver: HTTPServer) -> None:
    flat, nested = FlatProvince(httpserver), NestedProvince(httpserver)
    nested.records = []
    both = (told(NESTED, nested.url), told(FLAT, flat.url))
    assert status(station(bare, *both), LABEL)[0] == "verified"
    flat.record["trangThai"] = "Chờ duyệt"
    for order in (both, both[::-1]):  # one has no such lot, the other cannot be understood
        assert status(station(bare, *order), LABEL)[0] == "unchecked"


def test_changes_go_into_the_stations_own_records_and_recalls_block_what_they_name(
    bare: Node, httpserver: HTTPServer
) -> None:
    nested = NestedProvince(httpserver)
    nested.records = [NESTED_RECORD | {"revision": number, "batch": f"LO-{number}"} for number in (1, 2, 3)]
    node = station(bare, told(NESTED, nested.url))
    assert sync.pull(node, NOW)["changes"] == 6
    nested.records = []
    assert status(node, f"https://thuong-hieu.example/01/{GTIN}/10/LO-2")[0] == "verified"
    with node.db.read() as session:
        answer = lots.find(session, f"01/{GTIN}/10/LO-3")
    assert answer.record is not None
    assert answer.facility is not None
    assert (answer.record.product_name, answer.facility.name, answer.age.as_of) == ("Cabbage", "HTX", NOW)
    flat = FlatProvince(httpserver)
    flat.recalls = [{"so": "TH-1", "luc": "24/11/2026 09:00:00", "maSanPham": GTIN, "cacLo": ["LO-2"], "lyDo": "mẫu"}]
    node = station(bare, told(NESTED, nested.url), told(FLAT, flat.url))
    node.ports.sources[0].find(KEY)  # logs in
    assert sync.pull_recalls(node, NOW)["recalls"] == 1
    assert status(node, f"https://thuong-hieu.example/01/{GTIN}/10/LO-2") == ("blocked", ["recalled"])


def test_a_feed_that_is_off_never_makes_old_records_look_fresh(bare: Node, httpserver: HTTPServer) -> None:
    flat = FlatProvince(httpserver)
    node = station(bare, told(FLAT, flat.url))
    told_of = sync.pull(node, NOW + timedelta(days=30))
    assert (told_of["state"], told_of["why"]) == ("unavailable", "not_offered")
    with node.db.read() as session:
        feeds = session.query(FeedCursor).all()
        assert [(feed.answered_at, feed.failure) for feed in feeds] == [(None, "not_offered")]
        assert lots.records_age(session).as_of is None
