"""Alembic's environment: on the connection ``upgrade`` brings, or on Flask-Migrate's engine for its commands."""

from alembic import context
from sqlalchemy import Connection

from pos_trace.store import models  # noqa: F401 - registers every table on Base
from pos_trace.store.base import Base
from pos_trace.store.migrations import CONNECTION


def run() -> None:
    """Migrate online; there is no offline mode, since data moves too."""
    connection = context.config.attributes.get(CONNECTION)
    if connection is None:
        from flask import current_app

        with current_app.extensions["migrate"].db.engine.begin() as opened:
            _migrate(opened)
        return
    _migrate(connection)


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


run()
