"""Provincial facts on every node: lots, facilities, certificates, recalls, and how far each feed was read."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import Owned
from pos_trace.store.types import Json, Quantity, UtcDateTime


class LotRecordRow(Base):
    """One lot (CONTRACTS, lot line). ``status_reason``: why the desk last changed its status; never published."""

    __tablename__ = "lot_record"
    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    gtin: Mapped[str | None] = mapped_column(String(14))
    lot: Mapped[str | None] = mapped_column(String(80))
    serial: Mapped[str | None] = mapped_column(String(80))
    scheme: Mapped[str | None] = mapped_column(String(40))
    product_name: Mapped[str] = mapped_column(String(300))
    product_group: Mapped[str | None] = mapped_column(String(40))
    brand: Mapped[str | None] = mapped_column(String(200))
    image_url: Mapped[str | None] = mapped_column(String(400))
    facility_id: Mapped[str] = mapped_column(String(80), index=True)
    origin_country: Mapped[str | None] = mapped_column(String(3))
    origin_place: Mapped[str | None] = mapped_column(String(300))
    production_place_gln: Mapped[str | None] = mapped_column(String(13))
    planting_area_code: Mapped[str | None] = mapped_column(String(80))
    production_date: Mapped[date | None]
    harvest_date: Mapped[date | None]
    pack_date: Mapped[date | None]
    best_before: Mapped[date | None]
    expiry_date: Mapped[date | None]
    net_quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    unit: Mapped[str | None] = mapped_column(String(20))
    standards: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    events: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    importer: Mapped[dict[str, str] | None] = mapped_column(Json)
    status: Mapped[str] = mapped_column(String(20))
    recall_id: Mapped[str | None] = mapped_column(String(80))
    own_status: Mapped[str | None] = mapped_column(String(20))
    status_reason: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (Index("ix_lot_record_gtin_lot", "gtin", "lot"), Index("ix_lot_record_version", "version"))


class FacilityRow(Base):
    """A producer, packer, slaughterhouse or importer (CONTRACTS, facility line). ``status_reason``: never published."""

    __tablename__ = "facility"
    facility_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    type: Mapped[str] = mapped_column(String(60), default="")
    is_individual: Mapped[bool] = mapped_column(Boolean, default=False)
    business_code: Mapped[str | None] = mapped_column(String(40))
    tax_code: Mapped[str | None] = mapped_column(String(40))
    gln: Mapped[str | None] = mapped_column(String(13))
    address: Mapped[str | None] = mapped_column(String(400))
    commune: Mapped[str | None] = mapped_column(String(120))
    province: Mapped[str | None] = mapped_column(String(120))
    trace_system: Mapped[str | None] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(20), default="active")
    status_reason: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column(BigInteger, index=True)


class CertificateRow(Base):
    """A certificate of a facility; replaced as a set when the facility's line changes."""

    __tablename__ = "certificate"
    facility_id: Mapped[str] = mapped_column(ForeignKey("facility.facility_id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    number: Mapped[str | None] = mapped_column(String(80))
    issuer: Mapped[str | None] = mapped_column(String(200))
    issued: Mapped[date | None]
    expires: Mapped[date | None]


class RecallRow(Base):
    """A recall notice (CONTRACTS, recall line)."""

    __tablename__ = "recall"
    recall_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    gtin: Mapped[str | None] = mapped_column(String(14))
    reason: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issuer: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(40), default="")
    instructions: Mapped[str] = mapped_column(Text, default="")
    collect_at: Mapped[list[str]] = mapped_column(Json, default=list)
    status: Mapped[str] = mapped_column(String(20), default="active")
    version: Mapped[int] = mapped_column(BigInteger, index=True)


class RecallLot(Base):
    """One lot a recall names: by key, or by GTIN and lot (then ``key`` is ``01/<gtin>/10/<lot>``)."""

    __tablename__ = "recall_lot"
    recall_id: Mapped[str] = mapped_column(ForeignKey("recall.recall_id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(400), primary_key=True, index=True)


class StationRow(Base):
    """A station of the province with its Ed25519 key and its stalls, so that its slips can be checked offline.

    ``stalls``: [{id, number, name, gln, commune}]. Apart from Site and Stall: those are the node's own places.
    """

    __tablename__ = "station"
    station_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    public_key: Mapped[str] = mapped_column(String(64))
    gln: Mapped[str | None] = mapped_column(String(13))
    commune: Mapped[str | None] = mapped_column(String(120))
    stalls: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    version: Mapped[int] = mapped_column(BigInteger, index=True)


class FeedCursor(Owned, Base):
    """How far a feed was read (``name``: changes | case_events | recalls) and when it last answered."""

    __tablename__ = "feed_cursor"
    name: Mapped[str] = mapped_column(String(40), unique=True)
    cursor: Mapped[int] = mapped_column(BigInteger, default=0)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str | None] = mapped_column(String(200))


class RecordsFile(Owned, Base):
    """An immutable ``records-<seq>.db`` built from a signed snapshot."""

    __tablename__ = "records_file"
    seq: Mapped[int] = mapped_column(BigInteger)
    path: Mapped[str] = mapped_column(String(400))
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int] = mapped_column(BigInteger)
    manifest: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class VersionCounter(Base):
    """The province's rising version: one row a name, locked to take the next number."""

    __tablename__ = "version_counter"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, default=0)
