"""CONTRACTS over HTTP: transfers – their shapes, one act per Idempotency-Key, refusals as problems."""

from typing import Any

import pytest

from tests.services.night import CABBAGE, url
from tests.web.market_app import Market

SLIP = {
    "id",
    "number",
    "kind",
    "direction",
    "state",
    "buyer",
    "seller",
    "signature",
    "codes",
    "delivery_id",
    "same_box",
    "reason",
    "sent_at",
    "answered_at",
    "lines",
}
LINE = {"position", "lot_id", "key", "name", "quantity", "unit", "accepted", "returned", "refuse_reason", "shown"}
TO_E01 = {"stall_number": "E-01"}
OUTSIDE = {"name": "Siêu thị Mẫu", "gln": "9521234700029"}


@pytest.fixture
def line(market: Market) -> dict[str, Any]:
    """Twenty kilograms received at A-12."""
    opened = market.post("/deliveries", {"supplier_name": "HTX (mẫu)"})["id"]
    body = {"text": url(CABBAGE), "delivery_id": opened, "quantity": "20", "unit": "kg"}
    return dict(market.post("/scans", body, status=200)["line"], delivery_id=opened)


def slip(line: dict[str, Any], quantity: str = "12.5", **more: Any) -> dict[str, Any]:
    return {"kind": "sale", "buyer": TO_E01, "lines": [{"lot_id": line["lot_id"], "quantity": quantity}]} | more


def on_hand(market: Market, stall: str = "A-12") -> list[str]:
    return [lot["quantity"] for lot in market.get("/stock", stall)["lots"]]


def test_a_slip_sent_has_the_shape_of_the_contract_on_both_sides(market: Market, line: dict[str, Any]) -> None:
    made = market.post("/transfers", slip(line))
    assert set(made) >= SLIP | {"print_jobs"}
    assert set(made["lines"][0]) == LINE
    assert (made["kind"], made["direction"], made["state"], made["same_box"]) == ("sale", "out", "sent", True)
    assert made["codes"][0].startswith("PT1:")
    assert (made["lines"][0]["quantity"], made["lines"][0]["key"]) == ("12.5", CABBAGE)
    assert on_hand(market) == ["7.5"]
    (coming,) = market.get("/transfers?direction=in", "E-01")["transfers"]
    assert set(coming) == SLIP
    assert (coming["direction"], coming["codes"], coming["lines"][0]["lot_id"]) == ("in", [], None)
    assert coming["seller"]["stall_number"] == "A-12"
    assert set(market.get(f"/transfers/{made['id']}")) >= SLIP
    assert set(market.get("/transfers")) >= {"transfers", "stalls"}


def test_a_part_taken_sends_the_rest_home(market: Market, line: dict[str, Any]) -> None:
    market.post("/transfers", slip(line))
    (coming,) = market.get("/transfers?direction=in", "E-01")["transfers"]
    body = {"lines": [{"position": 1, "refused": "2.5", "reason": "dập"}]}
    told = market.post(f"/transfers/{coming['id']}/accept", body, "E-01", 200)
    assert set(told) >= SLIP | {"delivery_number", "print_jobs", "delivery_lines"}
    assert (told["state"], told["lines"][0]["accepted"], told["lines"][0]["refuse_reason"]) == ("accepted", "10", "dập")
    assert (on_hand(market), on_hand(market, "E-01")) == (["10"], ["10"])


def test_what_comes_back_from_outside_the_market_is_written_by_the_seller(market: Market, line: dict[str, Any]) -> None:
    made = market.post("/transfers", slip(line, buyer=OUTSIDE))
    body = {"lines": [{"position": 1, "refused": "2.5", "reason": "dập"}]}
    told = market.post(f"/transfers/{made['id']}/return", body, status=200)
    assert set(told) >= SLIP
    assert told["lines"][0]["returned"] == "2.5"
    assert on_hand(market) == ["10"]


def test_a_slip_nobody_answered_is_taken_back(market: Market, line: dict[str, Any]) -> None:
    made = market.post("/transfers", slip(line))
    told = market.post(f"/transfers/{made['id']}/cancel", {"reason": "nhầm"}, status=200)
    assert (told["state"], on_hand(market)) == ("cancelled", ["20"])


