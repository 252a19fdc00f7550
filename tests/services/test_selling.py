"""A sale that happened: which lots it takes, what is told of their certainty, and that no paid sale is ever lost."""

import threading
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pos_trace.core.errors import Invalid
from pos_trace.services import closing, register, selling
from pos_trace.services.selling import SaleIn
from pos_trace.store.models import LotAllocation, OutboxMessage, Product, Receipt, Sale, SaleLine, StopSale
from tests.services.night import FISH, SISTER, Night, asked, laid_out, on_sqlite, open_stock, sell, url
from tests.services.two_nodes import officer

SOON, LATE = date(2026, 12, 1), date(2027, 1, 1)


def taken(answer: dict[str, Any], line: int = 0) -> list[tuple[str | None, str]]:
    """Lot and quantity of each part of an answered line."""
    return [(part["lot"], part["qty"]) for part in answer["lines"][line]["lots"]]


def harvested(night: Night, lot: str, day: str | None, minutes: int = 0) -> str:
    """A received lot of one product with a harvest day; answers its stock lot."""
    key = f"01/09521234600091/10/{lot}"
    told = {"key": key, "product_name": "Cà rốt", "facility_id": "F2", "status": "active", "harvest_date": day}
    register.put_lots(night.pair.province, officer(night.pair.province), [told], night.now)
    night.pull()
    return str(night.receive(key, "5", at=night.later(minutes=minutes))["lot_id"])


def test_one_open_lot_is_sure_and_the_ledger_follows(night: Night) -> None:
    lot = laid_out(night)
    answer = sell(night, asked(name="cà rốt", quantity="1.5", unit="kg", unit_price=20_000))
    line = answer["lines"][0]
    assert taken(answer) == [(lot, "1.5")]
    assert (line["lot_source"], line["candidates"]) == ("fefo", [lot])
    assert night.lot(lot)["on_hand"] == Decimal("8.5")
    night.ledger_agrees()


def test_first_expiring_first_and_every_open_lot_is_told_as_a_candidate(night: Night) -> None:
    plain = laid_out(night, quantity="2", at=night.later(hours=-3))
    late = laid_out(night, quantity="2", expiry=LATE, at=night.later(hours=-2))
    soon = laid_out(night, quantity="2", expiry=SOON, at=night.later(hours=-1))
    answer = sell(night, asked(name="Cà rốt", quantity="5", unit="kg"))
    assert taken(answer) == [(soon, "2"), (late, "2"), (plain, "1")]
    assert answer["lines"][0]["lot_source"] == "unknown"
    assert set(answer["lines"][0]["candidates"]) == {soon, late, plain}
    night.ledger_agrees()


def test_ties_go_by_harvest_then_by_receiving(night: Night) -> None:
    young, old = harvested(night, "YOUNG", "2026-11-23"), harvested(night, "OLD", "2026-11-20")
    assert taken(sell(night, asked(barcode="09521234600091", quantity="1", unit="kg"))) == [(old, "1")]
    fourth, third = harvested(night, "A", None, 2), harvested(night, "B", None, 1)
    answer = sell(night, asked(barcode="09521234600091", quantity="12", unit="kg"), name="s-2")
    assert [lot for lot, _ in taken(answer)] == [old, young, third]
    assert fourth in answer["lines"][0]["candidates"]


def test_the_paper_says_one_of_two_lots(night: Night, tmp_path: Any) -> None:
    from pos_trace.store.models import PrintJob
    from tests.services.night import with_printer

    with_printer(night, tmp_path)
    for quantity in ("2", "3"):
        laid_out(night, quantity=quantity)
    job = sell(night, asked(name="Cà rốt", quantity="1", unit="kg"))["print_job"]
    with night.node.db.read() as session:
        slip = str(session.get_one(PrintJob, (night.node.id, job)).slip)
    assert "một trong 2 lô" in slip


def test_more_than_is_on_hand_is_a_shortfall_never_a_negative_lot(night: Night) -> None:
    lot = laid_out(night, quantity="3")
    answer = sell(night, asked(name="Cà rốt", quantity="4.25", unit="kg"))
    assert taken(answer) == [(lot, "3"), (None, "1.25")]
    assert night.lot(lot)["on_hand"] == 0
    assert night.count(LotAllocation, LotAllocation.lot_id.is_(None)) == 1
    again = sell(night, asked(name="Cà rốt", quantity="1", unit="kg"), name="s-2")
    assert taken(again) == [(None, "1")]
    assert again["lines"][0]["verdict"] is None
    night.ledger_agrees()


