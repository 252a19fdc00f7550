"""Keys every table shares: ``(site_id, id)``, and ``stall_id`` where a stall owns the row (design)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pos_trace.store.types import Id, UtcDateTime


class Owned:
    """A row of one site; node-wide rows take the node's own id as ``site_id``."""

    site_id: Mapped[str] = mapped_column(Id, primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StallOwned(Owned):
    """A row of one stall: never shown to, allocated from or printed by another."""

    stall_id: Mapped[str] = mapped_column(Id, index=True)


def parent(column: str, table: str, **options: Any) -> ForeignKeyConstraint:
    """``(site_id, column)`` refers to ``table (site_id, id)``."""
    return ForeignKeyConstraint(["site_id", column], [f"{table}.site_id", f"{table}.id"], **options)
