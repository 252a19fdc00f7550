"""The owner's screens on a phone: what was sent, who looked, the books, a lost phone; and the PIN pad over a screen."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESK, PHONE, Market, Visit, log_in_at_stall

pytestmark = pytest.mark.browser
SCREENS = {
    "da-gui": "Dữ liệu nào đã gửi đi",
    "ai-da-xem": "Ai đã xem",
    "so": "Sổ của tôi",
    "may": "Máy của sạp",
    "nguoi": "Người của sạp",
}


def tap_pin(page: Page, name: str, pin: str) -> None:
    """The pad over a locked screen: a name, the digits, "Vào"."""
    pad = page.get_by_role("dialog")
    pad.get_by_role("button", name=name, exact=True).click()
    for digit in pin:
        pad.get_by_role("button", name=digit, exact=True).click()
    pad.get_by_role("button", name="Vào").click()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_tile_opens_its_screen(market: Market, visit: Visit, size: dict[str, int]) -> None:
    visitor = visit(market.demo.station.url, size)
    page = log_in_at_stall(visitor, market.device_code("A-12"), "Hoa", "3333")
    expect(page.locator("main")).to_contain_text("Máy không gửi giá bán, doanh thu, số tiền.")
    visitor.shot(page, f"owner-hub-{size['width']}")
    for path, title in SCREENS.items():
        page.goto(f"{visitor.base}/chu-sap")
        page.get_by_role("link", name=title).click()
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
        expect(page.locator("#problem")).to_be_empty()
        page.wait_for_load_state("networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        visitor.shot(page, f"owner-{path}-{size['width']}")
        assert not wide, path


def test_a_lost_phone_is_locked_from_another_one(market: Market, visit: Visit) -> None:
    lost = visit(market.demo.station.url, PHONE)
    theirs = log_in_at_stall(lost, market.device_code("A-15"), "Nhận hàng A-15", "1111", "Máy bị mất")
    page = log_in_at_stall(visit(market.demo.station.url, PHONE), market.device_code("A-15"), "Bảy", "3333")
    page.goto(f"{lost.base}/chu-sap/may")
    page.locator("#devices li", has_text="Máy bị mất").get_by_role("button", name="Khóa máy này").click()
    page.get_by_role("button", name="Khóa", exact=True).click()
    expect(page.locator("#problem")).to_contain_text("Đã khóa Máy bị mất: máy")
    theirs.goto(f"{lost.base}/nhan-hang")
    expect(theirs.locator("body")).to_contain_text("Máy này đã bị chủ sạp khóa")


def test_a_locked_screen_asks_for_the_pin_and_loses_nothing(market: Market, visit: Visit) -> None:
    visitor = visit(market.demo.station.url, PHONE)
    page = log_in_at_stall(visitor, market.device_code("A-15"), "Nhận hàng A-15", "1111")
    page.get_by_label("Người giao").first.fill("Chị Ba gõ dở (mẫu)")
    page.get_by_role("button", name="Đổi người").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    visitor.shot(page, "pin-pad")
    tap_pin(page, "Nhận hàng A-15", "9999")
    expect(page.get_by_role("dialog")).to_contain_text("chưa đúng")
    tap_pin(page, "Bảy", "3333")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("[data-who]")).to_have_text("Bảy")
    expect(page.get_by_label("Người giao").first).to_have_value("Chị Ba gõ dở (mẫu)")
