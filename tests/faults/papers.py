"""What came out of the printer against what the spool says of it."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core import slips
from pos_trace.hardware.drawing import draw_and_encode
from pos_trace.hardware.paper import preset
from pos_trace.store.models import PrintJob, Sale
from tests.faults.ledger import Found

MARK = "BẢN IN LẠI"


def drawn(job: PrintJob, made: dict[str, str]) -> str:
    """SHA-256 of the bytes of a job's slip, drawn here once more; drawing is the same every time."""
    if job.id not in made:
        made[job.id] = hashlib.sha256(draw_and_encode(slips.from_json(job.slip), preset("generic-80"))).hexdigest()
    return made[job.id]


def check_papers(session: Session, papers: Sequence[str], made: dict[str, str]) -> Found:
    """``confirmed`` is on paper once; unsure is on paper at most once and was offered; nothing else is.

    ``papers``: hashes of the jobs the printer has printed. Every second copy carries the mark.
    """
    found, counts = Found(), Counter(papers)
    jobs = list(session.scalars(select(PrintJob)))
    for job in jobs:
        printed = counts.pop(drawn(job, made), 0)
        told = f"{job.kind} {job.id[-6:]} copy {job.copy_no}"
        sure = job.state == "confirmed" and job.answered is None
        if sure and printed == 0:
            found.lost.append(f"{told}: confirmed, but no paper came out")
        if printed > 1:
            found.doubled.append(f"{told}: printed ×{printed}")
        if job.state in ("failed", "cancelled"):
            found.wrong.append(f"{told}: {job.state}")
        marked = any(MARK in block.text for block in slips.from_json(job.slip).blocks)
        if marked != (job.copy_no > 1):
            found.wrong.append(f"{told}: {MARK} stands there {marked}")
    found.wrong += [f"{count} papers nobody asked for" for count in counts.values() if count]
    return found


def check_receipts(session: Session, papers: Sequence[str], made: dict[str, str]) -> Found:
    """Once every question is answered and every copy is out: each sale has its receipt on paper."""
    found, out = Found(), set(papers)
    jobs = list(session.scalars(select(PrintJob).where(PrintJob.kind == "receipt")))
    on_paper = {job.subject_id for job in jobs if drawn(job, made) in out}
    found.lost += [f"receipt of sale {sale}" for sale in session.scalars(select(Sale.id)) if sale not in on_paper]
    return found


def unsure(session: Session) -> list[PrintJob]:
    """Jobs of which nobody knows whether they are on paper: the ones a person is asked about."""
    asked = select(PrintJob).where(PrintJob.state == "sent_unconfirmed", PrintJob.answered.is_(None))
    return list(session.scalars(asked))
