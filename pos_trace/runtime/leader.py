"""One process of a node does the work nobody asks for: whoever holds the lock file beside its data."""

import threading
from collections.abc import Sequence
from pathlib import Path

import structlog
from filelock import FileLock, Timeout

from pos_trace.runtime.server import Worker

log = structlog.get_logger("pos_trace.leader")
LOOK_AGAIN_S = 5.0


class Leader:
    """Starts ``workers`` once it holds ``path``; the operating system frees the lock when a process dies."""

    def __init__(self, path: Path, workers: Sequence[Worker], every_s: float = LOOK_AGAIN_S) -> None:
        self._lock = FileLock(path, thread_local=False)
        self._workers = workers
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="leader", daemon=True)
        self._leading = False

    def start(self) -> None:
        """Lead at once when nobody does, else stand by; returns at once."""
        if not self._lead():
            log.info("standing by", lock=self._lock.lock_file)
            self._thread.start()

    def stop(self) -> None:
        """End the workers, last started first, and give the lock back."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._leading:
            for worker in reversed(self._workers):
                worker.stop()
            self._lock.release()

    def _wait(self) -> None:
        while not self._stopping.wait(self._every_s):
            if self._lead():
                return

    def _lead(self) -> bool:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        self._leading = True
        for worker in self._workers:
            worker.start()
        return True
