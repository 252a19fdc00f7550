"""The print spool: journalled before the first byte, sent once, never a false "printed", never a second copy by itself.

``queued → sending → confirmed | sent_unconfirmed | failed``. A job goes again by itself only when no byte of it went
out; otherwise a person is asked once: "Phiếu đã ra chưa?".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pos_trace.core import slips
from pos_trace.core.errors import Conflict, Invalid, Misconfigured, Unavailable
from pos_trace.core.slips import Slip
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import PrintAttempt, Printer, PrintJob

LEASE = timedelta(seconds=60)
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=1)
NO_JOB = "Không tìm thấy phiếu in này."
ENDED = ("confirmed", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job this worker may draw and send now."""

    site_id: str
    id: str
    slip: dict[str, Any]
    data: bytes | None
    attempts: int
    preset: str
    transport: str
    address: str


def printer_of(session: Session, site_id: str, stall_id: str) -> Printer | None:
    """The stall's own printer, else the site's shared one; None when there is neither."""
    mine = select(Printer).where(Printer.site_id == site_id)
    own = session.scalars(mine.where(Printer.stall_id == stall_id).order_by(Printer.id)).first()
    return own or session.scalars(mine.where(Printer.stall_id.is_(None)).order_by(Printer.id)).first()


def queue(tx: Transaction, stall_id: str, kind: str, subject_id: str, slip: Slip, copy_no: int = 1) -> str | None:
    """Write a job down inside the verb's own write; its id, or None where the stall has no printer."""
    printer = printer_of(tx.session, tx.node.id, stall_id)
    if printer is None:
        return None
    marked = slip if copy_no == 1 else slips.reprinted(slip, copy_no, tx.now)
    row = PrintJob(site_id=tx.node.id, id=tx.id(), created_at=tx.now, stall_id=stall_id, printer_id=printer.id)
    row.kind, row.subject_id, row.copy_no = kind, subject_id, copy_no
    row.slip, row.state, row.next_at = slips.to_json(marked), "queued", tx.now
    tx.session.add(row)
    tx.session.flush()
    return row.id


def printers_waiting(node: Node, now: datetime) -> list[str]:
    """Printers with a job due."""
    with node.db.read() as session:
        due = select(PrintJob.printer_id).where(
            PrintJob.site_id == node.id, PrintJob.state == "queued", PrintJob.next_at <= now
        )
        return list(session.scalars(due.distinct()))


def recover(node: Node, now: datetime) -> int:
    """After a start: what was being sent when the power went may be on paper or not; ask. Answers how many."""
    with node.write(node.machine("printing"), now) as tx:
        cut = update(PrintJob).where(PrintJob.site_id == node.id, PrintJob.state == "sending")
        rows = tx.session.execute(cut.values(state="sent_unconfirmed", lease_until=None).returning(PrintJob.id)).all()
        for (job_id,) in rows:
            tx.audit("print_unsure", f"print_job:{job_id}", {"why": "restart"})
        return len(rows)


def print_next(node: Node, printer_id: str, owner: str, now: datetime) -> str | None:
    """Draw and send the printer's oldest due job; answers the state it ended in, None when nothing was due."""
    drawer, transport = node.ports.drawer, node.ports.transport
    if drawer is None or transport is None:
        return None
    job = _claim(node, printer_id, owner, now)
    if job is None:
        return None
    if job.data is None:
        try:
            data = drawer.draw(slips.from_json(job.slip), job.preset, process_number(job.id))
        except (Invalid, Misconfigured) as error:
            return _end(node, job, "failed", 0, 500, error.detail, now)
        except Unavailable as error:
            return _end(node, job, "queued", 0, 500, error.detail, now)
    else:
        data = job.data
    if not _start(node, job, data, owner, now):
        return None
    sent = transport(job.transport, job.address).send(data, job.id)
    state = {"confirmed": "confirmed", "sent_unconfirmed": "sent_unconfirmed", "failed": "queued"}[sent.outcome]
    if state == "queued" and sent.bytes_sent:
        state = "sent_unconfirmed"
    return _end(node, job, state, sent.bytes_sent, sent.status, sent.detail, now)


def process_number(job_id: str) -> int:
    """The number by which the printer confirms this job, 1–9999 (Epson TM: GS ( H)."""
    return int(job_id[-6:], 16) % 9999 + 1


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
        where = (printer.preset, printer.transport, printer.address)
        return Claimed(row.site_id, row.id, dict(row.slip), row.data, row.attempts, *where)


