"""The thread that carries the outbox: starts softly, drains, survives a bad round, stops when told."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from pos_trace.core.errors import Unavailable
from pos_trace.core.ports import Delivered
from pos_trace.runtime.outbox_worker import OutboxWorker, full_jitter
from pos_trace.services import outbox
from pos_trace.services.node import Ports
from pos_trace.store import outbox as store_outbox
from tests.services.two_nodes import SITE_ID, make_node


class Counting:
    """A Department that takes everything and says when it has had ``wanted``."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.ids, self.enough = wanted, [], threading.Event()

    def send(self, kind: str, event_id: str, body: bytes) -> Delivered:
        self.ids.append(event_id)
        if len(self.ids) >= self.wanted:
            self.enough.set()
        return Delivered("done", "200", {})


@pytest.fixture
def worker_of(database, tmp_path, now):
    """Start a worker on a node; every worker is stopped at the end."""
    made: list[OutboxWorker] = []

    def start(department: Counting, jitter: Callable[[float], float] = lambda _: 0.0):
        node = make_node(database, tmp_path, "station", SITE_ID, Ports(department=department))
        made.append(OutboxWorker(node, lambda: now, every_s=30.0, jitter=jitter))
        return node, made[-1]

    yield start
    for worker in made:
        if worker.is_alive():
            worker.stop()
        assert not worker.is_alive()


def queue(node, now, count):
    for number in range(count):
        with node.write(node.machine("test"), now) as tx:
            tx.send("department", "sighting", f"g{number}", {"n": number}, "thử", None)


def test_a_backlog_larger_than_a_round_drains_without_waiting(worker_of, now):
    department = Counting(outbox.A_ROUND + 5)
    node, worker = worker_of(department)
    queue(node, now, department.wanted)
    worker.start()
    assert department.enough.wait(20)
    worker.stop()
    assert len(set(department.ids)) == department.wanted


def test_waking_it_sends_at_once(worker_of, now):
    department = Counting(1)
    node, worker = worker_of(department)
    worker.start()
    queue(node, now, 1)
    worker.wake()
    assert department.enough.wait(10)


def test_the_first_round_waits_as_the_jitter_says(worker_of):
    asked: list[float] = []

    def jitter(most: float) -> float:
        asked.append(most)
        return 0.0

    _, worker = worker_of(Counting(1), jitter)
    worker.start()
    worker.stop()
    assert asked == [30.0]
    assert all(0 <= full_jitter(5.0) <= 5.0 for _ in range(100))


def test_a_round_the_database_refused_is_tried_again(worker_of, now, monkeypatch):
    department = Counting(1)
    node, worker = worker_of(department)
    queue(node, now, 1)
    refused = threading.Event()
    deliver = outbox.deliver_due

    def busy_once(*args, **options):
        if not refused.is_set():
            refused.set()
            raise Unavailable("database_busy", "Máy đang bận ghi.")
        return deliver(*args, **options)

    monkeypatch.setattr(outbox, "deliver_due", busy_once)
    worker.start()
    assert refused.wait(10)
    worker.wake()
    assert department.enough.wait(10)


def test_a_node_without_a_department_only_waits(worker_of, now):
    node, _ = worker_of(Counting(1))
    alone = OutboxWorker(replace(node, ports=Ports()), lambda: now, every_s=30.0, jitter=lambda _: 0.0)
    alone.start()
    alone.stop()
    assert not alone.is_alive()


def test_what_a_killed_process_had_on_its_way_goes_at_once(worker_of, now):
    department = Counting(1)
    node, worker = worker_of(department)
    queue(node, now, 1)
    with node.write(node.machine("dead"), now) as tx:
        claimed = store_outbox.claim(tx.session, node.id, "a process that died", now)
    worker.start()
    assert department.enough.wait(10)
    assert department.ids == [claimed.id]


def test_an_unforeseen_error_does_not_end_the_thread(worker_of, now, monkeypatch):
    department = Counting(1)
    node, worker = worker_of(department)
    queue(node, now, 1)
    failed = threading.Event()
    deliver = outbox.deliver_due

    def surprise(*args, **options):
        if not failed.is_set():
            failed.set()
            raise KeyError("surprise")
        return deliver(*args, **options)

    monkeypatch.setattr(outbox, "deliver_due", surprise)
    worker.start()
    assert failed.wait(10)
    worker.wake()
    assert department.enough.wait(10)


def test_a_message_whose_answer_could_not_be_written_down_goes_again_in_the_next_round(worker_of, now, monkeypatch):
    department = Counting(2)
    node, worker = worker_of(department)
    queue(node, now, 1)
    lost = threading.Event()
    done = store_outbox.done

    def full_once(*args, **options):
        if not lost.is_set():
            lost.set()
            raise Unavailable("database_unavailable", "Máy chưa ghi được.")
        return done(*args, **options)

    monkeypatch.setattr(store_outbox, "done", full_once)
    worker.start()
    assert lost.wait(10)
    worker.wake()
    assert department.enough.wait(10)
    assert len(set(department.ids)) == 1
