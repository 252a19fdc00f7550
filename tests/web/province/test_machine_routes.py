"""The province's machine routes over HTTP: what a station, a records officer and a stranger get."""

import base64
from decimal import Decimal
from pathlib import Path

import orjson
import pytest
import requests
from sqlalchemy import select

from pos_trace.adapters.departments.api import DepartmentApi
from pos_trace.adapters.provinces.api import ProvinceApi
from pos_trace.core import cases as rules
from pos_trace.core.tokens import short_code, token
from pos_trace.services import case_log, cases, enrolment, outbox, places, publishing
from pos_trace.services.node import Ports
from pos_trace.store.models import LotSighting, PublishedLine, PublishedReceipt, Stall
from tests.services.goods_rows import JPEG, flagged_line, photo_of
from tests.services.two_nodes import FACILITY, KEY, LOT, SITE_ID, add_stall, officer, trader

API = "/api/province/v1"
TOKEN = token(bytes(range(64)))
RECEIPT = {
    "token": TOKEN,
    "short_code": short_code(TOKEN),
    "stall_gln": "9521234700036",
    "stall_name": "SẠP A-12 (mẫu)",
    "sold_hour": "2026-11-24T22:00:00Z",
    "lines": [
        {"line_no": 1, "product_name": "Cải thảo", "lot_keys": [KEY], "lot_source": "fefo"},
        {
            "line_no": 2,
            "product_name": "Cá diêu hồng",
            "lot_source": "unknown",
            "origin": {"commune": "xã Sa Thầy", "received_on": "2026-11-24", "papers": ["bang_ke"]},
        },
    ],
}


@pytest.fixture
def enrolled(pair, address, now):
    """The bearer key of a station enrolled through HTTP."""
    add_stall(pair.station, "A-12", now)
    code = places.station_code(pair.province, officer(pair.province), now)["code"]
    province = ProvinceApi(address, "", lambda: now)
    enrolment.enrol(pair.station, pair.station.machine("admin"), code, province, address, now)
    with pair.station.db.read() as session:
        return enrolment.enrolled(session, SITE_ID).api_key


@pytest.fixture
def desk(pair, address, now):
    """A session of a records officer's API key."""
    key = places.province_key(pair.province, officer(pair.province), "sổ lô", now)["api_key"]
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {key}"
    yield lambda method, path, **more: session.request(method, f"{address}{API}{path}", timeout=10, **more)
    session.close()


def as_key(address, key):
    return lambda method, path, **more: requests.request(
        method,
        f"{address}{API}{path}",
        headers={"Authorization": f"Bearer {key}"} | more.pop("headers", {}),
        timeout=10,
        **more,
    )


@pytest.fixture
def station(address, enrolled):
    """Asks with the station's key."""
    return as_key(address, enrolled)


def test_a_code_on_paper_makes_a_station_known_and_works_once(pair, address, now, enrolled):
    assert enrolled.startswith("ptk_")
    again = ProvinceApi(address, "", lambda: now).enrol(
        "WRONGCODE1", enrolment.public_key(pair.station), {"id": "x", "name": "x"}, []
    )
    assert again.state == "refused"
    assert "Mã đăng ký" in again.detail


def test_the_register_feeds_the_station(address, enrolled, desk, now):
    assert desk("PUT", "/facilities", json=FACILITY).status_code == 200
    assert desk("POST", "/lots", json={"lots": [LOT]}).json()["items"][0]["result"] == "created"
    issued = desk("POST", "/recalls", json={"keys": [KEY], "reason": "vượt mức dư lượng – dữ liệu mẫu"})
    assert issued.status_code == 201
    province = ProvinceApi(address, enrolled, lambda: now)
    found = province.find(KEY)
    assert (found.state, found.record.status, found.recall.recall_id) == ("found", "recalled", "TH-2026-0001")
    assert found.age.version == 5
    assert province.find("kt:CT-0000-0000").state == "absent"
    page = province.changes(0)
    assert [item["kind"] for item in page.items] == ["station", "facility", "recall", "lot"]
    assert province.changes(page.next).items == ()
    assert province.changes(page.next).state == "ok"
    assert desk("GET", "/recalls/TH-2026-0001").json()["status"] == "active"
    assert desk("POST", "/recalls/TH-2026-0001:end", json={}).json()["status"] == "ended"
    assert desk("GET", "/facilities").json()["facilities"][0]["facility_id"] == "F2"


