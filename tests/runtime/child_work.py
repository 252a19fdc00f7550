"""What children are asked to do in tests: honest work, and every way to go wrong that a decoder could find."""

import ctypes
import os
import pickle
import resource
import signal
import stat
import time
from pathlib import Path
from typing import Any

from pos_trace.core.errors import FieldError, Invalid

MODULE = "tests.runtime.child_work"
NAMES = ("echo", "who", "refuse", "fail", "take_memory", "die", "hang", "wait_for", "say", "fds", "limits", "environ",
         "odd_answer", "print_much")  # fmt: skip
ALL = tuple(f"{MODULE}:{name}" for name in NAMES)


def work(name: str) -> str:
    """The target of a call."""
    return f"{MODULE}:{name}"


def echo(value: Any, **more: Any) -> Any:
    return (value, more) if more else value


def who() -> int:
    return os.getpid()


def refuse() -> None:
    raise Invalid("photo_broken", "Ảnh bị hỏng.", (FieldError("/photo", "broken"),))


def fail() -> None:
    raise ZeroDivisionError("by nothing")


def take_memory(megabytes: int) -> int:
    return len(bytearray(megabytes * 2**20))


def die(how: str) -> None:
    """End this process as C code, the system or a bug would."""
    if how == "abort":
        os.abort()
    if how == "exit":
        os._exit(0)
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "segfault":
        ctypes.string_at(1)


def hang() -> None:
    """Turn in circles."""
    while True:
        pass


def wait_for(path: str, started: str) -> str:
    """Tell that it began, then wait until somebody makes ``path``."""
    Path(started).touch()
    while not Path(path).exists():
        time.sleep(0.01)
    return "came"


def say(raw: bytes, leave: bool = True) -> None:
    """Write ``raw`` where the answers go, as hostile code in the child could."""
    for number in range(3, 64):
        try:
            if stat.S_ISFIFO(os.fstat(number).st_mode):
                os.write(number, raw)
        except OSError:
            continue
    if leave:
        os._exit(0)


def fds() -> dict[int, str]:
    """What this process holds open."""
    found = {}
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found[int(entry.name)] = str(entry.readlink())
        except OSError:
            continue
    return found


def limits() -> dict[str, Any]:
    return {"nice": os.nice(0), "memory": resource.getrlimit(resource.RLIMIT_AS)[0],
            "core": resource.getrlimit(resource.RLIMIT_CORE)[0]}  # fmt: skip


def environ() -> list[str]:
    return sorted(os.environ)


def print_much() -> str:
    """What a chatty library does."""
    print("x" * 100_000)  # noqa: T201
    os.write(1, b"y" * 1000)
    return "done"


class Touch:
    """Unpickled, it makes a file: a stand-in for code of an attacker's choice."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(self.path),)


def odd_answer(path: str) -> Touch:
    return Touch(path)


def framed(body: bytes) -> bytes:
    return len(body).to_bytes(8, "big") + body


def evil(path: str) -> bytes:
    """A frame that runs code in whoever unpickles it without care."""
    return framed(pickle.dumps((True, Touch(path))))
