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

    def log_in(self, login: str, password: str) -> None:
        """Go on as a person with a browser's session instead of a key."""
        del self._session.headers["Authorization"]
        self._session.headers["X-CSRFToken"] = self._token()
        self._form("/login", {"login": login, "secret": password})
        self._session.headers["X-CSRFToken"] = self._token()

    def _token(self) -> str:
        """The CSRF token of a page this session has open."""
        page = self._session.get(f"{self.base}/login", timeout=DEADLINE_S).text
        return page.split('name="csrf-token" content="')[1].split('"')[0]

    def _form(self, path: str, fields: dict[str, str]) -> None:
        answer = self._session.post(self.base + path, data=fields, timeout=DEADLINE_S, allow_redirects=False)
        if answer.status_code != 303:
            raise Answered(answer.status_code, answer.text)

    def close(self) -> None:
        """Give the connection back."""
        self._session.close()

    def _take(self, answer: requests.Response) -> Any:
        if answer.status_code >= 400:
            raise Answered(answer.status_code, answer.text)
        return answer.json() if answer.content else None


def officer(base: str, login: str, password: str) -> Client:
    """A person at the desk, logged in with a password."""
    client = Client(base, "")
    client.log_in(login, password)
    return client
