"""The HTTP server: what it has taken it answers before it goes, and nobody's slow body or hang holds it up."""

import http.client
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from pos_trace.runtime import server as module
from pos_trace.runtime.server import Server, allow_files, bind, serve

LARGE = b"x" * 4_000_000


class Work:
    """A WSGI application: ``/held`` waits until told, ``/large`` answers much, anything else at once."""

    def __init__(self) -> None:
        self.go, self.entered = threading.Event(), threading.Semaphore(0)

    def __call__(self, environ: dict, start: Callable) -> list[bytes]:
        if environ["PATH_INFO"] == "/held":
            self.entered.release()
            assert self.go.wait(30)
        body = LARGE if environ["PATH_INFO"] == "/large" else b"ok"
        environ["wsgi.input"].read()
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]


class Running:
    """A server in a thread and its callers."""

    def __init__(self, threads: int = 2) -> None:
        self.work = Work()
        self.server: Server = bind(self.work, "127.0.0.1", 0, threads)
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()
        self.answers: list[bytes] = []
        self._callers: list[threading.Thread] = []

    def call(self, path: str) -> None:
        """Ask in the background; the answer's body comes into ``answers``."""

        def ask() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
            connection.request("GET", path)
            self.answers.append(connection.getresponse().read())
            connection.close()

        self._callers.append(threading.Thread(target=ask))
        self._callers[-1].start()

    def open(self, data: bytes) -> socket.socket:
        """A raw connection that has sent ``data``."""
        made = socket.create_connection(("127.0.0.1", self.server.port), 10)
        made.sendall(data)
        return made

    def gone(self, within_s: float = 15) -> bool:
        """Whether the server ends in time; callers end with it."""
        self.thread.join(within_s)
        for caller in self._callers:
            caller.join(10)
        return not self.thread.is_alive()

    def taken(self, count: int) -> None:
        """Wait until ``count`` complete requests are the server's business."""
        end = time.monotonic() + 10
        while sum(len(channel.requests) for channel in self.server._channels()) < count:
            assert time.monotonic() < end
            time.sleep(0.005)


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running()
    yield made
    made.work.go.set()
    made.server.leave()
    assert made.gone()


def test_a_request_under_way_is_answered_before_the_server_goes(running: Running) -> None:
    running.call("/held")
    assert running.work.entered.acquire(timeout=10)
    running.server.leave()
    running.work.go.set()
    assert running.gone()
    assert running.answers == [b"ok"]


def test_requests_that_wait_for_a_thread_are_answered_too(running: Running) -> None:
    for _ in range(6):
        running.call("/held")
    running.taken(6)
    running.server.leave()
    running.work.go.set()
    assert running.gone()
    assert running.answers == [b"ok"] * 6


def test_a_large_answer_reaches_a_slow_reader_whole(running: Running) -> None:
    reader = running.open(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    first = reader.recv(1000)
    running.server.leave()
    received = [first]
    while part := reader.recv(100_000):
        received.append(part)
        time.sleep(0.001)  # reads slower than the server writes
    reader.close()
    assert running.gone()
    assert len(b"".join(received).partition(b"\r\n\r\n")[2]) == len(LARGE)


def test_no_new_connection_is_taken_once_it_leaves(running: Running) -> None:
    running.call("/held")
    assert running.work.entered.acquire(timeout=10)
    running.server.leave()
    end = time.monotonic() + 10
    while True:
        try:
            running.open(b"").close()
        except OSError:
            break
        assert time.monotonic() < end
    assert running.thread.is_alive()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="connected and silent"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", id="kept alive after an answer"),
        pytest.param(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf", id="half a body"),
    ],
)
def test_a_connection_that_asks_nothing_whole_does_not_hold_it_up(running: Running, data: bytes) -> None:
    idle = running.open(data)
    running.call("/")
    running._callers[-1].join(10)
    running.server.leave()
    assert running.gone(module.BODY_S + 5)
    idle.close()


def test_a_request_that_never_ends_is_left_behind(running: Running) -> None:
    running.server._drain_s = 0.2
    held = running.open(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n")
    assert running.work.entered.acquire(timeout=10)
    running.server.leave()
    assert running.gone()
    held.close()


@pytest.mark.parametrize("clients", [40, 600], ids=["forty", "more than select can watch"])
def test_half_sent_bodies_do_not_stop_a_request(running: Running, clients: int) -> None:
    slow = [running.open(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab") for _ in range(clients)]
    running.call("/")
    running._callers[-1].join(10)
    assert running.answers == [b"ok"]
    for connection in slow:
        connection.close()


def test_a_name_with_two_addresses_is_served() -> None:
    made = bind(Work(), "localhost", 0, 1)
    made.leave()
    made.run()
    assert made.port > 0


class Noted:
    """A worker that writes down what it is told; ``broken`` refuses to start."""

    def __init__(self, name: str, said: list[str], broken: bool = False) -> None:
        self.name, self.said, self.broken = name, said, broken

    def start(self) -> None:
        if self.broken:
            raise RuntimeError("no thread left")
        self.said.append(f"{self.name} starts")

    def stop(self) -> None:
        self.said.append(f"{self.name} stops")


def test_workers_start_before_it_is_ready_and_stop_after_it_drained() -> None:
    said: list[str] = []
    made = bind(Work(), "127.0.0.1", 0, 1)

    def ready(port: int) -> None:
        said.append(f"ready {port == made.port}")
        made.leave()

    serve(made, [Noted("a", said), Noted("b", said)], ready)
    assert said == ["a starts", "b starts", "ready True", "b stops", "a stops"]


def test_a_worker_that_cannot_start_ends_those_that_did() -> None:
    said: list[str] = []
    made = bind(Work(), "127.0.0.1", 0, 1)
    with pytest.raises(RuntimeError):
        serve(made, [Noted("a", said), Noted("b", said, broken=True)], lambda _: said.append("ready"))
    made.leave()
    made.run()
    assert said == ["a starts", "a stops"]


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_and_the_handlers_before_are_put_back(name: signal.Signals) -> None:
    said: list[str] = []
    made = bind(Work(), "127.0.0.1", 0, 1)
    before = signal.getsignal(name)
    serve(made, [Noted("a", said)], lambda _: os.kill(os.getpid(), name))
    assert said == ["a starts", "a stops"]
    assert signal.getsignal(name) is before


def test_a_server_beside_the_main_thread_leaves_the_signals_alone() -> None:
    made = bind(Work(), "127.0.0.1", 0, 1)
    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=serve, args=(made, [], lambda _: made.leave()))
    thread.start()
    thread.join(15)
    assert not thread.is_alive()
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_limit_of_open_files_is_raised_as_far_as_allowed() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 600), hard))
        allow_files(700)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (700, hard)
        allow_files(650)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (700, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
