"""The second migration: what a landed station had written in the first house is all there afterwards."""

from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, insert, select

from pos_trace.store import migrations
from pos_trace.store.database import Database
from tests.migrations.test_upgrade import empty, empty_postgres, empty_sqlite

__all__ = ["empty", "empty_postgres", "empty_sqlite"]
NIGHT = datetime(2026, 11, 24, 2, 31, tzinfo=UTC)
OURS = {"site_id": "s", "stall_id": "a", "created_at": NIGHT}


def at_first_house(database: Database) -> None:
    """A database as the first landed version left it."""
    config = Config()
    config.set_main_option("script_location", str(migrations.HERE))
    with database.writer() as connection:
        config.attributes[migrations.CONNECTION] = connection
        command.upgrade(config, "0001")
        connection.commit()


def put(database: Database, table: str, **values: object) -> None:
    meta = MetaData()
    meta.reflect(database.engine, only=[table], resolve_fks=False)
    with database.writer() as connection:
        connection.execute(insert(meta.tables[table]).values(**values))
        connection.commit()


def all_of(database: Database, table: str) -> list[dict[str, object]]:
    meta = MetaData()
    meta.reflect(database.engine, only=[table], resolve_fks=False)
    with database.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(select(meta.tables[table]))]


@pytest.fixture
def landed(empty: Database) -> Database:
    """A first house with a delivery, its line, a lot and a transfer nobody could make yet."""
    at_first_house(empty)
    put(empty, "delivery", id="d", supplier_name="HTX (mẫu)", state="closed", last_scan_at=NIGHT, practice=False,
        opening=False, number="A12-261124-001", **OURS)  # fmt: skip
    put(empty, "delivery_line", id="l", delivery_id="d", position=1, goods_name="Cải thảo", unit="sọt",
        declared=20000, refused=3000, state="accepted", **OURS)  # fmt: skip
    put(empty, "product", id="p", name="Cải thảo", folded="cai thao", unit="kg", **OURS)
    put(empty, "stock_lot", id="k", line_id="l", product_id="p", label="MD2611-07", unit="kg", on_hand=425000,
        state="sellable", received_at=NIGHT, origin={}, **OURS)  # fmt: skip
    return empty


def test_what_a_station_had_is_there_afterwards(landed: Database) -> None:
    before = {name: all_of(landed, name) for name in ("delivery", "delivery_line", "product", "stock_lot")}
    assert migrations.upgrade(landed, None) is True
    for name, rows in before.items():
        after = all_of(landed, name)
        assert len(after) == len(rows) == 1
        assert {key: after[0][key] for key in rows[0] if key != "opening"} == {
            key: value for key, value in rows[0].items() if key != "opening"
        }
    assert all_of(landed, "delivery")[0]["transfer_id"] is None
    assert "opening" not in all_of(landed, "delivery")[0]


def test_a_line_still_belongs_to_its_delivery(landed: Database) -> None:
    migrations.upgrade(landed, None)
    with landed.read() as session:
        from pos_trace.store.models import Delivery, DeliveryLine

        line = session.scalars(select(DeliveryLine)).one()
        assert session.get_one(Delivery, (line.site_id, line.delivery_id)).number == "A12-261124-001"
        assert line.accepted == 17