def _start(node: Node, job: Claimed, data: bytes, owner: str, now: datetime) -> bool:
    """Journal the attempt: from here on nobody may say that no byte went out."""
    with node.write(node.machine("printing"), now) as tx:
        mine = (PrintJob.site_id == job.site_id, PrintJob.id == job.id, PrintJob.state == "queued")
        started = tx.session.execute(
            update(PrintJob)
            .where(*mine, PrintJob.lease_owner == owner)
            .values(state="sending", data=data, attempts=PrintJob.attempts + 1)
            .returning(PrintJob.id)
        ).all()
        return bool(started)


def _end(node: Node, job: Claimed, state: str, count: int, status: int, detail: str, now: datetime) -> str:
    with node.write(node.machine("printing"), now) as tx:
        row = tx.session.get_one(PrintJob, (job.site_id, job.id), with_for_update=True)
        attempt = PrintAttempt(site_id=row.site_id, id=tx.id(), created_at=now, stall_id=row.stall_id, job_id=row.id)
        attempt.number, attempt.bytes_sent, attempt.outcome = max(row.attempts, 1), count, state
        attempt.status, attempt.detail, attempt.ended_at = status, detail[:300], now
        tx.session.add(attempt)
        row.state, row.lease_until, row.lease_owner = state, None, None
        if state == "queued":
            row.next_at = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.attempts, 5))
        if state in ENDED:
            row.data = None
        printer = tx.session.get_one(Printer, (node.id, row.printer_id))
        printer.status, printer.status_at = status, now
        if state == "confirmed":
            printer.last_confirmed_at = now
        tx.audit("print", f"print_job:{row.id}", {"state": state, "bytes": count, "status": status}, row.stall_id)
        return state


def listed(node: Node, who: Actor) -> Answer:
    """The stall's jobs that are not settled, and the last ones that are; with their printers' words."""
    with node.db.read() as session:
        mine = select(PrintJob).where(PrintJob.site_id == who.site_id, PrintJob.stall_id == who.stall)
        unsure = (PrintJob.state == "sent_unconfirmed") & PrintJob.answered.is_(None)
        waiting = PrintJob.state.in_(("queued", "sending")) | unsure
        rows = [
            *session.scalars(mine.where(waiting).order_by(PrintJob.created_at).limit(200)),
            *session.scalars(mine.where(~waiting).order_by(PrintJob.created_at.desc()).limit(20)),
        ]
        printers = {row.id: row for row in session.scalars(select(Printer).where(Printer.site_id == node.id))}
        return {"jobs": [_told(row, printers.get(row.printer_id)) for row in rows]}


def answer(node: Node, who: Actor, job_id: str, printed: bool, now: datetime) -> Answer:
    """ "Phiếu đã ra chưa?": yes settles it, no queues a copy marked BẢN IN LẠI; asked once. ``{id, state, again}``."""
    with node.write(who, now) as tx:
        row = tx.owned(PrintJob, job_id, NO_JOB)
        if row.state != "sent_unconfirmed" or row.answered is not None:
            raise Conflict("print_settled", "Phiếu này đã được trả lời.")
        row.answered = "printed" if printed else "again"
        row.data = None
        again = None
        if printed:
            row.state = "confirmed"
        else:
            again = copy(tx, row)
        tx.audit("print_answered", f"print_job:{row.id}", {"printed": printed, "again": again})
        return tx.answer({"id": row.id, "state": row.state, "again": again})


def copy(tx: Transaction, row: PrintJob) -> str | None:
    """One more copy of a job's slip, marked and numbered."""
    same = select(PrintJob.copy_no).where(
        PrintJob.site_id == row.site_id, PrintJob.kind == row.kind, PrintJob.subject_id == row.subject_id
    )
    first = select(PrintJob).where(
        PrintJob.site_id == row.site_id,
        PrintJob.kind == row.kind,
        PrintJob.subject_id == row.subject_id,
        PrintJob.copy_no == 1,
    )
    original = tx.session.scalars(first.order_by(PrintJob.id)).first() if row.copy_no > 1 else row
    number = max(tx.session.scalars(same), default=1) + 1
    slip = slips.from_json((original or row).slip)
    return queue(tx, row.stall_id, row.kind, row.subject_id, slip, number)


def _told(row: PrintJob, printer: Printer | None) -> Answer:
    return {
        "id": row.id,
        "kind": row.kind,
        "subject_id": row.subject_id,
        "copy_no": row.copy_no,
        "state": row.state,
        "answered": row.answered,
        "attempts": row.attempts,
        "queued_at": row.created_at.isoformat(),
        "printer": printer.name if printer is not None else None,
        "printer_status": printer.status if printer is not None else None,
    }
