"""Two nodes, the province's machine routes served over HTTP."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.services.conftest import fresh_database, pair
from tests.services.two_nodes import Pair
from tests.web.province_server import make_app, serving

__all__ = ["fresh_database", "pair"]


@pytest.fixture
def address(pair: Pair, now: datetime) -> Iterator[str]:
    """Where the province answers."""
    with serving(make_app(pair.province, lambda: now)) as url:
        yield url
