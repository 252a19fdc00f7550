"""The till without ceremony: by money alone, a mixed bag, a return, a stop in the queue, the shift leader's PIN."""

import pytest
from playwright.sync_api import Page, expect

from pos_trace.demo.lots import label
from tests.e2e.conftest import DESK, PHONE, Market, Visit, log_in_at_stall, wedge

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STALL = "C-03"


@pytest.fixture(scope="module")
def lots(market: Market) -> dict[str, str]:
    """Goods on the table of C-03: two without a code and one that is set aside; name → lot."""
    stall = market.stall(STALL)
    delivery = stall.post("/api/v1/deliveries", {"supplier_name": "HTX rau (mẫu)"})["id"]
    found = {}
    for lot in ("MD2611-07", "MD2611-08"):
        text = label("09521234600053" if lot.endswith("7") else "09521234600060", lot)
        told = {"text": text, "delivery_id": delivery, "quantity": "20", "unit": "kg"}
        found[lot] = stall.post("/api/v1/scans", told)["line"]["lot_id"]
    told = {"text": label("09521234600169", "SD2610"), "delivery_id": delivery, "quantity": "5", "unit": "hộp"}
    found["SD2610"] = stall.post("/api/v1/scans", told)["line"]["lot_id"]
    stall.close()
    return found


def till(market: Market, visit: Visit, size: dict[str, int] = DESK) -> Page:
    page = log_in_at_stall(visit(market.demo.station.url, size), market.device_code(STALL), f"Thu ngân {STALL}", "2222")
    expect(page.locator(".pos-tile")).not_to_have_count(0)
    return page


def tile(page: Page, lot: str) -> None:
    page.locator(f".pos-tile[data-lot='{lot}']").click()


def pay(page: Page) -> dict[str, object]:
    with page.expect_response("**/api/v1/sales") as answered:
        page.get_by_role("button", name="Đã thu tiền").click()
    expect(page.locator("#answer")).to_contain_text("ĐÃ BÁN")
    found: dict[str, object] = answered.value.json()
    return found


def test_fifty_thousand_of_cabbage_after_a_price_was_known(market: Market, visit: Visit, lots: dict[str, str]) -> None:
    visitor_page = till(market, visit, PHONE)
    tile(visitor_page, lots["MD2611-07"])
    visitor_page.get_by_label("Số lượng 1").fill("2")
    visitor_page.get_by_label("Thành tiền 1").fill("30.000")
    pay(visitor_page)
    expect(visitor_page.locator(f".pos-tile[data-lot='{lots['MD2611-07']}']")).to_contain_text("15.000 đ/kg")
    tile(visitor_page, lots["MD2611-07"])
    expect(visitor_page.get_by_label("Thành tiền 1")).to_have_value("15.000")
    visitor_page.get_by_role("button", name="Bán theo tiền dòng 1").click()
    visitor_page.get_by_label("Thành tiền 1").fill("60 nghìn")
    expect(visitor_page.locator("#total")).to_contain_text("60.000")
    (line,) = pay(visitor_page)["lines"]
    assert (line["quantity"], line["amount"], line["estimated"]) == ("4", 60_000, True)


def test_a_mixed_bag_of_two_goods(market: Market, visit: Visit, lots: dict[str, str]) -> None:
    page = till(market, visit)
    page.get_by_role("button", name="Gói trộn").click()
    for lot in ("MD2611-07", "MD2611-08"):
        tile(page, lots[lot])
    page.get_by_role("button", name="Xong gói trộn").click()
    page.get_by_label("Tên gói 1").fill("Rau lẩu 10 món")
    page.get_by_label("Thành tiền 1").fill("30k")
    (line,) = pay(page)["lines"]
    assert sorted(line["candidates"]) == sorted([lots["MD2611-07"], lots["MD2611-08"]])
    assert (line["quantity"], line["amount"]) == (None, 30_000)


