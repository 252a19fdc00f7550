"""The door: one write at a time, nothing half done, the same on both databases."""

import threading
from datetime import datetime

import pytest
from sqlalchemy import select, text

from pos_trace.store.database import Database
from pos_trace.store.models import Counter


def bump(database: Database) -> None:
    with database.write() as session:
        row = session.get(Counter, ("s", "t", "k", "p"))
        if row is None:
            session.add(Counter(site_id="s", stall_id="t", kind="k", period="p", value=1))
        else:
            row.value += 1


def value(database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(Counter.value)).one()


def test_eight_threads_that_read_then_update_lose_nothing(database: Database) -> None:
    threads = [threading.Thread(target=lambda: [bump(database) for _ in range(25)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value(database) == 200


def spoil_and_stop(database: Database) -> None:
    with database.write() as session:
        session.get_one(Counter, ("s", "t", "k", "p")).value = 99
        session.flush()
        raise ValueError("stop")


def test_an_exception_leaves_nothing_behind(database: Database) -> None:
    bump(database)
    with pytest.raises(ValueError, match="stop"):
        spoil_and_stop(database)
    assert value(database) == 1
    assert not database.in_write()


def test_a_second_write_in_one_thread_is_a_defect(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError, match="at most one write"), database.write():
        pass


def test_a_port_can_tell_that_a_write_is_open(database: Database) -> None:
    assert not database.in_write()
    with database.write():
        assert database.in_write()


def test_what_a_read_changes_is_thrown_away(database: Database) -> None:
    bump(database)
    with database.read() as session:
        session.get_one(Counter, ("s", "t", "k", "p")).value = 5
    assert value(database) == 1


def test_every_commit_reaches_the_disk(sqlite_database: Database, now: datetime) -> None:
    assert sqlite_database.synchronous() == "2"
    with sqlite_database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a file"):
        Database("sqlite://")
