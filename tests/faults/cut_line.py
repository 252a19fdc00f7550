"""A station and a province over HTTP, and a line between them that can be spoiled in a named way, step by step."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from pos_trace.adapters.http import Http, Limits
from pos_trace.adapters.provinces.api import ProvinceApi
from pos_trace.demo.parts import until
from pos_trace.runtime.link import ProvinceLink
from pos_trace.services import enrolment, outbox, places, register
from pos_trace.services.node import Node, Ports
from pos_trace.settings import ProvinceSection
from pos_trace.store.database import Database
from pos_trace.store.models import Case, DeliveryLine, Enrolment, Flag, OutboxMessage, StockLot, VerdictRow
from tests.adapters.fault_proxy import FAULTS, FaultProxy
from tests.services.night import LOTS, Night, demo_policy
from tests.services.two_nodes import FACILITY, PROVINCE_ID, SITE_ID, Pair, make_node, officer
from tests.web.province_server import make_app, serving

SHORT_S, LONG_S = 0.25, 20.0
REFUSED, BLACK_HOLE = "refused", "black_hole"
EVERY_WAY = (REFUSED, BLACK_HOLE, *FAULTS)
SILENT = frozenset({BLACK_HOLE, "late", "drip"})
NEVER_ARRIVES = frozenset({REFUSED, BLACK_HOLE, "reset_before", "html_200", "error_500", "busy_429"})
ACCUSING = frozenset({"undetermined", "blocked"})


class Line(FaultProxy):
    """A fault proxy that can also fall silent before the province hears anything, or not listen at all."""

    def _answer(self, connection: socket.socket, request: bytes) -> None:
        if self.script[:1] == [BLACK_HOLE]:
            self.played.append(self.script.pop(0))
            self.peer.stopping.wait(SHORT_S * 2)
            return
        super()._answer(connection, request)


@dataclass
class World:
    """Both nodes, the line between them, and a clock that tests move."""

    night: Night
    line: Line
    at: list[datetime]
    upstream: str

    @property
    def station(self) -> Node:
        return self.night.node

    @property
    def province(self) -> Node:
        return self.night.pair.province

    @property
    def now(self) -> datetime:
        return self.at[0]

    def later(self, **more: float) -> datetime:
        """Move the clock on."""
        self.at[0] += timedelta(**more)
        return self.now

    def enrol(self, code: str, url: str | None = None) -> dict[str, Any]:
        """Enrol the station through the line, a moment later."""
        url = url or self.line.peer.url
        self.later(seconds=1)
        short = bool(SILENT & set(self.line.script))
        http = Http((url.partition("://")[2],), Limits(deadline_s=SHORT_S if short else LONG_S))
        province = ProvinceApi(url, "", lambda: self.now, http)
        return enrolment.enrol(self.station, self.station.machine("admin"), code, province, url, self.now)

    def code(self) -> str:
        """A fresh enrolment code, as the Department hands it out on paper."""
        return str(places.station_code(self.province, officer(self.province), self.now)["code"])

    @contextmanager
    def spoiled(self, fault: str) -> Iterator[None]:
        """The next exchange suffers ``fault``; a refused connection has nobody listening at the enrolled address.

        Where the other side falls silent the station waits a short time only; in all else as long as it takes.
        """
        if fault in SILENT:
            self.reach(SHORT_S)
        if fault == REFUSED:
            with socket.create_server(("127.0.0.1", 0)) as gone:
                nobody = f"http://127.0.0.1:{gone.getsockname()[1]}"
            self.point_to(nobody)
            yield
            self.point_to(self.line.peer.url)
        else:
            self.line.script = [fault]
            yield
            until("the fault", lambda: self.line.played[-1:], lambda played: played == [fault])
        if fault in SILENT:
            self.reach(LONG_S)

    def reach(self, deadline_s: float) -> None:
        """The station's way to the province, with this much patience."""
        section = ProvinceSection(deadline_s=deadline_s, feed_deadline_s=deadline_s)
        link = ProvinceLink(self.station.db, self.station.id, section, lambda: self.now)
        ports = Ports(sources=(link,), feed=link, department=link)
        self.night = replace(self.night, pair=Pair(replace(self.station, ports=ports), self.province))

    def point_to(self, url: str) -> None:
        """Enrolled at ``url`` from now on, with the key the station has."""
        with self.station.write(self.station.machine("admin"), self.later(seconds=1)) as tx:
            row = enrolment.enrolled(tx.session, self.station.id)
            assert row is not None
            made = Enrolment(site_id=self.station.id, id=tx.id(), created_at=tx.now)
            made.station_id, made.province_url = row.station_id, url
            made.api_key, made.province_key_id = row.api_key, row.province_key_id
            tx.session.add(made)

    def send(self) -> int:
        """One round of the outbox, after every wait is over."""
        return outbox.deliver_due(self.station, self.later(hours=2), luck=lambda: 1.0)

    def counts(self) -> dict[str, int]:
        """What an outage must not add to: flags, cases, held or blocked goods, accusing verdicts, dead messages."""
        with self.station.db.read() as session:

            def many(model: type, *where: Any) -> int:
                return session.scalar(select(func.count()).select_from(model).where(*where)) or 0

            return {
                "flags": many(Flag),
                "cases": many(Case),
                "set aside": many(StockLot, StockLot.state.in_(("held", "blocked"))),
                "accused": many(VerdictRow, VerdictRow.status.in_(ACCUSING)),
                "dead": many(OutboxMessage, OutboxMessage.state.in_(("dead", "parked"))),
                "lines": many(DeliveryLine),
            }

    def states(self) -> set[str]:
        """The states of everything that was ever to be sent; enrolling was asked and answered at once."""
        with self.station.db.read() as session:
            return set(session.scalars(select(OutboxMessage.state).where(OutboxMessage.kind != "enrolment")))


@contextmanager
def cut_world(folder: Path, template: Path, start: datetime) -> Iterator[World]:
    """An enrolled station with two stalls, a province that has published the night's lots; nothing pulled yet."""
    made = []
    for role, node_id in (("station", SITE_ID), ("province", PROVINCE_ID)):
        path = folder / f"{role}.db"
        path.write_bytes(template.read_bytes())
        made.append(make_node(Database(f"sqlite:///{path}"), folder, role, node_id))
    station, province = made
    at = [start]
    with serving(make_app(province, lambda: at[0])) as upstream:
        line = Line(upstream)
        station = replace(station, policy=demo_policy(), public_base_url="https://truyxuat.example")
        register.put_facility(province, officer(province), FACILITY, start)
        told = [{"status": "active", "facility_id": "F2"} | lot for lot in LOTS]
        register.put_lots(province, officer(province), told, start)
        stalls = {}
        for number, gln in (("A-12", "9521234700036"), ("E-01", "9521234700074")):
            admin = station.machine("setup")
            stall = places.add_stall(station, admin, number, f"Sạp {number} (mẫu)", gln, "phường Kon Tum", None, start)
            stalls[number] = str(stall["id"])
        world = World(Night(Pair(station, province), None, start, stalls), line, at, upstream)  # type: ignore[arg-type]
        try:
            world.reach(LONG_S)
            world.enrol(world.code())
            yield world
        finally:
            line.peer.close()
            station.db.close()
            province.db.close()
