"""A line of a till is looked up among the stall's own goods, whatever else lies in the same box."""

from typing import Any

import pytest

from pos_trace.services import goods_asked
from tests.services.night import FISH, Night, asked, sell, url


@pytest.fixture
def theirs(night: Night) -> str:
    """The fish of the stall next door, a lot the province knows."""
    night.pull()
    return str(night.receive(FISH, "10", "khay", "E-01")["lot_id"])


def looked_up(night: Night, number: str, **told: Any) -> tuple[str | None, list[str]]:
    """The lot a line names and the open lots of its goods."""
    with night.node.db.read() as session:
        goods = goods_asked.find(session, night.node, night.who(number), asked(**told))
        return goods.chosen.id if goods.chosen is not None else None, [lot.id for lot in goods.open_lots]


@pytest.mark.parametrize(
    "told",
    [
        {"barcode": url(FISH)},
        {"lot": FISH},
        {"lot": "CL2611B", "name": "Cá lăng phi lê khay 500 g"},
        {"barcode": "09521234600138", "lot": "CL2611B"},
    ],
    ids=["a scanned label", "a key", "a label and a name", "a barcode and a label"],
)
def test_the_neighbours_lot_is_not_found_by_any_name(night: Night, theirs: str, told: dict[str, Any]) -> None:
    assert looked_up(night, "E-01", **told) == (theirs, [theirs])
    assert looked_up(night, "A-12", **told) == (None, [])


def test_a_sale_of_a_label_only_the_neighbour_has_leaves_the_neighbours_stock(night: Night, theirs: str) -> None:
    answer = sell(night, asked(barcode=url(FISH), quantity="1", unit="khay"))
    assert answer["lines"][0]["candidates"] == []
    assert [part["lot"] for part in answer["lines"][0]["lots"]] == [None]
    assert night.lot(theirs)["on_hand"] == 10
    night.ledger_agrees()
