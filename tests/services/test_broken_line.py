"""A station and a province over real HTTP with a line that breaks in every way: once is once, nothing is lost."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pos_trace.adapters.departments.api import DepartmentApi
from pos_trace.adapters.http import Http, Limits
from pos_trace.core.roles import STATION_KEY_SCOPES
from pos_trace.services import accounts, cases, outbox, sent
from pos_trace.services.node import Ports
from pos_trace.store.models import Case, CaseEventRow, Evidence, OutboxMessage
from tests.adapters.fault_proxy import FAULTS, spoiled
from tests.services.goods_rows import flagged_line, photo_of
from tests.services.two_nodes import SITE_ID, add_stall, officer, trader
from tests.web.province_server import make_app, serving

pytestmark = pytest.mark.faults


@pytest.fixture
def line(pair, now):
    """Proxy, station with its Department beyond it, and a stall."""
    with pair.province.write(officer(pair.province), now) as tx:
        key = accounts.new_key(tx, "station", STATION_KEY_SCOPES, station_site_id=SITE_ID)
    with serving(make_app(pair.province, lambda: now)) as upstream, spoiled(upstream) as proxy:
        limits = Limits(deadline_s=0.5, max_bytes=100_000, failures=10_000)
        department = DepartmentApi(proxy.peer.url, key, Http((proxy.peer.host,), limits))
        both = pair.with_ports(Ports(department=department))
        yield proxy, both, add_stall(both.station, "D-07", now)


def deliver_all(station, now):
    """Rounds of delivery until nothing waits, with the clock moved past every wait."""
    for hour in range(200):
        outbox.deliver_due(station, now + timedelta(hours=hour), luck=lambda: 0.0)
        with station.db.read() as session:
            states = set(session.scalars(select(OutboxMessage.state)))
        if states <= {"done", "dead", "parked"}:
            return states
    raise AssertionError(f"still waiting: {states}")


def counted(node, model):
    with node.db.read() as session:
        return session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("fault", FAULTS)
def test_one_broken_answer_costs_a_retry_and_nothing_else(line, now, fault):
    proxy, both, stall = line
    ids = flagged_line(both.station, stall, now)
    photo_of(both.station, stall, now, ids["line"])
    cases.send_flag(both.station, trader(both.station, stall), ids["flag"], now)
    proxy.script = [fault, "none", fault]
    assert deliver_all(both.station, now) == {"done"}
    assert proxy.played[0] == fault
    assert (counted(both.province, Case), counted(both.province, CaseEventRow)) == (1, 2)
    assert counted(both.province, Evidence) == 1
    with both.station.db.read() as session:
        assert session.scalars(select(Case.ack_number)).one() == "SCT-2026-000001"


def test_a_whole_night_of_broken_answers_loses_and_doubles_nothing(line, now):
    proxy, both, stall = line
    luck = random.Random(2611)
    quick = [name for name in FAULTS if name not in ("drip", "late")]
    proxy.script = [luck.choice((*quick, "none")) for _ in range(60)]
    who = trader(both.station, stall)
    made = []
    for number in range(4):
        ids = flagged_line(both.station, stall, now, name=f"Hàng {number}")
        made.append(cases.send_flag(both.station, who, ids["flag"], now)["case_id"])
        cases.reply(both.station, who, made[-1], "Giấy đến sau", [], now)
        cases.withdraw(both.station, who, made[-1], "", now)
    assert deliver_all(both.station, now) == {"done"}
    with both.province.db.read() as session:
        rows = session.execute(
            select(CaseEventRow.case_id, CaseEventRow.kind).where(CaseEventRow.node == "station")
        ).all()
    assert sorted(rows) == sorted((c, k) for c in made for k in ("opened", "replied", "withdrawn"))
    assert counted(both.province, Case) == 4


def test_a_refused_key_parks_everything_until_a_person_acts(line, now):
    proxy, both, stall = line
    department = DepartmentApi(proxy.peer.url, "ptk_wrong_key", Http((proxy.peer.host,), Limits()))
    ids = flagged_line(both.station, stall, now)
    cases.send_flag(both.station, trader(both.station, stall), ids["flag"], now)
    refused = both.with_ports(Ports(department=department)).station
    assert outbox.deliver_due(refused, now) == 1
    later = now + timedelta(days=1)
    assert outbox.deliver_due(both.station, later) == 0
    assert outbox.unpark(both.station, both.station.machine("admin"), "department", later) == {"waiting": 1}
    assert deliver_all(both.station, later) == {"done"}
    assert counted(both.province, Case) == 1


def test_without_a_department_messages_wait(line, now):
    _, both, stall = line
    alone = both.with_ports(Ports()).station
    ids = flagged_line(alone, stall, now)
    cases.send_flag(alone, trader(alone, stall), ids["flag"], now)
    assert outbox.deliver_due(alone, now) == 0
    assert outbox.deliver_due(both.station, now, stopping=lambda: True) == 0
    assert outbox.deliver_due(both.station, now, most=1) == 1


def test_a_photo_lost_from_the_disk_is_dead_and_kept(line, now):
    _, both, stall = line
    ids = flagged_line(both.station, stall, now)
    photo_of(both.station, stall, now, ids["line"])
    cases.send_flag(both.station, trader(both.station, stall), ids["flag"], now)
    for file in both.station.files.folder.rglob("*"):
        if file.is_file():
            file.unlink()
    assert deliver_all(both.station, now) == {"done", "dead"}
    told = sent.listed(both.station, trader(both.station, stall))["messages"]
    assert {m["kind"]: m["state_text"] for m in told}["evidence"] == "nơi nhận từ chối"
