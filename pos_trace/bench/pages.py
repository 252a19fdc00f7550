"""How long the server works on a screen or a list, with a whole market's month in the database.

200 stalls × 30 nights: one night is played through the verbs, then copied by ``market_rows``. Every path is asked by
several stalls through the WSGI application as ``create_app`` ships it; the figure is the 95th percentile.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from flask.testing import FlaskClient

from pos_trace import settings as configuration
from pos_trace.app import build_node, create_app
from pos_trace.bench import market_night, market_rows
from pos_trace.bench.rows import p95, row
from pos_trace.services import accounts, places
from pos_trace.services.node import Node

GOAL_MS: Final = 300
STALLS, DAYS, THINGS = 200, 30, 5
ASKING, ROUNDS = 4, 5
SITE, PROVINCE = "cho-mau", "so-mau"
NIGHT: Final = datetime(2026, 11, 24, 19, 31, tzinfo=UTC)
MORNING: Final = NIGHT + timedelta(minutes=30)
PIN, PASSWORD = "2468", "mat-khau-dai"
OWNER: Final = (
    *("/nhan-hang", "/nhan-hang/da-xong", "/ban-hang", "/kho-hang", "/giao-hang", "/giao-ca", "/mat-hang", "/the-sap"),
    *("/chu-sap", "/chu-sap/da-gui", "/chu-sap/ai-da-xem", "/chu-sap/may", "/chu-sap/nguoi", "/chu-sap/so"),
    *("/bat-dau", "/chon-hang", "/hang-dau-ky"),
    *(f"/api/v1/{name}" for name in (
        "arrivals", "cases", "day-ends", "deliveries", "desk-checks", "flags", "hand-overs", "outbox", "prints",
        "products", "reminders", "sales", "seen", "shortfalls", "stock", "stock/closed", "stop-sales", "suppliers",
        "transfers", "first-day", "first-day/goods",
    )),
)  # fmt: skip
OFFICE: Final = ("/cho", "/cho/so-cong", "/cho/doc-loa", "/api/v1/market", "/api/v1/market/gate")
DESK: Final = (
    *("/ban-kiem-tra", "/ban-kiem-tra?by=supplier", "/ban-kiem-tra?by=truck", "/thong-bao", "/phan-anh", "/so-lieu"),
    *("/api/province/v1/cases", "/api/province/v1/case-groups?by=stall", "/api/province/v1/case-counts"),
    *("/api/province/v1/notices", "/api/province/v1/feedback"),
)


@dataclass
class Asking:
    """Logged-in browsers of one kind of person, and what they open."""

    browsers: list[FlaskClient]
    paths: Sequence[str]


def run(stalls: int = STALLS, days: int = DAYS, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """The rows of ``bench pages``: the worst first, then one a path."""
    with tempfile.TemporaryDirectory(prefix="pos_trace-bench-") as folder, market(Path(folder), stalls, days) as people:
        figures = {path: measured(asking.browsers, path, rounds) for asking in people for path in asking.paths}
    return [
        row("p95_ms", max(figures.values()), "ms", GOAL_MS),
        *(row(path, figure, "ms", GOAL_MS) for path, figure in figures.items()),
    ]


def measured(browsers: Sequence[FlaskClient], path: str, rounds: int) -> float:
    """Milliseconds, 95th percentile; the first look of each browser is not counted. Raises when a page fails."""
    taken = []
    for number in range(rounds + 1):
        for browser in browsers:
            started = time.perf_counter()
            answer = browser.get(path)
            ended = time.perf_counter()
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")
            if number:
                taken.append((ended - started) * 1000)
    return p95(taken)


@contextmanager
def market(folder: Path, stalls: int, days: int) -> Iterator[list[Asking]]:
    """A station with ``stalls`` × ``days`` of data and the province it reported to, with people logged in."""
    station, province = _node(folder, "station", SITE), _node(folder, "province", PROVINCE)
    try:
        admin = province.machine("bench")
        agency = str(places.add_agency(province, admin, "Sở Công Thương (mẫu)", "sct", "Quảng Ngãi", NIGHT)["id"])
        station_ports = replace(
            station.ports, sources=(), feed=None, department=market_night.Direct(province, SITE, MORNING)
        )
        station = replace(station, ports=station_ports)
        ids = [market_night.add_stall(station, number, NIGHT) for number in range(1, stalls + 1)]
        market_night.play(station, ids[0], market_night.register_lots(station, THINGS, NIGHT), NIGHT)
        market_night.report(station, MORNING)
        with station.db.write() as session:
            market_rows.spread(session, SITE, ids[0], ids, days)
        with province.db.write() as session:
            market_rows.spread_cases(session, SITE, ids[0], (ids, days))
        yield [*_station_people(folder, station, ids), _desk(folder, province, agency)]
    finally:
        for node in (station, province):
            node.db.close()


def _settings(folder: Path, role: str, node_id: str) -> configuration.Settings:
    told: dict[str, Any] = {"node": {"role": role, "id": node_id, "data_dir": str(folder / role)}}
    told |= {"province": {"preset": "quangngai"}, "public": {"base_url": "https://truyxuat.example"}}
    return configuration.parse(told)


def _node(folder: Path, role: str, node_id: str) -> Node:
    return build_node(_settings(folder, role, node_id), None)


def _station_people(folder: Path, station: Node, ids: Sequence[str]) -> list[Asking]:
    app = create_app(_settings(folder, "station", SITE), station, lambda: MORNING)
    admin, owners = station.machine("bench"), []
    for number, stall in enumerate(ids[:: max(1, len(ids) // ASKING)][:ASKING]):
        code = places.device_code(station, admin, stall, MORNING)["code"]
        device = accounts.enrol_device(station, code, "Máy", MORNING)["device_token"]
        places.add_person(station, admin, f"owner{number}", "Chị Hoa (mẫu)", PIN, ["owner"], stall, MORNING)
        owners.append(_browser(app, f"owner{number}", PIN, str(device)))
    places.add_person(station, admin, "office", "Ban quản lý (mẫu)", PASSWORD, ["site_admin"], None, MORNING)
    return [Asking(owners, OWNER), Asking([_browser(app, "office", PASSWORD)], OFFICE)]


def _desk(folder: Path, province: Node, agency: str) -> Asking:
    app = create_app(_settings(folder, "province", PROVINCE), province, lambda: MORNING)
    admin = province.machine("bench")
    places.add_person(province, admin, "lan", "Cán bộ Lan (mẫu)", PASSWORD, ["inspector"], agency, MORNING)
    return Asking([_browser(app, "lan", PASSWORD)], DESK)


def _browser(app: Any, login: str, secret: str, device: str | None = None) -> FlaskClient:
    client: FlaskClient = app.test_client()
    if device is not None:
        client.set_cookie("pt_device", device)
    token = client.get("/login").text.split('name="csrf-token" content="')[1].split('"')[0]
    answer = client.post("/login", data={"login": login, "secret": secret, "csrf_token": token})
    if answer.status_code != 303:
        raise RuntimeError(f"log-in of {login}: {answer.status_code}")
    return client
