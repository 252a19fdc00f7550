"""The desk in a browser beyond one case: groups, four eyes, old pages, notices, feedback, an authority's people."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_trace.services import cases, intake, outbox, places, register
from pos_trace.services.node import Ports
from pos_trace.store.models import Case, Feedback, ReporterIdentity
from tests.conftest import NOW
from tests.services.case_desk import Straight
from tests.services.goods_rows import flagged_line
from tests.services.two_nodes import (
    FACILITY,
    LOT,
    SITE_ID,
    Pair,
    add_stall,
    as_station,
    officer,
    pair_on_sqlite,
    trader,
)
from tests.web.market_app import PASSWORD, csrf, routes_of
from tests.web.province.desk_app import API, Desk, add_people, make_desk

VIOLATION = {"outcome": "violation", "origin_finding": "undetermined", "reason": "không có giấy"}
DOCUMENT = {"document_number": "12/BB-VPHC", "document_date": "2026-11-25"}
CLEARED = {"outcome": "complies", "origin_finding": "cleared", "reason": "đủ giấy tờ"}
TRUCK = "76C01234 2026-11-24"


@pytest.fixture
def pair(tmp_path: Path, sqlite_template: Path) -> Iterator[Pair]:
    """A station and a province on SQLite."""
    with pair_on_sqlite(tmp_path, sqlite_template) as made:
        yield made


@pytest.fixture
def desk(pair: Pair) -> Desk:
    """The Department's desk with a second inspector, and an inspector of another authority."""
    made = make_desk(pair.province, NOW)
    add_people(made)
    node, admin = pair.province, pair.province.machine("setup")
    with node.db.read() as session:
        from pos_trace.store.models import Agency

        first = session.query(Agency.id).scalar()
    other = places.add_agency(node, admin, "Sở Y tế (mẫu)", "syt", "", NOW)["id"]
    for login, where in (("second", first), ("health", other)):
        places.add_person(node, admin, login, f"{login} (mẫu)", PASSWORD, ["inspector"], where, NOW)
        client = made.app.test_client()
        client.post("/login", data={"login": login, "secret": PASSWORD, "csrf_token": csrf(client)})
        made.people[login] = client
    return made


@pytest.fixture
def two(pair: Pair) -> list[str]:
    """Two cases of one truck; their ids."""
    both = pair.with_ports(Ports(department=Straight(pair, NOW)))
    made = []
    for number in ("D-07", "C-03"):
        stall = add_stall(pair.station, number, NOW)
        ids = flagged_line(pair.station, stall, NOW)
        made.append(str(cases.send_flag(both.station, trader(both.station, stall), ids["flag"], NOW)["case_id"]))
        outbox.deliver_due(both.station, NOW)
    return made


def page_of(case_id: str) -> str:
    return f"/ban-kiem-tra/{SITE_ID}/{case_id}"


def post(desk: Desk, who: str, path: str, **told: Any) -> Any:
    """A form of ``who``."""
    client = desk.people[who]
    return client.post(path, data={"csrf_token": csrf(client, "/login")} | told)


def seen(desk: Desk, who: str, case_id: str) -> str:
    """How many events the page of the case shows."""
    found: str = desk.people[who].get(page_of(case_id)).text.split('name="seen" value="')[1].split('"')[0]
    return found


def state(desk: Desk, case_id: str) -> str:
    with desk.node.db.read() as session:
        return session.get_one(Case, (SITE_ID, case_id)).state


def test_a_group_is_taken_asked_and_concluded_by_ticking(desk: Desk, two: list[str]) -> None:
    client = desk.people["inspector"]
    assert f"{len(two)} vụ việc" in client.get("/ban-kiem-tra?by=truck").text
    page = client.get("/ban-kiem-tra/nhom", query_string={"by": "truck", "key": TRUCK}).text
    assert page.count('type="checkbox"') == 2
    assert client.get("/ban-kiem-tra/nhom?by=truck&key=nothing").status_code == 404
    where = {"by": "truck", "key": TRUCK}
    ticked = [f"{SITE_ID}/{case_id}/2" for case_id in two]
    assert "Đã làm: 2" in post(desk, "inspector", "/ban-kiem-tra/nhom", **where, step="take", case=ticked).text
    stale = post(desk, "inspector", "/ban-kiem-tra/nhom", **where, step="ask", case=ticked, text="Gửi bảng kê").text
    assert "Chưa làm được: 2" in stale
    refused = post(desk, "inspector", "/ban-kiem-tra/nhom", **where, step="conclude", case=ticked, reason="chữ đã gõ")
    assert (refused.status_code, "chữ đã gõ" in refused.text) == (422, True)
    assert post(desk, "inspector", "/ban-kiem-tra/nhom", **where, step="take", case="x").status_code == 422
    ticked = [f"{SITE_ID}/{case_id}/3" for case_id in two]
    ended = post(desk, "inspector", "/ban-kiem-tra/nhom", **where, step="conclude", case=ticked, **CLEARED)
    assert "không còn vụ việc nào" in ended.text
    assert [state(desk, case_id) for case_id in two] == ["concluded", "concluded"]


