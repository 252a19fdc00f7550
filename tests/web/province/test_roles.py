"""Who may call what at the province: every route × everybody; a new route without a row fails. One station never
sees what another sent.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pos_trace.core import cases as rules
from pos_trace.core.tokens import short_code, token
from pos_trace.services import case_log, cases, recalls
from pos_trace.services.node import Ports
from pos_trace.store.models import PublishedReceipt
from tests.conftest import NOW
from tests.services.case_desk import Straight
from tests.services.goods_rows import flagged_line, photo_of
from tests.services.two_nodes import SITE_ID, Pair, add_stall, officer, pair_on_sqlite, trader
from tests.web.market_app import routes_of
from tests.web.province.desk_app import API, SITES, Desk, add_people, make_desk

ANYBODY = "nobody"
STATION = "station"
DESK = "inspector desk"
ADMIN = "agency_admin"
REGISTER = "records_officer desk"
CASE = "/api/province/v1/cases/<site>/<case_id>"
EXPECTED: dict[tuple[str, str], str] = {
    ("POST", f"{API}/stations:enrol"): ANYBODY,
    ("GET", f"{API}/schemas/<name>.json"): ANYBODY,
    ("GET", f"{API}/lots"): STATION,
    ("GET", f"{API}/changes"): STATION,
    ("GET", f"{API}/snapshots/latest"): STATION,
    ("GET", f"{API}/recalls"): STATION,
    ("GET", f"{API}/case-events"): STATION,
    ("GET", f"{API}/access"): STATION,
    ("POST", f"{API}/case-events"): STATION,
    ("POST", f"{API}/evidence"): STATION,
    ("POST", f"{API}/receipts"): STATION,
    ("POST", f"{API}/sightings"): STATION,
    ("PUT", f"{API}/stall-cards/<gln>"): STATION,
    ("POST", f"{API}/feedback"): STATION,
    ("POST", f"{API}/private-reports"): STATION,
    ("PUT", f"{API}/stations/self"): STATION,
    ("GET", f"{API}/facilities"): REGISTER,
    ("PUT", f"{API}/facilities"): REGISTER,
    ("POST", f"{API}/lots"): REGISTER,
    ("POST", f"{API}/recalls"): REGISTER,
    ("GET", f"{API}/recalls/<recall_id>"): REGISTER,
    ("POST", f"{API}/recalls/<recall_id>:end"): REGISTER,
    ("GET", f"{API}/cases"): DESK,
    ("GET", f"{API}/case-groups"): DESK,
    ("POST", f"{API}/case-groups"): DESK,
    ("GET", f"{API}/case-counts"): DESK,
    ("GET", f"{API}/notices"): DESK,
    ("GET", f"{API}/feedback"): DESK,
    ("POST", f"{API}/feedback/<id>/read"): DESK,
    ("POST", f"{API}/feedback/<id>/link"): DESK,
    ("POST", f"{API}/reporters:look"): DESK,
    ("GET", f"{API}/people"): ADMIN,
    ("POST", f"{API}/people"): ADMIN,
    ("POST", f"{API}/people/<id>/end"): ADMIN,
    ("GET", CASE): DESK,
    ("GET", f"{CASE}/looks"): DESK,
    ("GET", f"{CASE}/evidence/<number>"): DESK,
    ("POST", f"{CASE}/take"): DESK,
    ("POST", f"{CASE}/ask-papers"): DESK,
    ("POST", f"{CASE}/inspect"): DESK,
    ("POST", f"{CASE}/conclude"): DESK,
    ("POST", f"{CASE}/reopen"): DESK,
    ("POST", f"{CASE}/appeal"): DESK,
    ("POST", f"{CASE}/transfer"): DESK,
    ("POST", f"{CASE}/note"): DESK,
    ("POST", f"{CASE}/assign"): DESK,
    ("POST", f"{CASE}/approve"): DESK,
    ("POST", f"{CASE}/send-back"): DESK,
    ("POST", f"{CASE}/notice"): DESK,
    ("GET", "/ban-kiem-tra"): DESK,
    ("GET", "/ban-kiem-tra/<site_id>/<case_id>"): DESK,
    ("POST", "/ban-kiem-tra/<site_id>/<case_id>"): DESK,
    ("GET", "/ban-kiem-tra/<site_id>/<case_id>/but-luc/<number>"): DESK,
    ("GET", "/ban-kiem-tra/<site_id>/<case_id>/thong-bao"): DESK,
    ("POST", "/ban-kiem-tra/<site_id>/<case_id>/thong-bao"): DESK,
    ("GET", "/ban-kiem-tra/nhom"): DESK,
    ("POST", "/ban-kiem-tra/nhom"): DESK,
    ("GET", "/thong-bao"): DESK,
    ("GET", "/phan-anh"): DESK,
    ("POST", "/phan-anh"): DESK,
    ("GET", "/so-lieu"): DESK,
    ("GET", "/doi-chieu"): DESK,
    ("GET", f"{API}/doubts"): DESK,
    ("GET", "/co-quan"): ADMIN,
    ("POST", "/co-quan"): ADMIN,
    ("GET", "/so-lo"): REGISTER,
    ("GET", f"{API}/lot-files"): REGISTER,
    ("POST", f"{API}/lot-files"): REGISTER,
    ("GET", f"{API}/lot-files/<file_id>"): REGISTER,
    ("POST", f"{API}/lot-files/<file_id>:approve"): REGISTER,
    ("POST", f"{API}/lot-files/<file_id>:refuse"): REGISTER,
    ("GET", f"{API}/serial-ranges"): REGISTER,
    ("POST", f"{API}/serial-ranges"): REGISTER,
    ("POST", f"{API}/serial-ranges/<range_id>:withdraw"): REGISTER,
    ("GET", "/so-lo/co-so"): REGISTER,
    ("GET", "/so-lo/co-so/ho-so"): REGISTER,
    ("POST", "/so-lo/co-so/ho-so"): REGISTER,
    ("GET", "/so-lo/lo"): REGISTER,
    ("GET", "/so-lo/lo/ho-so"): REGISTER,
    ("POST", "/so-lo/lo/ho-so"): REGISTER,
    ("GET", "/so-lo/lo/tem.pdf"): REGISTER,
    ("GET", "/so-lo/dai-tem"): REGISTER,
    ("POST", "/so-lo/dai-tem"): REGISTER,
    ("GET", "/so-lo/tep"): REGISTER,
    ("POST", "/so-lo/tep"): REGISTER,
    ("GET", "/so-lo/tep/bang-mau.xlsx"): REGISTER,
    ("GET", "/so-lo/tep/<file_id>"): REGISTER,
    ("POST", "/so-lo/tep/<file_id>"): REGISTER,
    ("GET", "/so-lo/tep/<file_id>/can-sua.xlsx"): REGISTER,
    ("GET", "/chon-ngau-nhien"): REGISTER,
    ("GET", "/api/province/v1/desk-checks"): REGISTER,
    ("POST", "/api/province/v1/desk-checks"): REGISTER,
    ("POST", "/so-lo/thu-hoi"): REGISTER,
    ("POST", "/_faults"): ANYBODY,
    ("POST", f"{API}/_faults"): ANYBODY,
    ("GET", "/"): ANYBODY,
    ("GET", "/login"): ANYBODY,
    ("POST", "/login"): ANYBODY,
    ("POST", "/logout"): ANYBODY,
    ("GET", "/enrol"): ANYBODY,
    ("POST", "/enrol"): ANYBODY,
    ("GET", "/r/<token>"): ANYBODY,
    ("GET", "/R/<token>"): ANYBODY,
    ("POST", "/r/<token>/feedback"): ANYBODY,
    ("GET", "/s/<token>"): ANYBODY,
    ("GET", "/S/<token>"): ANYBODY,
    ("GET", "/m"): ANYBODY,
    ("GET", "/M"): ANYBODY,
    ("POST", "/m"): ANYBODY,
    ("GET", "/01/<rest>"): ANYBODY,
    ("GET", "/healthz"): ANYBODY,
    ("GET", "/readyz"): ANYBODY,
    ("GET", "/metrics"): ANYBODY,
    ("GET", "/api/v1/"): ANYBODY,
    ("GET", "/api/v1/openapi.json"): ANYBODY,
    ("GET", "/api/v1/swagger"): ANYBODY,
    ("GET", "/api/v1/oauth2-redirect.html"): "",
}
FORMS = {("POST", "/login"), ("POST", "/enrol")}
EVERYBODY = ("inspector", "records_officer", "agency_admin", "desk", "station", "nobody", "wrong node's key")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Pair]:
    """A station and a province on SQLite, for the whole module."""
    with pair_on_sqlite(tmp_path_factory.mktemp("desk"), sqlite_template) as made:
        yield made


@pytest.fixture(scope="module")
def desk(pair: Pair) -> Desk:
    """The province's application with its three people logged in."""
    made = make_desk(pair.province, NOW)
    add_people(made)
    return made


