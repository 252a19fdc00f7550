"""Selling as a market does: by money alone, a mixed bag, a chục of twelve, the weight on a scale's label."""

from decimal import Decimal
from typing import Any

import pytest

from pos_trace.core.errors import Invalid, NotFound
from pos_trace.services import checking, product_list, splitting, stop_sales, trace
from pos_trace.store.models import LotAllocation, PrintJob, Product, SaleLine
from tests.services.night import CABBAGE, FISH, SISTER, Night, asked, laid_out, sell, with_printer

SCALE = "2612345012501"  # prefix 26, item 12345, 1,250 kg


def price(night: Night, name: str, unit: str, dong: int | None = None, **more: Any) -> dict[str, Any]:
    return product_list.set_by_sku(
        night.node, night.who(), name[:3], {"name": name, "unit": unit, "unit_price": dong} | more, night.now
    )


def line_of(night: Night, sale: dict[str, Any]) -> SaleLine:
    with night.node.db.read() as session:
        found: SaleLine = session.query(SaleLine).filter(SaleLine.sale_id == sale["id"]).order_by(SaleLine.id).first()
        session.expunge(found)
        return found


def test_fifty_thousand_of_meat_is_estimated_from_the_last_price_and_says_so(night: Night, tmp_path: Any) -> None:
    with_printer(night, tmp_path)
    lot = laid_out(night, "Ba rọi", "10", "kg")
    sell(night, asked(lot=lot, quantity="2", unit="kg", amount=200_000), name="s-0")
    told = sell(night, asked(lot=lot, amount=50_000), name="s-1")
    line = told["lines"][0]
    assert (line["quantity"], line["unit"], line["estimated"]) == ("0.5", "kg", True)
    assert night.lot(lot)["on_hand"] == Decimal("7.5")
    with night.node.db.read() as session:
        slip = session.get_one(PrintJob, (night.node.id, told["print_job"])).slip
    assert any("≈ 0,5 kg (ước tính)" in block["text"] for block in slip["blocks"])


def test_without_any_price_ever_the_goods_stay_unmeasured(night: Night) -> None:
    lot = laid_out(night, "Ba rọi", "10", "kg")
    told = sell(night, asked(lot=lot, amount=50_000))
    assert (told["lines"][0]["quantity"], told["lines"][0]["estimated"]) == (None, False)
    assert told["lines"][0]["candidates"] == [lot]
    assert night.lot(lot)["on_hand"] == 10


def test_a_price_of_a_crate_is_no_price_of_a_kilogram(night: Night) -> None:
    lot = laid_out(night, "Cải thảo", "100", "kg")
    price(night, "Cải thảo", "kg")
    sell(night, asked(name="Cải thảo", quantity="1", unit="sọt", amount=250_000), name="s-0")
    assert sell(night, asked(lot=lot, amount=50_000), name="s-1")["lines"][0]["quantity"] is None
    price(night, "Cải thảo", "kg", unit_contents={"sọt": {"count": "25", "unit": "kg"}})
    assert sell(night, asked(lot=lot, amount=50_000), name="s-2")["lines"][0]["quantity"] == "5"


@pytest.mark.parametrize(
    ("lots_unit", "sold", "left"), [("quả", ("1", "chục"), 18), ("chục", ("6", "quả"), Decimal("29.5"))]
)
def test_a_unit_with_a_content_takes_what_it_holds(
    night: Night, tmp_path: Any, lots_unit: str, sold: tuple[str, str], left: Any
) -> None:
    with_printer(night, tmp_path)
    lot = laid_out(night, "Trứng gà", "30", lots_unit)
    price(night, "Trứng gà", "quả", unit_contents={"chục": {"count": "12", "unit": "quả"}})
    told = sell(night, asked(name="Trứng gà", quantity=sold[0], unit=sold[1]))
    assert night.lot(lot)["on_hand"] == left
    if sold[1] == "chục":
        with night.node.db.read() as session:
            slip = session.get_one(PrintJob, (night.node.id, told["print_job"])).slip
        assert any("1 chục (12 quả)" in block["text"] for block in slip["blocks"])
    night.ledger_agrees()


def test_a_scales_label_says_the_weight_whatever_the_till_counts(night: Night) -> None:
    lot = laid_out(night, "Ba rọi", "10", "kg", barcode=SCALE)
    for number, told in enumerate(
        ({}, {"quantity": "1"}, {"quantity": "1", "unit": "cái"}, {"quantity": "1", "unit": "gói"})
    ):
        line = sell(night, asked(barcode=SCALE, **told), name=f"s-{number}")["lines"][0]
        assert (line["quantity"], line["unit"]) == ("1.25", "kg"), told
    assert night.lot(lot)["on_hand"] == 5
    assert sell(night, asked(barcode=SCALE, quantity="2"), name="two")["lines"][0]["quantity"] == "2.5"
    typed = sell(night, asked(barcode=SCALE, quantity="2", unit="kg"), name="typed")["lines"][0]
    assert typed["quantity"] == "2", "a weight somebody typed counts"
    half = sell(night, asked(barcode=SCALE, quantity="0.4"), name="half")["lines"][0]
    assert half["quantity"] == "0.4"


