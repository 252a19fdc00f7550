"""Who brings goods: three "Chị Ba" told apart, renamed, merged; a driver alone; never across stalls."""

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import deliveries, receiving, suppliers
from pos_trace.services.suppliers import DRIVER_ONLY, SupplierIn
from pos_trace.store.models import Party, StockLot
from tests.services.night import Night


def opened(night: Night, name: str | None = None, number: str = "A-12", **told: object) -> dict:
    return deliveries.open_delivery(night.node, night.who(number), night.now, supplier_name=name, **told)


def known(night: Night, query: str | None = None, number: str = "A-12") -> list[dict]:
    return suppliers.listed(night.node, night.who(number), query)["suppliers"]


def test_three_of_one_name_are_told_apart_by_what_the_market_calls_them(night: Night) -> None:
    for nickname in ("xe cam", "cầu Đăk Bla", "Xe Cam "):
        opened(night, "Chị Ba", nickname=nickname)
    assert sorted(one["label"] for one in known(night)) == ["Chị Ba (cầu Đăk Bla)", "Chị Ba (xe cam)"]
    with pytest.raises(Invalid, match="supplier_ambiguous"):
        opened(night, "chi ba")
    third = opened(night, "Chị Ba", nickname="áo xanh")
    assert third["supplier_name"] == "Chị Ba (áo xanh)"
    assert opened(night, "ao xanh")["supplier_id"] == third["supplier_id"]


def test_a_plain_name_means_the_one_without_a_nickname(night: Night) -> None:
    plain = opened(night, "Chị Ba")["supplier_id"]
    opened(night, "Chị Ba", nickname="xe cam")
    assert opened(night, "chi ba")["supplier_id"] == plain


@pytest.mark.parametrize(
    ("query", "labels"),
    [("da hoa", ["Đạ Hoa"]), ("XE CAM", ["Chị Ba (xe cam)"]), ("%", []), ("", ["Chị Ba (xe cam)", "Đạ Hoa"])],
)
def test_a_search_needs_no_accents(night: Night, query: str, labels: list[str]) -> None:
    opened(night, "Đạ Hoa")
    opened(night, "Chị Ba", nickname="xe cam")
    assert sorted(one["label"] for one in known(night, query)) == labels
    assert known(night, query, "E-01") == []


def test_a_driver_may_come_alone_and_the_owner_of_the_goods_is_named_later(night: Night) -> None:
    delivery = opened(night, driver_only=True)
    assert (delivery["supplier_id"], delivery["supplier_name"]) == (None, DRIVER_ONLY)
    line = night.loose(delivery["id"])
    receiving.close(night.node, night.who(), delivery["id"], night.now)
    told = deliveries.name_supplier(night.node, night.who(), delivery["id"], SupplierIn(name="Trại gà"), night.now)
    assert told["supplier_name"] == "Trại gà"
    with night.node.db.read() as session:
        assert session.get_one(StockLot, (night.node.id, line["lot_id"])).origin["supplier"] == "Trại gà"
        party = suppliers.habit(session, night.who(), told["supplier_id"], _product(session, night, line))
        assert party is not None
        assert party.last_quantity == 12
    with pytest.raises(Conflict, match="supplier_named"):
        deliveries.name_supplier(night.node, night.who(), delivery["id"], SupplierIn(name="khác"), night.now)


def _product(session: object, night: Night, line: dict) -> str:
    return session.get_one(StockLot, (night.node.id, line["lot_id"])).product_id


def test_an_open_deliverys_supplier_may_be_corrected_a_cancelled_ones_never(night: Night) -> None:
    delivery = opened(night, "nhầm")["id"]
    assert deliveries.name_supplier(night.node, night.who(), delivery, SupplierIn(name="đúng"), night.now)
    receiving.cancel(night.node, night.who(), delivery, "", night.now)
    with pytest.raises(Conflict):
        deliveries.name_supplier(night.node, night.who(), delivery, SupplierIn(name="x"), night.now)


def test_a_rename_keeps_the_person_and_asks_for_a_merge_when_the_name_is_taken(night: Night) -> None:
    first, second = opened(night, "Ba")["supplier_id"], opened(night, "Bảy")["supplier_id"]
    told = suppliers.change(night.node, night.who(), first, "Chị Ba", "xe cam", night.now)
    assert told["label"] == "Chị Ba (xe cam)"
    with pytest.raises(Conflict, match="supplier_same"):
        suppliers.change(night.node, night.who(), second, "chi ba", "Xe Cam", night.now)
    with pytest.raises(Invalid, match="supplier_missing"):
        suppliers.change(night.node, night.who(), second, " ", None, night.now)
    with pytest.raises(NotFound):
        suppliers.change(night.node, night.who("E-01"), first, "x", None, night.now)


def test_a_merge_brings_deliveries_habits_and_older_names_along(night: Night) -> None:
    ids = {name: opened(night, name) for name in ("Ba", "Chị Ba", "Ba xe đỏ")}
    for name in ids:
        night.loose(ids[name]["id"], "Rau thơm", "rau", "5", "kg")
    night.loose(ids["Ba"]["id"], "Gà", "thit", "3", "con")
    party = {name: told["supplier_id"] for name, told in ids.items()}
    suppliers.merge(night.node, night.who(), party["Ba xe đỏ"], party["Ba"], night.now)
    told = suppliers.merge(night.node, night.who(), party["Ba"], party["Chị Ba"], night.now)
    assert told["id"] == party["Chị Ba"]
    (one,) = known(night)
    assert (one["deliveries"], [goods["name"] for goods in one["goods"]]) == (3, ["Rau thơm", "Gà"])
    assert opened(night, "ba xe do")["supplier_id"] == party["Chị Ba"]
    assert opened(night, supplier_id=party["Ba"])["supplier_id"] == party["Chị Ba"]
    for gone, into in [("Ba", "Chị Ba"), ("Chị Ba", "Ba")]:
        with pytest.raises(Conflict, match="supplier_same"):
            suppliers.merge(night.node, night.who(), party[gone], party[into], night.now)


def test_a_buyer_is_no_supplier(night: Night) -> None:
    buyer = opened(night, "Bạn hàng")["supplier_id"]
    with night.node.write(night.who(), night.now) as tx:
        tx.session.get_one(Party, (night.node.id, buyer)).kind = "buyer"
    with pytest.raises(Invalid, match="not_a_supplier"):
        opened(night, supplier_id=buyer)
    assert known(night) == []


def test_what_went_back_is_counted_by_supplier_for_the_stalls_own_eyes(night: Night) -> None:
    delivery = opened(night, "HTX")["id"]
    for reason in ("dập hỏng", "dập hỏng", "thiếu tem"):
        line = night.loose(delivery, "Rau thơm", "rau", "5", "kg")
        receiving.refuse(night.node, night.who(), line["id"], "1", "kg", reason, night.now)
    assert known(night)[0]["refused"] == {
        "lines": 3,
        "reasons": [{"reason": "dập hỏng", "lines": 2}, {"reason": "thiếu tem", "lines": 1}],
    }
