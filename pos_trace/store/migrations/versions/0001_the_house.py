"""The house: all tables of the design, keys settled for good; by subject in ``migrations.house``."""

from alembic import op

from pos_trace.store.migrations.house import (
    cases,
    goods,
    journal,
    people,
    places,
    printing,
    published,
    records,
    sales,
    stock,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
SUBJECTS = (places, people, records, goods, stock, sales, printing, published, cases, journal)


def upgrade() -> None:
    """Forward only; rollback is restore."""
    for subject in SUBJECTS:
        subject.create(op)
