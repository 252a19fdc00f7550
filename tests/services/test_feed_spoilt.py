"""A feed that arrives damaged: nothing behind the damage waits, and what was damaged is asked for again."""

from datetime import timedelta

import pytest

from pos_trace.services import recalls, register, sync
from pos_trace.services.node import Ports
from pos_trace.store import lots
from pos_trace.store.models import AuditEntry, FeedCursor, StopSale
from tests.services.case_desk import Straight
from tests.services.goods_rows import flagged_line
from tests.services.test_sync import Feed, conclude, found, lot_of, put, recall, sent_case
from tests.services.two_nodes import FACILITY, KEY, add_stall, officer


@pytest.fixture
def feed(pair):
    return Feed(pair, page=50)


@pytest.fixture
def both(pair, feed, now):
    register.put_facility(pair.province, officer(pair.province), FACILITY, now)
    return pair.with_ports(Ports(feed=feed, department=Straight(pair, now)))


@pytest.fixture
def stall(both, now):
    return add_stall(both.station, "C-03", now)


def refused(node):
    return [(row.subject, row.body["why"]) for row in found(node, AuditEntry) if row.act.endswith("_refused")]


def test_one_wrong_line_is_written_down_and_the_recall_behind_it_arrives(both, feed, stall, now):
    put(both, now, KEY)
    ids = flagged_line(both.station, stall, now, key=KEY, state="sellable")
    put(both, now, "kt:CT-2611-0001")
    recall(both, now, KEY)

    def spoil(item):
        return item | {"status": "no status of ours"} if item.get("key") == "kt:CT-2611-0001" else item

    feed.spoil = spoil
    assert sync.pull(both.station, now)["state"] == "ok"
    assert lot_of(both, ids).state == "blocked"
    assert [row.recall_id for row in found(both.station, StopSale)] == ["TH-1"]
    subjects = [subject for subject, _ in refused(both.station)]
    assert subjects == ["lot:kt:CT-2611-0001"]
    with both.station.db.read() as session:
        assert lots.find(session, "kt:CT-2611-0001").state == "absent"
        assert lots.find(session, KEY).state == "found"


def test_blank_places_of_a_recall_never_leave_the_desk(both, stall, now):
    told = {"recall_id": "TH-9", "keys": [KEY], "reason": "thử (mẫu)", "collect_at": ["", " \u200b", "Sạp C-03"]}
    recalls.issue(both.province, officer(both.province), told, now)
    assert recalls.detail(both.province, "TH-9")["collect_at"] == ["Sạp C-03"]
    assert sync.pull(both.station, now)["state"] == "ok"
    assert refused(both.station) == []


def test_a_conclusion_damaged_on_the_way_is_asked_for_again_until_it_is_whole(both, feed, stall, now):
    ids, case = sent_case(both, stall, now)
    others, other = sent_case(both, stall, now)
    assert sync.poll_cases(both.station, now)["refused"] == 0
    conclude(both, case, now)

    def zeros(item):
        return item | {"sha256": "0" * 64} if item["case_id"] == case else item

    feed.spoil = zeros
    conclude(both, other, now)
    for minute in range(3):
        told = sync.poll_cases(both.station, now + timedelta(minutes=minute))
        assert told["refused"] > 0
    assert lot_of(both, others).state == "sellable", "the other case does not wait"
    assert lot_of(both, ids).state == "held"
    cursor = found(both.station, FeedCursor, FeedCursor.name == "case_events")[0]
    assert cursor.failure == "broken_chain"
    written = len(refused(both.station))
    sync.poll_cases(both.station, now + timedelta(minutes=4))
    assert len(refused(both.station)) == written, "the same damage is written down once"
    feed.spoil = lambda item: item
    assert sync.poll_cases(both.station, now + timedelta(minutes=5))["refused"] == 0
    assert lot_of(both, ids).state == "sellable"
    assert found(both.station, FeedCursor, FeedCursor.name == "case_events")[0].failure is None
