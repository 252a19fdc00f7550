"""The province cut off in the middle of each step, in every way a line can fail: nobody is accused, nothing is opened
for the outage, what was known stays, what was to be sent arrives once, and it mends by itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from pos_trace.core.errors import Invalid, Unavailable
from pos_trace.demo.parts import until
from pos_trace.services import cases, conclusions, inspecting, recalls, rechecking, register, selling, sightings, sync
from pos_trace.store.models import Case, CaseEventRow, Flag, LotSighting, PublishedReceipt, StockLot
from tests.faults.cut_line import EVERY_WAY, NEVER_ARRIVES, REFUSED, World, cut_world
from tests.services.night import CABBAGE, FISH, SISTER, asked
from tests.services.two_nodes import SITE_ID, officer

pytestmark = pytest.mark.faults
every_way = pytest.mark.parametrize("fault", EVERY_WAY)
NEW_LOT = "01/09521234600060/10/BC2611"


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path, now: datetime) -> Iterator[World]:
    with cut_world(tmp_path, sqlite_template, now) as made:
        yield made


def rows(world: World, model: type, node: str = "province", *where: object) -> int:
    with getattr(world, node).db.read() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


@every_way
def test_an_enrolment_cut_off_leaves_the_old_one_and_goes_again(world: World, fault: str) -> None:
    code = world.code()
    before = world.counts()
    if fault == REFUSED:
        with pytest.raises(Unavailable):
            world.enrol(code, "http://127.0.0.1:1")
    else:
        world.line.script = [fault]
        with pytest.raises((Unavailable, Invalid)) as told:
            world.enrol(code)
        assert world.line.played[-1] == fault
        assert told.type is Unavailable or fault == "twice"
    assert world.counts() == before
    world.enrol(code if fault in NEVER_ARRIVES else world.code())
    assert sync.pull(world.station, world.now)["state"] == "ok"


@every_way
def test_a_look_up_cut_off_says_unchecked_and_never_worse(world: World, fault: str) -> None:
    delivery = world.night.deliver()
    before = world.counts()
    with world.spoiled(fault):
        verdict = world.night.scan(CABBAGE, at=world.now)["verdict"]
    assert verdict["status"] == ("verified" if fault == "twice" else "unchecked")
    with world.spoiled(fault):
        line = world.night.scan(FISH, delivery, at=world.now)["line"]
    assert (line["state"], line["flag"]) == ("sellable", None)
    assert world.counts() == before | {"lines": before["lines"] + 1}
    assert world.night.scan(CABBAGE, at=world.now)["verdict"]["status"] == "verified"


@every_way
def test_a_known_lot_keeps_its_record_however_the_province_answers(world: World, fault: str) -> None:
    sync.pull(world.station, world.now)
    world.later(hours=30)
    before = world.counts()
    with world.spoiled(fault):
        verdict = world.night.scan(CABBAGE, at=world.now)["verdict"]
    assert verdict["status"] == "verified"
    assert verdict["records"]["age_s"] is not None
    assert world.counts() == before


@every_way
def test_a_page_of_the_feed_cut_off_is_read_whole_the_next_time(world: World, fault: str) -> None:
    sync.pull(world.station, world.now)
    lot = {"key": NEW_LOT, "product_name": "Bắp cải", "facility_id": "F2", "status": "active"}
    register.put_lots(world.province, officer(world.province), [lot], world.now)
    before = world.counts()
    with world.spoiled(fault):
        told = sync.pull(world.station, world.now)
    assert told["state"] == ("ok" if fault == "twice" else "unavailable")
    assert world.counts() == before
    assert sync.pull(world.station, world.now)["state"] == "ok"
    with world.spoiled(fault):
        assert world.night.scan(NEW_LOT, at=world.later(hours=30))["verdict"]["status"] == "verified"


@every_way
def test_a_recall_reaches_the_goods_after_a_cut_off_poll(world: World, fault: str) -> None:
    sync.pull(world.station, world.now)
    lot = world.night.receive(FISH, "20", "khay", at=world.now)["lot_id"]
    told = {"recall_id": "TH-9", "keys": [FISH], "reason": "vượt mức dư lượng (mẫu)"}
    recalls.issue(world.province, officer(world.province), told, world.now)
    before = world.counts()
    with world.spoiled(fault):
        sync.pull(world.station, world.now)
    if fault != "twice":
        assert world.counts() == before
    sync.pull(world.station, world.now)
    assert world.night.lot(lot)["state"] == "blocked"
    assert rows(world, StockLot, "station", StockLot.state == "blocked") == 1


@dataclass(frozen=True)
class Message:
    """Something that leaves the station: how it is made, and how often the province has it."""

    make: Callable[[World], object]
    there: Callable[[World], int]


def a_report(world: World) -> object:
    flag = world.night.loose(world.night.deliver())["flag"]["id"]
    return cases.send_flag(world.station, world.night.who(), flag, world.now)


def a_sale(world: World) -> object:
    told = selling.SaleIn("cut-1", (asked(name="Chanh tươi", quantity="1", unit="kg"),))
    return selling.record_sale(world.station, world.night.who(), told, world.now)


def a_day(world: World) -> object:
    sync.pull(world.station, world.now)
    world.night.receive(CABBAGE, at=world.now)
    day = world.now.astimezone(world.station.zone).date()
    return sightings.queue_day(world.station, day, world.later(days=1))


MESSAGES = {
    "report": Message(a_report, lambda world: rows(world, Case)),
    "receipt": Message(a_sale, lambda world: rows(world, PublishedReceipt)),
    "sighting": Message(a_day, lambda world: rows(world, LotSighting)),
}


@every_way
@pytest.mark.parametrize("name", MESSAGES)
def test_what_was_on_its_way_arrives_exactly_once(world: World, name: str, fault: str) -> None:
    message = MESSAGES[name]
    message.make(world)
    before = world.counts()
    with world.spoiled(fault):
        assert world.send() == 1
    if fault in NEVER_ARRIVES:
        assert message.there(world) == 0
    else:
        until("the province has it", lambda: message.there(world), lambda found: found == 1)
    assert world.states() == ({"done"} if fault == "twice" else {"pending"})
    while world.states() != {"done"}:
        assert world.send() == 1
    assert message.there(world) == 1
    assert world.counts() == before
    assert rows(world, CaseEventRow, "province", CaseEventRow.node == "station") == (name == "report")


@every_way
def test_a_conclusion_comes_home_after_a_cut_off_poll(world: World, fault: str) -> None:
    line = world.night.loose(world.night.deliver())
    case = cases.send_flag(world.station, world.night.who(), line["flag"]["id"], world.now)["case_id"]
    world.send()
    inspector = officer(world.province)
    inspecting.take(world.province, inspector, SITE_ID, case, world.now)
    found = {"outcome": "complies", "origin_finding": "cleared", "reason": "Đã xuất trình hóa đơn (mẫu)."}
    conclusions.conclude(world.province, inspector, SITE_ID, case, found, world.now)
    before = world.counts()
    with world.spoiled(fault):
        told = sync.poll_cases(world.station, world.now)
    if fault != "twice":
        assert told["state"] == "unavailable"
        assert world.counts() == before
        assert world.night.lot(line["lot_id"])["state"] == "held"
    sync.poll_cases(world.station, world.now)
    assert sync.poll_cases(world.station, world.now) == {"state": "ok", "events": 0, "refused": 0}
    assert cases.detail(world.station, world.night.who(), case)["state"] == "concluded"
    assert world.night.lot(line["lot_id"])["state"] == "sellable"


def test_a_day_without_the_province(world: World) -> None:
    """Known goods answer with their age; unknown ones are unchecked and sold, held after a day, asked when the line is
    back; the window of an answer is not counted over the outage.
    """
    station, night = world.station, world.night
    sync.pull(station, world.now)
    lot = {"key": NEW_LOT, "product_name": "Bắp cải", "product_group": "rau", "facility_id": "F2", "status": "active"}
    absent = SISTER.replace("CL2611C", "CL9999")
    register.put_lots(world.province, officer(world.province), [lot], world.now)
    began = world.now
    world.point_to("http://127.0.0.1:1")
    before = world.counts()
    received = {key: night.receive(key, at=world.now) for key in (NEW_LOT, absent)}
    assert {line["verdict"]["status"] for line in received.values()} == {"unchecked"}
    for hour in range(1, 31):
        at = world.later(hours=1)
        assert sync.pull(station, at)["state"] == "unavailable"
        assert sync.poll_cases(station, at)["state"] == "unavailable"
        rechecked(world)
        known = night.scan(CABBAGE, at=at)["verdict"]
        assert known["status"] == "verified"
        assert known["records"]["age_s"] >= hour * 3600
        states = {night.lot(line["lot_id"])["state"] for line in received.values()}
        assert states == ({"sellable"} if hour < 24 else {"held"}), hour
    told = world.counts()
    assert (told["flags"], told["cases"], told["accused"]) == (before["flags"], before["cases"], before["accused"])
    world.point_to(world.line.peer.url)
    back = world.later(hours=1)
    assert sync.pull(station, back)["state"] == "ok"
    rechecked(world)
    assert night.lot(received[NEW_LOT]["lot_id"])["state"] == "sellable"
    flags = open_flags(world)
    assert list(flags) == [received[absent]["id"]]
    assert flags[received[absent]["id"]] >= back + timedelta(hours=23)
    assert back - began > timedelta(hours=30)
    assert cases.due_flags(station, back + timedelta(hours=20)) == 0
    assert world.counts()["cases"] == before["cases"]


def rechecked(world: World) -> None:
    rechecking.unchecked_due(world.station, world.now)


def open_flags(world: World) -> dict[str, datetime]:
    with world.station.db.read() as session:
        return {flag.line_id: flag.due_at for flag in session.scalars(select(Flag).where(Flag.state == "open"))}
