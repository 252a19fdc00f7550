"""The register's desk: ranges of serials the province issued, and files of lots that wait for approval."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import Owned
from pos_trace.store.types import Id, Json, UtcDateTime


class SerialRange(Base):
    """Stamps or serials issued, first to last, for one lot (GTIN and lot), one product (GTIN) or one facility.

    ``status``: active | withdrawn (lost, spoilt, taken back). On every node, as lots are.
    """

    __tablename__ = "serial_range"
    range_id: Mapped[str] = mapped_column(Id, primary_key=True)
    gtin: Mapped[str | None] = mapped_column(String(14))
    lot: Mapped[str | None] = mapped_column(String(80))
    facility_id: Mapped[str | None] = mapped_column(String(80), index=True)
    first: Mapped[str] = mapped_column(String(40))
    last: Mapped[str] = mapped_column(String(40))
    issued_on: Mapped[date | None]
    issued_to: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20), default="active")
    version: Mapped[int] = mapped_column(BigInteger, index=True)
    __table_args__ = (Index("ix_serial_range_gtin", "gtin", "lot"),)


class LotFile(Owned, Base):
    """A file of lots somebody uploaded: ``lots`` wait to be approved, ``bad`` are the rows that could not be read.

    ``state``: waiting | approved | refused.
    """

    __tablename__ = "lot_file"
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(20))
    lots: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    errors: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    bad: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    ignored: Mapped[list[str]] = mapped_column(Json, default=list)
    sent_by: Mapped[str] = mapped_column(Id)
    sent_name: Mapped[str] = mapped_column(String(120))
    decided_name: Mapped[str | None] = mapped_column(String(120))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remark: Mapped[str | None] = mapped_column(String(500))
