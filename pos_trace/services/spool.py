"""The print spool: journalled before the first byte, sent once, never a false "printed", never a second copy by itself.

``queued → sending → confirmed | sent_unconfirmed | failed``. A job goes again by itself only when no byte of it went
out; otherwise a person is asked once: "Phiếu đã ra chưa?". Who works on a job holds its lease; nothing here trusts
that a worker is still alive, or that a worker given up is really dead.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, aliased

from pos_trace.core import slips
from pos_trace.core.errors import Invalid, Misconfigured, Unavailable
from pos_trace.services.node import Node, Transaction
from pos_trace.store.models import PrintAttempt, Printer, PrintJob

LEASE = timedelta(minutes=5)
"""More than drawing and sending may take together by their own deadlines."""
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=1)
DRAW_TRIES = 3
NO_CHILD_FREE = "child_busy"
ENDED = ("confirmed", "failed", "cancelled")
BROKEN_OFF = (402, 403)
"""``hardware.status`` STALLED and CUT_OFF: a printer that may still wait for the rest of a picture."""
FLUSH = bytes(16 * 1024)
"""Zeros for such a printer to swallow, more than one slice of any paper; one that waits for nothing skips them."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job this worker may draw and send now. ``broken``: the printer's last job broke off in the middle."""

    site_id: str
    id: str
    owner: str
    slip: dict[str, Any]
    data: bytes | None
    attempts: int
    preset: str
    transport: str
    address: str
    broken: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed job, to be written down by ``settle`` until that succeeds.

    ``started``: bytes may have gone out. ``counts``: it was a try. ``status`` None: the printer was not reached.
    """

    job: Claimed
    state: str
    detail: str
    started: bool = False
    counts: bool = True
    bytes_sent: int = 0
    status: int | None = None


def printers_waiting(node: Node, now: datetime) -> list[str]:
    """Printers whose oldest job is due and that are not at work."""
    ahead = aliased(PrintJob)
    older = or_(
        ahead.created_at < PrintJob.created_at, and_(ahead.created_at == PrintJob.created_at, ahead.id < PrintJob.id)
    )
    first = ~(
        select(ahead.id)
        .where(ahead.site_id == PrintJob.site_id, ahead.printer_id == PrintJob.printer_id)
        .where(or_(ahead.state == "sending", and_(ahead.state == "queued", older)))
        .exists()
    )
    with node.db.read() as session:
        due = select(PrintJob.printer_id).where(
            PrintJob.site_id == node.id, PrintJob.state == "queued", PrintJob.next_at <= now, first
        )
        return list(session.scalars(due))


def recover(node: Node, now: datetime, owner: str | None = None) -> int:
    """Give up jobs whose worker is gone; answers how many may be on paper or not, so that a person is asked.

    Without ``owner`` only leases that ended count: safe beside any number of workers. ``owner`` is the one worker
    of this node, just started: whatever others hold is held by the dead.
    """
    over = or_(PrintJob.lease_until.is_(None), PrintJob.lease_until <= now)
    gone = over if owner is None else PrintJob.lease_owner.is_distinct_from(owner)
    held = and_(PrintJob.site_id == node.id, PrintJob.state == "sending", gone)
    claimed = and_(PrintJob.site_id == node.id, PrintJob.state == "queued", PrintJob.lease_owner.is_not(None), gone)
    with node.db.read() as session:
        if session.scalars(select(PrintJob.id).where(or_(held, claimed)).limit(1)).first() is None:
            return 0
    with node.write(node.machine("printing"), now) as tx:
        tx.session.execute(update(PrintJob).where(claimed).values(lease_until=None, lease_owner=None))
        rows = tx.session.scalars(select(PrintJob).where(held).with_for_update()).all()
        for row in rows:
            row.state, row.lease_until = "sent_unconfirmed", None
            _journal(tx, row, "sent_unconfirmed", 0, BROKEN_OFF[-1], "máy dừng khi đang gửi; chưa rõ phiếu đã ra chưa")
            tx.audit("print_unsure", f"print_job:{row.id}", {"why": "worker_gone"}, row.stall_id)
        return len(rows)


def send_next(node: Node, printer_id: str, owner: str, now: datetime) -> Outcome | None:
    """Draw and send the printer's oldest due job, outside any write; None when nothing is due or it was taken away.

    A defect in a transport escapes; the job then stays "sending" until its lease ends and a person is asked.
    """
    if node.ports.drawer is None or node.ports.transport is None:
        return None
    job = _claim(node, printer_id, owner, now)
    if job is None:
        return None
    drawn = job.data or _draw(node, job)
    if isinstance(drawn, Outcome):
        return drawn
    try:
        way = node.ports.transport(job.transport, job.address)
    except Misconfigured as error:
        return Outcome(job, "failed", error.detail)
    if not _start(node, job, drawn, now):
        return None
    sent = way.send(FLUSH + drawn if job.broken else drawn, job.id)
    nothing_went = sent.outcome == "failed" and not sent.bytes_sent
    state = "queued" if nothing_went else "confirmed" if sent.outcome == "confirmed" else "sent_unconfirmed"
    return Outcome(job, state, sent.detail, started=True, bytes_sent=sent.bytes_sent, status=sent.status)


def process_number(job_id: str) -> int:
    """The number by which the printer confirms this job, 1–9999 (Epson TM: GS ( H)."""
    return int(job_id[-6:], 16) % 9999 + 1


def _draw(node: Node, job: Claimed) -> bytes | Outcome:
    """The job's bytes; a slip that cannot be drawn fails, at once or after three lost children."""
    assert node.ports.drawer is not None
    try:
        return node.ports.drawer.draw(slips.from_json(job.slip), job.preset, process_number(job.id))
    except (Invalid, Misconfigured) as error:
        return Outcome(job, "failed", error.detail)
    except (KeyError, TypeError, ValueError) as error:
        return Outcome(job, "failed", f"phiếu hỏng trong sổ in: {error}")
    except Unavailable as error:
        if error.code == NO_CHILD_FREE:
            return Outcome(job, "queued", error.detail, counts=False)
        return Outcome(job, "failed" if job.attempts + 1 >= DRAW_TRIES else "queued", error.detail)


def _claim(node: Node, printer_id: str, owner: str, now: datetime) -> Claimed | None:
    """Lease the oldest job; none while an earlier one of this printer is on its way."""
    with node.write(node.machine("printing"), now) as tx:
        mine = select(PrintJob).where(PrintJob.site_id == node.id, PrintJob.printer_id == printer_id)
        if tx.session.scalars(mine.where(PrintJob.state == "sending").limit(1)).first() is not None:
            return None
        oldest = mine.where(PrintJob.state == "queued").order_by(PrintJob.created_at, PrintJob.id).limit(1)
        row = tx.session.scalars(oldest.with_for_update()).first()
        if row is None or row.next_at > now:
            return None
        if row.lease_until is not None and row.lease_until > now and row.lease_owner != owner:
            return None
        row.lease_owner, row.lease_until = owner, now + LEASE
        printer = tx.session.get_one(Printer, (node.id, printer_id))
        where = (printer.preset, printer.transport, printer.address, _broken(tx.session, node.id, printer_id))
        return Claimed(row.site_id, row.id, owner, dict(row.slip), row.data, row.attempts, *where)


def _broken(session: Session, site_id: str, printer_id: str) -> bool:
    """Whether the last job that reached the printer broke off in the middle."""
    last = (
        select(PrintAttempt.status)
        .join(PrintJob, and_(PrintJob.site_id == PrintAttempt.site_id, PrintJob.id == PrintAttempt.job_id))
        .where(PrintJob.site_id == site_id, PrintJob.printer_id == printer_id)
        .where(PrintAttempt.outcome.in_(("confirmed", "sent_unconfirmed")))
        .order_by(PrintAttempt.id.desc())
    )
    return session.scalars(last.limit(1)).first() in BROKEN_OFF


def _start(node: Node, job: Claimed, data: bytes, now: datetime) -> bool:
    """Journal the attempt: from here on nobody may say that no byte went out. False when the job was taken away."""
    with node.write(node.machine("printing"), now) as tx:
        started = tx.session.execute(
            update(PrintJob)
            .where(PrintJob.site_id == job.site_id, PrintJob.id == job.id)
            .where(PrintJob.state == "queued", PrintJob.lease_owner == job.owner)
            .values(state="sending", data=data, attempts=PrintJob.attempts + 1, lease_until=now + LEASE)
            .returning(PrintJob.id)
        ).all()
        return bool(started)


def settle(node: Node, outcome: Outcome, now: datetime) -> str:
    """Write ``outcome`` down; answers the job's state. May be called until it succeeds.

    The lease's owner stays in the row until then: a job taken by another worker is left alone, one given up meanwhile
    still learns the truth, unless a person has already answered for it.
    """
    job = outcome.job
    with node.write(node.machine("printing"), now) as tx:
        row = tx.session.get_one(PrintJob, (job.site_id, job.id), with_for_update=True)
        if row.lease_owner != job.owner:
            return row.state
        if not outcome.started and outcome.counts:
            row.attempts += 1
        _journal(tx, row, outcome.state, outcome.bytes_sent, outcome.status, outcome.detail)
        if outcome.status is not None:
            _printer_told(tx, row.printer_id, outcome)
        row.lease_until, row.lease_owner = None, None
        if row.answered is not None:
            return row.state
        row.state = outcome.state
        if outcome.state == "queued":
            row.next_at = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(max(row.attempts - 1, 0), 5))
        if outcome.state in ENDED:
            row.data = None
        told = {"state": outcome.state, "bytes": outcome.bytes_sent, "status": outcome.status}
        tx.audit("print", f"print_job:{row.id}", told, row.stall_id)
        return row.state


def _journal(tx: Transaction, row: PrintJob, state: str, count: int, status: int | None, detail: str) -> None:
    attempt = PrintAttempt(site_id=row.site_id, id=tx.id(), created_at=tx.now, stall_id=row.stall_id, job_id=row.id)
    attempt.number, attempt.bytes_sent, attempt.outcome = max(row.attempts, 1), count, state
    attempt.detail, attempt.ended_at = detail[:300], tx.now
    if status is not None:
        attempt.status = status
    tx.session.add(attempt)


def _printer_told(tx: Transaction, printer_id: str, outcome: Outcome) -> None:
    printer = tx.session.get_one(Printer, (tx.node.id, printer_id))
    printer.status, printer.status_at = outcome.status or printer.status, tx.now
    if outcome.state == "confirmed":
        printer.last_confirmed_at = tx.now
