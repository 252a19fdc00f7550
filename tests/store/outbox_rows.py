"""Short words for tests of the outbox: put, claim, and the four ways a message is settled."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pos_trace.store import outbox
from pos_trace.store.database import Database
from pos_trace.store.models import OutboxMessage
from pos_trace.store.outbox import Claimed
from tests.store.children import BEGIN, NODE, queue


def put(database: Database, *named: tuple[str, str], to: str = "department", at: datetime = BEGIN) -> None:
    with database.write() as session:
        for name, group in named:
            queue(session, name, group, name.encode(), to, at)


def claim(database: Database, at: datetime = BEGIN, owner: str = "w1") -> Claimed | None:
    with database.write() as session:
        return outbox.claim(session, NODE, owner, at)


def must_claim(database: Database, at: datetime = BEGIN, owner: str = "w1") -> Claimed:
    found = claim(database, at, owner)
    assert found is not None
    return found


def row(database: Database, name: str) -> OutboxMessage:
    with database.read() as session:
        return session.get_one(OutboxMessage, (NODE, name))


def drain(database: Database, at: datetime = BEGIN) -> list[str]:
    """Claim and finish until nothing is due."""
    names = []
    while (found := claim(database, at)) is not None:
        names.append(found.id)
        settle(database, done, found, at)
    return names


def settle(database: Database, how: Callable[..., bool], message: Claimed, at: datetime = BEGIN, **more: Any) -> bool:
    with database.write() as session:
        return how(session, message, at, **more)


def done(session: Any, message: Claimed, at: datetime) -> bool:
    return outbox.done(session, message, "200", {"ok": True}, at)


def dead(session: Any, message: Claimed, at: datetime) -> bool:
    return outbox.dead(session, message, "422 wrong", {"why": "wrong"})


def park(session: Any, message: Claimed, at: datetime) -> bool:
    return outbox.park(session, message, "401")


def retry(session: Any, message: Claimed, at: datetime, asked: float | None = None, luck: float = 0.5) -> bool:
    return outbox.retry(session, message, "timeout", asked, at, lambda: luck)
