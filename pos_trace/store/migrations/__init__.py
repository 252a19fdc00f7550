"""How the database came to be: forward only, each upgrade after a verified backup; rollback is restore."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from pos_trace.core.errors import Misconfigured
from pos_trace.store import backups, refusals
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
    with refusals.told(), database.engine.connect() as connection:
        return _revision(connection)


def upgrade(database: Database, backup_to: Path | None) -> bool:
    """Bring the database to ``head``; answers whether anything changed. Safe when several processes start at once.

    All or nothing. On SQLite, rows already there are first copied into the folder ``backup_to``. Raises
    ``Misconfigured`` for a database of a newer pos_trace or of another program.
    """
    if not _fresh(database) and current(database) == head():
        return False
    with database.door(), refusals.told(writing=True):
        with database.writer() as connection:
            before = _revision(connection)
            if before == head():
                return False
            _must_be_ours(connection, before)
        if before is not None and backup_to is not None and database.is_sqlite:
            backup_to.mkdir(parents=True, exist_ok=True)
            backups.backup(database, backup_to / f"before-{head()}.db")
        with database.writer() as connection:
            if _revision(connection) == head():  # another process of a PostgreSQL node was faster
                return False
            config = _config()
            config.attributes[CONNECTION] = connection
            command.upgrade(config, "head")
            connection.commit()
    return True


def _fresh(database: Database) -> bool:
    """Whether the SQLite file is still to be made: the first connection to it belongs inside the door."""
    return database.path is not None and not (database.path.exists() and database.path.stat().st_size)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _must_be_ours(connection: Connection, before: str | None) -> None:
    if before is None:
        if set(inspect(connection).get_table_names()) - {"alembic_version"}:
            raise Misconfigured(
                "database_foreign", "Cơ sở dữ liệu này đã có bảng của chương trình khác; dùng nơi khác."
            )
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if before not in known:
        raise Misconfigured(
            "database_newer",
            f"Cơ sở dữ liệu ở phiên bản {before}, bản pos_trace này chỉ biết đến {head()}: "
            "cài lại bản pos_trace mới hơn, hoặc đặt lại bản sao cũ bằng pos-trace restore.",
        )
