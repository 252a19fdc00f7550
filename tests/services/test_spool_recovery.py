"""The spool after a worker is gone, or seemed to be: asked once, printed once, the truth kept."""

import threading

import pytest
from sqlalchemy import func, select

from pos_trace.core.errors import Unavailable
from pos_trace.services import printing, spool
from pos_trace.store.database import Database
from pos_trace.store.models import AuditEntry
from tests.services.print_shop import CONFIRMED, REFUSED, UNSURE, open_shop
from tests.services.two_nodes import trader


@pytest.fixture
def shop(database, tmp_path, now):
    return open_shop(database, tmp_path, now)


def claimed_by(shop, owner):
    """A worker that died before the first byte."""
    claimed = spool._claim(shop.node, shop.printer, owner, shop.now)
    assert claimed is not None
    return claimed


def sending_by(shop, owner):
    """A worker that died, or slept, while the bytes went out."""
    claimed = claimed_by(shop, owner)
    assert spool._start(shop.node, claimed, b"drawn", shop.now)
    return claimed


def asked(shop):
    """How many questions the stall's screen shows."""
    jobs = printing.listed(shop.node, trader(shop.node, shop.stall))["jobs"]
    return sum(job["state"] == "sent_unconfirmed" and job["answered"] is None for job in jobs)


def test_killed_between_claim_and_start_it_is_printed_once_and_nobody_asked(shop):
    job = shop.queue()
    claimed_by(shop, "dead")
    assert shop.print("new") is None
    assert spool.recover(shop.node, shop.now, "new") == 0
    assert shop.print("new") == "confirmed"
    assert (asked(shop), len(shop.printers.got)) == (0, 1)
    assert [outcome for _, outcome, *_ in shop.attempts(job)] == ["confirmed"]


def test_killed_while_sending_a_person_is_asked_once_and_nothing_goes_again(shop):
    job = shop.queue()
    sending_by(shop, "dead")
    assert spool.recover(shop.node, shop.now, "new") == 1
    assert spool.recover(shop.node, shop.now, "new") == 0
    assert (shop.job(job).state, asked(shop)) == ("sent_unconfirmed", 1)
    assert shop.print("new", at=shop.later(days=1)) is None
    assert shop.printers.got == []
    assert [outcome for _, outcome, *_ in shop.attempts(job)] == ["sent_unconfirmed"]
    with shop.node.db.read() as session:
        told = select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "print_unsure")
        assert session.scalar(told) == 1


def test_after_a_kill_the_next_slip_starts_on_a_flushed_printer(shop):
    shop.queue("một")
    shop.queue("hai")
    sending_by(shop, "dead")
    spool.recover(shop.node, shop.now, "new")
    assert shop.print("new") == "confirmed"
    assert shop.printers.got[0][2].startswith(spool.FLUSH)


@pytest.mark.parametrize("state", ["claimed", "sending"])
def test_another_process_takes_nothing_from_a_worker_whose_lease_holds(shop, state):
    job = shop.queue()
    live = {"claimed": claimed_by, "sending": sending_by}[state](shop, "live")
    assert spool.recover(shop.node, shop.later(minutes=4)) == 0
    assert shop.print("other", at=shop.later(minutes=4)) is None
    if state == "claimed":
        assert spool._start(shop.node, live, b"drawn", shop.now)
    outcome = spool.Outcome(live, "confirmed", "", started=True, bytes_sent=5, status=100)
    assert spool.settle(shop.node, outcome, shop.now) == "confirmed"
    assert (shop.job(job).state, asked(shop)) == ("confirmed", 0)


def test_its_own_work_is_never_given_up_by_the_worker_that_starts(shop):
    shop.queue()
    sending_by(shop, "me")
    assert spool.recover(shop.node, shop.now, "me") == 0


def test_a_job_stuck_in_sending_is_given_up_when_its_lease_is_over_and_the_printer_goes_on(shop):
    shop.queue("một")
    shop.queue("hai")
    sending_by(shop, "stuck")
    assert spool.printers_waiting(shop.node, shop.later(minutes=5)) == []
    assert spool.recover(shop.node, shop.later(minutes=5)) == 1
    assert spool.printers_waiting(shop.node, shop.later(minutes=5)) == [shop.printer]
    assert shop.print("b", at=shop.later(minutes=5)) == "confirmed"
    assert (shop.states(), asked(shop)) == (["sent_unconfirmed", "confirmed"], 1)


def test_a_worker_that_slept_past_its_lease_sends_nothing(shop):
    job = shop.queue()
    slow = claimed_by(shop, "slow")
    assert shop.print("quick", at=shop.later(minutes=6)) == "confirmed"
    assert not spool._start(shop.node, slow, b"drawn", shop.later(minutes=6))
    assert (len(shop.printers.got), shop.job(job).attempts) == (1, 1)


def test_a_worker_overtaken_while_drawing_sends_nothing(shop):
    shop.queue()
    slow = shop.drawer.draw

    def overtaken(*arguments):
        shop.drawer.draw = slow
        assert shop.print("quick", at=shop.later(minutes=6)) == "confirmed"
        return b"drawn too late"

    shop.drawer.draw = overtaken
    assert shop.print("slow") is None
    assert len(shop.printers.got) == 1


