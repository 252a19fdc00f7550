"""What all sites received of a lot is summed at the province; too much reaches every station, and nobody is named."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from pos_trace.services import intake, records, register, scanning, sightings
from pos_trace.services.scanning import ScanIn
from pos_trace.store import lot_totals, migrations
from pos_trace.store.database import Database
from pos_trace.store.models import DeliveryLine, Flag, LotTotal, OutboxMessage, VerdictRow
from tests.migrations.test_night import at_first_house, put
from tests.migrations.test_upgrade import empty, empty_postgres, empty_sqlite
from tests.services.night import CABBAGE, Night, on_sqlite, url
from tests.services.two_nodes import as_station, make_node, officer
from tests.services.two_stations import OTHER_ID, Other, enrol, second, sent

__all__ = ["empty", "empty_postgres", "empty_sqlite"]
LOT = {"key": CABBAGE, "product_name": "Cải thảo (mẫu)", "facility_id": "F2", "status": "active"}
ABOVE = "Vượt số lượng của lô (khai 400 kg, đã nhận 550 kg, cộng các nơi trong tỉnh)"


@pytest.fixture
def other(night: Night, fresh_database: Callable[[], Database], tmp_path: Path) -> Other:
    """A second site under the same province; the lot is declared with 400 kg."""
    declare(night, "400")
    return second(night, make_node(fresh_database(), tmp_path, "station", OTHER_ID))


def declare(night: Night, quantity: str, unit: str | None = "kg") -> None:
    line = LOT | {"net_quantity": quantity, "unit": unit}
    register.put_lots(night.pair.province, officer(night.pair.province), [line], night.now)


def tell(night: Night, site: str, kilograms: str, key: str = CABBAGE, at: datetime | None = None) -> None:
    at = at or night.now
    line = {"day": at.date().isoformat(), "key": key, "received_kg": kilograms, "first_scan_at": at.isoformat()}
    intake.take_sightings(night.pair.province, as_station(site), [line], night.now)


def told(night: Night) -> list[dict[str, Any]]:
    return [one for one in records.changes(night.pair.province, 0)["changes"] if one["kind"] == "lot_total"]


def reasons(night: Night, line: str) -> list[str]:
    with night.node.db.read() as session:
        row = session.get_one(DeliveryLine, (night.node.id, line))
        return [one["text"] for one in session.get_one(VerdictRow, (night.node.id, row.verdict_id)).reasons]


def test_two_sites_that_received_too_much_together_are_told_and_neither_is_named(night: Night, other: Other) -> None:
    night.pull()
    line = night.receive(CABBAGE, "300")
    tell(night, night.node.id, "300")
    assert told(night) == []
    tell(night, OTHER_ID, "150", f"{CABBAGE}/21/0001")
    tell(night, OTHER_ID, "100", f"{CABBAGE}/21/0002")
    [total] = told(night)
    assert total == {
        "kind": "lot_total",
        "key": CABBAGE,
        "received_kg": "550.000",
        "sites": 2,
        "version": total["version"],
    }
    assert reasons(night, line["id"]) == []
    night.pull(night.later(hours=8))
    assert reasons(night, line["id"]) == [ABOVE]
    assert (night.lot(line["lot_id"])["state"], night.count(Flag)) == ("sellable", 0)
    other.pull(night.now)
    seen = scanning.scan(other.node, other.who, ScanIn(url(f"{CABBAGE}/21/0009")), night.now)["verdict"]
    assert (seen["status"], [one["text"] for one in seen["reasons"]]) == ("attention", [ABOVE])


@on_sqlite
def test_a_crate_with_a_record_of_its_own_is_not_held_against_the_lots_sum(night: Night, other: Other) -> None:
    crate = LOT | {"key": f"{CABBAGE}/21/7", "net_quantity": "20", "unit": "kg"}
    register.put_lots(night.pair.province, officer(night.pair.province), [crate], night.now)
    tell(night, night.node.id, "300")
    tell(night, OTHER_ID, "250")
    night.pull()
    assert reasons(night, night.receive(f"{CABBAGE}/21/7", "20")["id"]) == []
    assert reasons(night, night.receive(f"{CABBAGE}/21/8", "20")["id"]) == [ABOVE]


def test_a_doubt_ends_with_the_record_that_declares_more_and_comes_with_one_that_declares_less(
    night: Night, other: Other
) -> None:
    night.pull()
    line = night.receive(CABBAGE, "300")
    tell(night, night.node.id, "300")
    tell(night, OTHER_ID, "250")
    declare(night, "600")
    night.pull()
    assert reasons(night, line["id"]) == []
    declare(night, "0.4", "tấn")
    night.pull()
    assert reasons(night, line["id"]) == [ABOVE.replace("400 kg", "0,4 tấn")]


@on_sqlite
def test_a_record_that_comes_after_the_goods_is_held_against_what_came(night: Night, other: Other) -> None:
    declare(night, "9000")
    tell(night, night.node.id, "300")
    tell(night, OTHER_ID, "250")
    assert told(night) == []
    declare(night, "400")
    assert [one["received_kg"] for one in told(night)] == ["550.000"]


@on_sqlite
def test_the_same_message_again_adds_nothing_and_more_is_told_anew(night: Night, other: Other) -> None:
    for _ in range(2):
        tell(night, night.node.id, "300")
        tell(night, OTHER_ID, "250")
    [first] = told(night)
    tell(night, OTHER_ID, "50", at=night.later(days=1))
    [then] = told(night)
    assert (first["received_kg"], then["received_kg"]) == ("550.000", "600.000")
    assert then["version"] > first["version"]


@on_sqlite
@pytest.mark.parametrize(("quantity", "unit"), [("400", "khay"), ("400", None), (None, "kg"), ("550", "kg")])
def test_a_lot_nobody_can_weigh_or_that_holds_as_much_is_not_told(
    night: Night, other: Other, quantity: Any, unit: str | None
) -> None:
    declare(night, quantity, unit)
    tell(night, night.node.id, "300")
    tell(night, OTHER_ID, "250")
    assert told(night) == []


@on_sqlite
def test_one_site_alone_counts_for_itself_until_another_has_some_too(night: Night, other: Other) -> None:
    tell(night, night.node.id, "700")
    assert told(night) == []
    tell(night, OTHER_ID, "1")
    assert [(one["received_kg"], one["sites"]) for one in told(night)] == [("701.000", 2)]


@pytest.mark.parametrize(("signed", "kilograms"), [(True, {CABBAGE: "5"}), (False, {CABBAGE: "25"})])
def test_what_another_stations_slip_brought_is_counted_where_it_came_in_first(
    night: Night, other: Other, signed: bool, kilograms: dict[str, str]
) -> None:
    """Its scan is told all the same; what is scanned beside it counts."""
    night.pull()
    if signed:
        enrol(night, night.node)
    other.pull(night.now)
    slip = sent(night, (night.receive(CABBAGE, "300")["lot_id"], "20"))
    filled = other.scan(slip["codes"][0], night.now)["transfer"]["delivery_id"]
    own = ScanIn(url(CABBAGE), filled, "5", "kg")
    scanning.scan(other.node, other.who, own, night.now)
    day = night.now.astimezone(other.node.zone).date()
    sightings.queue_day(other.node, day, night.later(days=1))
    with other.node.db.read() as session:
        body = orjson.loads(session.scalars(select(OutboxMessage.body).where(OutboxMessage.kind == "sighting")).one())
    assert {one["key"]: one["received_kg"] for one in body["sightings"]} == kilograms


@on_sqlite
@pytest.mark.parametrize(
    ("name", "value"),
    [("key", None), ("key", "x" * 500), ("received_kg", None), ("received_kg", "-1"), ("received_kg", "1.2345"),
     ("sites", None), ("sites", True), ("sites", "2"), ("version", None)],
)  # fmt: skip
def test_a_line_that_is_not_whole_is_refused(night: Night, name: str, value: Any) -> None:
    line = {"key": CABBAGE, "received_kg": "550", "sites": 2, "version": 7} | {name: value}
    with night.node.db.write() as session, pytest.raises(ValueError, match=r"\w"):
        lot_totals.upsert(session, line)


@on_sqlite
def test_an_older_line_changes_nothing(night: Night) -> None:
    line = {"key": CABBAGE, "received_kg": "550", "sites": 2, "version": 7}
    with night.node.db.write() as session:
        assert lot_totals.upsert(session, line) == [CABBAGE]
        assert lot_totals.upsert(session, line | {"received_kg": "9"}) == []
        assert session.scalars(select(LotTotal.received_kg)).one() == 550


def test_what_a_province_had_been_told_before_is_summed_too(empty: Database, now: datetime) -> None:
    at_first_house(empty)
    for ident, key in (("a", CABBAGE), ("b", f"{CABBAGE}/21/7")):
        put(empty, "lot_sighting", site_id="s", id=ident, created_at=now, day=now.date(), key=key,
            received_kg=1000, first_scan_at=now)  # fmt: skip
    migrations.upgrade(empty, None)
    with empty.read() as session:
        from pos_trace.services import lot_sums

        assert lot_sums.by_site(session, CABBAGE) == {"s": 2}
