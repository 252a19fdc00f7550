"""What must not be lost or doubled: outbox, idempotency keys, the audit chain, counters."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import Owned
from pos_trace.store.types import Id, Json, UtcDateTime


class OutboxMessage(Owned, Base):
    """Something that must reach another system, at least once. ``id`` is the event's id and idempotency key.

    ``state``: pending | leased | done | dead | parked. ``group_key``: order is kept inside one group only.
    ``body`` is frozen when written; ``plain`` says the same in words for the owner.
    """

    __tablename__ = "outbox_message"
    stall_id: Mapped[str | None] = mapped_column(Id, index=True)
    destination: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    group_key: Mapped[str] = mapped_column(String(80))
    seq: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    plain: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(20), default="pending")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    last_status: Mapped[str | None] = mapped_column(String(200))
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        Index("ix_outbox_waiting", "state", "next_at"),
        Index("ux_outbox_group_seq", "site_id", "destination", "group_key", "seq", unique=True),
    )


class IdempotencyKey(Owned, Base):
    """A request already answered, written in the verb's own transaction; kept at least seven days."""

    __tablename__ = "idempotency_key"
    key: Mapped[str] = mapped_column(String(255))
    caller: Mapped[str] = mapped_column(String(80))
    route: Mapped[str] = mapped_column(String(200))
    body_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer)
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (Index("ux_idempotency_key", "site_id", "caller", "route", "key", unique=True),)


class AuditEntry(Owned, Base):
    """One act, chained to the one before it by SHA-256."""

    __tablename__ = "audit_entry"
    number: Mapped[int] = mapped_column(BigInteger)
    stall_id: Mapped[str | None] = mapped_column(Id, index=True)
    actor: Mapped[str] = mapped_column(String(120))
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    previous: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ux_audit_number", "site_id", "number", unique=True),)


class AuditHead(Base):
    """The chain's last number and hash, one row a node."""

    __tablename__ = "audit_head"
    site_id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="0" * 64)


class Counter(Base):
    """The next number of a paper, per stall, kind and year."""

    __tablename__ = "counter"
    site_id: Mapped[str] = mapped_column(Id, primary_key=True)
    stall_id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    value: Mapped[int] = mapped_column(Integer, default=0)
