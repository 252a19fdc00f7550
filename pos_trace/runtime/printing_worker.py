"""Carries print jobs to their printers: one thread a printer that has work, in the order they were written."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from pos_trace.core.errors import PosTraceError
from pos_trace.services import spool
from pos_trace.services.node import Node
from pos_trace.store.types import new_id

LOG = logging.getLogger(__name__)
Found = TypeVar("Found")


class PrintingWorker(threading.Thread):
    """Looks for due jobs every ``every_s`` seconds; a slow printer holds up nobody but itself.

    One a node: whoever starts it leads, and what other workers still hold is given up at the start.
    """

    def __init__(self, node: Node, clock: Callable[[], datetime], every_s: float = 0.2) -> None:
        super().__init__(name="printing", daemon=True)
        self._node = node
        self._clock = clock
        self._every_s = every_s
        self._owner = new_id(clock(), node.random)
        self._stopping = threading.Event()
        self._busy: dict[str, threading.Thread] = {}

    def run(self) -> None:
        while self._try(spool.recover, self._node, self._clock(), self._owner) is None:
            if self._stopping.wait(self._every_s):
                return
        while not self._stopping.wait(self._every_s):
            self._round()

    def stop(self, wait_s: float = 20.0) -> None:
        """End once the jobs on their way are settled; what waits stays in the spool."""
        self._stopping.set()
        self.join(wait_s)
        for thread in list(self._busy.values()):
            thread.join(wait_s)

    def _round(self) -> None:
        self._try(spool.recover, self._node, self._clock())
        self._busy = {printer: thread for printer, thread in self._busy.items() if thread.is_alive()}
        for printer in self._try(spool.printers_waiting, self._node, self._clock()) or []:
            if printer not in self._busy:
                name = f"printer-{printer[-4:]}"
                self._busy[printer] = threading.Thread(target=self._drain, args=(printer,), name=name, daemon=True)
                self._busy[printer].start()

    def _drain(self, printer: str) -> None:
        """Print until nothing is due, the printer fails, or the worker stops."""
        while not self._stopping.is_set():
            outcome = self._try(spool.send_next, self._node, printer, self._owner, self._clock())
            if outcome is None or self._settled(outcome) in (None, "queued"):
                return

    def _settled(self, outcome: spool.Outcome) -> str | None:
        """Write down what became of a job, again while the database is busy: what was printed must not be forgotten.

        None when the worker stops before that; the next start asks a person.
        """
        while (state := self._try(spool.settle, self._node, outcome, self._clock())) is None:
            if self._stopping.wait(self._every_s):
                return None
        return state

    def _try(self, work: Callable[..., Found | None], *arguments: object) -> Found | None:
        """What ``work`` answers, None when it could not be done now."""
        try:
            return work(*arguments)
        except (PosTraceError, SQLAlchemyError, OSError) as error:
            LOG.warning("printing: %s", error)
            return None
