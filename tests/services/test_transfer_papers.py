"""What a PHIẾU GIAO HÀNG says of the seller's papers: in one box and between stations, at once and later."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_trace.services import (
    deliveries,
    papers,
    scanning,
    splitting,
    transfer_answers,
    transfer_corrections,
    transfers,
)
from pos_trace.services.scanning import ScanIn
from pos_trace.store.database import Database
from pos_trace.store.models import Flag, StockLot, Transfer, TransferLine
from tests.services.night import CABBAGE, Night, laid_out, on_sqlite
from tests.services.two_nodes import add_stall, make_node, trader
from tests.services.two_stations import OTHER_ID, Other, bought, enrol, second, sent, show

MEAT = ("Thịt heo mảnh", "10", "thit")
BOTH = ("kiem_dich", "bang_ke")
GOOD, WAITS = ("documented", "sellable"), ("undetermined", "held")


@pytest.fixture
def ready(night: Night) -> Night:
    night.pull()
    return night


def take(night: Night, number: str = "E-01") -> dict[str, Any]:
    """The slip that waits at a stall, taken whole."""
    found = transfers.listed(night.node, night.who(number), "in")["transfers"]
    slip = next(one["id"] for one in found if one["state"] == "sent")
    return transfer_answers.accept(night.node, night.who(number), slip, (), night.now)


def state(night: Night, delivery: str, number: str = "E-01") -> list[tuple[str, str]]:
    found = deliveries.detail(night.node, night.who(number), delivery, night.now)["lines"]
    return [(one["verdict"]["status"], one["state"]) for one in found]


def lacks(line: dict[str, Any]) -> str:
    return "; ".join(reason["text"] for reason in line["verdict"]["reasons"])


def hand_over(night: Night, line: dict[str, Any]) -> dict[str, Any]:
    """A lot may leave before its papers are judged ("Giấy đến sau", an outage): its state as that leaves it."""
    with night.node.write(night.who(), night.now) as tx:
        tx.session.get_one(StockLot, (night.node.id, line["lot_id"])).state = "sellable"
    return sent(night, (line["lot_id"], "4"), stall_number="E-01")


def test_meat_stands_on_both_papers_of_its_seller_which_the_buyer_never_sees(ready: Night) -> None:
    sent(ready, (bought(ready, *MEAT, *BOTH)["lot_id"], "4"), stall_number="E-01")
    told = take(ready)
    assert state(ready, told["delivery_id"]) == [GOOD]
    (paper,) = papers.listed(ready.node, ready.who("E-01"), told["delivery_id"])["papers"]
    assert (paper["kind"], paper["issuer"]) == ("phieu_giao_hang", "Sạp A-12 – Sạp A-12 (mẫu)")
    sent(ready, (told["delivery_lines"][0]["lot_id"], "1"), number="E-01", stall_number="A-12")
    assert state(ready, take(ready, "A-12")["delivery_id"], "A-12") == [GOOD]


def test_what_was_cut_from_it_stands_on_them_too(ready: Night) -> None:
    whole = bought(ready, *MEAT, *BOTH)["lot_id"]
    cut = splitting.split(ready.node, ready.who(), whole, "4", "Ba rọi heo", "kg", "4", ready.now)
    sent(ready, (cut["id"], "3"), stall_number="E-01")
    assert state(ready, take(ready)["delivery_id"]) == [GOOD]


@on_sqlite
@pytest.mark.parametrize(("name", "group", "kinds"), [
    ("Cá rô", "ca", [""]), ("Thịt heo mảnh", "thit", ["kiem_dich"]), ("Thịt heo mảnh", "rau", ["bang_ke"]),
])  # fmt: skip
def test_what_the_seller_could_not_show_no_slip_shows(ready: Night, name: str, group: str, kinds: list[str]) -> None:
    """Nor does another goods group in the seller's book: the buyer's goods are what they are called."""
    hand_over(ready, bought(ready, name, "10", group, *kinds))
    told = take(ready)
    (line,) = told["delivery_lines"]
    assert (line["verdict"]["status"], line["flag"]["state"]) == ("undetermined", "open")
    assert "giấy tờ nguồn gốc của người giao" in lacks(line)


@on_sqlite
def test_what_lay_on_the_table_before_the_first_day_is_handed_on_as_that(ready: Night) -> None:
    sent(ready, (laid_out(ready, "Cà rốt", "10"), "4"), stall_number="E-01")
    assert state(ready, take(ready)["delivery_id"]) == [WAITS]


def test_a_paper_of_the_seller_that_comes_later_answers_the_buyers_question(ready: Night) -> None:
    """Two stalls down the line too; once handed over as shown it stays so."""
    line = bought(ready, *MEAT, "bang_ke")
    hand_over(ready, line)
    told = take(ready)
    assert state(ready, told["delivery_id"]) == [WAITS]
    show(ready, line["delivery_id"], "kiem_dich")
    assert state(ready, told["delivery_id"]) == [GOOD]
    assert ready.count(Flag, Flag.stall_id == ready.stalls["E-01"], Flag.state == "open") == 0


@on_sqlite
def test_a_slip_still_on_its_way_says_it_too(ready: Night) -> None:
    line = bought(ready, *MEAT, "bang_ke")
    hand_over(ready, line)
    show(ready, line["delivery_id"], "kiem_dich")
    assert ready.count(TransferLine, TransferLine.shown) == 2
    assert state(ready, take(ready)["delivery_id"]) == [GOOD]


@on_sqlite
def test_other_goods_put_beside_the_slips_do_not_stand_on_it(ready: Night) -> None:
    made = sent(ready, (bought(ready)["lot_id"], "4"), stall_number="E-01")
    told = scanning.scan(ready.node, ready.who("E-01"), ScanIn(made["codes"][0]), ready.now)
    beside = ready.loose(told["delivery_id"], "Cà rốt", "rau", "5", "kg", number="E-01")
    assert beside["verdict"]["status"] == "undetermined"
    assert "tên hàng này trên phiếu" in lacks(beside)


@pytest.fixture
def other(ready: Night, fresh_database: Callable[[], Database], tmp_path: Path) -> Other:
    """A second station that has pulled the records; ours is not enrolled yet."""
    made = second(ready, make_node(fresh_database(), tmp_path, "station", OTHER_ID))
    made.pull(ready.now)
    return made


def scan(other: Other, slip: dict[str, Any], at: Any) -> dict[str, Any]:
    (line,) = other.scan(slip["codes"][0], at)["lines"]
    return dict(line)


def now_at(other: Other, line: dict[str, Any], at: Any) -> dict[str, Any]:
    with other.node.db.read() as session:
        row = deliveries.own_line(session, other.who, line["id"])
        return dict(deliveries.told_line(session, other.node, row, at))


def test_between_stations_the_signed_slip_says_what_the_seller_could_show(ready: Night, other: Other) -> None:
    enrol(ready, ready.node)
    other.pull(ready.now)
    line = scan(other, sent(ready, (bought(ready, *MEAT, *BOTH)["lot_id"], "4")), ready.now)
    assert (line["verdict"]["status"], line["state"]) == GOOD
    bare = scan(other, sent(ready, (laid_out(ready, *MEAT[:2], group="thit"), "4")), ready.now)
    assert (bare["verdict"]["status"], bare["state"]) == WAITS


def test_a_slip_nobody_can_check_stands_for_no_other_papers_until_its_key_comes(ready: Night, other: Other) -> None:
    meat = scan(other, sent(ready, (bought(ready, *MEAT, *BOTH)["lot_id"], "4")), ready.now)
    assert (meat["verdict"]["status"], meat["state"]) == WAITS
    enrol(ready, ready.node)
    other.pull(ready.later(minutes=5))
    later = now_at(other, meat, ready.later(minutes=6))
    assert (later["verdict"]["status"], later["state"], later["flag"]["state"]) == (*GOOD, "answered")


def test_the_slip_of_a_station_the_fresh_list_does_not_name_is_a_paper_no_more(ready: Night, other: Other) -> None:
    fish = scan(other, sent(ready, (bought(ready, "Cá rô", "10", "ca")["lot_id"], "4")), ready.now)
    other.province.silent = True
    other.pull(ready.later(minutes=5))
    assert now_at(other, fish, ready.later(minutes=6))["state"] == "sellable"
    other.province.silent = False
    pulled = ready.later(minutes=10)
    other.pull(pulled)
    later = now_at(other, fish, pulled)
    assert (later["verdict"]["status"], later["state"], later["flag"]["state"]) == (*WAITS, "open")
    assert later["flag"]["due_at"] == (pulled + timedelta(hours=24)).isoformat()
    assert "sạp giao chưa có trong danh sách của tỉnh" in lacks(later)
    enrol(ready, ready.node)
    other.pull(ready.later(minutes=20))
    told = now_at(other, fish, ready.later(minutes=21))
    assert (told["verdict"]["status"], told["state"]) == GOOD
    with other.node.db.read() as session:
        assert [row.signature for row in session.query(Transfer)] == ["verified"]


@on_sqlite
def test_a_slip_nobody_can_check_shows_nothing_to_whom_the_goods_go_next(ready: Night, other: Other) -> None:
    """Else a made-up slip would be a good one two stalls further; it becomes one when the key comes."""
    neighbour = add_stall(other.node, "Q-2", ready.now)
    fish = scan(other, sent(ready, (bought(ready, "Cá rô", "10", "ca")["lot_id"], "4")), ready.now)
    assert (fish["verdict"]["status"], fish["state"]) == GOOD
    told = [transfers.LineIn("2", None, fish["lot_id"])]
    made = transfers.send(other.node, other.who, "sale", transfers.BuyerIn(stall_number="Q-2"), told, "", ready.now)
    who = trader(other.node, neighbour)
    (line,) = scanning.scan(other.node, who, ScanIn(made["codes"][0]), ready.now)["lines"]
    assert (line["verdict"]["status"], line["state"]) == WAITS
    enrol(ready, ready.node)
    other.pull(ready.later(minutes=5))
    with other.node.db.read() as session:
        row = deliveries.own_line(session, who, line["id"])
        told_now = deliveries.told_line(session, other.node, row, ready.later(minutes=6))
    assert (told_now["verdict"]["status"], told_now["state"]) == GOOD


@on_sqlite
def test_goods_of_a_slip_moved_to_the_right_stall_keep_what_it_says(ready: Night) -> None:
    sent(ready, (bought(ready, *MEAT, *BOTH)["lot_id"], "4"), stall_number="E-01")
    (line,) = take(ready)["delivery_lines"]
    transfer_corrections.offer(ready.node, ready.who("E-01"), "A-12", "", ready.now, line_id=line["id"])
    assert state(ready, take(ready, "A-12")["delivery_id"], "A-12") == [GOOD]


@on_sqlite
@pytest.mark.parametrize(("listed", "there"), [(True, ["phieu_giao_hang"]), (False, [])])
def test_a_slip_goes_along_only_with_goods_it_lists(ready: Night, listed: bool, there: list[str]) -> None:
    made = sent(ready, (bought(ready)["lot_id"], "4"), stall_number="E-01")
    told = scanning.scan(ready.node, ready.who("E-01"), ScanIn(made["codes"][0]), ready.now)
    beside = ready.loose(told["delivery_id"], "Rau má", "rau", "5", "kg", number="E-01")
    line = told["lines"][0] if listed else beside
    transfer_corrections.offer(ready.node, ready.who("E-01"), "A-12", "", ready.now, line_id=line["id"])
    found = papers.listed(ready.node, ready.who(), take(ready, "A-12")["delivery_id"])["papers"]
    assert [one["kind"] for one in found] == there


@on_sqlite
def test_a_slip_read_to_its_end_after_the_fresh_list_left_its_station_out_says_so(ready: Night, other: Other) -> None:
    lots = [(laid_out(ready, f"Hàng khác nhau số {number * 7919}", "50"), f"{number}.125") for number in range(1, 24)]
    first, *more = sent(ready, *lots)["codes"]
    other.scan(first, ready.now)
    other.pull(ready.later(minutes=5))
    told = [other.scan(code, ready.later(minutes=6)) for code in more][-1]
    assert told["transfer"]["signature"] == "unlisted"
    assert told["message"]["next"].endswith("phiếu này chưa tính là giấy tờ.")
    assert {line["verdict"]["status"] for line in told["lines"]} == {"undetermined"}


@on_sqlite
def test_goods_with_a_record_need_no_papers_of_the_seller(ready: Night) -> None:
    made = sent(ready, (ready.receive(CABBAGE, "20")["lot_id"], "5"), stall_number="E-01")
    with ready.node.db.read() as session:
        assert [line.shown for line in session.query(TransferLine)] == [True, True]
    assert made["codes"]
