"""One phone, several people, over HTTP: the screen asks for the PIN; what waited is written down as its writer's."""

from datetime import timedelta
from typing import Any

import pytest

from pos_trace.services import accounts, places
from pos_trace.store.models import Device, Scan, Session
from tests.services.night import CABBAGE, url
from tests.web.market_app import API, PIN, Market, add_people, csrf


@pytest.fixture
def shop(market: Market) -> Market:
    """The two stalls with their people and one phone each."""
    add_people(market)
    return market


class Screen:
    """One browser on a phone; every call carries its page's token."""

    def __init__(self, market: Market, login: str, phone: str | None = None) -> None:
        self.market = market
        self.client = market.browser(login, PIN, phone or market.devices[login[-4:]])
        self.token = csrf(self.client)

    def ask(self, path: str, body: Any = None, method: str = "POST", **headers: str) -> Any:
        told = {"X-CSRFToken": self.token, "Accept": "application/json"} | headers
        return self.client.open(API + path, method=method, headers=told, json={} if body is None else body)

    def enter(self, login: str, pin: str = PIN) -> Any:
        return self.ask("/screen/enter", {"login": login, "pin": pin})

    def scan(self, delivery: str, key: str = "k-1", **headers: str) -> Any:
        body = {"text": url(CABBAGE), "delivery_id": delivery, "quantity": "20", "unit": "kg"}
        return self.ask("/scans", body, **{"Idempotency-Key": key} | headers)


def person(market: Market, login: str) -> str:
    with market.node.db.read() as session:
        return str(session.query(accounts.User).filter_by(login=login).one().id)


def scans(market: Market) -> list[str | None]:
    with market.node.db.read() as session:
        return [row.user_id for row in session.query(Scan).order_by(Scan.created_at, Scan.id)]


def opened(screen: Screen) -> str:
    answer = screen.ask("/deliveries", {"supplier_name": "HTX (mẫu)"})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def test_a_locked_screen_refuses_and_goes_on_after_the_pin(shop: Market) -> None:
    screen = Screen(shop, "receiver-A-12")
    delivery = opened(screen)
    assert screen.ask("/screen/lock").json == {"locked": True}
    refused = screen.scan(delivery)
    assert (refused.status_code, refused.json["code"]) == (401, "session_locked")
    assert scans(shop) == []
    names = screen.ask("/screen/people", method="GET").json["people"]
    assert {"receiver-A-12", "owner-A-12"} <= {one["login"] for one in names}
    assert not [one for one in names if "E-01" in one["login"]]
    wrong = screen.enter("receiver-A-12", "0000")
    assert wrong.status_code == 401
    assert screen.scan(delivery).json["code"] == "session_locked"
    told = screen.enter("receiver-A-12")
    assert (told.status_code, set(told.json)) == (200, {"id", "name", "permissions"})
    assert screen.scan(delivery).status_code == 200
    assert scans(shop) == [person(shop, "receiver-A-12")]


def test_ten_minutes_of_nobody_lock_the_screen_and_a_heartbeat_is_no_touch(shop: Market) -> None:
    screen = Screen(shop, "receiver-A-12")
    for minute in range(1, 10):
        shop.clock.append(shop.night.later(minutes=minute))
        beat = screen.ask("/devices/heartbeat", {"queue_count": 3}, **{"Pos-Idle": str(minute * 60)})
        assert beat.status_code == 200
    shop.clock.append(shop.night.later(minutes=10))
    assert screen.ask("/stock", method="GET").json["code"] == "session_locked"
    with shop.node.db.read() as session:
        device = session.query(Device).filter_by(stall_id=shop.night.stalls["A-12"]).one()
        assert device.queue_count == 3


