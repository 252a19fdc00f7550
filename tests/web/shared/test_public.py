"""The shopper's pages over HTTP: no log-in, no cookie, cacheable, not for search engines; and the node's health."""

import re
from typing import Any

import pytest
from sqlalchemy import text

from pos_trace.core import tokens
from pos_trace.store.models import PublishedReceipt
from tests.services.night import CABBAGE, FISH, Night, asked, sell, url
from tests.web.market_app import Market, make_market


@pytest.fixture
def token(market: Market) -> str:
    """A receipt of a cabbage and a fish."""
    for key in (CABBAGE, FISH):
        market.night.receive(key, "10", "khay")
    lines = [asked(line_no=index, barcode=url(key), quantity="1.357", unit="khay", unit_price=24_680)
             for index, key in enumerate((CABBAGE, FISH), 1)]  # fmt: skip
    return str(sell(market.night, *lines)["trace_url"]).rpartition("/")[2]


def look(market: Market, path: str, **more: Any) -> Any:
    """A shopper's request: no cookie kept, no key."""
    method = more.pop("method", "GET")
    return market.app.test_client(use_cookies=False).open(path, method=method, **more)


@pytest.mark.parametrize("path", ["/r/{}", "/R/{}", "/r/{}?lang=en"])
def test_the_page_behind_the_qr_is_public_cookieless_cacheable_and_not_indexed(
    market: Market, token: str, path: str
) -> None:
    answer = look(market, path.format(token))
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in answer.text
    assert "<script" not in answer.text
    again = look(market, path.format(token), headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_logged_in_browser_gets_the_same_page_and_no_cookie_more(market: Market, token: str) -> None:
    headers = {"Cookie": "pt_session=old; pt_device=old"}
    answer = look(market, f"/r/{token}", headers=headers)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["ETag"] == look(market, f"/r/{token}").headers["ETag"]


def test_a_token_may_be_typed_in_any_case(market: Market, token: str) -> None:
    assert look(market, f"/R/{token.lower()}").status_code == 200


def test_only_the_recalled_item_is_red_and_the_banner_names_it(market: Market, token: str) -> None:
    before = look(market, f"/r/{token}")
    assert "recalled" not in before.text
    market.night.recall(FISH)
    after = look(market, f"/r/{token}", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.text.count('class="item recalled"') == 1
    assert after.text.count('class="item"') == 1
    banner = after.text.split('class="banner"')[1].split("</section>")[0]
    for word in (
        "1 mặt hàng trong phiếu đang bị thu hồi",
        "Cá lăng phi lê khay 500 g",
        "CL2611B",
        "TH-1",
        "vượt mức dư lượng",
    ):
        assert word in banner
    assert "Cải thảo" not in banner


def test_the_page_has_what_the_law_asks_with_source_and_time_and_no_price(market: Market, token: str) -> None:
    page = look(market, f"/r/{token}").text
    for word in ("Cải thảo Măng Đen", "HTX rau hoa Măng Đen (mẫu)", "Địa chỉ", "Xuất xứ", "Nhãn hiệu", "MD2611-07",
                 "Hạn sử dụng", "Hình ảnh", "9521234700036"):  # fmt: skip
        assert word in page
    assert market.node.policy.province.name in page
    assert not [secret for secret in ("24680", "24.680", "1.357", "1,357", "33.491") if secret in page]
    english = look(market, f"/r/{token}", headers={"Accept-Language": "en"})
    assert '<html lang="en">' in english.text
    assert "Producer" in english.text
    assert english.headers["Vary"] == "Accept-Language"
    assert '<html lang="vi">' in look(market, f"/r/{token}?lang=xx").text


@pytest.mark.parametrize("path", ["/r/x", "/r/" + "B" * 20, "/R/x", "/01/09521234600138/10/KHONG", "/01/x"])
def test_what_is_not_there_says_so_and_is_not_kept(market: Market, path: str) -> None:
    answer = look(market, path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    assert answer.mimetype == "text/html"
    assert "Set-Cookie" not in answer.headers


def test_a_name_is_never_markup(night: Night) -> None:
    evil = '<img src=x onerror="alert(1)">{{7*7}}'
    told = sell(night, asked(name=evil, quantity="1", unit="kg"))
    page = look(make_market(night), "/r/" + str(told["trace_url"]).rpartition("/")[2]).text
    assert "<img" not in page
    assert "&lt;img" in page
    assert "49" not in re.sub(r"<[^>]+>", "", page)


def test_the_short_code_page_leads_to_the_receipt(market: Market, token: str) -> None:
    short = tokens.format_short(tokens.short_code(token))
    form = look(market, "/m")
    assert form.status_code == 200
    assert "Set-Cookie" not in form.headers
    assert look(market, "/M").status_code == 200
    found = look(market, "/m", method="POST", data={"code": short.lower()})
    assert (found.status_code, found.headers["Location"]) == (303, f"/r/{token}")
    wrong = look(market, "/m", method="POST", data={"code": short[:-1] + "0" if short[-1] != "0" else short[:-1] + "1"})
    assert wrong.status_code == 422
    assert "Kiểm tra lại từng ký tự" in wrong.text


def test_two_receipts_of_one_short_code_are_offered_by_place_and_day(market: Market, token: str) -> None:
    twin = token[:9] + "Z" * 11
    with market.node.db.write() as session:
        row = PublishedReceipt(token=twin, short_code=tokens.short_code(token), site_id="x", stall_name="Sạp khác")
        row.sold_hour, row.received_at, row.sha256 = market.night.now, market.night.now, ""
        session.add(row)
    answer = look(market, "/m", method="POST", data={"code": tokens.short_code(token)})
    assert answer.status_code == 300
    assert f'href="/r/{twin}"' in answer.text
    assert f'href="/r/{token}"' in answer.text


def test_ten_tries_a_minute_and_no_more(market: Market) -> None:
    unknown = tokens.short_code(tokens.token(bytes(range(64))))
    codes = [look(market, "/m", method="POST", data={"code": unknown}).status_code for _ in range(12)]
    assert codes == [404] * 10 + [429] * 2
    assert look(market, "/m").status_code == 200
    other = look(market, "/m", method="POST", data={"code": unknown}, environ_base={"REMOTE_ADDR": "127.0.0.9"})
    assert other.status_code == 404


def test_a_lots_page_and_its_linkset(market: Market, token: str) -> None:
    page = look(market, f"/{FISH}")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "public, max-age=60")
    assert "A-12" not in page.text
    for more in ({"query_string": "linkType=linkset"}, {"headers": {"Accept": "application/linkset+json"}}):
        told = look(market, f"/{FISH}", **more)
        assert (told.status_code, told.mimetype) == (200, "application/linkset+json")
        (links,) = told.get_json(force=True)["linkset"]
        assert links["anchor"] == f"https://truyxuat.example/{FISH}"
        assert links["https://ref.gs1.org/voc/defaultLink"][0]["href"] == links["anchor"]
    missing = look(market, "/01/09521234600138/10/KHONG?linkType=linkset")
    assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")


def test_health_is_open_and_tells_nothing_of_any_stall(market: Market, token: str) -> None:
    assert look(market, "/healthz").json == {"status": "ok", "role": "station"}
    assert look(market, "/readyz").json == {"status": "ok"}
    told = look(market, "/metrics")
    assert told.mimetype == "text/plain"
    assert 'pos_trace_outbox_messages{state="pending"} 1.0' in told.text
    assert "pos_trace_records_version" in told.text
    assert token not in told.text
    assert "A-12" not in told.text


def test_without_its_database_the_node_is_not_ready(market: Market) -> None:
    with market.node.db.write() as session:
        session.execute(text("ALTER TABLE site RENAME TO site_gone"))
    answer = look(market, "/readyz")
    assert (answer.status_code, answer.json["code"]) == (503, "database_unavailable")
    assert look(market, "/healthz").status_code == 200
