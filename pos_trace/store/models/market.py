"""What the market's office counts by itself: gate log, stall-days; recalls it read aloud."""

from datetime import date, datetime

from sqlalchemy import Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import Owned
from pos_trace.store.types import Id, UtcDateTime


class GateEntry(Owned, Base):
    """Vehicles that came in for a stall (or several: None), counted at the gate or from suppliers' slips.

    ``source``: gate | supplier_slip. ``count``: how many arrivals this row stands for.
    """

    __tablename__ = "gate_entry"
    day: Mapped[date] = mapped_column(index=True)
    stall_id: Mapped[str | None] = mapped_column(Id, index=True)
    plate: Mapped[str | None] = mapped_column(String(20))
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    count: Mapped[int] = mapped_column(Integer, default=1)
    source: Mapped[str] = mapped_column(String(20), default="gate")
    note: Mapped[str | None] = mapped_column(String(200))
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_by: Mapped[str | None] = mapped_column(Id)


class StallDay(Owned, Base):
    """Whether a stall was open on a day, as the office saw it."""

    __tablename__ = "stall_day"
    day: Mapped[date]
    stall_id: Mapped[str] = mapped_column(Id, index=True)
    open: Mapped[bool] = mapped_column(Boolean)
    __table_args__ = (Index("ux_stall_day", "site_id", "day", "stall_id", unique=True),)


class RecallRead(Owned, Base):
    """The office read a recall aloud over the loudspeakers, at ``created_at``."""

    __tablename__ = "recall_read"
    recall_id: Mapped[str] = mapped_column(String(80), index=True)
    read_by: Mapped[str | None] = mapped_column(Id)
