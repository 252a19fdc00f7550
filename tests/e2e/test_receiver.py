"""The receiver at 3 a.m., one phone, one wet hand: scan, number, done; also on plain HTTP and without a network."""

import pytest
from playwright.sync_api import Page, expect

from pos_trace.demo.lots import label
from pos_trace.demo.parts import label_picture, paper_picture
from tests.e2e.conftest import Market, Visit, Visitor, log_in_at_stall, wedge

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
COFFEE = label("09521234600015", "DH2611A")
FISHCAKE = label("09521234600145", "TL2611")
PAYMENT = "00020101021238570010A00000072701270006970436011306110044567890208QRIBFTTA53037045802VN6304A1B2"


def word(page: Page) -> str:
    return page.locator("#verdict .pos-word").inner_text().replace("\n", "")


def at_the_scanner(market: Market, visitor: Visitor, stall: str) -> Page:
    """The receiver's screen once it listens: before that it says so."""
    page = log_in_at_stall(visitor, market.device_code(stall), f"Nhận hàng {stall}", "1111")
    expect(page.locator("#verdict .pos-word")).to_contain_text("MỜI QUÉT MÃ")
    return page


def start_delivery(page: Page, supplier: str) -> None:
    page.get_by_label("Người giao").fill(supplier)
    page.get_by_role("button", name="Bắt đầu nhận").click()
    expect(page.locator("#delivery-name")).to_contain_text(supplier)


def receive(page: Page, text: str, quantity: str) -> None:
    wedge(page, text)
    expect(page.locator("#receive-form")).to_be_visible()
    page.locator("#quantity").fill(quantity)
    page.get_by_role("button", name="Nhận", exact=True).locator("visible=true").click()


@pytest.mark.parametrize("insecure", [False, True], ids=["loopback", "plain-http-name"])
def test_a_truck_is_received_with_one_phone(market: Market, visit: Visit, insecure: bool) -> None:
    visitor = visit(market.demo.station.url, insecure=insecure)
    page = at_the_scanner(market, visitor, "E-01")
    expect(page.get_by_role("heading", name="Chuyến hàng mới")).to_be_visible()
    assert page.evaluate("window.isSecureContext") is not insecure
    visitor.shot(page, f"receiver-1-start-{insecure}")
    start_delivery(page, "HTX cà phê Đăk Hà (mẫu)")
    receive(page, COFFEE, "40")
    expect(page.locator("#verdict")).to_have_attribute("data-status", "verified")
    expect(page.locator("#lines")).to_contain_text("Cà phê bột Robusta Đăk Hà 500 g")
    assert word(page) == "✓KHỚP HỒ SƠ"
    assert page.locator("body").get_attribute("data-last-tone") == "high short"
    visitor.shot(page, f"receiver-2-verified-{insecure}")

    wedge(page, FISHCAKE)
    expect(page.locator("#verdict .pos-word")).to_contain_text("THIẾU GIẤY TỜ")
    page.get_by_label("Tên hàng").locator("visible=true").fill("Chả cá thát lát hũ 500 g")
    page.locator("#goods-group").select_option("ca")
    page.locator("#quantity").fill("15")
    page.locator("#unit").select_option("hũ")
    page.get_by_role("button", name="Nhận", exact=True).locator("visible=true").click()
    line = page.locator("#lines li", has_text="Chả cá thát lát")
    expect(line).to_contain_text("Bổ sung trước")
    assert page.locator("body").get_attribute("data-last-tone") == "low double"
    visitor.shot(page, f"receiver-3-papers-missing-{insecure}")

    line.get_by_role("button", name="Bổ sung giấy tờ").click()
    page.get_by_label("Loại giấy").select_option("hoa_don")
    page.get_by_label("Số", exact=True).fill("HD-001")
    page.get_by_label("Ngày").fill(page.evaluate("new Date().toISOString().slice(0, 10)"))
    page.locator("#paper input[type=file]").set_input_files(
        {"name": "hoa-don.png", "mimeType": "image/png", "buffer": paper_picture("hoa don")}
    )
    visitor.shot(page, f"receiver-4-paper-{insecure}")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator("#verdict .pos-word")).to_contain_text("CÓ GIẤY TỜ")
    expect(line).not_to_contain_text("Bổ sung trước")

    page.get_by_role("button", name="Xong chuyến").click()
    expect(page.locator("#verdict")).to_contain_text("Phiếu nhận hàng số E01-")
    visitor.shot(page, f"receiver-5-closed-{insecure}")


