"""CONTRACTS over HTTP, as a foreign till sees it: check, sale, reprint, return, products, stock."""

from datetime import timedelta
from typing import Any

import pytest

from pos_trace.core.tokens import is_short, is_token, normalise
from tests.services.night import CABBAGE, FISH, SISTER, Night, url, with_printer
from tests.web.market_app import Market

SALE: dict[str, Any] = {
    "external_id": "HD-000184",
    "lines": [{"line_no": 1, "barcode": url(CABBAGE), "qty": "1.5", "unit": "kg", "unit_price": 15000}],
}


@pytest.fixture
def stocked(market: Market, tmp_path: Any) -> Market:
    """Three lots on hand at A-12 and a printer."""
    with_printer(market.night, tmp_path)
    for key, unit in ((CABBAGE, "kg"), (FISH, "khay"), (SISTER, "khay")):
        market.night.receive(key, "10", unit)
    return market


def test_a_sale_is_answered_with_everything_the_contract_names(stocked: Market) -> None:
    told = stocked.post("/sales", SALE)
    assert set(told) >= {"id", "receipt_no", "trace_url", "short_code", "qr_text", "print_job", "lines"}
    token = told["trace_url"].rpartition("/")[2]
    assert told["trace_url"] == f"https://truyxuat.example/r/{token}"
    assert told["qr_text"] == f"HTTPS://TRUYXUAT.EXAMPLE/R/{token}"
    assert is_token(token)
    assert is_short(normalise(told["short_code"]))
    assert told["receipt_no"] == "A12-0001"
    assert stocked.get("/prints")["jobs"][0]["id"] == told["print_job"]
    (line,) = told["lines"]
    lot = next(lot for lot in stocked.get("/stock")["lots"] if lot["key"] == CABBAGE)
    assert (line["line_no"], line["lot_source"], line["verdict"]["status"]) == (1, "scanned", "verified")
    assert [(part["lot"], part["qty"]) for part in line["lots"]] == [(lot["id"], "1.5")]
    assert lot["quantity"] == "8.5"


@pytest.mark.parametrize(
    "more",
    [
        {"receipt_no": "0000123", "time": "2026-11-25T02:30:00+07:00", "till": "T1", "cashier": "Lan", "total": 22500},
        {"lines": [{"line_no": 7, "sku": "P-1", "name": "Hành", "amount": 5000}]},
        {"lines": [{"line_no": 1, "name": "Rau lẩu", "qty": 2, "unit": "bó", "unit_price": 0, "lot": "không có"}]},
        {"lines": [{"line_no": 1, "name": "Rau lẩu", "qty": 1.5, "unit": "kg"}]},
    ],
)
def test_every_member_the_contract_lists_is_taken(stocked: Market, more: dict[str, Any]) -> None:
    told = stocked.post("/sales", SALE | more)
    assert [line["line_no"] for line in told["lines"]] == [line["line_no"] for line in (SALE | more)["lines"]]
    assert told["lines"][0]["lot_source"] in {"scanned", "pos", "fefo", "unknown"}
    if "receipt_no" in more:
        assert told["receipt_no"] == "0000123"


def test_without_a_key_the_tills_own_number_makes_a_sale_happen_once(stocked: Market) -> None:
    first, again = stocked.post("/sales", SALE), stocked.post("/sales", SALE)
    assert again == first
    refused = stocked.ask("POST", "/sales", json=SALE | {"total": 1})
    assert (refused.status_code, refused.json["code"]) == (422, "external_id_reused")
    other_till = stocked.ask("POST", "/sales", json=SALE, key=stocked.tills["A-12"])
    assert other_till.status_code == 201
    assert other_till.json["id"] != first["id"]
    other_stall = stocked.post("/sales", SALE, "E-01")
    assert other_stall["id"] != first["id"]


def test_a_blocked_lot_is_never_refused_after_payment(stocked: Market) -> None:
    stocked.night.recall(FISH)
    line = {"line_no": 1, "barcode": url(FISH), "qty": "1", "unit": "khay"}
    told = stocked.post("/sales", {"external_id": "x", "lines": [line]})
    assert told["print_job"]
    assert told["lines"][0]["verdict"]["state"] == "blocked"
    assert [alarm["certainty"] for alarm in told["alarms"]] == ["sure"]
    assert {entry["kind"] for entry in stocked.get("/stop-sales")["entries"]} == {"recall", "sold"}
    receipts = stocked.get("/recalls/TH-1")["receipts"]
    assert [receipt["receipt_no"] for receipt in receipts] == [told["receipt_no"]]


