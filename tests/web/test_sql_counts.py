"""How many SQL statements a page or a list costs: few, and the same for two rows as for forty."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Pool, event

from pos_trace.bench import market_night
from pos_trace.services import accounts, lot_files, places, register, serial_ranges
from pos_trace.services.node import Node
from pos_trace.store.database import Database
from pos_trace.store.models import Feedback
from tests.conftest import NOW
from tests.services.night import demo_policy
from tests.services.two_nodes import PROVINCE_ID, SITE_ID, make_node
from tests.web.market_app import PASSWORD, PIN, app_of, csrf

FEW, MANY = 2, 40
MORNING = NOW + timedelta(hours=1)
A_LIST = 12
STATION_OWNER = {
    "/api/v1/arrivals": A_LIST,
    "/api/v1/cases": A_LIST,
    "/api/v1/cases/{case_id}": 16,
    "/api/v1/day-ends": 32,
    "/api/v1/deliveries": A_LIST,
    "/api/v1/deliveries/{delivery_id}": 16,
    "/api/v1/deliveries/{delivery_id}/papers": 16,
    "/api/v1/desk-checks": A_LIST,
    "/api/v1/devices": A_LIST,
    "/api/v1/first-day": 16,
    "/api/v1/first-day/goods": A_LIST,
    "/api/v1/flags": A_LIST,
    "/api/v1/hand-overs": 20,
    "/api/v1/outbox": A_LIST,
    "/api/v1/people": A_LIST,
    "/api/v1/presentations": A_LIST,
    "/api/v1/prints": A_LIST,
    "/api/v1/products": A_LIST,
    "/api/v1/recalls": A_LIST,
    "/api/v1/reminders": 16,
    "/api/v1/sales": A_LIST,
    "/api/v1/seen": A_LIST,
    "/api/v1/shortfalls": A_LIST,
    "/api/v1/stall-card": A_LIST,
    "/api/v1/starter": A_LIST,
    "/api/v1/stock": A_LIST,
    "/api/v1/stock/closed": A_LIST,
    "/api/v1/stock/{lot_id}/lineage": A_LIST,
    "/api/v1/stop-sales": A_LIST,
    "/api/v1/suppliers": A_LIST,
    "/api/v1/transfers": 16,
    "/api/v1/transfers/{transfer_id}": A_LIST,
    "/ban-hang": A_LIST,
    "/bat-dau": A_LIST,
    "/chon-hang": A_LIST,
    "/chu-sap": 20,
    "/chu-sap/ai-da-xem": A_LIST,
    "/chu-sap/da-gui": A_LIST,
    "/chu-sap/may": A_LIST,
    "/chu-sap/nguoi": A_LIST,
    "/chu-sap/so": A_LIST,
    "/chu-sap/thu-hoi": A_LIST,
    "/giao-ca": A_LIST,
    "/giao-hang": A_LIST,
    "/hang-dau-ky": A_LIST,
    "/kho-hang": A_LIST,
    "/mat-hang": A_LIST,
    "/nhan-hang": A_LIST,
    "/nhan-hang/da-xong": A_LIST,
    "/the-sap": A_LIST,
}
STATION_OFFICE = {
    "/api/v1/market": 20,
    "/api/v1/market/gate": A_LIST,
    "/api/v1/market/recalls": A_LIST,
    "/cho": 16,
    "/cho/doc-loa": A_LIST,
    "/cho/so-cong": A_LIST,
}
PROVINCE_INSPECTOR = {
    "/api/province/v1/case-counts": A_LIST,
    "/api/province/v1/case-groups?by=supplier": A_LIST,
    "/api/province/v1/case-groups?by=truck": A_LIST,
    "/api/province/v1/case-groups?by=stall": A_LIST,
    "/api/province/v1/cases": 16,
    "/api/province/v1/cases/{site_id}/{case_id}": 24,
    "/api/province/v1/cases/{site_id}/{case_id}/looks": A_LIST,
    "/api/province/v1/desk-checks": A_LIST,
    "/api/province/v1/doubts": A_LIST,
    "/api/province/v1/feedback": A_LIST,
    "/api/province/v1/notices": A_LIST,
    "/api/province/v1/lot-files": A_LIST,
    "/api/province/v1/people": A_LIST,
    "/api/province/v1/serial-ranges": A_LIST,
    "/ban-kiem-tra": 24,
    "/ban-kiem-tra?by=supplier": 24,
    "/ban-kiem-tra/{site_id}/{case_id}": 32,
    "/chon-ngau-nhien": A_LIST,
    "/co-quan": A_LIST,
    "/phan-anh": A_LIST,
    "/so-lieu": A_LIST,
    "/doi-chieu": A_LIST,
    "/so-lo/co-so": A_LIST,
    "/so-lo/dai-tem": A_LIST,
    "/so-lo/lo": A_LIST,
    "/so-lo/tep": A_LIST,
    "/thong-bao": A_LIST,
}


@dataclass
class Town:
    """A station and a province after one stall's night, with whoever looks at them logged in."""

    people: dict[str, FlaskClient]
    ids: dict[str, str]

    def costs(self, person: str, path: str) -> int:
        """Statements of the second look: what is read once after a start is no part of it."""
        client, where = self.people[person], path.format(**self.ids)
        assert client.get(where).status_code == 200, where
        with counted() as statements:
            assert client.get(where).status_code == 200
        return len(statements)