@pytest.fixture(scope="module")
def callers(desk: Desk, pair: Pair) -> dict[str, Any]:
    """How each asks."""
    from pos_trace.services import places

    stall = add_stall(pair.station, "X-1", NOW)
    foreign = places.stall_key(pair.station, pair.station.machine("t"), stall, "sạp", NOW)["api_key"]
    keys = {"desk": desk.keys["desk"], "station": desk.keys[SITES[0]], "nobody": None, "wrong node's key": foreign}

    def by_key(key: str | None) -> Any:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return lambda method, path: desk.app.test_client().open(path, method=method, headers=headers, json={})

    def by_role(role: str) -> Any:
        return lambda method, path: desk.as_person(role, method, path, json={})

    return {name: by_key(key) for name, key in keys.items()} | {role: by_role(role) for role in desk.people}


def test_the_table_has_every_route_and_no_other(desk: Desk) -> None:
    assert routes_of(desk.app) == set(EXPECTED)


@pytest.mark.parametrize(("method", "path"), sorted(EXPECTED))
def test_a_route_is_open_to_whom_the_table_says_and_to_nobody_else(
    callers: dict[str, Any], method: str, path: str
) -> None:
    allowed = EXPECTED[method, path].split()
    where = path.replace("<number>", "1").replace("<", "").replace(">", "")
    for name in ("nobody",) if allowed == ["nobody"] else EVERYBODY:
        status = callers[name](method, where).status_code
        if (method, path) in FORMS:
            assert status == 403, "a form without its page's token"
        elif name in allowed:
            assert status not in (401, 403), name
            assert status < 500, name
        elif allowed == []:
            assert status == 403, name
        else:
            assert status == (401 if name in ("nobody", "wrong node's key") else 403), name


