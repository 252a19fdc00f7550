"""Rules of the stock's state machine for slips of another station: read, cancelled with their delivery, read again."""

import itertools
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import func, select

from pos_trace.core import transfer_slip
from pos_trace.core.errors import PosTraceError
from pos_trace.core.transfer_slip import SlipLine
from pos_trace.services import scanning
from pos_trace.services.scanning import ScanIn
from pos_trace.store.models import DeliveryLine
from tests.services.night import Night
from tests.services.stall_ledger import AMOUNTS, STALLS

GOODS, STATION, KEY = "Hành tím nơi khác", "0192f0aa-0000-7000-8000-0000000000ff", b"\x09" * 32


class ForeignSlips:
    """Mixed into a machine of two stalls; ``foreign`` are the codes and the stall each was given to."""

    night: Night
    numbers: "itertools.count[int]"
    at: Any
    totals: Any
    _taken: Any

    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[tuple[str, str]] = []

    @rule(number=STALLS, quantity=AMOUNTS)
    def read_foreign_slip(self, number: str, quantity: str) -> None:
        goods = (SlipLine("", GOODS, Decimal(quantity), "kg"),)
        name = f"Q1-GH26-{next(self.numbers):04d}"
        (code,) = transfer_slip.write(
            transfer_slip.TransferSlip(STATION, "Q-1", name, self.night.now.date(), goods), KEY
        )
        self.foreign.append((number, code))
        self._read(number, code)

    @precondition(lambda self: self.foreign)
    @rule(data=st.data())
    def read_foreign_slip_again(self, data: st.DataObject) -> None:
        self._read(*data.draw(st.sampled_from(self.foreign)))

    def _read(self, number: str, code: str) -> None:
        before = self.totals()
        scan = ScanIn(code, confirm_slip=True)
        try:
            told = scanning.scan(self.night.node, self.night.who(number), scan, self.at)
        except PosTraceError:
            assert self.totals() == before
            return
        if told["transfer"].get("already"):
            assert self.totals() == before
            return
        assert told["transfer"]["state"] == "accepted"
        self._taken(number, told, "lines")

    @invariant()
    def a_foreign_slip_brings_its_goods_once(self) -> None:
        there = ("open", "accepted", "refused")
        with self.night.node.db.read() as session:
            lines = select(func.count()).where(DeliveryLine.goods_name == GOODS, DeliveryLine.state.in_(there))
            assert (session.scalar(lines) or 0) <= len(self.foreign)