def test_goods_never_received_are_sold_and_become_a_product(night: Night) -> None:
    answer = sell(night, asked(barcode="8938505974194", name="Muối hạt", quantity="2", unit="gói", unit_price=7000))
    again = sell(night, asked(barcode="8938505974194", quantity="1"), name="s-2")
    assert taken(answer) == [(None, "2")]
    assert taken(again) == [(None, "1")]
    with night.node.db.read() as session:
        row = session.query(Product).one()
        assert (row.name, row.barcode, row.unit, row.unit_price) == ("Muối hạt", "08938505974194", "gói", 7000)


def test_a_sale_by_amount_only_learns_its_quantity_from_the_last_price(night: Night) -> None:
    lot = laid_out(night)
    unknown = sell(night, asked(name="Cà rốt", amount=30_000))
    assert taken(unknown) == []
    assert unknown["lines"][0]["candidates"] == [lot]
    sell(night, asked(name="Cà rốt", quantity="1", unit="kg", unit_price=20_000), name="s-2", at=night.later(minutes=1))
    known = sell(night, asked(name="Cà rốt", amount=30_000), name="s-3", at=night.later(minutes=2))
    assert taken(known) == [(lot, "1.5")]
    with night.node.db.read() as session:
        rows = session.query(SaleLine).order_by(SaleLine.id).all()
        assert [(row.quantity, row.estimated, row.amount) for row in rows] == [
            (None, False, 30_000), (Decimal(1), False, 20_000), (Decimal("1.5"), True, 30_000),
        ]  # fmt: skip
        assert [row.total for row in session.query(Sale).order_by(Sale.id)] == [30_000, 20_000, 30_000]


def test_one_unpriced_line_leaves_the_sale_without_a_total(night: Night) -> None:
    lines = (asked(name="Cà rốt", quantity="1", unit="kg", unit_price=5), asked(name="Hành", quantity="1", unit="kg"))
    sell(night, *lines)
    with night.node.db.read() as session:
        assert session.query(Sale).one().total is None


@on_sqlite
@pytest.mark.parametrize(
    ("lot_unit", "told", "quantity", "expected"),
    [
        ("kg", "g", "500", [("lot", "0.5")]),
        ("kg", "ký", "2", [("lot", "2")]),
        ("kg", "con", "2", [(None, "2")]),
        ("kg", "thùng lớn", "2", [(None, "2")]),
        ("kg", None, "2", [("lot", "2")]),
        ("gói", "PCS", "2", [("lot", "2")]),
        ("gói", "kg", "2", [(None, "2")]),
        ("gói", None, "2", [("lot", "2")]),
    ],
)
def test_units_are_converted_where_they_can_be_and_otherwise_take_no_lot(
    night: Night, lot_unit: str, told: str | None, quantity: str, expected: list[tuple[str | None, str]]
) -> None:
    lot = laid_out(night, unit=lot_unit)
    answer = sell(night, asked(name="Cà rốt", quantity=quantity, unit=told))
    assert taken(answer) == [(lot if part else None, qty) for part, qty in expected]
    assert answer["lines"][0]["candidates"] == [lot]
    night.ledger_agrees()


@on_sqlite
@pytest.mark.parametrize("by", ["id", "label", "key", "digital_link"])
def test_the_lot_that_was_named_wins_over_the_one_expiring_first(night: Night, by: str) -> None:
    night.pull()
    night.receive(FISH, "10", "khay")
    sister = night.receive(SISTER, "10", "khay")["lot_id"]
    line = {"id": {"lot": sister}, "key": {"lot": SISTER}, "digital_link": {"barcode": url(SISTER)},
            "label": {"name": "Cá lăng phi lê khay 500 g", "lot": "CL2611C"}}[by]  # fmt: skip
    answer = sell(night, asked(quantity="3", unit="khay", **line))
    assert taken(answer) == [(sister, "3")]
    assert answer["lines"][0]["lot_source"] == "scanned"
    assert answer["lines"][0]["verdict"] == {"status": "verified", "word": "KHỚP HỒ SƠ", "state": "sellable"}
    till = sell(night, asked(quantity="1", unit="khay", lot=sister), name="s-2", who={"kind": "key"})
    assert till["lines"][0]["lot_source"] == "pos"


def test_a_named_lot_that_is_too_small_is_no_longer_sure(night: Night) -> None:
    small, other = laid_out(night, quantity="1"), laid_out(night, quantity="9")
    answer = sell(night, asked(name="Cà rốt", quantity="3", unit="kg", lot=small))
    assert taken(answer) == [(small, "1"), (other, "2")]
    assert answer["lines"][0]["lot_source"] == "unknown"


