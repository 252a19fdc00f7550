"""CONTRACTS over HTTP, as a foreign client sees it: scans, deliveries and their lines, papers, flags, what was sent."""

import io
from dataclasses import replace
from typing import Any

import pytest

from pos_trace.demo.parts import label_picture, paper_picture
from pos_trace.runtime.children import Children, PhotoReader
from tests.services.night import CABBAGE, REVOKED, UNKNOWN, Night, url, with_ports, with_printer
from tests.web.market_app import Market, make_market

LINE = {"id", "declared", "accepted", "refused", "unit", "state"}
BANG_KE = {"kind": "bang_ke", "number": "24/11", "issued_on": "2026-11-25", "issuer": "Chị Ba (mẫu)"}


@pytest.fixture
def seeing(night: Night, children: Children) -> Market:
    """A station that reads photos in a real child process."""
    return make_market(with_ports(night, photos=PhotoReader(children)))


def photo(data: bytes, **fields: str) -> dict[str, Any]:
    """The arguments of a multipart upload."""
    return {"data": {"photo": (io.BytesIO(data), "ảnh.jpg")} | fields, "content_type": "multipart/form-data"}


def delivery(market: Market, stall: str = "A-12") -> str:
    """An open delivery's id."""
    return str(market.post("/deliveries", {"supplier_name": "HTX (mẫu)", "vehicle_plate": "82C-012.34"}, stall)["id"])


def test_a_look_up_has_the_shape_of_the_contract_and_makes_no_line(market: Market) -> None:
    told = market.post("/scans", {"text": url(CABBAGE)}, status=200)
    assert set(told["verdict"]) >= {"status", "word", "reasons", "judgements", "records", "rules_version"}
    assert told["verdict"]["judgements"] == {"code": "valid", "record": "match", "origin": "record"}
    assert set(told["verdict"]["records"]) == {"version", "as_of", "age_s"}
    assert (told["verdict"]["status"], told["verdict"]["word"]) == ("verified", "KHỚP HỒ SƠ")
    assert (told["code"]["outcome"], told["code"]["key"]) == ("ok", CABBAGE)
    assert told["scan"]["id"]
    assert told["line"] is None
    assert market.get("/stock") == {"lots": []}


def test_a_dry_run_leaves_no_scan(market: Market) -> None:
    assert market.post("/scans", {"text": url(CABBAGE), "dry_run": True}, status=200)["scan"] is None


def test_a_scan_into_a_delivery_is_a_line_and_asks_with_a_flag_where_something_is_open(market: Market) -> None:
    opened = delivery(market)
    body = {"text": url(CABBAGE), "delivery_id": opened, "quantity": "20", "unit": "sọt"}
    line = market.post("/scans", body, status=200)["line"]
    assert set(line) >= LINE
    assert (line["declared"], line["accepted"], line["refused"], line["unit"]) == ("20", "20", "0", "sọt")
    assert (line["state"], line["flag"]) == ("sellable", None)
    asked = market.post("/scans", body | {"text": url(REVOKED)}, status=200)
    assert asked["verdict"]["reasons"][0] == asked["verdict"]["reasons"][0] | {"code": "revoked", "effect": "block"}
    assert set(asked["verdict"]["reasons"][0]) == {"code", "effect", "text", "next"}
    assert set(asked["line"]["flag"]) >= {"id", "due_at"}
    assert asked["line"]["state"] == "blocked"


@pytest.mark.parametrize(
    ("text", "outcome", "said"),
    [
        ("xin chao", {"not_trace_code", "unreadable"}, "Đây không phải mã truy xuất"),
        ("https://txng.quangngai.example/01/09521234600054/10/X", {"unreadable"}, "Mã đọc chưa rõ – quét lại"),
        ("00020101021238570010A0000007270127000697043601130011000", {"not_trace_code"}, "Đây là mã thanh toán"),
    ],
)
def test_what_is_no_good_trace_code_is_answered_with_a_message(
    market: Market, text: str, outcome: set[str], said: str
) -> None:
    opened = delivery(market)
    body = {"text": text, "delivery_id": opened, "quantity": "1", "unit": "kg"}
    told = market.post("/scans", body, status=200)
    assert told["verdict"] is None
    assert (told["message"]["text"], bool(told["message"]["next"])) == (said, True)
    assert told["line"] is None
    assert told["code"]["outcome"] in outcome
    assert market.get(f"/deliveries/{opened}")["lines"] == []


def test_a_photo_is_read_received_and_without_a_code_unreadable(seeing: Market) -> None:
    opened = delivery(seeing)
    fields = {"delivery_id": opened, "quantity": "3", "unit": "kg"}
    told = seeing.ask("POST", "/scans", **photo(label_picture(url(CABBAGE)), **fields))
    assert told.status_code == 200
    assert told.json["line"]["key"] == CABBAGE
    empty = seeing.ask("POST", "/scans", **photo(paper_picture("BẢNG KÊ 24/11 (mẫu)"))).json
    assert (empty["code"]["outcome"], empty["verdict"]) == ("unreadable", None)
    refused = seeing.ask("POST", "/scans", **photo(b"%PDF-1.7 not a picture"))
    assert (refused.status_code, refused.json["code"]) == (422, "photo_not_image")


