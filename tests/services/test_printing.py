"""Queueing slips, asking "Phiếu đã ra chưa?" once, and copies that say what they are."""

from dataclasses import replace

import orjson
import pytest

from pos_trace.core import slips
from pos_trace.core.errors import Conflict, NotFound
from pos_trace.core.slips import Block, Slip
from pos_trace.services import printing
from pos_trace.services.node import Once
from pos_trace.store import idempotency
from pos_trace.store.models import Printer
from tests.services.print_shop import REFUSED, UNSURE, open_shop
from tests.services.two_nodes import SITE_ID, add_stall, make_node, trader


@pytest.fixture
def shop(database, tmp_path, now):
    return open_shop(database, tmp_path, now)


def lines(shop, job):
    return [block["text"] for block in shop.job(job).slip["blocks"]]


def unsure(shop, text="phiếu", subject="s-1"):
    """A job nobody is sure of."""
    job = shop.queue(text, subject=subject)
    shop.printers.acts = [UNSURE]
    assert shop.print() == "sent_unconfirmed"
    return job


def answer(shop, job, printed, who=None):
    shop.tick()
    return printing.answer(shop.node, who or trader(shop.node, shop.stall), job, printed, shop.now)


def test_a_stall_prints_on_its_own_printer_else_on_the_shared_one(shop):
    other = add_stall(shop.node, "E-01", shop.now)
    own = shop.add_printer("riêng", other)
    with shop.node.db.read() as session:
        assert printing.printer_of(session, SITE_ID, other).id == own
        assert printing.printer_of(session, SITE_ID, shop.stall).id == shop.printer


def test_without_any_printer_nothing_is_queued_and_nothing_fails(database, tmp_path, now):
    node = make_node(database, tmp_path, "station", SITE_ID)
    stall = add_stall(node, "A-12", now)
    with node.write(node.machine("t"), now) as tx:
        assert printing.queue(tx, stall, "receipt", "s-1", Slip("receipt", ())) is None


def test_a_slip_is_queued_with_its_verb_or_not_at_all(shop):
    def verb_that_fails():
        with shop.node.write(shop.node.machine("t"), shop.now) as tx:
            assert printing.queue(tx, shop.stall, "receipt", "s-1", Slip("receipt", ())) is not None
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        verb_that_fails()
    assert shop.states() == []


def test_the_screen_shows_what_waits_what_asks_and_what_is_done(shop):
    job = unsure(shop)
    shop.queue("chờ")
    jobs = printing.listed(shop.node, trader(shop.node, shop.stall))["jobs"]
    assert [(told["state"], told["printer"], told["answered"]) for told in jobs] == [
        ("sent_unconfirmed", "chung", None), ("queued", "chung", None)
    ]  # fmt: skip
    assert jobs[0]["id"] == job
    answer(shop, job, True)
    jobs = printing.listed(shop.node, trader(shop.node, shop.stall))["jobs"]
    assert [(told["state"], told["answered"]) for told in jobs] == [("queued", None), ("confirmed", "printed")]
    assert jobs[0]["printer_status"] == 500


def test_another_stall_sees_and_answers_nothing_of_it(shop):
    job = unsure(shop)
    other = trader(shop.node, add_stall(shop.node, "E-01", shop.now))
    assert printing.listed(shop.node, other) == {"jobs": []}
    for wrong in (job, "no-such-job"):
        with pytest.raises(NotFound) as refused:
            answer(shop, wrong, True, other)
        assert refused.value.detail == printing.NO_JOB
    assert shop.job(job).answered is None


def test_yes_settles_it(shop):
    job = unsure(shop)
    assert answer(shop, job, True) == {"id": job, "state": "confirmed", "again": None}
    assert (shop.job(job).state, shop.job(job).answered, shop.job(job).data) == ("confirmed", "printed", None)
    assert shop.states() == ["confirmed"]


def test_no_queues_one_copy_that_says_so_with_its_time(shop):
    job = unsure(shop)
    told = answer(shop, job, False)
    assert (told["id"], told["state"]) == (job, "sent_unconfirmed")
    assert lines(shop, told["again"]) == ["BẢN IN LẠI (lần 2) 02:31 25/11/2026", "phiếu"]
    assert shop.job(told["again"]).copy_no == 2
    assert shop.job(job).data is None
    assert shop.print() == "confirmed"
    assert shop.print(at=shop.later(days=1)) is None


@pytest.mark.parametrize("printed", [True, False])
def test_it_is_asked_once(shop, printed):
    job = unsure(shop)
    answer(shop, job, printed)
    count = len(shop.states())
    for again in (True, False):
        with pytest.raises(Conflict) as refused:
            answer(shop, job, again)
        assert refused.value.code == "print_settled"
    assert len(shop.states()) == count


@pytest.mark.parametrize("acts", [[], [REFUSED]])
def test_a_job_that_is_sure_is_not_asked_about(shop, acts):
    job = shop.queue()
    shop.printers.acts = acts
    shop.print()
    with pytest.raises(Conflict):
        answer(shop, job, False)


def test_a_copy_of_a_copy_counts_on_and_carries_one_mark(shop):
    job = unsure(shop)
    for number in (2, 3, 4):
        shop.printers.acts = [UNSURE]
        job = answer(shop, job, False)["again"]
        assert lines(shop, job) == [f"BẢN IN LẠI (lần {number}) 02:31 25/11/2026", "phiếu"]
        assert shop.print() == "sent_unconfirmed"


def test_the_two_copies_of_a_delivery_are_two_papers_each_counted_by_itself(shop):
    first, second = unsure(shop, "Liên 1/2", "d-1"), unsure(shop, "Liên 2/2", "d-1")
    again = answer(shop, second, False)["again"]
    assert lines(shop, again)[1:] == ["Liên 2/2"]
    shop.printers.acts = [UNSURE]
    shop.print()
    third = answer(shop, again, False)["again"]
    assert lines(shop, third) == ["BẢN IN LẠI (lần 3) 02:31 25/11/2026", "Liên 2/2"]
    assert lines(shop, answer(shop, first, False)["again"]) == ["BẢN IN LẠI (lần 2) 02:31 25/11/2026", "Liên 1/2"]


def test_asked_for_a_copy_where_no_printer_is_left_the_question_stays(shop):
    job = unsure(shop)
    elsewhere = add_stall(shop.node, "Z-9", shop.now)
    with shop.node.write(shop.node.machine("t"), shop.now) as tx:
        tx.session.get_one(Printer, (SITE_ID, shop.printer)).stall_id = elsewhere
    with pytest.raises(Conflict) as refused:
        answer(shop, job, False)
    assert refused.value.code == "no_printer"
    assert shop.job(job).answered is None
    assert answer(shop, job, True)["state"] == "confirmed"


def test_the_journal_keeps_a_slip_word_for_word(shop):
    slip = Slip("receipt", (Block("row", "Cải thảo", "22.500 đ", bold=True), Block("rule"), Block("code", "X" * 40)))
    with shop.node.write(shop.node.machine("t"), shop.now) as tx:
        job = printing.queue(tx, shop.stall, "receipt", "s-1", slip)
    assert slips.from_json(shop.job(job).slip) == slip


def test_a_repeated_request_makes_no_second_copy(shop):
    job = unsure(shop)
    who = replace(trader(shop.node, shop.stall), once=Once("k-1", "o", "POST /answer", "a" * 64))
    first = answer(shop, job, False, who)
    with pytest.raises(idempotency.Replay) as replayed:
        answer(shop, job, False, who)
    assert orjson.loads(replayed.value.answer) == first
    assert shop.states() == ["sent_unconfirmed", "queued"]
