"""An idempotency key belongs to the phone: what waited there is done once, whoever has logged in meanwhile."""

import re
from typing import Any

from flask.testing import FlaskClient

from tests.web.market_app import PIN, Market, csrf

KEY = "0123456789abcdef0123456789abcdef"


def phone(town: Market, stall: str) -> FlaskClient:
    client = town.app.test_client()
    client.set_cookie("pt_device", town.devices[stall])
    return client


def enter(client: FlaskClient, login: str) -> None:
    client.post("/login", data={"login": login, "secret": PIN, "csrf_token": csrf(client)})


def open_delivery(client: FlaskClient, supplier: str = "Chị Ba (mẫu)") -> Any:
    page = client.get("/nhan-hang").text
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token is not None
    headers = {"X-CSRFToken": token[1], "Idempotency-Key": KEY}
    return client.post("/api/v1/deliveries", json={"supplier_name": supplier}, headers=headers)


def test_the_next_person_on_the_phone_gets_the_first_answer(town: Market) -> None:
    client = phone(town, "A-12")
    enter(client, "receiver-A-12")
    first = open_delivery(client)
    enter(client, "owner-A-12")
    again = open_delivery(client)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    other = open_delivery(client, "Anh Tư (mẫu)")
    assert other.status_code == 422


def test_another_stalls_phone_has_keys_of_its_own(town: Market) -> None:
    mine, theirs = phone(town, "A-12"), phone(town, "E-01")
    enter(mine, "receiver-A-12")
    enter(theirs, "receiver-E-01")
    first, second = open_delivery(mine), open_delivery(theirs)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] != second.json["id"]