def test_a_mixed_bag_takes_kilograms_of_none_and_names_all(night: Night) -> None:
    night.pull()
    lots = [night.receive(key, "10", "kg")["lot_id"] for key in (CABBAGE,)] + [
        laid_out(night, "Hành"),
        laid_out(night, "Ngò"),
    ]
    told = sell(night, asked(name="Rau lẩu 10 món", amount=30_000, bundle=tuple(lots), line_no=1))
    line = told["lines"][0]
    assert (line["quantity"], line["amount"], line["lot_source"], sorted(line["candidates"])) == (
        None,
        30_000,
        "scanned",
        sorted(lots),
    )
    assert [night.lot(lot)["on_hand"] for lot in lots] == [10, 10, 10]
    assert line_of(night, told).product_id is None
    page = trace.receipt(night.node, told["trace_url"].rpartition("/")[2])
    (item,) = page["items"]
    assert (item["lots_are"], item["certain"], len(item["origins"])) == ("of_day", True, 1)
    assert [lot["lot"] for lot in item["lots"]] == ["MD2611-07"]
    night.recall(CABBAGE)
    assert [item["product_name"] for item in trace.receipt(night.node, page["token"])["recalled"]] == ["Rau lẩu 10 món"]
    receipts = stop_sales.listed(night.node, night.who(), "TH-1")["receipts"]
    assert [(one["product_name"], one["certainty"]) for one in receipts] == [("Rau lẩu 10 món", "sure")]


def test_a_bag_nobody_tapped_is_of_the_days_lots(night: Night) -> None:
    night.pull()
    good = laid_out(night, "Hành")
    bad = night.receive(FISH, "10", "khay")["lot_id"]
    night.recall(FISH)
    told = sell(night, asked(amount=30_000, bundle=()))
    assert (told["lines"][0]["lot_source"], told["lines"][0]["candidates"]) == ("unknown", [good])
    assert line_of(night, told).name == "Hàng trộn"
    assert told["alarms"] == []
    check = checking.sellable(
        night.node, night.who(), [asked(bundle=()), asked(bundle=(good, bad), line_no=2)], night.now
    )
    assert [line["sellable"] for line in check["lines"]] == ["yes", "no"]
    sold = sell(night, asked(amount=30_000, bundle=(good, bad)), name="s-2")
    assert [(alarm["lot"], alarm["certainty"]) for alarm in sold["alarms"]] == [(bad, "sure")]


def test_a_bag_holds_lots_of_this_stall_alone_and_not_too_many(night: Night) -> None:
    theirs = laid_out(night, "Hành", number="E-01")
    with pytest.raises(NotFound):
        sell(night, asked(amount=1, bundle=(theirs,)))
    with pytest.raises(Invalid, match="bundle_too_large"):
        sell(night, asked(amount=1, bundle=tuple(str(n) for n in range(51))))
    told = sell(night, asked(amount=1, bundle=()))
    assert told["lines"][0]["lots"] == []
    assert told["lines"][0]["candidates"] == []


def test_a_bag_with_a_held_lot_is_stopped_in_words_for_the_customer(night: Night) -> None:
    night.pull()
    held = night.receive("01/09521234600169/10/SD2610", "5", "gói")["lot_id"]
    (line,) = checking.sellable(night.node, night.who(), [asked(bundle=(held,))], night.now)["lines"]
    assert (line["sellable"], line["reasons"][0]["code"]) == ("no", "held")
    assert "để riêng" in line["words"]


def test_a_merged_lots_page_shows_every_parents_origin(night: Night) -> None:
    night.pull()
    lots = [night.receive(key, "10", "khay")["lot_id"] for key in (FISH, SISTER)]
    made = splitting.merge(night.node, night.who(), [(lot, "5") for lot in lots], night.now)
    told = sell(night, asked(lot=made["id"], quantity="1", unit="khay"))
    (item,) = trace.receipt(night.node, told["trace_url"].rpartition("/")[2])["items"]
    assert sorted(lot["lot"] for lot in item["lots"]) == ["CL2611B", "CL2611C"]
    assert item["lots_are"] == "all_of"


def test_goods_are_set_by_id_and_listed(night: Night) -> None:
    laid_out(night, "Trứng gà", "30", "quả")
    (one,) = product_list.listed(night.node, night.who())["products"]
    said = {
        "name": "Trứng gà ta",
        "unit": "quả",
        "unit_price": 3500,
        "unit_contents": {"chục": {"count": "10", "unit": "quả"}},
    }
    told = product_list.set_by_id(night.node, night.who(), one["id"], said, night.now)
    assert told["unit_contents"] == {"chục": {"count": "10", "unit": "quả"}}
    assert product_list.listed(night.node, night.who())["products"] == [told]
    assert product_list.listed(night.node, night.who("E-01"))["products"] == []
    with pytest.raises(NotFound):
        product_list.set_by_id(night.node, night.who("E-01"), one["id"], said, night.now)


@pytest.mark.parametrize(
    ("said", "error"),
    [({"name": "\u200b"}, "product_incomplete"), ({"unit": "đống"}, "unit_unknown"), ({"group": "x"}, "group_unknown"),
     ({"unit_contents": {"chục": {"count": "0", "unit": "quả"}}}, "unit_content")],
)  # fmt: skip
def test_what_a_product_cannot_be_is_told(night: Night, said: dict[str, Any], error: str) -> None:
    laid_out(night, "Trứng gà", "30", "quả")
    (one,) = product_list.listed(night.node, night.who())["products"]
    with pytest.raises(Invalid, match=error):
        product_list.set_by_id(night.node, night.who(), one["id"], {"name": "Trứng", "unit": "quả"} | said, night.now)
    assert night.count(Product) == 1


def test_a_short_part_keeps_the_unit_it_is_counted_in(night: Night) -> None:
    laid_out(night, "Trứng gà", "6", "quả")
    price(night, "Trứng gà", "quả", unit_contents={"chục": {"count": "12", "unit": "quả"}})
    sell(night, asked(name="Trứng gà", quantity="1", unit="chục"))
    with night.node.db.read() as session:
        rows = session.query(LotAllocation).order_by(LotAllocation.id).all()
        assert [(row.quantity, row.unit) for row in rows] == [(6, "quả"), (6, "quả")]
