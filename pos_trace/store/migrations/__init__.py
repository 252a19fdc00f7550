"""How the database came to be: forward only, each upgrade after a verified backup; rollback is restore."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from pos_trace.core.errors import Unavailable
from pos_trace.store.database import Database

HERE = Path(__file__).parent
CONNECTION = "pos_trace_connection"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    return config


def head() -> str:
    """The newest revision this code knows."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None
    return found


def current(database: Database) -> str | None:
    """The revision the database is at; None for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, backup_to: Path | None) -> bool:
    """Bring the database to ``head``; answers whether anything changed. Safe when several processes start at once."""
    if current(database) == head():
        return False
    with database.door():
        before = current(database)
        if before == head():
            return False
        if before is not None and backup_to is not None and database.is_sqlite:
            backup_to.mkdir(parents=True, exist_ok=True)
            backup(database, backup_to / f"before-{head()}.db")
        config = _config()
        with database.engine.connect() as connection:
            config.attributes[CONNECTION] = connection
            command.upgrade(config, "head")
            connection.commit()
    return True


def backup(database: Database, out: Path) -> None:
    """Copy a SQLite database, running or not, and prove the copy sound; raises ``Unavailable``."""
    if database.path is None:
        raise Unavailable("not_sqlite", "Sao lưu PostgreSQL bằng pg_dump.")
    out.unlink(missing_ok=True)
    with closing(sqlite3.connect(database.path)) as source:
        source.execute("VACUUM INTO ?", (str(out),))
    if not sound(out):
        raise Unavailable("backup_unsound", "Bản sao không nguyên vẹn; kiểm tra đĩa.")


def sound(path: Path) -> bool:
    """Whether ``path`` is a whole database of ours."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as opened:
            good = opened.execute("PRAGMA quick_check").fetchone() == ("ok",)
            marked: bool = opened.execute("SELECT count(*) FROM alembic_version").fetchone()[0] == 1
            return good and marked
    except sqlite3.DatabaseError:
        return False


def is_empty(database: Database) -> bool:
    """Whether the database has no tables yet."""
    return not inspect(database.engine).get_table_names()
