"""Tables of what the province shows shoppers: receipts without prices, sightings of lots."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def create(op: Operations) -> None:
    """Make the tables, parents first."""
    for table in (_lot_sighting, _published_receipt, _published_line):
        table(op)


def _lot_sighting(op: Operations) -> None:
    op.create_table(
        "lot_sighting",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("received_kg", types.Quantity(), nullable=False),
        sa.Column("first_scan_at", types.UtcDateTime(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_lot_sighting")),
    )
    with op.batch_alter_table("lot_sighting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_sighting_key"), ["key"], unique=False)


def _published_receipt(op: Operations) -> None:
    op.create_table(
        "published_receipt",
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column("short_code", sa.String(length=10), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("stall_gln", sa.String(length=13), nullable=True),
        sa.Column("stall_name", sa.String(length=200), nullable=False),
        sa.Column("sold_hour", types.UtcDateTime(), nullable=False),
        sa.Column("received_at", types.UtcDateTime(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_published_receipt")),
    )
    with op.batch_alter_table("published_receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_published_receipt_short_code"), ["short_code"], unique=False)


def _published_line(op: Operations) -> None:
    op.create_table(
        "published_line",
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("product_name", sa.String(length=300), nullable=False),
        sa.Column("lot_keys", sa.JSON(), nullable=False),
        sa.Column("lot_source", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["token"], ["published_receipt.token"], name=op.f("fk_published_line_token")),
        sa.PrimaryKeyConstraint("token", "line_no", name=op.f("pk_published_line")),
    )
