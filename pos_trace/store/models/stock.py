"""Stock as a ledger: lots, what they were made of, movements, adjustments."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import StallOwned, parent
from pos_trace.store.types import Id, Json, Quantity, UtcDateTime


class StockLot(StallOwned, Base):
    """A received lot of one stall. ``on_hand`` is the cached sum of its movements, never negative.

    ``on_sale_since``: a counter said "Đang bán lô này", so the till follows it.
    """

    __tablename__ = "stock_lot"
    line_id: Mapped[str | None] = mapped_column(Id, index=True)
    product_id: Mapped[str] = mapped_column(Id, index=True)
    parent_lot_id: Mapped[str | None] = mapped_column(Id)
    key: Mapped[str | None] = mapped_column(String(400), index=True)
    label: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(20))
    on_hand: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    state: Mapped[str] = mapped_column(String(20), index=True)
    state_reason: Mapped[str | None] = mapped_column(String(40))
    held_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expiry: Mapped[date | None]
    harvested: Mapped[date | None]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    on_sale_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    origin: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    __table_args__ = (
        parent("product_id", "product"),
        CheckConstraint("on_hand >= 0", name="never_negative"),
        Index("ix_stock_lot_open", "site_id", "stall_id", "product_id", "state"),
    )


class StockMovement(StallOwned, Base):
    """One change of one lot's quantity. ``kind``: received | sold | returned | refused | wasted | adjusted | moved |
    transferred. ``subject`` of what was wasted says how: spoilt | gift | own_use | loss | shelf_life."""

    __tablename__ = "stock_movement"
    lot_id: Mapped[str] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(Id)
    __table_args__ = (parent("lot_id", "stock_lot"),)


class Adjustment(StallOwned, Base):
    """A numbered correction after closing (Phiếu điều chỉnh).

    A count says of which line's goods it differed, and by how much in the unit of the line's own lot (``found``); None
    where nobody can say, and where a closed lot was opened again.
    """

    __tablename__ = "adjustment"
    number: Mapped[str] = mapped_column(String(40))
    delivery_id: Mapped[str | None] = mapped_column(Id, index=True)
    line_id: Mapped[str | None] = mapped_column(Id)
    lot_id: Mapped[str | None] = mapped_column(Id)
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    found: Mapped[Decimal | None] = mapped_column(Quantity)
    found_line_id: Mapped[str | None] = mapped_column(Id, index=True)
    reason: Mapped[str] = mapped_column(String(300))
    made_by: Mapped[str | None] = mapped_column(Id)


class LotParent(StallOwned, Base):
    """What a merged lot was made of; of one parent ``StockLot.parent_lot_id`` says the same.

    ``state`` and ``state_reason``: what this parent's goods are by now; the child has the strictest of its parents'.
    """

    __tablename__ = "lot_parent"
    child_id: Mapped[str] = mapped_column(Id, index=True)
    parent_id: Mapped[str] = mapped_column(Id, index=True)
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    state: Mapped[str | None] = mapped_column(String(20))
    state_reason: Mapped[str | None] = mapped_column(String(40))
    __table_args__ = (parent("child_id", "stock_lot"),)
