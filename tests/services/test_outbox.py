"""Carrying the outbox: claim, send outside the write, settle; slow peers, dead leases, late workers, the owner."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from pos_trace.core.errors import NotFound
from pos_trace.core.ports import Delivered
from pos_trace.services import outbox, sent
from pos_trace.services.node import Node, Ports
from pos_trace.store import outbox as store
from pos_trace.store.database import Database
from pos_trace.store.models import AuditEntry, OutboxMessage
from tests.services.two_nodes import SITE_ID, make_node, trader

LEASE = store.LEASE
DONE = Delivered("done", "200", {"items": []})


class Peer:
    """A Department that answers what the test says, after doing what the test says."""

    def __init__(self, answer: Callable[[str], Delivered], database: Database) -> None:
        self.answer, self.database, self.got = answer, database, []

    def send(self, kind: str, event_id: str, body: bytes) -> Delivered:
        assert not self.database.in_write()
        self.got.append((kind, event_id, body))
        return self.answer(event_id)


@pytest.fixture
def station(database: Database, tmp_path: Path) -> Node:
    """A station whose Department takes everything."""
    return with_peer(make_node(database, tmp_path, "station", SITE_ID), lambda _: DONE)


def with_peer(node: Node, answer: Callable[[str], Delivered]) -> Node:
    return Node(node.id, node.role, node.db, node.files, node.policy, Ports(department=Peer(answer, node.db)))


def got(node: Node) -> list[str]:
    peer: Any = node.ports.department
    return [event_id for _, event_id, _ in peer.got]


def queue(
    node: Node, now: datetime, *groups: str, kind: str = "sighting", body: dict[str, Any] | None = None
) -> list[str]:
    with node.write(node.machine("test"), now) as tx:
        return [tx.send("department", kind, group, body or {"n": 1}, f"thử {group}", "s1") for group in groups]


def row(node: Node, name: str) -> OutboxMessage:
    with node.db.read() as session:
        return session.get_one(OutboxMessage, (node.id, name))


def acts(node: Node) -> list[str]:
    with node.db.read() as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.number)))


def carry(node: Node, now: datetime, **more: Any) -> int:
    """One round at exactly ``now``, unless the test has a stopwatch of its own."""
    return outbox.deliver_due(node, now, luck=lambda: 0.5, **{"stopwatch": lambda: 0.0, **more})


def test_everything_due_is_sent_once_outside_any_write(station: Node, now: datetime) -> None:
    names = queue(station, now, "a", "b", "a")
    assert carry(station, now) == 3
    assert sorted(got(station)) == sorted(names)
    assert {row(station, name).state for name in names} == {"done"}
    assert carry(station, now) == 0


def test_what_is_sent_is_what_was_frozen(station: Node, now: datetime) -> None:
    [name] = queue(station, now, "a", body={"tên": "cà chua", "a": 1})
    carry(station, now)
    peer: Any = station.ports.department
    [(_, _, body)] = peer.got
    kept = row(station, name)
    assert body == kept.body == '{"a":1,"tên":"cà chua"}'.encode()
    assert hashlib.sha256(body).hexdigest() == kept.sha256


def test_a_node_without_a_department_sends_nothing(database: Database, tmp_path: Path, now: datetime) -> None:
    node = make_node(database, tmp_path, "station", SITE_ID)
    queue(node, now, "a")
    assert carry(node, now) == 0


def test_a_round_ends_at_its_most_and_when_told_to_stop(station: Node, now: datetime) -> None:
    queue(station, now, *"abcd")
    assert carry(station, now, most=2) == 2
    assert carry(station, now, stopping=lambda: len(got(station)) >= 3) == 1
    assert len(got(station)) == 3


@pytest.mark.parametrize("asked", [None, 120.0])
def test_silence_is_tried_again_later_under_the_same_id(station: Node, now: datetime, asked: float | None) -> None:
    node = with_peer(station, lambda _: Delivered("retry", "timeout", retry_after_s=asked))
    [name] = queue(node, now, "a")
    assert carry(node, now) == 1
    waited = row(node, name).next_at - now
    assert waited == timedelta(seconds=asked or 2.0)
    assert carry(node, now + waited - timedelta(milliseconds=1)) == 0
    assert carry(node, now + waited) == 1
    assert got(node) == [name, name]


def test_leases_and_waits_count_from_when_they_begin_in_a_slow_round(station: Node, now: datetime) -> None:
    clock = [0.0]

    def slow(_: str) -> Delivered:
        clock[0] += 100.0
        return Delivered("retry", "timeout", retry_after_s=30.0)

    node = with_peer(station, slow)
    names = queue(node, now, "a", "b", "c")
    leased: list[datetime] = []
    peer: Any = node.ports.department
    answer = peer.answer
    peer.answer = lambda name: (leased.append(row(node, name).lease_until), answer(name))[1]
    assert carry(node, now, most=3, stopwatch=lambda: clock[0]) == 3
    begun = [now + timedelta(seconds=100 * n) for n in range(3)]
    assert leased == [at + LEASE for at in begun]
    assert sorted(got(node)) == sorted(names)
    assert [row(node, name).next_at for name in got(node)] == [at + timedelta(seconds=130) for at in begun]


def test_a_message_refused_for_good_is_kept_and_written_down(station: Node, now: datetime) -> None:
    node = with_peer(station, lambda _: Delivered("dead", "422 wrong", {"why": "wrong"}))
    [name] = queue(node, now, "a")
    assert carry(node, now) == 1
    assert row(node, name).state == "dead"
    assert acts(node) == ["message_refused"]
    assert carry(node, now + timedelta(days=60)) == 0


def test_a_refused_key_stops_the_round_until_a_person_acts(station: Node, now: datetime) -> None:
    node = with_peer(station, lambda _: Delivered("parked", "401"))
    names = queue(node, now, "a", "b", "c")
    assert carry(node, now) == 1
    assert {row(node, name).state for name in names} == {"parked"}
    assert acts(node) == ["destination_parked"]
    names += queue(node, now, "d")
    assert carry(node, now + timedelta(days=60)) == 0
    node = with_peer(station, lambda _: DONE)
    told = outbox.unpark(node, node.machine("operator"), "department", now)
    assert told == {"waiting": 4}
    assert carry(node, now) == 4
    assert sorted(got(node)) == sorted(names)
    assert acts(node) == ["destination_parked", "outbox_unparked"]


def test_a_worker_that_died_between_sending_and_settling_sends_again_under_the_same_id(
    station: Node, now: datetime
) -> None:
    def dies(_: str) -> Delivered:
        raise OSError("the power went")

    [name] = queue(station, now, "a")
    with pytest.raises(OSError, match="power"):
        carry(with_peer(station, dies), now)
    assert row(station, name).state == "leased"
    assert carry(station, now + LEASE - timedelta(seconds=1)) == 0
    assert carry(station, now + LEASE) == 1
    assert (got(station), row(station, name).state, row(station, name).attempts) == ([name], "done", 2)


@pytest.mark.parametrize(
    "late", [DONE, Delivered("dead", "422"), Delivered("parked", "401"), Delivered("retry", "503")]
)
def test_a_late_worker_leaves_the_other_workers_answer_and_the_chain_alone(
    station: Node, now: datetime, late: Delivered
) -> None:
    other = with_peer(station, lambda _: Delivered("done", "200", {"by": "other"}))

    def overtaken(_: str) -> Delivered:
        assert carry(other, now + LEASE + timedelta(seconds=1)) == 1
        return late

    [name] = queue(station, now, "a")
    assert carry(with_peer(station, overtaken), now, most=1) == 1
    kept = row(station, name)
    assert (kept.state, kept.answer, kept.last_status, kept.attempts) == ("done", {"by": "other"}, "200", 2)
    assert acts(station) == []


def test_evidence_goes_out_with_its_file_and_a_lost_file_is_said(station: Node, now: datetime) -> None:
    digest = station.files.put(b"photo")
    queue(station, now, "c1", kind="evidence", body={"sha256": digest, "number": 1})
    [lost] = queue(station, now, "c2", kind="evidence", body={"sha256": "0" * 64, "number": 1})
    assert carry(station, now) == 2
    peer: Any = station.ports.department
    [(_, _, body)] = peer.got
    assert orjson.loads(body) == {"sha256": digest, "number": 1, "data": "cGhvdG8="}
    assert (row(station, lost).state, row(station, lost).last_status) == ("dead", "mất tệp ảnh trên máy này")


def test_the_owner_reads_every_byte_of_the_own_messages_only(station: Node, now: datetime) -> None:
    names = queue(station, now, "a", "b")
    carry(station, now, most=1)
    mine, neighbour = trader(station, "s1"), trader(station, "s2")
    told = sent.listed(station, mine)
    assert [message["id"] for message in told["messages"]] == sorted(names, reverse=True)
    assert sorted(message["state_text"] for message in told["messages"]) == ["đang chờ gửi", "đã gửi"]
    assert sent.listed(station, neighbour)["messages"] == []
    assert sent.opened(station, mine, names[0])["body"] == '{"n":1}'
    for who, name in ((neighbour, names[0]), (mine, "none")):
        with pytest.raises(NotFound):
            sent.opened(station, who, name)


def test_a_long_list_is_read_page_by_page(station: Node, now: datetime) -> None:
    names = queue(station, now, *"abcde")
    mine, seen, before = trader(station, "s1"), [], None
    while True:
        page = sent.listed(station, mine, before, most=2)
        seen += [message["id"] for message in page["messages"]]
        before = page["next"]
        if before is None:
            break
    assert sorted(seen) == sorted(names)
    assert len(seen) == len(set(seen))
