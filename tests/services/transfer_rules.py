"""Rules of the stock's state machine for goods that go from stall to stall: sent, taken, refused, taken back."""

import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import func, select

from pos_trace.core.errors import PosTraceError
from pos_trace.services import receiving, scanning, transfer_answers, transfer_corrections, transfers
from pos_trace.services.node import Once
from pos_trace.services.scanning import ScanIn
from pos_trace.services.transfer_answers import LineAnswer
from pos_trace.services.transfer_buyers import BuyerIn
from pos_trace.services.transfers import LineIn
from pos_trace.store.idempotency import Replay
from pos_trace.store.models import StockLot, StockMovement, Transfer, TransferLine
from tests.services.night import Night

OTHER = {"A-12": "E-01", "E-01": "A-12"}
AMOUNTS = st.sampled_from(["0.25", "1", "3", "7.5", "40"])
REFUSED = st.sampled_from([None, "0.25", "3", "all"])


class TransferRules:
    """Mixed into the market; ``coming`` and ``gone`` are slips by (stall that has the row, its id)."""

    night: Night
    numbers: "itertools.count[int]"
    lots: list[tuple[str, str]]
    lines: list[tuple[str, str, dict[str, Any]]]
    at: Any
    act: Any
    totals: Any

    def __init__(self) -> None:
        super().__init__()
        self.coming: list[tuple[str, dict[str, Any]]] = []
        self.gone: list[tuple[str, dict[str, Any]]] = []

    def _sent(self, number: str, told: dict[str, Any] | None) -> None:
        if told is None:
            return
        self.gone.append((number, told))
        if told["same_box"]:
            to = OTHER[number]
            waiting = transfers.listed(self.night.node, self.night.who(to), "in")["transfers"]
            self.coming.append((to, next(one for one in waiting if one["number"] == told["number"]) | {
                "codes": told["codes"]}))  # fmt: skip

    def _taken(self, number: str, told: dict[str, Any] | None, lines: str = "delivery_lines") -> None:
        for line in (told or {}).get(lines) or []:
            assert told is not None
            self.lines.append((number, told["delivery_id"], line))
            self.lots.append((number, line["lot_id"]))

    @precondition(lambda self: self.lots)
    @rule(data=st.data(), quantity=AMOUNTS, near=st.booleans())
    def send(self, data: st.DataObject, quantity: str, near: bool) -> None:
        number, lot = data.draw(st.sampled_from(self.lots))
        to = BuyerIn(stall_number=OTHER[number]) if near else BuyerIn(name="Quán Tư (mẫu)")
        told = self.act(transfers.send, "sale", to, [LineIn(quantity, None, lot)], "", number=number)
        self._sent(number, told)

    @precondition(lambda self: self.coming)
    @rule(data=st.data(), refused=REFUSED)
    def answer(self, data: st.DataObject, refused: str | None) -> None:
        number, slip = data.draw(st.sampled_from(self.coming))
        part = slip["lines"][0]["quantity"] if refused == "all" else refused
        answers = [LineAnswer(1, refused=part, reason="dập")] if refused else []
        self._taken(number, self.act(transfer_answers.accept, slip["id"], answers, number=number))

    @precondition(lambda self: self.coming)
    @rule(data=st.data())
    def scan_slip(self, data: st.DataObject) -> None:
        """The buyer reads the paper: the delivery stays open, so parts may still be sent back."""
        number, slip = data.draw(st.sampled_from(self.coming))
        if not slip["codes"]:
            return  # a correction inside one box has no code to read
        before = self.totals()
        try:
            told = scanning.scan(self.night.node, self.night.who(number), ScanIn(slip["codes"][0]), self.at)
        except PosTraceError:
            assert self.totals() == before
            return
        self._taken(number, told, "lines")

    @precondition(lambda self: self.gone)
    @rule(data=st.data(), quantity=AMOUNTS)
    def take_slip_back(self, data: st.DataObject, quantity: str) -> None:
        number, slip = data.draw(st.sampled_from(self.gone))
        if slip["same_box"]:
            self.act(transfer_answers.cancel, slip["id"], "nhầm", number=number)
        else:
            self.act(transfer_answers.take_back, slip["id"], [LineAnswer(1, refused=quantity)], number=number)

    @precondition(lambda self: self.lines)
    @rule(data=st.data(), whole=st.booleans())
    def wrong_stall(self, data: st.DataObject, whole: bool) -> None:
        """ "Sai sạp": a line, or its delivery, is offered to the stall it was meant for."""
        number, delivery, line = data.draw(st.sampled_from(self.lines))
        of = {"delivery_id": delivery} if whole else {"line_id": line["id"]}
        self._sent(number, self.act(transfer_corrections.offer, OTHER[number], "quét nhầm", number=number, **of))

    @precondition(lambda self: self.lines)
    @rule(data=st.data())
    def cancel_delivery(self, data: st.DataObject) -> None:
        number, delivery, _ = data.draw(st.sampled_from(self.lines))
        self.act(receiving.cancel, delivery, "nhầm", number=number)

    @precondition(lambda self: self.coming)
    @rule(data=st.data(), verb=st.sampled_from(["send", "accept", "cancel"]))
    def slip_asked_twice(self, data: st.DataObject, verb: str) -> None:
        """The same request again, because its answer was lost: one slip, taken once, taken back once."""
        number, slip = data.draw(st.sampled_from(self.coming))
        lot = next(row["lines"][0]["lot_id"] for at, row in self.gone if row["number"] == slip["number"])
        sold = next(row["id"] for at, row in self.gone if row["number"] == slip["number"])
        acts = {
            "send": (transfers.send, ("sale", BuyerIn(stall_number=number), [LineIn("0.25", None, lot)], "")),
            "accept": (transfer_answers.accept, (slip["id"], [])),
            "cancel": (transfer_answers.cancel, (sold, "nhầm")),
        }
        by = number if verb == "accept" else OTHER[number]
        once = Once(f"key-{next(self.numbers)}", by, verb, "0" * 64)
        act, args = acts[verb]
        told = self.act(act, *args, number=by, once=once)
        if told is None:
            return
        before = self.totals()
        with pytest.raises(Replay):
            self.act(act, *args, number=by, once=once)
        assert self.totals() == before
        if verb == "send":
            self._sent(by, told)
        self._taken(by, told)

    @invariant()
    def what_left_one_stall_is_at_the_other(self) -> None:
        """Of every slip of this box: what the seller is short of is on its way, or came in at the buyer's, no more."""
        with self.night.node.db.read() as session:
            mine = select(Transfer).where(Transfer.direction == "out", Transfer.other_transfer_id.is_not(None))
            for row in session.scalars(mine):
                come = {
                    line.position: line
                    for line in session.scalars(
                        select(TransferLine).where(TransferLine.transfer_id == row.other_transfer_id)
                    )
                }
                for line in session.scalars(select(TransferLine).where(TransferLine.transfer_id == row.id)):
                    moved = select(func.sum(StockMovement.quantity)).where(StockMovement.lot_id == line.lot_id)
                    left = -session.scalar(moved.where(StockMovement.subject_id == row.id))
                    lot_id = come[line.position].lot_id
                    if row.state == "sent":
                        assert (left, lot_id) == (line.quantity, None)
                        continue
                    got = Decimal(0)
                    if lot_id is not None:
                        assert session.get_one(StockLot, (row.site_id, lot_id)).unit == line.unit
                        into = select(func.sum(StockMovement.quantity)).where(StockMovement.lot_id == lot_id)
                        cancelled = StockMovement.subject == "delivery"
                        of_slip = StockMovement.kind.in_(("received", "refused")) | cancelled
                        got = session.scalar(into.where(of_slip))
                    assert left == got, row.number
