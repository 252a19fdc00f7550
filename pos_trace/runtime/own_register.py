"""A province's own register as a source of records: its truth is of this moment, and nobody is behind it to ask."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from pos_trace.core.records import RecordAnswer, RecordsAge
from pos_trace.store import lots
from pos_trace.store.database import Database


class OwnRegister:
    """RecordSource over this node's own tables; what is not there is absent, never unknown."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def find(self, key: str) -> RecordAnswer:
        """Found or absent, as old as the question."""
        with self._database.read() as session:
            answer = lots.find(session, key)
        return replace(answer, age=RecordsAge(answer.age.version, self._clock()))
