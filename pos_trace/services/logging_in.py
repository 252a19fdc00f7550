"""A log-in begins and ends: the right secret on the right machine, a given PIN exchanged for one's own on the way."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as Db

from pos_trace.core.errors import Forbidden
from pos_trace.services import accounts, log_in_tries, people
from pos_trace.services.accounts import ABSOLUTE, WRONG
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Session, User

DEVICE_NEEDED = Forbidden("device_needed", "Người này đăng nhập bằng mã PIN trên máy đã đăng ký của sạp.")


def log_in(
    node: Node, login: str, secret: str, device_token: str | None, now: datetime, new_pin: str | None = None
) -> Answer:
    """Start a session: a stall's person needs a PIN on a phone of a stall they work at, others a password anywhere.

    Answers ``{token, name, stall_id, roles}``. A PIN the office gave opens only together with ``new_pin``, which takes
    its place. Raises ``Unauthorised`` (wrong, ``pin_to_change``, ``pin_over``), ``Invalid`` (a new PIN that is none),
    ``Forbidden`` (not on this machine; no PIN is looked at, so none is guessed there), ``TooMany`` (``log_in_tries``).
    """
    with node.db.read() as session:
        user = session.scalars(select(User).where(User.site_id == node.id, User.login == login)).first()
        device = accounts.actor_of_device(session, node, device_token, WRONG) if device_token else None
        if user is not None and user.active:
            _here(session, node, user, device, now)
        stored = user.secret_hash if user else None
        log_in_tries.check(session, user, device.id if device else None, now)
    good = accounts.secret_matches(secret, stored, node.signing_key)
    if user is None or not user.active:
        raise WRONG
    changing = people.check_given(user, new_pin, secret, now) if good else False
    hashed = accounts.hash_secret(new_pin or "", node.signing_key) if changing else None
    return _settle(node, user.id, stored if good else None, hashed, device, now)


def _here(session: Db, node: Node, user: User, device: Actor | None, now: datetime) -> None:
    if user.secret_kind == "password":
        return
    if device is None or not accounts.person(session, node, user, device.stall_id, device.id, now).roles:
        raise DEVICE_NEEDED


def _settle(
    node: Node, user_id: str, matched: str | None, hashed: str | None, device: Actor | None, now: datetime
) -> Answer:
    """``matched``: the stored secret that was right (None: it was wrong); ``hashed``: the one that takes its place."""
    token = secrets.token_urlsafe(32)
    with node.write(node.machine("log-in"), now) as tx:
        user = tx.session.get_one(User, (node.id, user_id))
        good = matched is not None and user.secret_hash == matched
        if not good:
            log_in_tries.failed(tx, user, device.id if device else None)
        else:
            if hashed is not None:
                people.set_pin(tx, user, hashed, given=False, act="pin_changed")
            answer = _open_session(tx, user, device, token)
    if not good:
        raise WRONG
    return answer


def _open_session(tx: Transaction, user: User, device: Actor | None, token: str) -> Answer:
    stall_id = device.stall_id if device else None
    found = accounts.person(tx.session, tx.node, user, stall_id, device.id if device else None, tx.now)
    log_in_tries.passed(tx, user, found.device_id)
    row = Session(site_id=tx.node.id, id=tx.id(), created_at=tx.now, user_id=user.id)
    row.token_sha256 = accounts.digest(token)
    row.device_id, row.stall_id = found.device_id, stall_id
    row.expires_at, row.last_used_at = tx.now + ABSOLUTE, tx.now
    tx.session.add(row)
    tx.audit("logged_in", f"user:{user.id}", {"device": found.device_id}, stall_id)
    return {"token": token, "name": user.name, "stall_id": stall_id, "roles": sorted(found.roles)}


def log_out(node: Node, token: str, now: datetime) -> None:
    """End the session of ``token``; an unknown token ends nothing."""
    with node.write(node.machine("log-out"), now) as tx:
        row = tx.session.scalars(select(Session).where(Session.token_sha256 == accounts.digest(token))).first()
        if row is not None:
            row.ended_at = now