AROUND = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every SQL statement executed inside, as SQLite itself tells it: prepared ones pass the engine's events by."""
    seen: list[str] = []

    def ran(statement: str) -> None:
        if not statement.startswith(AROUND):
            seen.append(statement)

    def taken(connection: Any, *_more: Any) -> None:
        connection.set_trace_callback(ran)

    def given_back(connection: Any, *_more: Any) -> None:
        connection.set_trace_callback(None)

    event.listen(Pool, "checkout", taken)
    event.listen(Pool, "checkin", given_back)
    try:
        yield seen
    finally:
        event.remove(Pool, "checkout", taken)
        event.remove(Pool, "checkin", given_back)


def browser(app: Any, login: str, secret: str, device: str | None = None) -> FlaskClient:
    client: FlaskClient = app.test_client()
    if device:
        client.set_cookie("pt_device", device)
    told = {"login": login, "secret": secret, "csrf_token": csrf(client)}
    assert client.post("/login", data=told).status_code == 303
    return client


def register_desk(province: Node, count: int) -> None:
    """``count`` facilities, each with a certificate, a lot and a range of serials; as many files of lots."""
    who = province.machine("setup")
    for number in range(count):
        owner = {"facility_id": f"R{number}", "name": f"HTX {number} (mẫu)", "certificates": [{"kind": "ATTP"}]}
        register.put_facility(province, who, owner, NOW)
        lot = {"key": f"kt:R-{number}", "product_name": "Rau", "facility_id": f"R{number}", "status": "active"}
        register.put_lots(province, who, [lot], NOW)
        serial_ranges.issue(province, who, {"first": "1", "last": "9", "facility_id": f"R{number}"}, NOW)
        sheet: dict[str, Any] = {"lots": [lot], "errors": [], "bad": [], "ignored": []}
        lot_files.take(province, who, "a.xlsx", f"{number:064d}", sheet, NOW)


