"""The print spool: a job is here before its first byte leaves."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import StallOwned, parent
from pos_trace.store.types import Id, Json, UtcDateTime


class PrintJob(StallOwned, Base):
    """``state``: queued | sending | confirmed | sent_unconfirmed | failed | cancelled.

    ``slip`` is what stands on the paper; ``data`` the drawn bytes once a child process has made them.
    """

    __tablename__ = "print_job"
    printer_id: Mapped[str] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(Id, index=True)
    copy_no: Mapped[int] = mapped_column(Integer, default=1)
    slip: Mapped[dict[str, Any]] = mapped_column(Json)
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20), default="queued")
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    answered: Mapped[str | None] = mapped_column(String(20))
    __table_args__ = (Index("ix_print_job_waiting", "site_id", "printer_id", "state", "next_at"),)


class PrintAttempt(StallOwned, Base):
    """One try to send a job: how many bytes went, what the printer answered."""

    __tablename__ = "print_attempt"
    job_id: Mapped[str] = mapped_column(Id, index=True)
    number: Mapped[int] = mapped_column(Integer)
    bytes_sent: Mapped[int] = mapped_column(Integer, default=0)
    outcome: Mapped[str] = mapped_column(String(20))
    status: Mapped[int] = mapped_column(Integer, default=100)
    detail: Mapped[str | None] = mapped_column(String(300))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (parent("job_id", "print_job"),)
