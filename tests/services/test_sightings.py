"""What a station tells of the lots it received, once a day, stall by stall."""

from datetime import timedelta
from decimal import Decimal

import orjson
import pytest

from pos_trace.services import sent, sightings
from pos_trace.store.models import Delivery, DeliveryLine
from tests.services.goods_rows import flagged_line
from tests.services.two_nodes import KEY, add_stall, trader


@pytest.fixture
def stall(pair, now):
    return add_stall(pair.station, "A-12", now)


def change(node, model, row_id, now, **values):
    with node.write(node.machine("test"), now) as tx:
        row = tx.session.get_one(model, (node.id, row_id))
        for name, value in values.items():
            setattr(row, name, value)


def local_day(node, now):
    return now.astimezone(node.zone).date()


def test_each_stalls_lots_go_once_and_its_owner_reads_them(pair, stall, now):
    node, day = pair.station, local_day(pair.station, now)
    for content in (Decimal(25), Decimal(25)):
        ids = flagged_line(node, stall, now, key=KEY)
        change(node, DeliveryLine, ids["line"], now, content_kg=content)
    other = add_stall(node, "A-15", now)
    flagged_line(node, other, now, key="kt:CT-2611-0042")
    assert sightings.queue_day(node, day, now) == 2
    assert sightings.queue_day(node, day, now + timedelta(hours=1)) == 0
    message = sent.listed(node, trader(node, stall))["messages"][0]
    body = orjson.loads(sent.opened(node, trader(node, stall), message["id"])["body"])
    assert body == {
        "sightings": [
            {"day": "2026-11-25", "key": KEY, "received_kg": "600", "first_scan_at": "2026-11-24T19:31:00.000000+00:00"}
        ]
    }
    assert message["plain"].startswith("Lô đã nhận ngày 25/11/2026: 1 lô")
    assert len(sent.listed(node, trader(node, other))["messages"]) == 1


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Delivery, {"practice": True}),
        (Delivery, {"state": "cancelled"}),
        (DeliveryLine, {"state": "refused"}),
        (DeliveryLine, {"key": None}),
    ],
)
def test_practice_refusals_and_goods_without_a_code_are_not_told(pair, stall, now, model, values):
    node = pair.station
    ids = flagged_line(node, stall, now, key=KEY)
    change(node, model, ids["line" if model is DeliveryLine else "delivery"], now, **values)
    assert sightings.queue_day(node, local_day(node, now), now) == 0


def test_the_day_is_the_markets_own(pair, stall, now):
    node = pair.station
    flagged_line(node, stall, now, key=KEY)
    assert sightings.queue_day(node, local_day(node, now) - timedelta(days=1), now) == 0
    assert sightings.queue_day(node, local_day(node, now), now) == 1


@pytest.mark.parametrize(("unit", "kilograms"), [("kg", "12"), ("tạ", "1200"), ("con", "0"), ("g", "0.012")])
def test_kilograms_come_from_the_unit_where_it_has_a_weight(unit, kilograms):
    line = DeliveryLine(unit=unit, declared=Decimal(12), refused=Decimal(0))
    assert sightings.kilograms(line) == Decimal(kilograms)
