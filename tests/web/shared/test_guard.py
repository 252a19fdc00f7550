"""What protects a browser: the page's token, cookies no script reads, headers that let nothing foreign in."""

import re
from typing import Any

import pytest

from pos_trace import settings
from pos_trace.app import create_app
from tests.web.market_app import PIN, Market, csrf

PAGES = (
    "/login",
    "/enrol",
    "/nhan-hang",
    "/ban-hang",
    "/chu-sap",
    "/m",
    "/healthz",
    "/api/v1/stock",
    "/api/v1/x",
    "/no",
)
DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self' 'nonce-",
    "style-src": "'self' 'nonce-",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


@pytest.fixture(scope="module")
def owner(town: Market) -> Any:
    """The owner of A-12 in a browser."""
    return town.browser("owner-A-12", PIN, town.devices["A-12"])


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_has_its_headers(owner: Any, path: str) -> None:
    headers = owner.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    for name, value in DIRECTIVES.items():
        assert policy[name].startswith(value), name
    assert not re.search(r"unsafe|\*|https?:", headers["Content-Security-Policy"])
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in headers
    if path != "/m":
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/login", "/enrol", "/nhan-hang", "/ban-hang", "/chu-sap", "/m", "/api/v1/swagger"])
def test_a_page_has_no_inline_script_or_style_and_loads_nothing_from_elsewhere(owner: Any, path: str) -> None:
    answer = owner.get(path)
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert nonce is not None
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", answer.text):
        assert "src=" in tag or f'nonce="{nonce[1]}"' in tag or "application/json" in tag, tag
    assert not re.search(r"\son[a-z]+=|\sstyle=|javascript:", answer.text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text)


def test_each_answer_has_a_nonce_of_its_own(owner: Any) -> None:
    seen = {owner.get("/login").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(seen) == 3


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(town: Market) -> None:
    client = town.app.test_client()
    client.set_cookie("pt_device", town.devices["A-12"])
    told = {"login": "receiver-A-12", "secret": PIN, "csrf_token": csrf(client)}
    answer = client.post("/login", data=told)
    given = answer.headers.getlist("Set-Cookie") + client.get("/login").headers.getlist("Set-Cookie")
    assert any(cookie.startswith("pt_session=") for cookie in given)
    for cookie in given:
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Secure" not in cookie
    assert PIN not in str(given)


def test_behind_https_cookies_are_secure(town: Market) -> None:
    told = {"node": {"role": "station", "id": town.node.id, "data_dir": "/x"}, "server": {"secure_cookies": True}}
    client = create_app(settings.parse(told), town.node, lambda: town.clock[-1]).test_client()
    client.set_cookie("pt_device", town.devices["A-12"], domain="localhost")
    page = client.get("/login", base_url="https://localhost")
    token = page.text.split('name="csrf-token" content="')[1].split('"')[0]
    told = {"login": "receiver-A-12", "secret": PIN, "csrf_token": token}
    headers = {"Referer": "https://localhost/login"}
    answer = client.post("/login", data=told, base_url="https://localhost", headers=headers)
    assert answer.status_code == 303
    assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("token", [None, "", "made up"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/v1/deliveries"), ("PUT", "/api/v1/products/P"), ("POST", "/api/v1/sales"), ("POST", "/logout")],
)
def test_a_browser_changes_nothing_without_the_pages_token(
    town: Market, owner: Any, method: str, path: str, token: str | None
) -> None:
    headers = {} if token is None else {"X-CSRFToken": token}
    answer = owner.open(path, method=method, json={"supplier_name": "x"}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, "csrf")
    assert town.get("/deliveries")["deliveries"] == []
    assert owner.get("/api/v1/stock").status_code == 200


@pytest.mark.parametrize(("path", "told"), [("/login", {"login": "x", "secret": "y"}), ("/enrol", {"code": "x"})])
def test_the_log_in_forms_need_their_token_too(town: Market, path: str, told: dict[str, str]) -> None:
    answer = town.app.test_client().post(path, data=told)
    assert (answer.status_code, answer.json["code"]) == (403, "csrf")


def test_a_bearer_key_needs_no_token_even_beside_a_session(town: Market, owner: Any) -> None:
    headers = {"Authorization": f"Bearer {town.keys['E-01']}"}
    answer = owner.post("/api/v1/deliveries", json={"supplier_name": "x"}, headers=headers)
    assert answer.status_code == 201
    listed = owner.get("/api/v1/deliveries", headers=headers).json["deliveries"]
    assert [row["id"] for row in listed] == [answer.json["id"]]


def test_somebody_logged_in_may_type_a_short_code_without_a_token(owner: Any) -> None:
    assert owner.post("/m", data={"code": "BCFG-7KQ2-MX"}).status_code in (404, 422)


def test_options_and_head_reveal_nothing_to_strangers(town: Market) -> None:
    client = town.app.test_client()
    assert client.head("/api/v1/stock").status_code == 401
    assert client.options("/api/v1/stock").status_code == 401
    with client.get("/static/pos.css") as file:
        assert file.status_code == 200


def test_the_api_is_described_offline(town: Market) -> None:
    client = town.app.test_client()
    told = client.get("/api/v1/openapi.json").json
    described = {path for path in told["paths"] if path.startswith("/api/v1/")}
    served = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule)) for rule in town.app.url_map.iter_rules()
              if rule.endpoint.startswith("station_") and str(rule).startswith("/api/")}  # fmt: skip
    assert described == served
    silent = {path for path, verbs in told["paths"].items() for method, verb in verbs.items()
              if path in served and method in ("post", "put") and not verb.get("requestBody")}  # fmt: skip
    assert silent == {"/api/v1/flags/{flag_id}/send", "/api/v1/desk-checks/{check_id}/lines/{line_id}/send"}
    scan = told["paths"]["/api/v1/scans"]["post"]["requestBody"]["content"]
    assert set(scan) == {"application/json", "multipart/form-data"}
    assert "photo" in str(told["paths"]["/api/v1/deliveries/{delivery_id}/photos"]["post"]["requestBody"])
    page = client.get("/api/v1/swagger")
    files = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert len(files) == 2
    for name in files:
        with client.get(name) as file:
            assert file.status_code == 200
    assert client.get("/api/v1/oauth2-redirect.html").status_code == 403
