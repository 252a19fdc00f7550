"""Tables of the province's facts on every node: lots, facilities, certificates, recalls, feeds."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def create(op: Operations) -> None:
    """Make the tables, parents first."""
    for table in (
        _facility,
        _feed_cursor,
        _lot_record,
        _recall,
        _records_file,
        _version_counter,
        _certificate,
        _recall_lot,
    ):
        table(op)


def _facility(op: Operations) -> None:
    op.create_table(
        "facility",
        sa.Column("facility_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("is_individual", sa.Boolean(), nullable=False),
        sa.Column("business_code", sa.String(length=40), nullable=True),
        sa.Column("tax_code", sa.String(length=40), nullable=True),
        sa.Column("gln", sa.String(length=13), nullable=True),
        sa.Column("address", sa.String(length=400), nullable=True),
        sa.Column("commune", sa.String(length=120), nullable=True),
        sa.Column("province", sa.String(length=120), nullable=True),
        sa.Column("trace_system", sa.String(length=120), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("facility_id", name=op.f("pk_facility")),
    )
    with op.batch_alter_table("facility", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_facility_version"), ["version"], unique=False)


def _feed_cursor(op: Operations) -> None:
    op.create_table(
        "feed_cursor",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", types.UtcDateTime(), nullable=True),
        sa.Column("failed_at", types.UtcDateTime(), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_feed_cursor")),
        sa.UniqueConstraint("name", name=op.f("uq_feed_cursor_name")),
    )


def _lot_record(op: Operations) -> None:
    op.create_table(
        "lot_record",
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("lot", sa.String(length=80), nullable=True),
        sa.Column("serial", sa.String(length=80), nullable=True),
        sa.Column("scheme", sa.String(length=40), nullable=True),
        sa.Column("product_name", sa.String(length=300), nullable=False),
        sa.Column("product_group", sa.String(length=40), nullable=True),
        sa.Column("brand", sa.String(length=200), nullable=True),
        sa.Column("image_url", sa.String(length=400), nullable=True),
        sa.Column("facility_id", sa.String(length=80), nullable=False),
        sa.Column("origin_country", sa.String(length=3), nullable=True),
        sa.Column("origin_place", sa.String(length=300), nullable=True),
        sa.Column("production_place_gln", sa.String(length=13), nullable=True),
        sa.Column("planting_area_code", sa.String(length=80), nullable=True),
        sa.Column("production_date", sa.Date(), nullable=True),
        sa.Column("harvest_date", sa.Date(), nullable=True),
        sa.Column("pack_date", sa.Date(), nullable=True),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("expiry_date", sa.Date(), nullable=True),
        sa.Column("net_quantity", types.Quantity(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("standards", sa.JSON(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("importer", sa.JSON(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("recall_id", sa.String(length=80), nullable=True),
        sa.Column("own_status", sa.String(length=20), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_lot_record")),
    )
    with op.batch_alter_table("lot_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_record_facility_id"), ["facility_id"], unique=False)
        batch_op.create_index("ix_lot_record_gtin_lot", ["gtin", "lot"], unique=False)
        batch_op.create_index("ix_lot_record_version", ["version"], unique=False)


def _recall(op: Operations) -> None:
    op.create_table(
        "recall",
        sa.Column("recall_id", sa.String(length=80), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_at", types.UtcDateTime(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("collect_at", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("recall_id", name=op.f("pk_recall")),
    )
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_version"), ["version"], unique=False)


def _records_file(op: Operations) -> None:
    op.create_table(
        "records_file",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_records_file")),
    )


def _version_counter(op: Operations) -> None:
    op.create_table(
        "version_counter",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_version_counter")),
    )


def _certificate(op: Operations) -> None:
    op.create_table(
        "certificate",
        sa.Column("facility_id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=True),
        sa.Column("issuer", sa.String(length=200), nullable=True),
        sa.Column("issued", sa.Date(), nullable=True),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.facility_id"], name=op.f("fk_certificate_facility_id")),
        sa.PrimaryKeyConstraint("facility_id", "position", name=op.f("pk_certificate")),
    )


def _recall_lot(op: Operations) -> None:
    op.create_table(
        "recall_lot",
        sa.Column("recall_id", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.recall_id"], name=op.f("fk_recall_lot_recall_id")),
        sa.PrimaryKeyConstraint("recall_id", "key", name=op.f("pk_recall_lot")),
    )
    with op.batch_alter_table("recall_lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_lot_key"), ["key"], unique=False)
