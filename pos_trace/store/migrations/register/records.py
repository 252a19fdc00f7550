"""Ranges of serials issued, files of lots that wait for approval, why a facility or a lot was suspended."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def upgrade(op: Operations) -> None:
    """Forward only."""
    for part in (_serial_range, _lot_file, _reasons):
        part(op)


def _serial_range(op: Operations) -> None:
    op.create_table(
        "serial_range",
        sa.Column("range_id", types.Id(), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("lot", sa.String(length=80), nullable=True),
        sa.Column("facility_id", sa.String(length=80), nullable=True),
        sa.Column("first", sa.String(length=40), nullable=False),
        sa.Column("last", sa.String(length=40), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_to", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("range_id", name=op.f("pk_serial_range")),
    )
    with op.batch_alter_table("serial_range", schema=None) as batch_op:
        batch_op.create_index("ix_serial_range_gtin", ["gtin", "lot"], unique=False)
        batch_op.create_index(batch_op.f("ix_serial_range_facility_id"), ["facility_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_serial_range_version"), ["version"], unique=False)


def _lot_file(op: Operations) -> None:
    op.create_table(
        "lot_file",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("lots", sa.JSON(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("bad", sa.JSON(), nullable=False),
        sa.Column("ignored", sa.JSON(), nullable=False),
        sa.Column("sent_by", types.Id(), nullable=False),
        sa.Column("sent_name", sa.String(length=120), nullable=False),
        sa.Column("decided_name", sa.String(length=120), nullable=True),
        sa.Column("decided_at", types.UtcDateTime(), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_lot_file")),
    )
    with op.batch_alter_table("lot_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_file_sha256"), ["sha256"], unique=False)


def _reasons(op: Operations) -> None:
    for table in ("facility", "lot_record"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("status_reason", sa.String(length=500), nullable=True))