def test_a_feed_that_did_not_move_answers_304(station):
    first = station("GET", "/changes?since=0")
    assert (first.status_code, first.json()["poll_s"]) == (200, 30)
    assert [item["kind"] for item in first.json()["changes"]] == ["station"]
    page = f"/changes?since={first.json()['next']}"
    moved = station("GET", page)
    assert (moved.status_code, moved.json()["changes"]) == (200, [])
    same = station("GET", page, headers={"If-None-Match": moved.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert station("GET", "/recalls?since=0").json() == {"recalls": [], "next": 0}
    assert station("GET", "/case-events?since=0").json()["events"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/lots?key={KEY}"),
        ("GET", "/changes"),
        ("GET", "/recalls"),
        ("GET", "/case-events"),
        ("POST", "/case-events"),
        ("POST", "/evidence"),
        ("POST", "/receipts"),
        ("POST", "/sightings"),
        ("PUT", "/facilities"),
        ("POST", "/lots"),
        ("POST", "/recalls"),
        ("GET", "/cases"),
        ("POST", "/cases/x/y/take"),
        ("POST", "/cases/x/y/conclude"),
    ],
)
def test_nobody_enters_without_a_key_nor_with_another_kind_of_key(address, enrolled, desk, method, path):
    assert requests.request(method, f"{address}{API}{path}", json={}, timeout=10).status_code == 401
    machine = path.startswith(("/changes", "/case-events", "/evidence", "/receipts", "/sightings")) or (
        method == "GET" and path.startswith(("/lots", "/recalls"))
    )
    wrong = desk(method, path, json={}) if machine else as_key(address, enrolled)(method, path, json={})
    assert wrong.status_code == 403
    assert wrong.headers["Content-Type"] == "application/problem+json"


def test_a_receipts_projection_is_kept_once_and_carries_no_money(pair, address, enrolled, station):
    assert station("POST", "/receipts", json=RECEIPT).json()["result"] == "accepted"
    assert station("POST", "/receipts", json=RECEIPT).json()["result"] == "duplicate"
    other = RECEIPT | {"stall_name": "SẠP KHÁC"}
    assert station("POST", "/receipts", json=other).status_code == 409
    for wrong in (
        RECEIPT | {"total": 78500},
        RECEIPT | {"lines": [RECEIPT["lines"][0] | {"unit_price": 15000}]},
        RECEIPT | {"lines": [RECEIPT["lines"][0] | {"qty": "1.5"}]},
        RECEIPT | {"lines": [RECEIPT["lines"][1] | {"origin": {"seller": "Y B."}}]},
        RECEIPT | {"token": "A" * 20},
        RECEIPT | {"lines": []},
    ):
        assert station("POST", "/receipts", json=wrong).status_code == 422
    with pair.province.db.read() as session:
        assert session.scalars(select(PublishedReceipt.short_code)).all() == [short_code(TOKEN)]
        assert session.scalars(select(PublishedReceipt.sold_hour)).one().hour == 22
        assert len(session.scalars(select(PublishedLine.line_no)).all()) == 2


def test_a_sighting_told_again_changes_nothing_and_two_stalls_add_up(pair, station):
    told = {"day": "2026-11-24", "key": KEY, "received_kg": "425", "first_scan_at": "2026-11-24T19:31:00Z"}
    for message in ("stall-1", "stall-1", "stall-2"):
        sent = station("POST", "/sightings", json={"sightings": [told]}, headers={"Idempotency-Key": message})
        assert sent.json() == {"accepted": 1}
    for _ in range(2):
        station("POST", "/sightings", json={"sightings": [told | {"received_kg": "0.5"}]})
    with pair.province.db.read() as session:
        rows = session.scalars(select(LotSighting)).all()
        assert (sum(row.received_kg for row in rows), {row.site_id for row in rows}) == (Decimal("850.5"), {SITE_ID})
    for wrong in ({"received_kg": "-1"}, {"received_kg": "1e9"}, {"day": "24/11"}, {"stall": "A-12"}):
        assert station("POST", "/sightings", json={"sightings": [told | wrong]}).status_code == 422


def test_the_same_key_and_body_get_the_same_answer_and_another_body_none(station):
    headers = {"Idempotency-Key": "m-1"}
    first = station("POST", "/receipts", json=RECEIPT, headers=headers)
    again = station("POST", "/receipts", json=RECEIPT, headers=headers)
    assert (first.json()["result"], again.json()) == ("accepted", first.json())
    assert station("POST", "/receipts", json=RECEIPT | {"stall_name": "x"}, headers=headers).status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/case-events", {"events": []}),
        ("/case-events", {"events": [{"kind": "opened"}]}),
        ("/case-events", []),
        ("/evidence", {"case_id": "x", "sha256": "x", "media_type": "image/gif", "data": ""}),
        ("/stations:enrol", {"code": "x", "public_key": "y", "site": {"id": "../etc", "name": "x"}}),
    ],
)
def test_a_body_of_the_wrong_shape_is_a_problem_with_pointers(station, path, body):
    answer = station("POST", path, json=body)
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.headers["Content-Type"]) == ("invalid_body", "application/problem+json")


