"""A large file over a bad line: whole or not at all, continued where it broke off, never mixed of two files."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_trace.adapters.download import download
from pos_trace.adapters.http import Http, Limits, Reply
from tests.adapters.wire import Peer

FILE = bytes(range(256)) * 40
QUICK = Limits(deadline_s=5.0, failures=1000)


class Shop:
    """A server with one file, its tag, and how many bytes it sends before the line breaks."""

    def __init__(self) -> None:
        self.file, self.tag, self.breaks_after = FILE, '"1"', len(FILE)
        self.status, self.more = 200, ""
        self.ranges: list[str] = []
        self.peer = Peer(self.answer)

    def answer(self, connection: socket.socket, request: bytes) -> None:
        asked = re.search(rb"(?i)^range: bytes=(\d+)-\r$", request, re.M)
        tag = re.search(rb"(?i)^if-range: (.*)\r$", request, re.M)
        start = int(asked[1]) if asked and tag and tag[1].decode() == self.tag else 0
        self.ranges.append(asked[1].decode() if asked else "")
        part = self.file[start:]
        status = f"{206 if start else self.status} X"
        span = f"Content-Range: bytes {start}-{len(self.file) - 1}/{len(self.file)}\r\n" if start else ""
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(part)}\r\nETag: {self.tag}\r\n{span}{self.more}"
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode() + part[: self.breaks_after])


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    made.peer.close()


def fetch(shop: Shop, to: Path, most: int = 10**6) -> Reply:
    http = Http((shop.peer.host,), QUICK)
    seen: list[tuple[int, int]] = []
    reply = download(
        http,
        f"{shop.peer.url}/file",
        to,
        headers={},
        progress=lambda had, total: seen.append((had, total)),
        deadline_s=5.0,
        max_bytes=most,
    )
    http.close()
    assert seen == sorted(seen)
    return reply


def test_a_file_arrives_whole_and_leaves_nothing_else_behind(shop: Shop, tmp_path: Path) -> None:
    assert fetch(shop, tmp_path / "new" / "f.zip").status == 200
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "new").iterdir()] == [("f.zip", FILE)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 2500), max_size=4))
def test_however_often_the_line_breaks_the_file_is_put_together_right(
    shop: Shop, tmp_path: Path, breaks: list[int]
) -> None:
    to = tmp_path / "f.zip"
    to.unlink(missing_ok=True)
    for after in breaks:
        shop.breaks_after = after
        assert fetch(shop, to).state == "unavailable"
        assert not to.exists()
    shop.breaks_after = len(FILE)
    assert fetch(shop, to).state == "answered"
    assert to.read_bytes() == FILE
    assert shop.ranges[-1] == (str(sum(breaks)) if sum(breaks) else "")


def test_a_part_of_an_older_file_is_never_continued(shop: Shop, tmp_path: Path) -> None:
    shop.breaks_after = 1000
    fetch(shop, tmp_path / "f.zip")
    shop.file, shop.tag, shop.breaks_after = FILE[::-1], '"2"', len(FILE)
    assert fetch(shop, tmp_path / "f.zip").status == 200
    assert (tmp_path / "f.zip").read_bytes() == FILE[::-1]


@pytest.mark.parametrize("more", ["Content-Encoding: gzip\r\n", "Transfer-Encoding: chunked\r\n"])
def test_a_body_we_cannot_measure_is_not_taken(shop: Shop, tmp_path: Path, more: str) -> None:
    shop.more = more
    assert fetch(shop, tmp_path / "f.zip").state == "unavailable"
    assert not (tmp_path / "f.zip").exists()


def test_a_file_longer_than_allowed_is_left_where_it_is(shop: Shop, tmp_path: Path) -> None:
    assert fetch(shop, tmp_path / "f.zip", most=len(FILE) - 1).state == "unavailable"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [404, 403, 416, 500])
def test_any_other_answer_writes_nothing(shop: Shop, tmp_path: Path, status: int) -> None:
    shop.status = status
    assert fetch(shop, tmp_path / "f.zip").status == status
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_continues_elsewhere_is_refused_and_asked_from_the_start(shop: Shop, tmp_path: Path) -> None:
    shop.breaks_after = 1000
    fetch(shop, tmp_path / "f.zip")
    (tmp_path / "f.zip.part").write_bytes(FILE[:999])
    shop.breaks_after = len(FILE)
    good = shop.peer.answer

    def elsewhere(connection: socket.socket, request: bytes) -> None:
        span = "Content-Range: bytes 500-10239/10240\r\nContent-Length: 9740"
        head = f"HTTP/1.1 206 X\r\n{span}\r\nETag: {shop.tag}\r\n\r\n"
        connection.sendall(head.encode() + FILE[500:])

    shop.peer.answer = elsewhere
    assert fetch(shop, tmp_path / "f.zip").state == "unavailable"
    shop.peer.answer = good
    assert fetch(shop, tmp_path / "f.zip").status == 200
    assert (tmp_path / "f.zip").read_bytes() == FILE
