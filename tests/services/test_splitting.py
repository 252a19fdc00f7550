"""Cutting, merging, repacking: kilograms are kept, children carry recall, hold, expiry, papers and origins."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import (
    closing,
    recalls,
    receiving,
    rechecking,
    returning,
    splitting,
    stock,
    stop_sales,
)
from pos_trace.store.models import AuditEntry, LotParent, OutboxMessage, Product, StockLot, StockMovement
from tests.services.night import CABBAGE, FISH, SISTER, UNKNOWN, Night, asked, laid_out, on_sqlite, sell
from tests.services.test_unweighed import weigh
from tests.services.two_nodes import officer


def merge(night: Night, *parts: Any, number: str = "A-12", **more: Any) -> dict[str, Any]:
    told = [(part, None) if isinstance(part, str) else part for part in parts]
    return splitting.merge(night.node, night.who(number), told, more.pop("at", night.now), **more)


def repack(night: Night, lot: str, units: str, content: str, **more: Any) -> dict[str, Any]:
    told = (units, more.pop("unit", "túi"), content, more.pop("content_unit", "g"))
    return splitting.repack(night.node, night.who(), lot, *told, night.now, **more)


def moved(night: Night, kind: str) -> Decimal:
    with night.node.db.read() as session:
        total = select(func.sum(StockMovement.quantity)).where(StockMovement.kind == kind)
        return session.scalar(total) or Decimal(0)


def test_a_crate_of_25_kg_becomes_50_bags_of_500_g_and_the_crate_keeps_its_content(night: Night) -> None:
    lot = laid_out(night, "Cải thảo", "60")
    bags = repack(night, lot, "50", "500")
    assert (bags["product_name"], bags["quantity"], bags["unit"], bags["kg"]) == (
        "Cải thảo túi 500 g", "50", "túi", "25",
    )  # fmt: skip
    assert night.lot(lot)["on_hand"] == 35
    assert night.count(StockMovement, StockMovement.kind == "wasted") == 0
    sold = sell(night, asked(name="Cải thảo túi 500 g", quantity="2", unit="túi"))
    assert sold["lines"][0]["lots"][0]["lot"] == bags["id"]
    with night.node.db.read() as session:
        contents = dict(session.execute(select(Product.name, Product.content_kg)).all())
    assert contents == {"Cải thảo": None, "Cải thảo túi 500 g": Decimal("0.5")}
    night.ledger_agrees()


def test_what_is_trimmed_away_is_written_down_as_lost(night: Night) -> None:
    lot = laid_out(night, "Cải thảo", "60")
    repack(night, lot, "50", "500", quantity="26.4", name="Cải thảo sạch")
    splitting.split(night.node, night.who(), lot, "10", "Cải thảo cắt", "kg", "9.2", night.now)
    with night.node.db.read() as session:
        lost = session.scalars(select(StockMovement.quantity).where(StockMovement.subject == "loss")).all()
    assert sorted(lost) == [Decimal("-1.4"), Decimal("-0.8")]
    night.ledger_agrees()


def test_pieces_nobody_weighed_share_what_was_taken_and_the_rest_of_the_gram_is_lost(night: Night) -> None:
    lot = laid_out(night, "Thịt heo", "20", group="thit")
    made = splitting.split(night.node, night.who(), lot, "20", "Sườn miếng", "gói", "7", night.now)
    assert (made["content_kg"], made["kg"]) == ("2.857", "19.999")
    assert moved(night, "wasted") == Decimal("-0.001")
    again = laid_out(night, "Thịt heo", "3")
    with pytest.raises(Invalid, match="split_above"):
        splitting.split(night.node, night.who(), again, "3", "Sườn miếng", "gói", "2", night.now)


@on_sqlite
@pytest.mark.parametrize(
    ("told", "error", "code"),
    [
        ({"units": "0"}, Invalid, "quantity_invalid"),
        ({"content": "0"}, Invalid, "quantity_invalid"),
        ({"content_unit": "bó"}, Invalid, "content_unknown"),
        ({"content_unit": "thước"}, Invalid, "unit_unknown"),
        ({"unit": "kg"}, Invalid, "content_unknown"),
        ({"units": "21"}, Conflict, "not_enough"),
        ({"units": "20", "quantity": "9.9"}, Invalid, "split_above"),
        ({"units": "0.001", "content": "0.1"}, Invalid, "content_unknown"),
    ],
)
def test_packs_that_cannot_be_are_refused_and_change_nothing(
    night: Night, told: dict[str, str], error: type[Exception], code: str
) -> None:
    lot = laid_out(night)
    given = {"units": "20", "content": "500"} | told
    with pytest.raises(error, match=code):
        repack(night, lot, given.pop("units"), given.pop("content"), **given)
    assert night.count(StockMovement) == night.count(StockLot) == 1


def test_goods_without_a_weight_are_repacked_by_what_is_taken(night: Night) -> None:
    lot = laid_out(night, "Rau rừng", "10", "bó")
    with pytest.raises(Invalid, match="quantity_missing"):
        repack(night, lot, "3", "500")
    with pytest.raises(Invalid, match="weight_unknown"):
        repack(night, lot, "3", "500", quantity="10")
    weigh(night, lot, "bó", "0.3")
    assert repack(night, lot, "3", "500")["kg"] == "1.5"
    assert night.lot(lot)["on_hand"] == 5


def test_a_merged_lot_has_all_origins_the_earliest_date_and_every_kilogram(night: Night) -> None:
    night.pull()
    one = night.receive(CABBAGE, "20")["lot_id"]
    two = laid_out(night, "Cải thảo Măng Đen", "10", expiry=date(2026, 12, 1))
    made = merge(night, one, (two, "4"))
    assert (made["quantity"], made["unit"], made["key"], made["expiry"]) == ("24", "kg", None, "2026-12-01")
    assert (night.lot(one)["on_hand"], night.lot(two)["on_hand"]) == (0, 6)
    assert night.count(LotParent) == 2
    told = splitting.made_of(night.node, night.who(), made["id"])
    assert [row["id"] for row in told["sources"]] == [one, two]
    assert [row["id"] for row in splitting.made_of(night.node, night.who(), one)["children"]] == [made["id"]]
    with pytest.raises(NotFound):
        splitting.made_of(night.node, night.who("E-01"), one)
    night.ledger_agrees()


@pytest.mark.parametrize("recalled", [CABBAGE, FISH])
def test_a_recall_of_any_parent_blocks_what_was_mixed_and_its_end_frees_it(night: Night, recalled: str) -> None:
    night.pull()
    lots = [night.receive(key, "20")["lot_id"] for key in (CABBAGE, FISH)]
    mixed = merge(night, *lots, name="Hàng trộn")["id"]
    part = splitting.split(night.node, night.who(), mixed, "5", "Hàng trộn gói", "kg", "5", night.now)["id"]
    other = merge(night, part, laid_out(night, "Hành", "1"), name="Hàng trộn ba")["id"]
    for lot in lots:  # sold out and closed: what they became is still there
        assert night.lot(lot)["on_hand"] == 0
    night.recall(recalled)
    assert {night.lot(lot)["state"] for lot in (mixed, other)} == {"blocked"}
    listed = stop_sales.listed(night.node, night.who(), "TH-1")
    assert {mixed, other} <= {lot["id"] for lot in listed["lots"]}
    province = night.pair.province
    recalls.end(province, officer(province), "TH-1", "xong", night.now)
    night.pull(night.later(hours=1))
    assert {night.lot(lot)["state"] for lot in (mixed, other)} == {"sellable"}


def test_news_of_a_sold_out_parent_reaches_what_was_made_of_it(night: Night) -> None:
    night.pull()
    waits = night.loose(night.deliver(), "Gà ta", "thit", "12", "kg")
    good = night.receive(CABBAGE, "20")["lot_id"]
    mixed = merge(night, waits["lot_id"], good, name="Hàng trộn")
    assert (mixed["state"], mixed["sellable"]) == ("held", False)
    night.province.silent = True
    rechecking.unchecked_due(night.node, night.later(days=2))
    assert night.lot(mixed["id"])["state"] == "held"


def test_a_passed_date_blocks_what_was_mixed_whatever_its_other_parent_is(night: Night) -> None:
    night.pull()
    good = night.receive(CABBAGE, "20")["lot_id"]
    late = laid_out(night, "Sữa", "10", expiry=night.now.date())
    mixed = merge(night, good, late, name="Hàng trộn")["id"]
    then = night.later(days=2)
    rechecking.expired_due(night.node, then)
    assert night.lot(mixed)["state"] == "blocked"
    night.recall(CABBAGE)
    province = night.pair.province
    recalls.end(province, officer(province), "TH-1", "xong", then)
    night.pull(then)
    assert (night.lot(mixed)["state"], night.lot(mixed)["reason"]) == ("blocked", "expired")


def test_what_a_customer_brought_back_spoils_the_sale_of_what_it_is_mixed_with(night: Night) -> None:
    night.pull()
    good = night.receive(CABBAGE, "20")["lot_id"]
    back = returning.take_back(night.node, night.who(), CABBAGE.split("/")[1], "1", "kg", night.now, key=CABBAGE)
    mixed = merge(night, good, back["lot_id"], name="Hàng trộn")["id"]
    assert (night.lot(mixed)["state"], night.lot(mixed)["reason"]) == ("held", "returned")
    night.recall(CABBAGE)
    assert night.lot(mixed)["state"] == "blocked"


def test_the_shoppers_page_of_a_merged_lot_names_every_lot_it_may_be(night: Night) -> None:
    night.pull()
    lots = [night.receive(key, "20")["lot_id"] for key in (FISH, SISTER)]
    mixed = merge(night, *lots)["id"]
    sold = sell(night, asked(lot=mixed, quantity="1", unit="kg"))
    with night.node.db.read() as session:
        (body,) = session.scalars(select(OutboxMessage.body).where(OutboxMessage.kind == "receipt"))
    assert FISH in body.decode()
    assert SISTER in body.decode()
    assert b'"lot_source":"unknown"' in body
    assert sold["lines"][0]["lots"][0]["lot"] == mixed
    night.recall(FISH)
    (told,) = stop_sales.listed(night.node, night.who(), "TH-1")["receipts"]
    assert told["receipt_no"] == sold["receipt_no"]


@on_sqlite
@pytest.mark.parametrize(
    ("parts", "more", "error", "code"),
    [
        (("a",), {}, Invalid, "lots_to_merge"),
        (("a", "a"), {}, Invalid, "lots_to_merge"),
        (("a", "b"), {}, Invalid, "goods_missing"),
        (("a", "c"), {"name": "x"}, Invalid, "unit_differs"),
        (("a", "c"), {"name": "x", "unit": "bó"}, Invalid, "unit_differs"),
        (("a", "c"), {"name": "x", "unit": "kg"}, Invalid, "unit_differs"),
        (("a", "b"), {"name": "x", "units": "21"}, Invalid, "split_above"),
        ((("a", "11"), "b"), {"name": "x"}, Conflict, "not_enough"),
        ((("a", "0"), "b"), {"name": "x"}, Invalid, "quantity_invalid"),
        (("a", "empty"), {"name": "x"}, Conflict, "not_enough"),
        (("a", "closed"), {"name": "x"}, Conflict, "lot_over"),
        (("a", "b"), {"name": "x", "number": "E-01"}, NotFound, "not_found"),
        (("a", "theirs"), {"name": "x"}, NotFound, "not_found"),
    ],
)
def test_lots_that_cannot_become_one_stay_as_they_are(
    night: Night, parts: Any, more: dict[str, Any], error: type[Exception], code: str
) -> None:
    ids = {"a": laid_out(night), "b": laid_out(night, "Hành"), "c": laid_out(night, "Rau", unit="bó"),
           "empty": laid_out(night, "Gừng"), "closed": laid_out(night, "Tỏi"),
           "theirs": laid_out(night, "Ớt", number="E-01")}  # fmt: skip
    stock.waste(night.node, night.who(), ids["empty"], "10", "", night.now)
    closing.close(night.node, night.who(), ids["closed"], night.now)
    told = [ids[part] if isinstance(part, str) else (ids[part[0]], part[1]) for part in parts]
    before = night.count(StockMovement)
    with pytest.raises(error, match=code):
        merge(night, *told, **more)
    assert night.count(StockMovement) == before


def test_lots_of_different_units_are_merged_by_weight(night: Night) -> None:
    lot = laid_out(night, "Cải thảo", "60")
    bags = repack(night, lot, "50", "500")["id"]
    made = merge(night, lot, bags, name="Cải thảo dồn lại", unit="kg", units="58.5")
    assert made["quantity"] == "58.5"
    assert moved(night, "wasted") == Decimal("-1.5")
    night.ledger_agrees()


def test_a_merge_of_goods_nobody_knows_waits_for_papers_of_each(night: Night) -> None:
    night.pull()
    lots = [night.receive(key, "5")["lot_id"] for key in (UNKNOWN, CABBAGE)]
    assert merge(night, *lots, name="Trộn")["state"] == "held"


def test_goods_mixed_again_and_again_are_looked_at_once(night: Night) -> None:
    night.pull()
    root = lot = night.receive(CABBAGE, "20")["lot_id"]
    for _ in range(14):  # each time along two ways: 2 ** 14 of them
        part = splitting.split(night.node, night.who(), lot, "1", "Trộn mãi", "kg", "1", night.now)["id"]
        lot = merge(night, lot, part, name="Trộn mãi")["id"]
    assert [row["id"] for row in splitting.made_of(night.node, night.who(), lot)["sources"]] == [root]
    night.recall(CABBAGE)
    assert night.lot(lot)["state"] == "blocked"


def test_goods_set_aside_by_a_person_stay_so_in_what_was_made_of_them(night: Night) -> None:
    """ "Nhận và để riêng" comes after cutting and merging; the lot itself may be over by then."""
    night.pull()
    line, other = night.receive(CABBAGE, "20"), laid_out(night)
    piece = splitting.split(night.node, night.who(), line["lot_id"], "5", "Cải cắt", "kg", "5", night.now)["id"]
    mixed = merge(night, (piece, "2"), other, name="Rau trộn")["id"]
    closing.close(night.node, night.who(), line["lot_id"], night.now)
    stopped = splitting.split(night.node, night.who(), piece, "1", "Cải lá", "kg", "1", night.now)["id"]
    with night.node.write(night.node.machine("t"), night.now) as tx:
        stock.apply_state(tx, tx.session.get_one(StockLot, (night.node.id, stopped)), "blocked", "expired")
    receiving.hold(night.node, night.who(), line["id"], night.now)
    states = [(night.lot(lot)["state"], night.lot(lot)["reason"]) for lot in (piece, mixed, stopped, other)]
    assert states == [("held", "person"), ("held", "person"), ("blocked", "expired"), ("sellable", "opening")]
    with night.node.db.read() as session:
        rows = session.execute(select(LotParent.parent_id, LotParent.state).where(LotParent.child_id == mixed)).all()
    assert dict(map(tuple, rows)) == {piece: "held", other: "sellable"}


def test_kilograms_lost_of_pieces_nobody_weighed_are_unknown_not_nothing(night: Night) -> None:
    lot = laid_out(night, "Gà ta", "3", "con", group="thit")
    splitting.split(night.node, night.who(), lot, "2", "Gà nửa con", "mảnh", "4", night.now)
    crates = laid_out(night, "Cải thảo", "60")
    splitting.split(night.node, night.who(), crates, "10", "Cải sạch", "kg", "9.2", night.now)
    with night.node.db.read() as session:
        acts = select(AuditEntry.body).where(AuditEntry.act == "lot_split")
        rows = session.scalars(acts.order_by(AuditEntry.number)).all()
    told = [(row["loss"], row["lost_kg"]) for row in rows]
    assert told == [("unknown", "unknown"), ("0.8", "0.8")]
