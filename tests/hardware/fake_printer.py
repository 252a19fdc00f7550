"""A printer on port 9100 that lives in a thread and behaves as it is told: well, badly, or not at all."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType

from pos_trace.hardware.status import ASK_PAPER, ASK_PROCESS, GREETING

FINE_NOW = b"\x12\x12\x12"
FINE_PAPER = b"\x00"
OUT_OF_PAPER_NOW = b"\x1a\x32\x72"
SMALL_BUFFER = 4096
LONGEST = 30.0


def confirming(job: bytes) -> bytes:
    """The honest answer to the question that ends ``job``; nothing before it is all there."""
    if job.endswith(ASK_PAPER):
        return FINE_PAPER
    if job[-len(ASK_PROCESS) - 4 :].startswith(ASK_PROCESS):
        return b"\x37\x22" + job[-4:] + b"\x00"
    return b""


def silent(job: bytes) -> bytes:
    """No answer at all."""
    return b""


class FakePrinter:
    """Listens on a free port of loopback from ``with`` to its end.

    ``greeting``: the answer to DLE EOT 1, 2, 4. ``answer``: what it says when a piece has come, of the job so far.
    ``first``: sent on connecting; ``during``: sent with the first bytes of the job. ``reset_after``: so many bytes of
    the job, then the connection is reset. ``reads`` False: it accepts and takes nothing. ``bite`` and ``pause_s``: how
    it reads. ``shuts``: it closes its own side at "once" or at the "end"; "all": everything, at once. ``last``: sent
    when the sender has said that no more comes. ``dribbles``: it says everything byte by byte.
    """

    def __init__(
        self,
        *,
        greeting: bytes = FINE_NOW,
        answer: Callable[[bytes], bytes] = confirming,
        first: bytes = b"",
        during: bytes = b"",
        reset_after: int | None = None,
        reads: bool = True,
        bite: int = 65536,
        pause_s: float = 0.0,
        shuts: str = "",
        last: bytes = b"",
        dribbles: bool = False,
    ) -> None:
        self.greeting, self.answer, self.first, self.during = greeting, answer, first, during
        self.reset_after, self.reads, self.bite, self.pause_s, self.shuts = reset_after, reads, bite, pause_s, shuts
        self.last, self.dribbles = last, dribbles
        self.jobs: list[bytes] = []
        self.greeted = 0
        self.connections = 0
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        self._listener.settimeout(0.05)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, name="fake-printer", daemon=True)

    def __enter__(self) -> "FakePrinter":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join(LONGEST)
        self._listener.close()
        assert not self._thread.is_alive()

    def wait_for(self, jobs: int) -> list[bytes]:
        """All jobs once there are ``jobs`` of them, each ended by its sender, a reset or this printer."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.jobs) >= jobs, LONGEST)
            return list(self.jobs)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            job = bytearray()
            with connection:
                connection.settimeout(0.05)
                with contextlib.suppress(OSError):  # the other side went away; what had come is kept
                    self._serve(connection, job)
            with self._changed:
                self.jobs.append(bytes(job))
                self._changed.notify_all()

    def _serve(self, connection: socket.socket, job: bytearray) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(self.first)
        if self.shuts == "all":
            return
        if self.shuts == "once":
            connection.shutdown(socket.SHUT_WR)
        if not self.reads:
            self._stopping.wait(LONGEST)
            return
        while (part := self._read(connection)) is not None:
            if job or part != GREETING:
                self._take(connection, job, part)
            else:
                self.greeted += 1
                self._say(connection, self.greeting)
            if self.reset_after is not None and len(job) >= self.reset_after:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
        self._say(connection, self.last)
        if self.shuts == "end":
            self._stopping.wait(LONGEST)

    def _take(self, connection: socket.socket, job: bytearray, part: bytes) -> None:
        if not job:
            self._say(connection, self.during)
        job += part
        self._say(connection, self.answer(bytes(job)))
        if self.shuts == "end" and confirming(bytes(job)):
            connection.shutdown(socket.SHUT_WR)

    def _say(self, connection: socket.socket, words: bytes) -> None:
        for piece in [words[at : at + 1] for at in range(len(words))] if self.dribbles else [words]:
            if piece and self.shuts != "once":
                connection.sendall(piece)

    def _read(self, connection: socket.socket) -> bytes | None:
        """The next piece; None when the sender has said that no more comes, or the test is over."""
        while not self._stopping.wait(self.pause_s):
            try:
                return connection.recv(self.bite) or None
            except TimeoutError:
                continue
        return None
