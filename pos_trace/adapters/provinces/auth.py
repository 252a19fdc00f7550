"""Being let in by somebody else's system: none, basic, a header, OAuth2 client credentials, a session.

Secrets are read when they are needed, from an environment variable or a file, so that a changed one counts at once;
they and the tokens they bring are never written anywhere, and ``hidden`` takes them out of what is shown.
"""

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, quote_plus, urlencode

import orjson
import requests

from pos_trace.adapters.http import Http, Reply
from pos_trace.adapters.provinces import fields, outcome
from pos_trace.adapters.provinces.source import Auth

MARK: Final = "•••"
EARLIER_S: Final = 30.0
LASTS_S: Final = 300.0
LEAST_S: Final = 0.05
MOST_BODY: Final = 1 << 16
SHOWN: Final = {"header": "{secret}", "oauth2": "Bearer {token}", "session": "Bearer {token}"}


class NotLetIn(Exception):
    """No log-in: the secret is missing, or the other side refused it or was away. ``why`` as in ``Reply``."""

    def __init__(self, detail: str, why: str = "province_silent") -> None:
        self.why = why
        super().__init__(detail)


class Entry:
    """The log-in of one source, kept until it ends or is refused."""

    def __init__(
        self, told: Auth, http: Http, environ: Mapping[str, str], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._told, self._http, self._environ, self._monotonic = told, http, environ, monotonic
        self._guard = threading.Lock()
        self._token = ""
        self._until = 0.0
        self._seen: set[str] = set()

    @property
    def renewable(self) -> bool:
        """Whether a refusal may only mean that the log-in has ended."""
        return self._told.kind in ("oauth2", "session")

    def headers(self, deadline_s: float) -> dict[str, str]:
        """What a request carries; raises ``NotLetIn``."""
        told = self._told
        if told.kind == "none":
            return {}
        secret = self.secret()
        if told.kind == "basic":
            pair = base64.b64encode(f"{told.user}:{secret}".encode()).decode()
            self._seen.add(pair)
            return {"Authorization": f"Basic {pair}"}
        token = self._token_now(secret, deadline_s) if self.renewable else ""
        if told.cookie and self.renewable:
            return {"Cookie": f"{told.cookie}={token}"}
        shown = told.shown or SHOWN[told.kind]
        return {told.header: shown.format(secret=secret, token=token)}

    def forget(self) -> None:
        """The log-in was refused: the next request logs in anew."""
        self._token = ""

    def secret(self) -> str:
        """The secret; raises ``NotLetIn`` naming the variable or file that lacks it."""
        told = self._told
        if told.secret_file is not None:
            try:
                text = told.secret_file.read_text("utf-8").strip()
            except (OSError, ValueError):
                raise NotLetIn(f"không đọc được tệp khóa {told.secret_file}") from None
        else:
            text = self._environ.get(told.secret_env, "").strip()
        if not text or not text.isprintable():
            raise NotLetIn(f"thiếu khóa: {told.secret_file or told.secret_env}")
        self._seen.add(text)
        return text

    def hidden(self, text: str) -> str:
        """``text`` without any secret or token seen so far, however forms and JSON write it."""
        forms = {form for secret in self._seen for form in (secret, quote(secret, safe=""), quote_plus(secret))}
        forms |= {json.dumps(form, ensure_ascii=ascii_)[1:-1] for form in set(forms) for ascii_ in (True, False)}
        for secret in sorted(forms, key=len, reverse=True):
            text = text.replace(secret, MARK)
        return text

    def _token_now(self, secret: str, deadline_s: float) -> str:
        """The token in force, or a fresh one. One thread logs in; the others wait for it, no longer than they may."""
        began = self._monotonic()
        if not self._guard.acquire(timeout=deadline_s):
            raise NotLetIn("nơi đăng nhập chưa trả lời: máy đang đăng nhập")
        try:
            if not self._token or self._monotonic() >= self._until:
                left = max(deadline_s - (self._monotonic() - began), LEAST_S)
                self._token, lasts = self._log_in(secret, left)
                self._until = self._monotonic() + max(lasts - EARLIER_S, lasts / 2)
                self._seen.add(self._token)
            return self._token
        finally:
            self._guard.release()

    def _log_in(self, secret: str, deadline_s: float) -> tuple[str, float]:
        """A fresh token and its seconds."""
        told = self._told
        form = told.form or told.kind == "oauth2"
        asked = self._asked(secret)
        body = urlencode(asked).encode() if form else orjson.dumps(asked)
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        headers = {"Content-Type": kind, "Accept": "application/json"}
        if told.cookie:  # a log-in of people: a page or a redirect is as good as JSON, if it sets the cookie
            reply = self._http.exchange(
                "POST", str(told.login), _with_any_body, deadline_s, headers=headers, body=body, follow=False
            )
        else:
            reply = self._http.call("POST", str(told.login), headers=headers, body=body, deadline_s=deadline_s)
        if reply.state == "unavailable":
            raise NotLetIn(self.hidden(f"nơi đăng nhập chưa trả lời: {reply.detail}"), reply.why or "province_silent")
        if outcome.meaning(told.rules, reply) is not None or reply.status >= (400 if told.cookie else 300):
            raise NotLetIn(f"nơi đăng nhập không nhận khóa (trạng thái {reply.status})")
        token = _cookie(reply, told.cookie) if told.cookie else _text(reply.json, told.token)
        if not token:
            where = f"cookie '{told.cookie}'" if told.cookie else f"'{told.token}'"
            raise NotLetIn(f"câu trả lời đăng nhập thiếu {where}")
        lasts = _text(reply.json, told.lasts)
        return token, float(lasts) if lasts and re.fullmatch(r"\d{1,9}", lasts) else LASTS_S

    def _asked(self, secret: str) -> dict[str, str]:
        told = self._told
        if told.body:
            return {name: text.format(user=told.user, secret=secret) for name, text in told.body.items()}
        if told.kind == "session":
            return {"username": told.user, "password": secret}
        asked = {"grant_type": "client_credentials", "client_id": told.user, "client_secret": secret}
        return asked | ({"scope": told.scope} if told.scope else {})


def _with_any_body(response: requests.Response) -> Reply:
    """Status and headers of an answer, with its JSON where it is some."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    try:
        body = orjson.loads(response.raw.read(MOST_BODY, decode_content=False))
    except orjson.JSONDecodeError:
        body = None
    return Reply("answered", response.status_code, body, headers)


def _text(body: Any, path: str) -> str:
    found = fields.first(body, fields.parse(path))
    text = fields.written(found) if found is not fields.MISSING else None
    return text if text and text.isprintable() else ""


def _cookie(reply: Reply, name: str) -> str:
    """The value of the cookie ``name``; several ``Set-Cookie`` lines come joined by commas."""
    found = re.search(rf"(?:^|[,;]\s*){re.escape(name)}=([^;,\s]*)", reply.headers.get("set-cookie", ""))
    return found[1] if found else ""
