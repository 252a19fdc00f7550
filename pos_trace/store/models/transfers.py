"""Goods that go to another stall or shop, and those that came from one, by a signed slip."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import StallOwned, parent
from pos_trace.store.types import Id, Json, Quantity, UtcDateTime


class Transfer(StallOwned, Base):
    """One PHIẾU GIAO HÀNG as one stall has it. ``kind``: sale | internal | correction; ``direction``: out | in;
    ``state``: sent | accepted | refused | cancelled | unanswered (a correction that came back by itself).

    ``codes``: the texts of its QR codes. ``from_station`` and ``from_number``: whose slip an incoming one is, so that
    the same slip scanned again is the same delivery. ``signature``: verified | unknown_key | unlisted | bad,
    of an incoming slip; ``lines``: of a correction the moved lines and the questions put off.
    """

    __tablename__ = "transfer"
    number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    buyer: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    state: Mapped[str] = mapped_column(String(20), default="sent")
    direction: Mapped[str | None] = mapped_column(String(10))
    other_stall_id: Mapped[str | None] = mapped_column(Id, index=True)
    other_transfer_id: Mapped[str | None] = mapped_column(Id)
    party_id: Mapped[str | None] = mapped_column(Id)
    delivery_id: Mapped[str | None] = mapped_column(Id, index=True)
    from_station: Mapped[str | None] = mapped_column(String(80))
    from_number: Mapped[str | None] = mapped_column(String(40))
    signature: Mapped[str | None] = mapped_column(String(20))
    codes: Mapped[list[str] | None] = mapped_column(Json)
    reason: Mapped[str | None] = mapped_column(String(300))
    made_by: Mapped[str | None] = mapped_column(Id)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (Index("ux_transfer_slip", "site_id", "stall_id", "from_station", "from_number", unique=True),)


class TransferLine(StallOwned, Base):
    """One line of a transfer: which lot it took, how much the buyer accepted, how much came back.

    ``shown``: whether the seller could show where the goods come from, by a record or by complete papers.
    """

    __tablename__ = "transfer_line"
    transfer_id: Mapped[str] = mapped_column(Id, index=True)
    position: Mapped[int] = mapped_column(Integer)
    lot_id: Mapped[str | None] = mapped_column(Id, index=True)
    key: Mapped[str | None] = mapped_column(String(400))
    name: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(20))
    accepted: Mapped[Decimal | None] = mapped_column(Quantity)
    returned: Mapped[Decimal | None] = mapped_column(Quantity)
    refuse_reason: Mapped[str | None] = mapped_column(String(200))
    paper_hashes: Mapped[list[str] | None] = mapped_column(Json)
    shown: Mapped[bool | None] = mapped_column(Boolean)
    __table_args__ = (parent("transfer_id", "transfer"),)
