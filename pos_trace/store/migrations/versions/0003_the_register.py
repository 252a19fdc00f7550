"""The register at the desk: serial ranges, files of lots, reasons; nothing that stands is changed."""

from alembic import op

from pos_trace.store.migrations.register import records

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; rollback is restore."""
    for subject in (records,):
        subject.upgrade(op)