def test_a_wrong_stall_is_put_right_with_the_same_route(market: Market, line: dict[str, Any]) -> None:
    body = {"kind": "correction", "to_stall": "E-01", "line_id": line["id"], "reason": "nhầm sạp"}
    made = market.post("/transfers", body)
    assert (made["kind"], made["state"]) == ("correction", "sent")
    (coming,) = market.get("/transfers?direction=in", "E-01")["transfers"]
    market.post(f"/transfers/{coming['id']}/accept", {}, "E-01", 200)
    assert (on_hand(market), on_hand(market, "E-01")) == ([], ["20"])
    moved = market.get(f"/deliveries/{line['delivery_id']}")["lines"]
    assert [one["state"] for one in moved] == ["moved"]


@pytest.mark.parametrize("act", ["send", "accept", "return", "cancel"])
def test_one_key_is_one_act_and_another_body_under_it_is_refused(
    market: Market, line: dict[str, Any], act: str
) -> None:
    stall = "E-01" if act == "accept" else "A-12"
    if act == "send":
        path, body, other = "/transfers", slip(line), slip(line, "3")
    else:
        made = market.post("/transfers", slip(line, buyer=OUTSIDE if act == "return" else TO_E01))["id"]
        if act == "accept":
            made = market.get("/transfers?direction=in", "E-01")["transfers"][0]["id"]
        path = f"/transfers/{made}/{act}"
        body = (
            {"reason": "nhầm"} if act == "cancel" else {"lines": [{"position": 1, "refused": "2.5", "reason": "dập"}]}
        )
        other = {"reason": "x"} if act == "cancel" else {"lines": [{"position": 1, "refused": "1", "reason": "dập"}]}
    key = {"Idempotency-Key": f"key-{act}"}
    first = market.ask("POST", path, stall, json=body, headers=key)
    assert first.status_code in (200, 201), first.text
    stock = (on_hand(market), on_hand(market, "E-01"))
    again = market.ask("POST", path, stall, json=body, headers=key)
    assert (again.status_code, again.json) == (first.status_code, first.json)
    refused = market.ask("POST", path, stall, json=other, headers=key)
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_key_reused")
    assert (on_hand(market), on_hand(market, "E-01")) == stock
    assert len(market.get("/transfers?direction=out")["transfers"]) == 1


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"kind": "gift"}, 422, "kind_unknown"),
        ({"buyer": {}}, 422, "buyer_missing"),
        ({"buyer": {"stall_number": "Z-99"}}, 404, "stall_unknown"),
        ({"buyer": {"name": "x", "phone": "0905"}}, 422, "invalid_body"),
        ({"lines": []}, 422, "lines_missing"),
        ({"lines": [{"lot_id": "x", "quantity": "1"}]}, 404, "not_found"),
        ({"kind": "correction"}, 422, "correction_of"),
        ({"price": "1"}, 422, "invalid_body"),
    ],
)
def test_a_slip_that_means_nothing_is_a_problem_and_moves_nothing(
    market: Market, line: dict[str, Any], more: dict[str, Any], status: int, code: str
) -> None:
    answer = market.ask("POST", "/transfers", json=slip(line) | more)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text
    assert answer.json["code"] == code
    assert answer.json["detail"]
    assert on_hand(market) == ["20"]


@pytest.mark.parametrize(
    ("act", "body", "status", "code"),
    [
        ("accept", {}, 409, "transfer_answered"),
        ("return", {}, 422, "lines_missing"),
        ("return", {"lines": [{"position": 1, "refused": "1"}]}, 409, "returns_by_itself"),
        ("cancel", {"price": "1"}, 422, "invalid_body"),
    ],
)
def test_an_answer_that_does_not_fit_the_slip_is_a_problem(
    market: Market, line: dict[str, Any], act: str, body: dict[str, Any], status: int, code: str
) -> None:
    made = market.post("/transfers", slip(line))
    answer = market.ask("POST", f"/transfers/{made['id']}/{act}", json=body)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text
    assert answer.json["code"] == code
    for path in (f"/transfers/x/{act}", f"/transfers/{made['id']}x/{act}"):
        unknown = market.ask("POST", path, json=body if "price" not in body else {})
        assert unknown.status_code in (404, 422), unknown.text
