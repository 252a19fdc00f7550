"""The door between processes, and disks, locks and servers that refuse: told in Vietnamese, nothing half written."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from pos_trace.core.errors import Unavailable
from pos_trace.store.database import Database
from pos_trace.store.models import AuditEntry, Counter, IdempotencyKey, OutboxMessage
from tests import postgres
from tests.store import children
from tests.store.children import child, heard

TABLES = (Counter, AuditEntry, OutboxMessage, IdempotencyKey)


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def acts(database: Database) -> list[int]:
    """How many acts each of the four tables knows of."""
    with database.read() as session:
        counted = [session.scalar(select(Counter.value)) or 0]
        return counted + [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES[1:]]


def test_two_processes_and_this_one_that_read_then_update_lose_nothing(database: Database) -> None:
    with (
        child(children.bump, url_of(database), 40) as (one, _),
        child(children.bump, url_of(database), 40) as (two, _),
    ):
        for _ in range(40):
            with database.write() as session:
                children.counters.next_number(session, children.NODE, "s", "paper", "2026")
        assert [heard(one), heard(two)] == [None, None]
    with database.read() as session:
        assert session.scalars(select(Counter.value)).one() == 120


def test_a_process_inside_the_door_is_waited_for_and_then_named(database: Database) -> None:
    impatient = Database(url_of(database), door_wait_s=0.1)
    with child(children.hold_door, url_of(database)) as (pipe, _):
        assert heard(pipe) == "in"
        with pytest.raises(Unavailable, match="Máy đang bận ghi") as refused, impatient.write():
            pass
        assert refused.value.code == "database_busy"
        assert acts(impatient) == [0, 0, 0, 0]
        pipe.send("leave")
        assert heard(pipe) == "out"
    with impatient.write() as session:
        assert children.counters.next_number(session, children.NODE, "s", "held", "2026") == 2
    impatient.close()


def test_a_process_killed_inside_the_door_leaves_it_open(database: Database) -> None:
    with child(children.hold_door, url_of(database)) as (pipe, process):
        assert heard(pipe) == "in"
        process.kill()
        process.join(children.PATIENCE_S)
        with database.write() as session:
            assert children.counters.next_number(session, children.NODE, "s", "held", "2026") == 1


def test_a_writer_that_knows_no_door_is_waited_for_too(sqlite_database: Database) -> None:
    impatient = Database(url_of(sqlite_database), door_wait_s=0.1)
    foreign = sqlite3.connect(str(sqlite_database.path), isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="bận ghi"), impatient.write():
        pass
    foreign.execute("ROLLBACK")
    foreign.close()
    with impatient.write() as session:
        children.act(session)
    assert acts(impatient) == [1, 1, 1, 1]
    impatient.close()


def test_a_lock_that_cannot_be_opened_is_told(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "app.db"
    path.write_bytes(sqlite_template.read_bytes())
    (tmp_path / "app.db.lock").mkdir()
    database = Database(f"sqlite:///{path}")
    with pytest.raises(Unavailable, match="Máy chưa ghi được") as refused, database.write():
        pass
    assert refused.value.code == "database_unavailable"
    (tmp_path / "app.db.lock").rmdir()
    with database.write() as session:
        children.act(session)
    assert acts(database) == [1, 1, 1, 1]
    database.close()


def write_under_a_limit(pipe: Connection, url: str, most: int) -> None:
    """Acts until the file may not grow; says how many stand, then what was refused, then that reading still works."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    database = Database(url)
    done = tried = 0
    try:
        while True:
            with database.write() as session:
                tried = children.act(session)
            done = tried
    except Unavailable as error:
        pipe.send((done, error.code, error.detail))
    pipe.send(acts(database))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    with database.write() as session:
        pipe.send(children.act(session))
    database.close()


