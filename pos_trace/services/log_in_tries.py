"""Wrong PINs, counted per phone and person: nobody's tries elsewhere lock somebody out of the own phone.

A phone somebody was logged in on within ``KNOWN_FOR`` is known to be theirs and has a count of its own for them; all
other machines share one count per person. Each count: five tries, then 30 s, doubled to a quarter of an hour; the
right PIN clears it. So one person's PIN can be guessed at most 5 + 5 + 95 = 105 times a day on each known phone and
105 times on all others together, every one in the audit: of 10,000 PINs about 1 % a day, and only at a machine that
is enrolled for a stall this person works at.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as Db

from pos_trace.core.errors import TooMany
from pos_trace.services.node import Transaction
from pos_trace.store.models import LogInTry, Session, User

FREE_TRIES: Final = 5
FIRST_LOCK: Final = timedelta(seconds=30)
LONGEST_LOCK: Final = timedelta(minutes=15)
MOST_DOUBLINGS: Final = 5
KNOWN_FOR: Final = timedelta(days=90)


def check(session: Db, user: User | None, device_id: str | None, now: datetime) -> None:
    """Raise ``TooMany``, with the seconds to wait, while ``user`` is locked out on this machine."""
    if user is None:
        return
    known = device_id is not None and _known(session, user, device_id, now)
    count = _own(session, user, device_id) if known else user
    locked = count.locked_until if count is not None else None
    if locked is not None and locked > now:
        wait = int((locked - now).total_seconds()) + 1
        raise TooMany("locked_out", f"Nhập sai nhiều lần. Chờ {wait} giây rồi thử lại.", wait)


def failed(tx: Transaction, user: User, device_id: str | None) -> None:
    """One wrong secret more on this machine; after five of them the person waits there."""
    count: User | LogInTry = user
    if device_id is not None and _known(tx.session, user, device_id, tx.now):
        count = _own(tx.session, user, device_id) or _begin(tx, user, device_id)
    count.failures += 1
    if count.failures >= FREE_TRIES:
        doubled = min(count.failures - FREE_TRIES, MOST_DOUBLINGS)
        count.locked_until = tx.now + min(LONGEST_LOCK, FIRST_LOCK * 2**doubled)
    tx.audit("log_in_failed", f"user:{user.id}", {"failures": count.failures, "device": device_id})


def passed(tx: Transaction, user: User, device_id: str | None) -> None:
    """The right secret: this machine's count begins anew."""
    own = _own(tx.session, user, device_id)
    if own is not None:
        tx.session.delete(own)
    if device_id is None or not _known(tx.session, user, device_id, tx.now):
        user.failures, user.locked_until = 0, None


def forget(tx: Transaction, user: User) -> None:
    """A new secret: every count of this person begins anew."""
    user.failures, user.locked_until = 0, None
    tx.session.execute(delete(LogInTry).where(LogInTry.site_id == user.site_id, LogInTry.user_id == user.id))


def _known(session: Db, user: User, device_id: str, now: datetime) -> bool:
    mine = select(Session.id).where(Session.site_id == user.site_id, Session.user_id == user.id)
    mine = mine.where(Session.device_id == device_id, Session.created_at > now - KNOWN_FOR)
    return session.scalars(mine.limit(1)).first() is not None


def _own(session: Db, user: User, device_id: str | None) -> LogInTry | None:
    mine = select(LogInTry).where(LogInTry.site_id == user.site_id, LogInTry.user_id == user.id)
    return session.scalars(mine.where(LogInTry.device_id == device_id)).first() if device_id else None


def _begin(tx: Transaction, user: User, device_id: str) -> LogInTry:
    row = LogInTry(site_id=user.site_id, id=tx.id(), created_at=tx.now, user_id=user.id, device_id=device_id)
    row.failures = 0
    tx.session.add(row)
    return row
