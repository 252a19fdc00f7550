"""The one door to the database: ``read()`` and ``write()``, the same on SQLite and PostgreSQL.

SQLite: WAL, ``synchronous=FULL``, ``BEGIN IMMEDIATE``, and a file lock held for the whole write with its commit
and checkpoint, so that commands beside a running server are safe on any SQLite (the WAL-reset bug needs two
writers). PostgreSQL: one advisory lock a write, so that every invariant is that of a single writer there too.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from pos_trace.core.errors import Unavailable

PRAGMAS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)
WRITE = "pos_trace_write"
ADVISORY_KEY = 0x706F735F7472
WAL_BUG_FIXED = (3, 51, 3)
WAL_BUG_BACKPORTS = ((3, 44, 6), (3, 50, 7))
FULL = ("database or disk is full", "No space left")


class Database:
    """One engine and its door. ``door_wait_s``: how long a write waits for another to end."""

    def __init__(self, url: str, *, door_wait_s: float = 10.0, engine: Engine | None = None) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._door_wait_s = door_wait_s
        self._writing = threading.local()
        self._thread_door = threading.Lock()
        self._file_door: FileLock | None = None
        if self.is_sqlite:
            if not self.url.database or self.url.database == ":memory:":
                raise ValueError("SQLite needs a file: in memory all threads would share one connection")
            self._file_door = FileLock(f"{self.url.database}.lock", thread_local=False)
        self.engine = engine or create_engine(self.url, pool_pre_ping=not self.is_sqlite)
        self._listen()

    def _listen(self) -> None:
        if not self.is_sqlite:
            event.listen(self.engine, "begin", _begin_postgres)
            return
        event.listen(self.engine, "connect", self._connected)
        event.listen(self.engine, "begin", _begin_sqlite)

    def _connected(self, connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(self._door_wait_s * 1000)}")
        for pragma in PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one consistent state; what it changes is thrown away, what it loaded may be read afterwards."""
        with self.engine.connect() as connection, Session(connection, expire_on_commit=False) as session:
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
            try:
                connection = stack.enter_context(self.engine.connect().execution_options(**{WRITE: True}))
                with Session(connection, expire_on_commit=False) as session:
                    connection.begin()
                    yield session
                    session.flush()
                    connection.commit()
            except OperationalError as error:
                if any(words in str(error.orig) for words in FULL) or "locked" in str(error.orig):
                    raise Unavailable("database_unavailable", "Máy chưa ghi được. Chưa lưu gì; thử lại.") from error
                raise

    def _enter_door(self, stack: ExitStack) -> None:
        busy = Unavailable("database_busy", "Máy đang bận ghi. Chưa lưu gì; thử lại.")
        if self._file_door is None:
            return
        if not self._thread_door.acquire(timeout=self._door_wait_s):
            raise busy
        stack.callback(self._thread_door.release)
        try:
            self._file_door.acquire(timeout=self._door_wait_s)
        except Timeout:
            raise busy from None
        except OSError as error:
            raise Unavailable("database_unavailable", "Máy chưa ghi được. Chưa lưu gì; thử lại.") from error
        stack.callback(self._file_door.release)

    def in_write(self) -> bool:
        """Whether this thread is inside ``write()``: a port called now is a defect."""
        return bool(getattr(self._writing, "now", False))

    @contextmanager
    def door(self) -> Iterator[None]:
        """The door alone, for migrations and backups that bring their own connection."""
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
        version = sqlite3.sqlite_version_info
        fixed = version >= WAL_BUG_FIXED or any(version[:2] == b[:2] and version >= b for b in WAL_BUG_BACKPORTS)
        if not self.is_sqlite or fixed:
            return None
        return f"SQLite {sqlite3.sqlite_version} có lỗi WAL cũ; máy vẫn an toàn vì chỉ ghi qua một cửa"

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        return Path(str(self.url.database)) if self.is_sqlite else None

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN DEFERRED")


def _begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITE, False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_KEY})")
