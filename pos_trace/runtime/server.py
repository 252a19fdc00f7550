"""Serves HTTP with waitress and stops cleanly: SIGTERM drains requests, then workers, then the database."""

import signal
import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, Protocol

import structlog
import waitress
from waitress.server import BaseWSGIServer

log = structlog.get_logger("pos_trace.server")


class Worker(Protocol):
    """Something that runs beside the server."""

    def start(self) -> None:
        """Begin; returns at once."""
        ...

    def stop(self) -> None:
        """End and wait for what is under way."""
        ...


def bind(application: Callable[..., Any], host: str, port: int, threads: int) -> BaseWSGIServer:
    """A listening waitress server. A slow body closes after 10 s and 1,000 of them hang nobody (facts, R5)."""
    return waitress.create_server(
        application,
        host=host,
        port=port,
        threads=threads,
        connection_limit=1000,
        channel_timeout=10,
        cleanup_interval=5,
        max_request_body_size=14 * 2**20,
        max_request_header_size=32 * 1024,
        ident="pos_trace",
        clear_untrusted_proxy_headers=True,
    )


def serve(server: BaseWSGIServer, workers: Sequence[Worker], ready: Callable[[int], None]) -> None:
    """Run until SIGTERM or Ctrl-C; ``ready`` gets the port once requests are answered."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, leave)
    for worker in workers:
        worker.start()
    ready(int(server.effective_port))
    try:
        server.run()
    finally:
        for worker in reversed(workers):
            worker.stop()
        log.info("stopped")
