"""A line drawn at random from end to end: station, desk, conclusion and back; it holds nothing and is no history."""

import orjson
import pytest

from pos_trace.services import case_groups, cases, conclusions, covering, desk_checks, inspecting, outbox, papers, sync
from pos_trace.services.papers import PaperIn
from pos_trace.store.models import Case, Evidence, Flag, OutboxMessage, Photo
from tests.services.case_desk import Straight, one
from tests.services.night import Night, with_ports
from tests.services.test_desk_checks import draw, everything
from tests.services.test_sync import Feed
from tests.services.two_nodes import SITE_ID, officer

JPEG = b"\xff\xd8\xff\xe0" + b"." * 300
CLEARED = {"outcome": "complies", "origin_finding": "cleared", "reason": "đủ giấy tờ"}


@pytest.fixture
def drawn(night: Night) -> tuple[Night, str, str, str]:
    """A documented line with a photographed paper, drawn: the night joined to its desk, line, lot, check."""
    line_out = Straight(night.pair, night.later(days=1))
    night = with_ports(night, feed=Feed(night.pair), department=line_out)
    night.pull()
    delivery = night.deliver()
    line = night.loose(delivery, "Cá rô", "ca", "10", "kg")
    told = PaperIn("bang_ke", "7", night.now.date(), "Chị Ba (mẫu)")
    paper = papers.add(night.node, night.who(), delivery, told, line["id"], night.now)["paper"]["id"]
    digest = night.node.files.put(JPEG)
    with night.node.write(night.who(), night.now) as tx:
        row = Photo(site_id=night.node.id, id=tx.id(), created_at=night.now, stall_id=night.stalls["A-12"])
        row.sha256, row.media_type, row.size, row.paper_id = digest, "image/jpeg", len(JPEG), paper
        tx.session.add(row)
    papers.add(night.node, night.who(), delivery, PaperIn("khac"), line["id"], night.now)
    check = draw(night)["id"]
    everything(night, check)
    return night, line["id"], line["lot_id"], check


def sent(drawn: tuple[Night, str, str, str]) -> str:
    night, line, _, check = drawn
    at = night.later(days=1)
    case = str(desk_checks.send(night.node, night.who(), check, line, at)["case_id"])
    for _ in range(3):  # the event, then what it names
        outbox.deliver_due(night.node, at)
    return case


def test_the_desk_gets_the_papers_as_information_and_the_answer_comes_back(drawn: tuple[Night, str, str, str]) -> None:
    night, _, lot, _ = drawn
    flags = night.count(Flag)
    case = sent(drawn)
    province, at = night.pair.province, night.later(days=1)
    desk = officer(province)
    there = one(province, Case)
    assert (there.id, there.origin, there.reason, there.goods_group) == (case, "desk_check", "desk_check", "ca")
    assert one(province, Evidence).sha256 == one(night.node, Photo).sha256
    (shown,) = case_groups.queue(province, desk, None, at)["cases"]
    assert shown["origin_text"] == "Chọn kiểm tra ngẫu nhiên"
    assert shown["reason_text"] == "Sở chọn kiểm tra giấy tờ ngẫu nhiên"
    assert case_groups.counts(province, at)["groups"] == []
    inspecting.take(province, desk, SITE_ID, case, at)
    told = conclusions.conclude(province, desk, SITE_ID, case, CLEARED, at)
    assert told["state"] == "concluded"
    assert case_groups.counts(province, at)["concluded"] == []
    sync.poll_cases(night.node, at)
    mine = cases.detail(night.node, night.who(), case)
    assert mine["state"] == "concluded"
    assert mine["events"][0]["text"] == "Đã gửi ảnh giấy tờ (chọn kiểm tra ngẫu nhiên)"
    assert night.lot(lot)["state"] == "sellable"
    assert night.count(Flag) == flags
    assert cases.due_flags(night.node, night.later(days=9)) == 0


def test_the_goods_stay_sellable_while_the_desk_looks(drawn: tuple[Night, str, str, str]) -> None:
    night, _, lot, _ = drawn
    case = sent(drawn)
    province, at = night.pair.province, night.later(days=1)
    inspecting.take(province, officer(province), SITE_ID, case, at)
    inspecting.ask_papers(province, officer(province), SITE_ID, case, "Cho xem mặt sau", at)
    sync.poll_cases(night.node, at)
    assert night.lot(lot)["state"] == "sellable"
    reply = cases.reply(night.node, night.who(), case, "Đã gửi", [], night.later(days=1, hours=1))
    assert reply["id"] == case


def test_what_goes_is_no_more_than_the_paper_and_its_goods(drawn: tuple[Night, str, str, str]) -> None:
    night, line, _, _ = drawn
    sent(drawn)
    with night.node.db.read() as session:
        bodies = [orjson.loads(row.body) for row in session.query(OutboxMessage) if row.kind == "case_events"]
    (event,) = bodies[0]["events"]
    assert [goods["id"] for goods in event["body"]["lines"]] == [line]
    assert "price" not in orjson.dumps(bodies).decode()


def test_a_report_taken_back_stays_visible_to_both(drawn: tuple[Night, str, str, str]) -> None:
    night, _, lot, _ = drawn
    case = sent(drawn)
    at = night.later(days=1, minutes=5)
    cases.withdraw(night.node, night.who(), case, "", at)
    outbox.deliver_due(night.node, at)
    there = inspecting.look(night.pair.province, officer(night.pair.province), SITE_ID, case, "", at)
    assert there["state"] == "withdrawn"
    assert there["events"][-1]["text"] == "Đã rút lại (ghi nhầm)"
    assert night.lot(lot)["state"] == "sellable"
    assert covering.listed(night.node, night.who(), drawn[1])["photos"]
