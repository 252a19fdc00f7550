"""The audit chain: one a node, each entry hashed over the one before it; edits, deletions and swaps show."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.canonical import START, chain_hash
from pos_trace.store.models import AuditEntry, AuditHead
from pos_trace.store.types import jsonable, new_id

BATCH = 1000


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What ``verify`` found: how many entries, the head's hash, and the first thing wrong (Vietnamese) or None."""

    ok: bool
    entries: int
    head: str
    problem: str | None


def append(
    session: Session,
    *,
    site_id: str,
    stall_id: str | None,
    actor: str,
    act: str,
    subject: str,
    body: dict[str, Any],
    now: datetime,
) -> AuditEntry:
    """Add one entry inside the caller's write; ``body`` is kept as given, decimals and times as text."""
    head = session.get(AuditHead, site_id, with_for_update=True)
    if head is None:
        head = AuditHead(site_id=site_id, number=0, sha256=START)
        session.add(head)
    entry = AuditEntry(site_id=site_id, id=new_id(now), created_at=now, number=head.number + 1, stall_id=stall_id)
    entry.actor, entry.act, entry.subject, entry.body = actor, act, subject, jsonable(body)
    entry.previous = head.sha256
    entry.sha256 = _hash(entry)
    session.add(entry)
    head.number, head.sha256 = entry.number, entry.sha256
    session.flush()
    return entry


def _hash(entry: AuditEntry) -> str:
    return chain_hash(
        entry.previous,
        {
            "number": entry.number,
            "id": entry.id,
            "stall": entry.stall_id,
            "actor": entry.actor,
            "act": entry.act,
            "subject": entry.subject,
            "body": entry.body,
            "at": entry.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
        },
    )


def verify(session: Session, site_id: str, anchor: tuple[int, str] | None = None) -> AuditReport:
    """Walk the whole chain; ``anchor`` (number, hash) kept elsewhere also shows a cut-off end."""
    previous, number = START, 0
    for entry in _entries(session, site_id):
        number += 1
        if entry is None or not _follows(entry, number, previous):
            gone = entry is not None and entry.number != number
            problem = f"thiếu dòng {number} của nhật ký" if gone else f"dòng {number} của nhật ký đã bị sửa"
            return AuditReport(False, number - 1, previous, problem)
        previous = entry.sha256
        if anchor is not None and anchor[0] == number and anchor[1] != previous:
            return AuditReport(False, number, previous, f"dòng {number} không khớp mốc đã gửi đi")
    head = session.get(AuditHead, site_id)
    expected = (head.number, head.sha256) if head else (0, START)
    if expected != (number, previous) or (anchor is not None and anchor[0] > number):
        return AuditReport(False, number, previous, "cuối nhật ký đã bị cắt")
    return AuditReport(True, number, previous, None)


def _entries(session: Session, site_id: str) -> Iterator[AuditEntry | None]:
    """The chain in order, ``BATCH`` entries at a time; None for one that cannot even be read, then no more."""
    mine = select(AuditEntry).where(AuditEntry.site_id == site_id).order_by(AuditEntry.number)
    last, step = None, BATCH
    while True:
        try:
            part = list(session.scalars((mine if last is None else mine.where(AuditEntry.number > last)).limit(step)))
        except (TypeError, ValueError):
            if step == 1:
                yield None
                return
            step = 1  # one by one, to the very entry
            continue
        yield from part
        if len(part) < step:
            return
        last = part[-1].number


def _follows(entry: AuditEntry, number: int, previous: str) -> bool:
    if entry.number != number or entry.previous != previous:
        return False
    try:
        return entry.sha256 == _hash(entry)
    except (TypeError, ValueError):  # a body we would never have written
        return False
