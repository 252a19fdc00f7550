"""The answer window (decision 1): 24 h, 1 h for a cancelled code, never under 30 minutes; what ends it."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pos_trace.core.errors import Conflict, Invalid
from pos_trace.services import cases, deliveries, papers, receiving, reminders, splitting
from pos_trace.services.papers import PaperIn
from pos_trace.store.models import Case, Flag
from tests.services.night import REVOKED, Night, on_sqlite
from tests.services.test_papers_shared import photograph

SECOND = timedelta(seconds=1)


def fish(night: Night) -> dict[str, Any]:
    """A loose line without papers, its window of 24 h running."""
    return night.loose(night.deliver(), "Cá rô", "ca", "10", "kg")


def revoked(night: Night) -> dict[str, Any]:
    """Goods under a cancelled code: one hour."""
    line: dict[str, Any] = night.scan(REVOKED, night.deliver(), "4", "gói")["line"]
    return line


def due(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(line["flag"]["due_at"])


@pytest.mark.parametrize(("receive", "window"), [(fish, timedelta(hours=24)), (revoked, timedelta(hours=1))])
def test_a_question_becomes_a_case_at_the_end_of_its_window_and_not_before(
    night: Night, receive: Any, window: timedelta
) -> None:
    night.pull()
    line = receive(night)
    assert due(line) == night.now + window
    assert cases.due_flags(night.node, due(line) - SECOND) == 0
    assert cases.due_flags(night.node, due(line)) == 1
    assert cases.due_flags(night.node, due(line) + SECOND) == 0
    assert night.count(Case) == 1


@on_sqlite
@pytest.mark.parametrize("receive", [fish, revoked])
@pytest.mark.parametrize("told", [timedelta(0), timedelta(minutes=29), timedelta(minutes=31)])
def test_no_configured_window_is_under_half_an_hour(night: Night, receive: Any, told: timedelta) -> None:
    night.pull()
    clocks = replace(night.node.policy.clocks, report_after=told, report_after_revoked=told)
    station = replace(night.node, policy=replace(night.node.policy, clocks=clocks))
    night.pair.station = station
    line = receive(night)
    assert due(line) - night.now == max(told, timedelta(minutes=30))


def give_back(night: Night, line: dict[str, Any]) -> None:
    receiving.refuse(night.node, night.who(), line["id"], line["accepted"], line["unit"], "không giấy", night.now)


def hold(night: Night, line: dict[str, Any]) -> None:
    receiving.hold(night.node, night.who(), line["id"], night.now)


@pytest.mark.parametrize("receive", [fish, revoked])
@pytest.mark.parametrize(("answer", "state"), [(give_back, "refused"), (hold, "held")])
def test_one_tap_ends_the_question_and_no_case_follows(night: Night, receive: Any, answer: Any, state: str) -> None:
    night.pull()
    line = receive(night)
    answer(night, line)
    assert cases.due_flags(night.node, night.later(days=30)) == 0
    assert night.count(Flag, Flag.state == state) == 1
    assert night.count(Case) == 0
    lot = night.lot(line["lot_id"])
    assert (lot["state"], lot["on_hand"]) != ("sellable", Decimal(line["accepted"]))


@on_sqlite
def test_held_goods_may_be_sent_later_by_the_owner(night: Night) -> None:
    line = fish(night)
    hold(night, line)
    assert cases.send_flag(night.node, night.who(), line["flag"]["id"], night.later(days=2))["case_id"]
    assert night.count(Case) == 1


def test_a_promise_moves_no_window(night: Night) -> None:
    line = fish(night)
    at = due(line)
    reminders.later(night.node, night.who(), line["flag"]["id"], at, night.now)
    with pytest.raises(Invalid, match="later_out_of_window"):
        reminders.later(night.node, night.who(), line["flag"]["id"], at + SECOND, night.now)
    assert cases.due_flags(night.node, at - SECOND) == 0
    assert cases.due_flags(night.node, at) == 1


@on_sqlite
def test_of_a_cancelled_code_no_papers_are_promised(night: Night) -> None:
    night.pull()
    line = revoked(night)
    with pytest.raises(Conflict, match="flag_closed"):
        reminders.later(night.node, night.who(), line["flag"]["id"], None, night.now)


def test_closing_early_or_late_changes_no_window(night: Night) -> None:
    delivery = night.deliver()
    line = night.loose(delivery, "Cá rô", "ca", "10", "kg")
    receiving.close(night.node, night.who(), delivery, night.later(hours=3))
    (again,) = deliveries.detail(night.node, night.who(), delivery, night.later(hours=3))["lines"]
    assert due(again) == due(line)


def test_papers_that_come_after_closing_free_what_was_cut_from_the_goods_too(night: Night) -> None:
    delivery = night.deliver()
    line = night.loose(delivery, "Cá rô", "ca", "10", "kg")
    receiving.close(night.node, night.who(), delivery, night.now)
    part = splitting.split(night.node, night.who(), line["lot_id"], "4", "Cá rô phi lê", "kg", "3", night.now)
    child = part.get("lot_id") or part["id"]
    assert night.lot(child)["state"] == night.lot(line["lot_id"])["state"] == "held"
    told = PaperIn("bang_ke", "7", night.now.date(), "Chị Ba (mẫu)")
    paper = papers.add(night.node, night.who(), delivery, told, None, night.later(hours=5))["paper"]
    photograph(night, paper["id"])
    papers.add(night.node, night.who(), delivery, PaperIn("khac"), None, night.later(hours=5))
    assert night.lot(child)["state"] == night.lot(line["lot_id"])["state"] == "sellable"
    assert cases.due_flags(night.node, night.later(days=3)) == 0