def test_a_delivery_from_the_first_line_to_the_correction(market: Market, tmp_path: Any) -> None:
    with_printer(market.night, tmp_path)
    opened = delivery(market)
    scan = {"text": url(CABBAGE), "delivery_id": opened, "quantity": "20", "unit": "kg"}
    line = market.post("/scans", scan, status=200)["line"]
    back = market.post(f"/lines/{line['id']}/refuse", {"quantity": "3", "unit": "kg", "reason": "dập"}, status=200)
    assert (back["line"]["accepted"], back["line"]["refused"]) == ("17", "3")
    closed = market.post(f"/deliveries/{opened}/close", status=200)
    assert (closed["number"], closed["state"], len(closed["print_jobs"])) == ("A12-261125-001", "closed", 2)
    body = {"line_id": line["id"], "quantity": "1", "unit": "kg", "reason": "đếm lại"}
    assert market.post(f"/deliveries/{opened}/adjustments", body)["number"] == "A12-ĐC26-0001"
    assert [row["quantity"] for row in market.get("/stock")["lots"]] == ["16"]
    assert market.ask("POST", f"/lines/{line['id']}/refuse", json=body).status_code in (409, 422)
    assert [row["id"] for row in market.get("/deliveries?state=closed")["deliveries"]] == [opened]


def test_goods_without_a_code_get_papers_at_once_or_later(seeing: Market) -> None:
    opened = delivery(seeing)
    loose = {"goods_name": "Cá diêu hồng", "goods_group": "ca", "quantity": "60", "unit": "kg"}
    bare = seeing.post(f"/deliveries/{opened}/lines", loose)
    assert (bare["verdict"]["status"], bare["line"]["state"]) == ("undetermined", "held")
    assert bare["line"]["flag"]["due_at"]
    flags = seeing.get("/flags")["flags"]
    assert [flag["id"] for flag in flags] == [bare["line"]["flag"]["id"]]
    assert flags[0]["missing"]
    paper = seeing.post(f"/deliveries/{opened}/papers", BANG_KE | {"line_id": bare["line"]["id"]})
    sent = seeing.ask(
        "POST",
        f"/deliveries/{opened}/photos",
        **photo(paper_picture("BẢNG KÊ 24/11 (mẫu)"), paper_id=paper["paper"]["id"]),
    )
    assert sent.status_code == 201
    assert set(sent.json["photo"]) >= {"id", "sha256", "quality"}
    assert sent.json["lines"][0]["verdict"]["status"] == "documented"
    assert seeing.get("/flags") == {"flags": []}
    with_papers = seeing.post(f"/deliveries/{opened}/lines", loose | {"goods_name": "Cá rô", "papers": [BANG_KE]})
    assert with_papers["line"]["declared"] == "60"


def test_a_delivery_by_mistake_is_cancelled_and_its_goods_gone(market: Market) -> None:
    opened = delivery(market)
    market.post("/scans", {"text": url(CABBAGE), "delivery_id": opened, "quantity": "2", "unit": "kg"}, status=200)
    assert market.post(f"/deliveries/{opened}/cancel", {"reason": "nhầm"}, status=200)["state"] == "cancelled"
    assert market.get("/stock") == {"lots": []}
    again = market.ask("POST", f"/deliveries/{opened}/cancel", json={})
    assert (again.status_code, again.json["code"]) == (409, "delivery_closed")


def test_a_supplier_may_be_named_by_id(market: Market) -> None:
    first = market.post("/deliveries", {"supplier_name": "Chị Ba"})
    (known,) = market.get("/suppliers")["suppliers"]
    assert market.post("/deliveries", {"supplier_id": known["id"]})["supplier_id"] == first["supplier_id"]


def test_a_flag_set_aside_sent_and_taken_back_and_all_of_it_can_be_read(market: Market) -> None:
    opened = delivery(market)
    body = {"text": url(UNKNOWN), "delivery_id": opened, "quantity": "5", "unit": "hũ"}
    line = market.post("/scans", body, status=200)["line"]
    assert market.post(f"/lines/{line['id']}/hold", status=200)["line"]["flag"]["state"] == "held"
    case = market.post(f"/flags/{line['flag']['id']}/send")
    (message,) = market.get("/outbox")["messages"]
    assert market.get(f"/outbox/{message['id']}")["body"]
    assert message["plain"]
    assert [row["id"] for row in market.get("/cases")["cases"]] == [case["case_id"]]
    assert market.get(f"/cases/{case['case_id']}")["state"] == "sent"
    replied = market.post(f"/cases/{case['case_id']}/reply", {"text": "Chiều có giấy"})
    assert replied["id"] == case["case_id"]
    assert market.post(f"/cases/{case['case_id']}/withdraw", {"reason": "Ghi nhầm"}, status=200)["state"] == "withdrawn"


def test_nothing_sent_carries_a_price_or_a_total(market: Market) -> None:
    line = {"line_no": 1, "name": "Cà rốt", "qty": "2", "unit": "kg", "unit_price": 13579}
    market.post("/sales", {"external_id": "x", "receipt_no": "R-24680", "lines": [line], "total": 27158})
    (message,) = market.get("/outbox")["messages"]
    body = market.get(f"/outbox/{message['id']}")["body"]
    assert "Cà rốt" in body
    for secret in ("13579", "27158", "R-24680", "quantity", "price", "total"):
        assert secret not in body


def test_without_a_decoder_the_answer_says_to_type(market: Market) -> None:
    assert market.node == replace(market.node, ports=replace(market.node.ports, photos=None))
    answer = market.ask("POST", "/scans", **photo(b"x"))
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "no_decoder", "2")
