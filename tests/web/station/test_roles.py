"""Who may call what at a station: every route of the application × everybody; a new route without a row fails."""

from typing import Any

import pytest

from pos_trace.services import accounts, places
from tests.services.two_nodes import officer
from tests.web.market_app import PASSWORD, PIN, Market, csrf, routes_of

RECEIVE = "receiver shift_leader owner key"
PAPERS = "receiver shift_leader owner key"
SELL = "cashier shift_leader owner till key"
STOCK = "receiver cashier shift_leader owner till key"
CASES = "owner key"
OWNER = "owner"
TELL = "receiver cashier shift_leader owner"
OPERATE = "operator site_admin"
ANYBODY = "nobody"
EXPECTED: dict[tuple[str, str], str] = {
    ("POST", "/api/v1/scans"): RECEIVE,
    ("POST", "/api/v1/deliveries"): RECEIVE,
    ("GET", "/api/v1/deliveries"): RECEIVE,
    ("GET", "/api/v1/arrivals"): RECEIVE,
    ("GET", "/api/v1/suppliers"): RECEIVE,
    ("PUT", "/api/v1/suppliers/<supplier_id>"): RECEIVE,
    ("POST", "/api/v1/suppliers/<supplier_id>/merge"): RECEIVE,
    ("GET", "/api/v1/deliveries/<delivery_id>/before"): RECEIVE,
    ("POST", "/api/v1/deliveries/<delivery_id>/supplier"): RECEIVE,
    ("GET", "/nhan-hang/da-xong"): RECEIVE,
    ("GET", "/api/v1/deliveries/<delivery_id>"): RECEIVE,
    ("POST", "/api/v1/deliveries/<delivery_id>/lines"): RECEIVE,
    ("POST", "/api/v1/deliveries/<delivery_id>/papers"): PAPERS,
    ("POST", "/api/v1/deliveries/<delivery_id>/photos"): PAPERS,
    ("POST", "/api/v1/deliveries/<delivery_id>/close"): RECEIVE,
    ("POST", "/api/v1/deliveries/<delivery_id>/cancel"): RECEIVE,
    ("POST", "/api/v1/deliveries/<delivery_id>/adjustments"): RECEIVE,
    ("POST", "/api/v1/lines/<line_id>/refuse"): RECEIVE,
    ("POST", "/api/v1/lines/<line_id>/hold"): RECEIVE,
    ("POST", "/api/v1/lines/<line_id>/dates"): RECEIVE,
    ("GET", "/api/v1/flags"): PAPERS,
    ("GET", "/api/v1/reminders"): PAPERS,
    ("POST", "/api/v1/flags/<flag_id>/later"): PAPERS,
    ("GET", "/api/v1/deliveries/<delivery_id>/papers"): PAPERS,
    ("POST", "/api/v1/papers/<paper_id>/same-truck"): PAPERS,
    ("POST", "/api/v1/papers/<paper_id>/deliveries"): PAPERS,
    ("GET", "/api/v1/desk-checks"): CASES,
    ("GET", "/api/v1/lines/<line_id>/photos"): CASES,
    ("GET", "/api/v1/photos/<photo_id>"): CASES,
    ("POST", "/api/v1/photos/<photo_id>/cover"): CASES,
    ("POST", "/api/v1/desk-checks/<check_id>/lines/<line_id>/send"): CASES,
    ("POST", "/api/v1/sales:check"): SELL,
    ("POST", "/api/v1/sales"): SELL,
    ("GET", "/api/v1/sales"): SELL,
    ("POST", "/api/v1/sales/<sale_id>/reprint"): SELL,
    ("POST", "/api/v1/returns"): SELL,
    ("GET", "/api/v1/sales:find"): SELL,
    ("GET", "/api/v1/overrides"): SELL,
    ("POST", "/api/v1/overrides"): SELL,
    ("GET", "/api/v1/products"): SELL,
    ("PUT", "/api/v1/products/<sku>"): SELL,
    ("PUT", "/api/v1/products/id/<product_id>"): SELL,
    ("GET", "/api/v1/stall-card"): CASES,
    ("POST", "/api/v1/stall-card"): CASES,
    ("POST", "/api/v1/stall-card/print"): CASES,
    ("POST", "/api/v1/stock/<lot_id>/label"): STOCK,
    ("GET", "/mat-hang"): SELL,
    ("GET", "/the-sap"): CASES,
    ("GET", "/api/v1/stock"): STOCK,
    ("POST", "/api/v1/stock/opening"): RECEIVE,
    ("POST", "/api/v1/stock/merge"): RECEIVE,
    ("GET", "/api/v1/transfers"): RECEIVE,
    ("POST", "/api/v1/transfers"): RECEIVE,
    ("GET", "/api/v1/transfers/<transfer_id>"): RECEIVE,
    ("POST", "/api/v1/transfers/<transfer_id>/accept"): RECEIVE,
    ("POST", "/api/v1/transfers/<transfer_id>/return"): RECEIVE,
    ("POST", "/api/v1/transfers/<transfer_id>/cancel"): RECEIVE,
    ("GET", "/giao-hang"): RECEIVE,
    ("GET", "/api/v1/stock/closed"): STOCK,
    ("GET", "/api/v1/stock/<lot_id>/lineage"): STOCK,
    ("GET", "/api/v1/shortfalls"): RECEIVE,
    ("POST", "/api/v1/stock/<lot_id>/repack"): RECEIVE,
    ("POST", "/api/v1/stock/<lot_id>/reopen"): RECEIVE,
    ("POST", "/api/v1/stock/<lot_id>/release"): RECEIVE,
    ("POST", "/api/v1/stock/<lot_id>/count"): RECEIVE,
    ("POST", "/api/v1/stock/<lot_id>/on-sale"): RECEIVE,
    ("POST", "/api/v1/stock/<lot_id>/settle"): RECEIVE,
    ("POST", "/api/v1/stock/<lot_id>/split"): RECEIVE,
    ("POST", "/api/v1/stock/<lot_id>/close"): RECEIVE,
    ("POST", "/api/v1/stock/<lot_id>/waste"): RECEIVE,
    ("GET", "/api/v1/hand-overs"): RECEIVE,
    ("POST", "/api/v1/hand-overs"): RECEIVE,
    ("POST", "/api/v1/hand-overs/<hand_over_id>/take"): RECEIVE,
    ("POST", "/api/v1/hand-overs/<hand_over_id>/print"): RECEIVE,
    ("GET", "/api/v1/day-ends"): RECEIVE,
    ("POST", "/api/v1/day-ends"): RECEIVE,
    ("GET", "/api/v1/prints"): STOCK,
    ("POST", "/api/v1/prints/<job_id>/answer"): STOCK,
    ("GET", "/api/v1/stop-sales"): STOCK,
    ("GET", "/api/v1/recalls"): STOCK,
    ("GET", "/api/v1/recalls/<recall_id>"): STOCK,
    ("POST", "/api/v1/recalls/<recall_id>/done"): CASES,
    ("GET", "/chu-sap/thu-hoi"): CASES,
    ("GET", "/api/v1/cases"): CASES,
    ("GET", "/api/v1/cases/<case_id>"): CASES,
    ("POST", "/api/v1/cases/<case_id>/reply"): CASES,
    ("POST", "/api/v1/cases/<case_id>/withdraw"): CASES,
    ("POST", "/api/v1/cases/<case_id>/evidence"): CASES,
    ("GET", "/api/v1/cases/<case_id>/evidence/<sha256>"): CASES,
    ("POST", "/api/v1/flags/<flag_id>/send"): CASES,
    ("GET", "/api/v1/outbox"): CASES,
    ("GET", "/api/v1/outbox/<message_id>"): CASES,
    ("GET", "/api/v1/outbox/<message_id>/body"): CASES,
    ("GET", "/api/v1/seen"): CASES,
    ("GET", "/api/v1/own-book.xlsx"): CASES,
    ("GET", "/api/v1/duty-book.pdf"): CASES,
    ("GET", "/api/v1/duty-book.xlsx"): CASES,
    ("GET", "/api/v1/presentations"): CASES,
    ("POST", "/api/v1/presentations"): OWNER,
    ("GET", "/api/v1/presentations/<presentation_id>/bundle.zip"): CASES,
    ("GET", "/api/v1/devices"): CASES,
    ("POST", "/api/v1/devices/heartbeat"): STOCK,
    ("POST", "/api/v1/devices/card"): OWNER,
    ("POST", "/api/v1/devices/<device_id>/lock"): OWNER,
    ("GET", "/api/v1/people"): OWNER,
    ("POST", "/api/v1/people"): OWNER,
    ("POST", "/api/v1/people/<user_id>/pin"): OWNER,
    ("POST", "/api/v1/people/<user_id>/end"): OWNER,
    ("GET", "/api/v1/screen/people"): ANYBODY,
    ("POST", "/api/v1/screen/lock"): ANYBODY,
    ("POST", "/api/v1/screen/enter"): ANYBODY,
    ("GET", "/chu-sap/da-gui"): CASES,
    ("GET", "/chu-sap/ai-da-xem"): CASES,
    ("GET", "/chu-sap/so"): CASES,
    ("GET", "/chu-sap/may"): OWNER,
    ("GET", "/chu-sap/nguoi"): OWNER,
    ("GET", "/nhan-hang"): RECEIVE,
    ("GET", "/ban-hang"): SELL,
    ("GET", "/kho-hang"): STOCK,
    ("GET", "/giao-ca"): RECEIVE,
    ("GET", "/chu-sap"): CASES,
    ("GET", "/cho"): OPERATE,
    ("GET", "/api/v1/market"): OPERATE,
    ("GET", "/api/v1/market/gate"): OPERATE,
    ("POST", "/api/v1/market/gate"): OPERATE,
    ("POST", "/api/v1/market/gate/cancel"): OPERATE,
    ("POST", "/api/v1/market/stall-days"): OPERATE,
    ("GET", "/api/v1/market/recalls"): OPERATE,
    ("POST", "/api/v1/market/recalls/read"): OPERATE,
    ("POST", "/api/v1/market/recalls/print"): OPERATE,
    ("GET", "/api/v1/market/quiet-hours"): OPERATE,
    ("POST", "/api/v1/market/quiet-hours"): OPERATE,
    ("GET", "/cho/gio-yen"): OPERATE,
    ("POST", "/api/v1/market/stalls/practice"): OPERATE,
    ("POST", "/api/v1/market/stalls/pin"): OPERATE,
    ("POST", "/api/v1/market/stalls/import"): OPERATE,
    ("POST", "/api/v1/market/stalls/cards"): OPERATE,
    ("GET", "/cho/so-cong"): OPERATE,
    ("GET", "/cho/doc-loa"): OPERATE,
    ("GET", "/cho/thong-bao"): OPERATE,
    ("GET", "/cho/them-sap"): OPERATE,
    ("GET", "/cho/bang-mau.xlsx"): OPERATE,
    ("GET", "/api/v1/first-day"): RECEIVE,
    ("GET", "/api/v1/first-day/goods"): RECEIVE,
    ("POST", "/api/v1/first-day/print-test"): RECEIVE,
    ("POST", "/api/v1/first-day/print-sheet"): RECEIVE,
    ("GET", "/api/v1/starter"): RECEIVE,
    ("POST", "/api/v1/starter"): RECEIVE,
    ("GET", "/bat-dau"): RECEIVE,
    ("GET", "/bat-dau/to-gioi-thieu.pdf"): RECEIVE,
    ("GET", "/chon-hang"): RECEIVE,
    ("GET", "/hang-dau-ky"): RECEIVE,
    ("POST", "/api/v1/private-reports"): TELL,
    ("GET", "/phan-anh-rieng"): TELL,
    ("GET", "/"): ANYBODY,
    ("GET", "/login"): ANYBODY,
    ("POST", "/login"): ANYBODY,
    ("POST", "/logout"): ANYBODY,
    ("GET", "/enrol"): ANYBODY,
    ("POST", "/enrol"): ANYBODY,
    ("GET", "/r/<token>"): ANYBODY,
    ("GET", "/R/<token>"): ANYBODY,
    ("POST", "/r/<token>/feedback"): ANYBODY,
    ("GET", "/s/<token>"): ANYBODY,
    ("GET", "/S/<token>"): ANYBODY,
    ("GET", "/m"): ANYBODY,
    ("GET", "/M"): ANYBODY,
    ("POST", "/m"): ANYBODY,
    ("GET", "/01/<rest>"): ANYBODY,
    ("GET", "/healthz"): ANYBODY,
    ("GET", "/readyz"): ANYBODY,
    ("GET", "/metrics"): ANYBODY,
    ("GET", "/api/v1/"): ANYBODY,
    ("GET", "/api/v1/openapi.json"): ANYBODY,
    ("GET", "/api/v1/swagger"): ANYBODY,
    ("GET", "/api/v1/oauth2-redirect.html"): "",
}
FORMS = {("POST", "/login"), ("POST", "/enrol"), ("POST", "/api/v1/screen/lock"), ("POST", "/api/v1/screen/enter")}
PEOPLE = ("receiver", "cashier", "shift_leader", "owner", "operator", "site_admin")
STRANGERS = ("nobody", "device", "wrong node's key", "revoked key")
EVERYBODY = (*PEOPLE, "key", "till", *STRANGERS)


