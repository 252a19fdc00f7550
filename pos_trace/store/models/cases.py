"""Cases as append-only events by two authors, the goods they are about, evidence, reporters apart."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import Owned, StallOwned, parent
from pos_trace.store.types import Dong, Id, Json, Quantity, UtcDateTime


class Case(StallOwned, Base):
    """The cached fold of its events (``state`` …), for lists; the events are the truth."""

    __tablename__ = "case_file"
    state: Mapped[str] = mapped_column(String(20), index=True)
    origin: Mapped[str] = mapped_column(String(20), default="automatic")
    reason: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    supplier_name: Mapped[str | None] = mapped_column(String(200))
    agency_id: Mapped[str | None] = mapped_column(Id, index=True)
    agency_name: Mapped[str | None] = mapped_column(String(200))
    assigned_to: Mapped[str | None] = mapped_column(Id, index=True)
    ack_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    outcome: Mapped[str | None] = mapped_column(String(20))
    origin_finding: Mapped[str | None] = mapped_column(String(20))
    due_on: Mapped[date | None]
    value_dong: Mapped[int | None] = mapped_column(Dong)
    value_source: Mapped[str | None] = mapped_column(String(20))
    vehicle_plate: Mapped[str | None] = mapped_column(String(20), index=True)
    goods_group: Mapped[str | None] = mapped_column(String(40))
    notice_due_on: Mapped[date | None]
    notice_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseEventRow(Owned, Base):
    """One event, stored unchanged as its author wrote it. ``feed_seq`` orders what this node serves to others."""

    __tablename__ = "case_event"
    case_id: Mapped[str] = mapped_column(Id)
    node: Mapped[str] = mapped_column(String(20))
    seq: Mapped[int] = mapped_column(Integer)
    after: Mapped[int] = mapped_column(Integer)
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    sha256: Mapped[str] = mapped_column(String(64))
    feed_seq: Mapped[int | None] = mapped_column(BigInteger, index=True)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (Index("ux_case_event_author", "site_id", "case_id", "node", "seq", unique=True),)


class CaseLine(StallOwned, Base):
    """Goods a case is about."""

    __tablename__ = "case_line"
    case_id: Mapped[str] = mapped_column(Id, index=True)
    line_id: Mapped[str | None] = mapped_column(Id, index=True)
    lot_id: Mapped[str | None] = mapped_column(Id)
    key: Mapped[str | None] = mapped_column(String(400), index=True)
    goods_name: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(20))
    __table_args__ = (parent("case_id", "case_file"),)


class Evidence(StallOwned, Base):
    """A file or statement in a case, numbered in order of receipt (bút lục)."""

    __tablename__ = "evidence"
    case_id: Mapped[str] = mapped_column(Id, index=True)
    number: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(40))
    caption: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    __table_args__ = (parent("case_id", "case_file"),)


class ReporterIdentity(Owned, Base):
    """Who reported in person, apart from the case; every look is an AccessEntry.

    ``subject`` feedback: ``case_id`` is the id of a shopper's feedback; None or case: of a case.
    """

    __tablename__ = "reporter_identity"
    case_id: Mapped[str] = mapped_column(Id, index=True)
    name: Mapped[str | None] = mapped_column(String(200))
    contact: Mapped[str | None] = mapped_column(String(200))
    consent: Mapped[str | None] = mapped_column(String(200))
    subject: Mapped[str | None] = mapped_column(String(20))


class CaseDraft(Owned, Base):
    """A conclusion that waits for a second pair of eyes. ``state``: proposed | approved | sent_back."""

    __tablename__ = "case_draft"
    case_site_id: Mapped[str] = mapped_column(Id)
    case_id: Mapped[str] = mapped_column(Id, index=True)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(20), default="proposed")
    proposed_by: Mapped[str] = mapped_column(Id)
    decided_by: Mapped[str | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remark: Mapped[str | None] = mapped_column(String(500))


class Hold(Owned, Base):
    """A legal hold: this subject may not be deleted."""

    __tablename__ = "legal_hold"
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(Id, index=True)
    reason: Mapped[str] = mapped_column(String(300))
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
