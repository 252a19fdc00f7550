"""A station and a province in the middle of a night, with real ids for every path, to be attacked from outside."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from pos_trace.core.roles import PROVINCE_KEY_SCOPES, STALL_KEY_SCOPES, STATION_KEY_SCOPES
from pos_trace.runtime.children import Children, PhotoReader
from pos_trace.services import accounts, cases, outbox, places
from pos_trace.services.node import Node
from pos_trace.store.base import Base
from pos_trace.store.database import Database
from pos_trace.store.models import ApiKey
from tests.conftest import NOW
from tests.services.case_desk import Straight
from tests.services.goods_rows import flagged_line, photo_of
from tests.services.night import CABBAGE, Night, make_night, url, with_ports
from tests.services.two_nodes import PROVINCE_ID, SITE_ID, Pair, make_node, trader
from tests.web.hostile_doors import SHA, UUID, Door
from tests.web.market_app import PASSWORD, PIN, app_of

EVERY_SCOPE = STALL_KEY_SCOPES | STATION_KEY_SCOPES | PROVINCE_KEY_SCOPES | {"operate", "administer", "staff", "tell"}


@dataclass
class Town:
    """Both applications, a key for each that may do everything, and what stands in paths."""

    night: Night
    apps: dict[str, Flask]
    keys: dict[str, str]
    ids: dict[str, str]
    clock: list[Any] = field(default_factory=list)
    people: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def node(self, role: str) -> Node:
        """The node behind the doors of ``role``."""
        return self.night.node if role == "station" else self.night.pair.province

    def path(self, door: Door, **parts: str) -> str:
        """The door's address, with real ids where ``parts`` says nothing else."""

        def filled(part: re.Match[str]) -> str:
            name = part[0].strip("<>").split(":")[-1]
            return parts.get(name) or quote(self.ids.get(name, "x"), safe="")

        return re.sub(r"<[^>]+>", filled, door.rule)

    @staticmethod
    def names(door: Door) -> list[str]:
        """The parts of the door's address that vary."""
        return [part.split(">")[0].split(":")[-1] for part in door.rule.split("<")[1:]]

    def ask(self, door: Door, where: str | None = None, **more: Any) -> TestResponse:
        """Knock once with the key that may do everything, unless ``headers`` says otherwise."""
        headers = {"Authorization": f"Bearer {self.keys[door.role]}"} | more.pop("headers", {})
        headers = {name: value for name, value in headers.items() if value is not None}
        client = self.apps[door.role].test_client(use_cookies=False)
        return client.open(where or self.path(door), method=door.method, headers=headers, **more)

    def rows(self, role: str) -> dict[str, int]:
        """How many rows every table holds."""
        with self.node(role).db.read() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
            }

    def good_request_works(self, role: str) -> None:
        """What an honest client asks next is answered."""
        client = self.apps[role].test_client(use_cookies=False)
        headers = {"Authorization": f"Bearer {self.keys[role]}"}
        if role == "station":
            answer = client.post("/api/v1/scans", json={"text": url(CABBAGE), "dry_run": True}, headers=headers)
            assert answer.json["verdict"]["status"] == "verified"
        else:
            assert client.get("/api/province/v1/changes?since=0", headers=headers).json["changes"]


def refused(answer: TestResponse, statuses: tuple[int, ...] = ()) -> str | None:
    """What is wrong with a refusal as the contract wants it; None when nothing is."""
    if statuses and answer.status_code not in statuses:
        return f"{answer.status_code} is none of {statuses}: {answer.text[:200]}"
    if not 400 <= answer.status_code < 500:
        return f"answered {answer.status_code}: {answer.text[:200]}"
    if answer.content_type != "application/problem+json":
        return f"{answer.status_code} as {answer.content_type}"
    told = orjson.loads(answer.data)
    if not (told.get("code") and told["code"].replace("_", "").isalnum() and told["code"].isascii()):
        return f"no stable code: {told}"
    if told["detail"].isascii() or told["status"] != answer.status_code:
        return f"no Vietnamese detail: {told}"
    return None


def make_town(databases: tuple[Database, Database], folder: Path, children: Children) -> Town:
    """Goods, papers, a sale, a print, a case on both sides, a recall; then two applications over them."""
    station = make_node(databases[0], folder, "station", SITE_ID)
    night = make_night(Pair(station, make_node(databases[1], folder, "province", PROVINCE_ID)), NOW)
    night.pull()
    night = with_ports(night, photos=PhotoReader(children, timeout_s=60.0))
    keys = {role: _key(night, role) for role in ("station", "province")}
    town = Town(night, {}, keys, {}, [NOW])
    for role in ("station", "province"):
        town.apps[role] = app_of(town.node(role), town.clock)
    town.ids = _ids(town)
    return town


