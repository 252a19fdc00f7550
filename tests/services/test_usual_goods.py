"""One scan × many crates: what a crate held the last time, what is odd, "giống hôm qua"."""

from decimal import Decimal

import pytest

from pos_trace.core.errors import Conflict, Invalid
from pos_trace.services import deliveries, receiving, usual_goods
from pos_trace.services.papers import PaperIn
from pos_trace.store.models import DeliveryLine, Scan
from tests.services.night import CABBAGE, Night


def test_a_crates_kilograms_are_remembered_by_supplier_goods_and_unit(night: Night) -> None:
    night.pull()
    first = night.scan(CABBAGE, night.deliver(), "20", "sọt", content_kg="30")["line"]
    assert (first["kg"], first["content_kg"]) == ("600", "30")
    assert night.scan(CABBAGE, night.deliver(), "20", "sọt")["line"]["kg"] == "600"
    dry = night.scan(CABBAGE, night.deliver(), "20", "sọt", dry_run=True)
    assert dry["suggest"]["unit"] == "sọt"
    assert dry["suggest"]["units"] == {"sọt": {"content_kg": "30", "usual": "20", "last": "20"}}
    assert night.scan(CABBAGE, night.deliver(supplier="khác"), "1", "sọt")["line"]["kg"] == "30"
    assert night.scan(CABBAGE, night.deliver(), "1", "thùng")["line"]["kg"] is None
    assert night.scan(CABBAGE, night.deliver(), "1", "tạ", content_kg="7")["line"]["kg"] == "100"


def test_a_neighbours_crates_say_nothing(night: Night) -> None:
    night.pull()
    night.scan(CABBAGE, night.deliver(), "20", "sọt", content_kg="30")
    assert night.scan(CABBAGE, night.deliver("E-01"), "20", "sọt", number="E-01")["line"]["kg"] == "500"


@pytest.mark.parametrize("content", ["0", "-1", "nặng", 1.5])
def test_a_content_is_a_number_above_nothing(night: Night, content: object) -> None:
    night.pull()
    with pytest.raises(Invalid, match="content_invalid"):
        night.scan(CABBAGE, night.deliver(), "20", "sọt", content_kg=content)
    assert night.count(Scan) == 0


def test_a_quantity_far_above_the_usual_is_asked_about_once(night: Night) -> None:
    night.pull()
    for _ in range(2):
        night.scan(CABBAGE, night.deliver(), "400", "kg", confirm=False)
    delivery = night.deliver()
    dry = night.scan(CABBAGE, delivery, "2000", "kg", dry_run=True)
    assert dry["ask"] == {
        "code": "quantity_unusual", "text": "Gấp 5 lần mọi khi. Đúng 2.000 kg (hai nghìn)?", "usual": "400",
    }  # fmt: skip
    scans = night.count(Scan)
    with pytest.raises(Conflict, match="quantity_unusual"):
        night.scan(CABBAGE, delivery, "2000", "kg", confirm=False)
    assert night.count(Scan) == scans
    assert night.scan(CABBAGE, delivery, "2000", "kg", confirm=True)["line"]["accepted"] == "2000"


@pytest.mark.parametrize(("quantity", "asked"), [("1200", False), ("1200.001", True), ("0.1", False)])
def test_three_times_the_usual_is_not_odd_yet(quantity: str, asked: bool) -> None:
    assert bool(usual_goods.question(Decimal(quantity), "kg", Decimal(400))) is asked


def test_crates_are_held_against_what_came_in_kilograms(night: Night) -> None:
    night.pull()
    for _ in range(2):
        night.scan(CABBAGE, night.deliver(), "100", "kg")
    assert night.scan(CABBAGE, night.deliver(), "20", "sọt", dry_run=True)["ask"]["usual"] == "4"
    assert night.scan(CABBAGE, night.deliver(), "20", "thùng", dry_run=True)["ask"] is None


def test_loose_goods_are_asked_about_too_and_nothing_is_written(night: Night) -> None:
    who, node = night.who(), night.node
    for _ in range(2):
        night.loose(night.deliver())
    delivery = night.deliver()
    lines = night.count(DeliveryLine)
    with pytest.raises(Conflict, match="quantity_unusual"):
        receiving.add_loose(node, who, delivery, "ga ta lam san", "thit", "120", "con", (), night.now, confirm=False)
    assert night.count(DeliveryLine) == lines


def test_yesterdays_lines_are_offered_without_their_papers(night: Night) -> None:
    night.pull()
    yesterday = night.deliver()
    told = PaperIn("bang_ke", "7", night.now.date(), "x")
    receiving.add_loose(
        night.node, night.who(), yesterday, "Cá diêu hồng", "ca", "60", "kg", (told,), night.now, content_kg="1"
    )
    night.scan(CABBAGE, yesterday, "20", "sọt")
    receiving.close(night.node, night.who(), yesterday, night.now)
    at = night.later(days=1)
    today = deliveries.open_delivery(night.node, night.who(), at, supplier_name="HTX (mẫu)")["id"]
    before = deliveries.before(night.node, night.who(), today, at)
    assert before["day"] == "hôm qua"
    assert [(one["goods_name"], one["quantity"], one["unit"], one["coded"]) for one in before["lines"]] == [
        ("Cá diêu hồng", "60", "kg", False), ("Cải thảo Măng Đen", "20", "sọt", True),
    ]  # fmt: skip
    assert "bang_ke" not in str(before)


def test_a_new_supplier_a_driver_alone_and_a_cancelled_delivery_offer_nothing(night: Night) -> None:
    cancelled = night.deliver()
    night.loose(cancelled)
    receiving.cancel(night.node, night.who(), cancelled, "", night.now)
    alone = deliveries.open_delivery(night.node, night.who(), night.now, driver_only=True)["id"]
    for delivery in (night.deliver(), night.deliver(supplier="mới"), alone):
        assert deliveries.before(night.node, night.who(), delivery, night.now)["lines"] == []
