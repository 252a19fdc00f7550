"""What every state machine of the stock shares: two stalls of one box, receiving and recalls, and what must hold."""

import itertools
import shutil
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func, select

from pos_trace.core.errors import PosTraceError
from pos_trace.services import recalls, receiving
from pos_trace.services.node import Once
from pos_trace.store import audit
from pos_trace.store.models import LotAllocation, LotParent, SaleLine, StockLot, StockMovement
from tests.conftest import NOW
from tests.services.night import CABBAGE, FISH, SISTER, Night, make_night
from tests.services.two_nodes import officer, pair_on_sqlite

STALLS = st.sampled_from(["A-12", "E-01"])
KEYS = st.sampled_from([CABBAGE, FISH, SISTER])
AMOUNTS = st.sampled_from(["0.25", "1", "3", "7.5", "40"])
TEMPLATE: list[Path] = []


class StallLedger(RuleBasedStateMachine):
    """Two stalls; ``lots`` and ``lines`` are what happened so far, by stall."""

    def __init__(self) -> None:
        super().__init__()
        self.done = ExitStack()
        folder = Path(tempfile.mkdtemp(prefix="pos-trace-stock-"))
        self.done.callback(shutil.rmtree, folder)
        self.night: Night = make_night(self.done.enter_context(pair_on_sqlite(folder, TEMPLATE[0])), NOW)
        self.night.pull()
        self.numbers = itertools.count(1)
        self.lines: list[tuple[str, str, dict[str, Any]]] = []
        self.lots: list[tuple[str, str]] = []
        self.recalled: set[str] = set()

    def teardown(self) -> None:
        self.done.close()

    @property
    def at(self) -> Any:
        return self.night.now + timedelta(minutes=next(self.numbers))

    def act(self, verb: Any, *args: Any, number: str, once: Once | None = None, **more: Any) -> dict[str, Any] | None:
        """One verb of a stall; a refusal is an answer too, and must change nothing."""
        before, who = self.totals(), self.night.who(number, once=once)
        try:
            found: dict[str, Any] = verb(self.night.node, who, *args, self.at, **more)
        except PosTraceError:
            assert self.totals() == before
            return None
        return found

    def totals(self) -> tuple[Any, ...]:
        with self.night.node.db.read() as session:
            counted = select(StockMovement.stall_id, func.count(), func.sum(StockMovement.quantity))
            return tuple(map(tuple, session.execute(counted.group_by(StockMovement.stall_id))))

    @rule(number=STALLS, key=KEYS, quantity=AMOUNTS, close=st.booleans())
    def receive(self, number: str, key: str, quantity: str, close: bool) -> None:
        delivery = self.night.deliver(number)
        line = self.night.scan(key, delivery, quantity, "kg", number, self.at)["line"]
        self.lines.append((number, delivery, line))
        self.lots.append((number, line["lot_id"]))
        if close:
            self.act(receiving.close, delivery, number=number)

    @precondition(lambda self: self.lines)
    @rule(data=st.data(), quantity=AMOUNTS)
    def refuse(self, data: st.DataObject, quantity: str) -> None:
        number, _, line = data.draw(st.sampled_from(self.lines))
        self.act(receiving.refuse, line["id"], quantity, "kg", "dập", number=number)

    @rule(key=KEYS)
    def recall(self, key: str) -> None:
        name = f"TH-{next(self.numbers)}"
        self.night.recall(key, name=name)
        self.recalled.add(name)

    @precondition(lambda self: self.recalled)
    @rule(data=st.data())
    def end_recall(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.recalled)))
        self.recalled.discard(name)
        province = self.night.pair.province
        recalls.end(province, officer(province), name, "xong", self.at)
        self.night.pull()

    @invariant()
    def the_ledger_agrees(self) -> None:
        self.night.ledger_agrees()

    @invariant()
    def nothing_crosses_a_stall(self) -> None:
        with self.night.node.db.read() as session:
            crossed = select(LotParent.id).join(StockLot, StockLot.id == LotParent.parent_id)
            assert session.scalars(crossed.where(StockLot.stall_id != LotParent.stall_id)).first() is None
            for model in (StockMovement, LotAllocation):
                apart = select(model.id).join(StockLot, StockLot.id == model.lot_id)
                assert session.scalars(apart.where(StockLot.stall_id != model.stall_id)).first() is None
            lines = select(SaleLine.id).join(LotAllocation, LotAllocation.sale_line_id == SaleLine.id)
            assert session.scalars(lines.where(LotAllocation.stall_id != SaleLine.stall_id)).first() is None

    @invariant()
    def the_audit_chain_holds(self) -> None:
        with self.night.node.db.read() as session:
            assert audit.verify(session, self.night.node.id).ok
