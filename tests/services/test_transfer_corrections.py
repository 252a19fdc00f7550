""" "Sai sạp": what was scanned at the wrong stall goes to the right one, with papers, verdict and answer window."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pos_trace.core.errors import Conflict, Invalid
from pos_trace.services import (
    cases,
    deliveries,
    judging,
    papers,
    receiving,
    reminders,
    stock,
    transfer_answers,
    transfer_waiting,
    transfers,
)
from pos_trace.services import transfer_corrections as corrections
from pos_trace.services.papers import PaperIn
from pos_trace.services.transfer_answers import LineAnswer
from pos_trace.store.models import Case, DeliveryLine, Flag, Paper
from tests.services.night import CABBAGE, REVOKED, UNKNOWN, Night, open_stock


@pytest.fixture
def ready(night: Night) -> Night:
    night.pull()
    return night


def offer(night: Night, **which: str) -> dict[str, Any]:
    return corrections.offer(night.node, night.who(), "E-01", "quét nhầm máy", night.later(minutes=20), **which)


def waiting(night: Night) -> str:
    found = transfers.listed(night.node, night.who("E-01"), "in")["transfers"]
    return str(next(one["id"] for one in found if one["state"] == "sent"))


def accept(night: Night, *lines: LineAnswer) -> dict[str, Any]:
    at = night.later(minutes=40)
    return transfer_answers.accept(night.node, night.who("E-01"), waiting(night), lines, at)


def test_a_whole_delivery_goes_over_and_nothing_stays(ready: Night) -> None:
    delivery = ready.deliver(plate="82C-012.34")
    ready.scan(CABBAGE, delivery, "20", "sọt")
    ready.loose(delivery)
    papers.add(ready.node, ready.who(), delivery, PaperIn("bang_ke", "7", date(2026, 11, 25)), None, ready.now)
    told = offer(ready, delivery_id=delivery)
    assert (told["kind"], told["codes"], told["number"]) == ("correction", [], "A12-GH26-0001")
    assert open_stock(ready) == []
    moved = deliveries.detail(ready.node, ready.who(), delivery, ready.now)["lines"]
    assert {line["state"] for line in moved} == {"moved"}
    done = accept(ready)
    assert [(line["goods_name"], line["accepted"], line["unit"]) for line in done["delivery_lines"]] == [
        ("Cải thảo Măng Đen", "20", "sọt"), ("Gà ta làm sẵn", "12", "con")]  # fmt: skip
    assert {one["product_name"]: one["quantity"] for one in open_stock(ready, "E-01")} == {
        "Cải thảo Măng Đen": "500", "Gà ta làm sẵn": "12"}  # fmt: skip
    head = deliveries.detail(ready.node, ready.who("E-01"), done["delivery_id"], ready.now)
    assert (head["supplier_name"], head["vehicle_plate"]) == ("HTX (mẫu)", "82C-012.34")
    assert ready.count(Paper, Paper.stall_id == ready.stalls["E-01"], Paper.kind == "bang_ke") == 1
    with ready.node.db.read() as session:
        assert judging.received_of(session, ready.node, CABBAGE) == Decimal(500)
    ready.ledger_agrees()


def test_the_question_follows_and_still_ends_when_it_would_have(ready: Night) -> None:
    delivery = ready.deliver()
    line = ready.scan(UNKNOWN, delivery, "9", "hũ")["line"]
    due = line["flag"]["due_at"]
    told = offer(ready, line_id=line["id"])
    assert ready.count(Flag, Flag.state == "open") == 0
    (made,) = accept(ready)["delivery_lines"]
    assert (made["verdict"]["status"], made["flag"]["due_at"]) == ("undetermined", due)
    cases.due_flags(ready.node, ready.later(days=2))
    assert ready.count(Case, Case.stall_id == ready.stalls["A-12"]) == 0
    assert ready.count(Case, Case.stall_id == ready.stalls["E-01"]) == 1
    assert told["lines"][0]["quantity"] == "9"


@pytest.mark.parametrize("how", ["refused", "cancelled"])
def test_not_taken_it_is_as_it_was(ready: Night, how: str) -> None:
    delivery = ready.deliver()
    line = ready.scan(UNKNOWN, delivery, "9", "hũ")["line"]
    good = ready.scan(CABBAGE, delivery, "20", "kg")["line"]
    made = offer(ready, delivery_id=delivery)
    if how == "refused":
        told = accept(ready, LineAnswer(1, refused="9"), LineAnswer(2, refused="20", reason="không phải của sạp"))
        assert told["state"] == "refused"
    else:
        transfer_answers.cancel(ready.node, ready.who(), made["id"], "", ready.later(minutes=30))
    found = deliveries.detail(ready.node, ready.who(), delivery, ready.now)["lines"]
    assert [(one["id"], one["state"]) for one in found] == [(line["id"], "held"), (good["id"], "sellable")]
    assert found[0]["flag"]["due_at"] == line["flag"]["due_at"]
    assert (found[0]["flag"]["state"], ready.count(Flag)) == ("open", 1)
    assert open_stock(ready, "E-01") == []
    ready.ledger_agrees()


@pytest.mark.parametrize(("key", "hours"), [(UNKNOWN, 2), (REVOKED, 1)])
def test_unanswered_it_comes_back_and_its_question_runs_on(ready: Night, key: str, hours: int) -> None:
    """After two hours, sooner where the question itself ends sooner; both stalls read it."""
    line = ready.receive(key, "9")
    made = offer(ready, line_id=line["id"])
    at = ready.later(hours=hours, minutes=20 if key == UNKNOWN else 0)
    assert transfer_waiting.due(ready.node, at - timedelta(seconds=1)) == 0
    assert transfer_waiting.due(ready.node, at) == 1
    (found,) = deliveries.detail(ready.node, ready.who(), line_delivery(ready, line), at)["lines"]
    least = (at + ready.node.policy.clocks.report_after_least).isoformat()
    assert (found["state"], found["flag"]["state"]) == (line["state"], "open")
    assert found["flag"]["due_at"] == max(line["flag"]["due_at"], least)
    assert ready.lot(line["lot_id"])["on_hand"] == 9
    told = {number: reminders.listed(ready.node, ready.who(number), at)["came_back"] for number in ("A-12", "E-01")}
    assert [one["text"] for one in told["A-12"]] == [
        f"Sạp E-01 – Sạp E-01 (mẫu) chưa trả lời phiếu {made['number']}: hàng về lại sạp mình, xem lại giấy tờ."
    ]
    assert [one["text"] for one in told["E-01"]] == [f"Hết giờ trả lời phiếu {made['number']}: hàng về lại sạp A-12."]
    with pytest.raises(Conflict, match="transfer_over"):
        transfer_answers.accept(ready.node, ready.who("E-01"), at_neighbour(ready), (), at)
    cases.due_flags(ready.node, ready.later(hours=25))
    assert ready.count(Case, Case.stall_id == ready.stalls["A-12"]) == 1
    ready.ledger_agrees()


def test_offered_again_and_again_the_question_still_ends(ready: Night) -> None:
    line = ready.receive(UNKNOWN, "9")
    for hours in range(0, 24, 3):
        at = ready.later(hours=hours)
        corrections.offer(ready.node, ready.who(), "E-01", "", at, line_id=line["id"])
        assert transfer_waiting.due(ready.node, at + timedelta(hours=2)) == 1
    with pytest.raises(Conflict, match="window_over"):
        corrections.offer(ready.node, ready.who(), "E-01", "", ready.later(hours=24), line_id=line["id"])
    cases.due_flags(ready.node, ready.later(hours=24))
    assert ready.count(Case) == 1


def line_delivery(night: Night, line: dict[str, Any]) -> str:
    with night.node.db.read() as session:
        return session.get_one(DeliveryLine, (night.node.id, line["id"])).delivery_id


def at_neighbour(night: Night) -> str:
    return str(transfers.listed(night.node, night.who("E-01"), "in")["transfers"][0]["id"])


def test_part_of_it_is_no_answer(ready: Night) -> None:
    line = ready.receive(CABBAGE, "20")
    offer(ready, line_id=line["id"])
    with pytest.raises(Invalid, match="whole_lines"):
        accept(ready, LineAnswer(1, refused="3"))


def test_what_was_used_sent_or_ended_stays(ready: Night) -> None:
    delivery = ready.deliver()
    used = ready.scan(CABBAGE, delivery, "20", "kg")["line"]
    stock.waste(ready.node, ready.who(), used["lot_id"], "1", "dập", ready.now)
    with pytest.raises(Conflict, match="line_used"):
        offer(ready, line_id=used["id"])
    sent = ready.scan(UNKNOWN, delivery, "9", "hũ")["line"]
    cases.send_flag(ready.node, ready.who(), sent["flag"]["id"], ready.now)
    with pytest.raises(Conflict, match="line_reported"):
        offer(ready, line_id=sent["id"])
    gone = ready.scan(CABBAGE, delivery, "5", "kg")["line"]
    receiving.refuse(ready.node, ready.who(), gone["id"], "5", "kg", "", ready.now)
    with pytest.raises(Conflict, match="line_ended"):
        offer(ready, line_id=gone["id"])
    for which in ({}, {"delivery_id": delivery, "line_id": used["id"]}):
        with pytest.raises(Invalid, match="correction_of"):
            offer(ready, **which)
    assert ready.count(DeliveryLine, DeliveryLine.state == "moved") == 0
