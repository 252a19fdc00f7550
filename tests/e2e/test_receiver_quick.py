"""How much a hand does at 3 a.m.: taps and keys are counted by the page itself; trucks, habits, one question."""

import uuid
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from pos_trace.core.spoken import spoken
from pos_trace.demo.lots import label
from pos_trace.demo.parts import paper_picture
from tests.e2e.conftest import Market, Visit, Visitor, log_in_at_stall, wedge
from tests.e2e.test_receiver import at_the_scanner, receive, start_delivery

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CABBAGE = label("09521234600053", "MD2611-07")
COUNT = """() => {
  window.counted = { taps: 0, keys: 0 };
  addEventListener("click", (event) => { if (event.isTrusted && event.detail) window.counted.taps += 1; }, true);
  addEventListener("keydown", () => { window.counted.keys += 1; }, true);
}"""
SECONDS_A_TAP, SECONDS_A_KEY = 1.2, 0.6  # a wet thumb on a phone


def counted(page: Page) -> dict[str, int]:
    found: dict[str, int] = page.evaluate("window.counted")
    return found


def crates(page: Page, quantity: str, content: str | None = None) -> None:
    wedge(page, CABBAGE)
    expect(page.locator("#receive-form")).to_be_visible()
    page.locator("#unit").select_option("sọt")
    if content:
        page.locator("#content").fill(content)
    page.locator("#quantity").fill(quantity)
    page.locator("#accept").click()


def fresh() -> str:
    return f"HTX rau {uuid.uuid4().hex[:6]}"


def test_forty_crates_of_a_known_supplier_take_no_more_than_three_taps(market: Market, visit: Visit) -> None:
    supplier = fresh()
    visitor = visit(market.demo.station.url)
    page = at_the_scanner(market, visitor, "A-12")
    start_delivery(page, supplier)
    crates(page, "38", "30")
    expect(page.locator("#lines")).to_contain_text("38 sọt")
    page.get_by_role("button", name="Xong chuyến").click()
    page.get_by_role("button", name=supplier).click()
    expect(page.locator("#before")).to_contain_text("Giống hôm nay")
    wedge(page, CABBAGE)
    expect(page.locator("#quantity")).to_be_focused()
    expect(page.locator("#unit")).to_have_value("sọt")
    expect(page.locator("#content")).to_have_value("30")
    page.evaluate(COUNT)
    page.keyboard.type("40")
    visitor.shot(page, "receiver-10-crates")
    page.locator("#accept").click()
    expect(page.locator("#lines")).to_contain_text("40 sọt")
    assert counted(page) == {"taps": 1, "keys": 2}


def test_yesterdays_loose_goods_with_a_paper_take_less_than_half_a_minute_of_taps(market: Market, visit: Visit) -> None:
    supplier = fresh()
    visitor = visit(market.demo.station.url)
    page = at_the_scanner(market, visitor, "A-12")
    start_delivery(page, supplier)
    page.get_by_role("button", name="Không có mã").click()
    loose = page.locator("#loose")
    loose.get_by_label("Tên hàng").fill("Rau thơm")
    loose.get_by_label("Nhóm hàng").select_option("rau")
    loose.get_by_label("Số lượng").fill("5,5")
    loose.get_by_role("button", name="Nhận").click()
    expect(page.locator("#lines")).to_contain_text("Rau thơm")
    page.get_by_role("button", name="Xong chuyến").click()
    page.get_by_role("button", name=supplier).click()
    page.evaluate(COUNT)
    row = page.locator("#before-lines li", has_text="Rau thơm")
    expect(row.get_by_role("textbox")).to_have_value("5,5")
    visitor.shot(page, "receiver-11-before")
    row.get_by_role("button", name="Nhận").click()
    line = page.locator("#lines li", has_text="Rau thơm")
    line.get_by_role("button", name="Bổ sung giấy tờ").click()
    page.get_by_label("Loại giấy").select_option("bang_ke")
    page.locator("#paper").get_by_label("Số", exact=True).press_sequentially("24")
    page.get_by_label("Ngày").fill(page.evaluate("new Date().toISOString().slice(0, 10)"))
    page.locator("#paper input[type=file]").set_input_files(
        {"name": "bang-ke.png", "mimeType": "image/png", "buffer": paper_picture("bang ke")}
    )
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator("#verdict .pos-word")).to_contain_text("CÓ GIẤY TỜ")
    found = counted(page)
    by_hand = found["taps"] + 6  # kind (2), date (2) and photo (2) open the phone's own pickers
    assert by_hand * SECONDS_A_TAP + found["keys"] * SECONDS_A_KEY <= 30


