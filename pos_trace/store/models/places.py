"""Who sells where: organisations, sites, stalls, tills, devices, printers, agencies, enrolment."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import Owned, StallOwned, parent
from pos_trace.store.types import Id, Json, UtcDateTime


class Organisation(Owned, Base):
    """A legal person; a supermarket is a site with one of them."""

    __tablename__ = "organisation"
    name: Mapped[str] = mapped_column(String(200))
    tax_code: Mapped[str | None] = mapped_column(String(32))


class Site(Owned, Base):
    """A market or shop run by an operator. ``kind``: market | supermarket | shop.

    ``quiet_from``, ``quiet_until``: "HH:MM" by the site's clock, when heavy work may run; None: as configured.
    """

    __tablename__ = "site"
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), default="market")
    gln: Mapped[str | None] = mapped_column(String(13))
    commune: Mapped[str | None] = mapped_column(String(120))
    operator_name: Mapped[str | None] = mapped_column(String(200))
    public_key: Mapped[str | None] = mapped_column(String(64))
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_until: Mapped[str | None] = mapped_column(String(5))


class Stall(Owned, Base):
    """A selling place. ``golive_date`` starts it, ``practice_until`` ends its practice period."""

    __tablename__ = "stall"
    number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[str | None] = mapped_column(Id)
    gln: Mapped[str | None] = mapped_column(String(13), index=True)
    commune: Mapped[str | None] = mapped_column(String(120))
    golive_date: Mapped[date | None]
    practice_until: Mapped[date | None]
    public_key: Mapped[str | None] = mapped_column(String(64))
    card_token: Mapped[str | None] = mapped_column(String(20), index=True)
    practice_ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    __table_args__ = (Index("ux_stall_number", "site_id", "number", unique=True),)


class Till(StallOwned, Base):
    """A place where sales are rung up, ours or a vendor's."""

    __tablename__ = "till"
    name: Mapped[str] = mapped_column(String(80))
    vendor: Mapped[str | None] = mapped_column(String(40))
    secret_sha256: Mapped[str | None] = mapped_column(String(64))


class Device(StallOwned, Base):
    """A phone or computer enrolled for a stall; ``token_sha256`` is its possession factor."""

    __tablename__ = "device"
    name: Mapped[str] = mapped_column(String(80))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    queue_count: Mapped[int] = mapped_column(Integer, default=0)
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    locked_by: Mapped[str | None] = mapped_column(Id)
    last_scan_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Printer(Owned, Base):
    """A printer of a stall (``stall_id``) or shared by the site (None)."""

    __tablename__ = "printer"
    stall_id: Mapped[str | None] = mapped_column(Id, index=True)
    name: Mapped[str] = mapped_column(String(80))
    preset: Mapped[str] = mapped_column(String(40))
    transport: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(400))
    status: Mapped[int] = mapped_column(Integer, default=100)
    status_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (Index("ux_printer_name", "site_id", "name", unique=True),)


class Agency(Owned, Base):
    """An authority with inspectors; routing decides which cases it sees."""

    __tablename__ = "agency"
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40), default="sct")
    area: Mapped[str | None] = mapped_column(String(200))


class EnrolmentCode(Owned, Base):
    """A one-time code: a station at the province (``kind`` station) or a device at a station (device)."""

    __tablename__ = "enrolment_code"
    kind: Mapped[str] = mapped_column(String(20))
    stall_id: Mapped[str | None] = mapped_column(Id)
    code_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(Text)


class Enrolment(Owned, Base):
    """What the province answered when this station enrolled: one row, kept by the station."""

    __tablename__ = "enrolment"
    station_id: Mapped[str] = mapped_column(Id)
    province_url: Mapped[str] = mapped_column(String(400))
    api_key: Mapped[str] = mapped_column(String(120))
    province_key_id: Mapped[str | None] = mapped_column(String(80))
    province_key: Mapped[str | None] = mapped_column(String(64))


class Membership(Owned, Base):
    """A user's role at a stall, a site or an agency (exactly one of the three places)."""

    __tablename__ = "membership"
    user_id: Mapped[str] = mapped_column(Id, index=True)
    role: Mapped[str] = mapped_column(String(30))
    stall_id: Mapped[str | None] = mapped_column(Id, index=True)
    agency_id: Mapped[str | None] = mapped_column(Id, index=True)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (parent("user_id", "user_account"),)
