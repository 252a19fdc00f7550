"""Tables of cases as events of two authors, the goods, evidence, reporters apart, legal holds."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def create(op: Operations) -> None:
    """Make the tables, parents first."""
    for table in (_case_event, _case_file, _legal_hold, _reporter_identity, _case_line, _evidence):
        table(op)


def _case_event(op: Operations) -> None:
    op.create_table(
        "case_event",
        sa.Column("case_id", types.Id(), nullable=False),
        sa.Column("node", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("feed_seq", sa.BigInteger(), nullable=True),
        sa.Column("received_at", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_case_event")),
    )
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_event_feed_seq"), ["feed_seq"], unique=False)
        batch_op.create_index("ux_case_event_author", ["site_id", "case_id", "node", "seq"], unique=True)


def _case_file(op: Operations) -> None:
    op.create_table(
        "case_file",
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("supplier_name", sa.String(length=200), nullable=True),
        sa.Column("agency_id", types.Id(), nullable=True),
        sa.Column("assigned_to", types.Id(), nullable=True),
        sa.Column("ack_number", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("origin_finding", sa.String(length=20), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opened_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("ack_number", name=op.f("uq_case_file_ack_number")),
    )
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_file_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_assigned_to"), ["assigned_to"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_state"), ["state"], unique=False)


def _legal_hold(op: Operations) -> None:
    op.create_table(
        "legal_hold",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", types.Id(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("until", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_legal_hold")),
    )
    with op.batch_alter_table("legal_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legal_hold_subject_id"), ["subject_id"], unique=False)


def _reporter_identity(op: Operations) -> None:
    op.create_table(
        "reporter_identity",
        sa.Column("case_id", types.Id(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("contact", sa.String(length=200), nullable=True),
        sa.Column("consent", sa.String(length=200), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_reporter_identity")),
    )
    with op.batch_alter_table("reporter_identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reporter_identity_case_id"), ["case_id"], unique=False)


def _case_line(op: Operations) -> None:
    op.create_table(
        "case_line",
        sa.Column("case_id", types.Id(), nullable=False),
        sa.Column("line_id", types.Id(), nullable=True),
        sa.Column("lot_id", types.Id(), nullable=True),
        sa.Column("key", sa.String(length=400), nullable=True),
        sa.Column("goods_name", sa.String(length=300), nullable=False),
        sa.Column("quantity", types.Quantity(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "case_id"], ["case_file.site_id", "case_file.id"], name=op.f("fk_case_line_site_id_case_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_case_line")),
    )
    with op.batch_alter_table("case_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_line_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_line_key"), ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_line_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_line_stall_id"), ["stall_id"], unique=False)


def _evidence(op: Operations) -> None:
    op.create_table(
        "evidence",
        sa.Column("case_id", types.Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("caption", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "case_id"], ["case_file.site_id", "case_file.id"], name=op.f("fk_evidence_site_id_case_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_stall_id"), ["stall_id"], unique=False)
