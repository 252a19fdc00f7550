"""A thread that carries the outbox to the Department, in small rounds, until it is stopped."""

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime

from pos_trace.services import outbox
from pos_trace.services.node import Node

LOG = logging.getLogger(__name__)


def full_jitter(most_s: float) -> float:
    """Somewhere between nothing and ``most_s`` seconds, so that no two stations knock together."""
    return random.uniform(0, most_s)  # noqa: S311 - spreads load, guards nothing


class OutboxWorker(threading.Thread):
    """Calls ``outbox.deliver_due`` every ``every_s`` seconds, at once again while messages are due.

    The first round waits ``jitter(every_s)``: power comes back to every stall of a market at the same moment.
    """

    def __init__(
        self,
        node: Node,
        clock: Callable[[], datetime],
        every_s: float = 2.0,
        jitter: Callable[[float], float] = full_jitter,
    ) -> None:
        super().__init__(name="outbox", daemon=True)
        self._node = node
        self._clock = clock
        self._every_s = every_s
        self._jitter = jitter
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._whole = False

    def run(self) -> None:
        self._wake.wait(self._jitter(self._every_s))
        while not self._stopping.is_set():
            self._wake.clear()
            if not self._round():
                self._wake.wait(self._every_s)

    def wake(self) -> None:
        """Look for messages now ("Gửi ngay")."""
        self._wake.set()

    def stop(self, wait_s: float = 5.0) -> None:
        """End after the message on its way; a message cut off here is sent again, its id makes that harmless."""
        self._stopping.set()
        self._wake.set()
        self.join(wait_s)

    def _round(self) -> bool:
        """Whether anything was carried, so that a backlog drains without pauses.

        What is still leased before the first round, or after one that broke off, is on nobody's way: it goes now.
        """
        try:
            if not self._whole:
                outbox.recover(self._node, self._clock())
            self._whole = False
            carried = outbox.deliver_due(self._node, self._clock(), stopping=self._stopping.is_set)
            self._whole = True
        except Exception:  # a thread that ends would stop every report until somebody restarts the node
            LOG.exception("outbox round failed")
            return False
        return carried > 0
