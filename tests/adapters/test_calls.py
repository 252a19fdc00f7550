"""How a told call goes out and what of its answer counts: bodies, forms, redirects, content types, rules."""

import re
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pos_trace.adapters.http import Reply
from pos_trace.adapters.provinces import outcome
from pos_trace.adapters.provinces.json_mapping import JsonMapping, caller_of
from pos_trace.adapters.provinces.source import Source
from pos_trace.adapters.provinces.told import Rule
from tests.adapters.foreign import KEY, LOT, NOW, says
from tests.adapters.wire import Peer, raw
from tests.adapters.wire import says as always

FIELDS = {"product_name": "ten", "facility_id": "cs", "status": {"value": "active"}}
GOOD = {"ten": "Rau", "cs": "F1"}


def mapping(url: str, find: dict[str, Any], **more: Any) -> JsonMapping:
    told = {"name": "x", "kind": "json_mapping", "base_url": url, "deadline_s": 1, "find": {"fields": FIELDS} | find}
    source = Source.model_validate(told | more)
    return JsonMapping(source, caller_of(source, {"S": "khoa"}), lambda: NOW)


@pytest.fixture
def seen(httpserver: HTTPServer) -> list[Request]:
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        request.get_data()
        asked.append(request)
        return says(GOOD)

    httpserver.expect_request("/q").respond_with_handler(answer)
    httpserver.expect_request(f"/dl/{KEY}").respond_with_handler(answer)
    return asked


@pytest.fixture
def url(httpserver: HTTPServer) -> str:
    return f"http://{httpserver.host}:{httpserver.port}"


def test_a_body_goes_out_as_json_with_its_placeholders_filled(seen: list[Request], url: str) -> None:
    body = {"query": {"lot": "{lot}", "exact": True, "any": ["{gtin}", 7]}}
    assert mapping(url, {"path": "/q", "method": "POST", "body": body}).find(KEY).state == "found"
    assert seen[0].get_json() == {"query": {"lot": LOT, "exact": True, "any": ["09521234600053", 7]}}


def test_a_form_goes_out_as_one(seen: list[Request], url: str) -> None:
    assert (
        mapping(url, {"path": "/q", "method": "POST", "form": True, "body": {"ma": "{lot}"}}).find(KEY).state == "found"
    )
    assert dict(seen[0].form) == {"ma": LOT}


def test_a_key_may_be_asked_for_as_a_digital_link_and_in_a_header(seen: list[Request], url: str) -> None:
    find = {"path": "/dl/{link}", "headers": {"X-Ma": "{code}"}}
    assert not mapping(url, find).handles(KEY)
    assert mapping(url, {"path": "/dl/{link}", "headers": {"X-Ma": "{lot}"}}).find(KEY).state == "found"
    assert seen[0].headers["X-Ma"] == LOT


def test_no_sign_of_a_key_reaches_beyond_its_place_in_the_path(seen: list[Request], url: str) -> None:
    asked = mapping(url, {"path": "/q/{code}", "query": {"c": "{code}"}})
    assert asked.find("kt:..%2F..%2Fadmin%3Fx%3D1").state == "unavailable"
    assert seen == []


@pytest.mark.parametrize("path", ["/q/{lot}", "/{link}", "/q/{lot}/x"])
def test_a_lot_of_dots_leads_nowhere_else(httpserver: HTTPServer, url: str, path: str) -> None:
    asked: list[str] = []
    httpserver.expect_request(re.compile(".*")).respond_with_handler(lambda r: asked.append(r.path) or says(GOOD))
    for lot in (".", "..", "%2E%2E"):
        assert mapping(url, {"path": path}).find(f"01/09521234600053/10/{lot}").state == "unavailable"
    assert asked == []


def test_json_under_another_name_counts_only_where_that_is_told() -> None:
    peer = Peer(always(raw("200 OK", b' {"ten": "Rau", "cs": "F1"}', "text/html")))
    page = Peer(always(raw("200 OK", b"<html>{}</html>", "text/html")))
    try:
        find = {"path": "/q", "query": {"k": "{key}"}}
        assert mapping(peer.url, find).find(KEY).state == "unavailable"
        assert mapping(peer.url, find, any_content_type=True).find(KEY).state == "found"
        assert mapping(page.url, find, any_content_type=True).find(KEY).state == "unavailable"
    finally:
        peer.close()
        page.close()


