"""Receiving by one scan of a PHIẾU GIAO HÀNG: between two stations, without the line, unknown and false signatures,
split codes, two phones at once.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from pos_trace.core import transfer_slip
from pos_trace.core.errors import Conflict, Invalid, PosTraceError
from pos_trace.core.transfer_slip import SlipLine
from pos_trace.demo.parts import label_picture
from pos_trace.runtime.children import Children, PhotoReader
from pos_trace.services import (
    deliveries,
    enrolment,
    papers_served,
    receiving,
    records,
    scanning,
    stock,
    transfer_answers,
    transfer_intake,
    transfers,
)
from pos_trace.services.scanning import ScanIn
from pos_trace.services.transfer_answers import LineAnswer
from pos_trace.services.transfer_intake import SlipScan
from pos_trace.store.database import Database
from pos_trace.store.models import Delivery, DeliveryLine, Flag, Paper, Scan, Stall, StationRow, Transfer, TransferLine
from tests.services.night import CABBAGE, FISH, Night, laid_out, make_night
from tests.services.two_nodes import Pair, add_stall, make_node, trader
from tests.services.two_stations import OTHER_ID, Other, bought, enrol, second, sent


@pytest.fixture
def other(night: Night, fresh_database: Callable[[], Database], tmp_path: Path) -> Other:
    """A supermarket's station; both stations pulled the records, only ours is enrolled."""
    made = second(night, make_node(fresh_database(), tmp_path, "station", OTHER_ID))
    night.pull()
    made.pull(night.now)
    return made


@pytest.fixture
def known(night: Night, other: Other) -> Other:
    """The same, our key told to it by the feed."""
    enrol(night, night.node)
    other.pull(night.now)
    return other


def count(other: Other, model: type, *where: Any) -> int:
    with other.node.db.read() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def test_the_feed_tells_each_station_the_others_key_and_stalls(night: Night, known: Other) -> None:
    enrol(night, known.node)
    night.pull()
    with night.node.db.read() as session:
        row = session.get_one(StationRow, OTHER_ID)
        assert row.public_key == enrolment.public_key(known.node)
        assert [one["number"] for one in row.stalls] == ["Q-1"]
    assert night.count(Stall) == 2
    lines = [one for one in records.changes(night.pair.province, 0)["changes"] if one["kind"] == "station"]
    assert {one["station_id"] for one in lines} == {night.node.id, OTHER_ID}
    before = records.version(night.pair.province)
    enrol(night, known.node)
    assert records.version(night.pair.province) == before
    names = [one["name"] for one in transfers.listed(night.node, night.who())["stalls"]]
    assert f"{OTHER_ID}: sạp Q-1 – Siêu thị Mẫu" in names


def test_one_scan_fills_the_delivery_without_the_line(night: Night, known: Other) -> None:
    lots = (night.receive(CABBAGE, "20")["lot_id"], bought(night)["lot_id"])
    made = sent(night, (lots[0], "12.5"), (lots[1], "4"), stall_number="Q-1", site=OTHER_ID, name="Siêu thị")
    known.province.silent = True
    told = known.scan(made["codes"][0], night.now)
    assert told["message"]["text"] == "ĐÃ NHẬN PHIẾU"
    assert (told["verdict"], told["line"], told["code"]["kind"]) == (None, None, "transfer_slip")
    slip = told["transfer"]
    assert (slip["state"], slip["signature"], slip["already"]) == ("accepted", "verified", False)
    assert [(one["accepted"], one["unit"], one["verdict"]["status"]) for one in told["lines"]] == [
        ("12.5", "kg", "verified"), ("4", "kg", "documented")]  # fmt: skip
    with known.node.db.read() as session:
        delivery = session.get_one(Delivery, (OTHER_ID, told["delivery_id"]))
        assert delivery.supplier_name == "Sạp A-12 – Sạp A-12 (mẫu), cho-kon-tum"
        assert delivery.state == "open"
    again = known.scan(made["codes"][0], night.now)
    assert (again["transfer"]["already"], again["delivery_id"]) == (True, told["delivery_id"])
    assert count(known, DeliveryLine) == 2
    assert {lot["quantity"] for lot in stock.listed(known.node, known.who)["lots"]} == {"12.5", "4"}