@pytest.fixture(scope="module")
def callers(town: Market) -> dict[str, Any]:
    """How each asks: a function of method and path that answers."""
    node, now = town.node, town.night.now
    province = town.night.pair.province
    keys = {
        "key": town.keys["A-12"],
        "till": town.tills["A-12"],
        "device": town.devices["A-12"],
        "wrong node's key": places.province_key(province, officer(province), "tỉnh", now)["api_key"],
    }
    with node.write(node.machine("setup"), now) as tx:
        keys["revoked key"] = accounts.new_key(tx, "cũ", frozenset({"sell"}), stall_id=town.night.stalls["A-12"])
    with node.write(node.machine("setup"), now) as tx:
        tx.session.query(accounts.ApiKey).filter_by(name="cũ").one().revoked_at = now
    found = {name: bearer(town, key) for name, key in keys.items()} | {"nobody": bearer(town, None)}
    for role in PEOPLE:
        login = role if role in ("operator", "site_admin") else f"{role}-A-12"
        secret, device = (PASSWORD, None) if role == "site_admin" else (PIN, town.devices["A-12"])
        found[role] = in_browser(town.browser(login, secret, device))
    return found


def bearer(market: Market, key: str | None) -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return lambda method, path: market.app.test_client().open(path, method=method, headers=headers, json={})


