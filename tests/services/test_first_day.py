"""The first day: ticks come from what happened; the catalogue adds what is missing; papers print or say why not."""

from pathlib import Path

import pytest

from pos_trace.core.errors import Conflict, Invalid
from pos_trace.services import first_day, starter
from pos_trace.store.models import PrintJob, Product, Stall
from tests.services.night import CABBAGE, Night, laid_out, on_sqlite, with_printer
from tests.services.test_practice import practise


def ticks(night: Night, number: str = "A-12") -> dict[str, bool]:
    told = first_day.steps(night.node, night.who(number), night.now)
    assert told["done"] == sum(row["done"] for row in told["steps"])
    return {row["name"]: row["done"] for row in told["steps"]}


def test_each_step_is_ticked_when_it_really_happened_and_only_for_this_stall(night: Night, tmp_path: Path) -> None:
    night.pull()
    assert not any(ticks(night).values())
    with_printer(night, tmp_path)
    first_day.print_test(night.node, night.who(), night.now)
    assert ticks(night)["printer"] is False
    with night.node.write(night.node.machine("t"), night.now) as tx:
        tx.session.query(PrintJob).one().state = "confirmed"
    assert ticks(night)["printer"]
    starter.take(night.node, night.who(), [], ["Cải thảo"], night.now)
    assert ticks(night)["goods"]
    laid_out(night, "Cải thảo")
    assert ticks(night)["opening"]
    delivery = night.deliver()
    assert ticks(night)["suppliers"]
    night.scan(CABBAGE, delivery)
    assert all(ticks(night).values())
    assert not any(ticks(night, "E-01").values())


def test_the_test_slip_bears_the_stalls_name_and_the_sheet_the_promise(night: Night, tmp_path: Path) -> None:
    for act in (first_day.print_test, first_day.print_sheet):
        with pytest.raises(Conflict, match="no_printer"):
            act(night.node, night.who(), night.now)
    with_printer(night, tmp_path)
    practise(night)
    first_day.print_test(night.node, night.who(), night.now)
    first_day.print_sheet(night.node, night.who(), night.now)
    with night.node.db.read() as session:
        slips = {row.kind: str(row.slip) for row in session.query(PrintJob)}
    assert "SẠP A-12" in slips["stall_test"]
    assert "BẢN TẬP DÙNG" in slips["stall_test"]
    assert "Máy không gửi giá bán, doanh thu, số tiền." in slips["first_day"]
    told = first_day.sheet_of_stall(night.node, night.who())
    assert told["stall"].startswith("Sạp A-12")
    assert told["call"] == "Cần giúp, gặp ban quản lý chợ"


def test_opening_stock_is_offered_by_goods_until_practice_ends(night: Night) -> None:
    practise(night)
    starter.take(night.node, night.who(), [], ["Cà rốt", "Cải thảo"], night.now)
    laid_out(night, "Cà rốt")
    told = first_day.goods(night.node, night.who(), night.now)
    assert [(row["name"], row["lots"]) for row in told["goods"]] == [("Cà rốt", 1), ("Cải thảo", 0)]
    assert told["open"]
    assert told["before"] == f"{night.now.astimezone(night.node.zone):%d/%m/%Y}"
    assert first_day.goods(night.node, night.who(), night.later(days=14))["open"] is False


def test_the_catalogue_puts_the_stalls_own_groups_first_and_marks_what_is_there(night: Night) -> None:
    with night.node.write(night.node.machine("t"), night.now) as tx:
        tx.session.query(Stall).filter_by(number="A-12").one().settings = {"goods_groups": ["trung"]}
    starter.take(night.node, night.who(), [], ["Trứng gà"], night.now)
    groups = starter.offered(night.node, night.who())["groups"]
    assert (groups[0]["name"], groups[0]["mine"], groups[1]["mine"]) == ("trung", True, False)
    assert {row["name"] for row in groups[0]["goods"] if row["there"]} == {"Trứng gà"}


def test_taking_a_group_adds_each_name_once_and_leaves_what_is_there(night: Night) -> None:
    laid_out(night, "trung ga", "5", "quả")
    told = starter.take(night.node, night.who(), ["trung"], ["Cà rốt"], night.now)
    assert told["there"] == ["Trứng gà"]
    assert "Cà rốt" in told["added"]
    again = starter.take(night.node, night.who(), ["trung"], [], night.later(minutes=1))
    assert again["added"] == []
    assert night.count(Product) == len(told["added"]) + 1
    assert night.count(Product, Product.stall_id == night.stalls["E-01"]) == 0


@on_sqlite
@pytest.mark.parametrize(
    ("groups", "names", "code"),
    [(["xe"], [], "group_unknown"), ([], ["Xe máy"], "goods_unknown"), ([], [], "nothing_chosen")],
)
def test_what_the_catalogue_does_not_have_is_refused(
    night: Night, groups: list[str], names: list[str], code: str
) -> None:
    with pytest.raises(Invalid) as error:
        starter.take(night.node, night.who(), groups, names, night.now)
    assert error.value.code == code
    assert night.count(Product) == 0
