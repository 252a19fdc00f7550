"""A circuit breaker: after n failures in a row nobody waits for the other side for a while."""

import threading
from collections.abc import Callable


class Breaker:
    """Open for ``open_s`` seconds after ``failures`` failures in a row; then one caller at a time tries again."""

    def __init__(self, failures: int, open_s: float, monotonic: Callable[[], float]) -> None:
        self.limit = failures
        self.open_s = open_s
        self.why: str | None = None
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_at = 0.0

    def allows(self) -> bool:
        """Whether a call may go out now. A trial call moves the end of the pause, so others keep waiting."""
        with self._lock:
            if self._failures < self.limit:
                return True
            now = self._monotonic()
            if now < self._closed_at:
                return False
            self._closed_at = now + self.open_s
            return True

    def worked(self) -> None:
        """The other side answered properly."""
        with self._lock:
            self._failures = 0
            self.why = None

    def failed(self, why: str) -> None:
        """The other side did not; ``why`` is what callers hear while it is open."""
        with self._lock:
            self._failures += 1
            self.why = why
            if self._failures >= self.limit:
                self._closed_at = self._monotonic() + self.open_s
