"""kill -9 of a writer in a loop: nothing acknowledged is lost, no act stands half, the file stays whole."""

import os
import random

import pytest
from sqlalchemy import func, select, text

from pos_trace.store import audit
from pos_trace.store.database import Database
from pos_trace.store.models import Counter, IdempotencyKey, OutboxMessage
from tests.store import children
from tests.store.children import NODE, child, heard

KILLS = 300 if os.environ.get("POS_TRACE_FULL") else 30
MOST_ACTS = 12


def standing(database: Database) -> set[int]:
    """How many acts counter, chain, outbox and answers know of: one number when nothing is half."""
    with database.read() as session:
        report = audit.verify(session, NODE)
        assert report.ok, report.problem
        rows = [session.scalar(select(func.count()).select_from(table)) for table in (OutboxMessage, IdempotencyKey)]
        return {session.scalar(select(Counter.value)) or 0, report.entries, *map(int, rows)}


def killed(database: Database, luck: random.Random) -> int:
    """Let a child act, kill it somewhere in the act after a few; answers the last act it acknowledged."""
    with child(children.write_on, database.url.render_as_string(hide_password=False)) as (pipe, process):
        told = [heard(pipe) for _ in range(luck.randint(1, MOST_ACTS))]
        process.kill()
        process.join(children.PATIENCE_S)
        try:
            while pipe.poll(0):
                told.append(pipe.recv())
        except EOFError:
            pass
    return int(told[-1])


@pytest.mark.faults
@pytest.mark.timeout(30 + 3 * KILLS)
def test_a_killed_writer_loses_and_halves_nothing(sqlite_database: Database) -> None:
    luck = random.Random(20261124)
    acknowledged = 0
    for _ in range(KILLS):
        last = killed(sqlite_database, luck)
        assert last > acknowledged
        acknowledged = last
        found = standing(sqlite_database)
        assert found in ({acknowledged}, {acknowledged + 1})
        acknowledged = found.pop()
    with sqlite_database.read() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert not session.execute(text("PRAGMA foreign_key_check")).all()


@pytest.mark.faults
@pytest.mark.postgres
@pytest.mark.timeout(30 + 3 * KILLS)
def test_a_killed_writer_of_postgres_loses_and_halves_nothing(postgres_database: Database) -> None:
    luck = random.Random(20261125)
    acknowledged = 0
    for _ in range(max(5, KILLS // 10)):
        last = killed(postgres_database, luck)
        assert last > acknowledged
        with postgres_database.write():  # behind the killed one, whose last commit may still be on its way
            pass
        found = standing(postgres_database)
        assert found in ({last}, {last + 1})
        acknowledged = found.pop()