def test_schemas_are_published(address, station):
    told = station("GET", "/schemas/receipt.json")
    assert told.headers["Content-Type"] == "application/schema+json"
    assert told.json()["additionalProperties"] is False
    assert requests.get(f"{address}{API}/schemas/nothing.json", timeout=10).status_code == 404


FAULTS = ["error_500", "rate_limit", "bad_json", "html_login", "wrong_schema", "truncated"]


@pytest.mark.parametrize("mode", FAULTS)
def test_a_fault_on_purpose_leaves_the_station_not_knowing_once(address, enrolled, desk, now, mode):
    desk("PUT", "/facilities", json=FACILITY)
    desk("POST", "/lots", json={"lots": [LOT]})
    province = ProvinceApi(address, enrolled, lambda: now)
    armed = requests.post(f"{address}/_faults", json={"mode": mode, "times": 1}, timeout=10)
    assert armed.json() == {"mode": mode, "times": 1}
    assert province.find(KEY).state == "unavailable"
    assert province.find(KEY).state == "found"


def test_faults_can_be_cleared_and_exist_only_in_a_demo(address, pair, now):
    requests.post(f"{address}{API}/_faults", json={"mode": "error_500", "times": 9}, timeout=10)
    cleared = requests.post(f"{address}/_faults", json={"mode": "none"}, timeout=10)
    assert cleared.json()["times"] == 0
    assert requests.get(f"{address}{API}/schemas/lot.json", timeout=10).status_code == 200
    assert requests.post(f"{address}/_faults", json={"mode": "explode"}, timeout=10).status_code == 422


def test_a_forged_hash_in_the_feed_is_made_on_purpose(address, enrolled, desk, pair, now):
    requests.post(f"{address}/_faults", json={"mode": "bad_signature"}, timeout=10)
    department = DepartmentApi(address, enrolled)
    body = {
        "stall": {"id": "s1", "number": "D-07", "name": "Tâm"},
        "lines": [{"id": "1", "key": None, "name": "Gà", "unit": "con", "quantity": "12"}],
        "title": "Gà",
        "reason": "papers_missing",
    }
    event = rules.write("0192f000-0000-7000-8000-000000000001", "station", "user:x", now, "opened", body, [])
    sent = orjson.dumps({"events": [case_log.wire(event)]})
    spoiled = department.send("case_events", "m1", sent)
    assert spoiled.answer["items"][0]["sha256"] == "0" * 64
    assert department.send("case_events", "m1", sent).answer["items"][0]["sha256"] == event.sha256


