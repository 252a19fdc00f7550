"""People and machines that may act: users, sessions, API keys, and who looked at what."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.base import Base
from pos_trace.store.models.mixins import Owned, parent
from pos_trace.store.types import Id, Json, UtcDateTime


class User(Owned, Base):
    """A person. ``secret_hash`` is of a PIN (stall staff) or a password (inspectors, site admins).

    ``failures``, ``locked_until``: wrong tries on machines this person never used; those of their own phones stand in
    ``LogInTry``. ``pin_given_at``: the office made this PIN; it opens nothing but the way to one of their own.
    """

    __tablename__ = "user_account"
    login: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    secret_hash: Mapped[str | None] = mapped_column(String(300))
    secret_kind: Mapped[str] = mapped_column(String(20), default="pin")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pin_given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (Index("ux_user_login", "site_id", "login", unique=True),)


class LogInTry(Owned, Base):
    """Wrong tries for one person on one phone that person has used before."""

    __tablename__ = "log_in_try"
    user_id: Mapped[str] = mapped_column(Id)
    device_id: Mapped[str] = mapped_column(Id)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        parent("user_id", "user_account"),
        Index("ux_log_in_try", "site_id", "user_id", "device_id", unique=True),
    )


class Session(Owned, Base):
    """A log-in that can be ended from here: the cookie holds a random token, this row its SHA-256."""

    __tablename__ = "session"
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(Id, index=True)
    device_id: Mapped[str | None] = mapped_column(Id)
    stall_id: Mapped[str | None] = mapped_column(Id)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (parent("user_id", "user_account"),)


class ApiKey(Owned, Base):
    """A bearer key, hashed; scoped to a stall (till or device) or, at the province, to a station."""

    __tablename__ = "api_key"
    prefix: Mapped[str] = mapped_column(String(12), unique=True)
    secret_sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    scopes: Mapped[list[str]] = mapped_column(Json, default=list)
    stall_id: Mapped[str | None] = mapped_column(Id, index=True)
    till_id: Mapped[str | None] = mapped_column(Id)
    station_site_id: Mapped[str | None] = mapped_column(Id)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccessEntry(Owned, Base):
    """Somebody looked at something of a stall (Ai đã xem). ``feed_seq``: its place in what the station is told."""

    __tablename__ = "access_entry"
    stall_id: Mapped[str | None] = mapped_column(Id, index=True)
    actor: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str | None] = mapped_column(String(80))
    ground: Mapped[str | None] = mapped_column(String(200))
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    feed_seq: Mapped[int | None] = mapped_column(BigInteger, index=True)
