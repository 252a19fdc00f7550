"""Goods a customer brings back: set aside, counted, and never sold again when they were recalled."""

from typing import Any

import pytest

from pos_trace.core.errors import Invalid, NotFound
from pos_trace.services import judging, recalls, receipts, returning, splitting, stock
from pos_trace.store.models import DeliveryLine, Sale, SaleLine
from tests.services.night import CABBAGE, FISH, SISTER, Night, asked, laid_out, sell, url
from tests.services.two_nodes import officer


def bring_back(night: Night, product: str, quantity: str = "1", unit: str = "khay", **more: Any) -> dict[str, Any]:
    """A return at A-12."""
    who = night.who(more.pop("number", "A-12"))
    return returning.take_back(night.node, who, product, quantity, unit, night.now, **more)


def test_a_return_with_its_slip_is_set_aside_and_remembers_its_lot(night: Night) -> None:
    night.pull()
    lot = night.receive(FISH, "10", "khay")["lot_id"]
    sale = sell(night, asked(barcode=url(FISH), quantity="2", unit="khay"))
    told = bring_back(night, "09521234600138", sale_id=sale["id"])
    assert told["state"] == "held"
    back = night.lot(told["lot_id"])
    assert (back["on_hand"], back["parent"], back["reason"]) == (1, lot, "returned")
    assert back["label"] == "Khách trả 25/11/2026"
    assert night.lot(lot)["on_hand"] == 8
    night.ledger_agrees()
    with night.node.db.read() as session:
        row = session.query(Sale).filter(Sale.kind == "return").one()
        assert (row.returned_sale_id, row.receipt_no) == (sale["id"], sale["receipt_no"])
        assert session.query(SaleLine).filter(SaleLine.sale_id == row.id).one().lot_source == "scanned"


def test_without_a_slip_the_goods_are_set_aside_all_the_same(night: Night) -> None:
    laid_out(night)
    told = bring_back(night, "cà rốt", "0.5", "kg")
    assert night.lot(told["lot_id"]) == night.lot(told["lot_id"]) | {"parent": None, "state": "held"}
    assert [sale["kind"] for sale in receipts.listed(night.node, night.who())["sales"]] == ["return"]


@pytest.mark.parametrize("told", [{"key": FISH}, {"recall_id": "TH-1"}, {}])
def test_recalled_goods_come_back_as_such_and_stay_so_for_ever(night: Night, told: dict[str, str]) -> None:
    night.pull()
    lot = night.receive(FISH, "10", "khay")["lot_id"]
    night.recall(FISH)
    product = "09521234600138" if told else url(FISH)
    back = bring_back(night, product, **told)
    assert back["state"] == "returned_recalled"
    recalls.end(night.pair.province, officer(night.pair.province), "TH-1", "đã thu hồi xong", night.now)
    night.pull()
    judging.rejudge_keys(night.node, [FISH], night.now, "records")
    assert night.lot(lot)["state"] == "sellable"
    assert night.lot(back["lot_id"])["state"] == "returned_recalled"
    stock.waste(night.node, night.who(), back["lot_id"], "1", "tiêu hủy", night.now)
    assert night.lot(back["lot_id"])["on_hand"] == 0
    night.ledger_agrees()


def test_a_pack_of_goods_mixed_with_recalled_ones_comes_back_as_recalled(night: Night) -> None:
    night.pull()
    parts = [(night.receive(key, "10", "khay")["lot_id"], None) for key in (SISTER, FISH)]
    splitting.merge(night.node, night.who(), parts, night.now, name="Cá lăng trộn")
    sale = sell(night, asked(name="Cá lăng trộn", quantity="2", unit="khay"))
    night.recall(FISH)
    told = bring_back(night, "Cá lăng trộn", sale_id=sale["id"])
    assert told["state"] == "returned_recalled"
    with night.node.db.read() as session:
        assert session.query(Sale).filter_by(kind="return").one().recall_id == "TH-1"


def test_a_return_that_may_be_either_lot_names_none(night: Night) -> None:
    night.pull()
    for key in (FISH, SISTER):
        night.receive(key, "10", "khay")
    sale = sell(night, asked(barcode="09521234600138", quantity="2", unit="khay"))
    told = bring_back(night, "09521234600138", sale_id=sale["id"])
    assert night.lot(told["lot_id"])["parent"] is None


def test_set_aside_returns_follow_a_recall_but_no_better_news(night: Night) -> None:
    night.pull()
    line = night.receive(CABBAGE)
    back = bring_back(night, url(CABBAGE), "1", "kg")["lot_id"]
    judging.rejudge_keys(night.node, [CABBAGE], night.now, "records")
    assert night.lot(line["lot_id"])["state"] == "sellable"
    assert night.lot(back)["state"] == "held"
    night.recall(CABBAGE)
    assert night.lot(back)["state"] == "blocked"
    recalls.end(night.pair.province, officer(night.pair.province), "TH-1", "nhầm", night.now)
    night.pull()
    judging.rejudge_keys(night.node, [CABBAGE], night.now, "records")
    assert night.lot(line["lot_id"])["state"] == "sellable"
    assert night.lot(back) == night.lot(back) | {"state": "held", "reason": "returned"}
    assert night.count(DeliveryLine) == 1


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"product": "chưa từng bán"}, "product_unknown"),
        ({"product": "Cà rốt", "recall_id": "TH-99"}, "recall_unknown"),
        ({"product": "Cà rốt", "quantity": "0"}, "quantity_invalid"),
        ({"product": "Cà rốt", "unit": "thước"}, "unit_unknown"),
        ({"product": "Cà rốt", "number": "E-01"}, "product_unknown"),
    ],
)
def test_what_cannot_be_taken_back_is_refused_and_leaves_nothing(
    night: Night, told: dict[str, str], error: str
) -> None:
    laid_out(night)
    with pytest.raises(Invalid, match=error):
        bring_back(night, **({"unit": "kg"} | told))
    assert night.count(Sale) == 0
    assert len(stock.listed(night.node, night.who())["lots"]) == 1


def test_the_neighbours_slip_is_not_found(night: Night) -> None:
    laid_out(night)
    theirs = sell(night, asked(name="Cà rốt", quantity="1", unit="kg"), number="E-01")
    with pytest.raises(NotFound):
        bring_back(night, "Cà rốt", "1", "kg", sale_id=theirs["id"])
