"""TCP to a live fake printer: never a false "confirmed", the bytes that went out counted, nothing lost at the end."""

import socket

import pytest

from pos_trace.core.errors import Misconfigured
from pos_trace.hardware import status
from pos_trace.hardware.transports import open_transport
from pos_trace.hardware.transports.network import MOST_HEARD, Network, Waits, question_of
from tests.hardware.fake_printer import FINE_PAPER, OUT_OF_PAPER_NOW, FakePrinter, confirming, silent

PATIENT = Waits(connect_s=10, greeting_s=10, progress_s=10, total_s=30, answer_s=10, drain_s=10)
HASTY = Waits(connect_s=0.3, greeting_s=0.1, progress_s=0.3, total_s=1.0, answer_s=0.2, drain_s=0.2)
BODY = bytes(range(32, 256)) * 200
JOB = BODY + status.ASK_PAPER
NUMBERED = BODY + status.ASK_PROCESS + b"0042"
LARGE = b"\xaa" * (16 * 2**20) + status.ASK_PAPER
STALE = [b"\x00", b"\x12\x00", b"\x10\x00\x00\x00", b"\x10\x00\x00\x00\x00", b"\x37\x220042\x00", b"\x12\x12\x12"]


def send(printer, data=JOB, waits=PATIENT):
    return Network(printer.address, waits).send(data, "job-1")


@pytest.mark.parametrize("data", [JOB, NUMBERED], ids=["paper", "process"])
def test_a_printer_that_answers_confirms_and_got_every_byte(data):
    with FakePrinter() as printer:
        sent = send(printer, data)
        assert printer.wait_for(1) == [data]
    assert (sent.outcome, sent.bytes_sent, sent.status) == ("confirmed", len(data), status.FINE)
    assert printer.greeted == 1


def test_a_printer_low_on_paper_confirms_and_says_so():
    with FakePrinter(greeting=b"\x12\x12\x1e", answer=lambda job: b"\x03" if job == JOB else b"") as printer:
        sent = send(printer)
    assert (sent.outcome, sent.status) == ("confirmed", status.PAPER_LOW)


def test_one_that_knows_no_greeting_prints_and_confirms_all_the_same():
    with FakePrinter(greeting=b"") as printer:
        sent = send(printer, waits=Waits(greeting_s=0.1))
        assert printer.wait_for(1) == [JOB]
    assert sent.outcome == "confirmed"


def test_one_that_answers_only_when_no_more_comes_is_believed():
    with FakePrinter(answer=silent, last=FINE_PAPER) as printer:
        assert send(printer, waits=Waits(answer_s=0.1, drain_s=10)).outcome == "confirmed"


@pytest.mark.parametrize("data", [JOB, NUMBERED], ids=["paper", "process"])
def test_a_silent_printer_confirms_nothing(data):
    with FakePrinter(answer=silent) as printer:
        sent = send(printer, data, HASTY)
        assert printer.wait_for(1) == [data]
    assert (sent.outcome, sent.bytes_sent, sent.status) == ("sent_unconfirmed", len(data), status.UNKNOWN)


@pytest.mark.parametrize("data", [JOB, NUMBERED], ids=["paper", "process"])
@pytest.mark.parametrize("stale", STALE, ids=lambda stale: stale.hex())
def test_what_was_said_before_the_question_confirms_nothing(stale, data):
    with FakePrinter(answer=silent, first=stale) as printer:
        sent = send(printer, data, HASTY)
    assert (sent.outcome, sent.bytes_sent) == ("sent_unconfirmed", len(data))


@pytest.mark.parametrize("stale", STALE, ids=lambda stale: stale.hex())
def test_stale_words_do_not_hide_the_real_answer(stale):
    with FakePrinter(first=stale) as printer:
        assert send(printer).outcome == "confirmed"


@pytest.mark.parametrize(
    "answer",
    [b"\x10\x00", b"\x10\x00\x00", b"\x12", b"\x11", b"\x0c", b"\x37\x2200", b"\x10\x00\x0c\x00\x00"],
    ids=lambda answer: answer.hex(),
)
def test_half_a_block_another_answer_or_missing_paper_confirms_nothing(answer):
    with FakePrinter(answer=lambda job: answer if job == JOB else b"") as printer:
        sent = send(printer, waits=HASTY)
    assert (sent.outcome, sent.bytes_sent) == ("sent_unconfirmed", len(JOB))