def test_goods_come_back_by_the_code_on_the_slip(market: Market, visit: Visit, lots: dict[str, str]) -> None:
    visitor = visit(market.demo.station.url, PHONE)
    page = log_in_at_stall(visitor, market.device_code(STALL), f"Thu ngân {STALL}", "2222")
    tile(page, lots["MD2611-08"])
    page.get_by_label("Số lượng 1").fill("3")
    code = str(pay(page)["short_code"])
    page.get_by_role("button", name="Nhận lại hàng").click()
    wedge(page, code)
    expect(page.locator("#return-lines")).to_contain_text("đã bán 3 kg, còn nhận lại được 3")
    quantity = page.locator("#return-lines input")
    quantity.fill("4")
    visitor.shot(page, "till-return")
    page.locator("#return-lines").get_by_role("button", name="Nhận lại").click()
    expect(page.locator("#answer")).to_contain_text("chỉ còn nhận lại được 3 kg")
    quantity.fill("1")
    page.locator("#return-lines").get_by_role("button", name="Nhận lại").click()
    expect(page.locator("#answer")).to_contain_text("ĐÃ NHẬN LẠI")
    page.get_by_role("button", name="Nhận lại hàng").click()
    page.get_by_role("button", name="Không có phiếu").click()
    expect(page.locator("#return-lines li")).not_to_have_count(0)


def test_held_goods_leave_the_basket_the_rest_goes_on_and_the_owner_may_answer_for_them(
    market: Market, visit: Visit, lots: dict[str, str]
) -> None:
    visitor = visit(market.demo.station.url, PHONE)
    page = log_in_at_stall(visitor, market.device_code(STALL), f"Thu ngân {STALL}", "2222")
    for lot in ("SD2610", "MD2611-08"):
        tile(page, lots[lot])
    page.get_by_role("button", name="Đã thu tiền").click()
    expect(page.locator("#answer")).to_contain_text("Các món khác bán tiếp")
    expect(page.locator("#basket li")).to_have_count(1)
    visitor.shot(page, "till-stop")
    page.get_by_role("button", name="Gọi trưởng ca").click()
    form = page.locator("#override")
    form.get_by_label("Mã PIN").fill("0000")
    form.get_by_label("Lý do").fill("khách đã đặt trước")
    form.get_by_role("button", name="Cho bán").click()
    expect(page.locator("#override-problem")).to_contain_text("chưa đúng")
    form.get_by_label("Mã PIN").fill("3333")
    visitor.shot(page, "till-override")
    form.get_by_role("button", name="Cho bán").click()
    expect(page.locator("#basket li")).to_have_count(2)
    expect(page.locator("#basket")).to_contain_text("Trưởng ca cho bán")
    sold = pay(page)
    assert (len(sold["lines"]), sold["alarms"]) == (2, [])


def test_the_stall_says_what_a_chuc_holds_and_opens_its_card(
    market: Market, visit: Visit, lots: dict[str, str]
) -> None:
    visitor = visit(market.demo.station.url, PHONE)
    page = log_in_at_stall(visitor, market.device_code(STALL), "Y Hiền", "3333")
    page.goto(f"{visitor.base}/mat-hang")
    first = page.locator("#goods li").first
    first.locator("select").nth(1).select_option("sọt")
    first.locator("input").nth(1).fill("25")
    first.locator("select").nth(2).select_option("kg")
    first.get_by_role("button", name="Lưu").click()
    expect(page.locator("#problem")).to_contain_text("1 sọt (25 kg)")
    visitor.shot(page, "goods")
    page.goto(f"{visitor.base}/the-sap")
    page.get_by_label("Mở thẻ cho khách xem").check()
    expect(page.locator(".pos-wall img")).to_be_visible()
    visitor.shot(page, "stall-card-owner")
    address = str(page.locator(".pos-wall img").get_attribute("alt"))
    shopper = visitor.page()
    shopper.goto(f"{visitor.base}/s/{address.rpartition('/')[2]}")
    expect(shopper.locator("main")).to_contain_text("Hàng hôm nay")
    expect(shopper.locator("main")).to_contain_text("MD2611-08")
    visitor.shot(shopper, "stall-card-page")


def test_a_shopper_tells_something_and_is_thanked(market: Market, visit: Visit, lots: dict[str, str]) -> None:
    stall = market.stall(STALL)
    lines = [{"line_no": 1, "lot": lots["MD2611-08"], "qty": "1", "unit": "kg"}]
    sold = stall.post("/api/v1/sales", {"external_id": "feedback-1", "lines": lines})
    stall.close()
    visitor = visit(market.demo.station.url, PHONE)
    page = visitor.page()
    page.goto(f"{visitor.base}/r/{sold['trace_url'].rpartition('/')[2]}")
    page.get_by_text("Phản ánh thông tin").click()
    page.get_by_label("Nội dung").fill("Rau rất tươi")
    visitor.shot(page, "feedback-form")
    page.get_by_role("button", name="Gửi phản ánh").click()
    expect(page.locator("main")).to_contain_text("Cảm ơn bạn")
    visitor.shot(page, "feedback-thanks")