def test_what_is_no_trace_code_is_named_and_makes_no_line(market: Market, visit: Visit) -> None:
    visitor = visit(market.demo.station.url)
    page = at_the_scanner(market, visitor, "E-01")
    start_delivery(page, "Xe lạ (mẫu)")
    for text, said in [
        (PAYMENT, "mã thanh toán"),
        ("HTTPS://TXNG.QUANGNGAI.EXAMPLE/01/09521234600016/10/X", "quét lại"),
    ]:
        wedge(page, text)
        expect(page.locator("#verdict")).to_contain_text(said)
    expect(page.locator("#lines")).to_contain_text("Chưa có hàng nào")


def test_a_typed_code_and_a_photo_answer_like_a_scan(market: Market, visit: Visit) -> None:
    visitor = visit(market.demo.station.url)
    page = at_the_scanner(market, visitor, "A-12")
    page.get_by_label("Gõ mã").fill("(01)09521234600053(10)MD2611-07")
    page.get_by_label("Gõ mã").press("Enter")
    expect(page.locator("#verdict .pos-word")).to_contain_text("KHỚP HỒ SƠ")
    page.locator("#photo").set_input_files(
        {"name": "tem.png", "mimeType": "image/png", "buffer": label_picture(label("09521234600060", "MD2611-08"))}
    )
    expect(page.locator("#verdict")).to_contain_text("Bắp cải trái tim")
    page.locator("#photo").set_input_files(
        {"name": "tem.pdf", "mimeType": "image/png", "buffer": b"%PDF-1.7 not a picture"}
    )
    expect(page.locator("#verdict")).to_contain_text("không phải ảnh")


def test_crates_are_sent_back_and_goods_without_a_code_are_set_aside(market: Market, visit: Visit) -> None:
    visitor = visit(market.demo.station.url)
    page = at_the_scanner(market, visitor, "A-12")
    start_delivery(page, "HTX rau hoa Măng Đen (mẫu)")
    receive(page, label("09521234600053", "MD2611-07"), "20")
    line = page.locator("#lines li", has_text="Cải thảo")
    expect(line).to_contain_text("20")
    line.get_by_role("button", name="Trả lại người giao").click()
    visitor.shot(page, "receiver-6-refuse")
    page.get_by_label("Số lượng trả lại").fill("3")
    page.get_by_role("button", name="Dập hỏng").click()
    expect(line).to_contain_text("trả lại 3")
    page.get_by_role("button", name="Không có mã").click()
    loose = page.locator("#loose")
    loose.get_by_label("Tên hàng").fill("Rau thơm")
    loose.get_by_label("Nhóm hàng").select_option("rau")
    loose.get_by_label("Số lượng").fill("5,5")
    loose.get_by_role("button", name="Nhận").click()
    herbs = page.locator("#lines li", has_text="Rau thơm")
    expect(herbs).to_contain_text("THIẾU GIẤY TỜ")
    herbs.get_by_role("button", name="Nhận và để riêng").click()
    expect(page.locator("#verdict")).to_contain_text("TẠM ĐỂ RIÊNG")
    visitor.shot(page, "receiver-6-lines")


def test_without_a_network_the_phone_keeps_the_scan_and_never_shows_green(market: Market, visit: Visit) -> None:
    visitor = visit(market.demo.station.url, insecure=True)
    page = at_the_scanner(market, visitor, "A-15")
    start_delivery(page, "Vườn dâu (mẫu)")
    visitor.context.set_offline(True)
    receive(page, label("09521234600107", "SL2611"), "12")
    expect(page.locator("#verdict .pos-word")).to_contain_text("ĐÃ GHI, CHƯA KIỂM TRA")
    assert page.locator("#verdict").get_attribute("data-tone") == ""
    expect(page.locator("#waiting")).to_contain_text("1 việc")
    visitor.shot(page, "receiver-7-offline")
    visitor.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#lines")).to_contain_text("Súp lơ xanh")
    expect(page.locator("#waiting")).to_be_hidden()
    told = market.stall("A-15").get("/api/v1/deliveries", state="open")["deliveries"]
    lines = [market.stall("A-15").get(f"/api/v1/deliveries/{one['id']}")["lines"] for one in told]
    assert [line["goods_name"] for some in lines for line in some].count("Súp lơ xanh") == 1


def test_a_stalled_phone_does_not_cut_a_code_in_two(market: Market, visit: Visit) -> None:
    """The scanner is known to send Enter; half a second passes in the middle of its next code."""
    page = at_the_scanner(market, visit(market.demo.station.url), "E-01")
    wedge(page, COFFEE)
    expect(page.locator("#verdict")).to_have_attribute("data-status", "verified")
    page.keyboard.type(FISHCAKE[:20], delay=4)
    page.wait_for_timeout(600)
    page.keyboard.type(FISHCAKE[20:], delay=4)
    page.keyboard.press("Enter")
    expect(page.locator("#verdict .pos-word")).to_contain_text("THIẾU GIẤY TỜ")