def test_a_redirect_goes_to_allowed_hosts_only_and_no_key_goes_along() -> None:
    there = Peer(always(raw("200 OK", b'{"ten": "Rau", "cs": "F1"}')))
    here = Peer(always(raw("302 Found", b"", extra=f"Location: {there.url}/q\r\n")))
    auth = {"kind": "header", "header": "X-Api-Key", "secret_env": "S"}
    try:
        find = {"path": "/q", "query": {"k": "{key}"}}
        assert mapping(here.url, find, auth=auth).find(KEY).state == "unavailable"
        assert there.requests == []
        assert mapping(here.url, find, auth=auth, hosts=[there.host]).find(KEY).state == "found"
        assert b"X-Api-Key: khoa" in here.requests[-1]
        assert b"khoa" not in there.requests[0]
    finally:
        here.close()
        there.close()


@pytest.mark.parametrize(
    ("rule", "body", "holds"),
    [
        ({"path": "loi"}, {"loi": "X"}, True),
        ({"path": "loi"}, {"loi": 0}, True),
        ({"path": "loi"}, {"loi": None}, False),
        ({"path": "loi"}, {"loi": False}, False),
        ({"path": "loi"}, {"loi": ""}, False),
        ({"path": "loi"}, {"loi": []}, False),
        ({"path": "loi"}, {}, False),
        ({"path": "ok", "equals": False}, {"ok": False}, True),
        ({"path": "ok", "equals": False}, {"ok": True}, False),
        ({"path": "ma", "equals": [404, "KHONG"]}, {"ma": 404}, True),
        ({"path": "ma", "equals": [404, "KHONG"]}, {"ma": "404"}, True),
        ({"path": "du", "equals": "null"}, {"du": None}, True),
        ({"path": "tin", "matches": "(?i)không tồn tại"}, {"tin": "Sản phẩm KHÔNG TỒN TẠI trên hệ thống"}, True),
        ({"path": "tin", "matches": "x"}, {"tin": {"x": 1}}, False),
        ({"status": 200}, {}, True),
        ({"status": 404}, {}, False),
        ({"status": 200, "path": "loi"}, {}, False),
    ],
)
def test_a_rule_holds_when_all_it_says_is_so(rule: dict[str, Any], body: Any, holds: bool) -> None:
    told = Rule.model_validate({"means": "absent"} | rule)
    assert (outcome.meaning((told,), Reply("answered", 200, body)) == "absent") is holds
    assert outcome.meaning((told,), Reply("answered", 200, None)) is None


def test_values_become_what_our_lines_say(httpserver: HTTPServer, url: str) -> None:
    told = {"ten": "Rau", "cs": "F1", "canhan": "1", "chu": "Bà A", "luc": "24/11/2026 08:00", "sl": "1.250", "x": None}
    httpserver.expect_request("/v").respond_with_json(told)
    fields = FIELDS | {
        "facility.name": "chu",
        "facility.is_individual": "canhan",
        "updated_at": {"path": "luc", "formats": "%d/%m/%Y %H:%M"},
        "net_quantity": "sl",
        "brand": {"path": "x", "default": "không nhãn"},
        "unit": {"path": "ten", "values": {"Khác": "x"}, "other": "kg"},
    }
    answer = mapping(url, {"path": "/v", "query": {"k": "{key}"}, "fields": fields}).find(KEY)
    assert answer.record is not None
    assert answer.facility is not None
    assert (answer.facility.is_individual, answer.record.brand, answer.record.unit) == (True, "không nhãn", "kg")
    assert (answer.record.updated_at.isoformat(), str(answer.record.net_quantity)) == (
        "2026-11-24T01:00:00+00:00",
        "1.250",
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"facility.is_individual": "ten"}, "'is_individual'"),
        ({"version": "ten"}, "'version'"),
        ({"version": {"value": "-1"}}, "'version'"),
        ({"net_quantity": "ten"}, "number"),
        ({"recall.reason": "ten"}, "'recall.recall_id'"),
    ],
)
def test_what_cannot_be_one_of_ours_is_named(
    httpserver: HTTPServer, url: str, changed: dict[str, Any], said: str
) -> None:
    httpserver.expect_request("/v").respond_with_json(GOOD)
    asked = mapping(url, {"path": "/v", "query": {"k": "{key}"}, "fields": FIELDS | changed})
    assert asked.find(KEY).state == "unavailable"
    assert said.strip("'") in asked.problem
