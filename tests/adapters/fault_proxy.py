"""Stands between a station and its province and spoils answers on purpose, one named fault a connection."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.adapters.wire import Peer, raw

FAULTS = (
    "reset_before",
    "reset_mid_answer",
    "drip",
    "late",
    "twice",
    "html_200",
    "error_500",
    "busy_429",
    "huge",
    "bad_json",
    "truncated",
)


class FaultProxy:
    """Forwards to ``upstream``; ``script`` names the fault of each next connection, then everything passes."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._to = (str(parts.hostname), int(parts.port or 80))
        self.script: list[str] = []
        self.played: list[str] = []
        self.peer = Peer(self._answer)

    def _answer(self, connection: socket.socket, request: bytes) -> None:
        fault = self.script.pop(0) if self.script else "none"
        self.played.append(fault)
        without: dict[str, Callable[[], bytes]] = {
            "html_200": lambda: raw("200 OK", b"<html>Wi-Fi</html>", "text/html"),
            "error_500": lambda: raw("500 Oops", b"{}"),
            "busy_429": lambda: raw("429 Busy", b"{}", extra="Retry-After: 1\r\n"),
        }
        if fault == "reset_before":
            return
        if fault in without:
            connection.sendall(without[fault]())
            return
        answer = self._forward(request)
        if fault == "twice":
            answer = self._forward(request)
        self._spoil(fault, connection, answer)

    def _spoil(self, fault: str, connection: socket.socket, answer: bytes) -> None:
        head, _, body = answer.partition(b"\r\n\r\n")
        if fault == "reset_mid_answer":
            connection.sendall(answer[: len(head) + 4 + len(body) // 2])
        elif fault == "drip":
            for byte in answer:
                connection.sendall(bytes([byte]))
                if self.peer.stopping.wait(0.05):
                    return
        elif fault == "late":
            self.peer.stopping.wait(1.0)
            connection.sendall(answer)
        elif fault == "huge":
            connection.sendall(raw("200 OK", b"[" + b"0," * 200_000 + b"0]"))
        elif fault == "bad_json":
            connection.sendall(raw("200 OK", body.strip()[:-1]))
        elif fault == "truncated":
            connection.sendall(raw("200 OK", body[: len(body) // 2], length=len(body)))
        else:
            connection.sendall(answer)

    def _forward(self, request: bytes) -> bytes:
        with socket.create_connection(self._to, 10) as upstream:
            upstream.sendall(request.replace(b"Connection: keep-alive", b"Connection: close"))
            parts = []
            while part := upstream.recv(65536):
                parts.append(part)
        return b"".join(parts)


@contextmanager
def spoiled(upstream: str) -> Iterator[FaultProxy]:
    """A running fault proxy."""
    proxy = FaultProxy(upstream)
    try:
        yield proxy
    finally:
        proxy.peer.close()
