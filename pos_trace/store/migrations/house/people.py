"""Tables of users, their roles, sessions, API keys, and who looked at what."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def create(op: Operations) -> None:
    """Make the tables, parents first."""
    for table in (_access_entry, _api_key, _user_account, _membership, _session):
        table(op)


def _access_entry(op: Operations) -> None:
    op.create_table(
        "access_entry",
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=True),
        sa.Column("ground", sa.String(length=200), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_access_entry")),
    )
    with op.batch_alter_table("access_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_entry_stall_id"), ["stall_id"], unique=False)


def _api_key(op: Operations) -> None:
    op.create_table(
        "api_key",
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("till_id", types.Id(), nullable=True),
        sa.Column("station_site_id", types.Id(), nullable=True),
        sa.Column("expires_at", types.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", types.UtcDateTime(), nullable=True),
        sa.Column("last_used_at", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
    )
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_key_stall_id"), ["stall_id"], unique=False)


def _user_account(op: Operations) -> None:
    op.create_table(
        "user_account",
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("secret_hash", sa.String(length=300), nullable=True),
        sa.Column("secret_kind", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_user_account")),
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.create_index("ux_user_login", ["site_id", "login"], unique=True)


def _membership(op: Operations) -> None:
    op.create_table(
        "membership",
        sa.Column("user_id", types.Id(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("agency_id", types.Id(), nullable=True),
        sa.Column("ends_at", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "user_id"],
            ["user_account.site_id", "user_account.id"],
            name=op.f("fk_membership_site_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_user_id"), ["user_id"], unique=False)


def _session(op: Operations) -> None:
    op.create_table(
        "session",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", types.Id(), nullable=False),
        sa.Column("device_id", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_used_at", types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "user_id"], ["user_account.site_id", "user_account.id"], name=op.f("fk_session_site_id_user_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_session_token_sha256")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_user_id"), ["user_id"], unique=False)
