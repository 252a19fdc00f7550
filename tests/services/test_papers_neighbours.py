"""A paper's number typed by two stalls: one sum for one truck, a doubt for both else; goods that change stalls."""

from typing import Any

import pytest
from sqlalchemy import select

from pos_trace.services import deliveries, papers, papers_served, receiving, reminders, transfer_answers, transfers
from pos_trace.services import transfer_corrections as corrections
from pos_trace.services.papers import PaperIn
from pos_trace.store.models import Paper, Photo
from tests.services.night import Night, on_sqlite
from tests.services.test_papers_shared import PLATE, bought, photograph, quarantine, status

GOOD, DOUBT, WAITS = ("documented", "sellable"), ("attention", "sellable"), ("undetermined", "held")


def meat(night: Night, who: str, plate: str | None, kg: str, second: int) -> str:
    """A delivery of meat with its purchase paper; its certificate is still to come."""
    delivery = night.deliver(who, plate=plate)
    at = night.later(seconds=second)
    receiving.add_loose(night.node, night.who(who), delivery, "Thịt heo mảnh", "thit", kg, "kg", (), at)
    bought(night, delivery, who, at=at)
    return delivery


def certified(night: Night, *plates: str | None, truck: bool = True) -> tuple[str, str, str]:
    """E-01 received 700 kg first; A-12 800 kg and its certificate of 900 kg; then E-01 types the same number: both
    deliveries and the second entry.
    """
    night.pull()
    there, here = (meat(night, who, plate, kg, n) for n, (who, plate, kg) in
                   enumerate(zip(("E-01", "A-12"), plates, ("700", "800"), strict=True)))  # fmt: skip
    quarantine(night, here, line=line_of(night, here), at=night.later(minutes=1), truck=truck)
    assert again(night, here, "A-12")[:2] == GOOD
    at = night.later(minutes=9)
    made = quarantine(night, there, who="E-01", line=line_of(night, there, "E-01"), at=at, truck=truck)
    papers.add(night.node, night.who("E-01"), there, PaperIn("khac"), None, at)
    return here, there, made["paper"]["id"]


def line_of(night: Night, delivery: str, who: str = "A-12") -> str:
    return str(deliveries.detail(night.node, night.who(who), delivery, night.now)["lines"][0]["id"])


def again(night: Night, delivery: str, who: str) -> tuple[str, str, str]:
    """The line judged once more, as any news would have it."""
    papers.add(night.node, night.who(who), delivery, PaperIn("khac"), None, night.later(minutes=20))
    return status(night, delivery, who)[0]


@pytest.mark.parametrize("plates", [("82C-999.99", PLATE), (None, None)])
def test_a_number_typed_for_another_truck_is_a_doubt_for_both_and_uncovers_nobody(
    night: Night, plates: tuple[str | None, str | None]
) -> None:
    here, there, paper = certified(night, *plates)
    mine = again(night, here, "A-12")
    assert mine[:2] == DOUBT
    assert mine[2] == "Giấy tờ đã dùng cho chuyến khác – cùng chuyến xe? Đang hỏi sạp khác"
    assert status(night, there, "E-01")[0][:2] == DOUBT
    at = night.later(minutes=30)
    assert reminders.listed(night.node, night.who(), at)["same_truck"] == []
    (asked,) = reminders.listed(night.node, night.who("E-01"), at)["same_truck"]
    assert (asked["paper_id"], asked["own"]) == (paper, False)
    told = reminders.same_truck(night.node, night.who("E-01"), paper, False, at)
    assert told["lines"] == [line_of(night, there, "E-01")]
    assert status(night, here, "A-12")[0] == (*GOOD, "")
    assert status(night, there, "E-01")[0][:2] == WAITS


def test_answered_yes_it_is_one_sum_and_who_entered_it_first_is_covered_first(night: Night) -> None:
    here, there, paper = certified(night, "82C-999.99", PLATE)
    reminders.same_truck(night.node, night.who("E-01"), paper, True, night.later(minutes=30))
    assert again(night, here, "A-12") == (*GOOD, "")
    short = status(night, there, "E-01")[0]
    assert short[:2] == WAITS
    assert "đủ số lượng (giấy ghi 900 kg, đã nhận 1.500 kg)" in short[2]


