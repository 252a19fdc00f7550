"""The outbox: what must reach another system, claimed by conditional update, tried with full jitter, never dropped."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from pos_trace.store.models import OutboxMessage

UNFINISHED = ("pending", "leased", "parked")
LEASE = timedelta(minutes=2)
CAP_S = 300.0
FIRST_S = 2.0
PATIENT_AFTER = timedelta(hours=24)
HOURLY_S = 3600.0
LONGEST_ASKED_S = 3600.0
GIVE_UP_AFTER = timedelta(days=21)
LEAST_TRIES = 25
FURTHEST = timedelta(seconds=2 * max(HOURLY_S, LONGEST_ASKED_S))  # no wait is longer: the clock went back


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message ``owner`` may send now, and nobody else until the lease ends."""

    site_id: str
    id: str
    owner: str
    destination: str
    kind: str
    body: bytes
    attempts: int


def enqueue(
    session: Session,
    *,
    site_id: str,
    message_id: str,
    stall_id: str | None,
    destination: str,
    kind: str,
    group: str,
    body: bytes,
    plain: str,
    now: datetime,
) -> OutboxMessage:
    """Add a frozen body behind the others of its ``group``; ``message_id`` is its idempotency key."""
    same = (OutboxMessage.site_id == site_id, OutboxMessage.destination == destination)
    last = session.scalar(select(func.max(OutboxMessage.seq)).where(*same, OutboxMessage.group_key == group))
    parked = session.scalars(select(OutboxMessage.id).where(*same, OutboxMessage.state == "parked").limit(1)).first()
    row = OutboxMessage(site_id=site_id, id=message_id, created_at=now, stall_id=stall_id, destination=destination)
    row.kind, row.group_key, row.seq, row.body = kind, group, (last or 0) + 1, body
    row.sha256, row.plain, row.next_at = hashlib.sha256(body).hexdigest(), plain[:500], now
    row.state = "parked" if parked else "pending"
    session.add(row)
    session.flush()
    return row


def claim(session: Session, site_id: str, owner: str, now: datetime) -> Claimed | None:
    """Lease the oldest due message whose group has nothing unfinished before it; None when nothing is due.

    A wait or lease further off than any we give out was written before the clock went back: it counts as over.
    """
    earlier = aliased(OutboxMessage)
    blocked = (
        select(earlier.id)
        .where(
            earlier.site_id == OutboxMessage.site_id,
            earlier.destination == OutboxMessage.destination,
            earlier.group_key == OutboxMessage.group_key,
            earlier.seq < OutboxMessage.seq,
            earlier.state.in_(UNFINISHED),
        )
        .exists()
    )
    free = (OutboxMessage.state == "pending") & _past(OutboxMessage.next_at, now, FURTHEST)
    expired = (OutboxMessage.state == "leased") & _past(OutboxMessage.lease_until, now, 2 * LEASE)
    due = select(OutboxMessage).where(OutboxMessage.site_id == site_id, free | expired, ~blocked)
    row = session.scalars(due.order_by(OutboxMessage.next_at, OutboxMessage.id).limit(1)).first()
    if row is None:
        return None
    taken = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.site_id == site_id, OutboxMessage.id == row.id, free | expired)
        .values(state="leased", lease_owner=owner, lease_until=now + LEASE, attempts=OutboxMessage.attempts + 1)
        .returning(OutboxMessage.attempts)
    ).scalar_one_or_none()
    if taken is None:
        return None
    return Claimed(site_id, row.id, owner, row.destination, row.kind, row.body, taken)


def _past(column: Any, now: datetime, furthest: timedelta) -> ColumnElement[bool]:
    return or_(column <= now, column > now + furthest)


def release(session: Session, site_id: str, now: datetime) -> int:
    """After a start: what was on its way when the power went goes again now, its id makes that harmless."""
    leased = update(OutboxMessage).where(OutboxMessage.site_id == site_id, OutboxMessage.state == "leased")
    freed = session.execute(leased.values(state="pending", lease_until=None, next_at=now).returning(OutboxMessage.id))
    return len(freed.all())