def test_it_goes_into_the_open_delivery_while_nothing_else_lies_there(night: Night, known: Other) -> None:
    lot = night.receive(CABBAGE, "20")["lot_id"]
    first, next_one = (sent(night, (lot, quantity)) for quantity in ("3", "4"))
    empty = deliveries.open_delivery(known.node, known.who, night.now, supplier_name="Ai đó")["id"]
    told = known.scan(first["codes"][0], night.now, delivery_id=empty)
    assert told["delivery_id"] == empty
    assert known.scan(next_one["codes"][0], night.now, delivery_id=empty)["delivery_id"] != empty
    with pytest.raises(Invalid, match="delivery_unknown"):
        known.scan(first["codes"][0], night.now, delivery_id="x")


def test_an_unknown_key_is_a_paper_and_checked_when_the_key_comes(night: Night, other: Other) -> None:
    made = sent(night, (bought(night, "Cá rô", "10", "ca")["lot_id"], "4"))
    told = other.scan(made["codes"][0], night.now)
    assert told["transfer"]["signature"] == "unknown_key"
    assert told["lines"][0]["verdict"]["status"] == "documented"
    assert "giấy tờ" in told["message"]["next"]
    enrol(night, night.node)
    other.pull(night.later(minutes=5))
    assert other.scan(made["codes"][0], night.now)["transfer"]["signature"] == "verified"
    assert count(other, Flag) == 0


def test_an_unknown_key_that_turns_out_false_is_a_paper_no_more(night: Night, other: Other) -> None:
    lot = bought(night, "Cá rô", "10", "ca")["lot_id"]
    made = sent(
        replace(night, pair=replace(night.pair, station=replace(night.node, signing_key=b"\x09" * 32))), (lot, "4")
    )
    told = other.scan(made["codes"][0], night.now)
    assert told["lines"][0]["verdict"]["status"] == "documented"
    enrol(night, night.node)
    other.pull(night.later(minutes=5))
    assert count(other, Transfer, Transfer.signature == "bad") == 1
    (row,) = stock.listed(other.node, other.who)["lots"]
    assert row["state"] == "held"
    assert count(other, Flag, Flag.state == "open") == 1


def test_a_false_signature_takes_nothing_in_and_accuses_nobody(night: Night, known: Other) -> None:
    lot = night.receive(CABBAGE, "20")["lot_id"]
    false = replace(night, pair=replace(night.pair, station=replace(night.node, signing_key=b"\x09" * 32)))
    told = known.scan(sent(false, (lot, "4"))["codes"][0], night.now)
    assert told["message"] == {
        "text": "CHƯA NHẬN", "next": "Mã giao hàng đọc được nhưng chữ ký không đúng. Hỏi lại người giao."}  # fmt: skip
    assert (told["transfer"]["state"], told["delivery_id"]) == ("bad_signature", None)
    assert count(known, Delivery) + count(known, Transfer) == 0


def test_a_damaged_code_says_scan_again(night: Night, known: Other) -> None:
    code = sent(night, (laid_out(night), "4"))["codes"][0]
    told = known.scan(code[:-9], night.now)
    assert told["message"]["text"] == "Mã phiếu giao hàng chưa đọc được"
    assert "transfer" not in told


def long_slip(night: Night) -> dict[str, Any]:
    lots = [(laid_out(night, f"Hàng khác nhau số {number * 7919}", "50"), f"{number}.125") for number in range(1, 24)]
    return sent(night, *lots)


