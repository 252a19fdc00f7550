"""Statements written in SQLAlchemy Core, compiled once a dialect, run on the connection the session already holds."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.orm import Session

Reader = Callable[[Any], Any] | None
# text for the driver, order of its values (None: by name), values that stand in the statement itself, readers
Compiled = tuple[str, tuple[str, ...] | None, dict[str, Any], tuple[Reader, ...]]


class Prepared:
    """A read: ``rows(session, name=value…)``. It costs a third of the same statement executed by Core.

    Values go to the driver as they are, so they must be texts, whole numbers or None; what comes back is typed by
    the selected columns.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._guard = threading.Lock()
        self._compiled: dict[str, Compiled] = {}

    def rows(self, session: Session, **told: Any) -> list[tuple[Any, ...]]:
        """Every row, the session's own changes among them."""
        session.flush()
        held = session.connection()
        dialect = held.dialect
        text, order, fixed, readers = self._compiled.get(dialect.name) or self._compile(dialect)
        driver: Any = held.connection.driver_connection
        values = fixed | told
        if order is not None:
            found = driver.execute(text, [values[name] for name in order]).fetchall()
        else:
            found = driver.execute(text, values, prepare=True).fetchall()
        return [typed(row, readers) for row in found]

    def _compile(self, dialect: Dialect) -> Compiled:
        with self._guard:
            if dialect.name not in self._compiled:
                made: Any = self._statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
                order = tuple(made.positiontup) if made.positional else None
                columns = list(self._statement.selected_columns)
                fixed = {name: value for name, value in made.params.items() if value is not None}
                self._compiled[dialect.name] = (str(made), order, fixed, readers_of(columns, dialect))
            return self._compiled[dialect.name]


def readers_of(columns: Sequence[Any], dialect: Dialect) -> tuple[Reader, ...]:
    """What turns each column's driver value into its own; None where it is that already."""
    return tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)


def typed(row: Sequence[Any], readers: Sequence[Reader]) -> tuple[Any, ...]:
    """A driver's row with each value as its column's type says; NULL stays None."""
    return tuple(
        value if reader is None or value is None else reader(value) for value, reader in zip(row, readers, strict=True)
    )
