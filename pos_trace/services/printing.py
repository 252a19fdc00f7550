"""What people and verbs do with printing: queue a slip, see what waits, answer "Phiếu đã ra chưa?", ask for a copy."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core import slips
from pos_trace.core.errors import Conflict
from pos_trace.core.slips import Slip
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Printer, PrintJob

NO_JOB = "Không tìm thấy phiếu in này."
NO_PRINTER = "Sạp chưa có máy in. Chưa in gì."


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
        again = None if printed else copy(tx, row)[0]
        row.answered, row.data = "printed" if printed else "again", None
        if printed:
            row.state = "confirmed"
        tx.audit("print_answered", f"print_job:{row.id}", {"printed": printed, "again": again})
        return tx.answer({"id": row.id, "state": row.state, "again": again})


def copy(tx: Transaction, row: PrintJob) -> tuple[str, int]:
    """One more copy of what ``row`` printed, marked and numbered: its job and its number.

    Raises ``Conflict`` where the stall has no printer. A delivery's two slips are two papers, each counted by itself.
    """
    slip = _unmarked(row)
    same = select(PrintJob).where(
        PrintJob.site_id == row.site_id, PrintJob.kind == row.kind, PrintJob.subject_id == row.subject_id
    )
    number = max(job.copy_no for job in tx.session.scalars(same) if _unmarked(job) == slip) + 1
    made = queue(tx, row.stall_id, row.kind, row.subject_id, slip, number)
    if made is None:
        raise Conflict("no_printer", NO_PRINTER)
    return made, number


def _unmarked(row: PrintJob) -> Slip:
    """The slip of ``row`` without the line that marks a copy."""
    slip = slips.from_json(row.slip)
    return slip if row.copy_no == 1 else Slip(slip.kind, slip.blocks[1:])


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
