"""What must be true of the books after any interruption: everything acknowledged once, nothing twice, sums agree."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.store import audit
from pos_trace.store.models import (
    Case,
    CaseEventRow,
    Delivery,
    DeliveryLine,
    LotAllocation,
    OutboxMessage,
    PrintJob,
    PublishedReceipt,
    Receipt,
    Sale,
    SaleLine,
    Scan,
    StockLot,
    StockMovement,
)
from tests.faults.customers import Asked


@dataclass
class Found:
    """What is not as it should be, by kind."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def all(self) -> list[str]:
        """Everything found, in words."""
        named = {"lost": self.lost, "doubled": self.doubled, "wrong": self.wrong}
        return [f"{kind}: {what}" for kind, items in named.items() for what in items]

    def once(self, what: str, wanted: Iterable[Any], there: Iterable[Any]) -> None:
        """Each of ``wanted`` is ``there`` exactly once."""
        counts = Counter(there)
        for item in wanted:
            if counts[item] == 0:
                self.lost.append(f"{what} {item}")
            elif counts[item] > 1:
                self.doubled.append(f"{what} {item} ×{counts[item]}")

    def same(self, what: str, wanted: Iterable[Any], there: Iterable[Any]) -> None:
        """``once``, and nothing else is there."""
        wanted, there = list(wanted), list(there)
        self.once(what, wanted, there)
        extra = Counter(there) - Counter(wanted) - Counter({item: there.count(item) - 1 for item in wanted})
        self.doubled += [f"{what} {item} nobody was told of" for item in extra]


def acknowledged(log: Sequence[Asked], *verbs: str) -> list[Asked]:
    """What clients saw done of ``verbs``."""
    return [asked for asked in log if asked.verb in verbs and asked.acknowledged]


def check_books(session: Session, site_id: str, log: Sequence[Asked], *, settled: bool) -> Found:
    """The station's books against the clients' log; ``settled``: no request is in doubt any more."""
    found = Found()
    compare = found.same if settled else found.once
    sales = acknowledged(log, "sale")
    compare("sale", [a.body["external_id"] for a in sales], session.scalars(select(Sale.external_id)))
    found.once("sale id", [a.answer["id"] for a in sales], session.scalars(select(Sale.id)))
    scans = acknowledged(log, "scan", "look_up")
    compare("scan", [a.answer["scan"]["id"] for a in scans], session.scalars(select(Scan.id)))
    lines = [a.answer["line"]["id"] for a in acknowledged(log, "scan", "line")]
    compare("line", lines, session.scalars(select(DeliveryLine.id)))
    compare("delivery", [a.answer["id"] for a in acknowledged(log, "delivery")], session.scalars(select(Delivery.id)))
    cases = [a.answer["case_id"] for a in acknowledged(log, "case")]
    compare("case", cases, session.scalars(select(Case.id)))
    opened = select(CaseEventRow.case_id).where(CaseEventRow.kind == "opened")
    found.once("report", cases, session.scalars(opened))
    closed = select(Delivery.id).where(Delivery.state == "closed", Delivery.number.is_not(None))
    found.once("closing", [a.answer["id"] for a in acknowledged(log, "close")], session.scalars(closed))
    _papers_and_messages(session, found, sales, acknowledged(log, "close"), cases)
    _sums(session, found)
    report = audit.verify(session, site_id)
    if not report.ok:
        found.wrong.append(f"audit: {report.problem}")
    return found


def _papers_and_messages(
    session: Session, found: Found, sales: list[Asked], closes: list[Asked], cases: list[str]
) -> None:
    """Every sale has one receipt job and one message, every closing its two slips, every case its report."""
    jobs = list(session.scalars(select(PrintJob.id)))
    receipts = select(PrintJob.subject_id).where(PrintJob.kind == "receipt", PrintJob.copy_no == 1)
    found.once("receipt job of sale", [a.answer["id"] for a in sales], session.scalars(receipts))
    found.once("print job", [a.answer["print_job"] for a in sales], jobs)
    found.once("print job", [job for a in closes for job in a.answer["print_jobs"]], jobs)
    tokens = [a.answer["trace_url"].rpartition("/")[2] for a in sales]
    found.once("token", tokens, session.scalars(select(Receipt.token)))
    sent = list(session.execute(select(OutboxMessage.kind, OutboxMessage.group_key, OutboxMessage.body)))
    found.once("projection", tokens, [orjson.loads(body)["token"] for kind, _, body in sent if kind == "receipt"])
    found.once("report message", cases, [group for kind, group, _ in sent if kind == "case_events"])


def _sums(session: Session, found: Found) -> None:
    """Stock on hand is the sum of its movements; what a sale took is what its movements say."""
    total = func.sum(StockMovement.quantity)
    moved = dict(session.execute(select(StockMovement.lot_id, total).group_by(StockMovement.lot_id)).all())
    for lot in session.scalars(select(StockLot)):
        if lot.on_hand != (moved.get(lot.id) or Decimal(0)) or lot.on_hand < 0:
            found.wrong.append(f"lot {lot.label}: {lot.on_hand} on hand, moved {moved.get(lot.id)}")
    received = select(StockMovement.subject_id, total).where(StockMovement.kind == "received")
    came = dict(session.execute(received.group_by(StockMovement.subject_id)).all())
    for line_id, accepted in session.execute(select(DeliveryLine.id, DeliveryLine.declared)):
        if came.get(line_id) != accepted:
            found.wrong.append(f"line {line_id}: {accepted} accepted, {came.get(line_id)} received")
    sold = select(StockMovement.subject_id, total).where(StockMovement.kind == "sold")
    gone = dict(session.execute(sold.group_by(StockMovement.subject_id)).all())
    taken = select(LotAllocation.sale_line_id, func.sum(LotAllocation.quantity))
    of_lots = taken.where(LotAllocation.lot_id.is_not(None)).group_by(LotAllocation.sale_line_id)
    for line_id, quantity in session.execute(of_lots):
        if gone.pop(line_id, None) != -quantity:
            found.wrong.append(f"sale line {line_id}: {quantity} taken of lots, moved otherwise")
    found.wrong += [f"movement of {line_id} without an allocation" for line_id in gone]
    of_lines = dict(session.execute(taken.group_by(LotAllocation.sale_line_id)).all())
    for line_id, quantity in session.execute(select(SaleLine.id, SaleLine.quantity)):
        if of_lines.get(line_id) != quantity:
            found.wrong.append(f"sale line {line_id}: {quantity} sold, {of_lines.get(line_id)} allocated")


def check_province(station: Session, province: Session) -> Found:
    """What had to reach the province is there exactly once, unchanged."""
    found = Found()
    tokens = list(station.scalars(select(Receipt.token)))
    found.same("published receipt", tokens, province.scalars(select(PublishedReceipt.token)))
    found.same("case at the province", station.scalars(select(Case.id)), province.scalars(select(Case.id)))
    mine = select(CaseEventRow.case_id, CaseEventRow.seq, CaseEventRow.sha256).where(CaseEventRow.node == "station")
    events = [tuple(row) for row in station.execute(mine)]
    found.same("case event", events, [tuple(row) for row in province.execute(mine)])
    unsent = station.execute(select(OutboxMessage.kind, OutboxMessage.state).where(OutboxMessage.state != "done"))
    found.lost += [f"message {kind} {state}" for kind, state in unsent]
    return found
