"""Goods to a neighbour and what comes back: lots, numbers, refusals; inside one box nothing is lost or doubled."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import judging, receiving, scanning, stock, stop_sales, transfer_answers, transfers
from pos_trace.services.node import Once
from pos_trace.services.scanning import ScanIn
from pos_trace.services.transfer_answers import LineAnswer
from pos_trace.services.transfer_buyers import BuyerIn
from pos_trace.services.transfers import LineIn
from pos_trace.store.idempotency import Replay
from pos_trace.store.models import Delivery, Party, PrintJob, StockMovement, Transfer
from tests.services.night import CABBAGE, FISH, UNKNOWN, Night, laid_out, on_sqlite, open_stock, with_printer
from tests.services.two_stations import bought, sent


def accept(night: Night, transfer: str, *lines: LineAnswer, number: str = "E-01", **who: object) -> dict:
    return transfer_answers.accept(night.node, night.who(number, **who), transfer, lines, night.now)


def coming(night: Night, number: str = "E-01") -> list[dict]:
    found = transfers.listed(night.node, night.who(number), "in")["transfers"]
    return [one for one in found if one["state"] == "sent"]


@pytest.fixture
def ready(night: Night) -> Night:
    night.pull()
    return night


def test_a_slip_takes_goods_out_is_numbered_printed_and_waits_at_the_neighbours(ready: Night, tmp_path: Path) -> None:
    with_printer(ready, tmp_path)
    lot = ready.receive(CABBAGE, "20")["lot_id"]
    made = sent(ready, (lot, "12.5"), stall_number="E-01")
    assert (made["number"], made["state"], len(made["codes"]), len(made["print_jobs"])) == (
        "A12-GH26-0001",
        "sent",
        1,
        2,
    )
    assert ready.lot(lot)["on_hand"] == Decimal("7.5")
    (told,) = coming(ready)
    assert (told["seller"]["name"], told["lines"][0]["quantity"]) == ("Sạp A-12 – Sạp A-12 (mẫu)", "12.5")
    assert told["lines"][0]["lot_id"] is None
    assert sent(ready, (lot, "1"), stall_number="E-01")["number"] == "A12-GH26-0002"
    assert ready.count(Party, Party.kind == "buyer", Party.gln == "9521234700074") == 1
    assert ready.count(PrintJob, PrintJob.kind == "delivery_note") == 4
    ready.ledger_agrees()


def test_the_same_request_again_is_one_slip(ready: Night) -> None:
    lot = laid_out(ready)
    who = replace(ready.who(), once=Once("k", "c", "POST /transfers", "b"))
    told = (ready.node, who, "sale", BuyerIn("Chị Tư"), [LineIn("2", None, lot)], "", ready.now)
    transfers.send(*told)
    with pytest.raises(Replay):
        transfers.send(*told)
    assert ready.count(Transfer) == 1
    assert ready.lot(lot)["on_hand"] == 8


def test_taken_whole_the_neighbour_has_lot_paper_verdict_and_a_closed_delivery(ready: Night, tmp_path: Path) -> None:
    with_printer(ready, tmp_path)
    lot, loose = ready.receive(CABBAGE, "20")["lot_id"], bought(ready)["lot_id"]
    sent(ready, (lot, "5"), (loose, "4"), stall_number="E-01")
    told = accept(ready, coming(ready)[0]["id"])
    assert (told["state"], told["delivery_number"], len(told["print_jobs"])) == ("accepted", "E01-261125-001", 2)
    words = [(line["goods_name"], line["accepted"], line["verdict"]["status"]) for line in told["delivery_lines"]]
    assert words == [("Cải thảo Măng Đen", "5", "verified"), ("Cà rốt", "4", "documented")]
    assert {lot["product_name"]: lot["quantity"] for lot in open_stock(ready, "E-01")} == {
        "Cải thảo Măng Đen": "5", "Cà rốt": "4"}  # fmt: skip
    (out,) = transfers.listed(ready.node, ready.who(), "out")["transfers"]
    assert (out["state"], [line["accepted"] for line in out["lines"]]) == ("accepted", ["5", "4"])
    with pytest.raises(Conflict, match="transfer_answered"):
        accept(ready, told["id"])
    ready.ledger_agrees()
    with ready.node.db.read() as session:
        assert judging.received_of(session, ready.node, CABBAGE) == 20


def test_a_refused_part_is_the_sellers_again_and_a_sold_out_lot_opens(ready: Night) -> None:
    lot = ready.receive(CABBAGE, "20")["lot_id"]
    sent(ready, (lot, "20"), stall_number="E-01")
    stock_of = [one["id"] for one in open_stock(ready)]
    assert lot not in stock_of
    told = accept(ready, coming(ready)[0]["id"], LineAnswer(1, accepted="17", refused="3", reason="dập hỏng"))
    assert (ready.lot(lot)["on_hand"], ready.lot(lot)["state"]) == (3, "sellable")
    assert told["delivery_lines"][0]["accepted"] == "17"
    (out,) = transfers.listed(ready.node, ready.who(), "out")["transfers"]
    line = out["lines"][0]
    assert (line["accepted"], line["returned"], line["refuse_reason"]) == ("17", "3", "dập hỏng")
    ready.ledger_agrees()


def test_refused_in_the_open_delivery_of_a_scan_it_comes_back_too(ready: Night) -> None:
    lot = ready.receive(CABBAGE, "20")["lot_id"]
    made = sent(ready, (lot, "8"), stall_number="E-01")
    told = scanning.scan(ready.node, ready.who("E-01"), ScanIn(made["codes"][0]), ready.now)
    line = told["lines"][0]["id"]
    receiving.refuse(ready.node, ready.who("E-01"), line, "8", "kg", "héo", ready.now)
    assert ready.lot(lot)["on_hand"] == 20
    assert transfers.listed(ready.node, ready.who())["transfers"][0]["state"] == "refused"
    ready.ledger_agrees()


def test_not_taken_at_all_makes_no_delivery(ready: Night) -> None:
    lot = ready.receive(CABBAGE, "20")["lot_id"]
    before = ready.count(Delivery)
    sent(ready, (lot, "8"), stall_number="E-01")
    told = accept(ready, coming(ready)[0]["id"], LineAnswer(1, refused="8"))
    assert (told["state"], told["delivery_number"]) == ("refused", None)
    assert (ready.lot(lot)["on_hand"], ready.count(Delivery)) == (20, before)
    ready.ledger_agrees()


def test_taken_back_before_an_answer_it_is_here_again_and_nobody_can_take_it(ready: Night) -> None:
    lot = ready.receive(CABBAGE, "20")["lot_id"]
    made = sent(ready, (lot, "8"), stall_number="E-01")
    waiting = coming(ready)[0]["id"]
    transfer_answers.cancel(ready.node, ready.who(), made["id"], "nhầm", ready.now)
    assert ready.lot(lot)["on_hand"] == 20
    with pytest.raises(Conflict, match="transfer_answered"):
        accept(ready, waiting)
    with pytest.raises(Conflict, match="transfer_cancelled"):
        scanning.scan(ready.node, ready.who("E-01"), ScanIn(made["codes"][0]), ready.now)
    with pytest.raises(Conflict, match="transfer_answered"):
        transfer_answers.cancel(ready.node, ready.who(), made["id"], "nhầm", ready.now)


def test_what_may_not_be_sold_is_not_given_either(ready: Night) -> None:
    good, fish, held = ready.receive(CABBAGE)["lot_id"], ready.receive(FISH, "9")["lot_id"], ready.receive(UNKNOWN, "5")
    ready.recall(FISH)
    cases = ((fish, "lot_blocked"), (held["lot_id"], "lot_held"))
    for lot, code in cases:
        with pytest.raises(Conflict, match=code):
            sent(ready, (good, "1"), (lot, "1"), stall_number="E-01")
    old = laid_out(ready, "Sữa", "3", expiry=ready.now.date() - timedelta(days=1))
    with pytest.raises(Conflict, match="lot_blocked"):
        sent(ready, (old, "1"), stall_number="E-01")
    with pytest.raises(Conflict, match="not_enough"):
        sent(ready, (good, "15"), (good, "15"), stall_number="E-01")
    assert ready.lot(good)["on_hand"] == 20
    assert ready.count(Transfer) == 0


def test_a_recall_tells_the_seller_who_has_it_and_blocks_it_there(ready: Night) -> None:
    lot = ready.receive(FISH, "9", "kg")["lot_id"]
    sent(ready, (lot, "4"), stall_number="E-01")
    accept(ready, coming(ready)[0]["id"], LineAnswer(1, accepted="3"))
    ready.recall(FISH)
    (given,) = stop_sales.listed(ready.node, ready.who(), "TH-1")["transfers"]
    assert (given["buyer"], given["quantity"]) == ("Sạp E-01 – Sạp E-01 (mẫu)", "3")
    assert [one["state"] for one in open_stock(ready, "E-01")] == ["blocked"]
    assert stop_sales.listed(ready.node, ready.who("E-01"), "TH-1")["transfers"] == []


def test_goods_named_by_product_leave_first_expiring_first(ready: Night) -> None:
    day = ready.now.date()
    late = laid_out(ready, "Đậu", "5", expiry=day + timedelta(days=9))
    soon = laid_out(ready, "Đậu", "5", expiry=day + timedelta(days=2))
    told = transfers.send(ready.node, ready.who(), "internal", BuyerIn(stall_number="E-01"),
                          [LineIn("7", "kg", None, "Đậu")], "", ready.now)  # fmt: skip
    assert [(line["lot_id"], line["quantity"]) for line in told["lines"]] == [(soon, "5"), (late, "2")]
    with pytest.raises(Conflict, match="not_enough"):
        transfers.send(ready.node, ready.who(), "sale", BuyerIn("Tư"), [LineIn("7", None, None, "Đậu")], "", ready.now)


@on_sqlite
@pytest.mark.parametrize(
    ("kind", "buyer", "line", "code"),
    [
        ("gift", {"name": "Tư"}, {}, "kind_unknown"),
        ("sale", {}, {}, "buyer_missing"),
        ("sale", {"name": "Tư", "gln": "9521234700075"}, {}, "gln_invalid"),
        ("sale", {"name": "Tư"}, {"quantity": "-1"}, "quantity_invalid"),
        ("sale", {"name": "Tư"}, {"unit": "thước"}, "unit_unknown"),
        ("sale", {"name": "Tư"}, {"unit": "bó"}, "unit_differs"),
        ("sale", {"name": "Tư"}, {"lot_id": None}, "goods_missing"),
        ("sale", {"stall_number": "Z-9"}, {}, "stall_unknown"),
        ("sale", {"stall_number": "A-12"}, {}, "same_stall"),
        ("sale", {"gln": "9521234700036"}, {}, "same_stall"),
    ],
)
def test_a_slip_that_means_nothing_is_refused(ready: Night, kind: str, buyer: dict, line: dict, code: str) -> None:
    lot = laid_out(ready)
    told = LineIn(**({"quantity": "1", "lot_id": lot} | line))
    with pytest.raises((Invalid, NotFound, Conflict), match=code):
        transfers.send(ready.node, ready.who(), kind, BuyerIn(**buyer), [told], "", ready.now)
    with pytest.raises(Invalid, match="lines_missing"):
        transfers.send(ready.node, ready.who(), "sale", BuyerIn("Tư"), [], "", ready.now)
    assert ready.count(Transfer) == 0


@on_sqlite
@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([LineAnswer(2)], "line_unknown"), ([LineAnswer(1), LineAnswer(1)], "line_unknown"),
        ([LineAnswer(1, accepted="9")], "amounts_differ"),
        ([LineAnswer(1, accepted="3", refused="3")], "amounts_differ"),
        ([LineAnswer(1, refused="x")], "quantity_invalid"),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_add_up_is_refused(ready: Night, lines: list[LineAnswer], code: str) -> None:
    sent(ready, (laid_out(ready), "8"), stall_number="E-01")
    with pytest.raises(Invalid, match=code):
        accept(ready, coming(ready)[0]["id"], *lines)
    assert len(coming(ready)) == 1


def test_another_stall_sees_answers_and_changes_nothing_of_it(ready: Night) -> None:
    made = sent(ready, (laid_out(ready), "8"), stall_number="E-01")
    waiting = coming(ready)[0]["id"]
    for who, transfer in (("A-12", waiting), ("E-01", made["id"])):
        for verb in (transfer_answers.accept, transfer_answers.take_back):
            with pytest.raises(NotFound):
                verb(ready.node, ready.who(who), transfer, [LineAnswer(1, refused="1")], ready.now)
        with pytest.raises(NotFound):
            transfer_answers.cancel(ready.node, ready.who(who), transfer, "", ready.now)
        with pytest.raises(NotFound):
            transfers.detail(ready.node, ready.who(who), transfer)
    assert transfers.detail(ready.node, ready.who(), made["id"])["codes"] == made["codes"]
    with pytest.raises(Conflict, match="own_slip"):
        scanning.scan(ready.node, ready.who(), ScanIn(made["codes"][0]), ready.now)


def test_kilograms_of_both_stalls_stay_the_same_whatever_is_answered(ready: Night) -> None:
    lot = ready.receive(CABBAGE, "1000")["lot_id"]

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(1, 4000), st.integers(0, 4000), st.sampled_from(["answer", "scan", "cancel"]))
    def conserved(grams: int, refused: int, how: str) -> None:
        refused = min(refused, grams)
        quantity, back = f"{grams / 1000:.3f}", f"{refused / 1000:.3f}"
        made = sent(ready, (lot, quantity), stall_number="E-01")
        if how == "cancel":
            transfer_answers.cancel(ready.node, ready.who(), made["id"], "", ready.now)
        elif how == "answer":
            accept(ready, coming(ready)[0]["id"], LineAnswer(1, refused=back if refused else "0"))
        else:
            line = scanning.scan(ready.node, ready.who("E-01"), ScanIn(made["codes"][0]), ready.now)["lines"][0]["id"]
            if refused:
                receiving.refuse(ready.node, ready.who("E-01"), line, back, "kg", "", ready.now)
        both = [Decimal(one["quantity"]) for number in ("A-12", "E-01") for one in open_stock(ready, number)]
        assert sum(both) == 1000
        ready.ledger_agrees()

    conserved()
    assert ready.count(StockMovement, StockMovement.kind == "transferred") >= 1
    assert stock.listed(ready.node, ready.who())["lots"]


def test_a_delivery_cancelled_after_its_slip_was_scanned_gives_the_goods_back(ready: Night) -> None:
    lot = ready.receive(CABBAGE, "20")["lot_id"]
    made = sent(ready, (lot, "8"), stall_number="E-01")
    told = scanning.scan(ready.node, ready.who("E-01"), ScanIn(made["codes"][0]), ready.now)
    receiving.refuse(ready.node, ready.who("E-01"), told["lines"][0]["id"], "3", "kg", "héo", ready.now)
    receiving.cancel(ready.node, ready.who("E-01"), told["delivery_id"], "nhầm", ready.now)
    assert ready.lot(lot)["on_hand"] == 20
    assert open_stock(ready, "E-01") == []
    (out,) = transfers.listed(ready.node, ready.who())["transfers"]
    assert (out["state"], out["lines"][0]["returned"], out["lines"][0]["refuse_reason"]) == (
        "refused", "8", "hủy chuyến")  # fmt: skip
    ready.ledger_agrees()


@on_sqlite
def test_a_product_may_stand_on_a_slip_twice(ready: Night) -> None:
    """Each line takes what those above it left, across lots; what is not there is refused whole."""
    day = ready.now.date()
    soon, late = (laid_out(ready, "Đậu", "5", expiry=day + timedelta(days=days)) for days in (2, 9))
    four = LineIn("4", "kg", None, "Đậu")
    with pytest.raises(Conflict, match="not_enough"):
        transfers.send(ready.node, ready.who(), "sale", BuyerIn("Tư"), [four, four, four], "", ready.now)
    lines = [LineIn("1", "kg", soon), four, four]
    told = transfers.send(ready.node, ready.who(), "sale", BuyerIn(stall_number="E-01"), lines, "", ready.now)
    went = [(line["lot_id"], line["quantity"]) for line in told["lines"]]
    assert went == [(soon, "1"), (soon, "4"), (late, "4")]
    assert [line["accepted"] for line in accept(ready, coming(ready)[0]["id"])["delivery_lines"]] == ["1", "4", "4"]
    ready.ledger_agrees()
