"""A shared phone changes hands: lock its screen, open it by a PIN, send what somebody wrote under their own name.

What waits on the phone is sealed when it is written, with a key of the writer's log-in that leaves the page when the
screen is locked: HMAC-SHA256 over the SHA-256 of method, path, Idempotency-Key and body. So whoever has the phone next
can send what the writer wrote, and nothing else, under the writer's name.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from pos_trace.core.errors import Forbidden
from pos_trace.services import accounts, logging_in
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store.models import Session, User

WAITS_AT_MOST = timedelta(days=7)
CARRIED = frozenset({"receive", "papers"})
NOT_YOURS = Forbidden(
    "written_by_other",
    "Việc này người khác ghi trên máy này. Người đó đăng nhập lại thì máy tự gửi; hoặc làm lại dưới tên mình.",
)


def lock(node: Node, token: str, now: datetime) -> None:
    """Ask for the PIN from now on; the open delivery and what waits on the phone stay as they are."""
    with node.write(node.machine("screen"), now) as tx:
        row = tx.session.scalars(select(Session).where(Session.token_sha256 == accounts.digest(token))).first()
        if row is not None and row.device_id is not None and row.locked_at is None:
            row.locked_at = now
            tx.audit("screen_locked", f"user:{row.user_id}", {"device": row.device_id}, row.stall_id)


def enter(
    node: Node,
    login: str,
    pin: str,
    device_token: str | None,
    before: str | None,
    now: datetime,
    new_pin: str | None = None,
) -> Answer:
    """Open the screen as ``login``, the one who was here or another of the stall: a fresh session, the one ``before``
    ended. Answers ``log_in``'s words with ``id`` and ``permissions``; raises what ``log_in`` raises.
    """
    opened = logging_in.log_in(node, login, pin, device_token, now, new_pin)
    if before:
        logging_in.log_out(node, before, now)
    person = accounts.actor_of_session(node, opened["token"], now)
    found = sorted(person.permissions) if person else []
    return opened | {"id": person.id if person else "", "permissions": found, "seal": seal_key(opened["token"])}


def seal_key(token: str) -> str:
    """The key, in hex, with which the page of the log-in behind ``token`` seals what it writes."""
    return _seal_key(accounts.digest(token))


def _seal_key(token_sha256: str) -> str:
    return hashlib.sha256(f"written-by:{token_sha256}".encode()).hexdigest()


def acting_for(node: Node, who: Actor, user_id: str, seal: str, act: bytes, now: datetime) -> Actor:
    """``who`` sends what ``user_id`` wrote on this phone before it changed hands: it counts as theirs.

    Only when ``seal`` (hex) was made over ``act`` by one of their log-ins on this very phone within a week, and only
    with what they may do of receiving and papers, where things may wait on the phone. Raises ``Forbidden`` otherwise.
    """
    if who.kind != "user" or who.device_id is None:
        raise NOT_YOURS
    theirs = select(Session.token_sha256).where(
        Session.site_id == node.id,
        Session.user_id == user_id,
        Session.device_id == who.device_id,
        Session.created_at >= now - WAITS_AT_MOST,
    )
    with node.db.read() as session:
        user = session.get(User, (node.id, user_id))
        if user is None or not user.active or not _sealed(session.scalars(theirs), seal, act):
            raise NOT_YOURS
        writer = accounts.person(session, node, user, who.stall_id, who.device_id, now)
    return replace(writer, permissions=writer.permissions & CARRIED)


def _sealed(tokens: Iterable[str], seal: str, act: bytes) -> bool:
    """Whether one of these log-ins sealed ``act``; the act itself is hashed once, however many there are."""
    told, inner = seal.encode("ascii", "replace"), hashlib.sha256(act).hexdigest().encode()
    made = (hmac.digest(bytes.fromhex(_seal_key(token)), inner, "sha256").hex().encode() for token in tokens)
    return any(hmac.compare_digest(told, one) for one in made)
