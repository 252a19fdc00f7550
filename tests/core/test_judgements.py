"""Whether a label can have travelled that far."""

from datetime import timedelta

import pytest

from pos_trace.core.verdict import seen_before
from tests.core.goods_told import NOW


@pytest.mark.parametrize(
    ("minutes", "distance_km", "far"),
    [
        (15, 200, True),
        (15, None, False),
        (15, 4, False),
        (121, 200, False),
        (119, 200, True),
        (-15, 200, True),
        (0, 5, False),
        (0, 5.1, True),
    ],
)
def test_a_label_scanned_where_no_truck_could_bring_it_is_told(
    minutes: int, distance_km: float | None, far: bool
) -> None:
    assert seen_before(NOW - timedelta(minutes=minutes), "Quảng Ngãi", distance_km, NOW).far is far


def test_an_earlier_sighting_is_told_on_the_markets_clock() -> None:
    assert seen_before(NOW - timedelta(minutes=21), "A-12", None, NOW).time == "02:10"
    assert seen_before(NOW - timedelta(hours=3), "A-12", None, NOW).time == "23:31 23/11/2026"
