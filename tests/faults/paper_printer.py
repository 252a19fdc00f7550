"""A network printer outside both nodes: keeps the paper of every whole job, jams on purpose, answers GS r."""

import hashlib
import random
import socket
import struct
import threading

from pos_trace.hardware.status import ASK_PAPER as ASK_STATUS
from pos_trace.hardware.status import GREETING

READY = b"\x00"
READY_NOW = b"\x12\x12\x12"
A_BITE = 2048


class PaperPrinter:
    """Listens on a free port. Paper comes out only when a whole job has come in; ``jam`` is the share of jobs that
    are torn up in the middle, their connection reset, as when the lid is opened.
    """

    def __init__(self, seed: int, jam: float = 0.0) -> None:
        self._luck = random.Random(seed)
        self.jam = jam
        self.papers: list[str] = []
        self.jammed = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="paper-printer")
        self._thread.start()

    def close(self) -> None:
        """Switch it off."""
        self._stopping.set()
        self._thread.join(10)
        self._listener.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(5)
                try:
                    self._print(connection)
                except OSError:
                    continue

    def _print(self, connection: socket.socket) -> None:
        """One job: to its end, or torn after the first bite. What it is asked before the job it answers at once."""
        torn = self._luck.random() < self.jam
        job = bytearray()
        while not job.endswith(ASK_STATUS):
            part = connection.recv(A_BITE)
            if not part:
                return  # the sender died in the middle: half a slip is no paper anybody would hand out
            if not job and part == GREETING:
                connection.sendall(READY_NOW)
                continue
            job += part
            if torn:
                self.jammed += 1
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
        self.papers.append(hashlib.sha256(job.lstrip(b"\0")).hexdigest())
        connection.sendall(READY)