def test_a_worker_overtaken_by_one_that_still_draws_starts_nothing(shop):
    job = shop.queue()
    slow = claimed_by(shop, "slow")
    shop.now = shop.later(minutes=6)
    quick = claimed_by(shop, "quick")
    assert not spool._start(shop.node, slow, b"drawn too late", shop.now)
    assert shop.job(job).state == "queued"
    assert spool._start(shop.node, quick, b"drawn", shop.now)
    assert shop.job(job).data == b"drawn"


@pytest.mark.parametrize(("state", "asks"), [("confirmed", 0), ("sent_unconfirmed", 1), ("queued", 0)])
def test_a_job_given_up_too_early_still_learns_the_truth(shop, state, asks):
    job = shop.queue()
    slow = sending_by(shop, "slow")
    assert spool.recover(shop.node, shop.later(minutes=5)) == 1
    outcome = spool.Outcome(slow, state, "", started=True, bytes_sent=0 if state == "queued" else 5, status=100)
    assert spool.settle(shop.node, outcome, shop.later(minutes=6)) == state
    assert (shop.job(job).state, asked(shop)) == (state, asks)


@pytest.mark.parametrize("printed", [True, False])
def test_what_a_person_has_answered_stands_whatever_a_late_worker_says(shop, printed):
    job = shop.queue()
    slow = sending_by(shop, "slow")
    spool.recover(shop.node, shop.later(minutes=5))
    printing.answer(shop.node, trader(shop.node, shop.stall), job, printed, shop.later(minutes=5))
    before = shop.states()
    outcome = spool.Outcome(slow, "queued", "", started=True, status=401)
    for _ in range(2):
        spool.settle(shop.node, outcome, shop.later(minutes=6))
    assert shop.states() == before
    assert sorted(told for _, told, *_ in shop.attempts(job)) == ["queued", "sent_unconfirmed"]
    assert shop.job(job).answered == ("printed" if printed else "again")
    assert len(shop.states()) == (1 if printed else 2)


@pytest.mark.parametrize("act", [CONFIRMED, UNSURE, REFUSED])
def test_settling_twice_changes_and_journals_nothing_more(shop, act):
    job = shop.queue()
    shop.printers.acts = [act]
    outcome = spool.send_next(shop.node, shop.printer, "a", shop.now)
    first = spool.settle(shop.node, outcome, shop.now)
    kept = shop.attempts(job), shop.job(job).next_at
    assert spool.settle(shop.node, outcome, shop.later(minutes=1)) == first
    assert (shop.attempts(job), shop.job(job).next_at) == kept


def test_a_drawing_that_failed_for_a_worker_overtaken_is_forgotten(shop):
    job = shop.queue()
    slow = claimed_by(shop, "slow")
    assert shop.print("quick", at=shop.later(minutes=6)) == "confirmed"
    assert spool.settle(shop.node, spool.Outcome(slow, "failed", "Mã dài"), shop.later(minutes=6)) == "confirmed"
    assert [outcome for _, outcome, *_ in shop.attempts(job)] == ["confirmed"]


def test_an_outcome_the_busy_database_refused_is_written_later_and_nothing_sent_again(sqlite_database, tmp_path, now):
    shop = open_shop(Database(str(sqlite_database.url), door_wait_s=0.05), tmp_path, now)
    job = shop.queue()
    outcome = spool.send_next(shop.node, shop.printer, "a", shop.now)
    with sqlite_database.door(), pytest.raises(Unavailable):
        spool.settle(shop.node, outcome, shop.now)
    assert shop.job(job).state == "sending"
    assert shop.print("a") is None
    assert spool.settle(shop.node, outcome, shop.now) == "confirmed"
    assert len(shop.printers.got) == 1
    shop.node.db.close()


def test_a_claim_the_busy_database_refused_sends_nothing(sqlite_database, tmp_path, now):
    shop = open_shop(Database(str(sqlite_database.url), door_wait_s=0.05), tmp_path, now)
    job = shop.queue()
    with sqlite_database.door(), pytest.raises(Unavailable):
        spool.send_next(shop.node, shop.printer, "a", shop.now)
    assert (shop.job(job).state, shop.printers.got) == ("queued", [])
    assert shop.print() == "confirmed"
    shop.node.db.close()


def test_a_worker_at_work_and_one_that_recovers_at_the_same_moment_print_each_slip_once(shop):
    """A second process that starts in the middle asks about the job on its way at most; nothing comes out twice."""
    for number in range(6):
        shop.queue(f"phiếu {number}")
    gate = threading.Barrier(2)

    def starts_in_the_middle():
        gate.wait()
        for _ in range(6):
            spool.recover(shop.node, shop.now, "second")
            shop.print("second")

    second = threading.Thread(target=starts_in_the_middle)
    second.start()
    gate.wait()
    for _ in range(12):
        shop.print("first")
    second.join(60)
    while shop.print("second"):
        pass
    assert sorted(shop.sent()) == [f"phiếu {number}" for number in range(6)]
    assert set(shop.states()) <= {"confirmed", "sent_unconfirmed"}
