"""The spool: journalled, sent once, never a false "printed", never again by itself once a byte is out."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from pos_trace.core.errors import Invalid, Misconfigured, Unavailable
from pos_trace.hardware import status
from pos_trace.hardware.transports import Sent
from pos_trace.hardware.transports.network import Waits
from pos_trace.runtime.children import ChildLost, PageDrawer
from pos_trace.services import spool
from pos_trace.services.node import Ports
from pos_trace.settings import ChildrenSection
from tests.services.print_shop import CONFIRMED, REFUSED, UNSURE, open_shop, print_next


@pytest.fixture
def shop(database, tmp_path, now):
    return open_shop(database, tmp_path, now)


def test_a_job_is_journalled_drawn_sent_and_confirmed(shop):
    job = shop.queue()
    assert (shop.job(job).state, shop.job(job).data) == ("queued", None)
    assert shop.print() == "confirmed"
    assert shop.printers.got == [("chung", job, f"generic-80:{spool.process_number(job)}:phiếu".encode())]
    row = shop.job(job)
    assert (row.state, row.data, row.attempts, row.lease_until, row.lease_owner) == ("confirmed", None, 1, None, None)
    assert shop.attempts(job) == [(1, "confirmed", 4, 100)]
    assert (shop.printer_row().status, shop.printer_row().last_confirmed_at) == (100, shop.now)
    assert shop.print() is None


def test_while_the_bytes_go_out_the_journal_says_so(shop):
    job = shop.queue()
    seen = []
    shop.printers.acts = [lambda job_id: seen.append(shop.job(job_id)) or CONFIRMED]
    shop.print()
    (row,) = seen
    assert (row.state, row.attempts, row.lease_owner) == ("sending", 1, "a")
    assert row.data == shop.printers.got[0][2]
    assert row.id == job


@pytest.mark.parametrize(
    ("sent", "state"),
    [
        (CONFIRMED, "confirmed"),
        (UNSURE, "sent_unconfirmed"),
        (Sent(1, "sent_unconfirmed", 403), "sent_unconfirmed"),
        (Sent(0, "sent_unconfirmed", 403), "sent_unconfirmed"),
        (REFUSED, "queued"),
        (Sent(0, "failed", 301, "Hết giấy"), "queued"),
        (Sent(1, "failed", 403), "sent_unconfirmed"),
    ],
)
def test_only_a_job_of_which_nothing_went_out_goes_again_by_itself(shop, sent, state):
    job = shop.queue()
    shop.printers.acts = [sent]
    assert shop.print() == state
    assert shop.attempts(job) == [(1, state, sent.bytes_sent, sent.status)]
    assert shop.printer_row().status == sent.status
    assert (shop.job(job).data is None) is (state == "confirmed")
    assert shop.print(at=shop.later(hours=1)) == ("confirmed" if state == "queued" else None)
    assert len(shop.printers.got) == (2 if state == "queued" else 1)


def test_a_refusing_printer_is_tried_after_2_4_8_seconds_up_to_a_minute_and_drawn_for_once(shop):
    job = shop.queue()
    shop.printers.acts = [REFUSED] * 8
    at, waits = shop.now, []
    for _ in range(8):
        assert shop.print(at=at) == "queued"
        waits.append((shop.job(job).next_at - at).total_seconds())
        assert shop.print(at=shop.job(job).next_at - timedelta(seconds=1)) is None
        at = shop.job(job).next_at
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    assert shop.print(at=at) == "confirmed"
    assert shop.drawer.drawn == ["phiếu"]
    assert [number for number, *_ in shop.attempts(job)] == list(range(1, 10))


def test_slips_come_out_in_the_order_they_were_written_even_behind_one_that_waits(shop):
    for text in ("một", "hai", "ba"):
        shop.queue(text)
    shop.printers.acts = [REFUSED]
    assert shop.print() == "queued"
    assert shop.print() is None
    assert spool.printers_waiting(shop.node, shop.now) == []
    after = shop.later(seconds=2)
    assert spool.printers_waiting(shop.node, after) == [shop.printer]
    assert [shop.print(at=after) for _ in range(4)] == ["confirmed"] * 3 + [None]
    assert shop.sent() == ["một", "một", "hai", "ba"]
    assert spool.printers_waiting(shop.node, after) == []


def test_a_printer_at_work_gets_no_second_job_and_holds_up_no_other_printer(shop):
    shop.queue("chung một")
    shop.queue("chung hai")
    claimed = spool._claim(shop.node, shop.printer, "a", shop.now)
    assert spool._start(shop.node, claimed, b"x", shop.now)
    own = shop.add_printer("riêng", shop.stall)
    shop.queue("của sạp")
    assert spool.printers_waiting(shop.node, shop.now) == [own]
    assert [shop.print("b"), shop.print("b", printer=own)] == [None, "confirmed"]
    assert shop.sent() == ["của sạp"]


@pytest.mark.parametrize("error", [Invalid("qr_too_long", "Mã dài"), Misconfigured("unknown_printer", "Không có mẫu")])
def test_a_slip_that_cannot_be_drawn_fails_and_the_next_one_prints(shop, error):
    bad, good = shop.queue("hỏng"), shop.queue("tốt")
    shop.drawer.acts = [error]
    assert [shop.print(), shop.print()] == ["failed", "confirmed"]
    assert shop.sent() == ["tốt"]
    assert shop.attempts(bad) == [(1, "failed", 0, 100)]
    assert (shop.job(bad).state, shop.job(good).state) == ("failed", "confirmed")


def test_a_failed_drawing_says_nothing_of_the_printer(shop):
    shop.queue()
    shop.drawer.acts = [Invalid("x", "x")]
    shop.print()
    assert (shop.printer_row().status, shop.printer_row().status_at) == (100, None)


def test_a_slip_that_kills_its_child_three_times_fails_and_blocks_nobody(shop):
    bad = shop.queue("độc")
    shop.queue("tốt")
    shop.drawer.acts = [
        ChildLost("child_lost", "Lỗi"),
        ChildLost("child_failed", "Lỗi"),
        ChildLost("child_lost", "Lỗi"),
    ]
    at, states = shop.now, []
    for _ in range(3):
        states.append(shop.print(at=at))
        at = shop.job(bad).next_at
    assert states == ["queued", "queued", "failed"]
    assert shop.print(at=at) == "confirmed"
    assert shop.sent() == ["tốt"]


def test_a_busy_machine_makes_no_slip_fail(shop):
    job = shop.queue()
    at = shop.now
    for _ in range(6):
        shop.drawer.acts = [ChildLost("child_busy", "Bận")]
        assert shop.print(at=at) == "queued"
        at = shop.job(job).next_at
    assert shop.job(job).attempts == 0
    assert shop.print(at=at) == "confirmed"


@pytest.mark.parametrize(
    "slip", [{}, {"kind": "receipt"}, {"kind": "r", "blocks": [{"colour": 1}]}, {"kind": "r", "blocks": 3}]
)
def test_a_journal_entry_that_is_no_slip_fails(shop, slip):
    job = shop.queue()
    with shop.node.write(shop.node.machine("t"), shop.now) as tx:
        tx.session.get_one(spool.PrintJob, (shop.node.id, job)).slip = slip
    assert shop.print() == "failed"
    assert shop.printers.got == []


def test_an_address_that_is_none_fails_before_anything_is_on_its_way(shop):
    def refuse(transport, address):
        raise Misconfigured("bad_address", "Địa chỉ sai")

    job = shop.queue()
    node = replace(shop.node, ports=replace(shop.node.ports, transport=refuse))
    assert print_next(node, shop.printer, "a", shop.now) == "failed"
    assert shop.attempts(job) == [(1, "failed", 0, 100)]


def test_a_node_without_a_drawer_or_a_way_leaves_everything_queued(shop):
    job = shop.queue()
    for ports in (Ports(), replace(shop.node.ports, drawer=None), replace(shop.node.ports, transport=None)):
        assert print_next(replace(shop.node, ports=ports), shop.printer, "a", shop.now) is None
    assert shop.job(job).lease_owner is None


def test_a_defect_in_a_transport_leaves_the_job_unsure_once_its_lease_is_over(shop):
    job = shop.queue()
    shop.queue("sau")
    shop.printers.acts = [ZeroDivisionError("driver")]
    with pytest.raises(ZeroDivisionError):
        shop.print()
    assert shop.print() is None
    assert spool.recover(shop.node, shop.later(minutes=4)) == 0
    after = shop.later(minutes=5)
    assert spool.recover(shop.node, after) == 1
    assert shop.job(job).state == "sent_unconfirmed"
    assert shop.print(at=after) == "confirmed"
    assert shop.sent() == ["phiếu", "sau"]


def test_drawing_and_sending_really_happen_in_a_child_and_on_the_disk(shop, children, tmp_path):
    from pos_trace.hardware import transports
    from pos_trace.hardware.picture import render

    folder = tmp_path / "giấy"
    printer = shop.add_printer("thật", shop.stall, address=str(folder))
    job = shop.queue("Cải thảo\x1b@\x1dV\x00")
    ports = Ports(drawer=PageDrawer(children), transport=transports.open_transport)
    assert print_next(replace(shop.node, ports=ports), printer, "a", shop.now) == "confirmed"
    shown = render((folder / f"{job}.bin").read_bytes())
    assert (shown.unknown, len(shown.cuts)) == ((), 1)


def test_a_real_child_refuses_a_code_too_long_and_a_printer_of_no_kind(shop, children):
    node = replace(shop.node, ports=replace(shop.node.ports, drawer=PageDrawer(children)))
    shop.queue("x" * 7000, kind="code")
    assert print_next(node, shop.printer, "a", shop.now) == "failed"
    odd = shop.add_printer("lạ", shop.stall, preset="generic-99")
    shop.queue()
    assert print_next(node, odd, "a", shop.now) == "failed"
    assert shop.printers.got == []


def test_the_lease_outlasts_drawing_and_sending_by_their_own_deadlines():
    waits, draw = Waits(), ChildrenSection().draw_deadline_s
    most = 2 * draw + waits.connect_s + waits.total_s + waits.greeting_s + waits.answer_s + waits.drain_s
    assert timedelta(seconds=most) < spool.LEASE


def test_a_printer_cut_off_inside_a_picture_is_flushed_before_the_next_slip(shop):
    for text in ("một", "hai", "ba"):
        shop.queue(text)
    shop.printers.acts = [Sent(9000, "sent_unconfirmed", status.CUT_OFF), CONFIRMED, CONFIRMED]
    assert [shop.print() for _ in range(3)] == ["sent_unconfirmed", "confirmed", "confirmed"]
    lengths = [len(data) - len(data.lstrip(b"\0")) for _, _, data in shop.printers.got]
    assert lengths == [0, len(spool.FLUSH), 0]
    assert len(spool.FLUSH) > 128 * 4096 // 8 // 8
    assert set(spool.BROKEN_OFF) == {status.STALLED, status.CUT_OFF}


def test_a_refusal_after_a_break_does_not_forget_the_flush(shop):
    shop.queue("một")
    shop.queue("hai")
    shop.printers.acts = [Sent(9000, "sent_unconfirmed", status.STALLED), REFUSED]
    assert [shop.print(), shop.print()] == ["sent_unconfirmed", "queued"]
    assert shop.print(at=shop.later(minutes=1)) == "confirmed"
    assert shop.printers.got[-1][2].startswith(spool.FLUSH)


@pytest.mark.parametrize("last", ["000000", "00270e", "00270f", "ffffff"])
def test_a_process_number_has_one_to_four_digits_and_is_never_zero(last):
    assert 1 <= spool.process_number(f"0192aaaa-bbbb-7ccc-8ddd-eeeeee{last}") <= 9999


def test_two_workers_never_send_one_job_twice(shop):
    for number in range(8):
        shop.queue(f"phiếu {number}")
    gate = threading.Barrier(3)

    def work(owner):
        gate.wait()
        for _ in range(8):
            with suppress(Unavailable):
                shop.print(owner)

    threads = [threading.Thread(target=work, args=(owner,)) for owner in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    while shop.print("d"):
        pass
    assert shop.sent() == [f"phiếu {number}" for number in range(8)]
    assert set(shop.states()) == {"confirmed"}
