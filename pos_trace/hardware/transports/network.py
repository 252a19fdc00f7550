"""TCP port 9100: deadlines on progress, questions before and after – never a false "printed".

Before the job the printer is asked how it is: one without paper gets no byte of it, so it may come again by itself.
What was said before the question that ends the job proves nothing. ``shutdown`` and reading on before ``close``:
closing with unread bytes resets the connection and loses most of a job (measured, facts on printers, 1.4).
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from pos_trace.core.errors import Misconfigured
from pos_trace.hardware import status
from pos_trace.hardware.status import Told
from pos_trace.hardware.transports import Sent

PORT = 9100
CHUNK = 4096
MOST_HEARD = 16 * 1024
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds: to connect, for the answer to the greeting, for each chunk to be taken, for all of them together, for
    the answer after the last byte, for a printer that answered nothing to finish reading.
    """

    connect_s: float = 5.0
    greeting_s: float = 1.5
    progress_s: float = 5.0
    total_s: float = 120.0
    answer_s: float = 10.0
    drain_s: float = 3.0


class Network:
    """``address`` is ``host[:port]``; raises ``Misconfigured`` for anything else."""

    def __init__(self, address: str, waits: Waits | None = None) -> None:
        try:
            parts = urlsplit(f"//{address}")
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if not host or parts.netloc != address:
            raise Misconfigured("bad_address", f"Địa chỉ máy in '{address}' phải có dạng máy:cổng.")
        self._place = (host, PORT if port is None else port)
        self._waits = waits or Waits()

    def send(self, data: bytes, job_id: str) -> Sent:
        """Send ``data``; confirmed only by the printer's own answer to the question that ends the job.

        ``bytes_sent`` counts what the system took of the job; 0 means that none of it can be on paper.
        """
        try:
            connection = socket.create_connection(self._place, self._waits.connect_s)
        except OSError as error:
            return Sent(0, "failed", status.NO_CONNECTION, str(error))
        with connection:
            line = _Line(connection, self._waits)
            try:
                return self._talk(line, data)
            except OSError as error:
                code = status.STALLED if isinstance(error, TimeoutError) else status.CUT_OFF
                return Sent(line.sent, "sent_unconfirmed" if line.sent else "failed", code, str(error))

    def _talk(self, line: "_Line", data: bytes) -> Sent:
        question = question_of(data)
        if question:
            state = line.greet()
            if status.PAPER_OUT <= state < status.UNKNOWN:
                return Sent(0, "failed", state, status.WORDS[state])
        line.push(data[: len(data) - len(question)])
        line.hear(0.0)
        since = len(line.heard)
        line.push(question)
        told = line.hear(self._waits.answer_s, lambda told: _answered(told, since, question)) if question else []
        if not _answered(told, since, question):
            told = line.leave(lambda told: _answered(told, since, question))
        fresh = [one for one in told if one.start >= since]
        state = status.worst(fresh) if fresh else status.UNKNOWN
        if _answered(told, since, question) and state < status.PAPER_OUT:
            return Sent(line.sent, "confirmed", state)
        return Sent(line.sent, "sent_unconfirmed", state, "máy in chưa xác nhận")


class _Line:
    """One open connection: how much of the job went out, and all the printer said."""

    def __init__(self, connection: socket.socket, waits: Waits) -> None:
        self._connection = connection
        self._waits = waits
        self._until = time.monotonic() + waits.total_s
        self._open = True
        self.sent = 0
        self.heard = b""

    def greet(self) -> int:
        """What the printer says of itself before the job; ``UNKNOWN`` from one that does not answer."""
        self._connection.settimeout(self._waits.progress_s)
        self._connection.sendall(status.GREETING)
        state = status.greeted(self.hear(self._waits.greeting_s, lambda told: status.greeted(told) != status.UNKNOWN))
        return state if self._open or state != status.UNKNOWN else status.NO_CONNECTION

    def push(self, data: bytes) -> None:
        """Hand ``data`` to the system piece by piece; raises ``OSError``, ``TimeoutError`` when it goes no further."""
        at = 0
        while at < len(data):
            left = min(self._waits.progress_s, self._until - time.monotonic())
            if left <= 0:
                raise TimeoutError("máy in nhận quá chậm")
            self._connection.settimeout(left)
            count = self._connection.send(data[at : at + CHUNK])
            at += count
            self.sent += count

    def hear(self, seconds: float, enough: Callable[[list[Told]], bool] | None = None) -> list[Told]:
        """All answers so far, once they are ``enough``, the printer closed its side, or the time is over."""
        until = time.monotonic() + seconds
        while self._open and len(self.heard) < MOST_HEARD:
            if enough is not None and enough(status.read(self.heard)):
                break
            self._connection.settimeout(max(until - time.monotonic(), 0.0))
            try:
                part = self._connection.recv(CHUNK)
            except (TimeoutError, BlockingIOError):
                break
            self._open = bool(part)
            self.heard += part
        return status.read(self.heard)

    def leave(self, enough: Callable[[list[Told]], bool]) -> list[Told]:
        """Say that no more comes and let the printer read to its end, so that closing takes nothing from it."""
        self._connection.shutdown(socket.SHUT_WR)
        return self.hear(self._waits.drain_s, enough)


def question_of(data: bytes) -> bytes:
    """The question ``data`` ends with, or nothing: a job that asks nothing is never confirmed."""
    if data.endswith(status.ASK_PAPER):
        return status.ASK_PAPER
    asked = data[-len(status.ASK_PROCESS) - DIGITS :]
    return asked if asked.startswith(status.ASK_PROCESS) and asked[-DIGITS:].isdigit() else b""


def _answered(told: list[Told], since: int, question: bytes) -> bool:
    """By process id where one was asked for, else by the one answer to the question behind the cut.

    Older ones are stale; where several come, a printer still owed some and nobody knows which this is.
    """
    if not question:
        return False
    if question == status.ASK_PAPER:
        return sum(one.kind == "paper" and one.start >= since for one in told) == 1
    wanted = int(question[-DIGITS:])
    return any(one.kind == "process" and one.start >= since and one.number == wanted for one in told)
