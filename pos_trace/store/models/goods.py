"""Receiving: parties, products, arrivals, deliveries, scans, lines, papers, photos, verdicts, flags."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import Owned, StallOwned, parent
from pos_trace.store.types import Dong, Id, Json, Quantity, UtcDateTime


class Party(StallOwned, Base):
    """A supplier or business buyer as one stall knows it (``kind``: supplier | buyer); no phone, no consumer.

    ``nickname``: as the market says it ("Chị Ba xe cam"); ``gln`` of a buyer's own stall.
    """

    __tablename__ = "party"
    kind: Mapped[str] = mapped_column(String(20), default="supplier")
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(200), index=True)
    gln: Mapped[str | None] = mapped_column(String(13))
    nickname: Mapped[str | None] = mapped_column(String(120))
    nickname_folded: Mapped[str | None] = mapped_column(String(120))
    merged_into: Mapped[str | None] = mapped_column(Id)


class Product(StallOwned, Base):
    """What a stall sells. ``content_kg``: kilograms of one unit, remembered from the last time.

    ``unit_price`` is of one ``price_unit`` (None: of ``unit``): as set, else as last sold.
    ``unit_contents``: what the stall says one unit holds, {"chục": {"count": "12", "unit": "quả"}}.
    """

    __tablename__ = "product"
    name: Mapped[str] = mapped_column(String(300))
    folded: Mapped[str] = mapped_column(String(300), index=True)
    sku: Mapped[str | None] = mapped_column(String(64))
    barcode: Mapped[str | None] = mapped_column(String(64))
    goods_group: Mapped[str | None] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(20), default="kg")
    content_kg: Mapped[Decimal | None] = mapped_column(Quantity)
    unit_price: Mapped[int | None] = mapped_column(Dong)
    price_unit: Mapped[str | None] = mapped_column(String(20))
    unit_contents: Mapped[dict[str, Any] | None] = mapped_column(Json)
    __table_args__ = (
        Index("ix_product_barcode", "site_id", "stall_id", "barcode"),
        Index("ux_product_sku", "site_id", "stall_id", "sku", unique=True),
    )


class SupplierGoods(StallOwned, Base):
    """What one supplier usually brings of one product: unit, kilograms of one, the last quantity ("giống hôm qua")."""

    __tablename__ = "supplier_goods"
    party_id: Mapped[str] = mapped_column(Id)
    product_id: Mapped[str] = mapped_column(Id)
    unit: Mapped[str] = mapped_column(String(20))
    content_kg: Mapped[Decimal | None] = mapped_column(Quantity)
    usual: Mapped[Decimal | None] = mapped_column(Quantity)
    last_quantity: Mapped[Decimal] = mapped_column(Quantity)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    times: Mapped[int] = mapped_column(Integer, default=1)
    __table_args__ = (
        parent("party_id", "party"),
        parent("product_id", "product"),
        Index("ux_supplier_goods", "site_id", "stall_id", "party_id", "product_id", "unit", unique=True),
    )


class VehicleArrival(Owned, Base):
    """A truck at the gate, shared by the site's stalls."""

    __tablename__ = "vehicle_arrival"
    plate: Mapped[str] = mapped_column(String(20), index=True)
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Delivery(StallOwned, Base):
    """Goods handed over at once. ``state``: open | closed | cancelled; ``closed_by``: person | machine.

    ``supplier_id`` None: only the driver is known, whose goods they are is not. ``transfer_id``: filled by a slip.
    """

    __tablename__ = "delivery"
    number: Mapped[str | None] = mapped_column(String(40))
    supplier_id: Mapped[str | None] = mapped_column(Id)
    supplier_name: Mapped[str] = mapped_column(String(200))
    vehicle_plate: Mapped[str | None] = mapped_column(String(20))
    arrival_id: Mapped[str | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(20), default="open", index=True)
    last_scan_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(20))
    opened_by: Mapped[str | None] = mapped_column(Id)
    practice: Mapped[bool] = mapped_column(Boolean, default=False)
    transfer_id: Mapped[str | None] = mapped_column(Id, index=True)


class Scan(StallOwned, Base):
    """One reading as it came. ``outcome`` and ``parsed`` are what ``codes.parse`` said of ``text``."""

    __tablename__ = "scan"
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(20))
    key: Mapped[str | None] = mapped_column(String(400), index=True)
    serial: Mapped[str | None] = mapped_column(String(80))
    parsed: Mapped[dict[str, Any]] = mapped_column(Json)
    delivery_id: Mapped[str | None] = mapped_column(Id, index=True)
    user_id: Mapped[str | None] = mapped_column(Id)
    device_id: Mapped[str | None] = mapped_column(Id)
    photo_sha256: Mapped[str | None] = mapped_column(String(64))