@pytest.fixture(scope="module")
def case_id(pair: Pair) -> str:
    """A case of the first station with a photo, taken in by the province."""
    stall = add_stall(pair.station, "D-07", NOW)
    ids = flagged_line(pair.station, stall, NOW)
    photo_of(pair.station, stall, NOW, ids["line"])
    both = pair.with_ports(Ports(department=Straight(pair, NOW)))
    made = cases.send_flag(both.station, trader(both.station, stall), ids["flag"], NOW)["case_id"]
    from pos_trace.services import outbox

    outbox.deliver_due(both.station, NOW)
    return str(made)


def test_a_stations_feed_holds_its_own_cases_only(desk: Desk, case_id: str) -> None:
    mine, other = (desk.ask("GET", "/case-events", desk.keys[site]).json["events"] for site in SITES)
    assert {event["case_id"] for event in mine} == {case_id}
    assert other == []


def test_a_station_cannot_write_into_the_case_of_another(desk: Desk, pair: Pair, case_id: str) -> None:
    with pair.province.db.read() as session:
        from pos_trace.store.models import Case

        events = case_log.events(session, session.get_one(Case, (SITE_ID, case_id)))
    event = rules.write(case_id, "station", "x", NOW, "withdrawn", {"reason": "x"}, events)
    told = desk.ask("POST", "/case-events", desk.keys["cho-khac"], json={"events": [case_log.wire(event)]}).json
    assert told["items"][0] == told["items"][0] | {
        "result": "rejected",
        "reasons": ["case_unknown"],
        "ack_number": None,
    }
    evidence = {"case_id": case_id, "sha256": "a" * 64, "media_type": "text/plain", "data": ""}
    assert desk.ask("POST", "/evidence", desk.keys["cho-khac"], json=evidence).status_code in (404, 422)
    with pair.province.db.read() as session:
        assert case_log.events(session, session.get_one(Case, (SITE_ID, case_id))) == events


def test_a_receipt_of_one_station_is_not_anothers_to_change(desk: Desk, pair: Pair) -> None:
    made = token(bytes(range(64)))
    line = {"line_no": 1, "product_name": "Cải thảo", "lot_source": "fefo"}
    body = {
        "token": made,
        "short_code": short_code(made),
        "stall_name": "Sạp A-12",
        "sold_hour": "2026-11-24T22:00:00Z",
    }
    first = desk.ask("POST", "/receipts", desk.keys[SITES[0]], json=body | {"lines": [line]})
    again = desk.ask("POST", "/receipts", desk.keys[SITES[0]], json=body | {"lines": [line]})
    other = desk.ask(
        "POST", "/receipts", desk.keys[SITES[1]], json=body | {"lines": [line | {"product_name": "Thuốc"}]}
    )
    assert (first.json["result"], again.json["result"], other.status_code) == ("accepted", "duplicate", 409)
    twice = desk.ask("POST", "/receipts", desk.keys[SITES[0]], json=body | {"lines": [line, line]})
    assert (twice.status_code, twice.json["code"]) == (422, "invalid_body")
    with pair.province.db.read() as session:
        assert [row.site_id for row in session.query(PublishedReceipt)] == [SITES[0]]


def test_recalls_reach_every_station(desk: Desk, pair: Pair) -> None:
    told = {"recall_id": "TH-7", "keys": ["01/09521234600138/10/CL2611B"], "reason": "mẫu"}
    recalls.issue(pair.province, officer(pair.province), told, NOW)
    for site in SITES:
        found = desk.ask("GET", "/recalls", desk.keys[site]).json["recalls"]
        assert [line["recall_id"] for line in found] == ["TH-7"]