def test_a_number_that_means_two_things_is_asked_once_and_an_odd_one_too(market: Market, visit: Visit) -> None:
    supplier = fresh()
    visitor = visit(market.demo.station.url, insecure=True)
    page = at_the_scanner(market, visitor, "A-12")
    start_delivery(page, supplier)
    receive(page, CABBAGE, "1.500")
    expect(page.get_by_role("dialog")).to_contain_text("1.500 kg (một nghìn rưỡi) hay 1,5 kg?")
    visitor.shot(page, "receiver-12-two-meanings")
    page.get_by_role("button", name="1,5 kg", exact=True).click()
    expect(page.locator("#lines")).to_contain_text("1,5 kg")
    receive(page, CABBAGE, "1,5")
    expect(page.locator("#lines li")).to_have_count(2)
    receive(page, CABBAGE, "1500")
    expect(page.get_by_role("dialog")).to_contain_text("Gấp 1.000 lần mọi khi. Đúng 1.500 kg (một nghìn rưỡi)?")
    page.get_by_role("button", name="Sửa lại số").click()
    expect(page.locator("#quantity")).to_have_value("1500")
    page.locator("#accept").click()
    page.get_by_role("button", name="Đúng, nhận").click()
    expect(page.locator("#lines li")).to_have_count(3)
    expect(page.locator("#failed")).to_be_hidden()


def test_numbers_are_read_aloud_by_the_page_as_by_the_node(market: Market, visit: Visit) -> None:
    page = at_the_scanner(market, visit(market.demo.station.url), "A-12")
    numbers = ["0", "11", "21", "105", "500", "1005", "1500", "12500", "1000500", "1500500", "999999999", "1.5", "0.05"]
    said = page.evaluate(
        "async (numbers) => { const { aloud } = await import('/static/aloud.js'); return numbers.map(aloud); }", numbers
    )
    assert said == [spoken(Decimal(number)) for number in numbers]


def test_a_truck_typed_at_one_stall_is_one_tap_at_the_next_and_a_driver_may_come_alone(
    market: Market, visit: Visit
) -> None:
    stall = market.stall("A-15")
    stall.post("/api/v1/deliveries", {"supplier_name": "Người giao kín", "vehicle_plate": "82c 09999"})
    stall.close()
    visitor = visit(market.demo.station.url)
    page = at_the_scanner(market, visitor, "A-12")
    visitor.shot(page, "receiver-13-start")
    page.get_by_role("button", name="82C-099.99").click()
    page.get_by_role("button", name="Lái xe giao, chủ hàng chưa rõ").click()
    expect(page.locator("#delivery-name")).to_contain_text("Lái xe giao, chủ hàng chưa rõ · xe 82C-099.99")
    owner = fresh()
    page.get_by_role("button", name="Ghi tên chủ hàng").click()
    page.get_by_label("Tên người giao").fill(owner)
    page.get_by_role("button", name="Dùng tên vừa gõ").click()
    expect(page.locator("#delivery-name")).to_contain_text(owner)
    expect(page.get_by_role("button", name="Ghi tên chủ hàng")).to_be_hidden()
    page.reload()
    expect(page.locator("#delivery-name")).to_contain_text(owner)
    page.get_by_role("button", name="Để đó, sang chuyến khác").click()
    expect(page.get_by_role("heading", name="Chuyến hàng mới")).to_be_visible()
    page.get_by_role("button", name=f"Nhận tiếp: {owner}").click()
    expect(page.locator("#delivery-name")).to_contain_text(owner)


def closed_delivery(visitor: Visitor, market: Market, supplier: str) -> Page:
    page = log_in_at_stall(visitor, market.device_code("A-12"), "Nhận hàng A-12", "1111")
    expect(page.locator("#verdict .pos-word")).to_contain_text("MỜI QUÉT MÃ")
    start_delivery(page, supplier)
    receive(page, CABBAGE, "20")
    expect(page.locator("#lines")).to_contain_text("20 kg")
    page.get_by_role("button", name="Xong chuyến").click()
    expect(page.locator("#verdict")).to_contain_text("Phiếu nhận hàng số")
    return page


def test_a_closed_delivery_is_corrected_and_suppliers_are_renamed_and_merged(market: Market, visit: Visit) -> None:
    first, second = fresh(), fresh()
    stall = market.stall("A-12")
    stall.post("/api/v1/deliveries", {"supplier_name": second})
    stall.close()
    visitor = visit(market.demo.station.url)
    page = closed_delivery(visitor, market, first)
    page.get_by_role("link", name="Chuyến đã xong, người giao").click()
    row = page.locator("#done > li", has_text=first)
    row.get_by_role("button", name="Xem hàng").click()
    row.get_by_role("button", name="Phiếu điều chỉnh").click()
    page.get_by_label("Số lượng (kg)").fill("2")
    page.get_by_label("Lý do").fill("đếm nhầm")
    visitor.shot(page, "receiver-14-correction")
    page.get_by_role("button", name="Bớt, hàng thiếu").click()
    expect(page.locator("#told")).to_contain_text("Phiếu điều chỉnh số A12-ĐC")
    person = page.locator("#people li", has_text=second)
    person.get_by_role("button", name="Đổi tên").click()
    page.get_by_label("Tên gọi ở chợ", exact=True).fill("xe cam")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator("#people li", has_text=f"{second} (xe cam)")).to_be_visible()
    visitor.shot(page, "receiver-15-done")
    person.get_by_role("button", name="Gộp người giao").click()
    page.get_by_role("dialog").get_by_role("button", name=first).click()
    page.get_by_role("button", name="Đúng, là một người").click()
    expect(page.locator("#people li", has_text=second)).to_have_count(0)
    expect(page.locator("#people li", has_text=first)).to_contain_text("2 chuyến")