def in_browser(client: Any) -> Any:
    token = csrf(client)
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    return lambda method, path: client.open(path, method=method, headers=headers, json={})


def test_the_table_has_every_route_and_no_other(town: Market) -> None:
    assert routes_of(town.app) == set(EXPECTED)


@pytest.mark.parametrize(("method", "path"), sorted(EXPECTED))
def test_a_route_is_open_to_whom_the_table_says_and_to_nobody_else(
    callers: dict[str, Any], method: str, path: str
) -> None:
    allowed = EXPECTED[method, path].split()
    where = path.replace("<sha256>", "a" * 64).replace("<", "").replace(">", "")
    asked = ("nobody",) if allowed == ["nobody"] else EVERYBODY
    for name in asked:
        status = callers[name](method, where).status_code
        if (method, path) in FORMS:
            assert status == 403, "a form without its page's token"
        elif name in allowed:
            assert status not in (401, 403), name
            assert status < 500, name
        elif allowed == []:
            assert status == 403, name
        else:
            assert status == {"nobody": 401, "wrong node's key": 401, "revoked key": 401}.get(name, 403), name


def test_a_browser_without_a_session_is_sent_to_the_log_in_page(town: Market) -> None:
    for path in ("/nhan-hang", "/ban-hang", "/chu-sap", "/cho"):
        answer = town.app.test_client().get(path, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/login?next={path}")


def test_a_view_without_a_mark_is_closed_to_everybody(town: Market, callers: dict[str, Any]) -> None:
    town.app.view_functions["health.healthz"], kept = (lambda: "open"), town.app.view_functions["health.healthz"]
    try:
        for name in EVERYBODY:
            assert callers[name]("GET", "/healthz").json["code"] == "closed"
    finally:
        town.app.view_functions["health.healthz"] = kept


def test_an_expired_key_is_nobodys(town: Market) -> None:
    node, now = town.node, town.night.now
    with node.write(node.machine("setup"), now) as tx:
        key = accounts.new_key(tx, "ngắn", frozenset({"stock"}), stall_id=town.night.stalls["A-12"])
        tx.session.flush()
        tx.session.query(accounts.ApiKey).filter_by(name="ngắn").one().expires_at = now
    assert town.ask("GET", "/stock", key=key).status_code == 401


def test_the_board_sees_counts_and_no_goods(town: Market, callers: dict[str, Any]) -> None:
    town.night.scan("01/09521234600145/10/TL2611", town.night.deliver(supplier="Người giao kín"), "1", "kg")
    text = callers["operator"]("GET", "/api/v1/market").text + callers["operator"]("GET", "/cho").text
    assert "A-12" in text
    assert "E-01" in text
    for hidden in ("Người giao kín", "09521234600145", "THIẾU GIẤY TỜ"):
        assert hidden not in text