@pytest.mark.parametrize("backwards", [False, True])
def test_all_codes_of_a_long_slip_are_needed_in_any_order(night: Night, known: Other, backwards: bool) -> None:
    made = long_slip(night)
    codes = list(reversed(made["codes"])) if backwards else made["codes"]
    assert len(codes) > 1
    told = known.scan(codes[0], night.now)
    assert told["transfer"]["state"] == "partial"
    missing = [n for n in range(1, len(codes) + 1) if n != (len(codes) if backwards else 1)]
    assert told["transfer"]["missing"] == missing
    assert f"còn Mã {missing[0]}/{len(codes)}" in told["message"]["next"]
    assert known.scan(codes[0], night.now)["transfer"]["missing"] == missing
    assert count(known, DeliveryLine) == 0
    for code in codes[1:]:
        told = known.scan(code, night.now)
    assert told["transfer"]["state"] == "accepted"
    assert [one["accepted"] for one in told["lines"]] == [f"{number}.125" for number in range(1, 24)]


def test_codes_of_two_slips_under_one_number_do_not_mix(night: Night, other: Other) -> None:
    def codes(lines: int, name: str) -> tuple[str, ...]:
        goods = tuple(
            SlipLine(f"x:{name}{n * 7919}{'Z' * n}", f"{name} {n}", Decimal(n), "kg") for n in range(1, lines)
        )
        slip = transfer_slip.TransferSlip("nguoi-la", "X-1", "X1-GH26-0001", night.now.date(), goods)
        return transfer_slip.write(slip, b"\x05" * 32)

    first, longer = codes(24, "Cá"), codes(60, "Rau")
    assert len(first) != len(longer)
    other.scan(first[0], night.now)
    with pytest.raises(Conflict, match="slip_differs"):
        other.scan(longer[1], night.now)
    same = next(found for found in (codes(24, f"Tôm{n}") for n in range(9)) if len(found) == len(first))
    with pytest.raises(Conflict, match="slip_differs"):
        other.scan(same[0], night.now)


def test_two_phones_at_once_are_one_delivery(night: Night, known: Other) -> None:
    code = sent(night, (night.receive(CABBAGE, "20")["lot_id"], "4"))["codes"][0]
    found: list[Any] = []
    gate = threading.Barrier(2)

    def scan() -> None:
        gate.wait()
        found.append(known.scan(code, night.now))

    phones = [threading.Thread(target=scan) for _ in range(2)]
    for phone in phones:
        phone.start()
    for phone in phones:
        phone.join()
    assert len({one["delivery_id"] for one in found}) == 1
    assert sorted(one["transfer"]["already"] for one in found) == [False, True]
    assert (count(known, Delivery), count(known, DeliveryLine)) == (1, 1)


def test_a_second_stall_of_the_same_market_does_not_take_the_slip_too(night: Night, known: Other) -> None:
    neighbour = trader(known.node, add_stall(known.node, "Q-2", night.now))
    code = sent(night, (laid_out(night), "4"), name="Chị Ba (mẫu)")["codes"][0]
    assert known.scan(code, night.now)["transfer"]["state"] == "accepted"
    with pytest.raises(Conflict) as refused:
        scanning.scan(known.node, neighbour, ScanIn(code, confirm_slip=True), night.now)
    assert refused.value.code == "slip_of_other_stall"
    assert "Q-1" not in refused.value.detail
    assert (count(known, Delivery), count(known, Transfer)) == (1, 1)


def test_a_slip_whose_delivery_was_cancelled_is_taken_in_again_once(night: Night, known: Other) -> None:
    """Every code of a long one was read already: one is enough. The cancelled delivery stays what it was."""
    made = long_slip(night)
    for code in made["codes"]:
        first = known.scan(code, night.now)
    receiving.cancel(known.node, known.who, first["delivery_id"], "quét nhầm chuyến", night.now)
    assert count(known, Transfer, Transfer.state == "cancelled") == 1
    again = known.scan(made["codes"][1], night.later(minutes=1))
    assert (again["transfer"]["state"], len(again["lines"])) == ("accepted", 23)
    assert again["delivery_id"] != first["delivery_id"]
    assert known.scan(made["codes"][0], night.later(minutes=2))["transfer"]["already"] is True
    assert (count(known, Transfer), count(known, TransferLine)) == (1, 23)
    assert sum(Decimal(lot["quantity"]) for lot in stock.listed(known.node, known.who)["lots"]) == Decimal("278.875")
    with known.node.db.read() as session:
        states = {row.id: row.state for row in session.scalars(select(Delivery))}
    assert states == {first["delivery_id"]: "cancelled", again["delivery_id"]: "open"}


