"""The one door to the database: ``read()`` and ``write()``, the same on SQLite and PostgreSQL.

SQLite: WAL, ``synchronous=FULL``, ``BEGIN IMMEDIATE``, and a file lock held for the whole write with its commit
and checkpoint, so that commands beside a running server are safe on any SQLite (the WAL-reset bug needs two
writers). PostgreSQL: one advisory lock a write, so that every invariant is that of a single writer there too.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from pos_trace.store import refusals
from pos_trace.store.prepared import READING
from pos_trace.store.records_file import OpenFiles

PRAGMAS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)
READ = "pos_trace_read"
WRITE = "pos_trace_write"
RECORDS = "records_files"  # in ``session.info``: where ``lots.find`` looks behind the table
ADVISORY_KEY = 0x706F735F7472
DOOR_POLL_S = 0.005  # often enough to get in between the writes of a busy process
WAL_BUG_FIXED = (3, 51, 3)
WAL_BUG_BACKPORTS = ((3, 44, 6), (3, 50, 7))


class Database:
    """One engine and its door. ``door_wait_s``: how long a write waits for another to end. ``records``: the records
    files beside a SQLite database; PostgreSQL keeps every lot in its table.
    """

    def __init__(self, url: str, *, door_wait_s: float = 10.0, engine: Engine | None = None) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._door_wait_s = door_wait_s
        self._writing = threading.local()
        self._thread_door = threading.Lock()
        self._file_door: FileLock | None = None
        self._reading: dict[str, Any] = {READ: True}
        self.records: OpenFiles | None = None
        if self.is_sqlite:
            if not self.url.database or self.url.database == ":memory:":
                raise ValueError("SQLite needs a file: in memory all threads would share one connection")
            self._file_door = FileLock(f"{self.url.database}.lock", thread_local=False)
            self.records = OpenFiles(Path(self.url.database).parent / "records")
        else:
            self._reading |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self.engine = engine or create_engine(self.url, pool_pre_ping=not self.is_sqlite)
        self._listen()

    def _listen(self) -> None:
        if not self.is_sqlite:
            event.listen(self.engine, "begin", self._begin_postgres)
            return
        event.listen(self.engine, "connect", self._connected)
        event.listen(self.engine, "begin", _begin_sqlite)
        event.listen(self.engine, "checkin", _given_back)

    def _connected(self, connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(self._door_wait_s * 1000)}")
        for pragma in PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    def _begin_postgres(self, connection: Connection) -> None:
        if connection.get_execution_options().get(WRITE, False):
            wait = f"SET LOCAL lock_timeout = '{int(self._door_wait_s * 1000)}ms'"
            connection.exec_driver_sql(f"{wait}; SELECT pg_advisory_xact_lock({ADVISORY_KEY})")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one consistent state; what it changes is thrown away, what it loaded may be read afterwards.

        Raises ``Unavailable`` when the database cannot answer, ``RuntimeError`` when a change would reach it.
        """
        with (
            refusals.told(),
            self.engine.connect().execution_options(**self._reading) as connection,
            Session(connection, expire_on_commit=False, info={RECORDS: self.records, READING: True}) as session,
        ):
            try:
                yield session
            finally:
                session.expunge_all()
                session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The one short write: commits on leaving, rolls back on an exception.

        Raises ``Unavailable`` when the door or disk cannot be had, ``RuntimeError`` on a second write in one thread.
        """
        if self.in_write():
            raise RuntimeError("a verb opens at most one write")
        with ExitStack() as stack:
            self._enter_door(stack)
            self._writing.now = True
            stack.callback(setattr, self._writing, "now", False)
            stack.enter_context(refusals.told(writing=True))
            connection = stack.enter_context(self.writer())
            with Session(connection, expire_on_commit=False, info={RECORDS: self.records}) as session:
                connection.begin()
                yield session
                session.flush()
                connection.commit()

    def writer(self) -> Connection:
        """A connection whose transactions are writes; only for those who hold the ``door()``."""
        return self.engine.connect().execution_options(**{WRITE: True})

    def _enter_door(self, stack: ExitStack) -> None:
        """One thread of this process, then one process of this machine; both within ``door_wait_s``."""
        deadline = time.monotonic() + self._door_wait_s
        if not self._thread_door.acquire(timeout=self._door_wait_s):
            raise refusals.busy()
        stack.callback(self._thread_door.release)
        if self._file_door is None:
            return
        try:
            self._file_door.acquire(max(0.0, deadline - time.monotonic()), poll_interval=DOOR_POLL_S)
        except Timeout:
            raise refusals.busy() from None
        except OSError as error:
            raise refusals.unavailable() from error
        stack.callback(self._file_door.release)

    def in_write(self) -> bool:
        """Whether this thread is inside ``write()``: a port called now is a defect."""
        return bool(getattr(self._writing, "now", False))

    @contextmanager
    def door(self) -> Iterator[None]:
        """The door alone, for migrations and restores; on PostgreSQL ``writer()`` waits for other processes."""
        with ExitStack() as stack:
            self._enter_door(stack)
            yield

    def synchronous(self) -> str:
        """What the database itself says of its durability: SQLite "2" is FULL, PostgreSQL "on"."""
        with self.engine.connect() as connection:
            asked = "PRAGMA synchronous" if self.is_sqlite else "SHOW synchronous_commit"
            return str(connection.execute(text(asked)).scalar_one())

    def sqlite_version_warning(self) -> str | None:
        """A sentence when this SQLite has the WAL-reset bug, which the door keeps harmless; else None."""
        if not self.is_sqlite or not has_wal_bug(sqlite3.sqlite_version_info):
            return None
        return f"SQLite {sqlite3.sqlite_version} có lỗi WAL cũ; máy vẫn an toàn vì chỉ ghi qua một cửa"

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        return Path(str(self.url.database)) if self.is_sqlite else None

    def close(self) -> None:
        """Give all connections back."""
        if self.records is not None:
            self.records.close()
        self.engine.dispose()


def has_wal_bug(version: tuple[int, ...]) -> bool:
    """Whether two writers of this SQLite may lose commits: 3.7.0 to 3.51.2, but for two repaired older lines."""
    repaired = any(version[:2] == line[:2] and version >= line for line in WAL_BUG_BACKPORTS)
    return version < WAL_BUG_FIXED and not repaired


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(READ, False):
        connection.info[READ] = True
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA query_only=ON")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITE, False) else "BEGIN DEFERRED")


def _given_back(connection: sqlite3.Connection | None, record: Any) -> None:
    if connection is not None and record.info.pop(READ, False):
        connection.execute("PRAGMA query_only=OFF")
