"""What a correction or a count adds to a lot was received too: it counts against the lot's declared quantity."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from pos_trace.services import adjusting, closing, counting, judging, receiving, sightings, splitting
from pos_trace.store.models import DeliveryLine, OutboxMessage, VerdictRow
from tests.services.night import CABBAGE, Night, laid_out, on_sqlite
from tests.services.test_judging import publish

Line = dict[str, Any]


@pytest.fixture
def full(night: Night) -> tuple[Night, str, Line]:
    """A closed delivery that brought all the 100 kg of its lot."""
    publish(night, CABBAGE, net_quantity="100", unit="kg")
    delivery = night.deliver()
    line = night.scan(CABBAGE, delivery, "100", "kg")["line"]
    receiving.close(night.node, night.who(), delivery, night.now)
    return night, delivery, line


def received(night: Night) -> Decimal:
    with night.node.db.read() as session:
        return judging.received_of(session, night.node, CABBAGE)


def status(night: Night, line: Line) -> str:
    with night.node.db.read() as session:
        row = session.get_one(DeliveryLine, (night.node.id, line["id"]))
        return session.get_one(VerdictRow, (night.node.id, row.verdict_id)).status


def adjust(night: Night, delivery: str, line: Line, quantity: str, less: bool = False) -> None:
    told = (delivery, line["id"], quantity, "kg", "đếm lại")
    adjusting.adjust(night.node, night.who(), *told, night.now, less=less)


def count(night: Night, lot: str, counted: str) -> None:
    counting.count(night.node, night.who(), lot, counted, "kiểm kho", night.now)


def test_a_correction_upwards_is_held_against_the_lot_and_one_downwards_ends_it(full: tuple[Night, str, Line]) -> None:
    night, delivery, line = full
    assert status(night, line) == "verified"
    adjust(night, delivery, line, "500")
    assert (received(night), status(night, line)) == (600, "attention")
    adjust(night, delivery, line, "510", less=True)
    assert (received(night), status(night, line)) == (90, "verified")


def test_a_count_upwards_is_too_and_a_later_one_takes_back_what_it_found(full: tuple[Night, str, Line]) -> None:
    night, _, line = full
    count(night, line["lot_id"], "600")
    assert (received(night), status(night, line)) == (600, "attention")
    count(night, line["lot_id"], "80")
    assert (received(night), status(night, line)) == (100, "verified")
    count(night, line["lot_id"], "100")
    assert received(night) == 100


@on_sqlite
def test_packs_and_mixed_goods_count_for_the_line_they_came_of(full: tuple[Night, str, Line]) -> None:
    night, _, line = full
    packs = splitting.repack(night.node, night.who(), line["lot_id"], "20", "túi", "500", "g", night.now)["id"]
    count(night, packs, "220")
    assert (received(night), status(night, line)) == (200, "attention")
    parts = [(line["lot_id"], None), (laid_out(night, "Cải bó", "5"), None)]
    mixed = splitting.merge(night.node, night.who(), parts, night.now, name="Cải trộn")["id"]
    count(night, mixed, "195")
    assert received(night) == 300
    count(night, packs, "20")
    assert received(night) == 200


@on_sqlite
def test_a_lot_opened_again_and_goods_nobody_delivered_add_nothing(full: tuple[Night, str, Line]) -> None:
    night, _, line = full
    closing.close(night.node, night.who(), line["lot_id"], night.now)
    closing.reopen(night.node, night.who(), line["lot_id"], "60", "đóng nhầm", night.later(minutes=1))
    count(night, laid_out(night), "30")
    assert (received(night), status(night, line)) == (100, "verified")


@on_sqlite
def test_pieces_nobody_weighed_are_counted_as_pieces_or_not_at_all(night: Night) -> None:
    night.pull()
    line = night.receive(CABBAGE, "10", "bó")
    count(night, line["lot_id"], "12")
    assert received(night) == 12
    half = splitting.split(night.node, night.who(), line["lot_id"], "2", "Cải nửa", "gói", "4", night.now)["id"]
    count(night, half, "400")
    assert received(night) == 12


@on_sqlite
def test_the_department_is_told_the_kilograms_that_were_really_there(full: tuple[Night, str, Line]) -> None:
    night, delivery, line = full
    adjust(night, delivery, line, "30")
    count(night, line["lot_id"], "150")
    day = night.now.astimezone(night.node.zone).date()
    assert sightings.queue_day(night.node, day, night.now + timedelta(days=1)) == 1
    with night.node.db.read() as session:
        body = orjson.loads(session.query(OutboxMessage).filter_by(kind="sighting").one().body)
    assert [told["received_kg"] for told in body["sightings"]] == ["150"]
