"""A station follows its province: facts, recalls and conclusions arrive once, whole, in any order the line allows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pos_trace.core import cases as rules
from pos_trace.core.errors import Conflict, NotFound
from pos_trace.core.ports import FeedPage
from pos_trace.services import (
    case_log,
    cases,
    conclusions,
    feeds,
    inspecting,
    outbox,
    recalls,
    records,
    register,
    stop_sales,
    sync,
)
from pos_trace.services.node import Ports
from pos_trace.store import lots
from pos_trace.store.models import AuditEntry, Case, FeedCursor, StockLot, StopSale
from tests.services.case_desk import Straight
from tests.services.goods_rows import flagged_line
from tests.services.two_nodes import FACILITY, KEY, LOT, SITE_ID, add_stall, as_station, officer, trader


class Feed:
    """The province's feeds without HTTP, in small pages; may fall silent, may be spoiled."""

    def __init__(self, pair, page=2, site_id=SITE_ID):
        self.pair, self.page, self.who = pair, page, as_station(site_id)
        self.silent_after = 10**9
        self.spoil = lambda item: item

    def changes(self, since):
        return self._page(records.changes(self.pair.province, since, self.page), "changes")

    def case_events(self, since):
        return self._page(feeds.case_events(self.pair.province, self.who, since, self.page), "events")

    def _page(self, told, name):
        assert not self.pair.station.db.in_write(), "a port was called inside a write"
        if self.silent_after <= 0:
            return FeedPage("unavailable", why="province_silent")
        self.silent_after -= 1
        items = tuple(self.spoil(item) for item in told[name])
        return FeedPage("ok", items, told["next"], told["more"])


@pytest.fixture
def feed(pair):
    return Feed(pair)


@pytest.fixture
def both(pair, feed, now):
    register.put_facility(pair.province, officer(pair.province), FACILITY, now)
    return pair.with_ports(Ports(feed=feed, department=Straight(pair, now)))


@pytest.fixture
def stall(both, now):
    return add_stall(both.station, "C-03", now)


def put(both, now, *keys):
    register.put_lots(both.province, officer(both.province), [LOT | {"key": key} for key in keys], now)


def recall(both, now, *keys, name="TH-1"):
    who = officer(both.province)
    recalls.issue(both.province, who, {"recall_id": name, "keys": list(keys), "reason": "mẫu"}, now)


def found(node, model, *where):
    with node.db.read() as session:
        rows = list(session.scalars(select(model).where(*where)))
        for row in rows:
            session.expunge(row)
        return rows


def lot_of(both, ids):
    return found(both.station, StockLot, StockLot.id == ids["lot"])[0]


def test_the_whole_feed_is_read_page_by_page_and_then_nothing_is_left(both, now):
    put(both, now, *(f"kt:CT-2611-{n:04d}" for n in range(5)))
    assert sync.pull(both.station, now) | {"judged": 0} == {"state": "ok", "changes": 6, "version": 6, "judged": 0}
    assert sync.pull(both.station, now + timedelta(minutes=1))["changes"] == 0
    assert sync.age(both.station) == now + timedelta(minutes=1)
    with both.station.db.read() as session:
        assert lots.find(session, "kt:CT-2611-0004").state == "found"


def test_a_line_cut_in_the_middle_goes_on_where_it_stopped(both, feed, now):
    put(both, now, *(f"kt:CT-2611-{n:04d}" for n in range(5)))
    feed.silent_after = 1
    told = sync.pull(both.station, now)
    assert (told["state"], told["why"], told["changes"]) == ("unavailable", "province_silent", 2)
    assert sync.age(both.station) is None, "a half-read feed vouches for nothing"
    feed.silent_after = 10**9
    assert sync.pull(both.station, now)["changes"] == 4