@on_sqlite
def test_on_one_truck_what_a_neighbour_types_later_comes_after(night: Night) -> None:
    """Though its goods were received first; nobody is asked, the truck is known."""
    here, there, _ = certified(night, PLATE, PLATE, truck=False)
    assert again(night, here, "A-12") == (*GOOD, "")
    assert status(night, there, "E-01")[0][:2] == WAITS
    assert reminders.listed(night.node, night.who("E-01"), night.later(minutes=30))["same_truck"] == []


def move(night: Night, **which: Any) -> dict[str, Any]:
    """ "Sai sạp" from A-12 to E-01, taken there."""
    corrections.offer(night.node, night.who(), "E-01", "", night.now, **which)
    slip = transfers.listed(night.node, night.who("E-01"), "in")["transfers"][0]["id"]
    return transfer_answers.accept(night.node, night.who("E-01"), slip, (), night.now)


def kinds_at(night: Night, who: str) -> dict[str, int]:
    """By kind of the papers a stall has, how many photos they have."""
    with night.node.db.read() as session:
        rows = session.scalars(select(Paper).where(Paper.stall_id == night.stalls[who]).order_by(Paper.id)).all()
        photos = list(session.scalars(select(Photo.paper_id)))
        assert len({row.kind for row in rows}) == len(rows)
        return {row.kind: photos.count(row.id) for row in rows}


def mixed(night: Night, plate: str | None = None) -> tuple[str, list[str]]:
    """Meat and two vegetables of one supplier: a certificate and an invoice for all, a pledge for the first greens."""
    night.pull()
    delivery = night.deliver(plate=plate)
    goods = (("Thịt heo mảnh", "thit", "600"), ("Rau má", "rau", "10"), ("Cà rốt", "rau", "20"))
    lines = [str(night.loose(delivery, name, group, kg, "kg")["id"]) for name, group, kg in goods]
    for kind, line, kg in (("kiem_dich", None, "900"), ("hoa_don", None, None), ("cam_ket_attp", lines[1], None)):
        told = PaperIn(kind, f"{kind}-1", night.now.date(), "Chị Ba (mẫu)", None, kg)
        made = papers.add(night.node, night.who(), delivery, told, line, night.now)["paper"]
        photograph(night, made["id"])
    papers.add(night.node, night.who(), delivery, PaperIn("khac"), None, night.now)
    return delivery, lines


@on_sqlite
def test_with_one_line_go_the_papers_that_serve_it_and_no_others(night: Night) -> None:
    delivery, lines = mixed(night)
    (moved,) = move(night, line_id=lines[2])["delivery_lines"]
    assert moved["verdict"]["status"] == "documented"
    assert kinds_at(night, "E-01") == {"hoa_don": 1}
    assert kinds_at(night, "A-12") == {"kiem_dich": 1, "hoa_don": 1, "cam_ket_attp": 1, "khac": 0}
    assert [one[0] for one in status(night, delivery, "A-12")] == ["documented"] * 3
    move(night, line_id=lines[1])
    with night.node.db.read() as session:
        at_neighbour = session.scalars(select(Paper.kind).where(Paper.stall_id == night.stalls["E-01"])).all()
    assert sorted(at_neighbour) == ["cam_ket_attp", "hoa_don", "hoa_don"]


@on_sqlite
def test_with_the_whole_delivery_go_all_of_them_each_once(night: Night) -> None:
    delivery, _ = mixed(night)
    told = move(night, delivery_id=delivery)["delivery_lines"]
    assert [one["verdict"]["status"] for one in told] == ["documented"] * 3
    assert kinds_at(night, "E-01") == {"kiem_dich": 1, "hoa_don": 1, "cam_ket_attp": 1, "khac": 0}


@on_sqlite
def test_a_shared_paper_stays_with_both_and_is_one_sum(night: Night) -> None:
    """Its kilograms are not there twice, plate or none, and nobody is asked about it."""
    delivery, lines = mixed(night)
    (moved,) = move(night, line_id=lines[0])["delivery_lines"]
    assert moved["verdict"]["status"] == "documented"
    at = night.later(minutes=5)
    receiving.add_loose(night.node, night.who(), delivery, "Thịt heo vai", "thit", "400", "kg", (), at)
    found = status(night, delivery, "A-12")[-1]
    assert found[:2] == WAITS
    assert "đủ số lượng (giấy ghi 900 kg" in found[2]
    for who in ("A-12", "E-01"):
        assert reminders.listed(night.node, night.who(who), night.now)["same_truck"] == []
    with night.node.db.read() as session:
        rows = list(session.scalars(select(Paper).where(Paper.kind == "kiem_dich")))
        assert [papers_served.used_elsewhere(session, row) for row in rows] == [[], []]
