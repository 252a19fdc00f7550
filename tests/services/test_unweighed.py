"""Kilograms come of goods that were weighed only; a loss is booked in the unit it was lost in."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from pos_trace.core.errors import Invalid
from pos_trace.services import product_list, splitting
from pos_trace.store.models import Product, StockLot, StockMovement
from tests.services.night import Night, laid_out, on_sqlite


def bags(night: Night, lot: str, units: str, grams: str) -> str:
    """``units`` bags of ``grams`` packed of a lot."""
    return str(splitting.repack(night.node, night.who(), lot, units, "túi", grams, "g", night.now)["id"])


def weigh(night: Night, lot: str, unit: str, kg: str) -> None:
    """The stall says what one ``unit`` of the lot's goods weighs, as on "Giá và đơn vị"."""
    with night.node.db.read() as session:
        row = session.get_one(StockLot, (night.node.id, lot))
        of = session.get_one(Product, (night.node.id, row.product_id))
    said = {"name": of.name, "unit": of.unit, "unit_contents": {unit: {"count": kg, "unit": "kg"}}}
    product_list.set_by_id(night.node, night.who(), of.id, said, night.now)


@on_sqlite
@pytest.mark.parametrize(("unit", "units"), [("kg", "30"), ("g", "1"), ("bó", "30")])
def test_goods_nobody_weighed_are_cut_into_no_kilograms(night: Night, unit: str, units: str) -> None:
    """Whatever is typed: the ledger would hold kilograms that nobody received."""
    known = laid_out(night, "Thịt gà", "1", "bó")
    weigh(night, known, "bó", "40")
    lot = laid_out(night, "Gà ta", "12", "con", group="thit")
    with pytest.raises(Invalid, match="weight_unknown"):
        splitting.split(night.node, night.who(), lot, "1", "Thịt gà", unit, units, night.now)
    assert night.lot(lot)["on_hand"] == 12
    weigh(night, lot, "con", "2")
    with pytest.raises(Invalid, match="split_above"):
        splitting.split(night.node, night.who(), lot, "1", "Thịt gà", "kg", "2.1", night.now)
    assert (
        splitting.split(night.node, night.who(), lot, "1", "Thịt gà cắt", "kg", "1.8", night.now)["quantity"] == "1.8"
    )


def test_what_is_lost_of_a_mix_of_packs_and_kilograms_is_booked_in_kilograms(night: Night) -> None:
    packs = bags(night, laid_out(night, "Cải thảo", "10"), "4", "2500")
    parts = [(packs, None), (laid_out(night, "Cải bó", "5"), None)]
    mixed = splitting.merge(night.node, night.who(), parts, night.now, name="Cải trộn", unit="kg", units="12")
    assert mixed["quantity"] == "12"
    with night.node.db.read() as session:
        lost = select(StockMovement.quantity, StockLot.unit).join(StockLot, StockLot.id == StockMovement.lot_id)
        rows = session.execute(lost.where(StockMovement.subject == "loss")).all()
    assert [tuple(row) for row in rows] == [(Decimal(-3), "kg")]
    assert night.lot(packs)["on_hand"] == 0
    night.ledger_agrees()


@on_sqlite
def test_packs_of_two_weights_are_mixed_by_the_kilogram_only(night: Night) -> None:
    lot = laid_out(night, "Cải thảo", "60")
    two = [(bags(night, lot, "10", content), None) for content in ("500", "2000")]
    with pytest.raises(Invalid, match="unit_differs"):
        splitting.merge(night.node, night.who(), two, night.now, name="Cải trộn")
    mixed = splitting.merge(night.node, night.who(), two, night.now, name="Cải trộn", unit="kg")
    assert mixed["quantity"] == "25"


@on_sqlite
def test_a_new_pack_of_the_same_name_changes_no_kilograms_of_what_lies_there(night: Night) -> None:
    """Neither packs of another weight nor goods nobody weighed become heavier by what is made later."""
    lot, hens = laid_out(night, "Cải thảo", "60"), laid_out(night, "Gà ta", "12", "con", group="thit")
    told = ("10", "túi", "500", "g", night.now)
    splitting.repack(night.node, night.who(), lot, *told, name="Cải túi")
    with pytest.raises(Invalid, match="content_differs"):
        splitting.repack(night.node, night.who(), lot, "10", "túi", "800", "g", night.now, name="Cải túi")
    splitting.split(night.node, night.who(), hens, "12", "Hàng gói", "gói", "12", night.now)
    with pytest.raises(Invalid, match="content_differs"):
        splitting.split(night.node, night.who(), lot, "40", "Hàng gói", "gói", "1", night.now)
