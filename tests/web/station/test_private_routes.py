"""Phản ánh riêng over HTTP: a person's own act, one per press, readable nowhere in the stall afterwards."""

import io
import zipfile
from typing import Any

import pytest
from sqlalchemy import select

from pos_trace.store.models import OutboxMessage
from tests.web.market_app import PIN, Market, add_people, csrf

WORDS, NAME, PHONE = "Cân ở sạp bên thiếu nửa ký mỗi rổ", "Y Lan Hương", "0905 000 111"
BODY = {"text": WORDS, "name": NAME, "contact": PHONE, "consent": True}
READ_BY_THE_OWNER = (
    "/api/v1/outbox",
    "/api/v1/outbox?kind=private_report",
    "/api/v1/seen",
    "/api/v1/cases",
    "/api/v1/presentations",
    "/chu-sap",
    "/chu-sap/da-gui",
    "/phan-anh-rieng",
)


@pytest.fixture
def people(market: Market) -> Market:
    add_people(market)
    return market


def tell(market: Market, login: str, body: dict[str, Any], **headers: str) -> Any:
    client = market.browser(login, PIN, market.devices["A-12"])
    told = {"X-CSRFToken": csrf(client, "/phan-anh-rieng"), "Accept": "application/json"} | headers
    return client.post("/api/v1/private-reports", json=body, headers=told)


@pytest.mark.parametrize("role", ["receiver", "cashier", "owner"])
def test_anybody_of_the_stall_tells_and_is_answered_without_a_name_or_a_number(people: Market, role: str) -> None:
    answer = tell(people, f"{role}-A-12", BODY)
    assert answer.status_code == 201, answer.text
    assert set(answer.json) == {"state", "text"}
    assert "không ai ở chợ đọc được" in answer.json["text"]


def test_the_same_key_is_one_report(people: Market) -> None:
    key = {"Idempotency-Key": "k-1"}
    client = people.browser("receiver-A-12", PIN, people.devices["A-12"])
    headers = {"X-CSRFToken": csrf(client, "/phan-anh-rieng")} | key
    answers = [client.post("/api/v1/private-reports", json=BODY, headers=headers) for _ in (1, 2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    other = client.post("/api/v1/private-reports", json=BODY | {"text": "khác"}, headers=headers)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    with people.node.db.read() as session:
        assert len(list(session.scalars(select(OutboxMessage.id)))) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "text_missing"),
        ({"text": "x" * 2001}, "text_too_long"),
        ({"text": "x", "name": NAME}, "consent_missing"),
        ({"text": "x", "to": "chủ sạp"}, "invalid_body"),
    ],
)
def test_a_refusal_says_what_to_do_and_repeats_nothing(people: Market, body: dict[str, Any], code: str) -> None:
    answer = tell(people, "receiver-A-12", body)
    assert (answer.status_code, answer.content_type, answer.json["code"]) == (422, "application/problem+json", code)
    assert NAME not in answer.text


def test_nothing_the_owner_can_ask_for_says_a_word_of_it_or_whose_it_is(people: Market) -> None:
    assert tell(people, "receiver-A-12", BODY).status_code == 201
    with people.node.db.read() as session:
        message = session.scalars(select(OutboxMessage)).one()
    owner = people.browser("owner-A-12", PIN, people.devices["A-12"])
    for path in READ_BY_THE_OWNER:
        answer = owner.get(path)
        assert answer.status_code == 200, path
        assert not [word for word in (WORDS, NAME, PHONE, message.id) if word in answer.text], path
    for path in (f"/api/v1/outbox/{message.id}", f"/api/v1/outbox/{message.id}/body"):
        assert owner.get(path).status_code == 404
    book = zipfile.ZipFile(io.BytesIO(owner.get("/api/v1/own-book.xlsx").data))
    cells = "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    assert not [word for word in (WORDS, NAME, PHONE) if word in cells]
    shared = owner.get("/api/v1/outbox").json["market"]
    assert [(one["plain"], "id" in one, "size" in one) for one in shared] == [("Một phản ánh riêng", False, False)]


def test_who_may_tell_finds_the_screen_in_the_bar(people: Market) -> None:
    for role in ("receiver", "cashier", "owner"):
        client = people.browser(f"{role}-A-12", PIN, people.devices["A-12"])
        page = client.get("/phan-anh-rieng").text
        assert 'href="/phan-anh-rieng"' in page
        assert 'maxlength="2000"' in page
        assert "đồng ý để cơ quan lưu" in page
