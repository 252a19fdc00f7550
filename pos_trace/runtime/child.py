"""The child process: reads one pickled call after another from its standard input, answers on standard output.

It holds no database and no network. The parent sends only names of functions in ``ALLOWED``; the pipe belongs to the
parent alone, so nothing else can speak to it. It ends when the pipe closes.
"""

import os
import pickle
import struct
import sys
from importlib import import_module
from typing import IO, Any, Final

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


def read_frame(stream: IO[bytes]) -> bytes | None:
    """One length-prefixed frame; None when the other side closed."""
    head = stream.read(HEADER.size)
    if len(head) < HEADER.size:
        return None
    (size,) = HEADER.unpack(head)
    body = stream.read(size)
    return body if len(body) == size else None


def write_frame(stream: IO[bytes], body: bytes) -> None:
    """Send one frame."""
    stream.write(HEADER.pack(len(body)) + body)
    stream.flush()


def limit() -> None:
    """Stand back behind the server, and die rather than take all memory (POSIX only)."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def answer(frame: bytes, allowed: frozenset[str]) -> tuple[bool, Any]:
    """``(True, value)`` or ``(False, exception)`` of one call."""
    target, arguments, options = pickle.loads(frame)  # noqa: S301 - our own parent's bytes, on a private pipe
    try:
        if target not in allowed:
            raise PermissionError(f"{target} is not a child's work")
        module, _, name = target.partition(":")
        return True, getattr(import_module(module), name)(*arguments, **options)
    except Exception as error:  # noqa: BLE001 - whatever went wrong belongs to the caller
        return False, error


def main() -> None:
    """Serve until the pipe closes. ``argv`` may name further functions (tests)."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit()
    allowed = ALLOWED | frozenset(sys.argv[1:])
    while (frame := read_frame(source)) is not None:
        write_frame(sink, pickle.dumps(answer(frame, allowed)))


if __name__ == "__main__":
    main()
