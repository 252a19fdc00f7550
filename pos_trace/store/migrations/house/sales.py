"""Tables of sales, their lines, the lots they took, receipts, the stop-sale log."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def create(op: Operations) -> None:
    """Make the tables, parents first."""
    for table in (_sale, _stop_sale, _receipt, _sale_line, _lot_allocation):
        table(op)


def _sale(op: Operations) -> None:
    op.create_table(
        "sale",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("till", sa.String(length=80), nullable=False),
        sa.Column("cashier", sa.String(length=80), nullable=True),
        sa.Column("receipt_no", sa.String(length=80), nullable=False),
        sa.Column("sold_at", types.UtcDateTime(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("returned_sale_id", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_sale")),
    )
    with op.batch_alter_table("sale", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sale_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index("ux_sale_external_id", ["site_id", "stall_id", "till", "external_id"], unique=True)


def _stop_sale(op: Operations) -> None:
    op.create_table(
        "stop_sale",
        sa.Column("lot_id", types.Id(), nullable=True),
        sa.Column("key", sa.String(length=400), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("recall_id", sa.String(length=80), nullable=True),
        sa.Column("sale_id", types.Id(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_stop_sale")),
    )
    with op.batch_alter_table("stop_sale", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stop_sale_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stop_sale_stall_id"), ["stall_id"], unique=False)


def _receipt(op: Operations) -> None:
    op.create_table(
        "receipt",
        sa.Column("sale_id", types.Id(), nullable=False),
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column("short_code", sa.String(length=10), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("keep_until", types.UtcDateTime(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "sale_id"], ["sale.site_id", "sale.id"], name=op.f("fk_receipt_site_id_sale_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("token", name=op.f("uq_receipt_token")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_sale_id"), ["sale_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_short_code"), ["short_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_stall_id"), ["stall_id"], unique=False)


def _sale_line(op: Operations) -> None:
    op.create_table(
        "sale_line",
        sa.Column("sale_id", types.Id(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("product_id", types.Id(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("quantity", types.Quantity(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("lot_source", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("key", sa.String(length=400), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "sale_id"], ["sale.site_id", "sale.id"], name=op.f("fk_sale_line_site_id_sale_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_sale_line")),
    )
    with op.batch_alter_table("sale_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sale_line_sale_id"), ["sale_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sale_line_stall_id"), ["stall_id"], unique=False)


def _lot_allocation(op: Operations) -> None:
    op.create_table(
        "lot_allocation",
        sa.Column("sale_line_id", types.Id(), nullable=False),
        sa.Column("lot_id", types.Id(), nullable=True),
        sa.Column("quantity", types.Quantity(), nullable=False),
        sa.Column("certainty", sa.String(length=20), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("settled_by", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "sale_line_id"],
            ["sale_line.site_id", "sale_line.id"],
            name=op.f("fk_lot_allocation_site_id_sale_line_id"),
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_lot_allocation")),
    )
    with op.batch_alter_table("lot_allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_allocation_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lot_allocation_sale_line_id"), ["sale_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lot_allocation_stall_id"), ["stall_id"], unique=False)
