"""What the shopper's page shows: the projection that left a station, and lots seen per day and site."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import Owned
from pos_trace.store.types import Id, Json, Quantity, UtcDateTime


class PublishedReceipt(Base):
    """A receipt without price, quantity or total: token, stall, hour."""

    __tablename__ = "published_receipt"
    token: Mapped[str] = mapped_column(String(20), primary_key=True)
    short_code: Mapped[str] = mapped_column(String(10), index=True)
    site_id: Mapped[str] = mapped_column(String(36))
    stall_gln: Mapped[str | None] = mapped_column(String(13))
    stall_name: Mapped[str] = mapped_column(String(200))
    sold_hour: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sha256: Mapped[str] = mapped_column(String(64))


class PublishedLine(Base):
    """One item of a published receipt: name, candidate lot keys, ``lot_source``, origin where no record is.

    ``lots_are``: one_of (None) | all_of (goods mixed of them) | of_day (a bundle). ``origins``: of lots without a
    record, where there are several.
    """

    __tablename__ = "published_line"
    token: Mapped[str] = mapped_column(ForeignKey("published_receipt.token"), primary_key=True)
    line_no: Mapped[int] = mapped_column(Integer, primary_key=True)
    product_name: Mapped[str] = mapped_column(String(300))
    lot_keys: Mapped[list[str]] = mapped_column(Json, default=list)
    lot_source: Mapped[str] = mapped_column(String(20))
    origin: Mapped[dict[str, Any] | None] = mapped_column(Json)
    origins: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    lots_are: Mapped[str | None] = mapped_column(String(10))


class LotSighting(Owned, Base):
    """Per day, site and lot key: kilograms received and the first scan's time.

    ``version``: a serial other sites told of too, published to all of them; on a station the rows it was told.
    ``lot_key``: the lot of a key with a serial, else the key; only at the province, which sums by it.
    """

    __tablename__ = "lot_sighting"
    day: Mapped[date]
    key: Mapped[str] = mapped_column(String(400), index=True)
    lot_key: Mapped[str | None] = mapped_column(String(400), index=True)
    received_kg: Mapped[Decimal] = mapped_column(Quantity)
    first_scan_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int | None] = mapped_column(BigInteger, index=True)


class LotTotal(Base):
    """A lot of which all sites together received more than it holds: kilograms, and how many sites, not which.

    ``version``: where two sites or more did, so that every station has to hear of it.
    """

    __tablename__ = "lot_total"
    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    received_kg: Mapped[Decimal] = mapped_column(Quantity)
    sites: Mapped[int]
    version: Mapped[int | None] = mapped_column(BigInteger, index=True)


class StallCard(Base):
    """What a stall's QR card shows today: open lots by receiving alone; no supplier unless the owner says so."""

    __tablename__ = "stall_card"
    token: Mapped[str] = mapped_column(String(20), primary_key=True)
    stall_gln: Mapped[str | None] = mapped_column(String(13), index=True)
    site_id: Mapped[str] = mapped_column(String(36))
    stall_name: Mapped[str] = mapped_column(String(200))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    as_of: Mapped[datetime] = mapped_column(UtcDateTime)
    open: Mapped[bool] = mapped_column(Boolean, default=True)


class Feedback(Owned, Base):
    """What a shopper told about a receipt ("Phản ánh thông tin"): information for the desk, never a case by itself.

    ``state``: new | read | linked (an inspector put it into the file of a case).
    """

    __tablename__ = "feedback"
    token: Mapped[str] = mapped_column(String(20), index=True)
    text: Mapped[str] = mapped_column(String(500))
    stall_gln: Mapped[str | None] = mapped_column(String(13))
    stall_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default="new")
    read_by: Mapped[str | None] = mapped_column(Id)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    case_site_id: Mapped[str | None] = mapped_column(Id)
    case_id: Mapped[str | None] = mapped_column(Id)