def test_a_lot_the_books_closed_is_still_the_one_on_the_pack(night: Night) -> None:
    lot = laid_out(night)
    closing.close(night.node, night.who(), lot, night.now)
    answer = sell(night, asked(quantity="1", unit="kg", lot=lot))
    assert taken(answer) == [(None, "1")]
    assert answer["lines"][0]["candidates"] == [lot]
    night.ledger_agrees()


def test_a_blocked_lot_is_sold_told_and_logged_but_never_refused(night: Night) -> None:
    night.pull()
    lot = night.receive(FISH, "10", "khay")["lot_id"]
    night.recall(FISH)
    answer = sell(night, asked(barcode=url(FISH), quantity="2", unit="khay"))
    assert taken(answer) == [(lot, "2")]
    alarm = {"line_no": 1, "lot": lot, "certainty": "sure", "text": "Cá lăng phi lê khay 500 g – lô CL2611B: KHÔNG BÁN"}
    assert answer["alarms"] == [alarm]
    assert night.count(StopSale, StopSale.kind == "sold", StopSale.sale_id == answer["id"]) == 1


def test_a_recalled_lot_that_may_have_been_sold_is_told_with_its_certainty(night: Night) -> None:
    night.pull()
    fish, sister = (night.receive(key, "10", "khay")["lot_id"] for key in (FISH, SISTER))
    night.recall(FISH)
    answer = sell(night, asked(barcode="09521234600138", quantity="2", unit="khay"))
    assert taken(answer) == [(sister, "2")]
    assert [(alarm["lot"], alarm["certainty"]) for alarm in answer["alarms"]] == [(fish, "candidates")]


def test_without_a_public_address_nothing_is_published_and_no_qr_is_promised(night: Night) -> None:
    from dataclasses import replace

    told = SaleIn("s-1", (asked(name="Cà rốt", quantity="1", unit="kg"),))
    answer = selling.record_sale(replace(night.node, public_base_url=None), night.who(), told, night.now)
    assert (answer["trace_url"], answer["short_code"], answer["qr_text"]) == (None, None, None)
    assert night.count(OutboxMessage) == 0
    assert night.count(Receipt) == 1


def test_the_neighbours_goods_are_never_taken(night: Night) -> None:
    theirs = laid_out(night, number="E-01")
    for name, told in (
        ("s-1", {"name": "Cà rốt"}),
        ("s-2", {"lot": theirs}),
        ("s-3", {"name": "Cà rốt", "lot": theirs}),
    ):
        answer = sell(night, asked(quantity="1", unit="kg", **told), name=name)
        assert taken(answer) == [(None, "1")]
        assert answer["lines"][0]["candidates"] == []
    assert night.lot(theirs)["on_hand"] == 10
    assert [lot["id"] for lot in open_stock(night, "E-01")] == [theirs]


def test_two_threads_selling_the_last_kilogram_never_sell_it_twice(night: Night) -> None:
    lot = laid_out(night, quantity="5")
    gate, answers = threading.Barrier(4), []

    def till(number: int) -> None:
        gate.wait(10)
        answers.append(sell(night, asked(name="Cà rốt", quantity="2", unit="kg"), name=f"t-{number}"))

    run = [threading.Thread(target=till, args=(number,)) for number in range(4)]
    for thread in run:
        thread.start()
    for thread in run:
        thread.join(30)
    parts = [part for answer in answers for part in taken(answer)]
    assert len(answers) == 4
    assert sum(Decimal(qty) for one, qty in parts if one == lot) == 5
    assert sum(Decimal(qty) for one, qty in parts if one is None) == 3
    assert night.lot(lot)["on_hand"] == 0
    night.ledger_agrees()


@on_sqlite
@pytest.mark.parametrize(
    ("offset", "good"),
    [
        (timedelta(days=-31), True),
        (timedelta(minutes=10), True),
        (timedelta(days=-31, seconds=-1), False),
        (timedelta(minutes=10, seconds=1), False),
    ],
)
def test_a_time_out_of_reach_is_refused(night: Night, offset: timedelta, good: bool) -> None:
    line = asked(name="Cà rốt", quantity="1", unit="kg")
    if good:
        assert sell(night, line, time=night.now + offset)["receipt_no"]
    else:
        with pytest.raises(Invalid, match="time_out_of_reach"):
            sell(night, line, time=night.now + offset)
        assert night.count(Sale) == 0


def test_a_sale_of_nothing_or_of_endless_money_is_refused(night: Night) -> None:
    with pytest.raises(Invalid, match="lines_missing"):
        sell(night)
    with pytest.raises(Invalid, match="amount_out_of_range"):
        sell(night, asked(name="x", quantity="1000000000", unit="kg", unit_price=10**12))
    assert night.count(Sale) == night.count(Product) == 0
