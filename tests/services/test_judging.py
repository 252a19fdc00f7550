"""Goods judged again: papers, fresher records, recalls, time – each run is kept, stock and flags follow."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pos_trace.core.goods import PapersState
from pos_trace.core.judgements import History
from pos_trace.core.records import RecordAnswer, RecordsAge
from pos_trace.runtime.own_register import OwnRegister
from pos_trace.services import flags, judging, papers, papers_served, receiving, rechecking, register, splitting
from pos_trace.services.code_view import CodeView
from pos_trace.services.node import Ports
from pos_trace.services.papers import PaperIn
from pos_trace.store.models import DeliveryLine, Flag, StockLot, VerdictRow
from tests.services.night import CABBAGE, FISH, REVOKED, UNKNOWN, Night, on_sqlite
from tests.services.test_practice import practise
from tests.services.two_nodes import officer

BANG_KE = PaperIn("bang_ke", "24/11", None, "Chị Ba (mẫu)")


def publish(night: Night, key: str, **more: Any) -> None:
    """The province publishes ``key``; the station learns it and judges again."""
    line = {"key": key, "product_name": "Hàng (mẫu)", "facility_id": "F2", "status": "active"} | more
    register.put_lots(night.pair.province, officer(night.pair.province), [line], night.now)
    night.pull()
    judging.rejudge_keys(night.node, [key], night.now, "records")


def verdicts(night: Night, line: str) -> list[tuple[str, str]]:
    """Cause and status of every run on a line, as they came."""
    with night.node.db.read() as session:
        rows = session.query(VerdictRow).filter_by(line_id=line).order_by(VerdictRow.created_at, VerdictRow.id)
        return [(row.cause, row.status) for row in rows]


def test_fresher_records_settle_a_flag_and_free_the_goods_and_every_run_is_kept(night: Night) -> None:
    night.pull()
    line = night.receive(UNKNOWN, "15", "hũ")
    assert line["flag"] is not None
    publish(night, UNKNOWN)
    assert night.lot(line["lot_id"]) == night.lot(line["lot_id"]) | {"state": "sellable", "reason": "verdict"}
    assert set(verdicts(night, line["id"])) == {("records", "verified"), ("scan", "undetermined")}
    assert receiving.flags(night.node, night.who(), night.now)["flags"] == []
    assert night.count(Flag, Flag.state == "answered") == 1


def test_a_lot_suspended_later_is_held_without_a_question_a_revoked_one_asks_within_the_hour(night: Night) -> None:
    night.pull()
    line = night.receive(CABBAGE)
    publish(night, CABBAGE, status="suspended")
    assert night.lot(line["lot_id"])["state"] == "held"
    assert night.count(Flag) == 0
    publish(night, CABBAGE, status="revoked")
    assert night.lot(line["lot_id"])["state"] == "blocked"
    asked = receiving.flags(night.node, night.who(), night.now)["flags"]
    assert [flag["reason"] for flag in asked] == ["revoked"]
    assert asked[0]["due_at"] == night.later(hours=1).isoformat()
    publish(night, CABBAGE)
    assert night.lot(line["lot_id"])["state"] == "sellable"
    assert receiving.flags(night.node, night.who(), night.now)["flags"] == []


def test_goods_a_person_set_aside_stay_so_when_the_news_is_good(night: Night) -> None:
    night.pull()
    line = night.receive(UNKNOWN, "15", "hũ")
    receiving.hold(night.node, night.who(), line["id"], night.now)
    judging.rejudge_keys(night.node, [UNKNOWN], night.now, "records")
    assert night.lot(line["lot_id"])["state"] == "held"


def test_one_paper_for_the_delivery_serves_each_of_its_lines(night: Night) -> None:
    night.pull()
    delivery = night.deliver()
    lines = [night.loose(delivery, name, "ca", "10", "kg") for name in ("Cá rô", "Cá trê")]
    told = papers.add(night.node, night.who(), delivery, BANG_KE, None, night.now)
    assert {line["id"] for line in told["lines"]} == {line["id"] for line in lines}
    for line in lines:
        assert {cause for cause, _ in verdicts(night, line["id"])} == {"received", "paper"}


def test_a_paper_of_the_truck_serves_its_own_stalls_lines_and_no_neighbours(night: Night) -> None:
    """Whoever types a plate must not live by another stall's paper while nobody holds the sum against it."""
    mine, again, theirs = (night.deliver(number, plate="82C-012.34") for number in ("A-12", "A-12", "E-01"))
    own = night.loose(again, "Cá trê", "ca", "10", "kg")
    other = night.loose(theirs, "Cá rô", "ca", "10", "kg", number="E-01")
    told = papers.add(night.node, night.who(), mine, BANG_KE, None, night.now, truck=True)
    assert other["id"] not in str(told)
    with night.node.db.read() as session:
        rows = [session.get_one(DeliveryLine, (night.node.id, line["id"])) for line in (own, other)]
        found = [papers_served.facts(session, night.node.policy, row) for row in rows]
        assert [[paper.kind for paper in papers] for papers in found] == [["bang_ke"], []]


