"""Real second processes on the same database: each takes the database's URL and a pipe to its parent."""

import hashlib
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import update

from pos_trace.core.errors import PosTraceError
from pos_trace.store import audit, counters, idempotency, migrations, outbox
from pos_trace.store.database import Database
from pos_trace.store.files import Files
from pos_trace.store.models import Counter

NODE = "node"
BEGIN = datetime(2026, 11, 24, 19, 31, tzinfo=UTC)
PATIENCE_S = 30.0


@contextmanager
def child(work: Callable[..., None], *arguments: Any) -> Iterator[tuple[Connection, ForkServerProcess]]:
    """``work(pipe, *arguments)`` in a process of its own, forked from a server that has everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, *arguments))
    process.start()
    theirs.close()
    try:
        yield ours, process
    finally:
        process.kill()
        process.join(PATIENCE_S)
        process.close()
        ours.close()


def heard(pipe: Connection) -> Any:
    """What the child says next; a child that says nothing fails the test."""
    assert pipe.poll(PATIENCE_S), "the child said nothing"
    return pipe.recv()


def bump(pipe: Connection, url: str, times: int) -> None:
    """Read, then update, ``times``; says what went wrong or None."""
    database = Database(url, door_wait_s=PATIENCE_S)
    for _ in range(times):
        with database.write() as session:
            counters.next_number(session, NODE, "s", "paper", "2026")
    pipe.send(None)


def hold_door(pipe: Connection, url: str) -> None:
    """Stay inside a write until told to leave it: "in", then "out"."""
    with Database(url).write() as session:
        counters.next_number(session, NODE, "s", "held", "2026")
        pipe.send("in")
        pipe.recv()
    pipe.send("out")


def write_on(pipe: Connection, url: str) -> None:
    """One act after another, each of four rows in four tables; says the act's number only after its commit."""
    database = Database(url, door_wait_s=PATIENCE_S)
    number = 0
    while True:
        with database.write() as session:
            number = act(session)
        pipe.send(number)


def act(session: Any) -> int:
    """Counter, audit, outbox and idempotency key in one write; answers the act's number."""
    number = counters.next_number(session, NODE, "s", "act", "2026")
    body = b"%d" % number
    told = {"number": number}
    audit.append(
        session, site_id=NODE, stall_id="s", actor="user:u", act="acted", subject=f"act:{number}", body=told, now=BEGIN
    )
    queue(session, f"m{number:06d}", "g", body)
    idempotency.store(
        session,
        site_id=NODE,
        entry_id=f"i{number:06d}",
        caller="key:k",
        route="POST /acts",
        key=str(number),
        body_sha256=hashlib.sha256(body).hexdigest(),
        status=201,
        answer=body,
        now=BEGIN,
    )
    return number


def queue(session: Any, name: str, group: str, body: bytes = b"{}", to: str = "department", now: datetime = BEGIN):
    """A message in the outbox."""
    return outbox.enqueue(
        session,
        site_id=NODE,
        message_id=name,
        stall_id=None,
        destination=to,
        kind="test",
        group=group,
        body=body,
        plain="thử",
        now=now,
    )


def claim_all(pipe: Connection, url: str, owner: str) -> None:
    """Claim and finish until nothing is due; says the ids in their order."""
    pipe.send(claimed(Database(url, door_wait_s=PATIENCE_S), owner, pipe.recv))


def claimed(database: Database, owner: str, begin: Callable[[], object]) -> list[str]:
    """The ids ``owner`` could claim, from the moment ``begin`` returns."""
    found: list[str] = []
    begin()
    while True:
        with database.write() as session:
            message = outbox.claim(session, NODE, owner, BEGIN)
        if message is None:
            return found
        found.append(message.id)
        with database.write() as session:
            outbox.done(session, message, "200", {}, BEGIN)


def upgrade(pipe: Connection, url: str, folder: Path | None) -> None:
    """Bring the database to head at the same moment as others; says whether this process did it, or why not."""
    pipe.send("ready")
    pipe.recv()
    try:
        pipe.send(migrations.upgrade(Database(url, door_wait_s=PATIENCE_S), folder))
    except PosTraceError as error:
        pipe.send(repr(error))


def put_files(pipe: Connection, folder: Path) -> None:
    """Keep one large file after another; says each digest once it is kept."""
    files = Files(folder)
    number = 0
    while True:
        number += 1
        pipe.send(files.put(number.to_bytes(4, "big") * 100_000))


def spoil(session: Any, value: int) -> None:
    """Change a row that exists."""
    session.execute(update(Counter).values(value=value))