def test_a_page_of_the_wrong_shape_is_refused_whole_and_the_old_facts_stay(both, feed, now):
    put(both, now, KEY)
    sync.pull(both.station, now)
    put(both, now, "kt:CT-2611-0001", "kt:CT-2611-0002")
    feed.spoil = lambda item: {name: value for name, value in item.items() if name != "product_name"}
    assert sync.pull(both.station, now + timedelta(hours=1))["state"] == "unavailable"
    with both.station.db.read() as session:
        assert lots.find(session, KEY).state == "found"
        assert lots.find(session, "kt:CT-2611-0001").state == "absent"
    cursor = found(both.station, FeedCursor, FeedCursor.name == "changes")[0]
    assert (cursor.cursor, cursor.answered_at, cursor.failure[:12]) == (2, now, "wrong_schema")


def test_without_a_feed_the_station_says_offline(pair, now):
    assert sync.pull(pair.station, now)["why"] == "offline"
    assert sync.poll_cases(pair.station, now)["why"] == "offline"


def test_a_recall_blocks_what_lies_there_logs_it_and_does_so_once(both, stall, now):
    put(both, now, KEY)
    ids = flagged_line(both.station, stall, now, key=KEY, state="sellable")
    other = flagged_line(both.station, stall, now, key="kt:CT-2611-0001", state="sellable")
    recall(both, now, KEY)
    sync.pull(both.station, now)
    sync.pull(both.station, now)
    assert (lot_of(both, ids).state, lot_of(both, other).state) == ("blocked", "sellable")
    logged = found(both.station, StopSale)
    assert [(row.kind, row.recall_id, row.lot_id, row.stall_id) for row in logged] == [
        ("recall", "TH-1", ids["lot"], stall)
    ]
    told = stop_sales.log(both.station, trader(both.station, stall))["entries"]
    assert told[0]["detail"] == {"on_hand": "12", "unit": "con"}
    assert stop_sales.log(both.station, trader(both.station, add_stall(both.station, "A-1", now)))["entries"] == []


def test_a_recall_of_a_lot_reaches_its_serial_numbered_goods_and_unpublished_ones(both, stall, now):
    serial = flagged_line(both.station, stall, now, key=f"{KEY}/21/0001", state="held")
    recall(both, now, KEY)
    sync.pull(both.station, now)
    assert lot_of(both, serial).state == "blocked"
    told = stop_sales.listed(both.station, trader(both.station, stall), "TH-1")
    assert [lot["id"] for lot in told["lots"]] == [serial["lot"]]
    assert told["receipts"] == []
    assert stop_sales.listed(both.station, trader(both.station, stall), "TH-9")["recall"]["found"] is False


def sent_case(both, stall, now, **line):
    ids = flagged_line(both.station, stall, now, **line)
    case_id = cases.send_flag(both.station, trader(both.station, stall), ids["flag"], now)["case_id"]
    outbox.deliver_due(both.station, now)
    return ids, case_id


def conclude(both, case_id, now, finding="cleared", outcome="complies"):
    desk = officer(both.province)
    inspecting.take(both.province, desk, SITE_ID, case_id, now)
    told = {"outcome": outcome, "origin_finding": finding, "reason": "đã xem giấy tờ"}
    conclusions.conclude(both.province, desk, SITE_ID, case_id, told, now)


@pytest.mark.parametrize(
    ("finding", "outcome", "state"),
    [
        ("cleared", "complies", "sellable"),
        ("not_examined", "complies", "sellable"),
        ("undetermined", "complies", "held"),
    ],
)
def test_a_conclusion_comes_back_to_the_stall_and_its_goods(both, stall, now, finding, outcome, state):
    ids, case_id = sent_case(both, stall, now)
    conclude(both, case_id, now, finding, outcome)
    assert sync.poll_cases(both.station, now) == {"state": "ok", "events": 3, "refused": 0}
    assert sync.poll_cases(both.station, now)["events"] == 0
    told = cases.detail(both.station, trader(both.station, stall), case_id)
    assert (told["state"], told["origin_finding"]) == ("concluded", finding)
    assert lot_of(both, ids).state == state


