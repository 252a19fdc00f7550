"""The child process: reads one pickled call after another from its standard input, answers on standard output.

It holds no database, no network and no secret of the environment. The parent sends only names of functions in
``ALLOWED``; the pipe belongs to the parent alone, so nothing else can speak to it. It ends when the pipe closes, and
by its own alarm clock when a call hangs after the parent is gone.
"""

import math
import os
import pickle
import signal
import struct
import sys
from importlib import import_module
from typing import IO, Any, Final

from pos_trace.core.errors import PosTraceError

ALLOWED: Final = frozenset(
    {
        "pos_trace.hardware.decoder:read_photo",
        "pos_trace.hardware.decoder:keep_photo",
        "pos_trace.hardware.drawing:draw_and_encode",
    }
)
NICE: Final = 10
MEMORY_BYTES: Final = 1536 * 2**20
HEADER: Final = struct.Struct(">Q")
MOST_BYTES: Final = 256 * 2**20
GRACE_S: Final = 2.0


class Garbage(OSError):
    """The other side sent what cannot be a frame."""


def read_frame(stream: IO[bytes]) -> bytes | None:
    """One length-prefixed frame; None when the other side closed. Raises ``Garbage`` for an impossible length."""
    head = stream.read(HEADER.size)
    if len(head) < HEADER.size:
        return None
    (size,) = HEADER.unpack(head)
    if size > MOST_BYTES:
        raise Garbage(f"a frame of {size} bytes")
    body = stream.read(size)
    return body if len(body) == size else None


def write_frame(stream: IO[bytes], body: bytes) -> None:
    """Send one frame."""
    stream.write(HEADER.pack(len(body)) + body)
    stream.flush()


def limit() -> None:
    """Stand back behind the server, die rather than take all memory, leave no core file (POSIX only).

    Ctrl-C and SIGTERM reach the whole group of processes; the server drains then and still needs its children.
    """
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICE)
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def set_alarm(seconds: float) -> None:
    """The end of this process in ``seconds`` (rounded up), nothing with 0: the system does it, hung C code or not."""
    if hasattr(signal, "alarm"):
        signal.alarm(math.ceil(seconds))


def answer(frame: bytes, allowed: frozenset[str]) -> tuple[bool, Any]:
    """``(True, value)``, ``(False, our own refusal)`` or ``(False, text)`` of one call, within the time it names."""
    target, arguments, options, timeout_s = pickle.loads(frame)  # noqa: S301 - our own parent's bytes, on a private pipe
    set_alarm(timeout_s + GRACE_S)
    try:
        if target not in allowed:
            raise PermissionError(f"{target} is not a child's work")
        module, _, name = target.partition(":")
        return True, getattr(import_module(module), name)(*arguments, **options)
    except PosTraceError as refusal:
        return False, refusal
    except Exception as error:  # noqa: BLE001 - whatever went wrong belongs to the caller
        return False, f"{type(error).__name__}: {error}"
    finally:
        set_alarm(0)


def serve(source: IO[bytes], sink: IO[bytes], allowed: frozenset[str]) -> None:
    """Answer until the pipe closes, on either side."""
    try:
        while (frame := read_frame(source)) is not None:
            write_frame(sink, pickle.dumps(answer(frame, allowed)))
    except BrokenPipeError:
        return


def main() -> None:
    """Serve the parent. ``argv`` may name further functions (tests). What a library prints goes to standard error."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    limit()
    serve(source, sink, ALLOWED | frozenset(sys.argv[1:]))


if __name__ == "__main__":
    main()
