"""The stall's side of cases over HTTP: its own, all of it, and nothing of its neighbour."""

import orjson
import pytest

from pos_trace.core.roles import STALL_KEY_SCOPES
from pos_trace.services import accounts, outbox, recalls
from pos_trace.services.node import Ports
from tests.services.case_desk import Straight
from tests.services.goods_rows import JPEG, flagged_line, paper_of, photo_of
from tests.services.two_nodes import SITE_ID, Pair, add_stall, make_node
from tests.web.province_server import make_app


@pytest.fixture
def pair(database, sqlite_template, tmp_path):
    """The station on either database, its province beside it on SQLite."""
    from pos_trace.store.database import Database

    path = tmp_path / "province.db"
    path.write_bytes(sqlite_template.read_bytes())
    beside = Database(f"sqlite:///{path}")
    yield Pair(make_node(database, tmp_path, "station", SITE_ID), make_node(beside, tmp_path, "province", "so"))
    beside.close()


@pytest.fixture
def stalls(pair, now):
    """Two stalls of one market."""
    return [add_stall(pair.station, number, now) for number in ("A-12", "A-15")]


@pytest.fixture
def ask(pair, stalls, now):
    """Asks the API with the key of a stall (0 or 1), or with given scopes."""
    client = make_app(pair.station, lambda: now, "station", ("api_cases", "api_trust")).test_client()
    keys = {}

    def send(stall, method, path, scopes=STALL_KEY_SCOPES, headers=None, **more):
        held = (stall, scopes)
        if held not in keys:
            with pair.station.write(pair.station.machine("setup"), now) as tx:
                keys[held] = accounts.new_key(tx, "thử", scopes, stall_id=stalls[stall])
        headers = {"Authorization": f"Bearer {keys[held]}"} | (headers or {})
        return client.open(f"/api/v1{path}", method=method, headers=headers, **more)

    return send


@pytest.fixture
def ids(pair, stalls, now):
    made = flagged_line(pair.station, stalls[0], now)
    photo_of(pair.station, stalls[0], now, made["line"])
    return made


def test_a_stall_sends_answers_and_takes_back_through_the_api(pair, ask, stalls, ids, now):
    opened = ask(0, "POST", f"/flags/{ids['flag']}/send", headers={"Idempotency-Key": "k1"})
    again = ask(0, "POST", f"/flags/{ids['flag']}/send", headers={"Idempotency-Key": "k1"})
    assert (opened.status_code, again.status_code, again.json) == (201, 201, opened.json)
    case = f"/cases/{opened.json['case_id']}"
    assert [told["id"] for told in ask(0, "GET", "/cases").json["cases"]] == [opened.json["case_id"]]
    paper = paper_of(pair.station, stalls[0], now, ids["line"])
    assert ask(0, "POST", f"{case}/reply", json={"text": "có bảng kê", "paper_ids": [paper]}).status_code == 201
    photo = photo_of(pair.station, stalls[0], now, None, JPEG + b"2")
    added = ask(0, "POST", f"{case}/evidence", json={"photo_ids": [photo], "caption": "Bảng kê"})
    assert (added.status_code, added.json["evidence"]) == (201, [2])
    told = ask(0, "GET", case).json
    assert [event["kind"] for event in told["events"]] == ["opened", "replied", "evidence_added"]
    picture = ask(0, "GET", f"{case}/evidence/{told['evidence'][1]['sha256']}")
    assert (picture.data, picture.content_type) == (JPEG + b"2", "image/jpeg")
    assert ask(0, "POST", f"{case}/withdraw", json={}).json["state"] == "withdrawn"
    assert ask(0, "POST", f"{case}/withdraw", json={}).status_code == 409


def test_everything_sent_can_be_read_back(pair, ask, ids, now):
    case_id = ask(0, "POST", f"/flags/{ids['flag']}/send").json["case_id"]
    outbox.deliver_due(pair.with_ports(Ports(department=Straight(pair, now))).station, now)
    told = ask(0, "GET", "/outbox").json
    assert [message["state"] for message in told["messages"]] == ["done", "done"]
    assert told["note"] == "Máy không gửi giá bán, doanh thu, số tiền."
    opened = ask(0, "GET", f"/outbox/{told['messages'][-1]['id']}").json
    assert orjson.loads(opened["body"])["events"][0]["case_id"] == case_id
    assert len(ask(0, "GET", f"/outbox?before={told['messages'][0]['id']}").json["messages"]) == 1


def test_the_neighbour_finds_nothing(ask, ids, pair, stalls, now):
    case_id = ask(0, "POST", f"/flags/{ids['flag']}/send").json["case_id"]
    message = ask(0, "GET", "/outbox").json["messages"][0]["id"]
    photo = photo_of(pair.station, stalls[1], now, None)
    for method, path, body in (
        ("GET", f"/cases/{case_id}", None),
        ("POST", f"/cases/{case_id}/reply", {"text": "x"}),
        ("POST", f"/cases/{case_id}/withdraw", {}),
        ("POST", f"/cases/{case_id}/evidence", {"photo_ids": [photo]}),
        ("POST", f"/flags/{ids['flag']}/send", None),
        ("GET", f"/cases/{case_id}/evidence/{'0' * 64}", None),
        ("GET", f"/outbox/{message}", None),
    ):
        assert ask(1, method, path, json=body).status_code == 404, path
    assert ask(1, "GET", "/cases").json == {"cases": []}
    assert ask(1, "GET", "/outbox").json["messages"] == []
    assert ask(1, "GET", "/stop-sales").json == {"entries": []}


def test_a_till_may_not_read_cases_and_nobody_enters_without_a_key(ask, pair, now):
    for path in ("/cases", "/outbox", "/outbox/x", "/cases/x"):
        assert ask(0, "GET", path, scopes=frozenset({"sell", "stock"})).status_code == 403
    client = make_app(pair.station, lambda: now, "station", ("api_cases", "api_trust")).test_client()
    assert client.get("/api/v1/cases").status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("reply", {"text": "x" * 2001}),
        ("reply", {"text": "x", "price": 1}),
        ("reply", {"paper_ids": ["../../etc"]}),
        ("evidence", {"photo_ids": []}),
        ("evidence", {}),
        ("reply", [1]),
    ],
)
def test_a_wrong_body_is_a_problem_and_changes_nothing(ask, ids, path, body):
    case_id = ask(0, "POST", f"/flags/{ids['flag']}/send").json["case_id"]
    answer = ask(0, "POST", f"/cases/{case_id}/{path}", json=body)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert len(ask(0, "GET", f"/cases/{case_id}").json["events"]) == 1


def test_a_stall_reads_what_it_has_of_a_recall(ask, pair, stalls, now):
    key = "01/09521234600138/10/CL2611B"
    flagged_line(pair.station, stalls[0], now, key=key, state="sellable")
    recalls.issue(
        pair.station, pair.station.machine("test"), {"recall_id": "TH-1", "keys": [key], "reason": "mẫu"}, now
    )
    told = ask(0, "GET", "/recalls/TH-1").json
    assert (told["recall"]["found"], [lot["quantity"] for lot in told["lots"]]) == (True, ["12"])
    assert ask(1, "GET", "/recalls/TH-1").json["lots"] == []
