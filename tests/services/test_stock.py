"""Stock as people handle it: what lay on the table, splitting, waste, "Hết lô này"; the ledger always agrees."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import closing, lineage, splitting, stock
from pos_trace.store.models import AuditEntry, StockLot, StockMovement
from tests.services.night import CABBAGE, FISH, Night, laid_out, on_sqlite, open_stock


def split(night: Night, lot: str, quantity: str, units: str, unit: str = "gói", name: str = "Cà rốt gói 500 g",
          number: str = "A-12") -> dict[str, Any]:  # fmt: skip
    return splitting.split(night.node, night.who(number), lot, quantity, name, unit, units, night.now)


def test_opening_stock_is_sellable_says_when_it_came_and_opens_nothing(night: Night) -> None:
    lot = laid_out(night, "Hành tím", "55.5", "kg", group="rau", expiry=date(2027, 1, 1), barcode="9521234600176")
    (told,) = open_stock(night)
    assert told == told | {
        "id": lot, "product_name": "Hành tím", "barcode": "09521234600176", "sku": None, "key": None,
        "quantity": "55.5", "unit": "kg", "state": "sellable", "sellable": True, "expiry": "2027-01-01",
        "label": "Hàng nhập trước ngày 25/11/2026", "reason": "opening", "line_id": None,
    }  # fmt: skip
    night.ledger_agrees()


@on_sqlite
@pytest.mark.parametrize(
    ("unit", "quantity", "kept"),
    [("tạ", "2", ("kg", 200)), ("g", "500", ("kg", Decimal("0.5"))), ("ký", "3", ("kg", 3)), ("bó", "3", ("bó", 3))],
)
def test_what_has_a_weight_is_counted_in_kilograms(night: Night, unit: str, quantity: str, kept: Any) -> None:
    lot = night.lot(laid_out(night, quantity=quantity, unit=unit))
    assert (lot["unit"], lot["on_hand"]) == kept


@on_sqlite
@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": " "}, "goods_missing"),
        ({"unit": "thước"}, "unit_unknown"),
        ({"quantity": "-1"}, "quantity_invalid"),
        ({"group": "không có"}, "group_unknown"),
    ],
)
def test_opening_stock_that_means_nothing_is_refused(night: Night, told: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        laid_out(night, **told)
    assert night.count(StockLot) == 0


def test_a_split_keeps_kilograms_and_hands_on_recall_expiry_and_origin(night: Night) -> None:
    night.pull()
    parent = night.receive(CABBAGE, "20")["lot_id"]
    child = split(night, parent, "5", "5", "kg", "Cải thảo tách")
    assert (child["key"], child["unit"], child["quantity"], child["state"]) == (CABBAGE, "kg", "5", "sellable")
    packs = split(night, parent, "5", "10", name="Cải thảo gói 500 g")
    assert (packs["quantity"], packs["unit"]) == ("10", "gói")
    grand = split(night, child["id"], "1", "1000", "g", "Cải thảo lẻ")
    assert night.lot(parent)["on_hand"] == 10
    night.recall(CABBAGE)
    for lot in (parent, child["id"], packs["id"], grand["id"]):
        assert night.lot(lot)["state"] == "blocked"
    night.ledger_agrees()


def test_news_about_the_goods_reaches_what_was_cut_from_them(night: Night) -> None:
    night.pull()
    parent = night.receive(CABBAGE, "20")["lot_id"]
    child = split(night, parent, "5", "5", "kg", "Cải thảo tách")["id"]
    grand = split(night, child, "1", "1", "kg", "Cải thảo lẻ")["id"]
    with night.node.write(night.who(), night.now) as tx:
        lineage.apply_to_children(tx, tx.session.get_one(StockLot, (night.node.id, parent)), "held", "verdict")
    assert (night.lot(child)["state"], night.lot(grand)["state"]) == ("held", "held")


@on_sqlite
@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"units": "11", "unit": "kg"}, Invalid),
        ({"units": "10001", "unit": "g"}, Invalid),
        ({"quantity": "10.001"}, Conflict),
        ({"name": ""}, Invalid),
        ({"unit": "thước"}, Invalid),
        ({"quantity": "0"}, Invalid),
        ({"units": "0"}, Invalid),
        ({"number": "E-01"}, NotFound),
    ],
)
def test_a_split_never_makes_goods_out_of_nothing(night: Night, told: dict[str, str], error: type[Exception]) -> None:
    lot = laid_out(night)
    with pytest.raises(error):
        split(night, lot, **({"quantity": "10", "units": "10"} | told))
    assert night.lot(lot)["on_hand"] == 10
    assert night.count(StockMovement) == night.count(StockLot) == 1


def test_waste_needs_goods_on_hand_and_keeps_the_reason(night: Night) -> None:
    lot = laid_out(night)
    told = stock.waste(night.node, night.who(), lot, "2.5", "héo\x1b", night.now)
    assert told == {"id": lot, "quantity": "7.5"}
    with pytest.raises(Conflict, match="not_enough"):
        stock.waste(night.node, night.who(), lot, "8", "", night.now)
    with pytest.raises(NotFound):
        stock.waste(night.node, night.who("E-01"), lot, "1", "", night.now)
    with night.node.db.read() as session:
        entry = session.query(AuditEntry).filter(AuditEntry.act == "wasted").one()
        assert entry.body["reason"] == "héo"
    night.ledger_agrees()


def test_a_closed_lot_is_empty_gone_from_the_screen_and_stays_closed(night: Night) -> None:
    night.pull()
    lot = night.receive(FISH, "10", "khay")["lot_id"]
    assert closing.close(night.node, night.who(), lot, night.now) == {
        "id": lot, "state": "closed", "left": "10", "settled": "0",
    }  # fmt: skip
    assert closing.close(night.node, night.who(), lot, night.now)["left"] == "0"
    assert open_stock(night) == []
    night.recall(FISH)
    assert night.lot(lot)["state"] == "closed"
    with pytest.raises(NotFound):
        closing.close(night.node, night.who("E-01"), lot, night.now)
    night.ledger_agrees()


def test_a_movement_of_nothing_is_not_written(night: Night) -> None:
    lot = laid_out(night)
    with night.node.write(night.who(), night.now) as tx:
        stock.move(tx, tx.session.get_one(StockLot, (night.node.id, lot)), "adjusted", Decimal(0), "lot", lot)
    assert night.count(StockMovement) == 1
