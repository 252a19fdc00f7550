"""The HTTP session keeps its deadline, its size and its hosts, whatever the other side does."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from pos_trace.adapters.breaker import Breaker
from pos_trace.adapters.http import Http, Limits
from tests.adapters.wire import Answer, Peer, drips, raw, resets, says, self_signed, silent

Serve = Callable[[Answer], Peer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    peers: list[Peer] = []

    def start(answer: Answer) -> Peer:
        peers.append(Peer(answer))
        return peers[-1]

    yield start
    for peer in peers:
        peer.close()


@pytest.fixture
def slow(serve: Serve) -> Callable[[Callable[[Callable[[], threading.Event]], Answer]], Peer]:
    """Start a peer whose answer needs to know when it is being stopped."""

    def start(make: Callable[[Callable[[], threading.Event]], Answer]) -> Peer:
        held: list[Peer] = []
        peer = serve(make(lambda: held[0].stopping))
        held.append(peer)
        return peer

    return start


def session(peer: Peer, **limits: float) -> Http:
    return Http((peer.host,), Limits(**({"deadline_s": 1.0} | limits)))


def test_an_ordinary_answer_comes_with_status_headers_and_json(serve):
    peer = serve(says(raw("200 OK", b'{"a":1}', extra='ETag: "7"\r\n')))
    reply = session(peer).call("GET", f"{peer.url}/x", query={"since": "3"})
    assert (reply.state, reply.status, reply.json) == ("answered", 200, {"a": 1})
    assert reply.headers["etag"] == '"7"'
    assert peer.requests[0].startswith(b"GET /x?since=3 HTTP/1.1")


@pytest.mark.parametrize("part", ["header", "body"])
def test_a_peer_that_drips_is_left_at_the_deadline(slow, part):
    whole = raw("200 OK", b'"' + b"x" * 500 + b'"')
    if part == "body":
        head, _, body = whole.partition(b"\r\n\r\n")

        def make(stopping):
            drip = drips(stopping, body)

            def answer(connection, request):
                connection.sendall(head + b"\r\n\r\n")
                drip(connection, request)

            return answer

    else:

        def make(stopping):
            return drips(stopping, whole)

    peer = slow(make)
    started = time.monotonic()
    reply = session(peer, deadline_s=0.4).call("GET", peer.url)
    assert (reply.state, reply.why) == ("unavailable", "province_silent")
    assert time.monotonic() - started < 0.9
    ends = time.monotonic() + 2
    while any(t.name == "http-exchange" for t in threading.enumerate()) and time.monotonic() < ends:
        threading.Event().wait(0.01)
    assert not any(t.name == "http-exchange" for t in threading.enumerate()), "the reader still listens"


def test_a_peer_that_never_answers_is_left_at_the_deadline(slow):
    peer = slow(silent)
    started = time.monotonic()
    assert session(peer, deadline_s=0.3).call("GET", peer.url).state == "unavailable"
    assert time.monotonic() - started < 0.8


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (says(raw("200 OK", b"<html>log in</html>", "text/html")), "without JSON"),
        (says(raw("200 OK", b"{broken")), "without JSON"),
        (says(raw("200 OK", b'{"a":1}', "text/html")), "without JSON"),
        (says(raw("200 OK", b'{"a":1', length=900)), "IncompleteRead"),
        (resets(raw("200 OK", b'{"a":', length=900)), "Error"),
        (says(b""), "Error"),
        (says(b"SSH-2.0-x\r\n"), "Error"),
        (says(raw("200 OK", b"[" + b"1," * 40_000 + b"1]")), "longer than"),
        (says(raw("200 OK", b"\x1f\x8b...", extra="Content-Encoding: gzip\r\n")), "packed"),
        (says(raw("302 Found", b"", extra="Location: http://elsewhere.example/\r\n")), "not allowed"),
        (says(raw("302 Found", b"", extra="Location: /again\r\n")), "too many redirects"),
    ],
)
def test_what_is_no_proper_answer_is_unavailable(serve, answer, told):
    peer = serve(answer)
    reply = session(peer, max_bytes=50_000).call("GET", peer.url)
    assert reply.state == "unavailable"
    assert told in reply.detail
    assert reply.why == "province_silent"


def test_a_redirect_inside_the_allowed_hosts_is_followed_for_get_only(serve):
    def answer(connection, request):
        there = request.startswith(b"GET /there")
        data = raw("200 OK", b'{"ok":true}') if there else raw("302 Found", b"", extra="Location: /there\r\n")
        connection.sendall(data)

    peer = serve(answer)
    assert session(peer).call("GET", f"{peer.url}/here").json == {"ok": True}
    assert session(peer).call("POST", f"{peer.url}/here", body=b"{}").state == "unavailable"


@pytest.fixture
def secure(tmp_path) -> Iterator[Callable[[Answer], tuple[Peer, Http]]]:
    """A peer behind TLS, and a session that knows its certificate."""
    started: list[Peer] = []

    def start(answer: Answer) -> tuple[Peer, Http]:
        certificate = self_signed(tmp_path)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        started.append(Peer(answer, context))
        http = session(started[-1], deadline_s=5.0)
        http._session.verify = str(certificate)
        return started[-1], http

    yield start
    for peer in started:
        peer.close()


@pytest.mark.parametrize(
    ("scheme", "seen"),
    [("https", 2), ("http", 1), ("HTTP", 1)],
)
def test_a_redirect_never_leads_out_of_https_where_the_key_would_be_read(secure, scheme, seen):
    """The same host and port in the clear is another place: nothing may go there, the bearer key least of all."""

    def answer(connection, request):
        there = request.startswith(b"GET /there")
        location = f"Location: {scheme}://{peer.host}/there\r\n"
        connection.sendall(raw("200 OK", b'{"ok":true}') if there else raw("302 Found", b"", extra=location))

    peer, http = secure(answer)
    reply = http.call("GET", f"https://{peer.host}/here", headers={"Authorization": "Bearer secret"})
    assert len(peer.requests) == seen
    assert (reply.state == "answered") is (seen == 2)
    assert ("out of https" in reply.detail) is (seen == 1)


def test_a_host_that_is_not_allowed_gets_no_byte(serve):
    peer = serve(says(raw("200 OK", b"{}")))
    reply = Http(("province.example",)).call("GET", peer.url)
    assert reply.state == "unavailable"
    assert peer.requests == []


def test_an_error_status_is_an_answer_even_as_a_page(serve):
    peer = serve(says(raw("502 Bad Gateway", b"<html>", "text/html", extra="Retry-After: 7\r\n")))
    reply = session(peer).call("GET", peer.url)
    assert (reply.state, reply.status, reply.json, reply.retry_after_s) == ("answered", 502, None, 7.0)


def test_no_way_out_of_the_house_is_called_offline(monkeypatch):
    def nobody_knows(*_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", nobody_knows)
    http = Http(("no-such-host.invalid",), Limits(deadline_s=5.0))
    reply = http.call("GET", "http://no-such-host.invalid/")
    assert reply.state == "unavailable"
    assert reply.why == "offline"


def test_a_closed_port_is_a_silent_province(serve):
    peer = serve(says(b""))
    peer.close()
    assert session(peer).call("GET", peer.url).why == "province_silent"


def test_after_three_failures_nobody_waits_until_the_pause_is_over(serve):
    seconds = [0.0]
    answers = [b"", b"", b"", raw("200 OK", b"{}")]
    peer = serve(lambda connection, _: connection.sendall(answers.pop(0)))
    http = Http((peer.host,), Limits(deadline_s=1.0, failures=3, open_s=10.0), monotonic=lambda: seconds[0])
    for _ in range(3):
        assert http.call("GET", peer.url).state == "unavailable"
    assert http.call("GET", peer.url).why == "province_silent"
    assert len(peer.requests) == 3
    seconds[0] = 10.0
    assert http.call("GET", peer.url).state == "answered"
    http.close()


def test_a_trial_call_lets_nobody_else_through():
    seconds = [0.0]
    breaker = Breaker(1, 10.0, lambda: seconds[0])
    breaker.failed("offline")
    seconds[0] = 10.0
    assert breaker.allows()
    assert not breaker.allows()
    breaker.worked()
    assert breaker.allows()
