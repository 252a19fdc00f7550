"""The README's walk in five minutes, step by step, by the people and PINs it names."""

import pytest
from playwright.sync_api import Page, expect

from pos_trace.demo.parts import until
from tests.e2e.conftest import DESK, Market, Visit, Visitor, log_in_at_stall
from tests.e2e.lost_line import change_person
from tests.e2e.test_owner_inspector_shopper import choose, log_in_at_province

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STALL = "E-01"


def receive(page: Page) -> None:
    """Steps 2 and 3: one code, one without."""
    page.get_by_label("Người giao").fill("HTX đi một vòng (mẫu)")
    page.get_by_role("button", name="Bắt đầu nhận").click()
    expect(page.get_by_role("button", name="Không có mã")).to_be_visible()  # the delivery is open
    page.get_by_label("Gõ mã").fill("(01)09521234600015(10)DH2611A")
    page.get_by_label("Gõ mã").press("Enter")
    expect(page.locator("#verdict")).to_contain_text("KHỚP HỒ SƠ")
    page.locator("#quantity").fill("10")
    page.get_by_role("button", name="Nhận", exact=True).locator("visible=true").click()
    expect(page.locator("#lines")).to_contain_text("Cà phê bột Robusta")
    page.get_by_role("button", name="Không có mã").click()
    loose = page.locator("#loose")
    loose.get_by_label("Tên hàng").fill("Gà ta làm sẵn")
    loose.get_by_label("Nhóm hàng").select_option("thit")
    loose.get_by_label("Số lượng").fill("12")
    loose.get_by_label("Đơn vị").select_option("con")
    loose.get_by_role("button", name="Nhận").click()
    expect(page.locator("#verdict")).to_contain_text("THIẾU GIẤY TỜ")
    page.locator("#lines li", has_text="Gà ta").get_by_role("button", name="Nhận và để riêng").click()
    expect(page.locator("#verdict")).to_contain_text("TẠM ĐỂ RIÊNG")
    page.get_by_role("button", name="Xong chuyến").click()
    expect(page.locator("#verdict")).to_contain_text("Phiếu nhận hàng số")


def conclude(desk: Visitor, number: str) -> None:
    """Step 6: the inspector takes the case and clears it."""
    page = log_in_at_province(desk, "inspector", "kiem-tra-mau")
    page.locator("tr, li", has_text=number).get_by_role("link").first.click()
    page.get_by_role("button", name="Tiếp nhận vụ việc").click()
    page.locator("summary", has_text="Kết luận").click()
    page.locator("[name=outcome]").first.wait_for()
    choose(page, "outcome", "complies")
    choose(page, "origin_finding", "cleared")
    page.locator("[name=reason]").fill("Đã xuất trình giấy kiểm dịch (mẫu).")
    page.get_by_role("button", name="Ghi kết luận").click()
    expect(page.locator("body")).to_contain_text("Đã kết luận")


def test_the_walk_of_the_readme_can_be_walked(market: Market, visit: Visit) -> None:
    phone = visit(market.demo.station.url)
    page = log_in_at_stall(phone, market.device_code(STALL), f"Nhận hàng {STALL}", "1111")
    receive(page)
    change_person(page, f"Thu ngân {STALL}", "2222")
    page.locator(".pos-tile[data-sellable=true]", has_text="Cà phê bột").first.click()
    page.get_by_role("button", name="Đã thu tiền – in phiếu").click()
    expect(page.locator("#answer")).to_contain_text("ĐÃ BÁN")
    change_person(page, "Thanh", "3333")
    page.get_by_role("link", name="Chủ sạp").click()
    page.locator("#flags li", has_text="Gà ta").get_by_role("button", name="Gửi ngay").click()
    expect(page.locator("#cases")).to_contain_text("Gà ta")
    stall = market.stall(STALL)

    def case() -> dict[str, str]:
        return next(one for one in stall.get("/api/v1/cases")["cases"] if "Gà ta" in one["title"])

    number = until("number", lambda: case()["ack_number"], bool)
    conclude(visit(market.demo.province.url, DESK), number)
    until("back", lambda: case()["state"], lambda state: state == "concluded")
    page.reload()
    expect(page.locator("#cases li", has_text="Gà ta")).to_contain_text("Đã kết luận")
    expect(page.locator("#held")).not_to_contain_text("Gà ta")
    page.get_by_role("link", name="Dữ liệu nào đã gửi đi").click()
    page.locator("#sent summary").first.click()
    expect(page.locator("#sent pre").first).to_contain_text("{")
    stall.close()
