"""Goods cleared by a conclusion have their group's time again: they were set aside, nobody could sell of them."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from pos_trace.core.ports import FeedPage
from pos_trace.services import cases, closing, feeds, inspecting, outbox, stock, sync
from pos_trace.services.conclusions import conclude
from pos_trace.services.node import Node
from tests.services.case_desk import Straight
from tests.services.night import Night, asked, sell, with_ports
from tests.services.two_nodes import SITE_ID, as_station, officer

HELD_FOR = timedelta(hours=30)
CLEARED = {"outcome": "complies", "origin_finding": "cleared", "reason": "đủ giấy tờ"}


@dataclass
class Told:
    """The province's case feed without HTTP."""

    province: Node

    def case_events(self, since: int) -> FeedPage:
        told = feeds.case_events(self.province, as_station(), since, 100)
        return FeedPage("ok", tuple(told["events"]), told["next"], told["more"])


def cleared(night: Night) -> tuple[Night, str]:
    """USERS row 20: chickens without papers go to a case and are cleared after more than their one day; the lot."""
    night = with_ports(night, department=Straight(night.pair, night.now), feed=Told(night.pair.province))
    line = night.loose(night.deliver(), "Gà ta làm sẵn", "gia_cam", "12", "con")
    case_id = cases.send_flag(night.node, night.who(), line["flag"]["id"], night.now)["case_id"]
    outbox.deliver_due(night.node, night.now)
    then, desk = night.now + HELD_FOR, officer(night.pair.province)
    assert closing.shelf_life_due(night.node, then) == 0
    inspecting.take(night.pair.province, desk, SITE_ID, case_id, then)
    conclude(night.pair.province, desk, SITE_ID, case_id, CLEARED, then)
    sync.poll_cases(night.node, then)
    return night, line["lot_id"]


def test_cleared_chickens_are_sold_and_closed_a_day_after_they_were_released(night: Night) -> None:
    night, lot = cleared(night)
    then = night.now + HELD_FOR
    assert closing.shelf_life_due(night.node, then) == 0
    assert (night.lot(lot)["state"], night.lot(lot)["reason"]) == ("sellable", "conclusion")
    sell(night, asked(name="Gà ta làm sẵn", quantity="5", unit="con"), at=then)
    assert night.lot(lot)["on_hand"] == 7
    assert closing.shelf_life_due(night.node, then + timedelta(hours=23)) == 0
    assert closing.shelf_life_due(night.node, then + timedelta(hours=24)) == 1
    assert night.lot(lot)["reason"] == "shelf_life"
    night.ledger_agrees()


@pytest.mark.parametrize("before", ["held", "blocked"])
def test_the_moment_of_release_is_kept_and_being_judged_the_same_moves_nothing(night: Night, before: str) -> None:
    line = night.loose(night.deliver(), "Gà ta", "gia_cam", "12", "con")
    steps = ((1, before), (2, "sellable"), (3, "sellable"))
    for hours, state in steps:
        with night.node.write(night.who(), night.later(hours=hours)) as tx:
            stock.apply_state(tx, stock.own_lot(tx.session, night.who(), line["lot_id"]), state, f"r{hours}")
    with night.node.db.read() as session:
        origin = stock.own_lot(session, night.who(), line["lot_id"]).origin
    assert origin[stock.RELEASED] == night.later(hours=2).isoformat()
