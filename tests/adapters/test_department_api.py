"""What each answer of the Department means for a message in the outbox."""

import hashlib
from importlib import import_module

import pytest
from pytest_httpserver import HTTPServer

from pos_trace.adapters.departments import REGISTRY
from pos_trace.adapters.departments.api import DepartmentApi
from pos_trace.adapters.http import Http, Limits

BODY = b'{"events":[]}'
SAME = hashlib.sha256(BODY).hexdigest()
PATH = "/api/province/v1/case-events"


@pytest.fixture
def department(httpserver: HTTPServer) -> DepartmentApi:
    host = f"{httpserver.host}:{httpserver.port}"
    return DepartmentApi(f"http://{host}", "ptk_a_b", Http((host,), Limits(deadline_s=2.0, failures=1000)))


@pytest.mark.parametrize(
    ("status", "answer", "state"),
    [
        (200, {"items": [{"result": "accepted"}]}, "done"),
        (200, {"items": [{"result": "duplicate"}]}, "done"),
        (200, {"items": [{"result": "accepted"}, {"result": "rejected", "reasons": ["wrong_author"]}]}, "dead"),
        (200, {"token": "4BF0FN9ZXTHJ9B2XQHKM", "result": "duplicate"}, "done"),
        (200, {"accepted": 2}, "done"),
        (200, {"unexpected": [1, 2, 3]}, "retry"),
        (200, {"items": "many"}, "retry"),
        (409, {"code": "already_received", "sha256": SAME}, "done"),
        (409, {"code": "already_received", "sha256": "0" * 64}, "dead"),
        (409, {"code": "still_running"}, "retry"),
        (400, {}, "dead"),
        (413, {}, "dead"),
        (422, {"code": "invalid_body"}, "dead"),
        (401, {}, "parked"),
        (403, {}, "parked"),
        (404, {}, "retry"),
        (408, {}, "retry"),
        (429, {}, "retry"),
        (500, {}, "retry"),
        (503, {}, "retry"),
    ],
)
def test_each_status_has_one_meaning(httpserver, department, status, answer, state):
    httpserver.expect_request(
        PATH, method="POST", headers={"Idempotency-Key": "m1", "Authorization": "Bearer ptk_a_b"}
    ).respond_with_json(answer, status=status)
    delivered = department.send("case_events", "m1", BODY)
    assert delivered.state == state
    assert delivered.answer == answer
    assert delivered.status.startswith(str(status))


@pytest.mark.parametrize(("asked", "wait"), [("30", 30.0), ("999999", 3600.0), ("Tue, 24 Nov 2026", None)])
def test_retry_after_is_honoured_up_to_an_hour(httpserver, department, asked, wait):
    httpserver.expect_request(PATH).respond_with_json({}, status=429, headers={"Retry-After": asked})
    assert department.send("case_events", "m1", BODY).retry_after_s == wait


@pytest.mark.parametrize("status", [200, 400, 401, 403, 409, 413, 422])
def test_a_page_or_a_list_of_a_gateway_decides_nothing(httpserver, department, status):
    httpserver.expect_ordered_request(PATH).respond_with_data("<html>Wi-Fi</html>", status, content_type="text/html")
    httpserver.expect_ordered_request(PATH).respond_with_json([0, 0], status)
    assert department.send("case_events", "m1", BODY).state == "retry"
    assert department.send("case_events", "m1", BODY).state == "retry"


def test_silence_is_tried_again(httpserver):
    delivered = DepartmentApi("http://127.0.0.1:1", "ptk_a_b").send("receipt", "m1", BODY)
    assert delivered.state == "retry"
    assert delivered.status.startswith("province_silent")


def test_a_kind_nobody_takes_is_dead_at_once(department):
    assert department.send("gossip", "m1", BODY).state == "dead"


def test_the_registry_names_what_exists():
    for path in REGISTRY.values():
        module, name = path.split(":")
        assert hasattr(getattr(import_module(module), name), "send")
