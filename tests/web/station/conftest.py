"""The station's application over a market's night, on SQLite; services run on both databases in their own tests."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.services.conftest import children
from tests.services.night import Night, make_night
from tests.services.two_nodes import pair_on_sqlite
from tests.web.market_app import Market, add_people, make_market

__all__ = ["children"]


def nights(folder: Path, template: Path, now: datetime) -> Iterator[Night]:
    """One night in ``folder``, closed after use; nothing pulled yet."""
    with pair_on_sqlite(folder, template) as made:
        yield make_night(made, now)


@pytest.fixture
def night(tmp_path: Path, sqlite_template: Path, now: datetime) -> Iterator[Night]:
    """A station that has pulled the province's records."""
    for made in nights(tmp_path, sqlite_template, now):
        made.pull()
        yield made


@pytest.fixture
def market(night: Night) -> Market:
    """A fresh station with two stalls for one test."""
    return make_market(night)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Market]:
    """A station with all its people for the tests of a module that change nothing others look at."""
    from tests.conftest import NOW

    for made in nights(tmp_path_factory.mktemp("town"), sqlite_template, NOW):
        made.pull()
        market = make_market(made)
        add_people(market)
        yield market
