"""Logging in through the pages: names to tap on an enrolled phone, a wrong PIN told, home by role, and out again."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from pos_trace.services import enrolling_stalls, places
from pos_trace.store.models import Session
from tests.conftest import NOW
from tests.web.market_app import PASSWORD, PIN, Market, csrf


@pytest.fixture
def phone(town: Market) -> FlaskClient:
    """A browser on A-12's enrolled phone."""
    client = town.app.test_client()
    client.set_cookie("pt_device", town.devices["A-12"])
    return client


def enter(client: FlaskClient, login: str, secret: str, **more: str) -> Any:
    told = {"login": login, "secret": secret, "csrf_token": csrf(client)} | more
    return client.post("/login", data=told)


def test_an_enrolled_phone_shows_its_stalls_names_and_no_others(town: Market, phone: FlaskClient) -> None:
    page = phone.get("/login").text
    for name in ("receiver A-12", "cashier A-12", "owner A-12"):
        assert name in page
    assert "E-01" not in page
    bare = town.app.test_client().get("/login").text
    assert "A-12" not in bare
    assert "/enrol" in bare


@pytest.mark.parametrize(
    ("login", "home"),
    [("receiver-A-12", "/nhan-hang"), ("cashier-A-12", "/ban-hang"), ("owner-A-12", "/chu-sap"), ("operator", "/cho")],
)
def test_everybody_comes_to_their_own_first_screen(phone: FlaskClient, login: str, home: str) -> None:
    assert phone.get("/").headers["Location"] == "/login"
    answer = enter(phone, login, PIN)
    assert (answer.status_code, answer.headers["Location"]) == (303, home)
    assert phone.get(home).status_code == 200
    assert phone.get("/").headers["Location"] == home


def test_the_administrator_needs_a_password_and_no_phone(town: Market) -> None:
    client = town.app.test_client()
    assert enter(client, "site_admin", PASSWORD).headers["Location"] == "/cho"


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/nhan-hang", "/nhan-hang"),
        ("//evil.example/x", "/chu-sap"),
        ("/\\evil.example", "/chu-sap"),
        ("https://evil.example", "/chu-sap"),
        ("javascript:alert(1)", "/chu-sap"),
        ("", "/chu-sap"),
    ],
)
def test_log_in_leads_only_to_places_of_this_node(phone: FlaskClient, wanted: str, reached: str) -> None:
    assert enter(phone, "owner-A-12", PIN, next=wanted).headers["Location"] == reached


def test_a_wrong_pin_is_told_on_the_page_then_locks_for_a_while(town: Market, phone: FlaskClient) -> None:
    for _ in range(5):
        answer = enter(phone, "receiver-A-12", "0000")
        assert answer.status_code == 401
        assert "Tên hoặc mã PIN chưa đúng." in answer.text
        assert "pt_session" not in str(answer.headers)
    locked = enter(phone, "receiver-A-12", PIN)
    assert locked.status_code == 429
    assert "Chờ 31 giây" in locked.text
    assert enter(phone, "cashier-A-12", PIN).status_code == 303, "a colleague is not locked out"


LEADER = "shift_leader-A-12"


def test_a_pin_of_the_office_is_changed_on_the_page_before_anything_opens(town: Market, phone: FlaskClient) -> None:
    given = enrolling_stalls.reset_pin(town.node, town.node.machine("office"), "A-12", NOW, LEADER)["pin"]
    asked = enter(phone, LEADER, given)
    assert asked.status_code == 401
    assert "Mã PIN mới của mình" in asked.text
    for wrong in ("12", given):
        answer = enter(phone, LEADER, given, new_pin=wrong)
        assert answer.status_code == 401
        assert "Mã PIN mới của mình" in answer.text, "the form stays open"
    assert enter(phone, LEADER, given, new_pin="864200").status_code == 303
    assert enter(phone, LEADER, "864200").status_code == 303


def test_a_pin_is_worth_nothing_without_the_phone(town: Market) -> None:
    answer = enter(town.app.test_client(), "owner-A-12", PIN)
    assert answer.status_code == 401
    assert "đăng nhập bằng mã PIN trên máy đã đăng ký" in answer.text


def test_leaving_ends_the_session_here_and_in_the_database(town: Market, phone: FlaskClient) -> None:
    enter(phone, "owner-A-12", PIN)
    cookie = phone.get_cookie("pt_session")
    assert cookie is not None
    answer = phone.post("/logout", data={"csrf_token": csrf(phone)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert phone.get_cookie("pt_session") is None
    phone.set_cookie("pt_session", cookie.value)
    assert phone.get("/api/v1/stock").status_code == 401
    assert town.app.test_client().post("/logout").status_code == 303


def test_a_card_enrols_a_phone_once(town: Market) -> None:
    node, stall = town.node, town.night.stalls["E-01"]
    code = places.device_code(node, node.machine("t"), stall, town.night.now)["code"]
    client = town.app.test_client()
    page = client.get(f"/enrol?code={code}")
    assert f'value="{code}"' in page.text
    told = {"code": code, "name": "Máy mới", "csrf_token": csrf(client, "/enrol")}
    assert client.post("/enrol", data=told).status_code == 303
    assert "owner E-01" in client.get("/login").text
    again = client.post("/enrol", data=told | {"csrf_token": csrf(client, "/enrol")})
    assert again.status_code == 404
    assert "không đúng, đã dùng hoặc đã hết hạn" in again.text


def test_a_phone_that_was_locked_says_so_and_shows_no_names(town: Market) -> None:
    client = town.app.test_client()
    client.set_cookie("pt_device", "ptd_unknown")
    page = client.get("/login")
    assert page.status_code == 200
    assert "Máy này chưa được đăng ký cho sạp nào." in page.text


def test_a_session_lasts_a_working_day_and_no_longer(town: Market, phone: FlaskClient) -> None:
    enter(phone, "cashier-A-12", PIN)
    assert phone.get("/ban-hang").status_code == 200
    town.clock.append(town.night.later(hours=14))
    try:
        assert phone.get("/ban-hang", headers={"Accept": "text/html"}).headers["Location"] == "/login?next=/ban-hang"
    finally:
        town.clock.pop()
    assert town.night.count(Session) >= 1
