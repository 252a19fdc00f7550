"""Kilograms of a truck's paper that came free go to the lines that wait for them, whoever's they are."""

from collections.abc import Callable

import pytest

from pos_trace.services import adjusting, deliveries, receiving, reminders
from pos_trace.services.papers import PaperIn, add
from tests.services.night import Night, on_sqlite
from tests.services.test_papers_shared import bought, photograph, quarantine, status, truck

GOOD, WAITS = ("documented", "sellable"), ("undetermined", "held")


def shared(night: Night, *amounts: tuple[str, str]) -> dict[str, str]:
    """Meat at two stalls under one certificate of 900 kg; each has its own purchase paper."""
    night.pull()
    at = truck(night, *amounts)
    quarantine(night, at["A-12"], line=line_of(night, at["A-12"]))
    for who, delivery in sorted(at.items()):
        bought(night, delivery, who)
    return at


def line_of(night: Night, delivery: str, who: str = "A-12") -> str:
    return str(deliveries.detail(night.node, night.who(who), delivery, night.now)["lines"][0]["id"])


def refuse(night: Night, delivery: str) -> None:
    receiving.refuse(night.node, night.who(), line_of(night, delivery), "300", "kg", "không lạnh", night.now)


def refuse_all(night: Night, delivery: str) -> None:
    receiving.refuse(night.node, night.who(), line_of(night, delivery), "600", "kg", "không lạnh", night.now)


def cancel(night: Night, delivery: str) -> None:
    receiving.cancel(night.node, night.who(), delivery, "nhầm", night.now)


def correct(night: Night, delivery: str, quantity: str = "300", less: bool = True) -> None:
    told = (delivery, line_of(night, delivery), quantity, "kg", "cân lại")
    adjusting.adjust(night.node, night.who(), *told, night.now, less=less)


def close_and_correct(night: Night, delivery: str) -> None:
    receiving.close(night.node, night.who(), delivery, night.now)
    correct(night, delivery)


@pytest.mark.parametrize("frees", [refuse, refuse_all, cancel, close_and_correct])
def test_what_one_stall_gives_back_the_neighbours_waiting_line_takes(
    night: Night, frees: Callable[[Night, str], None]
) -> None:
    at = shared(night, ("A-12", "600"), ("E-01", "500"))
    assert status(night, at["E-01"], "E-01")[0][:2] == WAITS
    assert len(reminders.listed(night.node, night.who("E-01"), night.now)["reminders"]) == 1
    frees(night, at["A-12"])
    assert status(night, at["E-01"], "E-01") == [(*GOOD, "")]
    assert reminders.listed(night.node, night.who("E-01"), night.now)["reminders"] == []


@on_sqlite
def test_too_little_given_back_changes_nobodys_goods(night: Night) -> None:
    at = shared(night, ("A-12", "600"), ("E-01", "800"))
    refuse(night, at["A-12"])
    assert status(night, at["E-01"], "E-01")[0][:2] == WAITS
    assert status(night, at["A-12"], "A-12")[0][:2] == GOOD


@on_sqlite
def test_a_line_that_lacks_another_paper_too_goes_on_waiting(night: Night) -> None:
    night.pull()
    at = truck(night, ("A-12", "600"), ("E-01", "500"))
    quarantine(night, at["A-12"], line=line_of(night, at["A-12"]))
    refuse(night, at["A-12"])
    (told,) = status(night, at["E-01"], "E-01")
    assert told[:2] == WAITS
    assert "đủ số lượng" not in told[2]


def test_more_than_the_paper_states_asks_for_a_paper_and_sets_nobody_elses_goods_aside(night: Night) -> None:
    at = shared(night, ("A-12", "600"), ("E-01", "250"))
    receiving.close(night.node, night.who(), at["A-12"], night.now)
    correct(night, at["A-12"], "500", less=False)
    (mine,) = status(night, at["A-12"], "A-12")
    assert mine[:2] == WAITS
    assert "đủ số lượng (giấy ghi 900 kg, đã nhận 1.350 kg)" in mine[2]
    assert len(reminders.listed(night.node, night.who(), night.now)["reminders"]) == 1
    assert status(night, at["E-01"], "E-01") == [(*GOOD, "")]
    correct(night, at["A-12"], "500")
    assert status(night, at["A-12"], "A-12")[0][:2] == GOOD
    assert reminders.listed(night.node, night.who(), night.now)["reminders"] == []


@on_sqlite
def test_a_paper_of_the_stall_alone_is_freed_for_its_next_line(night: Night) -> None:
    night.pull()
    delivery = night.deliver()
    for second, kg in enumerate(("30", "20")):
        at = night.later(seconds=second)
        receiving.add_loose(night.node, night.who(), delivery, "Rau má", "rau", kg, "kg", (), at)
    told = PaperIn("bang_ke", "7", night.now.date(), "Chị Ba (mẫu)", None, "40")
    photograph(night, add(night.node, night.who(), delivery, told, None, night.now)["paper"]["id"])
    add(night.node, night.who(), delivery, PaperIn("khac"), None, night.now)
    assert [one[0] for one in status(night, delivery, "A-12")] == ["documented", "undetermined"]
    receiving.refuse(night.node, night.who(), line_of(night, delivery), "15", "kg", "dập", night.now)
    assert [one[0] for one in status(night, delivery, "A-12")] == ["documented", "documented"]
