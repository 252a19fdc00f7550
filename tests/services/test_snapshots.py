"""A province publishes its records as one signed file; a station takes it in, and what is refused changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from sqlalchemy import func, select

from pos_trace.core.ports import FeedPage, SnapshotAnswer
from pos_trace.services import enrolment, places, publishing, recalls, records, register, snapshots, sync
from pos_trace.services.node import Node, Ports
from pos_trace.store import lots
from pos_trace.store.models import AuditEntry, FacilityRow, FeedCursor, LotRecordRow, RecallRow, RecordsFile, StationRow
from pos_trace.store.snapshot import SnapshotRefused
from tests.services.night import CABBAGE, UNKNOWN, on_sqlite
from tests.services.test_enrolment import Direct
from tests.services.two_nodes import FACILITY, LOT, Pair, officer


def numbered(number: int) -> str:
    """The key of a lot."""
    return f"01/09521234600053/10/MD-{number:04d}"


def grow(province: Node, first: int, last: int, now: Any) -> None:
    lines = [LOT | {"key": numbered(number)} for number in range(first, last)]
    register.put_lots(province, officer(province), lines, now)


@dataclass
class Straight:
    """The province's feed and snapshot without HTTP."""

    province: Node
    asked: list[tuple[int, int]] = field(default_factory=list)
    broken: SnapshotAnswer | None = None

    def changes(self, since: int, lots_after: int = 0) -> FeedPage:
        self.asked.append((since, lots_after))
        told = records.changes(self.province, since, 500, lots_after)
        return FeedPage("ok", tuple(told["changes"]), told["next"], told["more"])

    def recalls(self, since: int) -> FeedPage:
        told = records.recalls(self.province, since)
        return FeedPage("ok", tuple({"kind": "recall", **line} for line in told["recalls"]), told["next"])

    def snapshot(self, to: Path, newer_than: int, progress: Callable[[int, int], None]) -> SnapshotAnswer:
        path = publishing.published(self.province)
        if self.broken is not None:
            return self.broken
        if path is None or publishing.version_of(path) <= newer_than:
            return SnapshotAnswer("none")
        to.parent.mkdir(parents=True, exist_ok=True)
        copyfile(path, to)
        progress(1, 1)
        return SnapshotAnswer("ok")


@pytest.fixture
def linked(pair: Pair, now: Any) -> Pair:
    """A station that trusts its province, which has 30 lots and a recall of one of them."""
    register.put_facility(pair.province, officer(pair.province), FACILITY, now)
    grow(pair.province, 0, 30, now)
    told = {"keys": [numbered(3)], "reason": "mẫu", "level": "3", "instructions": "", "collect_at": []}
    recalls.issue(pair.province, officer(pair.province), told | {"issuer": "Sở (mẫu)"}, now)
    policy = replace(pair.station.policy, province_keys=(enrolment.public_key(pair.province),))
    station = replace(pair.station, policy=policy, ports=Ports(feed=Straight(pair.province)))
    return Pair(station, pair.province)


def publish(pair: Pair, now: Any) -> dict[str, Any]:
    return publishing.publish(pair.province, pair.province.machine("t"), now)


def states(node: Node, *keys: str) -> list[str]:
    with node.db.read() as session:
        found = [lots.find(session, key) for key in keys]
    return [one.state + (" recalled" if one.recall else "") for one in found]


def rows(node: Node, model: Any = LotRecordRow) -> int:
    with node.db.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def acts(node: Node, act: str) -> int:
    with node.db.read() as session:
        return session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.act == act)) or 0


def test_a_station_knows_what_the_snapshot_holds_without_a_feed(linked, now):
    told = publish(linked, now)
    assert (told["lots"], told["result"]) == (30, "published")
    taken = snapshots.take(linked.station, Path(told["path"]), now)
    assert (taken["version"], taken["lots"], taken["refused"]) == (told["version"], 30, 0)
    assert states(linked.station, numbered(0), numbered(3), numbered(99)) == ["found", "found recalled", "absent"]
    assert (rows(linked.station, FacilityRow), rows(linked.station, RecallRow)) == (1, 1)
    assert rows(linked.station) == (0 if linked.station.db.is_sqlite else 30)
    with linked.station.db.read() as session:
        age = lots.records_age(session)
    assert (age.version, age.as_of) == (told["version"], now)


def test_the_feed_goes_on_behind_it_and_sends_no_lot_again(linked, now):
    snapshots.take(linked.station, Path(publish(linked, now)["path"]), now)
    version = records.version(linked.province)
    grow(linked.province, 30, 32, now)
    feed = linked.station.ports.feed
    assert sync.pull(linked.station, now)["state"] == "ok"
    assert feed.asked[0] == (0, version)
    assert states(linked.station, numbered(1), numbered(30), numbered(31)) == ["found"] * 3
    assert rows(linked.station) == (2 if linked.station.db.is_sqlite else 32)
    sync.pull(linked.station, now)
    assert feed.asked[-1] == (records.version(linked.province), version)


