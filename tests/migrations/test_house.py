"""The migrations: every table of the design with its keys, the same as the models, on both databases."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect

from pos_trace.store import models
from pos_trace.store.base import Base
from pos_trace.store.database import Database
from pos_trace.store.models.mixins import Owned, StallOwned
from pos_trace.store.types import Dong, Json, Quantity, UtcDateTime

STATION = ("site_id", "id")
# DESIGN, "Tables": the model that keeps each, and its primary key.
DESIGN: dict[str, tuple[type[Base], tuple[str, ...]]] = {
    **{
        name: (getattr(models, name), STATION)
        for name in [
            "Site",
            "Organisation",
            "Agency",
            "Stall",
            "Till",
            "Device",
            "Printer",
            "Membership",
            "EnrolmentCode",
            "Party",
            "Product",
            "FeedCursor",
            "RecordsFile",
            "VehicleArrival",
            "Delivery",
            "Scan",
            "DeliveryLine",
            "Paper",
            "PaperLink",
            "Photo",
            "Flag",
            "StockLot",
            "StockMovement",
            "Adjustment",
            "Transfer",
            "Sale",
            "SaleLine",
            "LotAllocation",
            "Receipt",
            "StopSale",
            "PrintJob",
            "PrintAttempt",
            "LotSighting",
            "Case",
            "CaseLine",
            "Evidence",
            "ReporterIdentity",
            "User",
            "Session",
            "ApiKey",
            "OutboxMessage",
            "IdempotencyKey",
            "AuditEntry",
            "AccessEntry",
            "Hold",
            "SupplierGoods",
            "DeskCheck",
            "LogInTry",
            "LotParent",
            "TransferLine",
            "HandOver",
            "DayEnd",
            "Presentation",
            "GateEntry",
            "StallDay",
            "RecallRead",
            "CaseDraft",
            "Feedback",
            "LotFile",
        ]
    },
    "StallCard": (models.StallCard, ("token",)),
    "SerialRange": (models.SerialRange, ("range_id",)),
    "LotTotal": (models.LotTotal, ("key",)),
    "Verdict": (models.VerdictRow, STATION),
    "CaseEvent": (models.CaseEventRow, STATION),
    "LotRecord": (models.LotRecordRow, ("key",)),
    "Station": (models.StationRow, ("station_id",)),
    "Facility": (models.FacilityRow, ("facility_id",)),
    "Certificate": (models.CertificateRow, ("facility_id", "position")),
    "Recall": (models.RecallRow, ("recall_id",)),
    "RecallLot": (models.RecallLot, ("recall_id", "key")),
    "PublishedReceipt": (models.PublishedReceipt, ("token",)),
    "PublishedLine": (models.PublishedLine, ("token", "line_no")),
    "AuditHead": (models.AuditHead, ("site_id",)),
    "Counter": (models.Counter, ("site_id", "stall_id", "kind", "period")),
}
STALL_OWNED = {
    "Till",
    "Device",
    "Party",
    "Product",
    "Delivery",
    "Scan",
    "DeliveryLine",
    "Paper",
    "PaperLink",
    "Photo",
    "Verdict",
    "Flag",
    "StockLot",
    "StockMovement",
    "Adjustment",
    "Transfer",
    "Sale",
    "SaleLine",
    "LotAllocation",
    "Receipt",
    "StopSale",
    "PrintJob",
    "PrintAttempt",
    "Case",
    "CaseLine",
    "Evidence",
    "SupplierGoods",
    "LotParent",
    "TransferLine",
    "HandOver",
    "DayEnd",
    "Presentation",
}
WHOLE = {"BIGINT", "INTEGER"}


def column_type(column: dict[str, Any]) -> str:
    return str(column["type"]).partition("(")[0]


def test_what_was_migrated_is_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("name", DESIGN)
def test_every_table_of_the_design_is_there_with_its_key(sqlite_schema: Any, name: str) -> None:
    model, key = DESIGN[name]
    assert tuple(sqlite_schema.get_pk_constraint(model.__tablename__)["constrained_columns"]) == key


@pytest.fixture(scope="module")
def sqlite_schema(sqlite_template: Any) -> Any:
    """What the migrated SQLite file says of itself."""
    database = Database(f"sqlite:///{sqlite_template}")
    yield inspect(database.engine)
    database.close()


def schema_of(database: Database) -> Any:
    engine: Engine = database.engine
    return inspect(engine)


def test_both_databases_hold_the_design_and_nothing_else_unnamed(database: Database) -> None:
    schema = schema_of(database)
    known = {model.__tablename__ for model, _ in DESIGN.values()}
    found = set(schema.get_table_names()) - {"alembic_version"}
    assert found == known | {"enrolment", "version_counter"}
    for model, key in DESIGN.values():
        assert tuple(schema.get_pk_constraint(model.__tablename__)["constrained_columns"]) == key


def test_every_row_a_stall_owns_says_whose_it_is(database: Database) -> None:
    schema = schema_of(database)
    for name in STALL_OWNED:
        columns = {column["name"]: column for column in schema.get_columns(DESIGN[name][0].__tablename__)}
        assert columns["stall_id"]["nullable"] is False, name
        assert columns["site_id"]["nullable"] is False, name
    owned = {name for name, (model, _) in DESIGN.items() if issubclass(model, StallOwned)}
    assert owned == STALL_OWNED


def test_goods_papers_prices_and_cases_all_belong_to_a_stall() -> None:
    """DESIGN: every goods, sales, paper, price and case row carries site and stall; these know a site only."""
    site_only = {name for name, (model, _) in DESIGN.items() if issubclass(model, Owned)} - STALL_OWNED
    nobodys = {
        "Site",
        "Organisation",
        "Agency",
        "Stall",
        "VehicleArrival",
        "FeedCursor",
        "RecordsFile",
        "LotSighting",
        "User",
        "Session",
        "DeskCheck",
        "GateEntry",
        "StallDay",
        "RecallRead",
        "Feedback",
        "LogInTry",
        "LotFile",
    }
    whose_by_column = {"Printer", "Membership", "EnrolmentCode", "ApiKey", "OutboxMessage", "AuditEntry", "AccessEntry"}
    by_their_case = {"CaseEvent", "ReporterIdentity", "Hold", "CaseDraft"}
    assert site_only == nobodys | whose_by_column | by_their_case | {"IdempotencyKey"}


def test_quantities_and_dong_are_whole_numbers_and_times_know_their_zone(database: Database) -> None:
    schema = schema_of(database)
    checked = 0
    for table in Base.metadata.tables.values():
        columns = {column["name"]: column for column in schema.get_columns(table.name)}
        for column in table.columns:
            if isinstance(column.type, (Quantity, Dong)):
                assert column_type(columns[column.name]) in WHOLE, column
                checked += 1
            if isinstance(column.type, UtcDateTime) and not database.is_sqlite:
                assert columns[column.name]["type"].timezone is True, column
    assert checked > 15


def test_no_column_is_a_float_or_a_bare_time(database: Database) -> None:
    schema = schema_of(database)
    allowed = {
        "VARCHAR",
        "TEXT",
        "BIGINT",
        "INTEGER",
        "BOOLEAN",
        "DATE",
        "DATETIME",
        "TIMESTAMP",
        "JSON",
        "BLOB",
        "BYTEA",
    }
    for table in schema.get_table_names():
        assert {column_type(column) for column in schema.get_columns(table)} <= allowed, table


def test_json_and_time_columns_go_through_our_types() -> None:
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if type(column.type).__name__ in {"JSON", "DateTime", "Numeric", "Float"}:
                raise AssertionError(f"{column} is a bare {column.type!r}")
    assert isinstance(models.Case.__table__.c.opened_at.type, UtcDateTime)
    assert isinstance(models.OutboxMessage.__table__.c.answer.type, Json)


def test_a_lot_can_never_be_negative(database: Database) -> None:
    checks = {check["name"] for check in schema_of(database).get_check_constraints("stock_lot")}
    assert "ck_stock_lot_never_negative" in checks


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("case_event", ["site_id", "case_id", "node", "seq"]),
        ("outbox_message", ["site_id", "destination", "group_key", "seq"]),
        ("idempotency_key", ["site_id", "caller", "route", "key"]),
        ("audit_entry", ["site_id", "number"]),
        ("sale", ["site_id", "stall_id", "till", "external_id"]),
        ("user_account", ["site_id", "login"]),
        ("stall", ["site_id", "number"]),
    ],
)
def test_what_may_stand_once_is_unique_in_the_database(sqlite_schema: Any, table: str, columns: list[str]) -> None:
    unique = [index["column_names"] for index in sqlite_schema.get_indexes(table) if index["unique"]]
    assert columns in unique
