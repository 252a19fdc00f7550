"""CONTRACTS over HTTP: errors are RFC 9457 with stable codes, an Idempotency-Key makes a POST happen once."""

import threading
from dataclasses import replace
from typing import Any

import orjson
import pytest

from pos_trace.core.errors import Conflict, FieldError, NotFound, TooMany, Unavailable
from pos_trace.web.shared import problems
from tests.services.night import CABBAGE, Night, laid_out, url
from tests.web.market_app import Market, make_market

OPEN: dict[str, Any] = {"supplier_name": "HTX (mẫu)"}
SALE: dict[str, Any] = {"external_id": "x", "lines": [{"line_no": 1, "name": "Cà rốt", "qty": "1", "unit": "kg"}]}
MEMBERS = {"type", "title", "status", "code", "detail", "instance"}


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "code"),
    [
        ("GET", "/deliveries/x", {}, 404, "not_found"),
        ("GET", "/nothing-here", {}, 404, "not_found"),
        ("DELETE", "/stock", {}, 405, "method_not_allowed"),
        ("POST", "/sales", {"data": "{", "content_type": "application/json"}, 400, "bad_request"),
        ("POST", "/sales", {"data": "a=1", "content_type": "text/plain"}, 415, "unsupported_media_type"),
        ("POST", "/scans", {"data": "a=1", "content_type": "text/plain"}, 415, "unsupported_media_type"),
        ("POST", "/deliveries/x/close", {"data": "{", "content_type": "application/json"}, 400, "bad_request"),
        ("POST", "/sales", {"data": b'{"total": NaN}', "content_type": "application/json"}, 400, "bad_request"),
        ("POST", "/sales", {"data": "null", "content_type": "application/json"}, 422, "invalid_body"),
        ("POST", "/sales", {}, 422, "invalid_body"),
        ("POST", "/sales", {"json": []}, 422, "invalid_body"),
        ("POST", "/scans", {"json": []}, 422, "invalid_body"),
        ("POST", "/scans", {"json": {}}, 422, "text_missing"),
        ("POST", "/deliveries", {"json": {}}, 422, "supplier_missing"),
        ("POST", "/deliveries", {"json": {"supplier_name": "x", "price": 1}}, 422, "invalid_body"),
        ("PUT", "/products/P", {"json": {}}, 422, "invalid_body"),
        ("POST", "/sales", {"data": b"x" * (14 * 2**20), "content_type": "application/json"}, 413, "too_large"),
    ],
)
def test_every_refusal_is_a_problem_with_a_stable_code(
    market: Market, method: str, path: str, more: dict[str, Any], status: int, code: str
) -> None:
    answer = market.ask(method, path, **more)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    told = answer.json
    assert set(told) >= MEMBERS
    assert (told["status"], told["code"], told["title"]) == (status, code, code)
    assert told["type"] == f"urn:pos-trace:{code}"
    assert told["instance"] == f"/api/v1{path}"
    assert told["detail"].endswith((".", "…"))