def make_town(folder: Path, template: Path, count: int) -> Iterator[Town]:
    """``count`` of everything a night brings."""
    nodes = []
    for role, node_id in (("station", SITE_ID), ("province", PROVINCE_ID)):
        path = folder / f"{role}-{count}.db"
        path.write_bytes(template.read_bytes())
        nodes.append(make_node(Database(f"sqlite:///{path}"), folder, role, node_id))
    station, province = nodes
    ports = replace(station.ports, department=market_night.Direct(province, SITE_ID, NOW))
    station = replace(station, policy=demo_policy(), ports=ports, public_base_url="https://truyxuat.example")
    admin = station.machine("setup")
    agency = places.add_agency(province, admin, "Sở Công Thương (mẫu)", "sct", "Quảng Ngãi", NOW)["id"]
    places.add_printer(station, admin, None, "Máy in", "generic-80", "file", str(folder), NOW)
    stall = market_night.add_stall(station, 1, NOW)
    ids = market_night.play(station, stall, market_night.register_lots(station, count, NOW), NOW)
    market_night.report(station, MORNING)
    register_desk(province, count)
    for number in range(count - 1):
        market_night.add_stall(station, 2 + number, MORNING)
        with province.db.write() as session:
            row = Feedback(site_id=PROVINCE_ID, id=f"f{number}", created_at=MORNING, token="0123456789ABC", text="hỏi")
            row.stall_name, row.state = "Sạp (mẫu)", "new"
            session.add(row)
    places.add_person(station, admin, "owner", "Chị Hoa (mẫu)", PIN, ["owner"], stall, MORNING)
    places.add_person(station, admin, "admin", "Ban quản lý", PASSWORD, ["site_admin"], None, MORNING)
    device = accounts.enrol_device(station, places.device_code(station, admin, stall, MORNING)["code"], "Máy", MORNING)
    roles = ["inspector", "records_officer", "agency_admin"]
    places.add_person(province, admin, "inspector", "Cán bộ Lan (mẫu)", PASSWORD, roles, agency, MORNING)
    clock = [MORNING]
    shop, office = app_of(station, clock), app_of(province, clock)
    people = {
        "owner": browser(shop, "owner", PIN, device["device_token"]),
        "admin": browser(shop, "admin", PASSWORD),
        "inspector": browser(office, "inspector", PASSWORD),
    }
    yield Town(people, ids | {"site_id": SITE_ID})
    for node in nodes:
        node.db.close()


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[tuple[Town, Town]]:
    """A small town and a big one."""
    folder = tmp_path_factory.mktemp("towns")
    for few in make_town(folder, sqlite_template, FEW):
        for many in make_town(folder, sqlite_template, MANY):
            yield few, many


@pytest.mark.parametrize(
    ("person", "path", "name", "share"),
    [
        ("owner", "/api/v1/deliveries/{delivery_id}", "lines", 1),
        ("owner", "/api/v1/stock", "lots", 1),
        ("owner", "/api/v1/flags", "flags", 2),
        ("owner", "/api/v1/transfers", "transfers", 1),
        ("owner", "/api/v1/sales", "sales", 1),
        ("owner", "/api/v1/outbox", "messages", 2),
        ("admin", "/api/v1/market", "stalls", 1),
        ("inspector", "/api/province/v1/cases", "cases", 2),
    ],
)
def test_the_lists_really_grow(towns: tuple[Town, Town], person: str, path: str, name: str, share: int) -> None:
    lengths = [len(town.people[person].get(path.format(**town.ids)).json[name]) for town in towns]
    assert [length >= count // share for length, count in zip(lengths, (FEW, MANY), strict=True)] == [True, True]


CASES = [
    (person, path, most)
    for person, paths in (
        ("owner", STATION_OWNER), ("admin", STATION_OFFICE), ("inspector", PROVINCE_INSPECTOR),
    )
    for path, most in sorted(paths.items())
]  # fmt: skip


@pytest.mark.parametrize(("person", "path", "most"), CASES, ids=[f"{person} {path}" for person, path, _ in CASES])
def test_a_page_costs_few_statements_however_long_its_list_is(
    towns: tuple[Town, Town], person: str, path: str, most: int
) -> None:
    few, many = (town.costs(person, path) for town in towns)
    assert many <= few, f"{few} statements for {FEW} rows, {many} for {MANY}"
    assert many <= most