@pytest.mark.parametrize("answer", [b"\x37\x220041\x00", b"\x00", b"\x37\x2200", b"\x37\x220042"])
def test_only_the_right_process_id_confirms_where_one_was_asked(answer):
    with FakePrinter(answer=lambda job: answer if job == NUMBERED else b"") as printer:
        assert send(printer, NUMBERED, HASTY).outcome == "sent_unconfirmed"


def test_answers_that_come_byte_by_byte_confirm():
    def with_news(job):
        return b"\x10\x00\x00\x00" + confirming(job) if job in (JOB, NUMBERED) else b""

    with FakePrinter(answer=with_news, dribbles=True) as printer:
        assert [send(printer, job).outcome for job in (JOB, NUMBERED)] == ["confirmed", "confirmed"]


@pytest.mark.parametrize("first", [b"", b"\x00"])
def test_a_job_that_asks_nothing_is_never_confirmed_and_not_lost(first):
    with FakePrinter(answer=lambda job: b"\x00", first=first, during=b"\x00\x10\x00\x00\x00") as printer:
        sent = send(printer, BODY)
        assert printer.wait_for(1) == [BODY]
    assert (sent.outcome, sent.bytes_sent) == ("sent_unconfirmed", len(BODY))
    assert printer.greeted == 0


@pytest.mark.parametrize(
    ("greeting", "state"),
    [(OUT_OF_PAPER_NOW, status.PAPER_OUT), (b"\x1a\x16\x12", status.COVER_OPEN), (b"\x1a\x52\x12", status.CUTTER),
     (b"\x1a\x12\x12", status.OFFLINE)],
)  # fmt: skip
def test_a_printer_that_cannot_print_gets_no_byte_of_the_job(greeting, state):
    with FakePrinter(greeting=greeting) as printer:
        sent = send(printer)
        assert printer.wait_for(1) == [b""]
    assert (sent.outcome, sent.bytes_sent, sent.status, sent.detail) == ("failed", 0, state, status.WORDS[state])


def test_paper_that_runs_out_during_the_job_leaves_it_unsure():
    with FakePrinter(answer=lambda job: b"\x0c" if job == JOB else b"") as printer:
        sent = send(printer)
    assert (sent.outcome, sent.status, sent.bytes_sent) == ("sent_unconfirmed", status.PAPER_OUT, len(JOB))


def test_a_refused_connection_fails_with_nothing_sent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    sent = Network(address, HASTY).send(JOB, "job-1")
    assert (sent.outcome, sent.bytes_sent, sent.status) == ("failed", 0, status.NO_CONNECTION)


def test_a_printer_that_is_busy_with_others_fails_with_nothing_sent():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        place = listener.getsockname()[:2]
        others = [socket.socket() for _ in range(4)]
        for other in others:
            other.setblocking(False)
            other.connect_ex(place)
        sent = Network(f"127.0.0.1:{place[1]}", HASTY).send(JOB, "job-1")
        for other in others:
            other.close()
    assert (sent.outcome, sent.bytes_sent, sent.status) == ("failed", 0, status.NO_CONNECTION)


@pytest.mark.parametrize("shuts", ["all", "once"])
def test_one_that_closes_at_once_gets_nothing(shuts):
    with FakePrinter(shuts=shuts) as printer:
        sent = send(printer)
    assert (sent.outcome, sent.bytes_sent) == ("failed", 0)
    assert sent.status in (status.NO_CONNECTION, status.CUT_OFF)


def test_a_reset_in_greeting_fails_with_nothing_sent():
    with FakePrinter(greeting=b"", reset_after=0) as printer:
        sent = send(printer)
    assert (sent.outcome, sent.bytes_sent, sent.status) == ("failed", 0, status.CUT_OFF)


@pytest.mark.parametrize("after", [1, 5_000, 1_000_000])
def test_a_reset_in_the_middle_is_unsure_and_counts_what_went_out(after):
    with FakePrinter(reset_after=after) as printer:
        sent = send(printer, LARGE)
        (job,) = printer.wait_for(1)
    assert (sent.outcome, sent.status) == ("sent_unconfirmed", status.CUT_OFF)
    assert after <= len(job) <= sent.bytes_sent < len(LARGE)


