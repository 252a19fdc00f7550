"""What reaches a node over HTTP, byte for byte: a WSGI wrapper that keeps every request's body before it is read."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came: who sent it (the bearer key), what it asked, every byte of its body."""

    method: str
    path: str
    query: str
    key: str
    body: bytes


@dataclass
class Recorder:
    """``app`` with a memory. A waitress server has buffered the body by then, so it is read here and given on."""

    app: Callable[..., Iterable[bytes]]
    requests: list[Request] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        key = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        told = (environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", ""), key, body)
        self.requests.append(Request(*told))
        return self.app(environ, start_response)

    def of(self, key: str) -> list[Request]:
        """The requests that came with a bearer key, in their order."""
        return [one for one in self.requests if one.key == key]
