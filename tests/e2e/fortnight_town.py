"""A province and two stations in this process, on real ports and files, all on one clock that the story moves.

Nothing runs by itself: ``Town.tick`` does what the beats, the outbox and the printers would have done by now.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from pos_trace import settings
from pos_trace.adapters.provinces.api import ProvinceApi
from pos_trace.app import build_node, create_app
from pos_trace.demo.api import Client
from pos_trace.runtime.beats import Work, station_beats
from pos_trace.runtime.children import Children
from pos_trace.runtime.link import ProvinceLink
from pos_trace.runtime.server import bind
from pos_trace.services import enrolment, outbox, places, spool
from pos_trace.services.node import LOCAL_ZONE, Node
from tests.recorded import Recorder
from tests.services.print_shop import print_next

FIRST = date(2026, 11, 2)
OTHER = "sieu-thi-mau"
MARKET = "cho-mau"
MIDNIGHT = datetime.combine(FIRST, time(), LOCAL_ZONE).astimezone(UTC)
PASSWORD = "mat-khau-dai-mau"


@dataclass
class Clock:
    """The only clock of the story; it never goes back."""

    now: datetime = MIDNIGHT

    def __call__(self) -> datetime:
        return self.now

    def set(self, day: int, hour: int, minute: int = 0) -> None:
        """It is now ``hour``:``minute`` in the market on the ``day``-th day of the story (the first is 1)."""
        on = FIRST + timedelta(days=day - 1)
        found = datetime.combine(on, time(hour, minute), LOCAL_ZONE).astimezone(UTC)
        assert found >= self.now, (found, self.now)
        self.now = found

    def pass_minutes(self, minutes: int) -> None:
        """A while goes by."""
        self.now += timedelta(minutes=minutes)

    @property
    def today(self) -> date:
        """The market's calendar day."""
        return self.now.astimezone(LOCAL_ZONE).date()


@dataclass
class Station:
    """One running station: its node, where it is served, what its machine does by the clock."""

    node: Node
    url: str
    beats: Work = field(default_factory=list)
    key: str = ""

    def stall_key(self, stall_id: str, name: str, now: datetime) -> str:
        """A key for everything of one stall."""
        return str(places.stall_key(self.node, self.node.machine("setup"), stall_id, name, now)["api_key"])


@dataclass
class Town:
    """The whole town. ``heard``: every request that reached the province."""

    clock: Clock
    province: Node
    province_url: str
    heard: Recorder
    desk: Client
    market: Station
    other: Station
    spool_dir: Path
    watch: Callable[[Station, str, Callable[[], object]], object] = lambda _station, _name, act: act()

    def tick(self) -> None:
        """Both stations catch up: feeds and clocks, then what is to be sent, then what is to be printed."""
        for station in (self.market, self.other):
            for name, _, act in station.beats:
                self.watch(station, name, act)
            self.send(station)
            self.print_all(station)

    def send(self, station: Station) -> None:
        """Carry the outbox until nothing is due."""
        while outbox.deliver_due(station.node, self.clock(), luck=lambda: 0.0):
            continue

    def print_all(self, station: Station) -> None:
        """The printers work until nothing waits."""
        for printer in sorted(spool.printers_waiting(station.node, self.clock())):
            while print_next(station.node, printer, "story", self.clock()) is not None:
                continue


def _node(folder: Path, role: str, ident: str, children: Children, **sections: dict[str, Any]) -> tuple[Any, Node]:
    told = {"role": role, "id": ident, "data_dir": str(folder / ident), "demo": True}
    made = settings.parse({"node": told, "province": {"preset": "demo"}, **sections})
    return made, build_node(made, children)


@contextmanager
def _served(app: Callable[..., Any]) -> Iterator[str]:
    server = bind(app, "127.0.0.1", 0, 8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.leave()
        thread.join(20)


@contextmanager
def _station(folder: Path, ident: str, children: Children, clock: Clock, province_url: str) -> Iterator[Station]:
    made, node = _node(folder, "station", ident, children, public={"base_url": province_url})
    try:
        link = ProvinceLink(node.db, node.id, made.province, clock)
        node = replace(node, ports=replace(node.ports, sources=(link,), feed=link, department=link))
        with _served(create_app(made, node, clock)) as url:
            yield Station(node, url, station_beats(node, clock, made.beats))
    finally:
        node.db.close()


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    """Everything set up and served; no stall yet, no station known to the province."""
    clock, children = Clock(), Children(2)
    made, province = _node(folder, "province", "so-mau", children)
    heard = Recorder(create_app(made, province, clock))
    paper = folder / "paper"
    paper.mkdir()
    try:
        with (
            _served(heard) as url,
            _station(folder, MARKET, children, clock, url) as market,
            _station(folder, OTHER, children, clock, url) as other,
        ):
            who = province.machine("setup")
            agency = places.add_agency(province, who, "Sở Công Thương (mẫu)", "sct", "Quảng Ngãi", clock())["id"]
            places.add_person(province, who, "can-bo", "Cán bộ Lan (mẫu)", PASSWORD, ["inspector"], agency, clock())
            desk = Client(url, places.province_key(province, who, "story", clock())["api_key"])
            yield Town(clock, province, url, heard, desk, market, other, paper)
            desk.close()
    finally:
        province.db.close()
        children.close()


def enrol(of: Town, station: Station) -> None:
    """The station becomes known to the province, over HTTP; from here on it sends and asks with its own key."""
    now = of.clock()
    code = places.station_code(of.province, of.province.machine("setup"), now)["code"]
    api = ProvinceApi(of.province_url, "", of.clock)
    enrolment.enrol(station.node, station.node.machine("setup"), code, api, of.province_url, now)
    with station.node.db.read() as session:
        known = enrolment.enrolled(session, station.node.id)
    assert known is not None
    station.key = known.api_key
