"""The thread that prints: one a printer, in order, nobody held up by a slow one, no outcome forgotten."""

import sys
import threading
import time
import traceback

import pytest

from pos_trace.hardware.transports import Sent
from pos_trace.runtime.printing_worker import PrintingWorker
from pos_trace.services import spool
from pos_trace.store.database import Database
from tests.services.print_shop import CONFIRMED, REFUSED, open_shop

LONGEST = 30.0


@pytest.fixture
def shop(database, tmp_path, now):
    return open_shop(database, tmp_path, now)


@pytest.fixture
def start():
    """Start a worker on a shop; every worker is stopped at the end."""
    made = []

    def go(shop, every_s=0.01):
        made.append(PrintingWorker(shop.node, shop.later, every_s))
        made[-1].start()
        return made[-1]

    yield go
    for worker in made:
        worker.stop()
        assert not worker.is_alive()


def until(good):
    """Wait for ``good`` with a deadline."""
    end = time.monotonic() + LONGEST
    while not good():
        assert time.monotonic() < end, "it did not come"
        threading.Event().wait(0.01)


def held():
    """A printer that prints when it is let go."""
    reached, let_go = threading.Event(), threading.Event()

    def act(job_id):
        reached.set()
        assert let_go.wait(LONGEST)
        return CONFIRMED

    return act, reached, let_go


def test_all_that_waits_is_printed_in_order(shop, start):
    texts = [f"phiếu {number}" for number in range(5)]
    for text in texts:
        shop.queue(text)
    start(shop)
    until(lambda: set(shop.states()) == {"confirmed"})
    assert shop.sent() == texts


def test_what_is_queued_while_it_runs_is_printed_too(shop, start):
    start(shop)
    job = shop.queue()
    until(lambda: shop.job(job).state == "confirmed")


def test_a_slow_printer_holds_up_nobody_but_itself(shop, start):
    act, reached, let_go = held()
    shop.printers.acts = [act]
    slow = [shop.queue("chậm 1"), shop.queue("chậm 2")]
    start(shop)
    assert reached.wait(LONGEST)
    shop.add_printer("riêng", shop.stall)
    quick = [shop.queue("nhanh 1"), shop.queue("nhanh 2")]
    until(lambda: all(shop.job(job).state == "confirmed" for job in quick))
    assert [shop.job(job).state for job in slow] == ["sending", "queued"]
    let_go.set()
    until(lambda: all(shop.job(job).state == "confirmed" for job in slow))
    assert shop.sent() == ["chậm 1", "nhanh 1", "nhanh 2", "chậm 2"]


def test_a_printer_that_refuses_is_left_alone_until_its_time(shop, start):
    job = shop.queue()
    shop.printers.acts = [REFUSED]
    start(shop)
    until(lambda: shop.attempts(job))
    until(lambda: shop.job(job).state == "queued")
    assert len(shop.printers.got) == 1
    shop.now = shop.job(job).next_at
    until(lambda: shop.job(job).state == "confirmed")
    assert len(shop.printers.got) == 2


def test_a_poison_slip_does_not_stop_the_others(shop, start):
    poison, good = shop.queue("độc"), shop.queue("tốt")
    with shop.node.write(shop.node.machine("t"), shop.now) as tx:
        tx.session.get_one(spool.PrintJob, (shop.node.id, poison)).slip = {"kind": 1}
    start(shop)
    until(lambda: shop.job(good).state == "confirmed")
    assert shop.job(poison).state == "failed"


def test_at_its_start_it_asks_about_what_was_on_its_way_and_prints_the_rest(shop, start):
    cut, rest = shop.queue("đang in"), shop.queue("sau")
    claimed = spool._claim(shop.node, shop.printer, "dead", shop.now)
    spool._start(shop.node, claimed, b"x", shop.now)
    start(shop)
    until(lambda: shop.job(rest).state == "confirmed")
    assert shop.job(cut).state == "sent_unconfirmed"
    assert shop.sent() == ["sau"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_job_stuck_in_sending_frees_its_printer_while_the_worker_runs(shop, start):
    stuck, rest = shop.queue("kẹt"), shop.queue("sau")
    shop.printers.acts = [ZeroDivisionError("driver")]
    start(shop)
    until(lambda: shop.job(stuck).state == "sending")
    assert shop.job(rest).state == "queued"
    shop.now += spool.LEASE
    until(lambda: shop.job(rest).state == "confirmed")
    assert shop.job(stuck).state == "sent_unconfirmed"


def test_an_outcome_a_busy_database_refuses_is_written_once_it_can(sqlite_database, tmp_path, now, start):
    shop = open_shop(Database(str(sqlite_database.url), door_wait_s=0.05), tmp_path, now)
    act, reached, let_go = held()
    shop.printers.acts = [act]
    job = shop.queue()
    worker = start(shop)
    assert reached.wait(LONGEST)
    with sqlite_database.door():
        let_go.set()
        until(lambda: all("settle" in name for name in at_work(worker)))
        assert shop.job(job).state == "sending"
    until(lambda: shop.job(job).state == "confirmed")
    assert len(shop.printers.got) == 1
    worker.stop()
    shop.node.db.close()


def at_work(worker):
    """What the worker's printer threads are doing."""
    frames = sys._current_frames()
    return [
        " ".join(step.name for step in traceback.extract_stack(frames[thread.ident]))
        for thread in worker._busy.values()
        if thread.ident in frames
    ]


def test_stopped_while_the_database_refuses_the_outcome_it_asks_at_the_next_start(
    sqlite_database, tmp_path, now, start
):
    shop = open_shop(Database(str(sqlite_database.url), door_wait_s=0.05), tmp_path, now)
    act, reached, let_go = held()
    shop.printers.acts = [act]
    job = shop.queue()
    worker = start(shop)
    assert reached.wait(LONGEST)
    with sqlite_database.door():
        let_go.set()
        worker.stop()
    assert shop.job(job).state == "sending"
    second = start(shop)
    until(lambda: shop.job(job).state == "sent_unconfirmed")
    assert len(shop.printers.got) == 1
    second.stop()
    shop.node.db.close()


def test_a_database_busy_at_the_start_is_waited_for(sqlite_database, tmp_path, now, start):
    shop = open_shop(Database(str(sqlite_database.url), door_wait_s=0.05), tmp_path, now)
    job = shop.queue()
    spool._claim(shop.node, shop.printer, "dead", shop.now)
    with sqlite_database.door():
        start(shop)
        waiting = start(shop)
        waiting.stop()
    until(lambda: shop.job(job).state == "confirmed")
    start(shop).stop()


def test_stopping_waits_for_the_job_on_its_way_and_leaves_the_rest_in_the_spool(shop, start):
    act, reached, let_go = held()
    shop.printers.acts = [act]
    first, rest = shop.queue("một"), shop.queue("hai")
    worker = start(shop)
    assert reached.wait(LONGEST)
    stopping = threading.Thread(target=worker.stop)
    stopping.start()
    until(worker._stopping.is_set)
    let_go.set()
    stopping.join(LONGEST)
    assert (shop.job(first).state, shop.job(rest).state) == ("confirmed", "queued")


def test_an_unsure_job_lets_the_next_one_print(shop, start):
    first, rest = shop.queue("một"), shop.queue("hai")
    shop.printers.acts = [Sent(9, "sent_unconfirmed", 403)]
    start(shop)
    until(lambda: shop.job(rest).state == "confirmed")
    assert shop.job(first).state == "sent_unconfirmed"
