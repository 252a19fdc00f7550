"""Papers that come later: promised, reminded of, held again; the answer window never moves."""

from datetime import timedelta
from typing import Any

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import cases, papers, receiving, reminders
from pos_trace.services.papers import PaperIn
from pos_trace.store.models import Case, Flag
from tests.services.night import Night, on_sqlite


def owed(night: Night, name: str = "Rau thơm", group: str = "rau") -> dict[str, Any]:
    night.pull()
    return night.loose(night.deliver(), name, group, "10", "kg")


def the_list(night: Night, **later: float) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reminders.listed(night.node, night.who(), night.later(**later))["reminders"]
    return found


@pytest.mark.parametrize(("group", "state"), [("rau", "sellable"), ("thit", "held")])
def test_promised_papers_let_a_line_sell_only_where_its_group_allows_it(night: Night, group: str, state: str) -> None:
    line = owed(night, group=group)
    assert night.lot(line["lot_id"])["state"] == "held"
    by = night.later(hours=3)
    told = reminders.later(night.node, night.who(), line["flag"]["id"], by, night.now)["flag"]
    assert (told["promised"], told["by"], told["left"]) == (True, by.isoformat(), "còn 3 giờ")
    assert night.lot(line["lot_id"])["state"] == state
    assert told["due_at"] == line["flag"]["due_at"]
    reminders.due(night.node, night.later(hours=3))
    assert night.lot(line["lot_id"])["state"] == "held"
    assert the_list(night, hours=3)[0]["promised"] is False


def test_a_photo_from_another_phone_ends_what_was_promised(night: Night) -> None:
    line = owed(night)
    reminders.later(night.node, night.who(), line["flag"]["id"], None, night.now)
    other = night.who(id="receiver-2")
    (found,) = reminders.listed(night.node, other, night.now)["reminders"]
    assert (found["goods_name"], found["missing"]) == ("Rau thơm", "bảng kê hoặc hóa đơn mua, ngày, ảnh")
    receiving.close(night.node, night.who(), found["delivery_id"], night.now)
    paper = papers.add(
        night.node, other, found["delivery_id"], PaperIn("bang_ke", None, night.now.date()), line["id"], night.now
    )
    from tests.services.test_papers_shared import photograph

    photograph(night, paper["paper"]["id"])
    papers.add(night.node, other, found["delivery_id"], PaperIn("khac"), line["id"], night.now)
    assert the_list(night) == []
    assert night.lot(line["lot_id"])["state"] == "sellable"
    assert reminders.due(night.node, night.later(hours=23)) == 0


def test_each_moment_is_told_once_and_the_window_still_ends_in_a_case(night: Night) -> None:
    line = owed(night, group="thit")
    due = night.later(hours=24)
    told = [reminders.due(night.node, at) for at in (
        night.now, due - timedelta(hours=2), due - timedelta(hours=2), due - timedelta(minutes=30), due)]  # fmt: skip
    assert told == [0, 1, 0, 1, 0]
    assert the_list(night, hours=24)[0]["left"] == "quá giờ"
    assert cases.due_flags(night.node, due) == 1
    assert night.count(Case) == 1
    assert the_list(night, hours=24) == []
    with pytest.raises(Conflict, match="flag_closed"):
        reminders.later(night.node, night.who(), line["flag"]["id"], None, due)


@on_sqlite
@pytest.mark.parametrize("hours", [-1, 0, 24.1])
def test_a_promise_lies_within_the_window(night: Night, hours: float) -> None:
    line = owed(night)
    with pytest.raises(Invalid, match="later_out_of_window"):
        reminders.later(night.node, night.who(), line["flag"]["id"], night.later(hours=hours), night.now)


def test_an_answered_an_over_and_a_neighbours_question_take_no_promise(night: Night) -> None:
    line = owed(night)
    flag = line["flag"]["id"]
    with pytest.raises(Conflict, match="window_over"):
        reminders.later(night.node, night.who(), flag, None, night.later(hours=24))
    with pytest.raises(NotFound):
        reminders.later(night.node, night.who("E-01"), flag, None, night.now)
    assert reminders.listed(night.node, night.who("E-01"), night.now)["reminders"] == []
    receiving.hold(night.node, night.who(), line["id"], night.now)
    with pytest.raises(Conflict, match="flag_closed"):
        reminders.later(night.node, night.who(), flag, None, night.now)
    assert night.count(Flag, Flag.later_by.is_not(None)) == 0
