"""Papers and photos of what is received: complete, of a truck, used again, a neighbour's, too many."""

import pytest

from pos_trace.core.errors import Invalid, NotFound, Unavailable
from pos_trace.demo.parts import paper_picture
from pos_trace.runtime.children import Children, PhotoReader
from pos_trace.services import deliveries, papers, papers_served, receiving
from pos_trace.services.papers import PaperIn
from pos_trace.store.models import DeliveryLine, Paper
from tests.services.night import Night, with_ports


def test_papers_complete_make_goods_documented_and_answer_the_flag(night: Night, children: Children) -> None:
    night = with_ports(night, photos=PhotoReader(children))
    delivery = night.deliver()
    line = night.loose(delivery, "Cá diêu hồng", None, "60", "kg")
    assert line["goods_group"] == "ca"
    assert line["state"] == "held"
    missing = receiving.flags(night.node, night.who(), night.now)["flags"][0]["missing"]
    assert "bảng kê" in missing
    told = PaperIn("bang_ke", "24/11", night.now.date(), "Chị Ba")
    paper = papers.add(night.node, night.who(), delivery, told, line["id"], night.now)
    assert paper["lines"][0]["verdict"]["status"] == "undetermined"
    photo = papers.add_photo(
        night.node, night.who(), delivery, paper_picture("bảng kê"), night.now, paper_id=paper["paper"]["id"]
    )
    assert photo["photo"]["quality"] is None
    after = photo["lines"][0]
    assert (after["verdict"]["status"], after["state"]) == ("documented", "sellable")
    assert receiving.flags(night.node, night.who(), night.now)["flags"] == []


def test_a_paper_of_the_truck_serves_every_delivery_it_brought_to_the_stall(night: Night) -> None:
    first, second = night.deliver(plate="76C-012.34"), night.deliver(plate="76C-012.34")
    one = night.loose(first, "Bó củi", None, "5", "bó")
    two = night.loose(second, "Bó củi khô", None, "5", "bó")
    told = papers.add(
        night.node, night.who(), first, PaperIn("bang_ke", "1", night.now.date()), None, night.now, truck=True
    )
    assert {line["id"] for line in told["lines"]} == {one["id"], two["id"]}


def test_the_same_numbered_paper_another_day_is_told(night: Night) -> None:
    told = PaperIn("hoa_don", "HD-7", night.now.date(), "x")
    receiving.add_loose(night.node, night.who(), night.deliver(), "Rau thơm", "rau", "5", "kg", (told,), night.now)
    at = night.later(days=1)
    delivery = deliveries.open_delivery(night.node, night.who(), at, supplier_name="x")["id"]
    line = receiving.add_loose(night.node, night.who(), delivery, "Rau thơm", "rau", "5", "kg", (told,), at)["line"]
    with night.node.db.read() as session:
        row = session.get_one(DeliveryLine, (night.node.id, line["id"]))
        assert [paper.reused for paper in papers_served.facts(session, night.node.policy, row)] == [True]


def test_papers_and_photos_of_a_neighbour_are_not_found(night: Night, children: Children) -> None:
    night = with_ports(night, photos=PhotoReader(children))
    mine = night.deliver()
    line = night.loose(mine)
    other = night.who("E-01")
    told = PaperIn("bang_ke")
    with pytest.raises(NotFound):
        papers.add(night.node, other, mine, told, line["id"], night.now)
    theirs = night.deliver("E-01")
    with pytest.raises(NotFound):
        papers.add(night.node, other, theirs, told, line["id"], night.now)
    with pytest.raises(NotFound):
        papers.add_photo(night.node, other, mine, paper_picture("x"), night.now)
    with pytest.raises(Invalid, match="line_elsewhere"):
        papers.add(night.node, night.who(), night.deliver(), told, line["id"], night.now)
    with pytest.raises(Invalid, match="paper_kind"):
        papers.add(night.node, night.who(), mine, PaperIn("vé số"), None, night.now)
    assert night.count(Paper) == 0


def test_a_paper_takes_no_more_than_twenty_photos_and_needs_somebody_to_look(night: Night, children: Children) -> None:
    delivery = night.deliver()
    with pytest.raises(Unavailable, match="no_decoder"):
        papers.add_photo(night.node, night.who(), delivery, b"x", night.now)
    night = with_ports(night, photos=PhotoReader(children))
    for _ in range(papers.MOST_PHOTOS):
        papers.add_photo(night.node, night.who(), delivery, paper_picture("x"), night.now)
    with pytest.raises(Invalid, match="photos_many"):
        papers.add_photo(night.node, night.who(), delivery, paper_picture("x"), night.now)
