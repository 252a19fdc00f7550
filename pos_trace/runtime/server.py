"""Serves HTTP with waitress and stops cleanly: SIGTERM drains requests, then workers, then the database."""

import select
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final, Protocol

import structlog
import waitress
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

log = structlog.get_logger("pos_trace.server")

CONNECTIONS: Final = 1000
FILES: Final = 4096
DRAIN_S: Final = 8.0
BODY_S: Final = 1.0
TURN_S: Final = 1.0


class Worker(Protocol):
    """Something that runs beside the server."""

    def start(self) -> None:
        """Begin; returns at once."""
        ...

    def stop(self) -> None:
        """End and wait for what is under way."""
        ...


class Server:
    """A listening waitress server that answers what it has taken before it goes.

    ``drain_s`` bounds the wait for answers, ``body_s`` the wait for a request that has only half arrived.
    """

    def __init__(self, inner: Any, sockets: dict[int, Any], drain_s: float = DRAIN_S, body_s: float = BODY_S) -> None:
        self._inner, self._sockets = inner, sockets
        self._drain_s, self._body_s = drain_s, body_s
        self._leaving = threading.Event()
        self.port = int(self._listeners()[0].effective_port)

    def run(self) -> None:
        """Answer until ``leave``, then drain: no new connection, an answer for every request taken."""
        try:
            while not self._leaving.is_set():
                self._turn(TURN_S)
            self._drain()
        finally:
            self._inner.task_dispatcher.shutdown(timeout=1)
            for channel in self._channels():
                channel.handle_close()
            wasyncore.close_all(self._sockets, ignore_all=True)

    def leave(self) -> None:
        """Begin to drain; callable from a signal handler or another thread."""
        self._leaving.set()
        for listener in self._listeners():
            with suppress(OSError):  # it saw the sign by itself and is closed already
                listener.pull_trigger()

    def _drain(self) -> None:
        before = -1
        while before != len(self._channels()):  # whoever the system has let in already is taken too
            before = len(self._channels())
            self._turn(0)
        for listener in self._listeners():
            wasyncore.dispatcher.close(listener)
        self._turn(0)
        began = time.monotonic()
        while (waited := time.monotonic() - began) < self._drain_s:
            busy = [channel for channel in self._channels() if _busy(channel, waited < self._body_s)]
            if not busy:
                return
            for channel in self._channels():
                channel.will_close = channel.will_close or channel not in busy
            self._turn(0.05)
        log.warning("requests cut off", count=len(self._channels()))

    def _turn(self, wait_s: float) -> None:
        wasyncore.loop(timeout=wait_s, use_poll=hasattr(select, "poll"), map=self._sockets, count=1)

    def _listeners(self) -> list[BaseWSGIServer]:
        return [one for one in list(self._sockets.values()) if isinstance(one, BaseWSGIServer)]

    def _channels(self) -> list[HTTPChannel]:
        return [one for one in list(self._sockets.values()) if isinstance(one, HTTPChannel)]


def _busy(channel: HTTPChannel, halves_count: bool) -> bool:
    """Whether a request of this connection waits for its answer, or its answer for the wire."""
    return bool(channel.requests or channel.total_outbufs_len or (halves_count and channel.request is not None))


def bind(application: Callable[..., Any], host: str, port: int, threads: int, trusted_proxy: str = "") -> Server:
    """A listening server. A slow body closes after 10 s and 1,000 of them hang nobody (facts, R5).

    What ``trusted_proxy`` says of the client's address and scheme counts; what anybody else says of it is dropped.
    """
    allow_files()
    sockets: dict[int, Any] = {}
    try:
        inner = waitress.create_server(
            application,
            map=sockets,
            host=host,
            port=port,
            threads=threads,
            connection_limit=CONNECTIONS,
            channel_timeout=10,
            cleanup_interval=5,
            max_request_body_size=14 * 2**20,
            max_request_header_size=32 * 1024,
            ident="pos_trace",
            clear_untrusted_proxy_headers=True,
            **_trusting(trusted_proxy),
        )
    except OSError:  # the port is taken: what was opened for it is given back
        wasyncore.close_all(sockets, ignore_all=True)
        raise
    return Server(inner, sockets)


def _trusting(proxy: str) -> dict[str, Any]:
    """waitress's options for one proxy hop: only the last address of ``X-Forwarded-For``, the one the proxy wrote."""
    if not proxy:
        return {}
    headers = {"x-forwarded-for", "x-forwarded-proto"}
    return {"trusted_proxy": proxy, "trusted_proxy_count": 1, "trusted_proxy_headers": headers}


def allow_files(wanted: int = FILES) -> None:
    """Raise this process's limit of open files, as far as it may: a thousand connections need more than 1,024."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def serve(server: Server, workers: Sequence[Worker], ready: Callable[[int], None]) -> None:
    """Run until SIGTERM or Ctrl-C (a second one does not wait); ``ready`` gets the port once requests are answered."""
    with _told_to_leave(server):
        started: list[Worker] = []
        try:
            for worker in workers:
                worker.start()
                started.append(worker)
            ready(server.port)
            server.run()
        finally:
            for worker in reversed(started):
                worker.stop()
            log.info("stopped")


@contextmanager
def _told_to_leave(server: Server) -> Iterator[None]:
    """SIGTERM and Ctrl-C begin the drain; only the main thread may hear them."""

    def leave(number: int, _frame: FrameType | None) -> None:
        server.leave()
        signal.signal(number, signal.SIG_DFL)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {name: signal.signal(name, leave) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
