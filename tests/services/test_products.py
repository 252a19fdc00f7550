"""What a stall sells: found again by number, barcode or name; told by its till; never another stall's."""

from decimal import Decimal
from typing import Any

import pytest

from pos_trace.core.errors import Invalid
from pos_trace.services import goods_asked, product_list, products
from pos_trace.store.models import Product
from tests.services.night import FISH, Night, asked, laid_out, on_sqlite, open_stock, sell

EAN, GTIN = "9521234600138", "09521234600138"
TOLD: dict[str, Any] = {"name": "Cá lăng phi lê", "unit": "khay"}


def put(night: Night, sku: str, number: str = "A-12", **told: Any) -> dict[str, Any]:
    """``PUT /products/{sku}``."""
    return product_list.set_by_sku(night.node, night.who(number), sku, TOLD | told, night.now)


def test_a_product_is_made_changed_and_answered(night: Night) -> None:
    made = put(night, "P-7", barcode=EAN, group="ca", unit_price=120_000, content_kg=Decimal("0.5"))
    assert made == {
        "id": made["id"], "name": "Cá lăng phi lê", "sku": "P-7", "barcode": GTIN, "goods_group": "ca",
        "unit": "khay", "unit_price": 120_000, "content_kg": "0.5", "price_unit": "khay", "unit_contents": {},
    }  # fmt: skip
    assert put(night, "P-7", name="Cá lăng", unit_price=0) == made | {"name": "Cá lăng", "unit_price": 0}
    assert night.count(Product) == 1


@pytest.mark.parametrize("known_by", ["barcode", "name"])
def test_a_till_names_goods_that_were_received_before_and_sells_from_their_lots(night: Night, known_by: str) -> None:
    if known_by == "barcode":
        night.pull()
        lot = night.receive(FISH, "10", "khay")["lot_id"]
        put(night, "P-7", barcode=EAN)
    else:
        lot = laid_out(night, "Cá lăng phi lê", "10", "khay")
        put(night, "P-7")
    assert night.count(Product) == 1
    sold = sell(night, asked(sku="P-7", quantity="2"))
    assert [(part["lot"], part["qty"]) for part in sold["lines"][0]["lots"]] == [(lot, "2")]
    assert [told["sku"] for told in open_stock(night)] == ["P-7"]


def test_two_numbers_of_a_till_stay_two_products(night: Night) -> None:
    first, second = put(night, "P-7", barcode=EAN), put(night, "P-8", barcode=EAN)
    assert first["id"] != second["id"]
    assert put(night, "P-7", barcode=EAN)["id"] == first["id"]


def test_the_neighbour_has_products_of_its_own(night: Night) -> None:
    assert put(night, "P-7")["id"] != put(night, "P-7", number="E-01")["id"]
    with night.node.db.read() as session:
        mine = products.match(session, night.who(), sku="P-7")
        assert mine is not None
        assert mine.stall_id == night.stalls["A-12"]
        assert products.match(session, night.who(), sku="P-9", barcode="1", name="khác") is None


@on_sqlite
@pytest.mark.parametrize(
    ("sku", "told", "code"),
    [
        (" ", {}, "product_incomplete"),
        ("P-7", {"name": "\x1b\x00"}, "product_incomplete"),
        ("P-7", {"unit": "thước"}, "unit_unknown"),
        ("P-7", {"group": "không có"}, "group_unknown"),
    ],
)
def test_a_product_that_is_none_is_refused(night: Night, sku: str, told: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        put(night, sku, **told)
    assert night.count(Product) == 0


@on_sqlite
@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (EAN, GTIN),
        (GTIN, GTIN),
        ("https://txng.quangngai.example/01/09521234600138/10/CL2611B", GTIN),
        ("MÃ NỘI BỘ 12", "MÃ NỘI BỘ 12"),
        ("x" * 2000, "x" * 64),
        ("", None),
        (None, None),
    ],
)
def test_one_barcode_however_it_is_written(night: Night, raw: str | None, kept: str | None) -> None:
    assert products.barcode_of(night.node, raw) == kept


def test_any_length_a_till_may_send_is_sold_and_found_again(night: Night) -> None:
    long = {"barcode": "x" * 2000, "sku": "s" * 80, "name": "n" * 300}
    for name in ("s-1", "s-2"):
        sell(night, asked(quantity="1", unit="gói", **long), name=name)
    assert night.count(Product) == 1


def test_goods_are_found_by_lot_key_number_and_name_among_the_stalls_own(night: Night) -> None:
    night.pull()
    lot = night.receive(FISH, "10", "khay")["lot_id"]
    with night.node.db.read() as session:

        def found(number: str = "A-12", **told: Any) -> tuple[bool, str | None]:
            goods = goods_asked.find(session, night.node, night.who(number), asked(**told))
            return goods.product is not None, goods.chosen.id if goods.chosen else None

        assert found(lot=lot) == (True, lot)
        assert found(lot=FISH) == (True, lot)
        assert found(barcode=EAN, lot="CL2611B") == (True, lot)
        assert found(barcode=EAN) == (True, None)
        assert found(barcode=EAN, lot="khác") == (True, None)
        for told in ({"lot": lot}, {"lot": FISH}, {"barcode": EAN, "lot": "CL2611B"}, {"name": "Cá lăng phi lê"}):
            assert found("E-01", **told) == (False, None)