@pytest.mark.parametrize(
    "header", ["", "Bearer ", "Bearer ptk_0000_x", "Bearer ptd_x", "Basic YTpi", "bearer nonsense"]
)
def test_an_unknown_key_is_asked_to_show_one(market: Market, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    answer = market.app.test_client().get("/api/v1/stock", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (401, "unauthorised")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_wrong_body_is_never_echoed(market: Market) -> None:
    answer = market.ask("POST", "/sales", json=SALE | {"cashier": {"card": "4111-1111"}})
    assert "4111" not in answer.text
    assert answer.json["errors"] == [{"pointer": "/cashier", "code": "string_type"}]


@pytest.mark.parametrize(
    ("error", "status", "header"),
    [
        (TooMany("busy", "Chờ.", 30), 429, ("Retry-After", "30")),
        (Unavailable("down", "Chờ."), 503, ("Retry-After", "2")),
        (Conflict("state", "Đã đóng."), 409, None),
        (NotFound("none", "Không có."), 404, None),
    ],
)
def test_our_refusals_have_their_status_and_when_to_come_back(
    market: Market, error: Any, status: int, header: tuple[str, str] | None
) -> None:
    with market.app.test_request_context("/api/v1/x"):
        answer = problems.of_error(error)
        fields = problems.problem(422, "x", "x", (FieldError("/a", "b"),))
    assert answer.status_code == status
    assert header is None or answer.headers[header[0]] == header[1]
    assert orjson.loads(fields.data)["errors"] == [{"pointer": "/a", "code": "b"}]


def test_an_unforeseen_error_tells_nothing_of_the_inside(market: Market, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise ZeroDivisionError("secret path /srv/x")

    broken.pos_trace_needs = ""  # type: ignore[attr-defined]
    market.app.view_functions["health.healthz"] = broken
    answer = market.app.test_client().get("/healthz")
    assert (answer.status_code, answer.json["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert "secret" in caplog.text


@pytest.mark.parametrize("path", ["/deliveries", "/sales", "/scans"])
def test_the_same_key_and_body_get_the_same_bytes_and_happen_once(market: Market, path: str) -> None:
    body = {"/deliveries": OPEN, "/sales": SALE, "/scans": {"text": url(CABBAGE)}}[path]
    first, again = (market.ask("POST", path, json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2))
    assert first.data == again.data
    assert first.status_code == again.status_code < 300
    other = market.ask("POST", path, json=body | {"x": 1}, headers={"Idempotency-Key": "k-1"})
    assert other.status_code == 422
    fresh = market.ask("POST", path, json=body | {"external_id": "y"} if path == "/sales" else body,
                       headers={"Idempotency-Key": "k-2"})  # fmt: skip
    assert fresh.data != first.data


def test_a_key_for_another_body_is_refused_by_name(market: Market) -> None:
    keyed = {"Idempotency-Key": "k-1"}
    market.post("/deliveries", OPEN, headers=keyed)
    refused = market.ask("POST", "/deliveries", json={"supplier_name": "khác"}, headers=keyed)
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_key_reused")
    assert len(market.get("/deliveries")["deliveries"]) == 1


def test_a_check_that_came_with_a_key_keeps_its_answer_too(market: Market) -> None:
    keyed, lines = {"Idempotency-Key": "k-1"}, [{"line_no": 1, "barcode": url(CABBAGE)}]
    first = market.post("/sales:check", {"lines": lines}, status=200, headers=keyed)
    market.night.recall(CABBAGE)
    assert first["lines"][0]["sellable"] == "yes"
    assert market.post("/sales:check", {"lines": lines}, status=200, headers=keyed) == first
    assert market.post("/sales:check", {"lines": lines}, status=200)["lines"][0]["sellable"] == "no"
    other = market.ask("POST", "/sales:check", json={"lines": lines * 2}, headers=keyed)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_keys_count_per_caller_and_per_route(market: Market) -> None:
    keyed = {"Idempotency-Key": "k-1"}
    laid_out(market.night)
    ids = {market.post("/deliveries", OPEN, stall, headers=keyed)["id"] for stall in ("A-12", "E-01")}
    assert len(ids) == 2
    assert market.post("/sales", SALE, headers=keyed)["id"]
    opened = market.get("/deliveries")["deliveries"][0]["id"]
    closed = market.ask("POST", f"/deliveries/{opened}/close", headers=keyed)
    assert (closed.status_code, closed.json["state"]) == (200, "closed")


def test_what_was_refused_may_be_tried_again_with_its_key(market: Market) -> None:
    keyed = {"Idempotency-Key": "k-1"}
    body = {"text": url(CABBAGE), "delivery_id": market.post("/deliveries", OPEN)["id"]}
    refused = market.ask("POST", "/scans", json=body, headers=keyed)
    assert (refused.status_code, refused.json["code"]) == (422, "quantity_missing")
    whole = body | {"quantity": "1", "unit": "kg"}
    assert market.post("/scans", whole, headers=keyed, status=200)["line"]["id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(market: Market, key: str) -> None:
    answer = market.ask("POST", "/deliveries", json=OPEN, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_invalid")
    assert market.get("/deliveries")["deliveries"] == []


class SlowProvince:
    """A record source that answers when it is let go; it says when somebody asks."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.asked, self.go = inner, threading.Event(), threading.Event()

    def find(self, key: str) -> Any:
        self.asked.set()
        assert self.go.wait(20)
        return self.inner.find(key)


def test_while_a_request_runs_its_key_is_taken(night: Night) -> None:
    slow = SlowProvince(night.province)
    station = replace(night.node, ports=replace(night.node.ports, sources=(slow,)))
    market = make_market(replace(night, pair=replace(night.pair, station=station)))
    call = {"json": {"text": url("01/09521234600145/10/NEW")}, "headers": {"Idempotency-Key": "k-1"}}
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(market.ask("POST", "/scans", **call)))
    thread.start()
    assert slow.asked.wait(20)
    running = market.ask("POST", "/scans", **call)
    other_stall = market.ask("POST", "/deliveries", "E-01", json=OPEN, headers={"Idempotency-Key": "k-1"})
    slow.go.set()
    thread.join(20)
    assert (running.status_code, running.json["code"]) == (409, "still_running")
    assert other_stall.status_code == 201
    assert answers[0].status_code == 200
    assert market.ask("POST", "/scans", **call).data == answers[0].data
