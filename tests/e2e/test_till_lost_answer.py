"""A sale whose answer is lost: the same body under the same key until the node answers – never two, never none."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESK, Market, Visit, Visitor, log_in_at_stall
from tests.e2e.lost_line import LostLine, change_person

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
UNSURE = "CHƯA RÕ ĐÃ GHI CHƯA"


def jam(market: Market) -> str:
    """Fresh goods on the table of stall K-22; their name."""
    stall, name = market.stall("K-22"), f"Mứt thử {uuid.uuid4().hex[:6]}"
    stall.post("/api/v1/stock/opening", {"name": name, "quantity": "10", "unit": "hũ"})
    stall.close()
    return name


def left(market: Market, name: str) -> str:
    stall = market.stall("K-22")
    lots = stall.get("/api/v1/stock")["lots"]
    stall.close()
    return str(next(lot["quantity"] for lot in lots if lot["product_name"] == name)).rstrip("0").rstrip(".")


def sales(market: Market) -> int:
    stall = market.stall("K-22")
    found = stall.get("/api/v1/sales")["sales"]
    stall.close()
    return len(found)


def at_the_till(market: Market, visitor: Visitor, name: str) -> Page:
    page = log_in_at_stall(visitor, market.device_code("K-22"), "Thu ngân K-22", "2222")
    page.locator(".pos-tile", has_text=name).click()
    page.get_by_label("Số lượng 1").fill("2")
    return page


def press_again(page: Page) -> None:
    page.get_by_role("button", name="Gửi lại phiếu này").click()


def reload_and_press(page: Page) -> None:
    page.reload()
    expect(page.locator("#answer")).to_contain_text(UNSURE)
    press_again(page)


def next_person_presses(page: Page) -> None:
    change_person(page, "A Thanh", "3333")
    page.get_by_role("link", name="Bán hàng").click()
    press_again(page)


def close_and_press(page: Page) -> None:
    """The browser tab was closed; it opens again on the till."""
    page.goto("about:blank")
    page.go_back()
    press_again(page)


@pytest.mark.parametrize("insecure", [False, True], ids=["loopback", "plain-http-name"])
@pytest.mark.parametrize("then", [press_again, reload_and_press, close_and_press, next_person_presses])
def test_a_sale_whose_answer_is_lost_is_one_sale(
    market: Market, visit: Visit, then: Callable[[Page], None], insecure: bool
) -> None:
    name, before = jam(market), sales(market)
    visitor = visit(market.demo.station.url, DESK, insecure=insecure)
    page = at_the_till(market, visitor, name)
    line = LostLine(market, page, "/api/v1/sales")
    page.get_by_role("button", name="Đã thu tiền").click()
    expect(page.locator("#answer")).to_contain_text(UNSURE)
    expect(page.get_by_label("Số lượng 1")).to_be_disabled()
    visitor.shot(page, "till-lost-1-unsure")
    line.mend()
    assert line.taken == [201]
    then(page)
    expect(page.locator("#answer")).to_contain_text("ĐÃ BÁN")
    expect(page.locator("#basket li")).to_have_count(0)
    expect(page.get_by_role("button", name="Đã thu tiền – in phiếu")).to_be_disabled()
    assert (sales(market) - before, left(market, name)) == (1, "8")
    page.reload()
    expect(page.locator(".pos-tile", has_text=name)).to_contain_text("còn 8")
    expect(page.locator("#answer")).not_to_contain_text(UNSURE)


def test_a_sale_that_never_arrived_is_sent_as_it_was_and_nothing_else_is_sold_before(
    market: Market, visit: Visit
) -> None:
    name, before = jam(market), sales(market)
    visitor = visit(market.demo.station.url, DESK)
    page = at_the_till(market, visitor, name)
    page.route("**/api/v1/sales", lambda route: route.abort())
    page.get_by_role("button", name="Đã thu tiền").click()
    expect(page.locator("#answer")).to_contain_text(UNSURE)
    page.locator(".pos-tile", has_text=name).click()
    expect(page.locator("#basket li")).to_have_count(1)
    page.unroute("**/api/v1/sales")
    assert sales(market) == before
    press_again(page)
    expect(page.locator("#answer")).to_contain_text("ĐÃ BÁN")
    assert (sales(market) - before, left(market, name)) == (1, "8")


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (503, "application/problem+json", '{"code": "busy", "detail": "Máy bận."}'),
        (409, "application/problem+json", '{"code": "still_running", "detail": "Đang xử lý."}'),
        (401, "application/problem+json", '{"code": "unauthorised", "detail": "Cần đăng nhập."}'),
        (200, "text/html", "<html>Mời đăng nhập Wi-Fi</html>"),
        (404, "text/html", "<html>proxy</html>"),
    ],
)
def test_an_answer_that_is_not_final_keeps_the_sale(
    market: Market, visit: Visit, status: int, kind: str, body: str
) -> None:
    name, before = jam(market), sales(market)
    page = at_the_till(market, visit(market.demo.station.url, DESK), name)
    page.route("**/api/v1/sales", lambda route: route.fulfill(status=status, content_type=kind, body=body))
    page.get_by_role("button", name="Đã thu tiền").click()
    expect(page.locator("#answer")).to_contain_text(UNSURE)
    page.unroute("**/api/v1/sales")
    press_again(page)
    expect(page.locator("#answer")).to_contain_text("ĐÃ BÁN")
    assert sales(market) - before == 1


def test_a_refusal_opens_the_basket_again(market: Market, visit: Visit) -> None:
    name, before = jam(market), sales(market)
    page = at_the_till(market, visit(market.demo.station.url, DESK), name)
    problem = '{"code": "out_of_range", "detail": "Số tiền quá lớn."}'
    page.route("**/api/v1/sales", lambda route: route.fulfill(status=422, body=problem))
    page.get_by_role("button", name="Đã thu tiền").click()
    expect(page.locator("#answer")).to_contain_text("Số tiền quá lớn")
    page.unroute("**/api/v1/sales")
    page.get_by_label("Số lượng 1").fill("3")
    page.get_by_role("button", name="Đã thu tiền").click()
    expect(page.locator("#answer")).to_contain_text("ĐÃ BÁN")
    assert (sales(market) - before, left(market, name)) == (1, "7")
