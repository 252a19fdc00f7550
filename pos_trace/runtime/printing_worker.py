"""Carries print jobs to their printers: one thread a printer that has work, in the order they were written."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from pos_trace.core.errors import PosTraceError
from pos_trace.services import printing
from pos_trace.services.node import Node
from pos_trace.store.types import new_id

LOG = logging.getLogger(__name__)


class PrintingWorker(threading.Thread):
    """Looks for due jobs every ``every_s`` seconds; a slow printer holds up nobody but itself."""

    def __init__(self, node: Node, clock: Callable[[], datetime], every_s: float = 0.2) -> None:
        super().__init__(name="printing", daemon=True)
        self._node = node
        self._clock = clock
        self._every_s = every_s
        self._owner = new_id(clock(), node.random)
        self._stopping = threading.Event()
        self._busy: dict[str, threading.Thread] = {}

    def run(self) -> None:
        self._try(lambda: printing.recover(self._node, self._clock()))
        while not self._stopping.wait(self._every_s):
            self._try(self._round)

    def stop(self, wait_s: float = 20.0) -> None:
        """End once the jobs on their way are settled; what waits stays in the spool."""
        self._stopping.set()
        self.join(wait_s)
        for thread in list(self._busy.values()):
            thread.join(wait_s)

    def _round(self) -> None:
        self._busy = {printer: thread for printer, thread in self._busy.items() if thread.is_alive()}
        for printer in printing.printers_waiting(self._node, self._clock()):
            if printer not in self._busy:
                thread = threading.Thread(
                    target=self._drain, args=(printer,), name=f"printer-{printer[-4:]}", daemon=True
                )
                self._busy[printer] = thread
                thread.start()

    def _drain(self, printer: str) -> None:
        """Print until nothing is due, the printer fails, or the worker stops."""
        while not self._stopping.is_set():
            state = self._try(lambda: printing.print_next(self._node, printer, self._owner, self._clock()))
            if state in (None, "queued"):
                return

    def _try(self, work: Callable[[], object]) -> object:
        try:
            return work()
        except (PosTraceError, SQLAlchemyError, OSError) as error:
            LOG.warning("printing: %s", error)
            return None
