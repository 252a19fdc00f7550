"""A large file from another system: into a partial file beside its place, going on where an earlier try broke off."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import requests

from pos_trace.adapters.http import Http, Refused, Reply

CHUNK: Final = 1 << 16
PARTIAL: Final = ".part"
TAG: Final = ".tag"
Progress = Callable[[int, int], None]


def download(
    http: Http,
    url: str,
    to: Path,
    *,
    headers: Mapping[str, str],
    progress: Progress,
    deadline_s: float,
    max_bytes: int,
) -> Reply:
    """Fetch ``url`` into ``to``, whole or not at all.

    Answers the last reply: status 200 or 206 with the file in its place, any other status with nothing written;
    ``unavailable`` when it broke off, what came so far kept for the next try. ``progress`` hears bytes had and bytes
    in all.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    fetch = _Fetch(to, progress, max_bytes)
    return http.exchange("GET", url, fetch.take, deadline_s, headers={**headers, **fetch.asks_for_the_rest()})


class _Fetch:
    """One try. The server's ETag is kept beside the part: a part of another file is thrown away, never continued."""

    def __init__(self, to: Path, progress: Progress, max_bytes: int) -> None:
        self.to, self.progress, self.max_bytes = to, progress, max_bytes
        self.part, self.tag = to.with_name(to.name + PARTIAL), to.with_name(to.name + TAG)

    def asks_for_the_rest(self) -> dict[str, str]:
        """Headers that ask for what is missing, when a part of a known file is here."""
        if not (self.part.exists() and self.tag.exists()):
            return {}
        had, tag = self.part.stat().st_size, self.tag.read_text("utf-8")
        return {"Range": f"bytes={had}-", "If-Range": tag} if had else {}

    def take(self, response: requests.Response) -> Reply:
        """Read the answer; raises ``Refused`` for a body that is longer than allowed, packed, or ends too soon."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status_code == 416:  # the part is no part of what lies there now
            self._forget()
        if response.status_code not in (200, 206):
            return Reply("answered", response.status_code, None, headers)
        if headers.get("content-encoding", "identity") != "identity":
            raise Refused("packed body")
        had, total = self._start(response.status_code, headers)
        self._read(response, had, total)
        self.part.replace(self.to)
        self.tag.unlink(missing_ok=True)
        return Reply("answered", response.status_code, None, headers)

    def _start(self, status: int, headers: Mapping[str, str]) -> tuple[int, int]:
        """Bytes that are here already, and bytes in all."""
        if status == 206:
            span, _, total = headers.get("content-range", "").removeprefix("bytes ").partition("/")
            had = self.part.stat().st_size if self.part.exists() else 0
            if span.partition("-")[0] != str(had) or not total.isdigit():
                self._forget()
                raise Refused("another part than the one asked for")
            length = int(total)
        else:
            self._forget()
            had, told = 0, headers.get("content-length", "")
            if not told.isdigit():
                raise Refused("no length told")
            length = int(told)
        if length > self.max_bytes:
            raise Refused(f"file longer than {self.max_bytes} bytes")
        self.tag.write_text(headers.get("etag", ""), "utf-8")
        return had, length

    def _read(self, response: requests.Response, had: int, total: int) -> None:
        with self.part.open("ab" if had else "wb") as file:
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                file.write(chunk)
                had += len(chunk)
                if had > total:
                    raise Refused("more than was told")
                self.progress(had, total)
            file.flush()
            os.fsync(file.fileno())
        if had != total:
            raise Refused(f"broke off after {had} of {total} bytes")

    def _forget(self) -> None:
        self.part.unlink(missing_ok=True)
        self.tag.unlink(missing_ok=True)
