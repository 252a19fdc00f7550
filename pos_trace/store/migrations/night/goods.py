"""Suppliers' habits, desk checks, papers that state a quantity, promised papers."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def upgrade(op: Operations) -> None:
    """Forward only."""
    for part in (
        _delivery,
        _delivery_line,
        _desk_check,
        _flag,
        _paper,
        _party,
        _photo,
        _product,
        _supplier_goods,
    ):
        part(op)


def _delivery(op: Operations) -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("transfer_id", types.Id(), nullable=True))
        batch_op.create_index(batch_op.f("ix_delivery_transfer_id"), ["transfer_id"], unique=False)
    op.drop_column("delivery", "opening")  # never through a copy of the table: lines refer to it


def _delivery_line(op: Operations) -> None:
    with op.batch_alter_table("delivery_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_group", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("asked_gtin", sa.String(length=14), nullable=True))
        batch_op.add_column(sa.Column("produced", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("best_before", sa.Date(), nullable=True))


def _desk_check(op: Operations) -> None:
    op.create_table(
        "desk_check",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("drawn_at", types.UtcDateTime(), nullable=True),
        sa.Column("drawn_by", sa.String(length=80), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_desk_check")),
    )


def _flag(op: Operations) -> None:
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.add_column(sa.Column("later_by", types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("reminded_at", types.UtcDateTime(), nullable=True))


def _paper(op: Operations) -> None:
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stated_kg", types.Quantity(), nullable=True))
        batch_op.add_column(sa.Column("same_truck", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("same_truck_at", types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("goods_group", sa.String(length=40), nullable=True))


def _party(op: Operations) -> None:
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.add_column(sa.Column("nickname", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("nickname_folded", sa.String(length=120), nullable=True))


def _photo(op: Operations) -> None:
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.add_column(sa.Column("covers_id", types.Id(), nullable=True))
        batch_op.create_index(batch_op.f("ix_photo_covers_id"), ["covers_id"], unique=False)


def _product(op: Operations) -> None:
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unit_contents", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("price_unit", sa.String(length=20), nullable=True))


def _supplier_goods(op: Operations) -> None:
    op.create_table(
        "supplier_goods",
        sa.Column("party_id", types.Id(), nullable=False),
        sa.Column("product_id", types.Id(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("content_kg", types.Quantity(), nullable=True),
        sa.Column("usual", types.Quantity(), nullable=True),
        sa.Column("last_quantity", types.Quantity(), nullable=False),
        sa.Column("last_at", types.UtcDateTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "party_id"], ["party.site_id", "party.id"], name=op.f("fk_supplier_goods_site_id_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id", "product_id"],
            ["product.site_id", "product.id"],
            name=op.f("fk_supplier_goods_site_id_product_id"),
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_supplier_goods")),
    )
    with op.batch_alter_table("supplier_goods", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_goods_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index(
            "ux_supplier_goods", ["site_id", "stall_id", "party_id", "product_id", "unit"], unique=True
        )