def test_a_reset_after_the_last_byte_is_unsure():
    with FakePrinter(answer=silent, reset_after=len(JOB)) as printer:
        sent = send(printer)
        assert printer.wait_for(1) == [JOB]
    assert (sent.outcome, sent.bytes_sent, sent.status) == ("sent_unconfirmed", len(JOB), status.CUT_OFF)


def test_one_that_closes_its_side_without_an_answer_confirms_nothing():
    with FakePrinter(answer=silent, shuts="end") as printer:
        sent = send(printer)
    assert (sent.outcome, sent.bytes_sent) == ("sent_unconfirmed", len(JOB))


def test_one_that_takes_nothing_stalls_within_the_deadline():
    with FakePrinter(reads=False) as printer:
        sent = send(printer, LARGE, HASTY)
    assert (sent.outcome, sent.status) == ("sent_unconfirmed", status.STALLED)
    assert 0 < sent.bytes_sent < len(LARGE)


@pytest.mark.parametrize(("total_s", "outcome"), [(0.3, "sent_unconfirmed"), (0.0, "failed")])
def test_one_that_takes_a_little_now_and_then_does_not_hold_us_for_ever(total_s, outcome):
    with FakePrinter(bite=4096, pause_s=0.01) as printer:
        sent = send(printer, LARGE, Waits(progress_s=10, total_s=total_s, greeting_s=5))
    assert (sent.outcome, sent.status) == (outcome, status.STALLED)
    assert (sent.bytes_sent > 0) is (outcome == "sent_unconfirmed")
    assert sent.bytes_sent < len(LARGE)


@pytest.mark.parametrize("data", [JOB, BODY], ids=["asks", "asks nothing"])
def test_a_slow_printer_that_talks_meanwhile_loses_nothing_at_the_close(data):
    with FakePrinter(answer=silent, during=b"\x10\x00\x00\x00", bite=2048, pause_s=0.002) as printer:
        sent = send(printer, data, Waits(answer_s=0.01, drain_s=20))
        assert printer.wait_for(1) == [data]
    assert (sent.outcome, sent.bytes_sent) == ("sent_unconfirmed", len(data))


def test_a_printer_that_never_stops_talking_confirms_nothing():
    with FakePrinter(greeting=b"", answer=lambda job: b"\x00" * MOST_HEARD) as printer:
        assert send(printer, b"\n" + JOB, HASTY).outcome == "sent_unconfirmed"


def test_one_printer_takes_one_job_after_the_other():
    with FakePrinter() as printer:
        assert [send(printer, job).outcome for job in (JOB, NUMBERED, JOB)] == ["confirmed"] * 3
        assert printer.wait_for(3) == [JOB, NUMBERED, JOB]
    assert printer.connections == 3


@pytest.mark.parametrize(
    ("data", "question"),
    [(JOB, status.ASK_PAPER), (NUMBERED, status.ASK_PROCESS + b"0042"), (BODY, b""), (b"", b""),
     (status.ASK_PROCESS + b"0042" + BODY, b""), (BODY + status.ASK_PROCESS + b"00x2", b""),
     (status.ASK_PROCESS + b"0042" + JOB, status.ASK_PAPER)],
)  # fmt: skip
def test_the_question_is_the_end_of_the_job_not_something_inside_it(data, question):
    assert question_of(data) == question


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("10.0.0.5", ("10.0.0.5", 9100)),
        ("may-in.example:9101", ("may-in.example", 9101)),
        ("[::1]:9100", ("::1", 9100)),
    ],
)
def test_an_address_is_a_host_and_perhaps_a_port(address, place):
    assert Network(address)._place == place


@pytest.mark.parametrize("address", ["", ":9100", "host:abc", "host:99999", "host/x", "[::1", "host:9100?x"])
def test_an_address_that_is_none_is_refused_when_opened(address):
    with pytest.raises(Misconfigured) as refused:
        open_transport("tcp", address)
    assert refused.value.code == "bad_address"
