"""What comes back on a slip is never more than it sold, whatever is asked and in which order; the slip is found."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.errors import Invalid, NotFound
from pos_trace.core.sales import left_to_return
from pos_trace.services import product_list, returning, slip_lookup
from pos_trace.store.models import Sale
from tests.services.night import FISH, SISTER, Night, asked, laid_out, sell, url
from tests.services.test_returning import bring_back

AMOUNTS = st.lists(st.integers(1, 5000).map(lambda grams: Decimal(grams) / 1000), max_size=8)


@given(AMOUNTS, AMOUNTS)
def test_returns_taken_one_by_one_never_exceed_what_was_sold(sold: list[Decimal], wanted: list[Decimal]) -> None:
    back: list[Decimal | None] = []
    for quantity in wanted:
        left = left_to_return(sold, back)
        assert left is not None
        assert left >= 0
        if quantity <= left:
            back.append(quantity)
    assert sum(quantity for quantity in back if quantity is not None) <= sum(sold)


def test_what_nobody_weighed_has_no_limit_and_what_was_never_sold_nothing() -> None:
    assert left_to_return([Decimal(1), None], [Decimal(9)]) is None
    assert left_to_return([], []) == 0
    assert left_to_return([Decimal(1)], [Decimal(3), None]) == 0


def test_a_slip_gives_back_no_more_than_it_sold(night: Night) -> None:
    laid_out(night)
    sale = sell(
        night, asked(name="Cà rốt", quantity="2", unit="kg"), asked(name="Cà rốt", quantity="1", unit="kg", line_no=2)
    )
    bring_back(night, "Cà rốt", "2.5", "kg", sale_id=sale["id"])
    with pytest.raises(Invalid, match="returned_above_sold"):
        bring_back(night, "Cà rốt", "0.501", "kg", sale_id=sale["id"])
    with pytest.raises(Invalid, match="returned_above_sold"):
        bring_back(night, "Cà rốt", "501", "g", sale_id=sale["id"])
    bring_back(night, "Cà rốt", "500", "g", sale_id=sale["id"])
    with pytest.raises(Invalid, match="returned_above_sold"):
        bring_back(night, "Cà rốt", "0.001", "kg", sale_id=sale["id"])
    night.ledger_agrees()


def test_goods_a_slip_never_sold_do_not_come_back_on_it(night: Night) -> None:
    laid_out(night)
    laid_out(night, "Hành")
    sale = sell(night, asked(name="Cà rốt", quantity="2", unit="kg"))
    with pytest.raises(Invalid, match="not_on_receipt"):
        bring_back(night, "Hành", "1", "kg", sale_id=sale["id"])
    with pytest.raises(Invalid, match="receipt_or_not"):
        bring_back(night, "Cà rốt", "1", "kg", sale_id=sale["id"], without_receipt=True)
    back = bring_back(night, "Cà rốt", "1", "kg", sale_id=sale["id"])
    with pytest.raises(NotFound):
        bring_back(night, "Cà rốt", "1", "kg", sale_id=back["id"])


def test_a_chuc_comes_back_by_the_piece(night: Night) -> None:
    laid_out(night, "Trứng gà", "30", "quả")
    said = {"name": "Trứng gà", "unit": "quả", "unit_contents": {"chục": {"count": "12", "unit": "quả"}}}
    product_list.set_by_sku(night.node, night.who(), "T", said, night.now)
    sale = sell(night, asked(name="Trứng gà", quantity="1", unit="chục"))
    bring_back(night, "Trứng gà", "12", "quả", sale_id=sale["id"])
    with pytest.raises(Invalid, match="returned_above_sold"):
        bring_back(night, "Trứng gà", "1", "quả", sale_id=sale["id"])


def test_a_recalled_pack_weeks_later_is_counted_to_its_recall(night: Night) -> None:
    night.pull()
    night.receive(FISH, "10", "khay")
    sale = sell(night, asked(barcode=url(FISH), quantity="2", unit="khay"))
    night.recall(FISH)
    back = bring_back(night, url(FISH), "1", "khay", sale_id=sale["id"])
    assert back["state"] == "returned_recalled"
    with night.node.db.read() as session:
        assert session.get_one(Sale, (night.node.id, back["id"])).recall_id == "TH-1"


def test_a_slip_is_found_by_its_qr_its_short_code_and_its_number(night: Night) -> None:
    night.pull()
    for key in (FISH, SISTER):
        night.receive(key, "10", "khay")
    sale = sell(
        night, asked(barcode="09521234600138", quantity="3", unit="khay"), asked(bundle=(), amount=9, line_no=2)
    )
    night.recall(FISH)
    token = sale["trace_url"].rpartition("/")[2]
    for text in (
        sale["qr_text"],
        sale["trace_url"],
        token,
        sale["short_code"],
        sale["short_code"].lower(),
        sale["receipt_no"],
    ):
        found = slip_lookup.find(night.node, night.who(), text)
        assert found["id"] == sale["id"], text
    line, bag = found["lines"]
    assert (line["quantity"], line["unit"], line["left"]) == ("3", "khay", "3")
    assert sorted((lot["label"], lot["recalled"]) for lot in line["lots"]) == [("CL2611B", True), ("CL2611C", False)]
    assert (bag["product_id"], bag["left"]) == (None, None)
    chosen = next(lot["id"] for lot in line["lots"] if lot["recalled"])
    back = returning.take_back(
        night.node, night.who(), line["product_id"], "1", "khay", night.now, sale_id=sale["id"], key=chosen
    )
    assert back["state"] == "returned_recalled"
    assert slip_lookup.find(night.node, night.who(), token)["lines"][0]["left"] == "2"


@pytest.mark.parametrize("text", ["", "không có", "BCF7KQ2MX9BCF7KQ2MX9", "0000000000"])
def test_a_slip_that_is_not_here_is_told(night: Night, text: str) -> None:
    with pytest.raises(NotFound):
        slip_lookup.find(night.node, night.who(), text)


def test_the_neighbours_slip_is_nobodys_here(night: Night) -> None:
    laid_out(night)
    sale = sell(night, asked(name="Cà rốt", quantity="2", unit="kg"))
    for text in (sale["qr_text"], sale["short_code"], sale["receipt_no"]):
        with pytest.raises(NotFound):
            slip_lookup.find(night.node, night.who("E-01"), text)
