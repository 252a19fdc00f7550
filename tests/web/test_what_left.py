"""Everything a station tells its province, recorded at the province's door, stands on the owners' lists: every byte."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

import pos_trace.services
from pos_trace.adapters.departments.api import PATHS, DepartmentApi
from pos_trace.adapters.http import Http, Limits
from pos_trace.adapters.provinces.api import ProvinceApi
from pos_trace.services import (
    access_log,
    cases,
    enrolment,
    feedback,
    outbox,
    places,
    private_reports,
    sent,
    sightings,
    stall_cards,
    sync,
)
from pos_trace.store.models import Enrolment, OutboxMessage
from tests.conftest import NOW
from tests.recorded import Recorder, Request
from tests.services.goods_rows import flagged_line, photo_of
from tests.services.night import CABBAGE, UNKNOWN, Night, asked, sell, with_ports
from tests.web.market_app import Market, make_market
from tests.web.province_server import make_app, serving
from tests.web.station.conftest import nights

FIRST = "/api/province/v1/stations:enrol"
STALLS = ("A-12", "E-01")
SECRET = "Tôi thấy cân thiếu (mẫu)"


@dataclass
class Told:
    """A station with two stalls after a night in which it told of everything, and what came to the province."""

    market: Market
    door: Recorder
    code: str

    @property
    def night(self) -> Night:
        return self.market.night

    def posted(self) -> list[Request]:
        return [one for one in self.door.requests if one.method in ("POST", "PUT")]

    def list_of(self, number: str) -> dict[str, Any]:
        """All pages of "Dữ liệu nào đã gửi đi" over HTTP."""
        told = self.market.get("/outbox", number)
        found = told
        while found["next"]:
            found = self.market.get(f"/outbox?before={found['next']}", number)
            told["messages"] += found["messages"]
        return told

    def bytes_of(self, number: str, message: dict[str, Any]) -> bytes:
        answer = self.market.ask("GET", f"/outbox/{message['id']}/body", number)
        assert answer.status_code == 200
        assert len(answer.data) == message["size"]
        return bytes(answer.data)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Told]:
    for night in nights(tmp_path_factory.mktemp("left"), sqlite_template, NOW):
        yield from what_left(night)


def what_left(night: Night) -> Iterator[Told]:
    province = night.pair.province
    app = make_app(province, lambda: night.now)
    door = Recorder(app.wsgi_app)
    app.wsgi_app = door
    code = places.station_code(province, province.machine("t"), night.now)["code"]
    with serving(app) as url:
        http = Http((urlsplit(url).netloc,), Limits(deadline_s=20.0))
        open_door = ProvinceApi(url, "", lambda: night.now, http)
        enrolment.enrol(night.node, night.node.machine("t"), code, open_door, url, night.now)
        with night.node.db.read() as session:
            key = session.query(Enrolment).one().api_key
        there = ProvinceApi(url, key, lambda: night.now, http)
        reached = with_ports(night, department=DepartmentApi(url, key, http), sources=(there,), feed=there)
        tell_of_everything(reached)
        yield Told(make_market(reached), door, code)
        http.close()


def tell_of_everything(night: Night) -> None:
    """Each stall: a report with a photo, a reply, a receipt, sightings, its card, a look-up; words of a shopper and of
    a person; the market's list; and what is polled.
    """
    node, now = night.node, night.now
    sync.pull(node, now)
    tokens = {}
    for number in STALLS:
        who, stall = night.who(number), night.stalls[number]
        lot = night.receive(CABBAGE, "20", "kg", number)["lot_id"]
        night.scan(UNKNOWN, night.deliver(number, f"Người giao {number}"), "3", "kg", number)
        sold = sell(night, asked(name="Cải thảo", lot=lot, quantity="1", unit="kg"), name=f"s-{number}", number=number)
        ids = flagged_line(node, stall, now, name=f"Gà của {number}")
        photo_of(node, stall, now, ids["line"], b"\xff\xd8\xff\xe0" + number.encode() * 999)
        case = cases.send_flag(node, who, ids["flag"], now)["case_id"]
        cases.reply(node, who, case, f"Giấy của {number} đến sau", [], now)
        stall_cards.switch(node, who, True, False, now)
        tokens[number] = sold["trace_url"].rpartition("/")[2]
    outbox.deliver_due(node, now, most=100)
    for number, token in tokens.items():  # a shopper speaks when the receipt is published
        feedback.tell(node, token, f"Rau {number} tươi", "", False, now)
    private_reports.tell(node, night.who(), SECRET, "", "", False, now)
    places.set_site(node, node.machine("t"), "Chợ Mới (mẫu)", "market", None, "", now)
    sightings.queue_day(node, now.astimezone(node.zone).date(), now)
    outbox.deliver_due(node, now, most=100)
    access_log.poll(node, now)


def test_every_byte_that_came_is_on_an_owners_list_and_nothing_more(told: Told) -> None:
    with told.night.node.db.read() as session:
        assert {(row.kind, row.state) for row in session.query(OutboxMessage) if row.state != "done"} == set()
    shown: Counter[bytes] = Counter()
    for number in STALLS:
        shown.update(told.bytes_of(number, one) for one in told.list_of(number)["messages"])
    market = told.list_of("A-12")["market"]
    shown.update(told.bytes_of("E-01", one) for one in market if "id" in one)
    mask = b"*" * len(told.code)
    came = Counter(one.body.replace(told.code.encode(), mask) for one in told.posted())
    hidden = came - shown
    assert shown - came == Counter(), "shown, but nobody received it"
    kinds = Counter(one["kind"] for one in market if "id" not in one)
    assert hidden.total() == kinds.total(), "what is told without its words is told all the same"
    assert set(kinds) == {"feedback", "private_report"}
    assert all(told.code.encode() not in body for body in shown)


def test_a_list_holds_nothing_of_the_neighbour_and_says_each_kind_in_words(told: Told) -> None:
    for number, other in (STALLS, STALLS[::-1]):
        found = told.list_of(number)
        assert {one["kind"] for one in found["messages"]} == {
            "case_events", "evidence", "receipt", "sighting", "stall_card",
        }  # fmt: skip
        text = b"".join(told.bytes_of(number, one) for one in found["messages"]).decode()
        for word in (told.night.stalls[other], f"Gà của {other}", f"Giấy của {other}", SECRET, "Người giao"):
            assert word not in text
        size = sum(one["size"] for one in found["messages"])
        assert found["total"] == {"count": len(found["messages"]), "bytes": size}
        for one in [*found["messages"], *found["market"]]:
            assert one["plain"]
            assert one["kind_text"] == sent.KINDS[one["kind"]]
            assert SECRET not in str(one)


def test_a_question_to_the_province_is_a_code_or_a_place_in_a_feed(told: Told) -> None:
    asked_for = [one for one in told.door.requests if one.method == "GET"]
    assert {one.path.rpartition("/")[2] for one in asked_for} == {"lots", "changes", "access"}
    assert not [one for one in asked_for if one.body]
    for one in asked_for:
        query = parse_qs(one.query)
        assert set(query) == ({"key"} if one.path.endswith("/lots") else {"since"})
        assert not [word for word in (*STALLS, *told.night.stalls.values()) if word in one.query]
    assert len(told.posted()) + len(asked_for) == len(told.door.requests)


def test_the_enrolment_stands_there_but_for_its_code(told: Told) -> None:
    (came,) = [one for one in told.door.requests if one.path == FIRST]
    (one,) = [one for one in told.list_of("E-01")["market"] if one["kind"] == "enrolment"]
    body = orjson.loads(told.bytes_of("E-01", one))
    assert body == orjson.loads(came.body) | {"code": "*" * len(told.code)}


def kinds_in_the_code() -> set[str]:
    """The kind of every ``tx.send(…)`` of the services, names resolved."""
    found: set[str] = set()
    for path in sorted(Path(pos_trace.services.__path__[0]).rglob("*.py")):
        module = __import__(f"pos_trace.services.{path.stem}", fromlist=["x"]) if path.stem != "__init__" else None
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "send"):
                continue
            if not (isinstance(call.func.value, ast.Name) and call.func.value.id == "tx"):
                continue
            kind = call.args[1]
            found.add(kind.value if isinstance(kind, ast.Constant) else getattr(module, ast.unparse(kind)))
    return found


def test_every_kind_the_code_sends_has_its_words_and_a_door() -> None:
    kinds = kinds_in_the_code()
    assert kinds == set(sent.KINDS)
    assert kinds - {"enrolment"} == set(PATHS)
