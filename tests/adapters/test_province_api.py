"""The province's own protocol, asked over real HTTP: three states, never a guess."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import get_args

import orjson
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pos_trace.adapters.http import Http, Limits
from pos_trace.adapters.provinces import REGISTRY
from pos_trace.adapters.provinces.api import ProvinceApi
from pos_trace.adapters.provinces.source import Kind

NOW = datetime(2026, 11, 24, 2, 31, tzinfo=UTC)
KEY = "01/09521234600053/10/MD2611-07"
BASE = "/api/province/v1"
LOT = {
    "key": KEY,
    "product_name": "Cải thảo Măng Đen (mẫu)",
    "facility_id": "F2",
    "status": "active",
    "version": 12,
    "gtin": "09521234600053",
    "lot": "MD2611-07",
    "net_quantity": "500.5",
    "expiry_date": "2026-12-01",
    "standards": [{"scheme": "VietGAP", "number": "VG-1"}],
    "events": [{"type": "harvested", "at": "2026-11-23"}],
    "importer": {"name": "Không"},
    "updated_at": "2026-11-24T08:00:00+07:00",
    "some_future_member": [1, 2],
}
FACILITY = {
    "facility_id": "F2",
    "name": "HTX rau hoa Măng Đen (mẫu)",
    "is_individual": False,
    "certificates": [{"kind": "VietGAP", "number": "VG-1", "expires": "2027-06-22"}],
    "version": 3,
}
RECALL = {"recall_id": "TH-1", "keys": [KEY], "reason": "mẫu", "issued_at": "2026-11-24T01:00:00Z", "issuer": "Sở"}


@pytest.fixture
def province(httpserver: HTTPServer) -> ProvinceApi:
    host = f"{httpserver.host}:{httpserver.port}"
    http = Http((host,), Limits(deadline_s=2.0, failures=1000))
    return ProvinceApi(f"http://{host}/", "ptk_a_b", lambda: NOW, http)


def test_a_known_lot_comes_with_facility_recall_and_the_age_of_the_answer(httpserver, province):
    httpserver.expect_request(
        f"{BASE}/lots", query_string={"key": KEY}, headers={"Authorization": "Bearer ptk_a_b"}
    ).respond_with_json({"record": LOT, "facility": FACILITY, "recall": RECALL}, headers={"Records-Version": "12"})
    answer = province.find(KEY)
    assert answer.state == "found"
    assert (answer.record.net_quantity, answer.record.expiry_date) == (Decimal("500.5"), date(2026, 12, 1))
    assert answer.record.updated_at == datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert answer.facility.certificates[0].expires == date(2027, 6, 22)
    assert answer.recall.keys == (KEY,)
    assert (answer.age.version, answer.age.age_s(NOW)) == (12, 0)


def test_only_the_provinces_own_word_makes_a_lot_absent(httpserver, province):
    httpserver.expect_ordered_request(f"{BASE}/lots").respond_with_json({"code": "lot_absent"}, status=404)
    httpserver.expect_ordered_request(f"{BASE}/lots").respond_with_data("<h1>404</h1>", 404, content_type="text/html")
    assert province.find(KEY).state == "absent"
    assert province.find(KEY).state == "unavailable"


@pytest.mark.parametrize("status", [204, 400, 401, 403, 429, 500, 503])
def test_every_other_status_leaves_us_not_knowing(httpserver, province, status):
    httpserver.expect_request(f"{BASE}/lots").respond_with_json({"code": "x"}, status=status)
    answer = province.find(KEY)
    assert (answer.state, answer.why) == ("unavailable", "province_silent")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        [],
        {"record": None},
        {"record": LOT | {"status": "perhaps"}},
        {"record": LOT | {"version": "12"}},
        {"record": LOT | {"net_quantity": "NaN"}},
        {"record": LOT | {"net_quantity": "many"}},
        {"record": LOT | {"expiry_date": "31/12/2026"}},
        {"record": LOT | {"updated_at": "2026-11-24T08:00:00"}},
        {"record": LOT | {"product_name": 7}},
        {"record": LOT | {"standards": ["VietGAP"]}},
        {"record": LOT, "facility": {"name": "no id"}},
        {"record": LOT, "recall": {"recall_id": "TH-1"}},
    ],
)
def test_a_record_of_the_wrong_shape_is_no_record(httpserver, province, wrong):
    httpserver.expect_request(f"{BASE}/lots").respond_with_json(wrong)
    assert province.find(KEY).state == "unavailable"


def test_the_feed_is_read_page_by_page_and_an_unchanged_one_costs_a_304(httpserver, province):
    asked: list[str | None] = []

    def changes(request: Request) -> Response:
        asked.append(request.headers.get("If-None-Match"))
        since = int(request.args["since"])
        tag = f'"{since}-12"'
        if request.headers.get("If-None-Match") == tag:
            return Response(status=304, headers={"ETag": tag})
        items = [{"kind": "lot", **LOT}] if since < 12 else []
        body = {"changes": items, "next": 12, "more": False, "poll_s": 30}
        return Response(orjson.dumps(body), content_type="application/json", headers={"ETag": tag})

    httpserver.expect_request(f"{BASE}/changes").respond_with_handler(changes)
    first = province.changes(0)
    assert (first.state, len(first.items), first.next, first.more) == ("ok", 1, 12, False)
    assert province.changes(12).items == ()
    again = province.changes(12)
    assert (again.state, again.items, again.next) == ("ok", (), 12)
    assert asked == [None, '"0-12"', '"12-12"']


@pytest.mark.parametrize(
    "wrong",
    [
        {"changes": [], "next": 3},
        {"changes": {}, "next": 9, "more": False},
        {"changes": ["x"], "next": 9, "more": False},
        {"changes": [], "next": "9", "more": False},
        {"changes": [], "next": True, "more": False},
        {"changes": [], "next": 4, "more": False},
        {"changes": [], "next": 5, "more": True},
        {"changes": [], "next": 9, "more": 0},
        [],
    ],
)
def test_a_page_that_is_wrong_or_does_not_move_forward_is_unavailable(httpserver, province, wrong):
    httpserver.expect_request(f"{BASE}/changes").respond_with_json(wrong)
    assert province.changes(5).state == "unavailable"


def test_a_refused_feed_and_a_closed_one_are_unavailable(httpserver, province):
    httpserver.expect_request(f"{BASE}/case-events").respond_with_json({"code": "forbidden"}, status=403)
    assert province.case_events(0).state == "unavailable"
    closed = ProvinceApi("http://127.0.0.1:1", "", lambda: NOW)
    assert closed.case_events(0).state == "unavailable"


@pytest.mark.parametrize(
    ("status", "told", "state"),
    [
        (201, {"station_id": "s", "api_key": "ptk_a_b", "province_key_id": "k1"}, "ok"),
        (201, {"station_id": "s", "api_key": "ptk_a_b"}, "unavailable"),
        (404, {"code": "code_unknown", "detail": "Mã đăng ký không đúng."}, "refused"),
        (500, {"code": "internal"}, "unavailable"),
    ],
)
def test_enrolment_says_whether_the_code_was_taken(httpserver, province, status, told, state):
    httpserver.expect_request(f"{BASE}/stations:enrol", method="POST").respond_with_json(told, status=status)
    answer = province.enrol("ABC", "cHVi", {"id": "s"}, [])
    assert answer.state == state
    if state == "refused":
        assert answer.detail == "Mã đăng ký không đúng."


def test_the_registry_names_what_exists_and_every_kind_of_source():
    from importlib import import_module

    parts = ("find", "changes", "look")
    for path in REGISTRY.values():
        module, name = path.split(":")
        assert any(hasattr(getattr(import_module(module), name), part) for part in parts)
    assert set(REGISTRY) == set(get_args(Kind))
