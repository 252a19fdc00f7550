"""Any order of receiving, sending back, selling, returning, waste, cutting, merging, counting, closing, recall and
slips between two stalls, asked once or twice: no lot is negative, each is the sum of its movements, kilograms are kept
over both stalls, and nothing crosses a stall but by a slip.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from pos_trace.core.quantities import to_kg
from pos_trace.core.vocabulary.stock import LOSS, WASTE_KINDS
from pos_trace.services import adjusting, closing, counting, returning, shortfalls, splitting, stock
from pos_trace.services.node import Once
from pos_trace.store.idempotency import Replay
from pos_trace.store.models import AuditEntry, Product, StockLot, StockMovement
from tests.services.foreign_slips import ForeignSlips
from tests.services.night import asked, sell
from tests.services.stall_ledger import AMOUNTS, KEYS, STALLS, TEMPLATE, StallLedger
from tests.services.transfer_rules import TransferRules


@pytest.fixture(autouse=True, scope="module")
def _template(sqlite_template: Path) -> None:
    TEMPLATE[:] = [sqlite_template]


class Market(TransferRules, StallLedger):
    """Everything a stall can do with its goods."""

    def __init__(self) -> None:
        super().__init__()
        self.unweighed: list[tuple[str, str]] = []

    @rule(number=STALLS, key=KEYS, quantity=AMOUNTS, named=st.booleans())
    def sell(self, number: str, key: str, quantity: str, named: bool) -> None:
        barcode = f"https://txng.quangngai.example/{key}" if named else key.split("/")[1]
        line = asked(barcode=barcode, quantity=quantity, unit="kg")
        told = sell(self.night, line, name=f"s-{next(self.numbers)}", number=number, at=self.at)
        assert self.weight_of(told["lines"][0]) == Decimal(quantity)

    def weight_of(self, line: dict[str, Any]) -> Decimal:
        """Kilograms of a sold line's parts: packs by what one holds, a shortfall as its lots are counted."""
        with self.night.node.db.read() as session:
            known = [*(part["lot"] for part in line["lots"]), *line["candidates"]]
            lot = next((session.get_one(StockLot, (self.night.node.id, one)) for one in known if one), None)
            of = session.get_one(Product, (lot.site_id, lot.product_id)) if lot is not None else None
        total = sum((Decimal(part["qty"]) for part in line["lots"]), Decimal(0))
        if lot is None or of is None or lot.unit == "kg":
            return total
        weight = to_kg(total, lot.unit, of.content_kg)
        assert weight is not None
        return weight

    @rule(number=STALLS, key=KEYS, quantity=AMOUNTS)
    def take_back(self, number: str, key: str, quantity: str) -> None:
        told = self.act(returning.take_back, key.split("/")[1], quantity, "kg", number=number, key=key)
        if told is not None:
            assert told["state"] != "sellable"
            self.lots.append((number, told["lot_id"]))

    @precondition(lambda self: self.lots)
    @rule(data=st.data(), quantity=AMOUNTS, kind=st.sampled_from(sorted(WASTE_KINDS)))
    def waste(self, data: st.DataObject, quantity: str, kind: str) -> None:
        number, lot = data.draw(st.sampled_from(self.lots))
        self.act(stock.waste, lot, quantity, "héo", number=number, kind=kind)

    @precondition(lambda self: self.lots)
    @rule(data=st.data(), quantity=AMOUNTS, made=AMOUNTS, unit=st.sampled_from(["kg", "gói"]))
    def split(self, data: st.DataObject, quantity: str, made: str, unit: str) -> None:
        number, lot = data.draw(st.sampled_from(self.lots))
        self.made(self.act(splitting.split, lot, quantity, f"Hàng tách {unit}", unit, made, number=number), number)

    @rule(number=STALLS, quantity=AMOUNTS)
    def lay_out_bunches(self, number: str, quantity: str) -> None:
        """Goods nobody weighed."""
        told = self.act(stock.opening, "Rau bó", quantity, "bó", number=number)
        assert told is not None
        self.unweighed.append((number, told["id"]))

    @precondition(lambda self: self.unweighed)
    @rule(data=st.data(), quantity=AMOUNTS, made=AMOUNTS, unit=st.sampled_from(["kg", "g", "bó", "gói"]))
    def split_unweighed(self, data: st.DataObject, quantity: str, made: str, unit: str) -> None:
        number, lot = data.draw(st.sampled_from(self.unweighed))
        told = self.act(splitting.split, lot, quantity, f"Rau tách {unit}", unit, made, number=number)
        if told is not None:
            assert told["kg"] is None
            self.unweighed.append((number, told["id"]))

    @precondition(lambda self: self.lots)
    @rule(data=st.data(), units=st.sampled_from(["1", "5", "12"]), content=st.sampled_from(["250", "500"]))
    def repack(self, data: st.DataObject, units: str, content: str) -> None:
        number, lot = data.draw(st.sampled_from(self.lots))
        self.made(self.act(splitting.repack, lot, units, "túi", content, "g", number=number), number)

    @precondition(lambda self: len(self.lots) > 1)
    @rule(data=st.data(), whole=st.booleans(), quantity=AMOUNTS)
    def merge(self, data: st.DataObject, whole: bool, quantity: str) -> None:
        (number, one), (_, two) = data.draw(st.tuples(st.sampled_from(self.lots), st.sampled_from(self.lots)))
        parts = [(one, None if whole else quantity), (two, None)]
        told = self.act(splitting.merge, parts, number=number, name="Hàng gộp", unit="kg")
        self.made(told, number)

    @precondition(lambda self: self.lots)
    @rule(data=st.data(), counted=st.sampled_from(["0", "0.25", "7.5", "40"]))
    def count(self, data: st.DataObject, counted: str) -> None:
        number, lot = data.draw(st.sampled_from(self.lots))
        told = self.act(counting.count, lot, counted, "đếm lại", number=number)
        if told is not None:
            assert self.night.lot(lot)["on_hand"] == Decimal(counted)

    @precondition(lambda self: self.lots)
    @rule(data=st.data(), on=st.booleans())
    def on_sale(self, data: st.DataObject, on: bool) -> None:
        number, lot = data.draw(st.sampled_from(self.lots))
        self.act(stock.on_sale, lot, on, number=number)

    @precondition(lambda self: self.lots)
    @rule(data=st.data())
    def settle_shortfall(self, data: st.DataObject) -> None:
        number, lot = data.draw(st.sampled_from(self.lots))
        self.act(shortfalls.settle, lot, number=number)

    @precondition(lambda self: self.lots)
    @rule(data=st.data(), counted=AMOUNTS)
    def reopen(self, data: st.DataObject, counted: str) -> None:
        number, lot = data.draw(st.sampled_from(self.lots))
        self.act(closing.reopen, lot, counted, "đóng nhầm", number=number)

    @rule(number=STALLS, key=KEYS, amount=st.sampled_from([10_000, 50_000]))
    def sell_for_an_amount(self, number: str, key: str, amount: int) -> None:
        line = asked(barcode=key.split("/")[1], amount=amount)
        sell(self.night, line, name=f"s-{next(self.numbers)}", number=number, at=self.at)

    @precondition(lambda self: self.lots)
    @rule(data=st.data(), verb=st.sampled_from(["waste", "split", "count", "close"]))
    def ask_twice(self, data: st.DataObject, verb: str) -> None:
        """The same request again, because its answer was lost: it happens once."""
        number, lot = data.draw(st.sampled_from(self.lots))
        once = Once(f"key-{next(self.numbers)}", number, verb, "0" * 64)
        acts = {
            "waste": (stock.waste, (lot, "0.25", "héo")),
            "split": (splitting.split, (lot, "0.25", "Hàng tách kg", "kg", "0.25")),
            "count": (counting.count, (lot, "1", "đếm")),
            "close": (closing.close, (lot,)),
        }
        act, args = acts[verb]
        told = self.act(act, *args, number=number, once=once)
        if told is None:
            return
        self.made(told if verb == "split" else None, number)
        before = self.totals()
        with pytest.raises(Replay):
            self.act(act, *args, number=number, once=once)
        assert self.totals() == before

    def made(self, told: dict[str, Any] | None, number: str) -> None:
        """A lot that came of another one."""
        if told is not None:
            self.lots.append((number, told["id"]))

    @precondition(lambda self: self.lines)
    @rule(data=st.data(), quantity=AMOUNTS, less=st.booleans())
    def adjust(self, data: st.DataObject, quantity: str, less: bool) -> None:
        number, delivery, line = data.draw(st.sampled_from(self.lines))
        self.act(adjusting.adjust, delivery, line["id"], quantity, "kg", "đếm lại", number=number, less=less)

    @precondition(lambda self: self.lots)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        number, lot = data.draw(st.sampled_from(self.lots))
        self.act(closing.close, lot, number=number)

    @invariant()
    def kilograms_are_kept(self) -> None:
        """What splits, merges and repacks moved sums to nothing but what they say was lost between pieces."""
        with self.night.node.db.read() as session:
            acts = select(AuditEntry.body).where(AuditEntry.act.in_(("lot_split", "lot_repacked", "lot_merged")))
            told = [body["lost_kg"] for body in session.scalars(acts)]
            lost = sum((Decimal(kg) for kg in told if kg != splitting.UNKNOWN_LOSS), Decimal(0))
            moved = self.kilograms(session, StockMovement.kind == "moved")
            booked = self.kilograms(session, StockMovement.subject == LOSS)
            assert moved == -booked - lost

    def kilograms(self, session: Session, which: ColumnElement[bool]) -> Decimal:
        """What some movements weigh together; nothing where nobody weighed the goods, on neither side."""
        moves = select(StockMovement.quantity, StockLot.unit, Product.content_kg, Product.unit)
        moves = moves.join(StockLot, StockLot.id == StockMovement.lot_id)
        moves = moves.join(Product, Product.id == StockLot.product_id).where(which)
        found = [to_kg(row[0], row[1], row[2] if row[3] == row[1] else None) for row in session.execute(moves)]
        return sum((weight for weight in found if weight is not None), Decimal(0))

    @invariant()
    def what_came_back_never_sells_by_itself(self) -> None:
        with self.night.node.db.read() as session:
            for lot in session.scalars(select(StockLot)):
                assert not (lot.origin.get("returned") and lot.state == "sellable")


Market.TestCase.settings = settings(
    max_examples=8, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck)
)
TestMarket = Market.TestCase


class Slips(ForeignSlips, TransferRules, StallLedger):
    """Receiving, recalls and slips alone, of other stations too: the same few goods go back and forth many times."""


Slips.TestCase.settings = settings(Market.TestCase.settings, max_examples=8, stateful_step_count=20)
TestSlips = Slips.TestCase