def test_words_that_bind_wait_for_the_second_pair_of_eyes(desk: Desk, two: list[str]) -> None:
    where = page_of(two[0])
    post(desk, "inspector", where, step="take")
    assert post(desk, "inspector", where, step="conclude", **VIOLATION, **DOCUMENT).status_code == 303
    mine, theirs = (desk.people[who].get(where).text for who in ("inspector", "second"))
    assert "Người đề xuất không tự duyệt" in mine
    assert "Duyệt kết luận này" not in mine
    draft = theirs.split('name="draft_id" value="')[1].split('"')[0]
    assert post(desk, "inspector", where, step="approve", draft_id=draft).status_code == 422
    sent = post(desk, "second", where, step="send_back", draft_id=draft, remark="Thiếu biên bản")
    assert sent.status_code == 303
    assert "Thiếu biên bản" in desk.people["inspector"].get(where).text
    desk.clock.append(NOW + timedelta(hours=1))
    post(desk, "inspector", where, step="conclude", **VIOLATION, **DOCUMENT)
    draft = desk.people["second"].get(where).text.split('name="draft_id" value="')[1].split('"')[0]
    assert post(desk, "second", where, step="approve", draft_id=draft).status_code == 303
    assert state(desk, two[0]) == "concluded"


def test_an_old_page_is_told_and_keeps_what_was_typed(desk: Desk, two: list[str]) -> None:
    where, old = page_of(two[0]), seen(desk, "inspector", two[0])
    post(desk, "second", where, step="take", seen=old)
    answer = post(desk, "inspector", where, step="ask", seen=old, text="chữ đã gõ")
    assert (answer.status_code, "chữ đã gõ" in answer.text) == (409, True)
    assert "vừa có thêm diễn biến" in answer.text
    again = post(desk, "inspector", where, step="ask", seen=seen(desk, "inspector", two[0]), text="chữ đã gõ")
    assert (again.status_code, state(desk, two[0])) == (303, "papers_asked")


def test_every_step_of_a_case_has_its_form(desk: Desk, two: list[str]) -> None:
    where = page_of(two[0])
    people = desk.people["inspector"].get(where)
    assert people.status_code == 200
    with desk.node.db.read() as session:
        from pos_trace.store.models import Agency, User

        second = session.query(User.id).filter_by(login="second").scalar()
        health = session.query(Agency.id).filter_by(kind="syt").scalar()
    assert post(desk, "inspector", where, step="assign", user_id=second).status_code == 303
    assert "second (mẫu)" in desk.people["inspector"].get(where).text
    told = {"seen_there": "Đã đếm 12 con", "officers": "Lan – thẻ 012", "decision_number": "15/QĐ"}
    post(desk, "inspector", where, step="inspect", **told, listed_price="170.000")
    page = desk.people["inspector"].get(where).text
    for words in ("Đã đếm 12 con", "Lan – thẻ 012", "2.040.000 đ"):
        assert words in page
    refused = post(desk, "inspector", where, step="inspect", **told, refused_to_sign="1")
    assert "người chứng kiến" in refused.text
    post(desk, "inspector", where, step="note", note="Đã gọi")
    post(desk, "inspector", where, step="conclude", **CLEARED)
    post(desk, "inspector", where, step="appeal", against="không đồng ý", by="Xe 76 (mẫu)", on="2026-11-26")
    assert "Xe 76 (mẫu)" in desk.people["inspector"].get(where).text
    post(desk, "inspector", where, step="reopen", again="xem lại")
    moved = post(desk, "inspector", where, step="transfer", agency=health, why="thực phẩm")
    assert moved.headers["Location"] == "/ban-kiem-tra"
    assert desk.people["inspector"].get(where).status_code == 404
    assert "xem lại" in desk.people["health"].get(where).text


