"""Tables of what must not be lost or doubled: outbox, idempotency keys, the audit chain, counters."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def create(op: Operations) -> None:
    """Make the tables, parents first."""
    for table in (_audit_entry, _audit_head, _counter, _idempotency_key, _outbox_message):
        table(op)


def _audit_entry(op: Operations) -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index("ux_audit_number", ["site_id", "number"], unique=True)


def _audit_head(op: Operations) -> None:
    op.create_table(
        "audit_head",
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_audit_head")),
    )


def _counter(op: Operations) -> None:
    op.create_table(
        "counter",
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "stall_id", "kind", "period", name=op.f("pk_counter")),
    )


def _idempotency_key(op: Operations) -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("caller", sa.String(length=80), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_idempotency_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index("ux_idempotency_key", ["site_id", "caller", "route", "key"], unique=True)


def _outbox_message(op: Operations) -> None:
    op.create_table(
        "outbox_message",
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("destination", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("group_key", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("plain", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", types.UtcDateTime(), nullable=False),
        sa.Column("lease_until", types.UtcDateTime(), nullable=True),
        sa.Column("lease_owner", sa.String(length=80), nullable=True),
        sa.Column("last_status", sa.String(length=200), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("done_at", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_outbox_message")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_message_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index("ix_outbox_waiting", ["state", "next_at"], unique=False)
        batch_op.create_index("ux_outbox_group_seq", ["site_id", "destination", "group_key", "seq"], unique=True)
