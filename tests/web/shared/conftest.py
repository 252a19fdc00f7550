"""The station's application, as its own tests have it."""

from tests.services.conftest import children
from tests.web.station.conftest import market, night, town

__all__ = ["children", "market", "night", "town"]
