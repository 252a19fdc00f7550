"""Several sources of records in a stated order, each with its own health; how their answers make one.

``found`` by the first that has it. ``absent`` only when every source that speaks for absence was asked and said so:
one that is silent leaves the lot unknown, whatever another one does not have. Nobody asks a source that has just
failed several times (``Breaker``).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from pos_trace.adapters.breaker import Breaker
from pos_trace.core.records import RecordAnswer, RecordsAge

SILENT: Final = "province_silent"
FAILURES: Final = 3
OPEN_S: Final = 30.0
TOTAL_S: Final = 4.0


class Asked(Protocol):
    """A source as the adapters here are one."""

    def find(self, key: str) -> RecordAnswer:
        """Found, absent or unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Health:
    """How one source is: ``state`` ok | failing | paused | never (not asked yet), when it last answered, why not."""

    name: str
    kind: str
    state: str
    answered_at: datetime | None = None
    failed_at: datetime | None = None
    why: str = ""


class Member:
    """One source in the row. ``speaks_for``: whether its "no such lot" counts."""

    def __init__(
        self, name: str, kind: str, source: Any, breaker: Breaker, clock: Callable[[], datetime], speaks_for: bool
    ) -> None:
        self.name, self.kind, self.source, self.speaks_for = name, kind, source, speaks_for
        self._breaker, self._clock = breaker, clock
        self._guard = threading.Lock()
        self._health = Health(name, kind, "never")

    def handles(self, key: str) -> bool:
        """Whether it can be asked for such a key."""
        asks = getattr(self.source, "handles", None)
        return asks is None or bool(asks(key))

    def find(self, key: str) -> RecordAnswer:
        """Its answer; unavailable at once while it is paused."""
        if not self._breaker.allows():
            with self._guard:
                self._health = replace(self._health, state="paused")
            return RecordAnswer("unavailable", why=self._breaker.why)
        answer: RecordAnswer = self.source.find(key)
        if answer.state == "unavailable":
            self._failed(answer.why or SILENT)
        else:
            self._breaker.worked()
            with self._guard:
                self._health = Health(self.name, self.kind, "ok", self._clock(), self._health.failed_at)
        return answer

    def health(self) -> Health:
        """How it is now."""
        with self._guard:
            return self._health

    def _failed(self, why: str) -> None:
        self._breaker.failed(why)
        said = str(getattr(self.source, "problem", "")) or why
        with self._guard:
            self._health = replace(self._health, state="failing", failed_at=self._clock(), why=said[:200])


class Sources:
    """RecordSource over several, asked in their order. Whoever scans waits: after ``total_s`` seconds no further one is
    asked, and those that were not leave the lot unknown.
    """

    def __init__(
        self,
        members: tuple[Member, ...],
        total_s: float = TOTAL_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.members = members
        self._total_s, self._monotonic = total_s, monotonic

    def find(self, key: str) -> RecordAnswer:
        """The first that has it; else absent when all who speak for it say so; else unavailable."""
        absent: RecordAnswer | None = None
        silent: RecordAnswer | None = None
        ends = self._monotonic() + self._total_s
        for member in self.members:
            if not member.handles(key):
                continue
            late = self._monotonic() >= ends
            answer = RecordAnswer("unavailable", why=SILENT) if late else member.find(key)
            if answer.state == "found":
                return answer
            if member.speaks_for and answer.state == "unavailable":
                silent = silent or answer
            elif member.speaks_for:
                absent = _older(absent, answer)
        if silent is not None or absent is None:
            return RecordAnswer("unavailable", why=silent.why if silent else SILENT)
        return absent

    def health(self) -> tuple[Health, ...]:
        """Every source's, in the order they are asked."""
        return tuple(member.health() for member in self.members)


def _older(one: RecordAnswer | None, other: RecordAnswer) -> RecordAnswer:
    """Of two that both say absent, the one whose word is older: together they vouch for no more than that."""
    if one is None:
        return other
    ours, theirs = one.age.as_of, other.age.as_of
    if ours is None or theirs is None:
        return replace(one, age=RecordsAge())
    return one if ours <= theirs else other


def member(
    name: str,
    kind: str,
    source: Any,
    clock: Callable[[], datetime],
    *,
    speaks_for: bool = True,
    monotonic: Callable[[], float] = time.monotonic,
) -> Member:
    """A source with a breaker of its own."""
    return Member(name, kind, source, Breaker(FAILURES, OPEN_S, monotonic), clock, speaks_for)
