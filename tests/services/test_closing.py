"""A lot ends: by "Hết lô này", by its group's shelf life; what was sold above the books; opened again; counted."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import closing, counting, returning, shortfalls, splitting, stock
from pos_trace.store.models import Adjustment, LotAllocation, PrintJob, Product, StockLot, StockMovement
from tests.services.goods_rows import flagged_line
from tests.services.night import Night, asked, laid_out, on_sqlite, open_stock, sell, with_printer


def close(night: Night, lot: str, kind: str | None = None, at: Any = None, number: str = "A-12") -> dict[str, Any]:
    return closing.close(night.node, night.who(number), lot, at or night.now, kind)


def count(night: Night, lot: str, counted: Any, reason: str = "đếm lại", number: str = "A-12") -> dict[str, Any]:
    return counting.count(night.node, night.who(number), lot, counted, reason, night.now)


def oversell(night: Night, quantity: str = "3", name: str = "s-1", at: Any = None, goods: str = "Cà rốt",
             unit: str = "kg") -> None:  # fmt: skip
    sell(night, asked(name=goods, quantity=quantity, unit=unit), name=name, at=at)


def short(night: Night, number: str = "A-12") -> list[tuple[str, str]]:
    told = shortfalls.listed(night.node, night.who(number))["shortfalls"]
    return [(one["quantity"], one["unit"]) for one in told]


@pytest.mark.parametrize("kind", ["spoilt", "gift", "own_use", None])
def test_the_rest_of_a_lot_leaves_as_people_say(night: Night, kind: str | None) -> None:
    lot = laid_out(night)
    assert close(night, lot, kind)["left"] == "10"
    with night.node.db.read() as session:
        out = session.scalars(select(StockMovement).where(StockMovement.quantity < 0)).one()
        assert (out.kind, out.subject) == (("wasted", kind) if kind else ("adjusted", "lot"))
    night.ledger_agrees()


@on_sqlite
def test_waste_of_a_kind_nobody_knows_is_refused(night: Night) -> None:
    lot = laid_out(night)
    with pytest.raises(Invalid, match="kind_unknown"):
        stock.waste(night.node, night.who(), lot, "1", "", night.now, "bán lén")
    with pytest.raises(Invalid, match="kind_unknown"):
        close(night, lot, "loss")
    assert night.lot(lot)["on_hand"] == 10


def test_recalled_goods_brought_back_stay_counted_when_they_are_gone(night: Night) -> None:
    laid_out(night)
    back = returning.take_back(night.node, night.who(), "Cà rốt", "1", "kg", night.now)["lot_id"]
    with night.node.write(night.who(), night.now) as tx:
        tx.session.get_one(StockLot, (night.node.id, back)).state = "returned_recalled"
    assert close(night, back, "spoilt")["state"] == "returned_recalled"
    assert night.lot(back)["on_hand"] == 0


def test_open_lots_past_their_groups_shelf_life_are_closed_by_the_machine_and_say_so(night: Night) -> None:
    kept = laid_out(night, "Táo", group="trai_cay", expiry=date(2027, 1, 1))
    rau, khac = laid_out(night, "Cải thảo", group="rau"), laid_out(night, "Đồ khô")
    assert closing.shelf_life_due(night.node, night.later(days=2, hours=23)) == 0
    assert closing.shelf_life_due(night.node, night.later(days=3)) == 1
    assert (night.lot(rau)["state"], night.lot(rau)["reason"]) == ("closed", "shelf_life")
    assert {row["id"] for row in open_stock(night)} == {kept, khac}
    (told,) = closing.closed(night.node, night.who(), night.later(days=4))["lots"]
    assert (told["id"], told["left"], told["why"]) == (rau, "10", "Máy tự đóng: hết thời gian bày bán")
    assert closing.closed(night.node, night.who("E-01"), night.later(days=4)) == {"lots": []}
    assert closing.closed(night.node, night.who(), night.later(days=11)) == {"lots": []}
    night.ledger_agrees()


@pytest.mark.parametrize("state", ["held", "blocked", "sellable"])
def test_what_is_set_aside_or_asked_about_is_never_closed_by_the_machine(night: Night, state: str) -> None:
    ids = flagged_line(night.node, night.stalls["A-12"], night.now, name="Gà ta", state=state)
    with night.node.write(night.who(), night.now) as tx:
        lot = stock.own_lot(tx.session, night.who(), ids["lot"])
        tx.session.get_one(Product, (night.node.id, lot.product_id)).goods_group = "thit"
    assert closing.shelf_life_due(night.node, night.later(days=30)) == 0


def test_a_merged_lot_waits_for_the_questions_of_its_parents(night: Night) -> None:
    ids = flagged_line(night.node, night.stalls["A-12"], night.now, name="Gà ta", state="sellable")
    other = laid_out(night, "Gà ta", unit="con", group="thit")
    parts = [(ids["lot"], None), (other, None)]
    made = splitting.merge(night.node, night.who(), parts, night.now, name="Gà dồn")
    with night.node.write(night.who(), night.now) as tx:
        tx.session.get_one(Product, (night.node.id, made["product_id"])).goods_group = "thit"
    assert closing.shelf_life_due(night.node, night.later(days=30)) == 0
    assert night.lot(made["id"])["state"] == "sellable"


def test_a_market_without_shelf_lives_closes_nothing(night: Night) -> None:
    node = replace(night.node, policy=replace(night.node.policy, goods=()))
    laid_out(night, "Cải", group="rau")
    assert closing.shelf_life_due(node, night.later(days=99)) == 0


def test_a_lot_closed_too_early_is_opened_by_a_correction_and_has_its_time_again(night: Night, tmp_path: Any) -> None:
    with_printer(night, tmp_path)
    lot = laid_out(night, "Cải thảo", group="rau")
    then = night.later(days=3)
    closing.shelf_life_due(night.node, then)
    with pytest.raises(Invalid, match="reopen_above"):
        closing.reopen(night.node, night.who(), lot, "10.001", "còn", then)
    with pytest.raises(Invalid, match="reason_missing"):
        closing.reopen(night.node, night.who(), lot, "4", " ", then)
    told = closing.reopen(night.node, night.who(), lot, "4", "còn 4 kg", then)
    assert told == told | {"number": "A12-ĐC26-0001", "quantity": "4", "change": "4"}
    assert (night.lot(lot)["state"], night.lot(lot)["on_hand"]) == ("sellable", 4)
    assert closing.shelf_life_due(night.node, night.later(days=5)) == 0
    assert closing.shelf_life_due(night.node, night.later(days=6)) == 1
    with pytest.raises(Conflict, match="lot_not_over"):
        closing.reopen(night.node, night.who(), laid_out(night), "1", "x", then)
    with pytest.raises(NotFound):
        closing.reopen(night.node, night.who("E-01"), lot, "1", "x", then)
    night.ledger_agrees()


def test_an_opened_lot_is_what_its_goods_are_by_now(night: Night) -> None:
    night.pull()
    back = laid_out(night)
    returned = returning.take_back(night.node, night.who(), "Cà rốt", "1", "kg", night.now)["lot_id"]
    flagged = night.loose(night.deliver(), "Gà ta", "thit", "12", "kg")["lot_id"]
    parts = [(back, "5"), (flagged, "5")]
    mixed = splitting.merge(night.node, night.who(), parts, night.now, name="Trộn")["id"]
    for lot in (returned, flagged, mixed):
        close(night, lot)
        closing.reopen(night.node, night.who(), lot, "1", "nhầm", night.now)
        assert night.lot(lot)["state"] == "held"
    night.ledger_agrees()


@pytest.mark.parametrize(("counted", "change"), [("7.5", "-2.5"), ("12", "2"), ("0", "-10"), (0, "-10")])
def test_a_count_puts_the_books_right_by_a_numbered_paper(
    night: Night, tmp_path: Any, counted: Any, change: str
) -> None:
    with_printer(night, tmp_path)
    lot = laid_out(night)
    told = count(night, lot, counted)
    assert (told["change"], told["number"]) == (change, "A12-ĐC26-0001")
    assert night.lot(lot)["on_hand"] == Decimal(str(counted))
    with night.node.db.read() as session:
        slip = str(session.scalars(select(PrintJob.slip)).one())
    for text in ("Phiếu điều chỉnh", "Trên sổ", "10 kg", "đếm lại"):
        assert text in slip
    night.ledger_agrees()


@on_sqlite
@pytest.mark.parametrize(
    ("counted", "reason", "code"),
    [("-1", "x", "quantity_invalid"), (False, "x", "quantity_invalid"), ("1", "\x1b", "reason_missing")],
)
def test_a_count_that_is_none_is_refused(night: Night, counted: Any, reason: str, code: str) -> None:
    lot = laid_out(night)
    with pytest.raises(Invalid, match=code):
        count(night, lot, counted, reason)
    assert night.count(Adjustment) == 0


def test_a_count_that_agrees_writes_no_paper_and_a_closed_lot_is_not_counted(night: Night) -> None:
    lot = laid_out(night)
    assert count(night, lot, "10")["number"] is None
    close(night, lot)
    with pytest.raises(Conflict, match="lot_over"):
        count(night, lot, "1")
    with pytest.raises(NotFound):
        count(night, lot, "1", number="E-01")


def test_what_was_sold_above_the_books_is_seen_and_a_count_settles_it(night: Night) -> None:
    lot = laid_out(night, quantity="1")
    oversell(night)
    assert (short(night), short(night, "E-01")) == ([("2", "kg")], [])
    told = count(night, lot, "0")
    assert (told["settled"], told["number"] is not None) == (1, True)
    assert short(night) == []


def test_what_was_sold_above_the_books_comes_from_the_next_lot_by_one_tap(night: Night) -> None:
    oversell(night, "3")
    oversell(night, "4", "s-2")
    lot = laid_out(night, quantity="5")
    (one,) = shortfalls.listed(night.node, night.who())["shortfalls"]
    assert ([row["id"] for row in one["lots"]], one["sales"]) == ([lot], 2)
    told = shortfalls.settle(night.node, night.who(), lot, night.now)
    assert told == {"id": lot, "quantity": "0", "settled": "5"}
    assert short(night) == [("2", "kg")]
    with night.node.db.read() as session:
        kept = session.scalars(select(LotAllocation).where(LotAllocation.settled_by == lot)).all()
        assert {lot} == {row.lot_id for row in kept}
        assert all(lot in row.candidates for row in kept)
    with pytest.raises(Conflict, match="nothing_short"):
        shortfalls.settle(night.node, night.who(), lot, night.now)
    with pytest.raises(NotFound):
        shortfalls.settle(night.node, night.who("E-01"), lot, night.now)
    night.ledger_agrees()


def test_a_lot_that_ends_settles_what_was_sold_just_before_it_came_and_nothing_older(night: Night) -> None:
    old = night.now - timedelta(days=3)
    sell(night, asked(name="Cà rốt", quantity="2", unit="kg"), name="old", time=old)
    oversell(night, "3")
    lot = laid_out(night)
    assert close(night, lot) == {"id": lot, "state": "closed", "left": "7", "settled": "3"}
    assert short(night) == [("2", "kg")]
    night.ledger_agrees()


def test_shortfalls_of_other_units_are_taken_by_weight_or_not_at_all(night: Night) -> None:
    oversell(night, "500", unit="g")
    oversell(night, "2", "s-2", unit="bó")
    lot = laid_out(night, quantity="0.2")
    with pytest.raises(Conflict, match="nothing_short"):
        shortfalls.settle(night.node, night.who(), lot, night.now)
    more = laid_out(night, quantity="5")
    assert shortfalls.settle(night.node, night.who(), more, night.now)["settled"] == "0.5"
    assert short(night) == [("2", "bó")]
    night.ledger_agrees()


def test_kilograms_sold_of_packs_are_short_in_packs(night: Night) -> None:
    packs = splitting.repack(night.node, night.who(), laid_out(night), "2", "túi", "500", "g", night.now)
    oversell(night, "2", goods="Cà rốt túi 500 g")
    assert short(night) == [("2", "túi")]
    assert count(night, packs["id"], "0")["settled"] == 1


def test_the_lot_on_sale_is_what_the_counters_scale_sells(night: Night) -> None:
    first, second = laid_out(night, quantity="5"), laid_out(night, quantity="5", at=night.later(minutes=1))
    told = stock.on_sale(night.node, night.who(), second, True, night.now)
    assert told == {"id": second, "on_sale": True}
    sold = sell(night, asked(name="Cà rốt", quantity="2", unit="kg"))["lines"][0]
    assert (sold["lots"][0]["lot"], sold["lot_source"], sold["candidates"]) == (second, "pos", [second])
    stock.on_sale(night.node, night.who(), first, True, night.now)
    assert [row["on_sale"] for row in open_stock(night)] == [True, False]
    stock.on_sale(night.node, night.who(), first, False, night.now)
    assert [row["on_sale"] for row in open_stock(night)] == [False, False]
    close(night, second)
    with pytest.raises(Conflict, match="lot_not_sellable"):
        stock.on_sale(night.node, night.who(), second, True, night.now)
    with pytest.raises(NotFound):
        stock.on_sale(night.node, night.who("E-01"), first, True, night.now)
