"""A market's station as tills and browsers meet it: the real WSGI application over a night's node, two stalls."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pos_trace import settings
from pos_trace.app import create_app
from pos_trace.services import accounts, places
from pos_trace.services.node import Node
from tests.services.night import Night

API = "/api/v1"
STALLS = ("A-12", "E-01")
PIN, PASSWORD = "2468", "mat-khau-dai"


def app_of(node: Node, clock: list[datetime], **sections: dict[str, Any]) -> Any:
    """The application of ``node`` as ``create_app`` ships it; its time is the last item of ``clock``."""
    told = {"role": node.role, "id": node.id, "data_dir": "/nonexistent", "demo": node.demo}
    return create_app(settings.parse({"node": told} | sections), node, lambda: clock[-1])


@dataclass
class Market:
    """One station's application and the keys of its stalls. ``clock[-1]`` is now."""

    night: Night
    app: Any
    clock: list[datetime]
    keys: dict[str, str] = field(default_factory=dict)
    tills: dict[str, str] = field(default_factory=dict)
    devices: dict[str, str] = field(default_factory=dict)

    @property
    def node(self) -> Node:
        return self.night.node

    def ask(self, method: str, path: str, stall: str = "A-12", key: str | None = None, **more: Any) -> TestResponse:
        """One call of a foreign client with a bearer key; ``path`` below ``/api/v1`` unless it says otherwise."""
        headers = {"Authorization": f"Bearer {key or self.keys[stall]}"} | more.pop("headers", {})
        where = path if path.startswith(("/api/", "/r/", "/R/", "/m", "/01/")) else API + path
        return self.app.test_client(use_cookies=False).open(where, method=method, headers=headers, **more)

    def post(self, path: str, body: Any = None, stall: str = "A-12", status: int = 201, **more: Any) -> dict[str, Any]:
        """A POST that must be answered with ``status``; gives the JSON."""
        answer = self.ask("POST", path, stall, json={} if body is None else body, **more)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json
        return found

    def get(self, path: str, stall: str = "A-12") -> dict[str, Any]:
        """A GET that must be answered; gives the JSON."""
        answer = self.ask("GET", path, stall)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def browser(self, login: str, secret: str, device: str | None = None) -> FlaskClient:
        """A browser that logged in through the page people use."""
        client = self.app.test_client()
        if device is not None:
            client.set_cookie("pt_device", device)
        answer = client.post("/login", data={"login": login, "secret": secret, "csrf_token": csrf(client)})
        assert answer.status_code == 303, answer.text
        return client


def routes_of(app: Any) -> set[tuple[str, str]]:
    """Every method and path of ``app`` but files; parameters by name, however they are converted."""
    found = set()
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.endswith("static"):
            path = re.sub(r"<[^<>]*:(\w+)>", r"<\1>", str(rule))
            found |= {(method, path) for method in rule.methods - {"HEAD", "OPTIONS"}}
    return found


def csrf(client: FlaskClient, page: str = "/login") -> str:
    """The token of a page this browser has open."""
    found: str = client.get(page).text.split('name="csrf-token" content="')[1].split('"')[0]
    return found


def make_market(night: Night) -> Market:
    """Both stalls with an API key each; the till of A-12 with its own."""
    clock = [night.now]
    market = Market(night, app_of(night.node, clock), clock)
    admin = night.node.machine("setup")
    for number in STALLS:
        stall = night.stalls[number]
        market.keys[number] = places.stall_key(night.node, admin, stall, number, night.now)["api_key"]
        market.tills[number] = places.add_till(night.node, admin, stall, "Quầy 1", night.now)["api_key"]
    return market


def add_people(market: Market) -> None:
    """For each stall four people, one of each role, and an enrolled device; for the site its two people."""
    node, now, admin = market.node, market.night.now, market.node.machine("setup")
    for number in STALLS:
        stall = market.night.stalls[number]
        code = places.device_code(node, admin, stall, now)["code"]
        market.devices[number] = accounts.enrol_device(node, code, f"Máy {number}", now)["device_token"]
        for role in ("receiver", "cashier", "shift_leader", "owner"):
            places.add_person(node, admin, f"{role}-{number}", f"{role} {number}", PIN, [role], stall, now)
    places.add_person(node, admin, "operator", "Ban quản lý", PIN, ["operator"], None, now)
    places.add_person(node, admin, "site_admin", "Quản trị", PASSWORD, ["site_admin"], None, now)
