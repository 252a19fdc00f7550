"""Tables of the ledger: lots, movements, adjustments, transfers."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def create(op: Operations) -> None:
    """Make the tables, parents first."""
    for table in (_adjustment, _transfer, _stock_lot, _stock_movement):
        table(op)


def _adjustment(op: Operations) -> None:
    op.create_table(
        "adjustment",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("delivery_id", types.Id(), nullable=True),
        sa.Column("line_id", types.Id(), nullable=True),
        sa.Column("lot_id", types.Id(), nullable=True),
        sa.Column("quantity", types.Quantity(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_by", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_adjustment")),
    )
    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adjustment_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adjustment_stall_id"), ["stall_id"], unique=False)


def _transfer(op: Operations) -> None:
    op.create_table(
        "transfer",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("buyer", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_transfer")),
    )
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_stall_id"), ["stall_id"], unique=False)


def _stock_lot(op: Operations) -> None:
    op.create_table(
        "stock_lot",
        sa.Column("line_id", types.Id(), nullable=True),
        sa.Column("product_id", types.Id(), nullable=False),
        sa.Column("parent_lot_id", types.Id(), nullable=True),
        sa.Column("key", sa.String(length=400), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("on_hand", types.Quantity(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_reason", sa.String(length=40), nullable=True),
        sa.Column("held_from", types.UtcDateTime(), nullable=True),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.Column("harvested", sa.Date(), nullable=True),
        sa.Column("received_at", types.UtcDateTime(), nullable=False),
        sa.Column("closed_at", types.UtcDateTime(), nullable=True),
        sa.Column("origin", sa.JSON(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_lot_never_negative")),
        sa.ForeignKeyConstraint(
            ["site_id", "product_id"], ["product.site_id", "product.id"], name=op.f("fk_stock_lot_site_id_product_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_stock_lot")),
    )
    with op.batch_alter_table("stock_lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_lot_key"), ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_lot_line_id"), ["line_id"], unique=False)
        batch_op.create_index("ix_stock_lot_open", ["site_id", "stall_id", "product_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_lot_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_lot_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_lot_state"), ["state"], unique=False)


def _stock_movement(op: Operations) -> None:
    op.create_table(
        "stock_movement",
        sa.Column("lot_id", types.Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("quantity", types.Quantity(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", types.Id(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "lot_id"], ["stock_lot.site_id", "stock_lot.id"], name=op.f("fk_stock_movement_site_id_lot_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_stock_movement")),
    )
    with op.batch_alter_table("stock_movement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_movement_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_movement_stall_id"), ["stall_id"], unique=False)