def test_cancelled_at_one_stall_the_slip_is_whose_it_is_and_stays_there(night: Night, known: Other) -> None:
    neighbour = trader(known.node, add_stall(known.node, "Q-2", night.now))
    code = sent(night, (laid_out(night), "4"), name="Chị Ba (mẫu)")["codes"][0]
    first = known.scan(code, night.now)
    receiving.cancel(known.node, known.who, first["delivery_id"], "của sạp bên", night.now)
    told = scanning.scan(known.node, neighbour, ScanIn(code, confirm_slip=True), night.now)
    assert told["transfer"]["state"] == "accepted"
    with pytest.raises(Conflict, match="slip_of_other_stall"):
        known.scan(code, night.now)


def test_a_slip_for_somebody_else_asks_and_is_taken_when_meant(night: Night, known: Other) -> None:
    code = sent(night, (laid_out(night), "4"), name="Chợ khác", gln="9521234700081")["codes"][0]
    told = known.scan(code, night.now)
    assert (told["transfer"]["state"], told["delivery_id"]) == ("other_stall", None)
    assert "9521234700081" in told["message"]["next"]
    assert count(known, Scan) == 0
    assert known.scan(code, night.now, confirm_slip=True)["transfer"]["state"] == "accepted"


def test_a_look_first_writes_nothing(night: Night, known: Other) -> None:
    code = sent(night, (laid_out(night), "4"))["codes"][0]
    assert known.scan(code, night.now, dry_run=True)["transfer"]["state"] == "preview"
    assert count(known, Transfer) + count(known, Scan) == 0
    assert scanning.look_up(known.node, known.node.machine("verify"), code, night.now)["message"]["text"]


def test_a_recall_known_here_wins_over_the_slip(night: Night, known: Other) -> None:
    code = sent(night, (night.receive(FISH, "9", "kg")["lot_id"], "4"))["codes"][0]
    night.recall(FISH)
    known.pull(night.later(minutes=1))
    (line,) = known.scan(code, night.now)["lines"]
    assert (line["verdict"]["status"], line["state"]) == ("blocked", "blocked")


def test_what_came_back_from_elsewhere_is_written_by_the_seller(night: Night, known: Other) -> None:
    lot = night.receive(CABBAGE, "20")["lot_id"]
    made = sent(night, (lot, "12"))
    back = [LineAnswer(1, refused="3", reason="dập")]
    transfer_answers.take_back(night.node, night.who(), made["id"], back, night.now)
    assert night.lot(lot)["on_hand"] == 11
    with pytest.raises(Conflict, match="not_enough"):
        transfer_answers.take_back(night.node, night.who(), made["id"], [LineAnswer(1, refused="10")], night.now)
    for wrong in ([], [LineAnswer(2, refused="1")], [LineAnswer(1)]):
        with pytest.raises(Invalid):
            transfer_answers.take_back(night.node, night.who(), made["id"], wrong, night.now)
    with pytest.raises(Conflict, match="transfer_answered"):
        transfer_answers.cancel(night.node, night.who(), made["id"], "", night.now)
    night.ledger_agrees()


def test_in_one_box_a_slip_to_nobody_known_is_whoevers_scans_it_first(night: Night) -> None:
    night.pull()
    lot = night.receive(CABBAGE, "20")["lot_id"]
    made = sent(night, (lot, "5"), name="Chị Tư")
    told = scanning.scan(night.node, night.who("E-01"), ScanIn(made["codes"][0]), night.now)
    assert (told["transfer"]["state"], told["transfer"]["same_box"]) == ("accepted", True)
    with pytest.raises(Conflict, match="returns_by_itself"):
        transfer_answers.take_back(night.node, night.who(), made["id"], [LineAnswer(1, refused="1")], night.now)


