"""Waiting in tests: ask again until it is so, with an end."""

import time
from collections.abc import Callable


def until(so: Callable[[], bool], most_s: float = 20.0) -> None:
    """Return once ``so()`` holds; fails after ``most_s``."""
    end = time.monotonic() + most_s
    while not so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)
