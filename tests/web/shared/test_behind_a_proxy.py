"""Behind a reverse proxy each visitor counts alone; whoever is no proxy cannot lend itself another address."""

import threading
from collections.abc import Callable, Iterator

import pytest
import requests

from pos_trace.runtime.server import Server, bind
from tests.web.market_app import Market

TRIES = 10
Serve = Callable[[str], str]


@pytest.fixture
def serve(market: Market) -> Iterator[Serve]:
    """The station on a real socket, trusting the proxy it is told; answers its address."""
    running: list[tuple[Server, threading.Thread]] = []

    def start(proxy: str) -> str:
        server = bind(market.app, "127.0.0.1", 0, 2, proxy)
        running.append((server, threading.Thread(target=server.run)))
        running[-1][1].start()
        return f"http://127.0.0.1:{server.port}"

    yield start
    for server, thread in running:
        server.leave()
        thread.join(20)


def tries(url: str, forwarded: str, count: int) -> list[int]:
    """Short codes typed by the visitor whom the proxy calls ``forwarded``."""
    headers = {"X-Forwarded-For": forwarded}
    return [
        requests.post(f"{url}/m", {"code": "2222222222"}, headers=headers, timeout=10).status_code for _ in range(count)
    ]


def test_each_visitor_behind_the_trusted_proxy_has_tries_of_its_own(serve: Serve) -> None:
    url = serve("127.0.0.1")
    first = tries(url, "192.0.2.1", TRIES + 1)
    assert 429 not in first[:TRIES]
    assert first[TRIES] == 429
    assert tries(url, "192.0.2.2", 1) != [429]
    assert tries(url, "192.0.2.9, 192.0.2.1", 1) == [429], "the last address is the proxy's word, the rest is told"


@pytest.mark.parametrize("proxy", ["", "192.0.2.200"])
def test_what_anybody_else_says_of_an_address_does_not_count(serve: Serve, proxy: str) -> None:
    url = serve(proxy)
    told = [tries(url, f"192.0.2.{number}", 1)[0] for number in range(TRIES + 1)]
    assert 429 not in told[:TRIES]
    assert told[TRIES] == 429