def test_the_same_numbered_paper_another_day_is_told_as_used_before(night: Night) -> None:
    first, second = night.deliver(), night.deliver()
    papers.add(night.node, night.who(), first, BANG_KE, None, night.now)
    papers.add(night.node, night.who(), second, BANG_KE, None, night.later(hours=12))
    line = night.loose(second, "Cá rô", "ca", "10", "kg")
    with night.node.db.read() as session:
        row = session.get_one(DeliveryLine, (night.node.id, line["id"]))
        assert [paper.reused for paper in papers_served.facts(session, night.node.policy, row)] == [False]
    papers.add(night.node, night.who(), second, BANG_KE, None, night.later(hours=12, seconds=1))
    with night.node.db.read() as session:
        assert sorted(paper.reused for paper in papers_served.facts(session, night.node.policy, row)) == [False, True]


@on_sqlite
@pytest.mark.parametrize(
    ("local", "silent", "asked", "state"),
    [
        ("fresh", False, 0, "found"),
        ("stale", False, 1, "found"),
        ("stale", True, 1, "found"),
        ("absent", False, 1, "absent"),
        ("absent", True, 1, "unavailable"),
    ],
)
def test_the_province_is_asked_only_when_we_do_not_know_or_are_stale(
    night: Night, local: str, silent: bool, asked: int, state: str
) -> None:
    night.pull()
    night.province.silent = silent
    key = UNKNOWN if local == "absent" else CABBAGE
    old = night.node.policy.clocks.records_stale_after + timedelta(seconds=1) if local == "stale" else timedelta()
    with night.node.db.read() as session:
        known = judging.known(session, key)
        assert judging.known(session, None) is None
    assert known is not None
    answer = judging.ask(night.node, key, known, night.now + old)
    assert (len(night.province.asked), answer.state) == (asked, state)


def test_the_province_itself_has_nobody_to_ask_what_is_not_in_its_register_is_absent(night: Night) -> None:
    node = night.pair.province
    node = replace(node, ports=Ports(sources=(OwnRegister(node.db, lambda: night.now),)))
    with node.db.read() as session:
        unknown = judging.known(session, UNKNOWN)
    assert unknown is not None
    answer = judging.ask(node, UNKNOWN, unknown, night.now)
    assert (answer.state, answer.age.as_of) == ("absent", night.now)
    view = CodeView(UNKNOWN, "09521234600145", None, None, None)
    told = judging.judge(node, view, answer, PapersState(True, ""), History(), None, night.now)
    assert told.record == "absent"


def test_goods_nobody_could_check_are_asked_about_once_each_and_packs_of_them_wait_too(night: Night) -> None:
    night.province.silent = True
    line = night.receive(UNKNOWN, "15", "hũ")
    who = night.who()
    child = splitting.split(night.node, who, line["lot_id"], "5", "Chả lẻ", "gói", "20", night.now)["id"]
    night.province.asked.clear()
    assert rechecking.unchecked_due(night.node, night.later(hours=1)) == 0
    assert night.province.asked == [UNKNOWN]
    assert night.lot(child)["state"] == "sellable"
    rechecking.unchecked_due(night.node, night.later(hours=24))
    assert (night.lot(line["lot_id"])["state"], night.lot(child)["state"]) == ("held", "held")
    assert night.count(Flag) == 0
    night.province.silent = False
    assert rechecking.unchecked_due(night.node, night.later(hours=25)) == 1
    assert night.count(Flag, Flag.state == "open") == 1