def test_a_cleared_case_lifts_no_recall(both, stall, now):
    put(both, now, KEY)
    ids, case_id = sent_case(both, stall, now, key=KEY)
    recall(both, now, KEY)
    sync.pull(both.station, now)
    conclude(both, case_id, now)
    sync.poll_cases(both.station, now)
    assert lot_of(both, ids).state == "blocked"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda item: item | {"node": "station"},
        lambda item: item | {"kind": "opened"},
        lambda item: item | {"sha256": "0" * 64},
        lambda item: item | {"body": {"ack_number": "khác"}},
        lambda item: item | {"case_id": "0192f000-0000-7000-8000-000000000000"},
        lambda item: {"case_id": item["case_id"]},
        lambda item: item | {"at": "hôm qua"},
        lambda item: item | {"seq": 2},
    ],
)
def test_an_event_the_province_did_not_write_changes_nothing_and_is_written_down(both, feed, stall, now, spoil):
    _, case_id = sent_case(both, stall, now)
    feed.spoil = spoil
    assert sync.poll_cases(both.station, now) == {"state": "ok", "events": 0, "refused": 1}
    assert found(both.station, Case)[0].state == "sent"
    assert [row.act for row in found(both.station, AuditEntry)][-1] == "case_event_refused"
    assert case_id


def test_a_withdrawal_sent_while_somebody_took_the_case_is_a_wish_on_both_sides(both, stall, now):
    _, case_id = sent_case(both, stall, now)
    inspecting.take(both.province, officer(both.province), SITE_ID, case_id, now)
    cases.withdraw(both.station, trader(both.station, stall), case_id, "", now)
    assert found(both.station, Case)[0].state == "withdrawn"
    outbox.deliver_due(both.station, now)
    sync.poll_cases(both.station, now)
    for node in (both.station, both.province):
        assert found(node, Case)[0].state == "taken"
    with both.station.db.read() as session:
        assert case_log.state_of(session, session.get(Case, (SITE_ID, case_id))).wish


STEPS = st.lists(
    st.sampled_from(["reply", "withdraw", "deliver", "poll", "take", "ask", "inspect", "conclude", "reopen"]),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_crosses_on_the_way_both_nodes_end_with_the_same_case(both, stall, now, steps):
    ids = flagged_line(both.station, stall, now)
    who, desk = trader(both.station, stall), officer(both.province)
    case_id = cases.send_flag(both.station, who, ids["flag"], now)["case_id"]
    cleared = {"outcome": "complies", "origin_finding": "cleared", "reason": "đủ"}
    acts = {
        "reply": lambda at: cases.reply(both.station, who, case_id, "chào", [], at),
        "withdraw": lambda at: cases.withdraw(both.station, who, case_id, "", at),
        "deliver": lambda at: outbox.deliver_due(both.station, at),
        "poll": lambda at: sync.poll_cases(both.station, at),
        "take": lambda at: inspecting.take(both.province, desk, SITE_ID, case_id, at),
        "ask": lambda at: inspecting.ask_papers(both.province, desk, SITE_ID, case_id, "giấy", at),
        "inspect": lambda at: inspecting.inspect(both.province, desk, SITE_ID, case_id, "xem", at),
        "conclude": lambda at: conclusions.conclude(both.province, desk, SITE_ID, case_id, cleared, at),
        "reopen": lambda at: inspecting.reopen(both.province, desk, SITE_ID, case_id, "lại", at),
    }
    for number, step in enumerate(steps):
        try:
            acts[step](now + timedelta(minutes=number))
        except (Conflict, NotFound):
            continue
    end = now + timedelta(hours=1)
    outbox.deliver_due(both.station, end)
    sync.poll_cases(both.station, end)
    states, logs = [], []
    for node in (both.station, both.province):
        with node.db.read() as session:
            case = session.get(Case, (SITE_ID, case_id))
            events = case_log.events(session, case)
            states.append(replace(rules.fold(events)))
            logs.append([event.sha256 for event in events])
            assert case.state == states[-1].state
    assert states[0] == states[1]
    assert logs[0] == logs[1]