def test_a_scan_queued_by_one_and_sent_after_the_next_came_is_the_firsts(shop: Market) -> None:
    screen = Screen(shop, "receiver-A-12")
    ba, hoa = person(shop, "receiver-A-12"), person(shop, "owner-A-12")
    delivery = opened(screen)
    assert screen.enter("owner-A-12").json["id"] == hoa
    first = screen.scan(delivery, **{"Pos-Written-By": ba})
    assert first.status_code == 200, first.text
    again = screen.scan(delivery, **{"Pos-Written-By": ba})
    assert again.json == first.json, "the queue may replay"
    assert screen.scan(delivery, "k-2").status_code == 200
    assert sorted(map(str, scans(shop))) == sorted([ba, hoa])


def test_nobody_writes_under_a_name_that_was_never_on_this_phone(shop: Market) -> None:
    screen = Screen(shop, "receiver-A-12")
    delivery = opened(screen)
    for name in ("cashier-A-12", "receiver-E-01"):
        told = screen.scan(delivery, **{"Pos-Written-By": person(shop, name)})
        assert (told.status_code, told.json["code"]) == (403, "person_unknown")
    assert screen.scan(delivery, **{"Pos-Written-By": "x" * 500}).status_code == 403
    assert scans(shop) == []


def test_a_writers_name_gives_no_power_the_writer_had_not_on_the_queue(shop: Market) -> None:
    screen = Screen(shop, "owner-A-12")
    hoa = person(shop, "owner-A-12")
    assert screen.enter("cashier-A-12").status_code == 200
    told = screen.ask("/devices/card", **{"Pos-Written-By": hoa})
    assert (told.status_code, told.json["code"]) == (403, "forbidden"), "an owner's act does not wait in a queue"
    shop.clock.append(shop.night.later(minutes=1))
    late = shop.night.now + timedelta(days=8)
    with shop.node.write(shop.node.machine("t"), shop.night.now) as tx:
        for row in tx.session.query(Session):
            row.last_used_at = late if row.ended_at is None else row.last_used_at
    shop.clock.append(late)
    assert screen.scan("x", **{"Pos-Written-By": hoa}).status_code in (401, 403)


def test_a_locked_phone_says_so_and_its_cookie_opens_nothing(shop: Market) -> None:
    admin, stall = shop.node.machine("t"), shop.night.stalls["A-12"]
    code = places.device_code(shop.node, admin, stall, shop.night.now)["code"]
    second = accounts.enrol_device(shop.node, code, "Máy hai", shop.night.now)["device_token"]
    lost, owner = Screen(shop, "receiver-A-12"), Screen(shop, "owner-A-12", second)
    seen = shop.night.now.isoformat()
    assert lost.ask("/devices/heartbeat", {"queue_count": 7, "last_scan_at": seen}).status_code == 200
    (phone,) = [one for one in owner.ask("/devices", method="GET").json["devices"] if one["name"] == "Máy A-12"]
    told = owner.ask(f"/devices/{phone['id']}/lock")
    assert told.status_code == 200
    assert told.json["text"].startswith("máy còn 7 lần quét chưa gửi, lần cuối ")
    for path, method in (("/stock", "GET"), ("/devices/heartbeat", "POST")):
        refused = lost.ask(path, {"queue_count": 7} if method == "POST" else None, method)
        assert (refused.status_code, refused.json["code"]) == (401, "device_locked")
    assert lost.enter("receiver-A-12").json["code"] == "device_locked"
    assert lost.ask("/screen/people", method="GET").json == {"stall": "", "people": [], "problem": "device_locked"}


@pytest.mark.parametrize("body", [{"queue_count": -1}, {"queue_count": "x"}, {"queue_count": 1, "last_scan_at": "hôm"}])
def test_a_heartbeat_that_is_none_is_told(shop: Market, body: Any) -> None:
    assert Screen(shop, "receiver-A-12").ask("/devices/heartbeat", body).status_code == 422


def test_the_pads_calls_need_their_pages_token(shop: Market) -> None:
    screen = Screen(shop, "receiver-A-12")
    for path in ("/screen/lock", "/screen/enter"):
        told = screen.client.post(API + path, json={"login": "owner-A-12", "pin": PIN})
        assert (told.status_code, told.json["code"]) == (403, "csrf")
