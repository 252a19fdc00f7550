"""One HTTP session for every other system: hard total deadline, size cap, allowed hosts, breaker.

The timeout of ``requests`` is per read, so a peer that drips one byte a second never meets it. Here each
exchange runs in its own short-lived thread; the caller leaves at the deadline and the socket is shut.
"""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import orjson
import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NameResolutionError

from pos_trace.adapters.breaker import Breaker

MOST_SILENCE_S = 30.0
REDIRECTS = (301, 302, 303, 307, 308)
HARMLESS = ("accept", "accept-language")  # all that goes along to another host: no key, no cookie
NO_ROAD = ("Network is unreachable", "No route to host", "Temporary failure in name resolution")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may cost. ``deadline_s`` counts from the call to the last byte; ``max_bytes`` of the answer."""

    deadline_s: float = 4.0
    max_bytes: int = 8 * 1024 * 1024
    max_redirects: int = 2
    failures: int = 3
    open_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Reply:
    """``answered``: the other side spoke HTTP with ``status``; ``unavailable``: we do not know, ``why`` says which way.

    ``json`` is None when the body was no JSON; a 2xx that is no JSON is never ``answered``.
    ``why``: offline (no way out of the house) | province_silent (the way is there, no proper answer).
    """

    state: Literal["answered", "unavailable"]
    status: int = 0
    json: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    why: str | None = None
    detail: str = ""

    @property
    def retry_after_s(self) -> float | None:
        """Seconds of ``Retry-After``, when the peer gave it as a number."""
        text = self.headers.get("retry-after", "")
        return float(text) if text.isdigit() else None


Take = Callable[[requests.Response], Reply]


class Refused(Exception):
    """The answer is not one we take: too long, wrong host, packed, a page instead of data."""


class _Exchange(threading.Thread):
    """One request on its way; ``cut`` ends it from outside by shutting its socket."""

    def __init__(self, work: Callable[[], Reply]) -> None:
        super().__init__(name="http-exchange", daemon=True)
        self.work = work
        self.reply: Reply | None = None
        self.error: Exception | None = None
        self.sock: socket.socket | None = None

    def run(self) -> None:
        try:
            self.reply = self.work()
        except (requests.RequestException, HTTPError, OSError, Refused, ValueError, AttributeError) as error:
            self.error = error  # AttributeError: urllib3 reads a socket that ``cut`` has just closed

    def cut(self) -> None:
        """Shut the socket under the reader, so the thread ends instead of listening to a drip."""
        sock = self.sock
        if sock is None:
            return
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # already closed by the peer or by urllib3


class _Plain(HTTPConnection):
    def getresponse(self) -> Any:
        _remember(self.sock)
        return super().getresponse()


class _Tls(HTTPSConnection):
    def getresponse(self) -> Any:
        _remember(self.sock)
        return super().getresponse()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


def _remember(sock: socket.socket | None) -> None:
    thread = threading.current_thread()
    if isinstance(thread, _Exchange):
        thread.sock = sock


class _Adapter(HTTPAdapter):
    """Pools whose connections tell the exchange which socket it waits on."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}


