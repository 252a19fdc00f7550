"""A province's node as stations and its desk meet it: the real WSGI application, two stations, three people."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pos_trace.core.roles import PROVINCE_ROLES, STATION_KEY_SCOPES
from pos_trace.services import accounts, places
from pos_trace.services.node import Node
from tests.web.market_app import PASSWORD, app_of, csrf

API = "/api/province/v1"
SITES = ("cho-kon-tum", "cho-khac")


@dataclass
class Desk:
    """The application; ``keys`` by station and "desk"; ``people`` are logged-in browsers by role."""

    node: Node
    app: Any
    clock: list[datetime]
    keys: dict[str, str] = field(default_factory=dict)
    people: dict[str, FlaskClient] = field(default_factory=dict)

    def ask(self, method: str, path: str, key: str | None = None, **more: Any) -> TestResponse:
        """One call with a bearer key."""
        headers = ({"Authorization": f"Bearer {key}"} if key else {}) | more.pop("headers", {})
        where = path if path.startswith(("/api/", "/r/", "/m", "/_")) else API + path
        return self.app.test_client(use_cookies=False).open(where, method=method, headers=headers, **more)

    def as_person(self, role: str, method: str, path: str, **more: Any) -> TestResponse:
        """One call in the browser of ``role``, with a page's token."""
        client = self.people[role]
        headers = {"X-CSRFToken": csrf(client), "Accept": "application/json"}
        return client.open(path, method=method, headers=headers, **more)


def make_desk(node: Node, now: datetime) -> Desk:
    """The application of ``node`` with two stations' keys, the desk's key, and nobody logged in."""
    clock = [now]
    desk = Desk(node, app_of(node, clock), clock)
    for site in SITES:
        with node.write(node.machine("setup"), now) as tx:
            desk.keys[site] = accounts.new_key(tx, site, STATION_KEY_SCOPES, station_site_id=site)
    desk.keys["desk"] = places.province_key(node, node.machine("setup"), "bàn", now)["api_key"]
    return desk


def add_people(desk: Desk) -> None:
    """One person a role, each logged in with a password."""
    admin, now = desk.node.machine("setup"), desk.clock[-1]
    agency = places.add_agency(desk.node, admin, "Sở Công Thương (mẫu)", "sct", "Quảng Ngãi", now)["id"]
    for role in PROVINCE_ROLES:
        places.add_person(desk.node, admin, role, f"{role} (mẫu)", PASSWORD, [role], agency, now)
        client = desk.app.test_client()
        told = {"login": role, "secret": PASSWORD, "csrf_token": csrf(client)}
        assert client.post("/login", data=told).status_code == 303
        desk.people[role] = client