def test_a_file_that_may_not_grow_refuses_whole_acts_and_is_well_again(sqlite_database: Database) -> None:
    assert sqlite_database.path is not None
    limit = sqlite_database.path.stat().st_size + 200_000
    with child(write_under_a_limit, url_of(sqlite_database), limit) as (pipe, process):
        done, code, detail = heard(pipe)
        assert done > 1
        assert (code, detail) == ("database_unavailable", "Máy chưa ghi được. Chưa lưu gì; thử lại.")
        assert heard(pipe) == [done] * 4
        assert heard(pipe) == done + 1
        process.join(children.PATIENCE_S)
    assert acts(sqlite_database) == [done + 1] * 4
    with sqlite_database.read() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


@contextmanager
def full(database: Database) -> Iterator[None]:
    """The database may have no page more."""
    with database.engine.connect() as connection:
        connection.execute(text("PRAGMA max_page_count=1"))
    yield
    with database.engine.connect() as connection:
        connection.execute(text("PRAGMA max_page_count=1000000"))


def act_at_length(database: Database) -> None:
    with database.write() as session:
        children.act(session)
        children.queue(session, "long", "g", bytes(100_000))


def test_a_full_disk_is_told_and_nothing_of_the_act_stands(sqlite_database: Database) -> None:
    with full(sqlite_database), pytest.raises(Unavailable, match="Chưa lưu gì"):
        act_at_length(sqlite_database)
    assert acts(sqlite_database) == [0, 0, 0, 0]
    act_at_length(sqlite_database)
    assert acts(sqlite_database) == [1, 1, 2, 1]


def test_a_damaged_file_names_its_cure(sqlite_database: Database) -> None:
    assert sqlite_database.path is not None
    sqlite_database.path.write_bytes(b"SQLite format 3\0" + bytes(8192))
    with pytest.raises(Unavailable, match="pos-trace restore") as refused, sqlite_database.read() as session:
        session.execute(select(Counter))
    assert refused.value.code == "database_damaged"


def test_a_data_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "none").write_text("a file in the folder's place")
    database = Database(f"sqlite:///{tmp_path / 'none' / 'app.db'}")
    with pytest.raises(Unavailable, match="Máy chưa đọc được"), database.read() as session:
        session.execute(select(Counter))
    with pytest.raises(Unavailable, match="Máy chưa ghi được"), database.write():
        pass


def act_and_fail(database: Database, statement: str) -> None:
    with database.write() as session:
        children.act(session)
        session.execute(text(statement))


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("53100", "database_unavailable"),  # disk full
        ("53300", "database_unavailable"),  # too many connections
        ("57P01", "database_unavailable"),  # the server is shut down
        ("58030", "database_unavailable"),  # input/output error
        ("08006", "database_unavailable"),  # the connection failed
        ("25006", "database_unavailable"),  # a stand-by that takes no writes
        ("55P03", "database_busy"),
        ("40P01", "database_busy"),  # deadlock
    ],
)
def test_what_postgres_refuses_is_told(postgres_database: Database, state: str, code: str) -> None:
    with pytest.raises(Unavailable) as refused:
        act_and_fail(postgres_database, f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$")
    assert refused.value.code == code
    assert acts(postgres_database) == [0, 0, 0, 0]


@pytest.mark.postgres
def test_a_server_that_ends_our_connection_loses_the_act_and_serves_the_next(postgres_database: Database) -> None:
    with pytest.raises(Unavailable, match="Chưa lưu gì"):
        act_and_fail(postgres_database, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert acts(postgres_database) == [0, 0, 0, 0]
    with postgres_database.write() as session:
        children.act(session)
    assert acts(postgres_database) == [1, 1, 1, 1]


@pytest.mark.postgres
def test_a_server_that_is_not_there_is_told(postgres_server: postgres.Server) -> None:
    database = Database(f"{postgres_server.base}/nowhere?host=/nowhere")
    with pytest.raises(Unavailable, match="Máy chưa đọc được"), database.read() as session:
        session.execute(select(Counter))
    with pytest.raises(Unavailable, match="Máy chưa ghi được"), database.write():
        pass
    database.close()
