"""A market's list of stalls: told to the province when it changes, so that new stalls sell to other stations too."""

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from pos_trace.core.errors import Conflict, Invalid
from pos_trace.core.ports import Delivered
from pos_trace.services import enrolment, places, stall_list, transfers
from pos_trace.services import outbox as outgoing
from pos_trace.services import sent as own_list
from pos_trace.store.database import Database
from pos_trace.store.models import OutboxMessage, StationRow
from tests.services.night import Night, laid_out
from tests.services.two_nodes import add_stall, as_station, make_node
from tests.services.two_stations import OTHER_ID, Other, Wire, enrol, second, sent


class Carrier:
    """The province's verb, called directly in the station's name; keeps what came."""

    def __init__(self, night: Night) -> None:
        self.night, self.came = night, []

    def send(self, kind: str, event_id: str, body: bytes) -> Delivered:
        told = orjson.loads(body)
        answer = stall_list.take(
            self.night.pair.province, as_station(), told["public_key"], told["site"], told["stalls"], self.night.now
        )
        self.came.append((kind, answer))
        return Delivered("done", "200", answer)


@pytest.fixture
def known(night: Night, fresh_database: Callable[[], Database], tmp_path: Path) -> Other:
    """Our station enrolled, another one that has pulled its key."""
    made = second(night, make_node(fresh_database(), tmp_path, "station", OTHER_ID))
    night.pull()
    enrol(night, night.node)
    made.pull(night.now)
    return made


def test_a_stall_added_after_the_enrolment_sells_to_the_other_station(night: Night, known: Other) -> None:
    line = Carrier(night)
    node = replace(night.node, ports=replace(night.node.ports, department=line))
    stall = add_stall(node, "Z-9", night.now)
    grown = replace(night, pair=replace(night.pair, station=node), stalls=night.stalls | {"Z-9": stall})
    assert outgoing.deliver_due(node, night.now) == 1
    assert line.came == [("stall_list", {"station_id": node.id, "result": "accepted"})]
    known.pull(night.now)
    with known.node.db.read() as session:
        assert "Z-9" in [one["number"] for one in session.get_one(StationRow, node.id).stalls]
    told = transfers.listed(known.node, known.who)["stalls"]
    assert any("Sạp Z-9 (mẫu)" in one["name"] for one in told)
    slip = sent(grown, (laid_out(grown, number="Z-9"), "5"), number="Z-9")
    taken = known.scan(slip["codes"][0], night.now)
    assert taken["transfer"]["signature"] == "verified"
    assert "Z-9" in taken["transfer"]["seller"]["name"]


def test_the_list_goes_again_only_when_it_changed_and_the_owner_can_open_it(night: Night) -> None:
    node, admin = night.node, night.node.machine("t")
    places.set_site(node, admin, "Chợ đầu mối (mẫu)", "market", None, "", night.now)
    with node.db.read() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    enrol(night, node)
    later = night.later(minutes=1)
    places.set_site(node, admin, "Chợ đầu mối Kon Tum (mẫu)", "market", None, "", later)
    places.set_site(node, admin, "Chợ đầu mối Kon Tum (mẫu)", "market", None, "khác", later)
    told = own_list.listed(node, night.who())
    assert [one["kind"] for one in told["market"]] == ["stall_list", "enrolment"]
    assert told["messages"] == []
    body = own_list.opened(node, night.who("E-01"), told["market"][0]["id"])["body"]
    assert [one["number"] for one in orjson.loads(body)["stalls"]] == ["A-12", "E-01"]
    assert set(orjson.loads(body)) == {"public_key", "site", "stalls"}


def test_a_stall_that_came_while_the_province_answered_is_told_at_once(night: Night) -> None:
    node, province = night.node, night.pair.province

    class Slow(Wire):
        def enrol(self, *told: Any) -> Any:
            add_stall(node, "Z-9", night.now)
            return super().enrol(*told)

    code = places.station_code(province, province.machine("t"), night.now)["code"]
    enrolment.enrol(node, node.machine("t"), code, Slow(province, night.now), "https://x.example", night.now)
    line = Carrier(night)
    outgoing.deliver_due(replace(node, ports=replace(node.ports, department=line)), night.now)
    assert [kind for kind, _ in line.came] == ["stall_list"]
    with province.db.read() as session:
        assert "Z-9" in [one["number"] for one in session.get_one(StationRow, node.id).stalls]


def test_the_province_takes_a_list_once_and_only_of_the_keys_own_site_and_machine(night: Night) -> None:
    enrol(night, night.node)
    province, who = night.pair.province, as_station()
    with night.node.db.read() as session:
        told = enrolment.facts(session, night.node)
    stalls = [*told["stalls"], {"id": "z-9", "number": "Z-9", "name": "Sạp mới", "gln": None, "commune": None}]
    sent_twice = [stall_list.take(province, who, told["public_key"], told["site"], stalls, night.now) for _ in (1, 2)]
    assert [one["result"] for one in sent_twice] == ["accepted", "duplicate"]
    with pytest.raises(Conflict):
        stall_list.take(province, as_station("cho-khac"), told["public_key"], told["site"], stalls, night.now)
    other = base64.b64encode(b"\x05" * 32).decode()
    with pytest.raises(Conflict):
        stall_list.take(province, who, other, told["site"], stalls, night.now)
    with pytest.raises(Invalid):
        stall_list.take(province, who, "x" * 44, told["site"], stalls, night.now)