def test_the_desk_works_a_case_over_http(address, enrolled, desk, pair, now):
    both = pair.with_ports(Ports(department=DepartmentApi(address, enrolled)))
    with both.station.db.read() as session:
        stall = session.scalars(select(Stall.id)).one()
    ids = flagged_line(both.station, stall, now)
    photo_of(both.station, stall, now, ids["line"])
    case_id = cases.send_flag(both.station, trader(both.station, stall), ids["flag"], now)["case_id"]
    outbox.deliver_due(both.station, now)
    one = f"/cases/{SITE_ID}/{case_id}"
    assert [case["id"] for case in desk("GET", "/cases").json()["cases"]] == [case_id]
    assert (
        desk(
            "POST", f"{one}/conclude", json={"outcome": "complies", "origin_finding": "cleared", "reason": "x"}
        ).status_code
        == 409
    )
    assert desk("POST", f"{one}/take", json={}).json()["state"] == "taken"
    assert desk("POST", f"{one}/ask-papers", json={"text": "Cần bảng kê"}).json()["state"] == "papers_asked"
    assert desk("POST", f"{one}/inspect", json={"text": "Đã xem"}).json()["state"] == "inspected"
    assert desk("POST", f"{one}/note", json={"text": "gọi lại"}).status_code == 201
    picture = desk("GET", f"{one}/evidence/1")
    assert (picture.content, picture.headers["Content-Type"]) == (JPEG, "image/jpeg")
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    wrong = {"outcome": "guilty", "origin_finding": "cleared", "reason": "x"}
    assert desk("POST", f"{one}/conclude", json=wrong).status_code == 422
    done = desk("POST", f"{one}/conclude", json={"outcome": "complies", "origin_finding": "cleared", "reason": "đủ"})
    assert done.json()["state"] == "concluded"
    assert desk("POST", f"{one}/appeal", json={"text": "khiếu nại"}).json()["state"] == "appealed"
    assert desk("POST", f"{one}/reopen", json={"text": "xem lại"}).json()["state"] == "taken"
    moved = desk("POST", f"{one}/transfer", json={"agency": "Sở NN&MT (mẫu)", "reason": "nông sản"})
    assert moved.json()["state"] == "transferred"
    assert desk("GET", one, params={"ground": "QĐ 1"}).json()["state"] == "transferred"
    assert len(desk("GET", f"{one}/looks").json()["looks"]) == 1
    assert desk("GET", f"/cases/{SITE_ID}/nothing").status_code == 404


def test_a_key_that_is_not_base64_is_refused(address, pair, now):
    code = places.station_code(pair.province, officer(pair.province), now)["code"]
    body = {"code": code, "public_key": "x" * 44, "site": {"id": "cho-2", "name": "Chợ 2"}}
    told = requests.post(f"{address}{API}/stations:enrol", json=body, timeout=10)
    assert (told.status_code, told.json()["code"]) == (422, "public_key_invalid")
    body["public_key"] = base64.b64encode(b"\5" * 32).decode()
    assert requests.post(f"{address}{API}/stations:enrol", json=body, timeout=10).status_code == 201


def test_a_station_fetches_the_signed_snapshot_and_asks_again_for_nothing(
    pair, address, enrolled, station, desk, now, tmp_path
):
    province, had = ProvinceApi(address, enrolled, lambda: now), []
    assert station("GET", "/snapshots/latest").json()["code"] == "no_snapshot"
    assert province.snapshot(tmp_path / "in.zip", 0, print).state == "none"
    desk("PUT", "/facilities", json=FACILITY)
    desk("POST", "/lots", json={"lots": [LOT]})
    told = publishing.publish(pair.province, pair.province.machine("t"), now)
    assert province.snapshot(tmp_path / "in.zip", 0, lambda done, total: had.append((done, total))).state == "ok"
    assert (tmp_path / "in.zip").read_bytes() == Path(told["path"]).read_bytes()
    assert had[-1] == (len((tmp_path / "in.zip").read_bytes()),) * 2
    assert province.snapshot(tmp_path / "in.zip", told["version"], print).state == "none"
    pages = [province.changes(0), province.changes(0, told["version"])]
    assert ["lot" in {item["kind"] for item in page.items} for page in pages] == [True, False]
    assert [page.next for page in pages] == [told["version"]] * 2
