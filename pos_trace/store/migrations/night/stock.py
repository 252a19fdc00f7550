"""Lots of several parents, transfers with lines and slips, returns of a recall."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def upgrade(op: Operations) -> None:
    """Forward only."""
    for part in (
        _adjustment,
        _lot_allocation,
        _lot_parent,
        _sale,
        _station,
        _stock_lot,
        _transfer,
        _transfer_line,
    ):
        part(op)


def _adjustment(op: Operations) -> None:
    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("found", types.Quantity(), nullable=True))
        batch_op.add_column(sa.Column("found_line_id", types.Id(), nullable=True))
        batch_op.create_index(batch_op.f("ix_adjustment_found_line_id"), ["found_line_id"], unique=False)


def _lot_allocation(op: Operations) -> None:
    with op.batch_alter_table("lot_allocation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unit", sa.String(length=20), nullable=True))


def _lot_parent(op: Operations) -> None:
    op.create_table(
        "lot_parent",
        sa.Column("child_id", types.Id(), nullable=False),
        sa.Column("parent_id", types.Id(), nullable=False),
        sa.Column("quantity", types.Quantity(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=True),
        sa.Column("state_reason", sa.String(length=40), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "child_id"], ["stock_lot.site_id", "stock_lot.id"], name=op.f("fk_lot_parent_site_id_child_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_lot_parent")),
    )
    with op.batch_alter_table("lot_parent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_parent_child_id"), ["child_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lot_parent_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lot_parent_stall_id"), ["stall_id"], unique=False)


def _sale(op: Operations) -> None:
    with op.batch_alter_table("sale", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recall_id", sa.String(length=80), nullable=True))


def _station(op: Operations) -> None:
    op.create_table(
        "station",
        sa.Column("station_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("gln", sa.String(length=13), nullable=True),
        sa.Column("commune", sa.String(length=120), nullable=True),
        sa.Column("stalls", sa.JSON(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("station_id", name=op.f("pk_station")),
    )
    with op.batch_alter_table("station", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_station_version"), ["version"], unique=False)


def _stock_lot(op: Operations) -> None:
    with op.batch_alter_table("stock_lot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("on_sale_since", types.UtcDateTime(), nullable=True))


def _transfer(op: Operations) -> None:
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("direction", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("other_stall_id", types.Id(), nullable=True))
        batch_op.add_column(sa.Column("other_transfer_id", types.Id(), nullable=True))
        batch_op.add_column(sa.Column("party_id", types.Id(), nullable=True))
        batch_op.add_column(sa.Column("delivery_id", types.Id(), nullable=True))
        batch_op.add_column(sa.Column("from_station", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("from_number", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("signature", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("codes", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("made_by", types.Id(), nullable=True))
        batch_op.add_column(sa.Column("answered_at", types.UtcDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_transfer_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_other_stall_id"), ["other_stall_id"], unique=False)
        batch_op.create_index("ux_transfer_slip", ["site_id", "stall_id", "from_station", "from_number"], unique=True)


def _transfer_line(op: Operations) -> None:
    op.create_table(
        "transfer_line",
        sa.Column("transfer_id", types.Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lot_id", types.Id(), nullable=True),
        sa.Column("key", sa.String(length=400), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("quantity", types.Quantity(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("accepted", types.Quantity(), nullable=True),
        sa.Column("returned", types.Quantity(), nullable=True),
        sa.Column("refuse_reason", sa.String(length=200), nullable=True),
        sa.Column("paper_hashes", sa.JSON(), nullable=True),
        sa.Column("shown", sa.Boolean(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "transfer_id"],
            ["transfer.site_id", "transfer.id"],
            name=op.f("fk_transfer_line_site_id_transfer_id"),
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_transfer_line")),
    )
    with op.batch_alter_table("transfer_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_line_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_line_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_line_transfer_id"), ["transfer_id"], unique=False)
