"""The door inside one process: one write at a time, nothing half done, reads that cannot write; both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from pos_trace.core.errors import Unavailable
from pos_trace.store.database import Database, has_wal_bug
from pos_trace.store.models import Counter
from tests.store.children import spoil


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
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(bump, database) for _ in range(8 * 25)]:
            done.result()
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
    bump(database)
    assert value(database) == 2


def test_a_second_write_in_one_thread_is_a_defect(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError, match="at most one write"), database.write():
        pass
    with database.write():
        assert database.in_write()


def test_a_port_can_tell_that_a_write_is_open_in_its_own_thread_only(database: Database) -> None:
    seen: list[bool] = []
    assert not database.in_write()
    with database.write():
        assert database.in_write()
        other = threading.Thread(target=lambda: seen.append(database.in_write()))
        other.start()
        other.join()
    assert seen == [False]


def test_a_write_waits_for_its_turn_and_then_gives_up_in_vietnamese(database: Database) -> None:
    impatient = Database(database.url.render_as_string(hide_password=False), door_wait_s=0.05)
    with database.write(), pytest.raises(Unavailable, match="Máy đang bận ghi") as refused, impatient.write():
        pass
    assert refused.value.code == "database_busy"
    assert not impatient.in_write()
    bump(impatient)
    assert value(database) == 1
    impatient.close()


def test_a_thread_waits_for_the_thread_before_it_and_then_gives_up(database: Database) -> None:
    impatient = Database(database.url.render_as_string(hide_password=False), door_wait_s=0.05)
    refused: list[str] = []

    def also() -> None:
        try:
            bump(impatient)
        except Unavailable as error:
            refused.append(error.code)

    with impatient.write():
        second = threading.Thread(target=also)
        second.start()
        second.join()
    assert refused == ["database_busy"]
    impatient.close()


def test_what_a_read_changes_is_thrown_away(database: Database) -> None:
    bump(database)
    with database.read() as session:
        session.get_one(Counter, ("s", "t", "k", "p")).value = 5
    assert value(database) == 1


def write_through_a_read(database: Database, how: str) -> None:
    with database.read() as session:
        if how == "flush":
            session.get_one(Counter, ("s", "t", "k", "p")).value = 5
            session.commit()
        elif how == "statement":
            spoil(session, 5)
        else:
            session.execute(text("DROP TABLE counter"))


@pytest.mark.parametrize("how", ["flush", "statement", "drop"])
def test_no_change_goes_through_a_read(database: Database, how: str) -> None:
    bump(database)
    with pytest.raises(RuntimeError, match="a read never writes"):
        write_through_a_read(database, how)
    assert value(database) == 1
    bump(database)
    assert value(database) == 2


def test_a_read_sees_one_state_and_holds_nobody_up(database: Database) -> None:
    bump(database)
    with database.read() as session:
        before = session.scalars(select(Counter.value)).one()
        bump(database)
        assert session.scalars(select(Counter.value)).one() == before == 1
    assert value(database) == 2


def test_rows_read_may_be_looked_at_afterwards(database: Database) -> None:
    bump(database)
    with database.read() as session:
        row = session.scalars(select(Counter)).one()
    assert (row.kind, row.value) == ("k", 1)


@pytest.mark.parametrize("written", ["read", "write"])
def test_a_defect_of_ours_is_not_called_a_busy_disk(database: Database, written: str) -> None:
    with pytest.raises(Exception, match="nowhere") as raised, getattr(database, written)() as session:
        session.execute(text("SELECT * FROM nowhere"))
    assert not isinstance(raised.value, Unavailable)


def test_every_commit_reaches_the_disk(database: Database) -> None:
    bump(database)
    assert database.synchronous() == ("2" if database.is_sqlite else "on")


def test_sqlite_is_set_as_the_rules_say(sqlite_database: Database) -> None:
    asked = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "trusted_schema": 0, "cell_size_check": 1}
    with sqlite_database.read() as session:
        found = {name: session.execute(text(f"PRAGMA {name}")).scalar_one() for name in asked}
        assert session.execute(text("PRAGMA busy_timeout")).scalar_one() == 10_000
    assert found == asked


def test_a_connection_once_read_from_can_be_written_through_again(sqlite_database: Database) -> None:
    value_or_none(sqlite_database)
    with sqlite_database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA query_only")).scalar_one() == 0


def value_or_none(database: Database) -> int | None:
    with database.read() as session:
        assert session.execute(text("PRAGMA query_only")).scalar_one() == 1
        return session.scalars(select(Counter.value)).first()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="needs a file"):
        Database(url)


@pytest.mark.parametrize(
    ("version", "has_bug"),
    [
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 44, 9), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
        ((4, 0, 0), False),
    ],
)
def test_which_sqlite_has_the_wal_bug(version: tuple[int, ...], has_bug: bool) -> None:
    assert has_wal_bug(version) is has_bug


def test_only_sqlite_is_warned_about(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 40, 1))
    warning = database.sqlite_version_warning()
    assert (warning is not None) is database.is_sqlite
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 51, 3))
    assert database.sqlite_version_warning() is None
