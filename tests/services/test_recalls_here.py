"""Recalls at a stall: which concern it, its figures, and "Đã thu hồi xong" said again when they move."""

import pytest

from pos_trace.core.errors import NotFound
from pos_trace.services import recalls_here, returning
from pos_trace.store.models import StopSale
from tests.services.night import CABBAGE, FISH, Night, asked, sell, url


@pytest.fixture
def recalled(night: Night) -> Night:
    """Ten trays of fish, two sold, then the recall; the neighbour has cabbage only."""
    night.pull()
    night.receive(FISH, "10", "khay")
    night.receive(CABBAGE, "5", "kg", "E-01")
    sell(night, asked(barcode=url(FISH), quantity="2", unit="khay"))
    night.recall(FISH)
    night.pull()
    return night


def test_a_stall_reads_the_recalls_that_stopped_its_goods_and_no_others(recalled: Night) -> None:
    (one,) = recalls_here.listed(recalled.node, recalled.who())["recalls"]
    assert one == one | {"recall_id": "TH-1", "status": "active", "done": None}
    assert recalls_here.listed(recalled.node, recalled.who("E-01")) == {"recalls": []}
    with pytest.raises(NotFound):
        recalls_here.complete(recalled.node, recalled.who("E-01"), "TH-1", recalled.now)


def test_goods_received_after_their_recall_are_listed_too(recalled: Night) -> None:
    recalled.receive(FISH, "3", "khay", "E-01")
    assert [one["recall_id"] for one in recalls_here.listed(recalled.node, recalled.who("E-01"))["recalls"]] == ["TH-1"]


def test_done_is_said_with_the_ledgers_figures_and_again_only_when_they_moved(recalled: Night) -> None:
    node, who = recalled.node, recalled.who()
    assert recalls_here.detail(node, who, "TH-1")["done"] is None
    done = recalls_here.complete(node, who, "TH-1", recalled.now)["done"]
    (sums,) = done["sums"]
    assert sums == sums | {"received": "10", "sold": "2", "on_hand": "8", "returned_recalled": "0"}
    assert (done["at"], done["moved"]) == (recalled.now.isoformat(), False)
    recalls_here.complete(node, who, "TH-1", recalled.later(hours=1))
    assert recalled.count(StopSale, StopSale.kind == recalls_here.DONE) == 1
    later, told = recalled.later(hours=2), {"recall_id": "TH-1", "without_receipt": True}
    returning.take_back(node, who, url(FISH), "1", "khay", later, **told)
    assert recalls_here.detail(node, who, "TH-1")["done"]["moved"] is True
    again = recalls_here.complete(node, who, "TH-1", recalled.later(hours=3))["done"]
    assert (again["moved"], again["sums"][0]["returned_recalled"]) == (False, "1")
    (one,) = recalls_here.listed(node, who)["recalls"]
    assert one["done"] == recalled.later(hours=3).isoformat()