class Http:
    """One session for one peer. ``hosts``: ``host[:port]`` it may talk to; anything else is refused before a byte.

    ``any_content_type``: objects and lists count as JSON whatever they are called (older systems say text/html).
    """

    def __init__(
        self,
        hosts: tuple[str, ...],
        limits: Limits | None = None,
        user_agent: str = "pos-trace",
        monotonic: Callable[[], float] = time.monotonic,
        any_content_type: bool = False,
    ) -> None:
        self.hosts = frozenset(host.lower() for host in hosts)
        self.limits = limits or Limits()
        self.breaker = Breaker(self.limits.failures, self.limits.open_s, monotonic)
        self._any_content_type = any_content_type
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update({"User-Agent": user_agent, "Accept-Encoding": "identity"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(pool_maxsize=4, max_retries=0))

    def call(
        self,
        method: str,
        url: str,
        *,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        deadline_s: float | None = None,
    ) -> Reply:
        """One exchange, never longer than the deadline and never raising for what the other side does."""
        deadline = self.limits.deadline_s if deadline_s is None else deadline_s
        return self.exchange(method, url, self._read, deadline, query=query, headers=headers, body=body)

    def exchange(
        self,
        method: str,
        url: str,
        take: Take,
        deadline: float,
        *,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        follow: bool = True,
    ) -> Reply:
        """As ``call``, with the answer read by ``take``, which raises ``Refused`` for what it does not want.

        ``deadline``: seconds from the call to the last byte. ``follow`` False: a redirect is an answer too.
        """
        if not self.breaker.allows():
            return Reply("unavailable", why=self.breaker.why, detail="vừa hỏi không được, chờ hỏi lại")
        exchange = _Exchange(
            lambda: self._follow(method, url, query or {}, headers or {}, body, deadline, take, follow)
        )
        exchange.start()
        exchange.join(deadline)
        if exchange.is_alive():
            exchange.cut()
            return self._failed("province_silent", f"không trả lời xong trong {deadline:g} giây")
        if exchange.reply is None:
            return self._failed(_why(exchange.error), f"{type(exchange.error).__name__}: {exchange.error}"[:200])
        if exchange.reply.status >= 500:
            self.breaker.failed("province_silent")
        else:
            self.breaker.worked()
        return exchange.reply

    def close(self) -> None:
        """Close kept connections."""
        self._session.close()

    def _failed(self, why: str, detail: str) -> Reply:
        self.breaker.failed(why)
        return Reply("unavailable", why=why, detail=detail)

    def _follow(
        self,
        method: str,
        url: str,
        query: dict[str, str],
        headers: dict[str, str],
        body: bytes | None,
        wait_s: float,
        take: Take,
        follow: bool,
    ) -> Reply:
        for _ in range(self.limits.max_redirects + 1):
            self._check_host(url)
            with self._session.request(
                method,
                url,
                params=query,
                headers=headers,
                data=body,
                timeout=min(wait_s, MOST_SILENCE_S),
                allow_redirects=False,
                stream=True,
            ) as response:
                if response.status_code not in REDIRECTS or not follow:
                    return take(response)
                if method != "GET":
                    raise Refused(f"redirect of a {method}")
                there = _redirected(url, response.headers.get("location", ""))
                if urlsplit(there).netloc.lower() != urlsplit(url).netloc.lower():
                    headers = {name: text for name, text in headers.items() if name.lower() in HARMLESS}
                url, query = there, {}
        raise Refused("too many redirects")

    def _check_host(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.netloc.lower() not in self.hosts:
            raise Refused(f"host {parts.netloc!r} is not allowed")

    def _read(self, response: requests.Response) -> Reply:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if headers.get("content-encoding", "identity") != "identity":
            raise Refused("packed body")
        data = bytearray()
        for chunk in response.raw.stream(65536, decode_content=False):
            data += chunk
            if len(data) > self.limits.max_bytes:
                raise Refused(f"answer longer than {self.limits.max_bytes} bytes")
        body = _json(headers, bytes(data), self._any_content_type)
        if body is None and response.status_code not in (204, 304) and response.status_code < 400:
            raise Refused(f"status {response.status_code} without JSON")
        return Reply("answered", response.status_code, body, headers)


def _redirected(url: str, location: str) -> str:
    """Where a redirect leads; never out of TLS, since the key would go on in the clear."""
    there = urljoin(url, location)
    if urlsplit(url).scheme == "https" and urlsplit(there).scheme != "https":
        raise Refused("redirect out of https")
    return there


def _json(headers: dict[str, str], data: bytes, any_content_type: bool) -> Any:
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    looks_so = any_content_type and data.lstrip()[:1] in (b"{", b"[")
    if kind != "application/json" and not kind.endswith("+json") and not looks_so:
        return None
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def _why(error: Exception | None) -> str:
    reason: BaseException | None = error
    while reason is not None:
        if isinstance(reason, NameResolutionError) or any(text in str(reason) for text in NO_ROAD):
            return "offline"
        reason = reason.__cause__ or reason.__context__
    return "province_silent"