def done(session: Session, message: Claimed, status: str, answer: dict[str, Any], now: datetime) -> bool:
    """The other side has it. False, here and below: another worker holds the message now, nothing was changed."""
    row = _mine(session, message)
    if row is None:
        return False
    row.state, row.last_status, row.answer, row.done_at, row.lease_until = "done", status[:200], answer, now, None
    return True


def dead(session: Session, message: Claimed, status: str, answer: dict[str, Any]) -> bool:
    """The other side will never take it; kept for a person to decide."""
    row = _mine(session, message)
    if row is None:
        return False
    row.state, row.last_status, row.answer, row.lease_until = "dead", status[:200], answer, None
    return True


def given_up(session: Session, message: Claimed) -> bool:
    """Whether nobody will try ``message`` again."""
    return session.get_one(OutboxMessage, (message.site_id, message.id)).state == "dead"


def forget(session: Session, message: Claimed) -> None:
    """Keep that ``message`` was there and how it ended, but nothing of what it said."""
    row = session.get_one(OutboxMessage, (message.site_id, message.id))
    row.body, row.answer = b"{}", None
    row.sha256 = hashlib.sha256(row.body).hexdigest()


def retry(
    session: Session,
    message: Claimed,
    status: str,
    retry_after_s: float | None,
    now: datetime,
    random: Callable[[], float],
) -> bool:
    """We do not know whether it arrived: again later, or ``dead`` after 25 tries and 21 days.

    A message parked in the meantime stays parked.
    """
    row = _mine(session, message)
    if row is None:
        return False
    row.last_status, row.lease_until = status[:200], None
    if row.state != "leased":
        return True
    age = now - row.created_at
    if row.attempts >= LEAST_TRIES and age >= GIVE_UP_AFTER:
        row.state = "dead"
        return True
    row.state, row.next_at = "pending", now + timedelta(seconds=wait_s(row.attempts, age, retry_after_s, random()))
    return True


def wait_s(attempts: int, age: timedelta, retry_after_s: float | None, luck: float) -> float:
    """Full jitter ``U(0, min(300, 2·2ⁿ))``, hourly after a day; what the other side asked for is the least."""
    ceiling = HOURLY_S if age >= PATIENT_AFTER else min(CAP_S, FIRST_S * 2 ** min(attempts, 16))
    asked = min(retry_after_s or 0.0, LONGEST_ASKED_S)
    return max(asked, luck * ceiling)


def park(session: Session, message: Claimed, status: str) -> bool:
    """Our key is refused: nothing more goes to this destination until a person unparks it."""
    row = _mine(session, message)
    if row is None:
        return False
    row.last_status = status[:200]
    session.flush()
    waiting = OutboxMessage.state.in_(("pending", "leased"))
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.site_id == row.site_id, OutboxMessage.destination == row.destination, waiting)
        .values(state="parked", lease_until=None)
    )
    return True


def unpark(session: Session, site_id: str, destination: str, now: datetime) -> int:
    """Send again to ``destination``; answers how many messages wait."""
    freed = session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.site_id == site_id,
            OutboxMessage.destination == destination,
            OutboxMessage.state == "parked",
        )
        .values(state="pending", next_at=now)
        .returning(OutboxMessage.id)
    )
    return len(freed.all())


def counts(session: Session, site_id: str) -> dict[str, int]:
    """How many messages are in each state."""
    grouped = select(OutboxMessage.state, func.count()).where(OutboxMessage.site_id == site_id)
    return dict(session.execute(grouped.group_by(OutboxMessage.state)).all())


def _mine(session: Session, message: Claimed) -> OutboxMessage | None:
    """The row, unless its lease ran out and another worker took it, or it is settled already."""
    row = session.get_one(OutboxMessage, (message.site_id, message.id))
    return row if row.lease_owner == message.owner and row.state in UNFINISHED else None
