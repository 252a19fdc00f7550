"""Requests already answered: looked up and stored inside the verb's own write (CONTRACTS: Idempotency-Key)."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import FieldError, Invalid
from pos_trace.store.models import IdempotencyKey

KEPT = timedelta(days=7)


class Replay(Exception):
    """This request was answered before: here is that answer, byte for byte."""

    def __init__(self, status: int, answer: bytes) -> None:
        super().__init__(f"replay of a {status} answer")
        self.status = status
        self.answer = answer


def check(session: Session, site_id: str, caller: str, route: str, key: str, body_sha256: str) -> None:
    """Raise ``Replay`` for the same key and body, ``Invalid`` for the same key with another body."""
    row = session.scalars(
        select(IdempotencyKey).where(
            IdempotencyKey.site_id == site_id,
            IdempotencyKey.caller == caller,
            IdempotencyKey.route == route,
            IdempotencyKey.key == key,
        )
    ).first()
    if row is None:
        return
    if row.body_sha256 != body_sha256:
        raise Invalid(
            "idempotency_key_reused",
            "Idempotency-Key này đã dùng cho một nội dung khác.",
            (FieldError("/", "idempotency_key_reused"),),
        )
    raise Replay(row.status, row.answer)


def store(
    session: Session,
    *,
    site_id: str,
    entry_id: str,
    caller: str,
    route: str,
    key: str,
    body_sha256: str,
    status: int,
    answer: bytes,
    now: datetime,
) -> None:
    """Keep an answer below 500 with the act it answers."""
    if status >= 500:
        raise ValueError("an answer of 5xx is never kept")
    row = IdempotencyKey(site_id=site_id, id=entry_id, created_at=now, key=key, caller=caller, route=route)
    row.body_sha256, row.status, row.answer = body_sha256, status, answer
    session.add(row)


def purge(session: Session, now: datetime) -> None:
    """Forget answers older than seven days."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEPT))
