"""What a stall that practises hands over is what it is; what lay there before the first day goes without an origin."""

from datetime import timedelta

import pytest

from pos_trace.core.errors import Conflict
from pos_trace.services import first_day, transfer_answers, transfers
from tests.services.night import Night, laid_out, on_sqlite
from tests.services.test_practice import practise
from tests.services.two_stations import bought, sent


def test_papers_seen_while_practising_are_papers_at_the_neighbour(night: Night) -> None:
    night.pull()
    practise(night)
    made = sent(night, (bought(night)["lot_id"], "4"), stall_number="E-01")
    assert [line["shown"] for line in made["lines"]] == [True]
    (coming,) = transfers.listed(night.node, night.who("E-01"), "in")["transfers"]
    told = transfer_answers.accept(night.node, night.who("E-01"), coming["id"], [], night.now)
    assert [line["verdict"]["status"] for line in told["delivery_lines"]] == ["documented"]


@on_sqlite
def test_opening_stock_is_not_documented_by_the_slip_it_goes_with(night: Night) -> None:
    night.pull()
    practise(night)
    made = sent(night, (laid_out(night, "Cà rốt", "10", group="rau"), "4"), stall_number="E-01")
    assert [line["shown"] for line in made["lines"]] == [False]
    (coming,) = transfers.listed(night.node, night.who("E-01"), "in")["transfers"]
    told = transfer_answers.accept(night.node, night.who("E-01"), coming["id"], [], night.now)
    assert [line["verdict"]["status"] for line in told["delivery_lines"]] == ["undetermined"]


def test_a_stall_that_does_not_practise_enters_opening_stock_as_long_as_one_that_does(night: Night) -> None:
    days = night.node.policy.clocks.practice_days
    laid_out(night, at=night.later(days=days - 1))
    assert first_day.goods(night.node, night.who(), night.later(days=days - 1))["open"] is True
    with pytest.raises(Conflict, match="opening_over"):
        laid_out(night, at=night.later(days=days))
    assert first_day.goods(night.node, night.who(), night.later(days=days))["open"] is False
    practise(night, days=days + 5)
    laid_out(night, at=night.later(days=days) + timedelta(hours=1))
