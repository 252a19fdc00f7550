"""Node: what a verb may reach. Actor: who asks. Transaction: the one write a verb may open.

A verb is ``def verb(node, who, args…, now) -> dict`` and answers a JSON-ready dict (decimals as strings,
times ISO). It calls ports before or after ``node.write``, never inside.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.orm import Session

from pos_trace.core.cases import Author
from pos_trace.core.errors import Forbidden, NotFound
from pos_trace.core.policy import Policy
from pos_trace.core.ports import Department, PageDrawer, PhotoReader, ProvinceFeed, RecordSource
from pos_trace.services import sealing
from pos_trace.store import audit, idempotency, outbox
from pos_trace.store.database import Database
from pos_trace.store.files import Files
from pos_trace.store.models import Stall
from pos_trace.store.models.mixins import Owned
from pos_trace.store.types import new_id

Answer = dict[str, Any]
Row = TypeVar("Row", bound=Owned)
LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Once:
    """An ``Idempotency-Key`` with its caller, route and the SHA-256 of the body it came with."""

    key: str
    caller: str
    route: str
    body_sha256: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person on a device, a till's key, a station, or the machine itself (``kind``).

    ``locked``: the screen waits for a PIN; until then this actor may do nothing. ``seen_at``: when the log-in was
    used last, as far as it is written down.
    """

    kind: str
    id: str
    name: str
    site_id: str
    stall_id: str | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    device_id: str | None = None
    till: str | None = None
    once: Once | None = None
    locked: bool = False
    seen_at: datetime | None = None

    @property
    def stall(self) -> str:
        """The stall acted for; ``Forbidden`` when the actor belongs to none."""
        if self.stall_id is None:
            raise Forbidden("no_stall", "Tài khoản này không thuộc sạp nào.")
        return self.stall_id

    def may(self, permission: str) -> bool:
        """Whether a route that asks for ``permission`` is open to this actor."""
        return permission in self.permissions


class TransportMaker(Protocol):
    """Opens the way to one printer."""

    def __call__(self, transport: str, address: str) -> Any:
        """An object with ``send(data, job_id)``."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside, or None where this node has none."""

    sources: tuple[RecordSource, ...] = ()
    feed: ProvinceFeed | None = None
    department: Department | None = None
    photos: PhotoReader | None = None
    drawer: PageDrawer | None = None
    transport: TransportMaker | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """Everything a verb may reach, built once by ``app.py``. ``id`` is also ``site_id`` of node-wide rows."""

    id: str
    role: Author
    db: Database
    files: Files
    policy: Policy
    ports: Ports = field(default_factory=Ports)
    public_base_url: str | None = None
    former_base_urls: tuple[str, ...] = ()
    demo: bool = False
    signing_key: bytes = b""
    random: Callable[[int], bytes] = os.urandom
    zone: ZoneInfo = LOCAL_ZONE

    @contextmanager
    def write(self, who: Actor, now: datetime) -> Iterator["Transaction"]:
        """The verb's one short transaction; a request already answered raises ``idempotency.Replay``."""
        with self.db.write() as session:
            self._check(session, who)
            yield Transaction(self, session, who, now)

    def answered_before(self, who: Actor) -> None:
        """Raise ``Replay`` for a request already answered, before its verb looks at what may have changed since."""
        if who.once is not None:
            with self.db.read() as session:
                self._check(session, who)

    def _check(self, session: Session, who: Actor) -> None:
        once = who.once
        if once is None:
            return
        try:
            idempotency.check(session, self.id, once.caller, once.route, once.key, once.body_sha256)
        except idempotency.Replay as before:
            answer = sealing.opened(self.signing_key, before.answer)
            raise idempotency.Replay(before.status, answer) from None

    def machine(self, name: str, stall_id: str | None = None) -> Actor:
        """The actor of work nobody asked for: beats, clocks, feeds."""
        return Actor("machine", name, name, self.id, stall_id)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One open write: rows, audit, outbox and the stored answer become true together."""

    node: Node
    session: Session
    who: Actor
    now: datetime
    numbers: Iterator[int] = field(default_factory=count)

    def id(self) -> str:
        """A fresh UUIDv7; those of one transaction sort as they were made."""
        return new_id(self.now, self.node.random, next(self.numbers))

    def audit(self, act: str, subject: str, body: Answer, stall_id: str | None = None) -> None:
        """Add ``act`` on ``subject`` ("delivery:<id>") to the chain; ``body`` holds no secret and no picture."""
        audit.append(
            self.session,
            site_id=self.node.id,
            stall_id=stall_id or self.who.stall_id,
            actor=f"{self.who.kind}:{self.who.id}",
            act=act,
            subject=subject,
            body=body,
            now=self.now,
        )

    def send(self, destination: str, kind: str, group: str, body: Answer, plain: str, stall_id: str | None) -> str:
        """Put a frozen body in the outbox; answers the message's id, which is its idempotency key."""
        message_id = self.id()
        outbox.enqueue(
            self.session,
            site_id=self.node.id,
            message_id=message_id,
            stall_id=stall_id,
            destination=destination,
            kind=kind,
            group=group,
            body=orjson.dumps(body, option=orjson.OPT_SORT_KEYS),
            plain=plain,
            now=self.now,
        )
        return message_id

    def answer(self, answer: Answer, status: int = 200, *, secret: bool = False) -> Answer:
        """Store ``answer`` under the request's idempotency key, if it came with one, and give it back.

        ``secret``: it holds a PIN or a code, so it is kept closed (``sealing``).
        """
        if self.who.once is not None:
            once, plain = self.who.once, orjson.dumps(answer)
            idempotency.store(
                self.session,
                site_id=self.node.id,
                entry_id=self.id(),
                caller=once.caller,
                route=once.route,
                key=once.key,
                body_sha256=once.body_sha256,
                status=status,
                answer=sealing.close(self.node.signing_key, plain) if secret else plain,
                now=self.now,
            )
        return answer

    def owned(self, model: type[Row], row_id: str, what: str = "Không tìm thấy.") -> Row:
        """The actor's own row, or NotFound: another stall's row and no row look the same."""
        return owned(self.session, self.who, model, row_id, what)


def owned(session: Session, who: Actor, model: type[Row], row_id: str, what: str = "Không tìm thấy.") -> Row:
    """Row ``(site, row_id)`` of ``model`` if the actor's stall owns it; ``NotFound`` otherwise."""
    row = session.get(model, (who.site_id, row_id))
    if row is None or getattr(row, "stall_id", who.stall_id) != who.stall_id:
        raise NotFound("not_found", what)
    return row


def stall_of(session: Session, who: Actor) -> Stall:
    """The stall the actor acts for."""
    stall = session.get(Stall, (who.site_id, who.stall))
    if stall is None:
        raise NotFound("not_found", "Không tìm thấy sạp.")
    return stall


def sha256(data: bytes) -> str:
    """Hex SHA-256, as stored beside bodies, photos and evidence."""
    return hashlib.sha256(data).hexdigest()
