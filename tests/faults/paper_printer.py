"""A network printer outside both nodes: keeps the paper of every whole job, jams on purpose, answers for itself."""

import hashlib
import random
import socket
import struct
import threading

from pos_trace.hardware.status import ASK_PAPER, GREETING

READY = b"\x00"
FINE = b"\x12\x12\x12"
SWALLOWED = b"\x00"  # what a station sends first after a job broke off
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
        """One job: to the question that ends it, or torn after the first bite."""
        torn = self._luck.random() < self.jam
        job = bytearray()
        while part := connection.recv(A_BITE):
            if not job and part.startswith(GREETING):
                connection.sendall(FINE)
                part = part.removeprefix(GREETING)
            job += part
            if torn and job:
                self.jammed += 1
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            if job.endswith(ASK_PAPER):  # a sender that dies before leaves half a slip, which is no paper
                self.papers.append(hashlib.sha256(job.lstrip(SWALLOWED)).hexdigest())
                connection.sendall(READY)
