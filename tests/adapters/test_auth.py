"""Being let in: what each way carries, where secrets come from, and that they are shown nowhere."""

import base64
import json
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import orjson
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request

from pos_trace.adapters.http import Http, Limits
from pos_trace.adapters.provinces.auth import EARLIER_S, MARK, Entry, NotLetIn
from pos_trace.adapters.provinces.source import Auth
from tests.adapters.foreign import says
from tests.adapters.wire import Peer, silent
from tests.runtime.parts import until

SECRET = "bi-mat-9"


def entry(server: HTTPServer, told: dict[str, Any], clock: list[float] | None = None, **environ: str) -> Entry:
    url = f"http://{server.host}:{server.port}"
    known = {"S": SECRET} | environ
    if told["kind"] in ("oauth2", "session"):
        told = told | {"login": f"{url}/login"}
    ticking = clock or [0.0]
    return Entry(
        Auth.model_validate(told),
        Http((f"{server.host}:{server.port}",), Limits(deadline_s=1)),
        known,
        lambda: ticking[0],
    )


@pytest.mark.parametrize(
    ("told", "headers"),
    [
        ({"kind": "none"}, {}),
        (
            {"kind": "basic", "user": "u"},
            {"Authorization": "Basic " + base64.b64encode(f"u:{SECRET}".encode()).decode()},
        ),
        ({"kind": "header"}, {"Authorization": SECRET}),
        ({"kind": "header", "header": "X-Api-Key", "shown": "key {secret}"}, {"X-Api-Key": f"key {SECRET}"}),
    ],
)
def test_what_a_request_carries(httpserver: HTTPServer, told: dict[str, Any], headers: dict[str, str]) -> None:
    made = entry(httpserver, told | ({} if told["kind"] == "none" else {"secret_env": "S"}))
    assert made.headers(1.0) == headers
    assert SECRET not in made.hidden(str(headers))
    assert MARK in made.hidden(f"x{SECRET}x") or not headers


def test_a_secret_is_hidden_however_forms_and_json_write_it(httpserver: HTTPServer) -> None:
    secret = 'a b&"mật"/ü'
    made = entry(httpserver, {"kind": "header", "secret_env": "S"}, S=secret)
    assert made.headers(1.0) == {"Authorization": secret}
    for text in (secret, quote_plus(secret), quote(secret, safe=""), json.dumps(secret), orjson.dumps(secret).decode()):
        assert made.hidden(f"x={text};").replace('"', "") == f"x={MARK};"


def test_a_secret_in_a_file_is_read_each_time(httpserver: HTTPServer, tmp_path: Path) -> None:
    path = tmp_path / "khoa"
    made = entry(httpserver, {"kind": "header", "secret_file": str(path)})
    with pytest.raises(NotLetIn, match="không đọc được tệp khóa"):
        made.headers(1.0)
    path.write_text("mot\n", "utf-8")
    assert made.headers(1.0) == {"Authorization": "mot"}
    path.write_text("hai\n", "utf-8")
    assert made.headers(1.0) == {"Authorization": "hai"}


@pytest.mark.parametrize("secret", ["", "  ", "a\nb", "\x00"])
def test_an_empty_or_unprintable_secret_is_none(httpserver: HTTPServer, secret: str) -> None:
    with pytest.raises(NotLetIn, match="thiếu khóa: S"):
        entry(httpserver, {"kind": "header", "secret_env": "S"}, S=secret).headers(1.0)


