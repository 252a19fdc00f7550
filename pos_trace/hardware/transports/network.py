"""TCP port 9100: deadlines on progress, half-close, and reading until the printer is done – never a false "printed".

``shutdown`` before ``close`` and draining what the printer says: closing with unread bytes resets the connection and
loses most of a job (measured, facts on printers, 1.4).
"""

import socket
import time
from dataclasses import dataclass

from pos_trace.hardware import status
from pos_trace.hardware.transports import Sent

PORT = 9100
CHUNK = 4096
PROCESS_ID = b"\x1d(H\x06\x0000"


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds: to connect, for each chunk to be taken, for the answer after the last byte."""

    connect_s: float = 5.0
    progress_s: float = 5.0
    answer_s: float = 10.0


class Network:
    """``address`` is ``host[:port]``."""

    def __init__(self, address: str, waits: Waits | None = None) -> None:
        host, _, port = address.rpartition(":") if ":" in address else (address, "", "")
        self._place = (host, int(port) if port else PORT)
        self._waits = waits or Waits()

    def send(self, data: bytes, job_id: str) -> Sent:
        """Send ``data``; confirmed only by the printer's own answer to the question that ends the job."""
        try:
            connection = socket.create_connection(self._place, self._waits.connect_s)
        except OSError as error:
            return Sent(0, "failed", status.NO_CONNECTION, str(error))
        with connection:
            sent, trouble = self._push(connection, data)
            if trouble is not None:
                code = status.STALLED if isinstance(trouble, TimeoutError) else status.CUT_OFF
                return Sent(sent, "sent_unconfirmed" if sent else "failed", code, str(trouble))
            return self._settle(connection, data)

    def _push(self, connection: socket.socket, data: bytes) -> tuple[int, OSError | None]:
        connection.settimeout(self._waits.progress_s)
        sent = 0
        try:
            while sent < len(data):
                sent += connection.send(data[sent : sent + CHUNK])
        except OSError as error:
            return sent, error
        return sent, None

    def _settle(self, connection: socket.socket, data: bytes) -> Sent:
        wanted = _process_id(data)
        received = b""
        until = time.monotonic() + self._waits.answer_s
        try:
            connection.shutdown(socket.SHUT_WR)
            while (left := until - time.monotonic()) > 0:
                connection.settimeout(left)
                part = connection.recv(CHUNK)
                if not part:
                    break
                received += part
                answers = status.read(received)
                if _confirmed(answers, wanted):
                    return Sent(len(data), "confirmed", answers.status)
        except OSError as error:
            return Sent(len(data), "sent_unconfirmed", status.CUT_OFF, str(error))
        return Sent(len(data), "sent_unconfirmed", status.read(received).status, "máy in không trả lời")


def _process_id(data: bytes) -> int | None:
    at = data.rfind(PROCESS_ID)
    digits = data[at + len(PROCESS_ID) : at + len(PROCESS_ID) + 4] if at >= 0 else b""
    return int(digits) if len(digits) == 4 and digits.isdigit() else None


def _confirmed(answers: status.Answers, wanted: int | None) -> bool:
    """By process id where one was asked for; else by a good answer to the question behind the cut."""
    if wanted is not None:
        return wanted in answers.processed
    return answers.paper_answer and answers.status < status.PAPER_OUT
