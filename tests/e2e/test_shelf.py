"""A stall's shelf and its shift on a phone: a wet thumb wastes, repacks, merges, counts; two people hand over."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESK, Market, Visit, log_in_at_stall

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STALL = "K-22"  # it practises: what lies on its table may still be written down


def lay(market: Market, name: str, quantity: str, **more: Any) -> dict[str, Any]:
    body = {"name": name, "quantity": quantity, "unit": "kg"} | more
    return market.stall(STALL).post("/api/v1/stock/opening", body)


def open_lot(page: Page, name: str) -> Page:
    page.locator(".pos-lot", has_text=name).first.click()
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()


def test_a_receiver_does_everything_with_a_lot_by_thumb(market: Market, visit: Visit) -> None:
    for name, quantity in (("Dưa leo thử", "60"), ("Khoai thử", "12"), ("Bí thử", "8")):
        lay(market, name, quantity)
    visitor = visit(market.demo.station.url)
    page = log_in_at_stall(visitor, market.device_code(STALL), f"Nhận hàng {STALL}", "1111")
    page.goto(f"{visitor.base}/kho-hang")
    expect(page.locator(".pos-lot", has_text="Dưa leo thử")).to_contain_text("BÁN ĐƯỢC")
    open_lot(page, "Dưa leo thử")
    for button in page.locator(".pos-acts button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 48
    visitor.shot(page, "shelf-open")

    press(page, "Hỏng, biếu, dùng")
    page.get_by_text("Biếu", exact=True).click()
    page.get_by_label("Số lượng (kg)").fill("0")
    press(page, "Ghi")
    expect(page.locator("#act-problem")).to_contain_text("nhập số lớn hơn 0")
    page.get_by_label("Số lượng (kg)").fill("99")
    press(page, "Ghi")
    expect(page.locator("#act-problem")).to_contain_text("chỉ còn 60 kg")
    visitor.shot(page, "shelf-waste")
    page.get_by_label("Số lượng (kg)").fill("1,5")
    press(page, "Ghi")
    expect(page.locator("#answer")).to_contain_text("Còn 58,5 kg")

    press(page, "Đóng gói lại")
    page.get_by_label("Số gói").fill("50")
    visitor.shot(page, "shelf-repack")
    press(page, "Đóng gói")
    expect(page.locator("#answer")).to_contain_text("Dưa leo thử túi 500 g, 50 túi")
    expect(page.locator(".pos-lot", has_text="Dưa leo thử túi 500 g")).to_contain_text("50 túi = 25 kg")

    press(page, "Gộp nhiều lô")
    open_lot(page, "Khoai thử")
    open_lot(page, "Bí thử")
    press(page, "Gộp 2 lô đã chọn")
    page.get_by_label("Tên hàng sau khi gộp").fill("Rau trộn thử")
    press(page, "Gộp")
    expect(page.locator(".pos-lot", has_text="Rau trộn thử")).to_contain_text("20 kg")

    open_lot(page, "Rau trộn thử")
    press(page, "Đang bán lô này")
    expect(page.locator(".pos-lot", has_text="Rau trộn thử")).to_contain_text("▶ Đang bán lô này")
    press(page, "Kiểm kho")
    page.get_by_label("Đếm được (kg)").fill("19")
    press(page, "Ghi số đếm được")
    expect(page.locator("#answer")).to_contain_text("Phiếu điều chỉnh K22-ĐC")
    press(page, "Hết lô này")
    page.get_by_text("Hỏng, bỏ", exact=True).click()
    page.locator("#act-yes").click()
    expect(page.locator("#answer")).to_contain_text("Đã đóng lô")
    page.get_by_text("Lô vừa đóng").click()
    expect(page.locator("#closed")).to_contain_text("còn 19 kg")
    visitor.shot(page, "shelf-closed")
    press(page, "Mở lại lô")
    press(page, "Mở lại")
    expect(page.locator(".pos-lot", has_text="Rau trộn thử")).to_contain_text("19 kg")


def test_what_was_sold_above_the_books_is_taken_from_the_next_lot_by_one_tap(market: Market, visit: Visit) -> None:
    line = {"line_no": 1, "name": "Ngò thử", "qty": "2", "unit": "kg"}
    market.stall(STALL).post("/api/v1/sales", {"external_id": "short-1", "lines": [line]})
    lay(market, "Ngò thử", "5")
    visitor = visit(market.demo.station.url)
    page = log_in_at_stall(visitor, market.device_code(STALL), f"Nhận hàng {STALL}", "1111")
    page.goto(f"{visitor.base}/kho-hang")
    expect(page.locator("#short")).to_contain_text("Ngò thử: 2 kg")
    visitor.shot(page, "shelf-short")
    page.locator("#short button", has_text="Trừ vào lô").click()
    expect(page.locator("#answer")).to_contain_text("Đã trừ 2 kg")


def test_two_people_hand_a_shift_over_on_one_phone_and_the_day_is_closed(market: Market, visit: Visit) -> None:
    visitor = visit(market.demo.station.url)
    page = log_in_at_stall(visitor, market.device_code(STALL), f"Nhận hàng {STALL}", "1111")
    page.goto(f"{visitor.base}/giao-ca")
    page.get_by_role("button", name="Giao ca", exact=True).click()
    expect(page.locator("#offer")).to_contain_text("Chờ người nhận ca")
    visitor.shot(page, "handing-offered")
    page.get_by_role("button", name="Đổi người").click()
    pad = page.locator("dialog.pos-pad")
    pad.get_by_role("button", name="A Thanh", exact=True).click()
    for digit in "3333":
        pad.get_by_role("button", name=digit, exact=True).click()
    pad.get_by_role("button", name="Vào", exact=True).click()
    page.get_by_role("button", name="Nhận ca").click()
    expect(page.locator("#answer")).to_contain_text("đã nhận ca")
    page.get_by_role("button", name="Chốt ngày – in phiếu").click()
    expect(page.locator("#answer")).to_contain_text("K22-CN")
    expect(page.locator("#close-day")).to_contain_text("In lại")
    visitor.shot(page, "handing-taken")


def test_the_shelf_at_a_desk(market: Market, visit: Visit) -> None:
    lay(market, "Gừng thử", "5")
    visitor = visit(market.demo.station.url, DESK)
    page = log_in_at_stall(visitor, market.device_code(STALL), f"Thu ngân {STALL}", "2222")
    page.goto(f"{visitor.base}/kho-hang")
    expect(page.locator(".pos-lot", has_text="Gừng thử")).to_be_visible()
    open_lot(page, "Gừng thử")
    expect(page.locator(".pos-acts")).to_have_count(0)  # a cashier looks only
    visitor.shot(page, "shelf-desk")