def test_check_answers_each_line_yes_no_or_confirm_lot(stocked: Market) -> None:
    stocked.night.recall(FISH)
    lines = [
        {"line_no": 1, "barcode": url(CABBAGE), "qty": "1"},
        {"line_no": 2, "barcode": url(FISH)},
        {"line_no": 3, "barcode": "9521234600138"},
    ]
    told = stocked.post("/sales:check", {"lines": lines, "external_id": "welcome and ignored"}, status=200)
    assert [(line["line_no"], line["sellable"]) for line in told["lines"]] == [
        (1, "yes"), (2, "no"), (3, "confirm_lot"),
    ]  # fmt: skip
    assert [bool(line["words"]) for line in told["lines"]] == [False, True, True]
    assert all(reason["text"] for line in told["lines"][1:] for reason in line["reasons"])


def test_a_reprint_keeps_the_qr_and_counts_its_copies(stocked: Market) -> None:
    sale = stocked.post("/sales", SALE)
    copies = [stocked.post(f"/sales/{sale['id']}/reprint")["copy_no"] for _ in range(2)]
    assert copies == [2, 3]
    assert len({job["id"] for job in stocked.get("/prints")["jobs"]}) == 3
    assert [row["id"] for row in stocked.get("/sales")["sales"]] == [sale["id"]]


def test_a_return_with_and_without_a_slip(stocked: Market) -> None:
    sale = stocked.post("/sales", SALE)
    body = {"product": url(CABBAGE), "quantity": "0.5", "unit": "kg"}
    assert stocked.post("/returns", body | {"sale_id": sale["id"]})["state"] == "held"
    assert stocked.post("/returns", body)["state"] == "held"
    stocked.night.recall(CABBAGE)
    told = stocked.post("/returns", body | {"recall_id": "TH-1", "key": CABBAGE})
    assert told["state"] == "returned_recalled"
    states = {lot["id"]: lot["sellable"] for lot in stocked.get("/stock")["lots"]}
    assert states[told["lot_id"]] is False


def test_a_product_is_put_by_its_number(stocked: Market) -> None:
    answer = stocked.ask("PUT", "/products/P-7", json={"name": "Cá lăng", "unit": "khay", "barcode": "9521234600138"})
    assert answer.status_code == 200
    assert (answer.json["sku"], answer.json["barcode"]) == ("P-7", "09521234600138")
    assert {lot["sku"] for lot in stocked.get("/stock")["lots"]} == {"P-7", None}


def test_stock_has_the_members_of_the_contract_and_its_verbs(stocked: Market) -> None:
    names = {"id", "product_name", "sku", "barcode", "key", "quantity", "unit", "state", "sellable", "expiry"}
    lots = {lot["key"]: lot for lot in stocked.get("/stock")["lots"]}
    assert all(names <= set(lot) for lot in lots.values())
    assert {lot["state"] for lot in lots.values()} == {"sellable"}
    body = {"quantity": "2", "name": "Cải thảo gói", "unit": "gói", "units": 4}
    child = stocked.post(f"/stock/{lots[CABBAGE]['id']}/split", body)
    assert (child["key"], child["quantity"]) == (CABBAGE, "4")
    assert stocked.post(f"/stock/{child['id']}/waste", {"quantity": 1, "reason": "héo"}, status=200)["quantity"] == "3"
    assert stocked.post(f"/stock/{child['id']}/close", status=200) == {
        "id": child["id"],
        "state": "closed",
        "left": "3",
        "settled": "0",
    }
    opening = stocked.post(
        "/stock/opening", {"name": "Hành tím", "quantity": "55", "unit": "kg", "expiry": "2027-01-01"}
    )
    assert (opening["sellable"], opening["expiry"]) == (True, "2027-01-01")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/external_id"),
        (SALE | {"external_id": " "}, "/external_id"),
        (SALE | {"lines": []}, "/lines"),
        (SALE | {"lines": {}}, "/lines"),
        (SALE | {"price": 1}, "/price"),
        (SALE | {"time": "2026-11-25T02:30:00"}, "/time"),
        (SALE | {"time": "2020-01-01T00:00:00Z"}, "/time"),
        (SALE | {"lines": [{"line_no": 1, "name": "x", "qty": "-1"}]}, "/lines/0/qty"),
        (SALE | {"lines": [{"line_no": 1, "name": "x", "qty": "NaN"}]}, "/lines/0/qty"),
        (SALE | {"lines": [{"line_no": 1, "name": "x", "unit_price": -5}]}, "/lines/0/unit_price"),
        (SALE | {"lines": [{"line_no": 1, "name": "x", "secret": "y"}]}, "/lines/0/secret"),
    ],
)
def test_a_wrong_sale_names_the_place_and_sells_nothing(stocked: Market, body: dict[str, Any], pointer: str) -> None:
    answer = stocked.ask("POST", "/sales", json=body)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert stocked.get("/sales")["sales"] == []


def test_the_tills_clock_may_be_a_little_off(stocked: Market, night: Night) -> None:
    ahead = (night.now + timedelta(minutes=9)).isoformat()
    assert stocked.post("/sales", SALE | {"time": ahead})["id"]
