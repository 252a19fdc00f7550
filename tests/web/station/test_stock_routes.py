"""What people do with lots, over HTTP: each verb's answer, its refusal in Vietnamese, and the screens that use them."""

from typing import Any

import pytest

from tests.services.night import CABBAGE
from tests.web.market_app import PIN, Market, add_people, csrf


def lay(market: Market, name: str = "Cà rốt", quantity: str = "10", unit: str = "kg", stall: str = "A-12") -> str:
    told = market.post("/stock/opening", {"name": name, "quantity": quantity, "unit": unit}, stall)
    return str(told["id"])


def test_a_lot_says_what_it_is_in_words_kilograms_and_dates(market: Market) -> None:
    lot = lay(market)
    told = next(row for row in market.get("/stock")["lots"] if row["id"] == lot)
    assert (told["word"], told["kg"], told["on_sale"], told["content_kg"]) == ("BÁN ĐƯỢC", "10", False, None)
    assert told["received_at"].startswith("2026-11-24")


def test_a_day_of_a_lot_over_http(market: Market) -> None:
    lot = lay(market)
    assert market.post(f"/stock/{lot}/waste", {"quantity": "1", "kind": "gift"}, status=200)["quantity"] == "9"
    packs = market.post(f"/stock/{lot}/repack", {"units": 4, "unit": "túi", "content": "500", "content_unit": "g"})
    assert (packs["quantity"], packs["unit"], packs["kg"]) == ("4", "túi", "2")
    sticks = market.post(f"/stock/{lot}/split", {"quantity": "2", "name": "Cà rốt cắt", "unit": "kg", "units": "1.8"})
    merged = market.post("/stock/merge", {"lots": [{"id": sticks["id"]}, {"id": lot, "quantity": "1"}], "name": "Trộn"})
    assert merged["quantity"] == "2.8"
    origins = market.get(f"/stock/{merged['id']}/lineage")
    assert [row["id"] for row in origins["sources"]] == [sticks["id"], lot] or len(origins["sources"]) == 1
    assert market.post(f"/stock/{lot}/on-sale", {}, status=200)["on_sale"] is True
    counted = market.post(f"/stock/{lot}/count", {"counted": "3", "reason": "đếm lại"})
    assert (counted["change"], counted["number"]) == ("-1", "A12-ĐC26-0001")
    assert market.post(f"/stock/{lot}/close", {"kind": "spoilt"}, status=200)["left"] == "3"
    assert [row["id"] for row in market.get("/stock/closed")["lots"]] == [lot]
    assert market.post(f"/stock/{lot}/reopen", {"counted": "2", "reason": "còn 2 kg"})["quantity"] == "2"
    market.night.ledger_agrees()


def test_what_was_sold_above_the_books_is_settled_over_http(market: Market) -> None:
    market.post("/sales", {"external_id": "x", "lines": [{"line_no": 1, "name": "Hành", "qty": "2", "unit": "kg"}]})
    lot = lay(market, "Hành")
    (short,) = market.get("/shortfalls")["shortfalls"]
    assert (short["quantity"], [row["id"] for row in short["lots"]]) == ("2", [lot])
    assert market.post(f"/stock/{lot}/settle", {}, status=200)["settled"] == "2"
    assert market.get("/shortfalls") == {"shortfalls": []}


@pytest.mark.parametrize(
    ("verb", "body", "code", "pointer"),
    [
        ("waste", {"quantity": "1", "kind": "khác"}, "kind_unknown", "/kind"),
        ("waste", {"quantity": "0"}, "quantity_invalid", "/quantity"),
        ("count", {"counted": "-1", "reason": "x"}, "quantity_invalid", "/counted"),
        ("count", {"counted": "1"}, "reason_missing", "/reason"),
        ("repack", {"units": "1", "unit": "túi", "content": "1", "content_unit": "bó"}, "content_unknown", None),
        ("split", {"quantity": "1", "name": "x", "unit": "kg", "units": "2"}, "split_above", "/units"),
    ],
)
def test_a_refusal_says_where_and_changes_nothing(
    market: Market, verb: str, body: dict[str, Any], code: str, pointer: str | None
) -> None:
    lot = lay(market)
    answer = market.ask("POST", f"/stock/{lot}/{verb}", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert pointer is None or answer.json["errors"][0]["pointer"] == pointer
    assert market.get("/stock")["lots"][0]["quantity"] == "10"


def test_the_same_request_again_is_done_once(market: Market) -> None:
    lot = lay(market)
    body = {"quantity": "4", "kind": "own_use"}
    told = [
        market.ask("POST", f"/stock/{lot}/waste", json=body, headers={"Idempotency-Key": "k-1"}).json for _ in range(2)
    ]
    assert told[0] == told[1] == {"id": lot, "quantity": "6"}
    assert market.get("/stock")["lots"][0]["quantity"] == "6"


def test_a_shift_and_a_day_over_http_by_two_people(market: Market) -> None:
    add_people(market)
    market.night.scan(CABBAGE, market.night.deliver(), "20", "kg")
    found = {}
    for role in ("receiver", "owner"):
        client = market.browser(f"{role}-A-12", PIN, market.devices["A-12"])
        headers = {"X-CSRFToken": csrf(client), "Accept": "application/json"}
        found[role] = lambda method, path, client=client, headers=headers: client.open(
            f"/api/v1{path}", method=method, json={} if method == "POST" else None, headers=headers
        )
    offer = found["receiver"]("POST", "/hand-overs")
    assert (offer.status_code, offer.json["giver"]) == (201, "receiver A-12")
    assert found["receiver"]("POST", f"/hand-overs/{offer.json['id']}/take").status_code == 409
    taken = found["owner"]("POST", f"/hand-overs/{offer.json['id']}/take")
    assert (taken.status_code, taken.json["taker"]) == (200, "owner A-12")
    assert found["owner"]("POST", f"/hand-overs/{offer.json['id']}/print").json["code"] == "no_printer"
    assert found["owner"]("GET", "/hand-overs").json["last"]["taker"] == "owner A-12"
    assert found["owner"]("POST", "/day-ends").status_code == 201
    assert found["receiver"]("POST", "/day-ends").status_code == 200
    assert len(found["owner"]("GET", "/day-ends").json["done"]) == 1


def test_the_screens_open_for_their_people(market: Market) -> None:
    add_people(market)
    for role, may in (("cashier", '"may_change":false'), ("receiver", '"may_change":true')):
        client = market.browser(f"{role}-A-12", PIN, market.devices["A-12"])
        assert may in client.get("/kho-hang").text
    assert "Giao ca" in client.get("/giao-ca").text