def test_received_goods_past_their_date_are_judged_again_and_stay_the_stalls_own_matter(night: Night) -> None:
    publish(night, FISH, expiry_date="2026-11-26")
    line = night.receive(FISH, "10", "khay")
    assert line["state"] == "sellable"
    late = night.later(days=2)
    assert rechecking.expired_due(night.node, late) == 1
    assert night.lot(line["lot_id"])["state"] == "blocked"
    assert ("expiry", "blocked") in verdicts(night, line["id"])
    assert night.count(Flag) == 0


def test_goods_cut_from_an_expired_lot_are_blocked_with_it(night: Night) -> None:
    publish(night, FISH, expiry_date="2026-11-26")
    line = night.receive(FISH, "10", "kg")
    child = splitting.split(night.node, night.who(), line["lot_id"], "5", "Cá lẻ", "kg", "5", night.now)["id"]
    assert rechecking.expired_due(night.node, night.later(days=2)) == 2
    assert {night.lot(lot)["state"] for lot in (line["lot_id"], child)} == {"blocked"}


def test_a_judgement_asks_no_more_often_than_once(night: Night) -> None:
    night.pull()
    line = night.receive(REVOKED, "5", "gói")
    with night.node.write(night.node.machine("t"), night.now) as tx:
        row = tx.session.get_one(DeliveryLine, (night.node.id, line["id"]))
        verdict = judging.rejudge_line(tx, row, judging.known(tx.session, REVOKED), "again")
        first = flags.open_flag(tx, row, verdict)
        assert first is not None
        assert first.id == line["flag"]["id"]
    assert night.count(Flag) == 1


@on_sqlite
@pytest.mark.parametrize(("unit", "refused", "sum_kg"), [("kg", "0", 20), ("sọt", "0", 500), ("sọt", "3", 425)])
def test_what_came_of_a_lot_is_summed_over_the_market(night: Night, unit: str, refused: str, sum_kg: int) -> None:
    night.pull()
    line = night.receive(CABBAGE, "20", unit)
    night.receive(CABBAGE, "10", "kg", "E-01")
    if refused != "0":
        receiving.refuse(night.node, night.who(), line["id"], refused, unit, "dập", night.now)
    with night.node.db.read() as session:
        assert judging.received_of(session, night.node, CABBAGE) == sum_kg + 10
        assert judging.received_of(session, night.node, None) == 0


@on_sqlite
def test_practice_and_cancelled_deliveries_are_no_part_of_the_balance(night: Night) -> None:
    publish(night, CABBAGE, net_quantity="100", unit="kg")
    cancelled = night.deliver()
    night.scan(CABBAGE, cancelled, "70", "kg")
    receiving.cancel(night.node, night.who(), cancelled, "nhầm xe", night.now)
    practise(night, number="E-01")
    learner = night.receive(CABBAGE, "900", "kg", "E-01")
    line = night.receive(CABBAGE, "100", "kg")
    assert [verdicts(night, told["id"])[-1][1] for told in (learner, line)] == ["verified", "verified"]
    with night.node.write(night.node.machine("t"), night.now) as tx:
        assert judging.received_of(tx.session, night.node, CABBAGE) == 100
        rows = [tx.session.get_one(DeliveryLine, (night.node.id, told["id"])) for told in (line, learner)]
        assert [judging.balance_of(tx.session, night.node, row) for row in rows] == [100, None]
        again = [judging.rejudge_line(tx, row, judging.known(tx.session, CABBAGE), "again").status for row in rows]
        assert again == ["verified", "verified"]
    above = night.receive(CABBAGE, "20", "kg")
    assert verdicts(night, above["id"])[-1][1] != "verified"


def test_a_judgement_is_told_as_the_scan_answers_it(night: Night) -> None:
    view = CodeView(CABBAGE, "09521234600053", None, None, None)
    age = RecordsAge(7, night.now - timedelta(minutes=21))
    answer = RecordAnswer("unavailable", age=age, why="offline")
    verdict = judging.judge(night.node, view, answer, PapersState(True, ""), History(), "rau", night.now)
    told = judging.told(verdict, night.now)
    assert told["records"] == {"version": 7, "as_of": age.as_of.isoformat() if age.as_of else None, "age_s": 1260}
    assert all(reason["text"] for reason in told["reasons"])
    assert night.count(StockLot) == 0