def test_a_newer_snapshot_takes_over_and_the_one_before_it_is_kept(linked, now):
    station = linked.station
    for round in range(4):
        grow(linked.province, 100 + round, 101 + round, now)
        taken = snapshots.take(station, Path(publish(linked, now)["path"]), now)
        assert taken["lots"] == 31 + round
        assert states(station, numbered(100 + round), numbered(0)) == ["found", "found"]
    assert rows(station, RecordsFile) == 2
    if station.db.is_sqlite:
        kept = sorted(path.name for path in station.db.records.folder.iterdir())
        with station.db.read() as session:
            assert kept == sorted(session.scalars(select(RecordsFile.path)))


def test_publishing_again_writes_nothing_new_until_half_its_time_is_over(linked, now):
    first = publish(linked, now)
    assert publish(linked, now + timedelta(days=14))["result"] == "unchanged"
    later = publish(linked, now + timedelta(days=16))
    assert (later["result"], later["version"]) == ("published", first["version"])
    grow(linked.province, 60, 61, now)
    assert publish(linked, now + timedelta(days=16))["version"] > first["version"]
    assert len(list(Path(first["path"]).parent.glob("*.zip"))) == 2


@pytest.mark.parametrize("wait", [timedelta(days=30), timedelta(days=31)])
def test_an_expired_or_older_one_is_refused_and_the_old_one_stays(linked, now, wait):
    old = copyfile(publish(linked, now)["path"], Path(publish(linked, now)["path"]).with_name("kept.old"))
    with pytest.raises(SnapshotRefused) as caught:
        snapshots.take(linked.station, old, now + wait)
    assert caught.value.code == "expired"
    grow(linked.province, 30, 31, now)
    snapshots.take(linked.station, Path(publish(linked, now)["path"]), now)
    with pytest.raises(SnapshotRefused) as caught:
        snapshots.take(linked.station, old, now)
    assert caught.value.code == "not_newer"
    assert states(linked.station, numbered(30)) == ["found"]


def test_a_file_of_a_stranger_changes_nothing(linked, now):
    stranger = replace(linked.province, signing_key=b"\x05" * 32)
    path = Path(publishing.publish(stranger, stranger.machine("t"), now)["path"])
    with pytest.raises(SnapshotRefused) as caught:
        snapshots.take(linked.station, path, now)
    assert caught.value.code == "unknown_key"
    assert (rows(linked.station), rows(linked.station, RecordsFile), rows(linked.station, FacilityRow)) == (0, 0, 0)


def enrolled(pair: Pair, now: Any) -> None:
    """The station becomes known to its province, which tells its public key."""
    code = places.station_code(pair.province, officer(pair.province), now)["code"]
    province = Direct(pair.province, pair.station, now)
    enrolment.enrol(pair.station, pair.station.machine("t"), code, province, "http://127.0.0.1:9/", now)


def test_what_was_told_at_enrolment_is_trusted(linked, now):
    station = replace(linked.station, policy=replace(linked.station.policy, province_keys=()))
    path = Path(publish(linked, now)["path"])
    with pytest.raises(SnapshotRefused):
        snapshots.take(station, path, now)
    enrolled(Pair(station, linked.province), now)
    assert snapshots.take(station, Path(publish(linked, now)["path"]), now)["lots"] == 30


def test_goods_on_hand_are_judged_again_by_what_the_file_says(night, now):
    night.province.silent = True
    line = night.receive(UNKNOWN, "15", "hũ")
    assert line["verdict"]["status"] == "unchecked"
    told = {"key": UNKNOWN, "product_name": "Tỏi Lý Sơn", "product_group": "rau", "facility_id": "F2"}
    register.put_lots(night.pair.province, officer(night.pair.province), [told | {"status": "suspended"}], now)
    policy = replace(night.node.policy, province_keys=(enrolment.public_key(night.pair.province),))
    path = Path(publish(night.pair, now)["path"])
    assert snapshots.take(replace(night.node, policy=policy), path, now)["judged"] == 1
    assert night.lot(line["lot_id"])["state"] == "held"


def test_a_pull_fetches_once_and_then_only_when_the_file_grows_old(linked, now):
    assert snapshots.pull(linked.station, now) == {"state": "none", "why": None}
    publish(linked, now)
    assert snapshots.pull(linked.station, now)["state"] == "in_force"
    grow(linked.province, 30, 31, now)
    publish(linked, now)
    assert snapshots.pull(linked.station, now)["state"] == "none"
    later = now + timedelta(days=20)
    publish(linked, later)
    assert snapshots.pull(linked.station, later)["lots"] == 31
    assert not list((linked.station.files.folder.parent / "snapshots").glob("incoming*"))


def test_a_pull_that_breaks_off_or_is_refused_is_told_and_tried_again(linked, now):
    publish(linked, now)
    feed = linked.station.ports.feed
    feed.broken = SnapshotAnswer("unavailable", "province_silent")
    assert snapshots.pull(linked.station, now) == {"state": "unavailable", "why": "province_silent"}
    feed.broken = None
    late = now + timedelta(days=40)
    assert snapshots.pull(linked.station, late) == {"state": "refused", "why": "expired"}
    assert acts(linked.station, "snapshot_refused") == 1
    assert snapshots.pull(linked.station, now)["state"] == "in_force"


