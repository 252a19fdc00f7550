"""The desk in a browser: queue, case, steps, evidence; the register: recalls. What was typed stays when refused."""

from pathlib import Path
from typing import Any

import pytest

from pos_trace.services import cases, outbox, register
from pos_trace.services.node import Ports
from pos_trace.store.models import AccessEntry, RecallRow
from tests.conftest import NOW
from tests.services.case_desk import Straight
from tests.services.goods_rows import JPEG, flagged_line, photo_of
from tests.services.two_nodes import FACILITY, SITE_ID, Pair, add_stall, officer, pair_on_sqlite, trader
from tests.web.market_app import csrf
from tests.web.province.desk_app import Desk, add_people, make_desk


@pytest.fixture
def pair(tmp_path: Path, sqlite_template: Path) -> Any:
    """A station and a province on SQLite."""
    with pair_on_sqlite(tmp_path, sqlite_template) as made:
        yield made


@pytest.fixture
def desk(pair: Pair) -> Desk:
    """The desk with its people."""
    made = make_desk(pair.province, NOW)
    add_people(made)
    return made


@pytest.fixture
def case(pair: Pair) -> str:
    """The page of a case that was sent with a photo."""
    stall = add_stall(pair.station, "D-07", NOW)
    ids = flagged_line(pair.station, stall, NOW)
    photo_of(pair.station, stall, NOW, ids["line"])
    both = pair.with_ports(Ports(department=Straight(pair, NOW)))
    made = cases.send_flag(both.station, trader(both.station, stall), ids["flag"], NOW)["case_id"]
    outbox.deliver_due(both.station, NOW)
    return f"/ban-kiem-tra/{SITE_ID}/{made}"


def step(desk: Desk, case: str, name: str, **told: str) -> Any:
    """One step in the inspector's browser."""
    client = desk.people["inspector"]
    return client.post(case, data={"step": name, "csrf_token": csrf(client, case)} | told)


def test_the_queue_shows_what_waits_and_may_be_narrowed(desk: Desk, case: str) -> None:
    client = desk.people["inspector"]
    assert client.get("/").headers["Location"] == "/ban-kiem-tra"
    for path in ("/ban-kiem-tra", "/ban-kiem-tra?state=received", "/ban-kiem-tra?state=made-up"):
        assert "Gà ta làm sẵn" in client.get(path).text
    assert "Gà ta làm sẵn" not in client.get("/ban-kiem-tra?state=concluded").text


def test_a_case_is_taken_asked_and_concluded_and_each_look_is_written_down(desk: Desk, case: str) -> None:
    assert step(desk, case, "take").headers["Location"] == case
    assert step(desk, case, "ask", text="Gửi bảng kê ngày 24/11").status_code == 303
    page = desk.people["inspector"].get(case).text
    assert "Gửi bảng kê ngày 24/11" in page
    told = {"outcome": "complies", "origin_finding": "cleared", "reason": "Có bảng kê hợp lệ"}
    assert step(desk, case, "conclude", **told).status_code == 303
    assert "Đã làm rõ nguồn gốc" in desk.people["inspector"].get(case).text
    with desk.node.db.read() as session:
        assert session.query(AccessEntry).filter_by(subject="case").count() >= 3


@pytest.mark.parametrize(
    ("name", "told", "said"),
    [
        ("ask", {"text": " "}, "Cần viết nội dung."),
        ("conclude", {"outcome": "violation", "origin_finding": "undetermined", "reason": "chữ đã gõ"}, "chữ đã gõ"),
        ("conclude", {"outcome": "complies", "origin_finding": "cleared", "reason": ""}, "lý do"),
    ],
)
def test_a_refused_step_says_why_and_keeps_what_was_typed(
    desk: Desk, case: str, name: str, told: dict[str, str], said: str
) -> None:
    step(desk, case, "take")
    answer = step(desk, case, name, **told)
    assert answer.status_code == 422
    assert said in answer.text


def test_an_unknown_step_does_nothing(desk: Desk, case: str) -> None:
    assert step(desk, case, "delete everything").status_code == 303
    assert 'value="take"' in desk.people["inspector"].get(case).text


def test_evidence_is_shown_inline_by_number(desk: Desk, case: str) -> None:
    answer = desk.people["inspector"].get(f"{case}/but-luc/1")
    assert (answer.data, answer.mimetype) == (JPEG, "image/jpeg")
    assert answer.headers["Content-Disposition"] == 'inline; filename="but-luc-1"'
    assert desk.people["inspector"].get(f"{case}/but-luc/9").status_code == 404


def test_a_recall_is_issued_from_the_register(desk: Desk, pair: Pair) -> None:
    register.put_facility(pair.province, officer(pair.province), FACILITY, NOW)
    client = desk.people["records_officer"]
    assert client.get("/").headers["Location"] == "/so-lo"
    told = {
        "recall_id": "TH-9",
        "keys": "01/09521234600138/10/CL2611B\n\n",
        "reason": "mẫu",
        "collect_at": "Chợ (mẫu)\n",
        "csrf_token": csrf(client, "/so-lo"),
    }
    assert client.post("/so-lo/thu-hoi", data=told).headers["Location"] == "/so-lo"
    page = client.get("/so-lo").text
    assert "TH-9" in page
    assert "1 cơ sở · 0 lô" in page
    refused = client.post("/so-lo/thu-hoi", data=told | {"recall_id": "TH-10", "keys": "không phải mã"})
    assert refused.status_code == 422
    assert "không phải mã" in refused.text
    with desk.node.db.read() as session:
        row = session.query(RecallRow).one()
        assert (row.issuer, row.collect_at) == (desk.node.policy.province.department, ["Chợ (mẫu)"])
