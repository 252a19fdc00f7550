"""One phone, several people, over HTTP: the screen asks for the PIN; what waited is written down as its writer's."""

import hashlib
import hmac
import json
import re
from datetime import timedelta
from typing import Any

import pytest

from pos_trace.services import accounts, places
from pos_trace.store.models import Device, Scan
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
        page = self.client.get("/kho-hang").text
        self.person, self.seal = (re.search(f'data-{name}="([^"]+)"', page)[1] for name in ("person", "seal"))

    def ask(self, path: str, body: Any = None, method: str = "POST", **headers: str) -> Any:
        told = {"X-CSRFToken": self.token, "Accept": "application/json", "Content-Type": "application/json"} | headers
        return self.client.open(API + path, method=method, headers=told, data=json.dumps(body or {}))

    def enter(self, login: str, pin: str = PIN) -> Any:
        told = self.ask("/screen/enter", {"login": login, "pin": pin})
        if told.status_code == 200:
            self.person, self.seal = told.json["id"], told.json["seal"]
        return told

    def written(self, path: str, body: Any, key: str = "k-1") -> dict[str, str]:
        """The headers of an act kept on the phone now, as the page seals it."""
        inner = hashlib.sha256(f"POST {API}{path}\n{key}\n{json.dumps(body)}".encode()).hexdigest()
        made = hmac.digest(bytes.fromhex(self.seal), inner.encode(), "sha256").hex()
        return {"Idempotency-Key": key, "Pos-Written-By": f"{self.person}.{made}"}

    def scan(self, delivery: str, key: str = "k-1", **headers: str) -> Any:
        return self.ask("/scans", scanned(delivery), **{"Idempotency-Key": key} | headers)


def scanned(delivery: str, quantity: str = "20") -> dict[str, str]:
    return {"text": url(CABBAGE), "delivery_id": delivery, "quantity": quantity, "unit": "kg"}


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
    assert (told.status_code, set(told.json)) == (200, {"id", "name", "permissions", "seal"})
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
    kept = screen.written("/scans", scanned(delivery))
    assert screen.enter("owner-A-12").json["id"] == hoa
    first = screen.scan(delivery, **kept)
    assert first.status_code == 200, first.text
    again = screen.scan(delivery, **kept)
    assert again.json == first.json, "the queue may replay"
    assert screen.scan(delivery, "k-2").status_code == 200
    assert sorted(map(str, scans(shop))) == sorted([ba, hoa])


def test_lines_papers_and_the_close_of_a_truck_wait_for_their_writer_too(shop: Market) -> None:
    screen = Screen(shop, "receiver-A-12")
    delivery = opened(screen)
    line = {"goods_name": "Gà ta làm sẵn", "goods_group": "thit", "quantity": "12", "unit": "con"}
    acts: list[tuple[str, Any, int]] = [
        (f"/deliveries/{delivery}/lines", line, 201),
        (f"/deliveries/{delivery}/papers", {"kind": "bang_ke", "number": "7"}, 201),
        (f"/deliveries/{delivery}/close", {}, 200),
    ]
    kept = [screen.written(path, body, f"k-{number}") for number, (path, body, _) in enumerate(acts)]
    assert screen.enter("owner-A-12").status_code == 200
    for (path, body, status), headers in zip(acts, kept, strict=True):
        told = screen.ask(path, body, **headers)
        assert told.status_code == status, told.text


@pytest.mark.parametrize("change", ["body", "key", "path", "seal", "no seal", "name", "nobody"])
def test_what_the_writer_did_not_write_never_goes_under_their_name(shop: Market, change: str) -> None:
    screen = Screen(shop, "receiver-A-12")
    delivery = opened(screen)
    path, body = "/scans", scanned(delivery)
    kept = screen.written(path if change != "path" else "/deliveries", body)
    ba = screen.person
    assert screen.enter("owner-A-12").status_code == 200
    if change == "body":
        body = scanned(delivery, "200")
    elif change == "key":
        kept["Idempotency-Key"] = "k-2"
    elif change == "seal":
        kept = screen.written(path, body) | {"Pos-Written-By": f"{ba}.{kept['Pos-Written-By'][-64:-1]}x"}
    elif change == "no seal":
        kept["Pos-Written-By"] = ba
    elif change == "name":
        kept["Pos-Written-By"] = kept["Pos-Written-By"].replace(ba, person(shop, "receiver-E-01"))
    elif change == "nobody":
        kept["Pos-Written-By"] = "ệ" * 500
    told = screen.ask(path, body, **{name: value.encode().decode("latin-1") for name, value in kept.items()})
    assert (told.status_code, told.json["code"]) == (403, "written_by_other")
    assert scans(shop) == []


def test_the_next_person_cannot_seal_with_the_writers_key_what_is_no_receiving(shop: Market) -> None:
    screen = Screen(shop, "owner-A-12")
    delivery = opened(screen)
    line = screen.scan(delivery).json["line"]["id"]
    acts = [
        ("/devices/card", {}),
        (f"/lines/{line}/refuse", {"quantity": "1", "unit": "kg", "reason": "dập"}),
        (f"/lines/{line}/hold", {}),
        ("/hand-overs", {}),
        ("/sales", {"external_id": "1", "lines": []}),
    ]
    kept = [screen.written(path, body, f"k-{number}") for number, (path, body) in enumerate(acts)]
    assert screen.enter("receiver-A-12").status_code == 200
    for (path, body), headers in zip(acts, kept, strict=True):
        told = screen.ask(path, body, **headers)
        assert (told.status_code, told.json["code"]) == (403, "written_by_other"), path


def test_a_week_later_only_the_writer_sends_it_and_then_it_goes(shop: Market) -> None:
    screen = Screen(shop, "receiver-A-12")
    delivery = opened(screen)
    kept = screen.written("/scans", scanned(delivery))
    shop.clock.append(shop.night.now + timedelta(days=8))
    assert screen.enter("owner-A-12").status_code == 200
    assert screen.scan(delivery, **kept).json["code"] == "written_by_other"
    assert screen.enter("receiver-A-12").status_code == 200
    assert screen.scan(delivery, **kept).status_code == 200
    assert scans(shop) == [person(shop, "receiver-A-12")]


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
