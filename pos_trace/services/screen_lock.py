"""A shared phone changes hands: lock its screen, open it by a PIN, send what somebody wrote under their own name."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from pos_trace.core.errors import Forbidden
from pos_trace.services import accounts
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store.models import Session, User

WAITS_AT_MOST = timedelta(days=7)
CARRIED = frozenset({"receive", "papers", "stock"})


def lock(node: Node, token: str, now: datetime) -> None:
    """Ask for the PIN from now on; the open delivery and what waits on the phone stay as they are."""
    with node.write(node.machine("screen"), now) as tx:
        row = tx.session.scalars(select(Session).where(Session.token_sha256 == accounts.digest(token))).first()
        if row is not None and row.device_id is not None and row.locked_at is None:
            row.locked_at = now
            tx.audit("screen_locked", f"user:{row.user_id}", {"device": row.device_id}, row.stall_id)


def enter(node: Node, login: str, pin: str, device_token: str | None, before: str | None, now: datetime) -> Answer:
    """Open the screen as ``login``, the one who was here or another of the stall: a fresh session, the one ``before``
    ended. Answers ``log_in``'s words with ``id`` and ``permissions``; raises what ``log_in`` raises.
    """
    opened = accounts.log_in(node, login, pin, device_token, now)
    if before:
        accounts.log_out(node, before, now)
    person = accounts.actor_of_session(node, opened["token"], now)
    found = sorted(person.permissions) if person else []
    return opened | {"id": person.id if person else "", "permissions": found}


def acting_for(node: Node, who: Actor, user_id: str, now: datetime) -> Actor:
    """``who`` sends what ``user_id`` wrote on this phone before it changed hands: it counts as theirs.

    Only for somebody who was logged in on this very phone within a week, and only for receiving and papers, where
    things may wait on the phone. Raises ``Forbidden`` otherwise.
    """
    if user_id == who.id:
        return who
    refused = Forbidden("person_unknown", "Người đã ghi việc này không còn dùng máy này. Ghi lại dưới tên mình.")
    if who.kind != "user" or who.device_id is None:
        raise refused
    was_here = select(Session.id).where(
        Session.site_id == node.id,
        Session.user_id == user_id,
        Session.device_id == who.device_id,
        Session.created_at >= now - WAITS_AT_MOST,
    )
    with node.db.read() as session:
        user = session.get(User, (node.id, user_id))
        if user is None or not user.active or session.scalars(was_here.limit(1)).first() is None:
            raise refused
        writer = accounts.person(session, node, user, who.stall_id, who.device_id, now)
    return replace(writer, permissions=writer.permissions & CARRIED)
