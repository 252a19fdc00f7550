"""Statements written in SQLAlchemy Core, compiled once a dialect, run on the connection the session already holds."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.orm import Session

Readers = tuple[tuple[int, Callable[[Any], Any]], ...]
READING = "reading"  # in ``session.info`` of a session that writes nothing
HELD = "held_driver"  # in ``session.info``: the driver's connection, the same as long as the session lives
# text for the driver, order of its values (None: by name), values that stand in the statement itself, readers
Compiled = tuple[str, tuple[str, ...] | None, dict[str, Any], Readers]


class Prepared:
    """A read: ``rows(session, name=value…)``. It costs a third of the same statement executed by Core. The session must
    be bound to one connection, as ``Database`` makes it.

    Values go to the driver as they are, so they must be texts, whole numbers or None; what comes back is typed by
    the selected columns.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._guard = threading.Lock()
        self._compiled: dict[str, Compiled] = {}

    def rows(self, session: Session, **told: Any) -> list[Sequence[Any]]:
        """Every row, the session's own changes among them."""
        info = session.info
        if READING not in info:
            session.flush()
        held = info.get(HELD)
        if held is None:
            connection = session.connection()
            held = info[HELD] = (connection.connection.driver_connection, connection.dialect)
        driver: Any
        driver, dialect = held
        text, order, fixed, readers = self._compiled.get(dialect.name) or self._compile(dialect)
        values = fixed | told if fixed else told
        if order is not None:
            found = driver.execute(text, [values[name] for name in order]).fetchall()
        else:
            found = driver.execute(text, values, prepare=True).fetchall()
        return [typed(row, readers) for row in found] if readers else found

    def _compile(self, dialect: Dialect) -> Compiled:
        with self._guard:
            if dialect.name not in self._compiled:
                made: Any = self._statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
                order = tuple(made.positiontup) if made.positional else None
                columns = list(self._statement.selected_columns)
                fixed = {name: value for name, value in made.params.items() if value is not None}
                self._compiled[dialect.name] = (str(made), order, fixed, readers_of(columns, dialect))
            return self._compiled[dialect.name]


def readers_of(columns: Sequence[Any], dialect: Dialect) -> Readers:
    """Place and reader of each column whose driver value is not yet its own."""
    found = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    return tuple((place, reader) for place, reader in enumerate(found) if reader is not None)


def typed(row: Sequence[Any], readers: Readers) -> list[Any]:
    """A driver's row with each value as its column's type says; NULL stays None."""
    values = list(row)
    for place, reader in readers:
        if values[place] is not None:
            values[place] = reader(values[place])
    return values