class DeliveryLine(StallOwned, Base):
    """What was declared, accepted and refused of one lot. ``state``: open | accepted | refused | cancelled |
    moved (it was another stall's).

    ``asked_group``, ``asked_gtin``: what the receiver said the goods are, whatever the label turned out to be.
    """

    __tablename__ = "delivery_line"
    delivery_id: Mapped[str] = mapped_column(Id, index=True)
    position: Mapped[int] = mapped_column(Integer)
    scan_id: Mapped[str | None] = mapped_column(Id)
    product_id: Mapped[str | None] = mapped_column(Id)
    goods_name: Mapped[str] = mapped_column(String(300))
    goods_group: Mapped[str | None] = mapped_column(String(40))
    key: Mapped[str | None] = mapped_column(String(400), index=True)
    gtin: Mapped[str | None] = mapped_column(String(14))
    lot: Mapped[str | None] = mapped_column(String(80))
    expiry: Mapped[date | None]
    produced: Mapped[date | None]
    best_before: Mapped[date | None]
    unit: Mapped[str] = mapped_column(String(20))
    content_kg: Mapped[Decimal | None] = mapped_column(Quantity)
    declared: Mapped[Decimal] = mapped_column(Quantity)
    refused: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    refuse_reason: Mapped[str | None] = mapped_column(String(200))
    unit_price: Mapped[int | None] = mapped_column(Dong)
    state: Mapped[str] = mapped_column(String(20), default="accepted")
    verdict_id: Mapped[str | None] = mapped_column(Id)
    asked_group: Mapped[str | None] = mapped_column(String(40))
    asked_gtin: Mapped[str | None] = mapped_column(String(14))
    __table_args__ = (parent("delivery_id", "delivery"),)

    @property
    def accepted(self) -> Decimal:
        """What entered stock: declared less refused."""
        return self.declared - self.refused


class Paper(StallOwned, Base):
    """A paper that came with goods, or later: kind, number, date, issuer, photos.

    ``stated_kg``: the kilograms written on it, against which the sum of what it serves is held.
    ``same_truck``: the answer to "Cùng chuyến xe?", given at ``same_truck_at``, None while nobody asked or answered.
    ``goods_group``: the goods a
    truck's paper names, None: any.
    """

    __tablename__ = "paper"
    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[str | None] = mapped_column(String(80))
    issued_on: Mapped[date | None]
    issuer: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(500))
    stated_kg: Mapped[Decimal | None] = mapped_column(Quantity)
    same_truck: Mapped[bool | None] = mapped_column(Boolean)
    same_truck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    goods_group: Mapped[str | None] = mapped_column(String(40))
    added_by: Mapped[str | None] = mapped_column(Id)


class PaperLink(StallOwned, Base):
    """A paper serves a line, a whole delivery or a vehicle's arrival."""

    __tablename__ = "paper_link"
    paper_id: Mapped[str] = mapped_column(Id, index=True)
    line_id: Mapped[str | None] = mapped_column(Id, index=True)
    delivery_id: Mapped[str | None] = mapped_column(Id, index=True)
    arrival_id: Mapped[str | None] = mapped_column(Id, index=True)
    __table_args__ = (parent("paper_id", "paper"),)


class Photo(StallOwned, Base):
    """A picture in ``files/`` by SHA-256, EXIF removed; of a paper, a line or a delivery.

    ``covers_id``: the photo this one is sent in place of, parts of it painted over.
    """

    __tablename__ = "photo"
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int] = mapped_column(Integer)
    paper_id: Mapped[str | None] = mapped_column(Id, index=True)
    line_id: Mapped[str | None] = mapped_column(Id, index=True)
    delivery_id: Mapped[str | None] = mapped_column(Id, index=True)
    quality: Mapped[str | None] = mapped_column(String(20))
    taken_by: Mapped[str | None] = mapped_column(Id)
    covers_id: Mapped[str | None] = mapped_column(Id, index=True)


class VerdictRow(StallOwned, Base):
    """One run of ``decide``, never changed: judgements, reasons, the records' version and age."""

    __tablename__ = "verdict"
    line_id: Mapped[str | None] = mapped_column(Id, index=True)
    scan_id: Mapped[str | None] = mapped_column(Id, index=True)
    status: Mapped[str] = mapped_column(String(20))
    stock_state: Mapped[str] = mapped_column(String(20))
    judgements: Mapped[dict[str, str]] = mapped_column(Json)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    records_version: Mapped[int] = mapped_column(Integer, default=0)
    records_as_of: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rules_version: Mapped[str] = mapped_column(String(40))
    cause: Mapped[str] = mapped_column(String(40), default="scan")


class Flag(StallOwned, Base):
    """A line that needs an answer. ``state``: open | answered | refused | held | sent | cancelled.

    ``later_by``: "Giấy đến sau", when the papers were promised for; ``reminded_at``: when the owner was reminded.
    """

    __tablename__ = "flag"
    line_id: Mapped[str] = mapped_column(Id, index=True)
    reason: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[str] = mapped_column(String(20), default="open", index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    case_id: Mapped[str | None] = mapped_column(Id, index=True)
    later_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (parent("line_id", "delivery_line"),)


class DeskCheck(Owned, Base):
    """Papers of one day picked by the province at random: a line is picked when its hash with ``seed`` falls below
    ``share`` (thousandths). The seed is told after the day, so nobody can prepare for it.
    """

    __tablename__ = "desk_check"
    day: Mapped[date]
    share: Mapped[int] = mapped_column(Integer)
    seed: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer, default=0)
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    drawn_by: Mapped[str | None] = mapped_column(String(80))
