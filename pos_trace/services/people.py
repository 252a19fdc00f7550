"""People and their secrets: somebody added, a PIN of one's own or one the office gives, where somebody works."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session as Db

from pos_trace.core.errors import FieldError, Invalid, Unauthorised
from pos_trace.services import accounts, log_in_tries
from pos_trace.services.node import Transaction
from pos_trace.store.models import Membership, Session, User

GIVEN_LASTS: Final = timedelta(days=7)
TO_CHANGE: Final = Unauthorised(
    "pin_to_change", "Mã PIN này do ban quản lý chợ cấp, chỉ dùng một lần. Nhập lại mã đó và đặt mã PIN mới của mình."
)
GIVEN_OVER: Final = Unauthorised("pin_over", "Mã PIN này đã quá 7 ngày. Nhờ ban quản lý chợ cấp mã khác.")


def add_user(
    tx: Transaction, login: str, name: str, secret: str, kind: str, places: list[tuple[str, str, str]]
) -> User:
    """Add a person with memberships ``(role, "stall"|"agency"|"site", id)``; ``kind`` pin (4–6 digits) | password."""
    if kind == "pin":
        check_pin(secret)
    if kind == "password" and len(secret) < 8:
        raise Invalid("password_short", "Mật khẩu phải có ít nhất 8 ký tự.")
    user = User(site_id=tx.node.id, id=tx.id(), created_at=tx.now, login=login, name=name)
    user.secret_kind = kind
    user.secret_hash = accounts.hash_secret(secret, tx.node.signing_key)
    tx.session.add(user)
    tx.session.flush()
    for role, where, place in places:
        row = Membership(site_id=tx.node.id, id=tx.id(), created_at=tx.now, user_id=user.id, role=role)
        row.stall_id = place if where == "stall" else None
        row.agency_id = place if where == "agency" else None
        tx.session.add(row)
    tx.audit("user_added", f"user:{user.id}", {"login": login, "roles": [p[0] for p in places]})
    return user


def check_pin(pin: str, pointer: str = "/pin") -> None:
    """Raises ``Invalid`` unless ``pin`` is four to six digits."""
    if not (pin.isascii() and pin.isdecimal() and 4 <= len(pin) <= 6):
        raise Invalid("pin_invalid", "Mã PIN phải có 4 đến 6 chữ số.", (FieldError(pointer, "invalid"),))


def set_pin(tx: Transaction, user: User, hashed: str, *, given: bool, act: str, stall_id: str | None = None) -> None:
    """Another PIN, already hashed; the old one and its log-ins end, whoever was locked out may try again.

    ``given``: the office made it, so it opens nothing but the way to one of the person's own. Somebody's own log-in
    stays when they change the PIN themselves.
    """
    user.secret_hash, user.secret_kind = hashed, "pin"
    user.pin_given_at = tx.now if given else None
    log_in_tries.forget(tx, user)
    if user.id != tx.who.id:
        mine = select(Session).where(Session.site_id == tx.node.id, Session.user_id == user.id)
        for row in tx.session.scalars(mine.where(Session.ended_at.is_(None))):
            row.ended_at = tx.now
    tx.audit(act, f"user:{user.id}", {"login": user.login, "given": given}, stall_id)


def check_given(user: User, new_pin: str | None, old_pin: str, now: datetime) -> bool:
    """Whether ``user``'s right PIN is one the office gave, so that ``new_pin`` takes its place.

    Raises ``Unauthorised`` when it is and no new one is told, or when it is older than a week; ``Invalid`` for a new
    one that is no PIN or the same again.
    """
    if user.pin_given_at is None:
        return False
    if user.pin_given_at + GIVEN_LASTS <= now:
        raise GIVEN_OVER
    if new_pin is None:
        raise TO_CHANGE
    check_pin(new_pin, "/new_pin")
    if new_pin == old_pin:
        raise Invalid("pin_same", "Mã PIN mới phải khác mã được cấp.", (FieldError("/new_pin", "same"),))
    return True


def living(now: datetime) -> ColumnElement[bool]:
    """What makes a ``Membership`` count at ``now``."""
    return Membership.ends_at.is_(None) | (Membership.ends_at > now)


def places_of(session: Db, user: User, now: datetime) -> list[Membership]:
    """Everywhere ``user`` works now: stalls, the site (both None), authorities."""
    mine = select(Membership).where(Membership.site_id == user.site_id, Membership.user_id == user.id, living(now))
    return list(session.scalars(mine.order_by(Membership.id)))
