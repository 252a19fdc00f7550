"""Tables of the print spool."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def create(op: Operations) -> None:
    """Make the tables, parents first."""
    for table in (_print_job, _print_attempt):
        table(op)


def _print_job(op: Operations) -> None:
    op.create_table(
        "print_job",
        sa.Column("printer_id", types.Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", types.Id(), nullable=False),
        sa.Column("copy_no", sa.Integer(), nullable=False),
        sa.Column("slip", sa.JSON(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("next_at", types.UtcDateTime(), nullable=False),
        sa.Column("lease_until", types.UtcDateTime(), nullable=True),
        sa.Column("lease_owner", sa.String(length=80), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answered", sa.String(length=20), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_print_job")),
    )
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_job_printer_id"), ["printer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_job_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_job_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index("ix_print_job_waiting", ["site_id", "printer_id", "state", "next_at"], unique=False)


def _print_attempt(op: Operations) -> None:
    op.create_table(
        "print_attempt",
        sa.Column("job_id", types.Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bytes_sent", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("detail", sa.String(length=300), nullable=True),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "job_id"], ["print_job.site_id", "print_job.id"], name=op.f("fk_print_attempt_site_id_job_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_print_attempt")),
    )
    with op.batch_alter_table("print_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_attempt_job_id"), ["job_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_attempt_stall_id"), ["stall_id"], unique=False)
