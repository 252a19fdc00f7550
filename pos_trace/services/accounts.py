"""Devices, keys and sessions: who acts, proven by possession and a secret."""

import hashlib
import hmac
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session as Db

from pos_trace.core import roles
from pos_trace.core.errors import NotFound, Unauthorised
from pos_trace.core.text import clean
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import ApiKey, Device, EnrolmentCode, Membership, Session, Stall, User

ABSOLUTE = timedelta(hours=14)
TOUCH_EVERY = timedelta(minutes=1)
SCRYPT = {"n": 2**14, "r": 8, "p": 1}
DEVICE_LOCKED = Unauthorised("device_locked", "Máy này đã bị chủ sạp khóa. Đăng ký lại bằng thẻ mới của sạp.")
WRONG = Unauthorised("wrong_login", "Tên hoặc mã PIN chưa đúng.")


def digest(token: str) -> str:
    """SHA-256 of a random token: enough for tokens of 128 bits and more (ASVS 6.5.2)."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_secret(secret: str, pepper: bytes) -> str:
    """scrypt of a PIN or password, with the node's key as pepper, so a copied database gives up no PIN."""
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_scrypt(secret, pepper, salt)}"


def secret_matches(secret: str, stored: str | None, pepper: bytes) -> bool:
    """Constant-time check; a user without a secret matches nothing but costs the same."""
    parts = (stored or "").split("$")
    salt = bytes.fromhex(parts[1]) if len(parts) == 3 else b"\0" * 16
    expected = parts[2] if len(parts) == 3 else ""
    return hmac.compare_digest(_scrypt(secret, pepper, salt), expected)


def _scrypt(secret: str, pepper: bytes, salt: bytes) -> str:
    keyed = hmac.digest(pepper or b"pos_trace", secret.encode(), "sha256")
    return hashlib.scrypt(keyed, salt=salt, maxmem=64 * 2**20, **SCRYPT).hex()


def new_key(tx: Transaction, name: str, scopes: frozenset[str], **places: str | None) -> str:
    """Make a bearer key ``ptk_<id>_<secret>``; only its hash is kept, so it is shown this once."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    row = ApiKey(site_id=tx.node.id, id=tx.id(), created_at=tx.now, prefix=prefix, name=name, scopes=sorted(scopes))
    row.secret_sha256 = digest(secret)
    for place, value in places.items():
        setattr(row, place, value)
    tx.session.add(row)
    tx.audit("key_made", f"api_key:{row.id}", {"name": name, "scopes": sorted(scopes)})
    return f"ptk_{prefix}_{secret}"


def actor_of_key(node: Node, token: str, now: datetime) -> Actor:
    """The actor behind a bearer key or an enrolled device's token; raises ``Unauthorised``."""
    refused = Unauthorised("unauthorised", "Khóa API không đúng hoặc đã bị thu lại.")
    parts = token.split("_", 2)
    with node.db.read() as session:
        if token.startswith("ptd_"):
            return actor_of_device(session, node, token, refused)
        if len(parts) != 3 or parts[0] != "ptk":
            raise refused
        key = session.scalars(select(ApiKey).where(ApiKey.prefix == parts[1])).first()
        if key is None or not hmac.compare_digest(key.secret_sha256, digest(parts[2])):
            raise refused
        if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
            raise refused
        site = key.station_site_id or key.site_id
        return Actor("key", key.id, key.name, site, key.stall_id, permissions=frozenset(key.scopes), till=key.till_id)


def actor_of_device(session: Db, node: Node, token: str, refused: Unauthorised) -> Actor:
    """The enrolled phone behind a device token; raises ``refused``, or that its owner locked it."""
    device = session.scalars(select(Device).where(Device.token_sha256 == digest(token))).first()
    if device is None:
        raise refused
    if device.locked_at is not None:
        raise DEVICE_LOCKED
    return Actor("device", device.id, device.name, node.id, device.stall_id, device_id=device.id)


def device_locked(node: Node, token: str) -> bool:
    """Whether the owner locked the phone that holds this device token."""
    with node.db.read() as session:
        known = select(Device.id).where(Device.token_sha256 == digest(token), Device.locked_at.is_not(None))
        return session.scalars(known).first() is not None


def actor_of_session(node: Node, token: str, now: datetime) -> Actor | None:
    """The person behind a browser session, or None when it ended, idled out or its device was locked."""
    with node.db.read() as session:
        row = session.scalars(select(Session).where(Session.token_sha256 == digest(token))).first()
        if row is None or row.ended_at is not None or row.expires_at <= now or row.last_used_at + ABSOLUTE <= now:
            return None
        user = session.get(User, (row.site_id, row.user_id))
        if user is None or not user.active or not _device_good(session, row):
            return None
        found = person(session, node, user, row.stall_id, row.device_id, now)
        return replace(found, locked=_idle(node, row, now), seen_at=row.last_used_at)