def test_a_token_is_fetched_again_shortly_before_it_ends(httpserver: HTTPServer) -> None:
    tokens: list[dict[str, Any]] = []

    def login(request: Request) -> Any:
        tokens.append(request.get_json())
        return says({"access_token": f"t{len(tokens)}", "expires_in": "100"})

    httpserver.expect_request("/login").respond_with_handler(login)
    clock = [0.0]
    made = entry(httpserver, {"kind": "session", "user": "u", "secret_env": "S"}, clock)
    assert made.headers(1.0) == {"Authorization": "Bearer t1"}
    assert tokens == [{"username": "u", "password": SECRET}]
    clock[0] = 99.0 - EARLIER_S
    assert made.headers(1.0) == {"Authorization": "Bearer t1"}
    clock[0] = 100.0 - EARLIER_S
    assert made.headers(1.0) == {"Authorization": "Bearer t2"}
    assert made.hidden("t2 " + SECRET) == f"{MARK} {MARK}"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {"error": SECRET}, "không nhận khóa (trạng thái 401)"),
        (200, {"loi": "SAI"}, "không nhận khóa (trạng thái 200)"),
        (200, {}, "câu trả lời đăng nhập thiếu 'access_token'"),
        (200, {"access_token": "a\nb"}, "câu trả lời đăng nhập thiếu 'access_token'"),
        (200, {"access_token": {"x": 1}}, "câu trả lời đăng nhập thiếu 'access_token'"),
    ],
)
def test_a_log_in_that_gives_no_token_says_why_without_the_secret(
    httpserver: HTTPServer, status: int, body: Any, said: str
) -> None:
    httpserver.expect_request("/login").respond_with_json(body, status=status)
    rules = [{"means": "refused", "path": "loi"}]
    made = entry(httpserver, {"kind": "oauth2", "user": "u", "secret_env": "S", "rules": rules})
    with pytest.raises(NotLetIn) as refused:
        made.headers(1.0)
    assert said in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_cookie_that_is_not_set_is_named(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/login").respond_with_json({}, headers={"Set-Cookie": "XPHIEN=1"})
    made = entry(httpserver, {"kind": "session", "user": "u", "secret_env": "S", "cookie": "PHIEN"})
    with pytest.raises(NotLetIn, match="thiếu cookie 'PHIEN'"):
        made.headers(1.0)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [(302, "", "text/html"), (200, "<html>Xin chào</html>", "text/html"), (200, "{}", "application/json")],
)
def test_a_log_in_of_people_may_answer_with_a_page_or_a_redirect(
    httpserver: HTTPServer, status: int, body: str, kind: str
) -> None:
    headers = {"Set-Cookie": "PHIEN=abc; Path=/", "Location": "https://ke-gian.example/"}
    httpserver.expect_request("/login").respond_with_data(body, status, headers, content_type=kind)
    made = entry(httpserver, {"kind": "session", "user": "u", "secret_env": "S", "cookie": "PHIEN", "form": True})
    assert made.headers(1.0) == {"Cookie": "PHIEN=abc"}


def test_a_refused_log_in_of_people_is_told(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/login").respond_with_data("<html>Sai</html>", 403, {"Set-Cookie": "PHIEN=abc"})
    made = entry(httpserver, {"kind": "session", "user": "u", "secret_env": "S", "cookie": "PHIEN"})
    with pytest.raises(NotLetIn, match="trạng thái 403"):
        made.headers(1.0)


def test_a_log_in_that_does_not_answer_is_told(httpserver: HTTPServer) -> None:
    told = Auth.model_validate({"kind": "oauth2", "user": "u", "secret_env": "S", "login": "http://127.0.0.1:1/x"})
    with pytest.raises(NotLetIn, match="nơi đăng nhập chưa trả lời"):
        Entry(told, Http(("127.0.0.1:1",)), {"S": SECRET}).headers(1.0)


def test_who_waits_for_anothers_log_in_waits_no_longer_than_it_may() -> None:
    peer = Peer(silent(lambda: peer.stopping))
    told = Auth.model_validate({"kind": "oauth2", "user": "u", "secret_env": "S", "login": f"{peer.url}/x"})
    made = Entry(told, Http((peer.host,), Limits(deadline_s=2)), {"S": SECRET})

    def log_in() -> None:
        with pytest.raises(NotLetIn, match="chưa trả lời"):
            made.headers(2.0)

    first = threading.Thread(target=log_in)
    first.start()
    try:
        until(lambda: bool(peer.requests))
        with pytest.raises(NotLetIn, match="máy đang đăng nhập"):
            made.headers(0.05)
    finally:
        peer.close()
        first.join(5)
