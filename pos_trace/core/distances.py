"""How far two communes lie apart, in a straight line: the least any truck has to drive."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Place:
    """A commune's middle, in degrees north and east."""

    commune: str
    latitude: float
    longitude: float


def kilometres(places: Iterable[Place], one: str | None, other: str | None) -> float | None:
    """The great-circle distance of two communes (haversine), None where one of them is in no list."""
    known = {place.commune: place for place in places}
    here, there = known.get(one or ""), known.get(other or "")
    if here is None or there is None:
        return None
    north, east = radians(there.latitude - here.latitude), radians(there.longitude - here.longitude)
    flat = cos(radians(here.latitude)) * cos(radians(there.latitude)) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(sin(north / 2) ** 2 + flat))
