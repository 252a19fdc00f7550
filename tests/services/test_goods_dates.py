"""Mandatory dates at receiving: asked only where a group needs them, never in the way of a truck, judged when told."""

from datetime import date, timedelta
from typing import Any

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.core.goods_dates import NO_DATES, GoodsDates
from pos_trace.services import line_dates, receiving, rechecking, scanning, splitting, stock
from pos_trace.services.papers import PaperIn
from pos_trace.services.scanning import ScanIn
from tests.services.night import CABBAGE, UNKNOWN, Night, open_stock, url

MILK = ("Sữa chua", "sua", "5", "hộp")


@pytest.fixture
def today(night: Night) -> date:
    return night.now.astimezone(night.node.zone).date()


def receive(night: Night, dates: GoodsDates = NO_DATES, goods: tuple[str, str, str, str] = MILK) -> dict[str, Any]:
    """A loose line with its paper."""
    paper = PaperIn("bang_ke", "7", night.now.astimezone(night.node.zone).date())
    told = receiving.add_loose(night.node, night.who(), night.deliver(), *goods, [paper], night.now, dates=dates)
    line: dict[str, Any] = told["line"]
    return line


def test_milk_without_its_date_is_received_and_the_line_says_what_is_missing(night: Night, today: date) -> None:
    line = receive(night)
    assert (line["dates_missing"], line["dates_text"]) == (["expiry"], "Chưa ghi hạn sử dụng")
    tofu = receive(night, goods=("Đậu hũ", "dau_bun", "4", "kg"))
    assert tofu["dates_text"] == "Chưa ghi ngày sản xuất"
    assert receive(night, goods=("Cải thảo", "rau", "4", "kg"))["dates_missing"] == []


def test_a_date_that_is_told_stands_on_the_line_and_on_its_lot(night: Night, today: date) -> None:
    end = today + timedelta(9)
    line = receive(night, GoodsDates(today, end))
    assert line["dates"] == {"production": today.isoformat(), "expiry": end.isoformat()}
    assert (line["dates_missing"], [row["expiry"] for row in open_stock(night)]) == ([], [end.isoformat()])


def test_goods_past_the_date_the_receiver_read_are_not_sold(night: Night, today: date) -> None:
    line = receive(night, GoodsDates(expiry=today - timedelta(1)))
    assert (line["verdict"]["status"], line["state"], line["flag"]) == ("blocked", "blocked", None)
    assert line["verdict"]["reasons"][0]["code"] == "expired"


def test_goods_without_a_code_end_with_their_date_and_stay_ended_when_judged_again(night: Night, today: date) -> None:
    receive(night, GoodsDates(expiry=today + timedelta(1)))
    later = night.later(hours=48)
    assert rechecking.expired_due(night.node, later) == 1
    assert stock.listed(night.node, night.who())["lots"][0]["state"] == "blocked"


def test_a_scan_tells_what_the_code_carries_and_takes_what_it_does_not(night: Night, today: date) -> None:
    night.pull()
    asked = ScanIn(url(UNKNOWN) + f"?15={today + timedelta(60):%y%m%d}", dry_run=True, goods_group="sua")
    told = scanning.scan(night.node, night.who(), asked, night.now)
    assert told["dates"] == {"production": None, "expiry": (today + timedelta(60)).isoformat()}
    assert told["goods_group"] == "sua"
    end = today + timedelta(5)
    scan = ScanIn(url(UNKNOWN), night.deliver(), "5", "hộp", goods_group="sua", dates=GoodsDates(expiry=end))
    line = scanning.scan(night.node, night.who(), scan, night.now)["line"]
    assert (line["dates"]["expiry"], line["dates_missing"]) == (end.isoformat(), [])
    late = ScanIn(url(UNKNOWN), dry_run=True, dates=GoodsDates(expiry=today - timedelta(1)))
    assert scanning.scan(night.node, night.who(), late, night.now)["verdict"]["status"] == "blocked"


def test_dates_that_cannot_be_are_refused_with_words_and_nothing_is_kept(night: Night, today: date) -> None:
    night.pull()
    odd = GoodsDates(today + timedelta(1))
    with pytest.raises(Invalid, match="chưa tới"):
        receive(night, odd)
    with pytest.raises(Invalid, match="trước ngày sản xuất"):
        receive(night, GoodsDates(today, today - timedelta(1)))
    with pytest.raises(Invalid, match="chưa tới"):
        scanning.scan(night.node, night.who(), ScanIn(url(CABBAGE), night.deliver(), "5", "kg", dates=odd), night.now)
    assert open_stock(night) == []


def test_a_missing_date_is_written_later_and_the_goods_are_judged_by_it(night: Night, today: date) -> None:
    line = receive(night)
    cut = splitting.split(night.node, night.who(), line["lot_id"], "2", "Sữa chua lẻ", "hộp", "2", night.now)
    told = line_dates.write(night.node, night.who(), line["id"], None, today - timedelta(2), night.now)
    assert (told["verdict"]["status"], told["line"]["state"], told["line"]["dates_missing"]) == ("blocked",) * 2 + ([],)
    assert night.lot(cut["id"])["state"] == "blocked"
    same = line_dates.write(night.node, night.who(), line["id"], today - timedelta(9), today - timedelta(2), night.now)
    assert same["line"]["dates"]["production"] == (today - timedelta(9)).isoformat()


def test_a_date_that_stands_is_not_written_over(night: Night, today: date) -> None:
    line = receive(night, GoodsDates(expiry=today + timedelta(3)))["id"]
    with pytest.raises(Conflict, match="ngày khác"):
        line_dates.write(night.node, night.who(), line, None, today + timedelta(300), night.now)
    with pytest.raises(Invalid, match="Ghi ngày"):
        line_dates.write(night.node, night.who(), line, None, None, night.now)
    with pytest.raises(NotFound):
        line_dates.write(night.node, night.who("E-01"), line, None, today, night.now)
    delivery = night.deliver()
    paper = [PaperIn("bang_ke", "8", today)]
    gone = receiving.add_loose(night.node, night.who(), delivery, *MILK, paper, night.now)["line"]["id"]
    receiving.cancel(night.node, night.who(), delivery, "nhầm", night.now)
    with pytest.raises(Conflict, match="đã hủy"):
        line_dates.write(night.node, night.who(), gone, None, today, night.now)
