"""One process of a node does the work nobody asks for: whoever holds the lock file beside its data."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import structlog
from filelock import FileLock, Timeout

from pos_trace.runtime.server import Worker

log = structlog.get_logger("pos_trace.leader")
LOOK_AGAIN_S = 5.0
STOP_S = 10.0


class Leader:
    """Starts ``workers`` once it holds ``path``; the operating system frees the lock when a process dies.

    ``stop`` returns within ``stop_s`` whatever a worker does: threads left behind end with the process, and what
    they had under way is made good at the next start.
    """

    def __init__(
        self, path: Path, workers: Sequence[Worker], every_s: float = LOOK_AGAIN_S, stop_s: float = STOP_S
    ) -> None:
        self._lock = FileLock(path, thread_local=False)
        self._workers = workers
        self._every_s, self._stop_s = every_s, stop_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="leader", daemon=True)
        self._running: list[Worker] = []

    def start(self) -> None:
        """Lead at once when nobody does, else stand by; returns at once."""
        if not self._lead():
            log.info("standing by", lock=self._lock.lock_file)
            self._thread.start()

    def stop(self) -> None:
        """End the workers, all at the same time, and give the lock back."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(self._stop_s)
        self._end_all()
        self._lock.release()

    def _wait(self) -> None:
        while not self._stopping.wait(self._every_s):
            if self._lead():
                return

    def _lead(self) -> bool:
        """Whether this process leads now; a lock that cannot be had, or a worker that cannot start, is tried again."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        except OSError as error:
            log.warning("no lock", error=str(error))
            return False
        try:
            for worker in self._workers:
                worker.start()
                self._running.append(worker)
        except Exception:
            self._end_all()
            self._lock.release()
            raise
        return True

    def _end_all(self) -> None:
        until = time.monotonic() + self._stop_s
        ends = [threading.Thread(target=_end, args=(worker,), daemon=True) for worker in reversed(self._running)]
        self._running = []
        for end in ends:
            end.start()
        for end in ends:
            end.join(max(0.0, until - time.monotonic()))
        late = sum(end.is_alive() for end in ends)
        if late:
            log.warning("workers left behind", count=late)


def _end(worker: Worker) -> None:
    try:
        worker.stop()
    except Exception:
        log.exception("a worker did not stop")