def test_wrong_lines_of_a_signed_snapshot_are_written_down_and_stop_no_lot_behind_them(linked, now):
    with linked.province.db.write() as session:
        session.get_one(LotRecordRow, numbered(5)).status = "nonsense"
    taken = snapshots.take(linked.station, Path(publish(linked, now)["path"]), now)
    assert (taken["lots"], taken["refused"]) == (29, 1)
    assert states(linked.station, numbered(5), numbered(6)) == ["absent", "found"]


def test_a_snapshot_of_nothing_but_wrong_lines_is_refused_whole(linked, now):
    with linked.province.db.write() as session:
        for row in session.scalars(select(LotRecordRow)):
            row.status = "nonsense"
    with pytest.raises(SnapshotRefused) as caught:
        snapshots.take(linked.station, Path(publish(linked, now)["path"]), now)
    assert caught.value.code == "wrong_line"
    assert (rows(linked.station, RecordsFile), rows(linked.station, FacilityRow)) == (0, 0)


@on_sqlite
@pytest.mark.parametrize("spoil", ["changed", "gone"])
def test_a_file_that_is_no_longer_what_was_built_makes_way_for_the_one_before(linked, now, spoil):
    pair = linked
    first = publish(pair, now)
    snapshots.take(pair.station, Path(first["path"]), now)
    sync.pull(pair.station, now)
    grow(pair.province, 30, 31, now)
    second = publish(pair, now)
    snapshots.take(pair.station, Path(second["path"]), now)
    sync.pull(pair.station, now)
    assert snapshots.check_file(pair.station, now) is None
    path = pair.station.db.records.folder / f"records-{second['version']}.db"
    if spoil == "gone":
        path.unlink()
    else:
        data = bytearray(path.read_bytes())
        data[-100] ^= 1
        path.write_bytes(bytes(data))
    assert "bản trước" in str(snapshots.check_file(pair.station, now))
    assert snapshots.in_force(pair.station)["version"] == first["version"]
    assert states(pair.station, numbered(1)) == ["found"]
    sync.pull(pair.station, now)
    assert states(pair.station, numbered(30)) == ["found"]


@on_sqlite
def test_without_any_good_file_the_feed_is_read_from_its_beginning(linked, now):
    told = publish(linked, now)
    snapshots.take(linked.station, Path(told["path"]), now)
    sync.pull(linked.station, now)
    (linked.station.db.records.folder / f"records-{told['version']}.db").write_bytes(b"spoilt")
    assert snapshots.check_file(linked.station, now) is not None
    assert snapshots.in_force(linked.station) is None
    sync.pull(linked.station, now)
    assert states(linked.station, numbered(1), numbered(29)) == ["found", "found"]


def test_stations_and_their_stalls_come_with_it(linked, now):
    enrolled(linked, now)
    snapshots.take(linked.station, Path(publish(linked, now)["path"]), now)
    assert rows(linked.station, StationRow) == 1
    assert rows(linked.station, FeedCursor) == 0, "no feed was read"


def test_a_recall_overtakes_the_lots_and_blocks_what_lies_here(night, now):
    line = night.receive(CABBAGE, "20", "kg")
    feed = Straight(night.pair.province)
    node = replace(night.node, ports=replace(night.node.ports, feed=feed))
    told = {"keys": [CABBAGE], "reason": "mẫu", "level": "3", "instructions": "", "collect_at": []}
    recalls.issue(night.pair.province, officer(night.pair.province), told | {"issuer": "Sở (mẫu)"}, now)
    assert sync.pull_recalls(node, now) == {"state": "ok", "recalls": 1}
    assert (night.lot(line["lot_id"])["state"], feed.asked) == ("blocked", [])
    assert sync.pull_recalls(node, now) == {"state": "ok", "recalls": 0}
    assert sync.pull(node, now)["state"] == "ok"
    assert night.lot(line["lot_id"])["state"] == "blocked"


def test_stations_fetch_a_new_snapshot_on_different_days(linked, now):
    waits = [snapshots._fresh_for(replace(linked.station, id=f"cho-{number}")).days for number in range(1000)]
    assert {waits.count(day) > 100 for day in range(15, 20)} == {True}
    assert sum(waits.count(day) for day in range(15, 20)) == 1000


def test_what_the_feed_has_yet_to_tell_does_not_count_as_judged_by_the_snapshot(linked, now):
    snapshots.take(linked.station, Path(publish(linked, now)["path"]), now)
    assert sync.position(linked.station, sync.JUDGED) == sync.position(linked.station, sync.CHANGES) == 0
    sync.pull(linked.station, now)
    assert sync.position(linked.station, sync.JUDGED) == sync.position(linked.station, sync.CHANGES) > 0