def test_a_notice_is_printed_and_marked_as_sent(desk: Desk, two: list[str]) -> None:
    where = page_of(two[0])
    post(desk, "inspector", where, step="take")
    assert desk.people["inspector"].get(f"{where}/thong-bao").status_code == 409
    post(desk, "inspector", where, step="conclude", **CLEARED)
    paper = desk.people["inspector"].get(f"{where}/thong-bao").text
    for words in ("THÔNG BÁO", "đã được làm rõ nguồn gốc", "CỘNG HÒA", "12 con"):
        assert words in paper
    assert "30/11/2026" in desk.people["inspector"].get("/thong-bao").text
    assert post(desk, "inspector", f"{where}/thong-bao", how="trao tay").headers["Location"] == "/thong-bao"
    assert post(desk, "inspector", f"{where}/thong-bao", how="trao tay").status_code == 422
    assert "Không còn thông báo" in desk.people["inspector"].get("/thong-bao").text


def test_feedback_is_read_linked_and_its_teller_needs_a_reason(desk: Desk, two: list[str]) -> None:
    node = desk.node
    with node.write(node.machine("t"), NOW) as tx:
        row = Feedback(site_id=node.id, id=tx.id(), created_at=NOW, token="B" * 20, text="Rau héo", stall_name="Sạp A")
        row.state = "new"
        teller = ReporterIdentity(site_id=node.id, id=tx.id(), created_at=NOW, case_id=row.id, subject="feedback")
        teller.name, teller.contact = "Nguyễn Thanh", "0900 000 000"
        tx.session.add_all([row, teller])
    client, one = desk.people["inspector"], {"id": row.id}
    assert "N… T…" in client.get("/phan-anh?state=new").text
    assert "Nguyễn Thanh" not in client.get("/phan-anh").text
    assert post(desk, "inspector", "/phan-anh", **one, step="reporter", ground="hỏi").status_code == 422
    assert post(desk, "inspector", "/phan-anh", **one, step="read").status_code == 303
    assert "0900 000 000" in post(desk, "inspector", "/phan-anh", **one, step="reporter", ground="hỏi ngày mua").text
    assert post(desk, "inspector", "/phan-anh", **one, step="link", case="ở đâu đó").status_code == 422
    linked = post(desk, "inspector", "/phan-anh", **one, step="link", case=f"https://x.example{page_of(two[0])}")
    assert linked.status_code == 303
    assert page_of(two[0]) in client.get("/phan-anh").text
    assert "Phản ánh của người mua" in client.get(page_of(two[0])).text
    assert "Rau héo" not in desk.people["health"].get("/phan-anh").text


def test_an_administrator_keeps_the_people_of_the_authority(desk: Desk) -> None:
    told = {"step": "add", "name": "Mai (mẫu)", "login": "mai", "password": PASSWORD, "roles": "inspector"}
    assert post(desk, "agency_admin", "/co-quan", **told).status_code == 303
    page = desk.people["agency_admin"].get("/co-quan").text
    assert "Mai (mẫu)" in page
    assert "health (mẫu)" not in page
    again = post(desk, "agency_admin", "/co-quan", **told)
    assert (again.status_code, "mai" in again.text) == (422, True)
    with desk.node.db.read() as session:
        from pos_trace.store.models import User

        made = session.query(User.id).filter_by(login="mai").scalar()
    assert post(desk, "agency_admin", "/co-quan", step="end", id=made).status_code == 303
    assert "đã nghỉ" in desk.people["agency_admin"].get("/co-quan").text


def test_numbers_are_for_every_authority(desk: Desk, two: list[str]) -> None:
    page = desk.people["health"].get("/so-lieu").text
    assert "Số liệu chung" in page
    assert "Xe 76" not in page


def test_lots_and_labels_to_look_at_are_listed_with_their_sites(desk: Desk) -> None:
    lot = "01/09521234600053/10/MD2611-07"
    register.put_facility(desk.node, officer(desk.node), FACILITY, NOW)
    register.put_lots(desk.node, officer(desk.node), [LOT | {"net_quantity": "400", "unit": "kg"}], NOW)
    empty = desk.people["inspector"].get("/doi-chieu").text
    assert ("Chưa có lô nào." in empty, "Chưa có tem nào." in empty) == (True, True)
    for site, kilograms in (("cho-mau", "1300.5"), ("sieu-thi-mau", "250")):
        told = [{"day": "2026-11-24", "key": key, "received_kg": kilograms, "first_scan_at": NOW.isoformat()}
                for key in (lot, f"{lot}/21/8812")]  # fmt: skip
        intake.take_sightings(desk.node, as_station(site), told, NOW)
    page = " ".join(desk.people["inspector"].get("/doi-chieu").text.split())
    assert "khai 400 kg · đã nhận <strong>3.101 kg</strong>" in page
    assert "cho-mau: 2.601 kg · sieu-thi-mau: 500 kg" in page
    assert f"{lot}/21/8812" in page
    assert "25/11/2026 02:31 cho-mau" in page
    told = desk.people["inspector"].get(f"{API}/doubts").get_json()
    assert [one["received_kg"] for one in told["lots"]] == ["3101"]
    assert [len(one["seen"]) for one in told["serials"]] == [2]


