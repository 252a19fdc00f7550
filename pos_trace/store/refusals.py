"""What the drivers raise, as our own refusals: busy, unavailable, damaged; a defect of ours stays what it is."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pos_trace.core.errors import Unavailable

PRIMARY = 0xFF  # SQLite's extended codes keep the plain one in their lowest byte
SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
SQLITE_DISK = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
SQLITE_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
POSTGRES_BUSY = frozenset({"55P03", "40P01", "57014"})  # lock not available, deadlock, cancelled while waiting
POSTGRES_AWAY = ("08", "53", "57", "58")  # connection, resources (disk full), operator, system error
POSTGRES_READ_ONLY = "25006"


def busy() -> Unavailable:
    """Somebody else writes."""
    return Unavailable("database_busy", "Máy đang bận ghi. Chưa lưu gì; thử lại.")


def unavailable() -> Unavailable:
    """The disk or the server does not take it."""
    return Unavailable("database_unavailable", "Máy chưa ghi được. Chưa lưu gì; thử lại.")


def unreadable() -> Unavailable:
    """The database does not answer a question."""
    return Unavailable("database_unavailable", "Máy chưa đọc được dữ liệu; thử lại.")


def damaged() -> Unavailable:
    """The file is not whole: only a backup helps."""
    return Unavailable(
        "database_damaged", "Tệp dữ liệu bị hỏng. Dừng máy, chạy pos-trace restore với bản sao gần nhất."
    )


@contextmanager
def told(*, writing: bool = False) -> Iterator[None]:
    """Turn driver errors inside into ``Unavailable``; ``RuntimeError`` for a write through a read."""
    try:
        yield
    except (DatabaseError, PoolTimeout, sqlite3.Error) as error:
        refusal = _refusal(error, writing)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: Exception, writing: bool) -> Exception | None:
    if isinstance(error, PoolTimeout):
        return busy()
    cause = getattr(error, "orig", error)
    code = getattr(cause, "sqlite_errorcode", None)
    return _of_postgres(error, cause, writing) if code is None else _of_sqlite(code & PRIMARY, writing)


def _of_sqlite(code: int, writing: bool) -> Exception | None:
    if code in SQLITE_BUSY:
        return busy()
    if code in SQLITE_DAMAGED:
        return damaged()
    if code == sqlite3.SQLITE_READONLY:
        return unavailable() if writing else _through_a_read()
    if code in SQLITE_DISK:
        return unavailable() if writing else unreadable()
    return None


def _of_postgres(error: Exception, cause: Any, writing: bool) -> Exception | None:
    state = getattr(cause, "sqlstate", None)
    if state == POSTGRES_READ_ONLY:
        return unavailable() if writing else _through_a_read()
    if state in POSTGRES_BUSY:
        return busy()
    lost = bool(getattr(error, "connection_invalidated", False))
    unreached = state is None and type(cause).__name__ == "OperationalError"
    if lost or unreached or (state is not None and state.startswith(POSTGRES_AWAY)):
        return unavailable() if writing else unreadable()
    return None


def _through_a_read() -> RuntimeError:
    return RuntimeError("a read never writes; open write() for it")