def _idle(node: Node, row: Session, now: datetime) -> bool:
    """Whether a shared phone's screen is locked: by a tap, or nobody touched it for ``idle_lock``."""
    if row.device_id is None:
        return False
    return row.locked_at is not None or row.last_used_at + node.policy.clocks.idle_lock <= now


def touched(node: Node, who: Actor, token: str, now: datetime, idle_s: float = 0.0) -> None:
    """``who`` used this session ``idle_s`` seconds ago; written at most once in ``TOUCH_EVERY``, before the verb."""
    at = now - timedelta(seconds=min(max(idle_s, 0.0), ABSOLUTE.total_seconds()))
    if who.seen_at is None or who.seen_at + TOUCH_EVERY > at:
        return
    with node.write(node.machine("touch"), now) as tx:
        row = tx.session.scalars(select(Session).where(Session.token_sha256 == digest(token))).first()
        if row is not None and row.last_used_at < at:
            row.last_used_at = at


def _device_good(session: Db, row: Session) -> bool:
    if row.device_id is None:
        return True
    device = session.get(Device, (row.site_id, row.device_id))
    return device is not None and device.locked_at is None


def person(session: Db, node: Node, user: User, stall_id: str | None, device_id: str | None, now: datetime) -> Actor:
    """``user`` as they act at a stall, with the roles they hold there and at the site."""
    memberships = session.scalars(
        select(Membership).where(Membership.site_id == node.id, Membership.user_id == user.id)
    ).all()
    held = frozenset(
        m.role
        for m in memberships
        if (m.ends_at is None or m.ends_at > now) and (m.stall_id is None or m.stall_id == stall_id)
    )
    return Actor("user", user.id, user.name, node.id, stall_id, held, roles.permissions(held), device_id)


def people_of_device(node: Node, device_token: str) -> Answer:
    """The names to tap on an enrolled device: ``{stall, people:[{login, name}]}``; raises ``Unauthorised``."""
    refused = Unauthorised("device_unknown", "Máy này chưa được đăng ký cho sạp nào.")
    with node.db.read() as session:
        actor = actor_of_device(session, node, device_token, refused)
        stall = session.get(Stall, (node.id, actor.stall))
        users = session.scalars(
            select(User)
            .join(Membership, (Membership.user_id == User.id) & (Membership.site_id == User.site_id))
            .where(User.site_id == node.id, User.active, Membership.stall_id == actor.stall)
            .where(Membership.ends_at.is_(None))
            .order_by(User.name)
            .distinct()
        ).all()
        name = stall.name if stall else ""
        return {"stall": name, "device": actor.name, "people": [{"login": u.login, "name": u.name} for u in users]}


def new_code(tx: Transaction, kind: str, stall_id: str | None, lasts: timedelta) -> str:
    """A one-time enrolment code of 10 signs that no keyboard mangles, carried by paper."""
    alphabet = "0123456789BCFGHJKLMNPQRSTVXZ"
    code = "".join(secrets.choice(alphabet) for _ in range(10))
    row = EnrolmentCode(site_id=tx.node.id, id=tx.id(), created_at=tx.now, kind=kind, stall_id=stall_id)
    row.code_sha256, row.expires_at = digest(code), tx.now + lasts
    tx.session.add(row)
    return code


def use_code(tx: Transaction, kind: str, code: str) -> EnrolmentCode:
    """The unused, unexpired code of ``kind``, now used; raises ``NotFound``."""
    known = EnrolmentCode.code_sha256 == digest(code.strip().upper())
    row = tx.session.scalars(select(EnrolmentCode).where(known, EnrolmentCode.kind == kind)).first()
    if row is None or row.used_at is not None or row.expires_at <= tx.now:
        raise NotFound("code_unknown", "Mã đăng ký không đúng, đã dùng hoặc đã hết hạn.")
    row.used_at = tx.now
    return row


def enrol_device(node: Node, code: str, name: str, now: datetime) -> Answer:
    """Turn a stall's one-time code into a device token ``ptd_…``, shown once: ``{device_token, stall_id}``."""
    token = f"ptd_{secrets.token_urlsafe(32)}"
    with node.write(node.machine("enrolment"), now) as tx:
        used = use_code(tx, "device", code)
        if used.stall_id is None:
            raise NotFound("code_unknown", "Mã đăng ký không thuộc sạp nào.")
        row = Device(site_id=node.id, id=tx.id(), created_at=now, stall_id=used.stall_id, name=clean(name, 80) or "Máy")
        row.token_sha256, row.queue_count, row.last_seen_at = digest(token), 0, now
        tx.session.add(row)
        tx.audit("device_enrolled", f"device:{row.id}", {"name": row.name}, used.stall_id)
        return tx.answer({"device_token": token, "device_id": row.id, "stall_id": used.stall_id})