def _key(night: Night, role: str) -> str:
    node = night.node if role == "station" else night.pair.province
    place = {"stall_id": night.stalls["A-12"]} if role == "station" else {"station_site_id": SITE_ID}
    with node.write(node.machine("setup"), NOW) as tx:
        return accounts.new_key(tx, "mọi việc", EVERY_SCOPE, **place)


def _ids(town: Town) -> dict[str, str]:
    """What to put into paths: a real thing of each kind."""
    night, stall = town.night, town.night.stalls["A-12"]
    delivery = night.deliver()
    line = night.scan(CABBAGE, delivery, "20", "kg")["line"]
    made = flagged_line(night.node, stall, NOW)
    photo_of(night.node, stall, NOW, made["line"])
    case_id = cases.send_flag(night.node, trader(night.node, stall), made["flag"], NOW)["case_id"]
    told = with_ports(night, department=Straight(night.pair, NOW))
    outbox.deliver_due(told.node, NOW)
    night.province.station = night.node
    flag = flagged_line(night.node, stall, NOW, name="Vịt")["flag"]
    night.recall("01/09521234600138/10/CL2611B")
    client = town.apps["station"].test_client(use_cookies=False)
    headers = {"Authorization": f"Bearer {town.keys['station']}"}
    lines = [{"line_no": 1, "name": "Cà rốt", "qty": "1", "unit": "kg"}]
    sale = client.post("/api/v1/sales", json={"external_id": "s-1", "lines": lines}, headers=headers)
    assert sale.status_code == 201, sale.text
    sent = client.get("/api/v1/outbox", headers=headers).json["messages"]
    return {
        "delivery_id": delivery, "line_id": line["id"], "lot_id": line["lot_id"], "sale_id": sale.json["id"],
        "case_id": case_id, "flag_id": flag, "recall_id": "TH-1", "site": SITE_ID, "site_id": SITE_ID, "number": "1",
        "message_id": sent[0]["id"] if sent else UUID, "sku": "P-1", "sha256": SHA, "job_id": UUID, "name": "lot",
        "token": "B" * 20, "rest": CABBAGE.removeprefix("01/"), "filename": "x", "gln": "9521234700036",
    }  # fmt: skip


def expired_key(town: Town, role: str, expires: bool) -> str:
    """A key of yesterday, or one taken back."""
    node = town.node(role)
    key = _key(town.night, role)
    with node.write(node.machine("setup"), NOW) as tx:
        row = tx.session.scalars(select(ApiKey).where(ApiKey.prefix == key.split("_")[1])).one()
        if expires:
            row.expires_at = NOW - timedelta(seconds=1)
        else:
            row.revoked_at = NOW
    return key


def people(town: Town) -> dict[str, tuple[str, str, str]]:
    """One person a role with the pages of the role, made when first asked for: login, secret, the device's token."""
    if town.people:
        return town.people
    station, stall = town.night.node, town.night.stalls["A-12"]
    admin = station.machine("setup")
    code = places.device_code(station, admin, stall, NOW)["code"]
    device = accounts.enrol_device(station, code, "Máy A-12", NOW)["device_token"]
    places.add_person(station, admin, "moi-viec", "Mọi việc", PIN, ["owner", "receiver", "cashier"], stall, NOW)
    province = town.night.pair.province
    roles = ["inspector", "records_officer"]
    places.add_person(province, province.machine("setup"), "can-bo", "Cán bộ", PASSWORD, roles, None, NOW)
    town.people.update(station=("moi-viec", PIN, device), province=("can-bo", PASSWORD, ""))
    return town.people


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Town]:
    """One town on SQLite for the refusals of a module: a refusal changes nothing, so they share it."""
    folder = tmp_path_factory.mktemp("hostile")
    made = []
    for name in ("station", "province"):
        (folder / f"{name}.db").write_bytes(sqlite_template.read_bytes())
        made.append(Database(f"sqlite:///{folder / name}.db"))
    yield from _living(made, folder)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def each_town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town on each database, for what the databases themselves may take badly."""
    if request.param == "sqlite":
        yield request.getfixturevalue("town")
        return
    server = request.getfixturevalue("postgres_server")
    names = [server.fresh(), server.fresh()]
    yield from _living([Database(server.url(name)) for name in names], tmp_path_factory.mktemp("hostile"))
    for name in names:
        server.drop(name)


on_postgres = pytest.mark.parametrize(
    "each_town", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True, scope="module"
)  # the stricter of the two: it refuses what SQLite keeps – NUL, a text longer than its column


def _living(made: list[Database], folder: Path) -> Iterator[Town]:
    children = Children(1)
    yield make_town((made[0], made[1]), folder, children)
    children.close()
    for database in made:
        database.close()
