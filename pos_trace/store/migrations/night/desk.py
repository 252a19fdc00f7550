"""Drafts of conclusions, shoppers' feedback, published stall cards, values and notices of cases."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def upgrade(op: Operations) -> None:
    """Forward only."""
    for part in (
        _access_entry,
        _case_draft,
        _case_file,
        _feedback,
        _lot_sighting,
        _lot_total,
        _published_line,
        _reporter_identity,
        _stall_card,
    ):
        part(op)


def _access_entry(op: Operations) -> None:
    with op.batch_alter_table("access_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("feed_seq", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_access_entry_feed_seq"), ["feed_seq"], unique=False)


def _case_draft(op: Operations) -> None:
    op.create_table(
        "case_draft",
        sa.Column("case_site_id", types.Id(), nullable=False),
        sa.Column("case_id", types.Id(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("proposed_by", types.Id(), nullable=False),
        sa.Column("decided_by", types.Id(), nullable=True),
        sa.Column("decided_at", types.UtcDateTime(), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_case_draft")),
    )
    with op.batch_alter_table("case_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_draft_case_id"), ["case_id"], unique=False)


def _case_file(op: Operations) -> None:
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agency_name", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("value_dong", types.Dong(), nullable=True))
        batch_op.add_column(sa.Column("value_source", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("vehicle_plate", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("goods_group", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("notice_due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("notice_sent_at", types.UtcDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_case_file_vehicle_plate"), ["vehicle_plate"], unique=False)


def _feedback(op: Operations) -> None:
    op.create_table(
        "feedback",
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("stall_gln", sa.String(length=13), nullable=True),
        sa.Column("stall_name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("read_by", types.Id(), nullable=True),
        sa.Column("read_at", types.UtcDateTime(), nullable=True),
        sa.Column("case_site_id", types.Id(), nullable=True),
        sa.Column("case_id", types.Id(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_feedback")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_token"), ["token"], unique=False)


def _lot_sighting(op: Operations) -> None:
    with op.batch_alter_table("lot_sighting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_lot_sighting_version"), ["version"], unique=False)
        batch_op.add_column(sa.Column("lot_key", sa.String(length=400), nullable=True))
        batch_op.create_index(batch_op.f("ix_lot_sighting_lot_key"), ["lot_key"], unique=False)
    rows = sa.table("lot_sighting", sa.column("key", sa.String), sa.column("lot_key", sa.String))
    told = list(op.get_bind().scalars(sa.select(rows.c.key).distinct()))
    for key in told:
        op.execute(rows.update().where(rows.c.key == key).values(lot_key=key.split("/21/")[0]))


def _lot_total(op: Operations) -> None:
    op.create_table(
        "lot_total",
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("received_kg", types.Quantity(), nullable=False),
        sa.Column("sites", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_lot_total")),
    )
    with op.batch_alter_table("lot_total", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_total_version"), ["version"], unique=False)


def _published_line(op: Operations) -> None:
    with op.batch_alter_table("published_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origins", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("lots_are", sa.String(length=10), nullable=True))


def _reporter_identity(op: Operations) -> None:
    with op.batch_alter_table("reporter_identity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject", sa.String(length=20), nullable=True))


def _stall_card(op: Operations) -> None:
    op.create_table(
        "stall_card",
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column("stall_gln", sa.String(length=13), nullable=True),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("stall_name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("as_of", types.UtcDateTime(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_stall_card")),
    )
    with op.batch_alter_table("stall_card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stall_card_stall_gln"), ["stall_gln"], unique=False)
