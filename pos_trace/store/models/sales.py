"""Sales, their lines, which lots they took, receipts, stop-sale log."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import StallOwned, parent
from pos_trace.store.types import Dong, Id, Json, Quantity, UtcDateTime


class Sale(StallOwned, Base):
    """One sale or return. ``external_id`` with its till is the till's own name for it."""

    __tablename__ = "sale"
    kind: Mapped[str] = mapped_column(String(20), default="sale")
    external_id: Mapped[str] = mapped_column(String(120))
    till: Mapped[str] = mapped_column(String(80), default="")
    cashier: Mapped[str | None] = mapped_column(String(80))
    receipt_no: Mapped[str] = mapped_column(String(80))
    sold_at: Mapped[datetime] = mapped_column(UtcDateTime)
    total: Mapped[int | None] = mapped_column(Dong)
    body_sha256: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(Json)
    practice: Mapped[bool] = mapped_column(Boolean, default=False)
    returned_sale_id: Mapped[str | None] = mapped_column(Id)
    recall_id: Mapped[str | None] = mapped_column(String(80))
    __table_args__ = (Index("ux_sale_external_id", "site_id", "stall_id", "till", "external_id", unique=True),)


class SaleLine(StallOwned, Base):
    """One sold line; without a price (or quantity) when the stall gave none."""

    __tablename__ = "sale_line"
    sale_id: Mapped[str] = mapped_column(Id, index=True)
    line_no: Mapped[int] = mapped_column(Integer)
    product_id: Mapped[str | None] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(300))
    quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    unit: Mapped[str | None] = mapped_column(String(20))
    unit_price: Mapped[int | None] = mapped_column(Dong)
    amount: Mapped[int | None] = mapped_column(Dong)
    estimated: Mapped[bool] = mapped_column(Boolean, default=False)
    lot_source: Mapped[str] = mapped_column(String(20))
    verdict: Mapped[str | None] = mapped_column(String(20))
    key: Mapped[str | None] = mapped_column(String(400))
    __table_args__ = (parent("sale_id", "sale"),)


class LotAllocation(StallOwned, Base):
    """What a sold line took of a lot; ``lot_id`` None is a shortfall ("bán vượt sổ").

    ``unit``: what ``quantity`` counts, which is the lots' unit and not always the line's; None in old rows.
    """

    __tablename__ = "lot_allocation"
    sale_line_id: Mapped[str] = mapped_column(Id, index=True)
    lot_id: Mapped[str | None] = mapped_column(Id, index=True)
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    certainty: Mapped[str] = mapped_column(String(20))
    candidates: Mapped[list[str]] = mapped_column(Json, default=list)
    settled_by: Mapped[str | None] = mapped_column(Id)
    unit: Mapped[str | None] = mapped_column(String(20))
    __table_args__ = (parent("sale_line_id", "sale_line"),)


class Receipt(StallOwned, Base):
    """The paper of a sale; the same token on every copy."""

    __tablename__ = "receipt"
    sale_id: Mapped[str] = mapped_column(Id, index=True)
    token: Mapped[str] = mapped_column(String(20), unique=True)
    short_code: Mapped[str] = mapped_column(String(10), index=True)
    copies: Mapped[int] = mapped_column(Integer, default=1)
    keep_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (parent("sale_id", "sale"),)


class StopSale(StallOwned, Base):
    """A refused, alarmed or allowed sale of a held or blocked lot (stop-sale log). ``kind``: check | sold | recall |
    recall_done (the stall says its goods are off the shelf) | override.
    """

    __tablename__ = "stop_sale"
    lot_id: Mapped[str | None] = mapped_column(Id, index=True)
    key: Mapped[str | None] = mapped_column(String(400))
    kind: Mapped[str] = mapped_column(String(20))
    recall_id: Mapped[str | None] = mapped_column(String(80))
    sale_id: Mapped[str | None] = mapped_column(Id)
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
