"""Questions a line asks: who answers them, what ends them, and that an end is an end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pos_trace.demo.parts import paper_picture
from pos_trace.runtime.children import Children, PhotoReader
from pos_trace.services import adjusting, cases, papers, receiving, selling
from pos_trace.services.papers import PaperIn
from pos_trace.services.selling import SaleIn
from pos_trace.store.models import Flag
from tests.services.night import FISH, Night, asked, open_stock, with_ports
from tests.services.test_judging import publish


def reasons(night: Night) -> list[str]:
    return [flag["reason"] for flag in receiving.flags(night.node, night.who(), night.now)["flags"]]


def test_goods_set_aside_are_free_once_their_papers_are_there(night: Night, children: Children) -> None:
    night = with_ports(night, photos=PhotoReader(children, timeout_s=60.0))
    delivery = night.deliver()
    line = night.loose(delivery, "Cá diêu hồng", None, "60", "kg")
    receiving.hold(night.node, night.who(), line["id"], night.now)
    told = PaperIn("bang_ke", "24/11", night.now.date(), "Chị Ba (mẫu)")
    paper = papers.add(night.node, night.who(), delivery, told, line["id"], night.now)["paper"]
    assert night.lot(line["lot_id"])["state"] == "held"
    picture = paper_picture("bảng kê")
    papers.add_photo(night.node, night.who(), delivery, picture, night.now, paper_id=paper["id"])
    assert night.lot(line["lot_id"])["state"] == "sellable"
    assert reasons(night) == []


def test_a_correction_that_takes_the_whole_line_back_ends_its_question(night: Night) -> None:
    delivery = night.deliver()
    line = night.loose(delivery)
    receiving.close(night.node, night.who(), delivery, night.now)

    def less(quantity: str) -> None:
        where = (delivery, line["id"], quantity, "con", "trả lại người giao")
        adjusting.adjust(night.node, night.who(), *where, night.now, less=True)

    less("5")
    assert reasons(night) == ["papers_missing"]
    less("7")
    assert reasons(night) == []
    assert cases.due_flags(night.node, night.later(days=3)) == 0
    assert night.count(Flag, Flag.state == "refused") == 1


@pytest.mark.parametrize(("known_first", "flagged"), [(True, 1), (False, 0)], ids=["past its day", "on its last day"])
def test_expired_goods_stay_local_unless_they_are_sold_all_the_same(
    night: Night, known_first: bool, flagged: int
) -> None:
    today = night.now.astimezone(night.node.zone).date()
    publish(night, FISH, expiry_date=(today - timedelta(days=known_first)).isoformat())
    line = night.receive(FISH, "10", "khay")
    assert (night.lot(line["lot_id"])["state"] == "blocked") is known_first
    assert reasons(night) == []
    sale = SaleIn("e-1", (asked(lot=line["lot_id"], quantity="1", unit="khay"),))
    sold = selling.record_sale(night.node, night.who(), sale, night.now)
    selling.record_sale(night.node, night.who(), SaleIn("e-2", sale.lines), night.now)
    assert len(sold["alarms"]) == flagged
    assert reasons(night) == ["expired"] * flagged
    assert cases.due_flags(night.node, night.later(days=2)) == flagged


def test_the_shortest_window_is_half_an_hour_whatever_is_configured(night: Night) -> None:
    clocks = replace(night.node.policy.clocks, report_after=timedelta(0))
    station = replace(night.node, policy=replace(night.node.policy, clocks=clocks))
    who = night.who()
    delivery = night.deliver()
    told = receiving.add_loose(station, who, delivery, "Gà ta làm sẵn", "thit", "12", "con", (), night.now)
    assert told["line"]["flag"]["due_at"] == night.later(minutes=30).isoformat()


def test_what_is_sold_out_is_no_longer_shown_as_stock(night: Night) -> None:
    night.pull()
    line = night.receive(FISH, "2", "khay")
    sale = SaleIn("s-1", (asked(lot=line["lot_id"], quantity="2", unit="khay"),))
    selling.record_sale(night.node, night.who(), sale, night.now)
    assert open_stock(night) == []
