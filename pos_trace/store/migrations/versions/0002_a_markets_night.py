"""A market's night: what its flows need beyond the house; columns are nullable, nothing that stands is changed."""

from alembic import op

from pos_trace.store.migrations.night import desk, goods, stalls, stock

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; rollback is restore."""
    for subject in (goods, stock, stalls, desk):
        subject.upgrade(op)
