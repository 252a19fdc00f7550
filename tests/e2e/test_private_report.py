"""Phản ánh riêng in the browser: found in the bar, sent with one button, gone from the screen once it was taken."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DESK, Market, Visit, log_in_at_stall

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WORDS = "Cân ở sạp bên thiếu nửa ký mỗi rổ"


@pytest.mark.parametrize("insecure", [False, True], ids=["loopback", "plain-http-name"])
def test_a_receiver_tells_the_province_alone(market: Market, visit: Visit, insecure: bool) -> None:
    visitor = visit(market.demo.station.url, insecure=insecure)
    page = log_in_at_stall(visitor, market.device_code("A-15"), "Nhận hàng A-15", "1111")
    page.get_by_role("link", name="Phản ánh riêng").click()
    page.get_by_label("Điều muốn phản ánh").fill(WORDS)
    expect(page.locator("#left")).to_have_text(str(2000 - len(WORDS)))
    page.get_by_text("Để lại tên, cách liên hệ").click()
    page.get_by_label("Tên", exact=True).fill("Y Lan")
    visitor.shot(page, f"private-1-{insecure}")
    send = page.get_by_role("button", name="Gửi riêng")
    for target in (send, page.locator("summary"), page.locator("label", has_text="đồng ý")):
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 48
    send.click()
    expect(page.locator("#problem")).to_contain_text("Đánh dấu đồng ý")
    page.get_by_label("đồng ý").check()
    visitor.context.set_offline(True)
    send.click()
    expect(page.locator("#problem")).to_contain_text("Chữ còn trên màn hình")
    assert page.get_by_label("Điều muốn phản ánh").input_value() == WORDS
    visitor.context.set_offline(False)
    send.click()
    expect(page.locator("#done")).to_contain_text("không ai ở chợ đọc được")
    assert page.get_by_label("Điều muốn phản ánh").input_value() == ""
    visitor.shot(page, f"private-2-{insecure}")


def test_the_owner_reads_that_one_left_and_no_more(market: Market, visit: Visit) -> None:
    visitor = visit(market.demo.station.url, DESK)
    page = log_in_at_stall(visitor, market.device_code("A-15"), "Bảy", "3333")
    page.goto(f"{visitor.base}/phan-anh-rieng")
    page.get_by_label("Điều muốn phản ánh").fill(WORDS)
    page.get_by_role("button", name="Gửi riêng").click()
    expect(page.locator("#done")).to_contain_text("Đã ghi")
    page.goto(f"{visitor.base}/chu-sap/da-gui")
    row = page.locator("#shared li", has_text="Một phản ánh riêng").first
    expect(row).to_contain_text("chỉ cơ quan đọc được")
    expect(row.locator("details")).to_have_count(0)
    assert WORDS not in page.content()
    visitor.shot(page, "private-3-owner")
