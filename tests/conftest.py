"""Fixtures of the whole suite: both databases on files, shared test data, a clock, loopback only."""

import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from pos_trace.store import migrations
from pos_trace.store.database import Database
from tests import postgres

NOW = datetime(2026, 11, 24, 19, 31, tzinfo=UTC)  # 02:31 on the 25th in the market
# how long one example takes says nothing on a machine that others work on too
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")
LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0", "")


LONGEST_NAME = 60


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Long bytes name no test: those of a ZIP hold the time they were made at, and two workers must agree on names."""
    return argname if isinstance(val, bytes) and len(val) > LONGEST_NAME else None


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any connection to another machine fails the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def now() -> datetime:
    """The time most tests happen at."""
    return NOW


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared test data; a clear refusal when it is absent."""
    folder = Path(os.environ.get("POS_TRACE_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        pytest.fail(f"shared test data is not at {folder}; set POS_TRACE_SHARED", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    """One PostgreSQL server for this worker, from the system or from a package."""
    server = postgres.start(tmp_path_factory.mktemp("postgres"))
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "app.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database, None)
    database.close()
    return path


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """A migrated SQLite database in a file of this test."""
    path = tmp_path / "app.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def postgres_database(postgres_server: postgres.Server) -> Iterator[Database]:
    """A migrated PostgreSQL database of this test, copied from a template."""
    name = postgres_server.fresh()
    database = Database(postgres_server.url(name))
    yield database
    database.close()
    postgres_server.give_back(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """Both databases, one after the other: the same test runs on each."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found
