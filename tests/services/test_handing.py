"""Giao ca and PHIẾU CHỐT NGÀY: what lies open, who has it from here on, once per stall and day."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pos_trace.core.errors import Conflict, NotFound
from pos_trace.services import closing, day_end, hand_over, receiving, stall_now, stock
from pos_trace.store.models import AuditEntry, AuditHead, DayEnd, Device, HandOver, PrintJob, Stall
from tests.services.night import CABBAGE, UNKNOWN, Night, asked, laid_out, sell, with_printer


def busy(night: Night) -> dict[str, Any]:
    """One of everything that lies open or happened at A-12."""
    night.pull()
    opened = night.deliver(supplier="HTX rau (mẫu)")
    flagged = night.scan(UNKNOWN, opened, "5", "hũ")["line"]
    done = night.deliver()
    night.scan(CABBAGE, done, "20", "kg")
    receiving.close(night.node, night.who(), done, night.now)
    lot = laid_out(night)
    stock.waste(night.node, night.who(), lot, "1", "héo", night.now)
    closing.close(night.node, night.who(), lot, night.now)
    sell(night, asked(name="Hành", quantity="1", unit="kg"))
    with night.node.write(night.node.machine("t"), night.now) as tx:
        device = Device(site_id=night.node.id, id=tx.id(), created_at=night.now, stall_id=night.stalls["A-12"])
        device.name, device.token_sha256, device.queue_count = "Điện thoại", "0" * 64, 7
        tx.session.add(device)
    return {"opened": opened, "flagged": flagged}


def lan(night: Night) -> Any:
    return night.who(id="lan", name="Lan")


def test_a_shift_is_given_with_what_lies_open_and_taken_by_another_person(night: Night, tmp_path: Any) -> None:
    with_printer(night, tmp_path)
    busy(night)
    told = hand_over.offer(night.node, night.who(), night.now)
    assert told == told | {"state": "offered", "giver": "Chị Hoa (mẫu)", "taker": None, "phones": 7, "unsure": 0}
    assert [(one["supplier"], one["lines"]) for one in told["deliveries"]] == [("HTX rau (mẫu)", 1)]
    assert [(one["quantity"], one["unit"], one["word"]) for one in told["held"]] == [("5", "hũ", "TẠM ĐỂ RIÊNG")]
    assert [one["left"] for one in told["papers"]] == ["còn 24 giờ"]
    assert told["unsent"] >= 1
    with pytest.raises(Conflict, match="same_person"):
        hand_over.take(night.node, night.who(), told["id"], night.now)
    seen = hand_over.current(night.node, lan(night), night.now)
    assert (seen["offer"]["id"], seen["offer"]["own"], seen["last"]) == (told["id"], False, None)
    taken = hand_over.take(night.node, lan(night), told["id"], night.later(minutes=3))
    assert (taken["state"], taken["giver"], taken["taker"]) == ("taken", "Chị Hoa (mẫu)", "Lan")
    with pytest.raises(Conflict, match="hand_over_over"):
        hand_over.take(night.node, lan(night), told["id"], night.now)
    after = hand_over.current(night.node, night.who(), night.now)
    assert (after["offer"], after["last"]["taker"]) == (None, "Lan")
    assert hand_over.print_slip(night.node, lan(night), told["id"], night.now)["copy_no"] == 1
    assert hand_over.print_slip(night.node, lan(night), told["id"], night.now)["copy_no"] == 2
    with night.node.db.read() as session:
        slips = [str(job) for job in session.scalars(select(PrintJob.slip).where(PrintJob.kind == "hand_over"))]
    assert all("Giao ca" in slip and "Lan" in slip and "HTX rau (mẫu)" in slip for slip in slips)
    assert sum("BẢN IN LẠI" in slip for slip in slips) == 1


def test_a_shift_offered_again_replaces_the_first_and_is_nobody_elses(night: Night) -> None:
    first = hand_over.offer(night.node, night.who(), night.now)["id"]
    second = hand_over.offer(night.node, night.who(), night.later(minutes=1))["id"]
    assert hand_over.current(night.node, night.who(), night.now)["offer"]["id"] == second
    assert hand_over.current(night.node, night.who("E-01"), night.now)["offer"] is None
    with pytest.raises(Conflict, match="hand_over_over"):
        hand_over.take(night.node, lan(night), first, night.now)
    with pytest.raises(NotFound):
        hand_over.take(night.node, night.who("E-01"), second, night.now)
    with pytest.raises(Conflict, match="no_printer"):
        hand_over.print_slip(night.node, night.who(), second, night.now)
    assert night.count(HandOver) == 2


def test_the_day_is_closed_once_and_printed_again_as_a_copy(night: Night, tmp_path: Any) -> None:
    with_printer(night, tmp_path)
    busy(night)
    before = day_end.listed(night.node, night.who(), night.now)
    assert before["done"] == []
    with night.node.db.read() as session:
        head = session.get_one(AuditHead, night.node.id)
        audit = [head.number, head.sha256]
    told = day_end.close_day(night.node, night.who(), night.now)
    assert (told["number"], told["again"], told["copy_no"]) == ("A12-CN261125", False, 1)
    assert told["body"]["audit"] == audit
    counts = told["body"]["counts"]
    assert counts == counts | {
        "closed": 1, "auto_closed": 0, "open": 1, "sales": 1, "lots_over": 1, "lots_auto": 0, "wasted": 1, "short": 1,
        "overrides": 0, "withdrawn": 0, "phones": 7, "refused": 0, "adjusted": 0,
    }  # fmt: skip
    again = day_end.close_day(night.node, night.who(), night.later(hours=1))
    assert (again["id"], again["again"], again["copy_no"], again["body"]) == (told["id"], True, 2, told["body"])
    after = day_end.listed(night.node, night.who(), night.now)
    assert (after["today"], [row["id"] for row in after["done"]]) == (None, [told["id"]])
    with night.node.db.read() as session:
        slips = [str(job) for job in session.scalars(select(PrintJob.slip).where(PrintJob.kind == "day_end"))]
    assert all("PHIẾU CHỐT NGÀY" in slip and audit[1][:16] in slip for slip in slips)
    assert sum("BẢN IN LẠI" in slip for slip in slips) == 1


def test_without_a_printer_the_day_is_kept_all_the_same(night: Night) -> None:
    told = day_end.close_day(night.node, night.who(), night.now)
    assert (told["print_job"], told["copy_no"]) == (None, 0)
    assert night.count(DayEnd) == 1
    with night.node.db.read() as session:
        assert session.query(AuditEntry).filter(AuditEntry.act == "day_closed").count() == 1


def test_a_night_that_passes_midnight_is_on_one_slip_and_a_holiday_on_none(night: Night) -> None:
    first = night.now.replace(hour=23, minute=0)  # 06:00 the next morning at the market
    day_end.close_day(night.node, night.who(), first)
    second = day_end.close_day(night.node, night.who(), first + timedelta(days=1))
    assert second["body"]["since"] == first.isoformat()
    third = day_end.close_day(night.node, night.who(), first + timedelta(days=9))
    assert third["body"]["since"].endswith("18:00:00+07:00")


def test_the_machine_closes_the_day_of_whoever_worked_and_of_nobody_else(night: Night, tmp_path: Any) -> None:
    with_printer(night, tmp_path)
    laid_out(night)  # 02:31 on the 25th at the market, wherever the clock of the box stands
    local = night.now.astimezone(night.node.zone)
    evening = local.replace(hour=18, minute=0, second=0, microsecond=0)
    assert day_end.due(night.node, evening - timedelta(seconds=1)) == 0
    assert day_end.due(night.node, evening) == 1
    assert day_end.due(night.node, evening + timedelta(hours=1)) == 0
    with night.node.db.read() as session:
        row = session.scalars(select(DayEnd)).one()
        assert (row.stall_id, row.body["closed_by"]) == (night.stalls["A-12"], "máy")
    assert night.count(PrintJob, PrintJob.kind == "day_end") == 1


def test_a_forgotten_delivery_is_closed_before_its_day_is(night: Night) -> None:
    night.deliver()
    evening = night.now.astimezone(night.node.zone).replace(hour=18, minute=0)
    assert day_end.due(night.node, evening) == 0
    receiving.auto_close(night.node, evening)
    assert day_end.due(night.node, evening) == 1
    with night.node.db.read() as session:
        assert session.scalars(select(DayEnd)).one().body["counts"]["auto_closed"] == 1


def test_the_day_of_a_machine_that_was_off_in_the_evening_is_closed_the_next_morning(night: Night) -> None:
    laid_out(night)
    morning = night.now.astimezone(night.node.zone).replace(hour=1) + timedelta(days=1)
    assert day_end.due(night.node, morning) == 1
    with night.node.db.read() as session:
        assert session.scalars(select(DayEnd.day)).one() == night.now.astimezone(night.node.zone).date()


def test_what_begins_in_the_evening_is_the_next_days(night: Night) -> None:
    evening = night.now.astimezone(night.node.zone).replace(hour=20, minute=0)
    laid_out(night, at=evening)
    assert day_end.due(night.node, evening + timedelta(hours=3)) == 0
    assert day_end.due(night.node, evening + timedelta(hours=21, minutes=59)) == 0
    assert day_end.due(night.node, evening + timedelta(hours=22)) == 1


def test_time_left_is_said_in_words(night: Night) -> None:
    now = night.now
    told = [stall_now.left_words(now + timedelta(minutes=left), now) for left in (600, 45, 0, -5)]
    assert told == ["còn 10 giờ", "còn 45 phút", "quá giờ", "quá giờ"]


def test_a_practising_stall_says_so_on_its_slip(night: Night, tmp_path: Any) -> None:
    with_printer(night, tmp_path)
    with night.node.write(night.who(), night.now) as tx:
        stall = tx.session.get_one(Stall, (night.node.id, night.stalls["A-12"]))
        stall.practice_until = night.now.date() + timedelta(days=9)
    day_end.close_day(night.node, night.who(), night.now)
    with night.node.db.read() as session:
        assert "BẢN TẬP DÙNG" in str(session.scalars(select(PrintJob.slip)).one())
