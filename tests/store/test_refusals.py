"""Driver errors as our own refusals: which is busy, which unavailable, which damaged, which a defect of ours."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from pos_trace.core.errors import PosTraceError, Unavailable
from pos_trace.store import refusals
from pos_trace.store.database import Database


def raised(code: int, writing: bool, wrapped: bool) -> Exception:
    """What becomes of SQLite's error ``code``, bare or wrapped by SQLAlchemy."""
    cause = sqlite3.OperationalError("as the driver says it")
    cause.sqlite_errorcode = code
    error: Exception = OperationalError("SELECT 1", {}, cause) if wrapped else cause
    with pytest.raises((PosTraceError, RuntimeError, type(error))) as outcome, refusals.told(writing=writing):
        raise error
    assert outcome.value is error or outcome.value.__cause__ is error
    return outcome.value


def code_of(error: Exception) -> str | None:
    return error.code if isinstance(error, Unavailable) else None


@pytest.mark.parametrize(
    ("code", "reading", "writing"),
    [
        (sqlite3.SQLITE_BUSY, "database_busy", "database_busy"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "database_busy", "database_busy"),
        (sqlite3.SQLITE_LOCKED, "database_busy", "database_busy"),
        (sqlite3.SQLITE_FULL, "database_unavailable", "database_unavailable"),
        (sqlite3.SQLITE_IOERR_WRITE, "database_unavailable", "database_unavailable"),
        (sqlite3.SQLITE_IOERR_FSYNC, "database_unavailable", "database_unavailable"),
        (sqlite3.SQLITE_CANTOPEN, "database_unavailable", "database_unavailable"),
        (sqlite3.SQLITE_CORRUPT, "database_damaged", "database_damaged"),
        (sqlite3.SQLITE_NOTADB, "database_damaged", "database_damaged"),
        (sqlite3.SQLITE_READONLY, None, "database_unavailable"),
        (sqlite3.SQLITE_ERROR, None, None),
        (sqlite3.SQLITE_CONSTRAINT, None, None),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_what_sqlite_says_is_told_apart(code: int, reading: str | None, writing: str | None, wrapped: bool) -> None:
    assert code_of(raised(code, False, wrapped)) == reading
    assert code_of(raised(code, True, wrapped)) == writing


def test_a_write_through_a_read_is_a_defect_not_a_refusal() -> None:
    assert isinstance(raised(sqlite3.SQLITE_READONLY, False, True), RuntimeError)


@pytest.mark.parametrize("refusal", [refusals.busy(), refusals.unavailable()])
def test_a_refused_write_says_that_nothing_was_saved(refusal: Unavailable) -> None:
    assert "Chưa lưu gì; thử lại." in refusal.detail


def test_a_read_never_speaks_of_saving() -> None:
    assert "lưu" not in refusals.unreadable().detail


def test_readers_that_wait_too_long_for_a_connection_are_told_it_is_busy(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "app.db"
    path.write_bytes(sqlite_template.read_bytes())
    narrow = create_engine(f"sqlite:///{path}", pool_size=1, max_overflow=0, pool_timeout=0.05)
    database = Database(f"sqlite:///{path}", engine=narrow)
    with narrow.connect():
        with pytest.raises(Unavailable) as refused, database.read():
            pass
        assert refused.value.code == "database_busy"
    with database.read():
        pass
    database.close()
