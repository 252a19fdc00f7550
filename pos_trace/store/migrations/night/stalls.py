"""Hand-overs, day ends, presentations; gate log and stall-days; locked devices and sessions; PINs; quiet hours."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def upgrade(op: Operations) -> None:
    """Forward only."""
    for part in (
        _day_end,
        _device,
        _enrolment,
        _gate_entry,
        _hand_over,
        _log_in_try,
        _presentation,
        _recall_read,
        _session,
        _site,
        _stall,
        _stall_day,
        _user_account,
    ):
        part(op)


def _day_end(op: Operations) -> None:
    op.create_table(
        "day_end",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_day_end")),
    )
    with op.batch_alter_table("day_end", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_day_end_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index("ux_day_end", ["site_id", "stall_id", "day"], unique=True)


def _device(op: Operations) -> None:
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("locked_by", types.Id(), nullable=True))
        batch_op.add_column(sa.Column("last_scan_at", types.UtcDateTime(), nullable=True))


def _enrolment(op: Operations) -> None:
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("province_key", sa.String(length=64), nullable=True))


def _gate_entry(op: Operations) -> None:
    op.create_table(
        "gate_entry",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("plate", sa.String(length=20), nullable=True),
        sa.Column("arrived_at", types.UtcDateTime(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("cancelled_at", types.UtcDateTime(), nullable=True),
        sa.Column("made_by", types.Id(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_gate_entry")),
    )
    with op.batch_alter_table("gate_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gate_entry_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_gate_entry_stall_id"), ["stall_id"], unique=False)


def _hand_over(op: Operations) -> None:
    op.create_table(
        "hand_over",
        sa.Column("from_user", types.Id(), nullable=False),
        sa.Column("to_user", types.Id(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("taken_at", types.UtcDateTime(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_hand_over")),
    )
    with op.batch_alter_table("hand_over", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_over_stall_id"), ["stall_id"], unique=False)


def _log_in_try(op: Operations) -> None:
    op.create_table(
        "log_in_try",
        sa.Column("user_id", types.Id(), nullable=False),
        sa.Column("device_id", types.Id(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "user_id"],
            ["user_account.site_id", "user_account.id"],
            name=op.f("fk_log_in_try_site_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_log_in_try")),
    )
    with op.batch_alter_table("log_in_try", schema=None) as batch_op:
        batch_op.create_index("ux_log_in_try", ["site_id", "user_id", "device_id"], unique=True)


def _presentation(op: Operations) -> None:
    op.create_table(
        "presentation",
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("shown_to", sa.String(length=200), nullable=True),
        sa.Column("ground", sa.String(length=200), nullable=True),
        sa.Column("made_by", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_presentation")),
    )
    with op.batch_alter_table("presentation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presentation_stall_id"), ["stall_id"], unique=False)


def _recall_read(op: Operations) -> None:
    op.create_table(
        "recall_read",
        sa.Column("recall_id", sa.String(length=80), nullable=False),
        sa.Column("read_by", types.Id(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_recall_read")),
    )
    with op.batch_alter_table("recall_read", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_read_recall_id"), ["recall_id"], unique=False)


def _session(op: Operations) -> None:
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("locked_at", types.UtcDateTime(), nullable=True))


def _site(op: Operations) -> None:
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quiet_from", sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column("quiet_until", sa.String(length=5), nullable=True))


def _stall(op: Operations) -> None:
    with op.batch_alter_table("stall", schema=None) as batch_op:
        batch_op.add_column(sa.Column("practice_ended_at", types.UtcDateTime(), nullable=True))


def _stall_day(op: Operations) -> None:
    op.create_table(
        "stall_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_stall_day")),
    )
    with op.batch_alter_table("stall_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stall_day_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index("ux_stall_day", ["site_id", "day", "stall_id"], unique=True)


def _user_account(op: Operations) -> None:
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pin_given_at", types.UtcDateTime(), nullable=True))
