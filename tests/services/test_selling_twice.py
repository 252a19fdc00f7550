"""The same sale told again: by its own number, by an idempotency key, by two threads at once – once is once."""

import threading
from dataclasses import replace
from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from pos_trace.core.errors import Invalid
from pos_trace.services.node import Once
from pos_trace.store.idempotency import Replay
from pos_trace.store.models import IdempotencyKey, OutboxMessage, Receipt, Sale, StockMovement
from tests.services.night import Night, asked, laid_out, on_sqlite, sell

LINE = {"name": "Cà rốt", "quantity": "2", "unit": "kg", "unit_price": 20_000}


def test_the_same_sale_again_is_answered_as_the_first_time_and_moves_nothing(night: Night) -> None:
    lot = laid_out(night)
    first = sell(night, asked(**LINE))
    again = sell(night, asked(**LINE), at=night.later(hours=2))
    assert again == first
    assert night.lot(lot)["on_hand"] == 8
    assert night.count(Sale) == night.count(Receipt) == 1


@on_sqlite
@pytest.mark.parametrize(
    "other",
    [{"receipt_no": "7"}, {"total": 1}, {"cashier": "Lan"}, {"line": {"quantity": "3"}}, {"line": {"amount": 9}}],
)
def test_its_number_for_another_sale_is_refused_and_nothing_changes(night: Night, other: dict[str, Any]) -> None:
    lot = laid_out(night)
    sell(night, asked(**LINE))
    more = {name: value for name, value in other.items() if name != "line"}
    with pytest.raises(Invalid, match="external_id_reused") as refused:
        sell(night, asked(**(LINE | other.get("line", {}))), **more)
    assert [field.pointer for field in refused.value.errors] == ["/external_id"]
    assert night.lot(lot)["on_hand"] == 8


def test_the_same_moment_written_in_another_zone_is_the_same_sale(night: Night) -> None:
    first = sell(night, asked(**LINE), time=night.now)
    assert sell(night, asked(**LINE), time=night.now.astimezone(timezone(timedelta(hours=7)))) == first


def test_tills_and_stalls_number_their_sales_on_their_own(night: Night) -> None:
    ids = {
        sell(night, asked(**LINE))["id"],
        sell(night, asked(**LINE), number="E-01")["id"],
        sell(night, asked(**LINE), till="Quầy 2")["id"],
        sell(night, asked(**LINE), who={"till": "till-3"}, till="Quầy 2")["id"],
    }
    assert len(ids) == 4


def test_two_threads_telling_the_same_sale_make_one(night: Night) -> None:
    lot = laid_out(night)
    gate, answers = threading.Barrier(3), []

    def till() -> None:
        gate.wait(10)
        answers.append(sell(night, asked(**LINE)))

    run = [threading.Thread(target=till) for _ in range(3)]
    for thread in run:
        thread.start()
    for thread in run:
        thread.join(30)
    assert len(answers) == 3
    assert answers[0] == answers[1] == answers[2]
    assert night.lot(lot)["on_hand"] == 8
    assert night.count(Sale) == 1


def test_an_idempotency_key_gives_the_stored_answer_and_refuses_another_body(night: Night) -> None:
    laid_out(night)
    once = Once("k-1", "key:1", "POST /api/v1/sales", "a" * 64)
    first = sell(night, asked(**LINE), who={"once": once})
    with pytest.raises(Replay) as replayed:
        sell(night, asked(**LINE), who={"once": once})
    assert replayed.value.status == 201
    assert first["id"].encode() in replayed.value.answer
    with pytest.raises(Invalid, match="idempotency_key_reused"):
        sell(night, asked(**LINE), name="s-2", who={"once": replace(once, body_sha256="b" * 64)})
    other_route = replace(once, route="POST /api/v1/returns", body_sha256="b" * 64)
    assert sell(night, asked(**LINE), name="s-3", who={"once": other_route})["id"] != first["id"]
    assert night.count(IdempotencyKey) == 2


def test_a_refused_sale_leaves_nothing_behind_not_even_its_key(night: Night) -> None:
    laid_out(night)
    before = (night.count(StockMovement), night.count(OutboxMessage))
    once = Once("k-1", "key:1", "POST /api/v1/sales", "a" * 64)
    big = asked(name="Cà rốt", quantity="1000000000", unit="kg", unit_price=10**12)
    with pytest.raises(Invalid, match="amount_out_of_range"):
        sell(night, asked(**LINE), big, who={"once": once})
    assert (night.count(StockMovement), night.count(OutboxMessage)) == before
    assert night.count(IdempotencyKey) == night.count(Sale) == 0
    assert sell(night, asked(**LINE), who={"once": once})["lines"][0]["lots"][0]["qty"] == "2"
    assert night.lot(sell(night, asked(**LINE), who={"once": None})["lines"][0]["lots"][0]["lot"])[
        "on_hand"
    ] == Decimal(8)