def test_no_route_of_a_case_is_open_to_another_authority(desk: Desk, two: list[str]) -> None:
    """Every address that names a case, walked in the browser of another authority's inspector."""
    post(desk, "inspector", page_of(two[0]), step="take")
    walked = 0
    for method, path in sorted(routes_of(desk.app)):
        if "<case_id>" not in path:
            continue
        where = path.replace("<site>", SITE_ID).replace("<site_id>", SITE_ID).replace("<case_id>", two[0])
        told = {**BODIES.get(path.rpartition("/")[2], {}), "step": "take"}
        body = {"data": told} if not path.startswith(API) else {"json": BODIES.get(path.rpartition("/")[2], {})}
        answer = desk.as_person("health", method, where.replace("<number>", "1"), **body)
        assert answer.status_code in (404, 422), (method, path, answer.text)
        assert "Gà ta" not in answer.text
        walked += 1
    assert walked >= 18
    assert state(desk, two[0]) == "taken"


TEXT = {"text": "x"}
BODIES: dict[str, dict[str, Any]] = {
    "ask-papers": TEXT,
    "inspect": TEXT,
    "reopen": TEXT,
    "appeal": TEXT,
    "note": TEXT,
    "conclude": CLEARED,
    "transfer": {"agency": "x", "reason": "x"},
    "assign": {"user_id": "x"},
    "approve": {"draft_id": "x"},
    "send-back": {"draft_id": "x", "remark": "x"},
}


def test_the_same_over_json(desk: Desk, two: list[str]) -> None:
    def ask(method: str, path: str, **more: Any) -> Any:
        return desk.ask(method, path, desk.keys["desk"], **more)

    one = f"/cases/{SITE_ID}/{two[0]}"
    groups = ask("GET", "/case-groups?by=truck").json["groups"]
    assert [group["count"] for group in groups] == [2]
    alone = ask("GET", f"/case-groups?by=truck&key={TRUCK}").json["groups"][0]
    assert {case["id"] for case in alone["cases"]} == set(two)
    refs = [{"site_id": SITE_ID, "case_id": case_id, "seen": 2} for case_id in two]
    assert ask("POST", "/case-groups", json={"step": "take", "cases": refs}).json["done"] == 2
    assert ask("POST", f"{one}/ask-papers", json={"text": "x", "seen": 2}).status_code == 409
    assert ask("POST", f"{one}/inspect", json={"text": "x", "seller_estimate": "5000"}).json["value"]["dong"] == 5000
    draft = ask("POST", f"{one}/conclude", json=VIOLATION | DOCUMENT).json["draft"]
    assert ask("POST", f"{one}/approve", json={"draft_id": draft["id"]}).status_code == 403
    assert ask("POST", f"{one}/send-back", json={"draft_id": draft["id"], "remark": "x"}).status_code == 200
    assert ask("POST", f"{one}/assign", json={"user_id": "x"}).status_code == 422
    assert ask("POST", f"{one}/conclude", json=CLEARED).json["state"] == "concluded"
    assert [case["id"] for case in ask("GET", "/notices").json["notices"]] == [two[0]]
    assert ask("POST", f"{one}/notice", json={"how": "trao tay"}).status_code == 200
    assert ask("GET", "/case-counts").json["waiting"] == 1
    assert ask("GET", "/feedback").json == {"feedback": [], "unread": 0}
    for path, told in (("read", {}), ("link", {"site_id": SITE_ID, "case_id": two[0]})):
        assert ask("POST", f"/feedback/x/{path}", json=told).status_code == 404
    looked = {"subject": "case", "id": two[0], "site_id": SITE_ID, "ground": "x"}
    assert ask("POST", "/reporters:look", json=looked).status_code in (403, 404)
    made = {"login": "mai", "name": "Mai", "password": PASSWORD, "roles": ["inspector"]}
    person = desk.as_person("agency_admin", "POST", f"{API}/people", json=made)
    assert person.status_code == 201
    people = desk.as_person("agency_admin", "GET", f"{API}/people").json["people"]
    assert "mai" in {one["login"] for one in people}
    assert desk.as_person("agency_admin", "POST", f"{API}/people/{person.json['id']}/end", json={}).status_code == 200
