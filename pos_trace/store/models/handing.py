"""What a stall hands over: a shift to the next person, a day to the evening, a bundle to an inspector."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import StallOwned
from pos_trace.store.types import Id, Json, UtcDateTime


class HandOver(StallOwned, Base):
    """Giao ca: what lay open when one person gave the stall to another; both tap. ``state``: offered | taken."""

    __tablename__ = "hand_over"
    from_user: Mapped[str] = mapped_column(Id)
    to_user: Mapped[str | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(20), default="offered")
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DayEnd(StallOwned, Base):
    """PHIẾU CHỐT NGÀY of one stall and day, as it was printed."""

    __tablename__ = "day_end"
    day: Mapped[date]
    number: Mapped[str] = mapped_column(String(40))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    __table_args__ = (Index("ux_day_end", "site_id", "stall_id", "day", unique=True),)


class Presentation(StallOwned, Base):
    """A signed bundle the trader showed of one period or lot, by an own tap."""

    __tablename__ = "presentation"
    subject: Mapped[str] = mapped_column(String(20))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    sha256: Mapped[str] = mapped_column(String(64))
    shown_to: Mapped[str | None] = mapped_column(String(200))
    ground: Mapped[str | None] = mapped_column(String(200))
    made_by: Mapped[str | None] = mapped_column(Id)
