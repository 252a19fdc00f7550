"""A foreign client of both nodes: plain HTTP with a bearer key, nothing of the product's inside."""

import uuid
from typing import Any

import requests

DEADLINE_S = 30


class Answered(RuntimeError):
    """An answer that was not expected; carries status and body."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"HTTP {status}: {body[:600]}")
        self.status = status


class Client:
    """Calls ``base`` with ``key``."""

    def __init__(self, base: str, key: str) -> None:
        self.base = base
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {key}"

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of ``path``."""
        return self._take(self._session.get(self.base + path, params=query, timeout=DEADLINE_S))

    def post(self, path: str, body: Any, key: str | None = None) -> Any:
        """Post JSON under a fresh idempotency key, or ``key``."""
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        return self._take(self._session.post(self.base + path, json=body, headers=headers, timeout=DEADLINE_S))

    def put(self, path: str, body: Any) -> Any:
        """Put JSON."""
        return self._take(self._session.put(self.base + path, json=body, timeout=DEADLINE_S))

    def photo(self, path: str, picture: bytes, **fields: str) -> Any:
        """Post a photo as a phone does."""
        files = {"photo": ("label.png", picture, "image/png")}
        return self._take(self._session.post(self.base + path, files=files, data=fields, timeout=DEADLINE_S))

    def close(self) -> None:
        """Give the connection back."""
        self._session.close()

    def _take(self, answer: requests.Response) -> Any:
        if answer.status_code >= 400:
            raise Answered(answer.status_code, answer.text)
        return answer.json() if answer.content else None
