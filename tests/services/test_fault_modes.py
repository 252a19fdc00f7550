"""The province lies, drips or asks for a log-in: no verdict turns into an accusation, and all mends itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import requests

from pos_trace.adapters.http import Http, Limits
from pos_trace.adapters.provinces.api import ProvinceApi
from pos_trace.services import access_log, accounts, enrolment, publishing, rechecking, register, snapshots, sync
from pos_trace.services.node import Node
from pos_trace.store.models import FeedCursor
from pos_trace.web.province import api_faults
from pos_trace.web.province.api_faults import Faults
from tests.services.night import CABBAGE, UNKNOWN, Night, on_sqlite
from tests.services.two_nodes import FACILITY, SITE_ID, officer
from tests.web.province_server import MODULES, make_app, serving

MODES = (
    *("slow", "timeout", "error_500", "rate_limit", "bad_json"),
    *("html_login", "bad_signature", "truncated", "wrong_schema"),
)
NOT_OF_JSON = ("bad_signature",)  # it spoils hashes in answers and bits in files; a page without hashes passes
QUICK = Limits(deadline_s=0.4, failures=1000)
TOLD = {"key": UNKNOWN, "product_name": "Tỏi Lý Sơn", "product_group": "rau", "facility_id": "F2", "status": "active"}
pytestmark = [pytest.mark.faults, on_sqlite]


@dataclass
class Line:
    """A station's real line to its province over HTTP, and the switch for what goes wrong on it."""

    night: Night
    node: Node
    address: str

    def fails(self, mode: str) -> None:
        times = 1 if mode == "none" else 1000
        told = requests.post(f"{self.address}/_faults", json={"mode": mode, "times": times}, timeout=10)
        assert told.status_code == 200

    def at(self, night: Night) -> Night:
        return replace(night, pair=replace(night.pair, station=self.node))


@pytest.fixture
def line(night: Night, now: datetime) -> Iterator[Line]:
    province = night.pair.province
    with province.write(province.machine("t"), now) as tx:
        key = accounts.new_key(tx, "station", frozenset({"station"}), station_site_id=SITE_ID)
    app = make_app(province, lambda: now, names=MODULES[:-1])
    app.register_api(api_faults.blueprint(Faults(slow_s=0.6, timeout_s=0.6)))
    with serving(app) as address:
        http = Http((urlsplit(address).netloc,), QUICK)
        api = ProvinceApi(address, key, lambda: now, http, feed_deadline_s=0.4)
        policy = replace(night.node.policy, province_keys=(enrolment.public_key(province),))
        ports = replace(night.node.ports, sources=(api,), feed=api)
        yield Line(night, replace(night.node, policy=policy, ports=ports), address)
        http.close()


def failure(node: Node) -> str | None:
    with node.db.read() as session:
        row = session.query(FeedCursor).filter_by(name="changes").one()
        return row.failure


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode not in NOT_OF_JSON])
def test_old_records_stay_in_force_and_what_is_not_known_is_not_accused(line: Line, mode: str) -> None:
    night, now = line.at(line.night), line.night.now
    sync.pull(line.node, now)
    line.fails(mode)
    later = now + timedelta(hours=7)
    assert sync.pull(line.node, later)["state"] == "unavailable"
    known = night.scan(CABBAGE, night.deliver(), "20", "kg", at=later)["line"]
    unknown = night.scan(UNKNOWN, night.deliver(), "15", "kg", at=later)["line"]
    assert (known["verdict"]["status"], known["flag"]) == ("verified", None)
    assert (unknown["verdict"]["status"], unknown["flag"]) == ("unchecked", None)
    assert failure(line.node)
    line.fails("none")
    register.put_facility(night.pair.province, officer(night.pair.province), FACILITY, now)
    register.put_lots(night.pair.province, officer(night.pair.province), [TOLD], now)
    assert sync.pull(line.node, later)["state"] == "ok"
    assert failure(line.node) is None
    rechecking.unchecked_due(line.node, later)
    with line.node.db.read() as session:
        state = night.lot(unknown["lot_id"])["state"]
        assert (state, session.query(FeedCursor).filter_by(name="changes").one().failed_at) == ("sellable", None)


@pytest.mark.parametrize("mode", MODES[1:])  # a slow file is a file: it may take its time
def test_a_snapshot_on_a_bad_line_is_no_snapshot_and_the_one_before_stays(line: Line, mode: str) -> None:
    province, now = line.night.pair.province, line.night.now
    publishing.publish(province, province.machine("t"), now)
    assert snapshots.pull(line.node, now)["state"] == "in_force"
    first = snapshots.in_force(line.node)
    register.put_facility(province, officer(province), FACILITY, now)
    register.put_lots(province, officer(province), [TOLD], now)
    later = now + timedelta(days=25)
    publishing.publish(province, province.machine("t"), later)
    line.fails(mode)
    assert snapshots.pull(line.node, later)["state"] in ("unavailable", "refused")
    assert snapshots.in_force(line.node) == first
    line.fails("none")
    assert snapshots.pull(line.node, later)["state"] == "in_force"
    assert snapshots.in_force(line.node) != first


@pytest.mark.parametrize("mode", MODES)
def test_every_other_feed_waits_and_goes_on(line: Line, mode: str) -> None:
    now = line.night.now
    line.fails(mode)
    told = [sync.pull_recalls(line.node, now), sync.poll_cases(line.node, now), access_log.poll(line.node, now)]
    if mode not in NOT_OF_JSON:
        assert {one["state"] for one in told} == {"unavailable"}
    line.fails("none")
    told = [sync.pull_recalls(line.node, now), sync.poll_cases(line.node, now), access_log.poll(line.node, now)]
    assert {one["state"] for one in told} == {"ok"}
