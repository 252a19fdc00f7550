"""One label at two sites: the province publishes both sightings, a station asks whether a truck could have come."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pos_trace.services import intake, places, records, scanning
from pos_trace.services.scanning import ScanIn
from pos_trace.store import sightings as told_sightings
from pos_trace.store.database import Database
from pos_trace.store.models import DeliveryLine, LotSighting, VerdictRow
from tests.services.night import CABBAGE, Night, on_sqlite, url
from tests.services.two_nodes import as_station, make_node
from tests.services.two_stations import OTHER_ID, Other, enrol, second

SERIAL = f"{CABBAGE}/21/8812"


@pytest.fixture
def other(night: Night, fresh_database: Callable[[], Database], tmp_path: Path) -> Other:
    """A supermarket in Quảng Ngãi beside our market in Kon Tum, both known to the province."""
    made = second(night, make_node(fresh_database(), tmp_path, "station", OTHER_ID))
    for node, name, commune in (
        (night.node, "Chợ (mẫu)", "phường Kon Tum"),
        (made.node, "Siêu thị (mẫu)", "phường Cẩm Thành"),
    ):
        places.set_site(node, node.machine("t"), name, "market", None, "", night.now, commune)
        enrol(night, node)
    return made


def tell(night: Night, site: str, at: datetime, key: str = SERIAL) -> dict[str, Any]:
    line = {"day": at.date().isoformat(), "key": key, "received_kg": "5", "first_scan_at": at.isoformat()}
    return intake.take_sightings(night.pair.province, as_station(site), [line], night.now)


def reasons(night: Night, line: str) -> list[str]:
    """What the newest verdict of a line says."""
    with night.node.db.read() as session:
        row = session.get_one(DeliveryLine, (night.node.id, line))
        verdict = session.get_one(VerdictRow, (night.node.id, row.verdict_id))
        return [f"{one['code']}: {one['text']}" for one in verdict.reasons]


def published(night: Night, kind: str = "sighting") -> list[dict[str, Any]]:
    return [one for one in records.changes(night.pair.province, 0)["changes"] if one["kind"] == kind]


def test_a_label_no_truck_could_bring_is_told_at_the_next_pull(night: Night, other: Other) -> None:
    night.pull()
    line = night.receive(SERIAL)
    assert reasons(night, line["id"]) == []
    tell(night, night.node.id, night.now)
    tell(night, OTHER_ID, night.later(minutes=15))
    night.pull(night.later(hours=8))
    told = reasons(night, line["id"])
    assert told == ["impossible_travel: Mã này đã quét lúc 02:46 tại Siêu thị (mẫu)"]
    assert night.receive(SERIAL, at=night.later(minutes=1))["verdict"]["reasons"][0]["code"] == "impossible_travel"


def test_the_supermarket_reads_the_same_of_the_market(night: Night, other: Other) -> None:
    tell(night, night.node.id, night.now)
    tell(night, OTHER_ID, night.later(minutes=15))
    other.pull(night.now)
    seen = scanning.scan(other.node, other.who, ScanIn(url(SERIAL)), night.later(minutes=15))["verdict"]
    assert (seen["status"], seen["reasons"][0]["text"]) == ("attention", "Mã này đã quét lúc 02:31 tại Chợ (mẫu)")


@on_sqlite
@pytest.mark.parametrize("hours", [-5, 5])
def test_goods_that_could_have_been_driven_are_no_doubt(night: Night, other: Other, hours: int) -> None:
    tell(night, night.node.id, night.now)
    tell(night, OTHER_ID, night.later(hours=hours))
    night.pull()
    assert reasons(night, night.receive(SERIAL)["id"]) == []


@on_sqlite
def test_a_site_whose_place_is_not_known_is_no_doubt(night: Night, other: Other) -> None:
    node = night.node
    places.set_site(node, node.machine("t"), "Chợ (mẫu)", "market", None, "", night.now, "xã không có trong danh sách")
    tell(night, node.id, night.now)
    tell(night, OTHER_ID, night.later(minutes=15))
    night.pull()
    assert reasons(night, night.receive(SERIAL)["id"]) == []


def test_only_a_serial_that_two_sites_told_of_is_published(night: Night, other: Other) -> None:
    tell(night, night.node.id, night.now)
    tell(night, night.node.id, night.later(minutes=1))
    tell(night, night.node.id, night.now, CABBAGE)
    tell(night, OTHER_ID, night.now, CABBAGE)
    assert published(night) == []
    tell(night, OTHER_ID, night.now)
    tell(night, OTHER_ID, night.now)
    found = published(night)
    assert [one["station_id"] for one in found].count(OTHER_ID) == 1
    assert {one["key"] for one in found} == {SERIAL}
    assert all(set(one) == {"kind", "id", "station_id", "key", "day", "first_scan_at", "version"} for one in found)


def test_the_same_line_again_changes_nothing(night: Night, other: Other) -> None:
    tell(night, night.node.id, night.now)
    tell(night, OTHER_ID, night.now)
    [line] = [one for one in published(night) if one["station_id"] == OTHER_ID]
    with night.node.db.write() as session:
        assert told_sightings.upsert(session, line, night.now) == [SERIAL]
        assert told_sightings.upsert(session, line, night.now) == []
        assert told_sightings.upsert(session, line | {"version": line["version"] + 1}, night.now) == [SERIAL]
    with night.node.db.read() as session:
        assert len(session.scalars(select(LotSighting)).all()) == 1


@on_sqlite
@pytest.mark.parametrize("name", ["station_id", "id", "key", "day", "first_scan_at", "version"])
@pytest.mark.parametrize("value", [None, 7.5, "x" * 500])
def test_a_line_that_is_not_whole_is_refused(night: Night, name: str, value: Any) -> None:
    line = {"id": "a", "station_id": "b", "key": SERIAL, "day": "2026-11-24", "version": 3,
            "first_scan_at": "2026-11-23T19:31:00+00:00"} | {name: value}  # fmt: skip
    with night.node.db.write() as session, pytest.raises(ValueError, match=r"\w"):
        told_sightings.upsert(session, line, night.now)
