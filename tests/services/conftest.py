"""Nodes for the services' tests."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pos_trace.runtime.children import Children
from pos_trace.services.node import Ports
from pos_trace.store.database import Database
from tests.services.case_desk import Straight
from tests.services.goods_rows import flagged_line
from tests.services.night import Night, make_night
from tests.services.two_nodes import PROVINCE_ID, SITE_ID, Pair, add_stall, make_node


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def fresh_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Makes any number of migrated databases of one kind."""
    made: list[Database] = []
    dropped: list[Callable[[], None]] = []

    def sqlite() -> Database:
        path = tmp_path / f"node-{len(made)}.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        made.append(Database(f"sqlite:///{path}"))
        return made[-1]

    def postgres() -> Database:
        server = request.getfixturevalue("postgres_server")
        name = server.fresh()
        dropped.append(lambda: server.give_back(name))
        made.append(Database(server.url(name)))
        return made[-1]

    yield {"sqlite": sqlite, "postgres": postgres}[request.param]
    for database in made:
        database.close()
    for drop in dropped:
        drop()


@pytest.fixture
def pair(fresh_database: Callable[[], Database], tmp_path: Path) -> Pair:
    """A station and a province on their own databases, the same kind for both."""
    station = make_node(fresh_database(), tmp_path, "station", SITE_ID)
    return Pair(station, make_node(fresh_database(), tmp_path, "province", PROVINCE_ID))


@pytest.fixture
def night(pair: Pair, now: datetime) -> Night:
    """A market's night; nothing pulled yet."""
    return make_night(pair, now)


@pytest.fixture(scope="session")
def children() -> Iterator[Children]:
    """One real child process that decodes and draws."""
    made = Children(1)
    yield made
    made.close()


@pytest.fixture
def straight(pair, now):
    return Straight(pair, now)


@pytest.fixture
def both(pair, straight):
    return pair.with_ports(Ports(department=straight))


@pytest.fixture
def stall(both, now):
    return add_stall(both.station, "D-07", now)


@pytest.fixture
def ids(both, stall, now):
    return flagged_line(both.station, stall, now)