@pytest.mark.parametrize("case", ["unknown number", "unknown stall"])
def test_in_one_box_a_slip_nobody_wrote_is_asked_about(night: Night, case: str) -> None:
    night.pull()
    stall = "A-12" if case == "unknown number" else "Z-9"
    slip = transfer_slip.TransferSlip(
        night.node.id,
        stall,
        "A12-GH26-0099",
        night.now.date(),
        (SlipLine("", "Cá", Decimal(1), "kg"),),
    )
    (code,) = transfer_slip.write(slip, night.node.signing_key)
    with pytest.raises(Conflict, match="slip_unknown"):
        scanning.scan(night.node, night.who("E-01"), ScanIn(code), night.now)


def test_an_inside_slip_of_one_neighbour_is_not_for_another(night: Night) -> None:
    night.pull()
    third = add_stall(night.node, "C-03", night.now)
    made = sent(night, (laid_out(night), "4"), stall_number="E-01")
    asked = SlipScan(made["codes"][0], confirm=True)
    who = replace(night.who(), stall_id=third)
    with pytest.raises(PosTraceError, match="slip_of_other_stall"):
        transfer_intake.take(night.node, who, asked, night.now + timedelta(minutes=1))


def test_slips_of_two_sellers_under_one_number_are_two_papers(
    night: Night, fresh_database: Callable[[], Database], tmp_path: Path
) -> None:
    """A-12 of two markets writes its first slip of the year: nobody is asked "Cùng chuyến xe?"."""
    buyer = second(night, make_node(fresh_database(), tmp_path, "station", OTHER_ID))
    there = make_night(
        Pair(make_node(fresh_database(), tmp_path, "station", "cho-khac"), night.pair.province), night.now
    )
    there = replace(there, pair=replace(there.pair, station=replace(there.node, signing_key=b"\x09" * 32)))
    slips = []
    for seller in (night, there):
        seller.province.station = seller.node
        seller.pull()
        enrol(seller, seller.node)
        slips.append(sent(seller, (laid_out(seller), "5")))
    buyer.pull(night.now)
    assert {slip["number"] for slip in slips} == {"A12-GH26-0001"}
    first, again = (buyer.scan(slip["codes"][0], night.later(hours=12 * n)) for n, slip in enumerate(slips))
    assert first["delivery_id"] != again["delivery_id"]
    assert [one["transfer"]["signature"] for one in (first, again)] == ["verified", "verified"]
    with buyer.node.db.read() as session:
        kept = list(session.scalars(select(Paper).order_by(Paper.id)))
        assert [paper.number for paper in kept] == ["A12-GH26-0001"] * 2
        assert [papers_served.used_before(session, paper) for paper in kept] == [[], []]
        lines = list(session.scalars(select(DeliveryLine).order_by(DeliveryLine.id)))
        found = [papers_served.facts(session, buyer.node.policy, line) for line in lines]
    assert [[fact.reused for fact in facts] for facts in found] == [[False], [False]]


def test_a_photo_of_the_slip_fills_the_delivery_like_its_text(night: Night, known: Other, children: Children) -> None:
    node = replace(known.node, ports=replace(known.node.ports, photos=PhotoReader(children, timeout_s=60.0)))
    night.pull()
    lot = night.receive(CABBAGE, "20")["lot_id"]
    (code,) = sent(night, (lot, "12.5"))["codes"]
    photo, asked = label_picture(code), ScanIn("", source="photo")
    told = scanning.scan_photo(node, known.who, photo, asked, night.now)
    assert told["transfer"]["state"] == "accepted"
    assert [line["accepted"] for line in told["lines"]] == ["12.5"]
    again = scanning.scan_photo(node, known.who, photo, asked, night.now)
    assert again["transfer"]["already"] is True
    assert count(known, Delivery) == 1
