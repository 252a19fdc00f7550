"""A peer on loopback that misbehaves on purpose: answers raw bytes, drips, resets, or falls silent."""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Answer = Callable[[socket.socket, bytes], None]


class Peer:
    """Listens on a free port; each connection is read to the end of its request, then handed to ``answer``."""

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.tls = tls
        self.requests: list[bytes] = []
        self.stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads: list[threading.Thread] = []
        self._main = threading.Thread(target=self._accept)
        self._main.start()

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def close(self) -> None:
        self.stopping.set()
        self._main.join(5)
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as open_ones:
            open_ones.enter_context(connection)
            connection.settimeout(5)
            if self.tls is not None:
                connection = open_ones.enter_context(self.tls.wrap_socket(connection, server_side=True))
            self.requests.append(read_request(connection))
            self.answer(connection, self.requests[-1])


def read_request(connection: socket.socket) -> bytes:
    """One request with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(v) for n, _, v in _headers(head) if n.lower() == b"content-length"), 0)
    while len(body) < length:
        body += _some(connection)
    return head + b"\r\n\r\n" + body


def _headers(head: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    return (line.partition(b": ") for line in head.split(b"\r\n")[1:])


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("peer went away")
    return data


def self_signed(folder: Path) -> Path:
    """Key and certificate of 127.0.0.1 in one file, good for an hour."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "peer")]),
    )
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(hours=1))
    own = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = made.add_extension(x509.SubjectAlternativeName([own]), critical=False)
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    path = folder / "peer.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
        + made.sign(key, hashes.SHA256()).public_bytes(pem)
    )
    return path


def raw(status: str, body: bytes, kind: str = "application/json", extra: str = "", length: int | None = None) -> bytes:
    """The bytes of one HTTP answer."""
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\nConnection: close\r\n{extra}\r\n"
    return head.encode() + body


def says(data: bytes) -> Answer:
    """Always the same bytes."""
    return lambda connection, _: connection.sendall(data)


def drips(peer_stopping: Callable[[], threading.Event], data: bytes, every_s: float = 0.05) -> Answer:
    """One byte at a time, for ever shorter than any read timeout."""

    def answer(connection: socket.socket, _: bytes) -> None:
        for byte in data:
            connection.sendall(bytes([byte]))
            if peer_stopping().wait(every_s):
                return

    return answer


def resets(data: bytes) -> Answer:
    """Sends ``data`` and tears the connection down with RST."""

    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(data)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return answer


def silent(peer_stopping: Callable[[], threading.Event]) -> Answer:
    """Takes the request and never answers."""
    return lambda connection, _: (peer_stopping().wait(10), None)[1]
