"""One case seen by all: the owner sends it, the inspector concludes, the owner reads it; and what a shopper sees."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pos_trace.demo.api import Client
from pos_trace.demo.lots import label
from pos_trace.demo.parts import paper_picture, until
from tests.e2e.conftest import DESK, PHONE, Market, Visit, Visitor, log_in_at_stall

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def log_in_at_province(visitor: Visitor, login: str, password: str) -> Page:
    page = visitor.page()
    page.goto(visitor.base)
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    return page


def chickens_without_papers(market: Market) -> None:
    stall = market.stall("D-07")
    delivery = stall.post("/api/v1/deliveries", {"supplier_name": "Lái xe 76 (mẫu)"})["id"]
    goods = {"goods_name": "Gà ta làm sẵn", "goods_group": "thit", "quantity": "12", "unit": "con"}
    stall.post(f"/api/v1/deliveries/{delivery}/lines", goods)
    stall.post(f"/api/v1/deliveries/{delivery}/close", {})
    stall.close()


def case_of(stall: Client, goods: str) -> Any:
    """The stall's newest case about ``goods``: other tests' cases may stand beside it."""
    return next(case for case in stall.get("/api/v1/cases")["cases"] if goods in case["title"])


@pytest.mark.parametrize("insecure", [False, True], ids=["loopback", "plain-http-name"])
def test_a_case_goes_out_is_concluded_and_comes_back(market: Market, visit: Visit, insecure: bool) -> None:
    chickens_without_papers(market)
    phone = visit(market.demo.station.url, PHONE, insecure=insecure)
    owner = log_in_at_stall(phone, market.device_code("D-07"), "Tâm", "3333")
    expect(owner.locator("#flags")).to_contain_text("Gà ta làm sẵn")
    expect(owner.locator("#held")).to_contain_text("TẠM ĐỂ RIÊNG")
    phone.shot(owner, f"owner-1-flags-{insecure}")
    owner.locator("#flags li", has_text="Gà ta").get_by_role("button", name="Gửi ngay").first.click()
    expect(owner.locator("#flags")).not_to_contain_text("Gà ta")
    stall = market.stall("D-07")
    sent = until("number", lambda: case_of(stall, "Gà ta"), lambda found: found["ack_number"])
    number = sent["ack_number"]

    desk = visit(market.demo.province.url, DESK, insecure=insecure)
    inspector = log_in_at_province(desk, "inspector", "kiem-tra-mau")
    expect(inspector.locator("body")).to_contain_text(number)
    assert inspector.evaluate("window.isSecureContext") is not insecure
    desk.shot(inspector, f"inspector-1-queue-{insecure}")
    inspector.locator("tr, li", has_text=number).get_by_role("link").first.click()
    expect(inspector.locator("body")).to_contain_text("Gà ta làm sẵn")
    desk.shot(inspector, f"inspector-2-case-{insecure}")
    inspector.get_by_role("button", name="Tiếp nhận vụ việc").click()
    inspector.locator("summary", has_text="Kết luận").click()
    choose(inspector, "outcome", "violation")
    choose(inspector, "origin_finding", "undetermined")
    inspector.locator("[name=reason]").fill("Chủ hàng chưa xuất trình giấy tờ (mẫu).")
    inspector.get_by_role("button", name="Ghi kết luận").click()
    expect(inspector.get_by_role("alert")).to_be_visible()
    desk.shot(inspector, f"inspector-3-refused-{insecure}")
    choose(inspector, "outcome", "complies")
    choose(inspector, "origin_finding", "cleared")
    inspector.locator("[name=reason]").fill("Đã xuất trình hóa đơn và giấy kiểm dịch (mẫu).")
    inspector.get_by_role("button", name="Ghi kết luận").click()
    expect(inspector.locator("body")).to_contain_text("Đã kết luận")
    desk.shot(inspector, f"inspector-4-concluded-{insecure}")

    until(
        "back",
        lambda: case_of(stall, "Gà ta"),
        lambda found: (found["id"], found["state"]) == (sent["id"], "concluded"),
    )
    owner.reload()
    expect(owner.locator("#cases > *", has_text=number)).to_contain_text("Đã kết luận")
    expect(owner.locator("#held li", has_text="Gà ta")).to_have_count(0)
    owner.locator("#cases summary").first.click()
    owner.get_by_role("link", name="Dữ liệu nào đã gửi đi").click()
    owner.locator("#sent summary").first.click()
    expect(owner.locator("#sent pre").first).to_contain_text("{")
    phone.shot(owner, f"owner-2-concluded-{insecure}")
    stall.close()


def test_the_owner_adds_the_missing_paper_and_the_goods_are_free(market: Market, visit: Visit) -> None:
    stall = market.stall("K-22")
    delivery = stall.post("/api/v1/deliveries", {"supplier_name": "Hộ trồng mía (mẫu)"})["id"]
    goods = {"goods_name": "Mía cây ép nước", "goods_group": "mia", "quantity": "20", "unit": "bó"}
    assert stall.post(f"/api/v1/deliveries/{delivery}/lines", goods)["line"]["state"] == "held"
    phone = visit(market.demo.station.url)
    page = log_in_at_stall(phone, market.device_code("K-22"), "A Thanh", "3333")
    page.locator("#flags li", has_text="Mía cây").get_by_role("button", name="Bổ sung giấy tờ").click()
    page.get_by_label("Loại giấy").select_option("bang_ke")
    page.get_by_label("Số", exact=True).fill("BK-01")
    page.get_by_label("Ngày").fill(page.evaluate("new Date().toISOString().slice(0, 10)"))
    page.get_by_label("Nơi cấp, người lập").fill("Hộ trồng mía (mẫu)")
    page.locator("#paper input[type=file]").set_input_files(
        {"name": "bang-ke.png", "mimeType": "image/png", "buffer": paper_picture("bang ke")}
    )
    phone.shot(page, "owner-3-paper")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator("#flags li", has_text="Mía cây")).to_have_count(0)
    expect(page.locator("#held li", has_text="Mía cây")).to_have_count(0)
    stall.close()


def choose(page: Page, name: str, value: str) -> None:
    field = page.locator(f"[name={name}]").first
    if field.evaluate("element => element.tagName") == "SELECT":
        field.select_option(value)
    else:
        page.locator(f"[name={name}][value={value}]").check()


def test_a_shopper_reads_item_by_item_and_sees_the_recalled_line_named(market: Market, visit: Visit) -> None:
    stall = market.stall("E-01")
    delivery = stall.post("/api/v1/deliveries", {"supplier_name": "HTX tỏi hành Lý Sơn (mẫu)"})["id"]
    for text, unit in [(label("09521234600176", "LS2609"), "túi"), (label("09521234600084", "DT1122"), "hộp")]:
        stall.post("/api/v1/scans", {"text": text, "delivery_id": delivery, "quantity": "5", "unit": unit})
    lot = {"key": "01/09521234600299/10/THU1", "product_name": "Mứt dâu (mẫu)", "facility_id": "F7"}
    market.province.post("/api/province/v1/lots", {"lots": [lot]})
    scan = {"text": label("09521234600299", "THU1"), "delivery_id": delivery, "quantity": "5", "unit": "hũ"}
    assert stall.post("/api/v1/scans", scan)["verdict"]["status"] == "verified"
    lines = [
        {"line_no": 1, "barcode": "9521234600176", "qty": "1"},
        {"line_no": 2, "barcode": "9521234600299", "qty": "2"},
    ]
    sold = stall.post("/api/v1/sales", {"external_id": f"shopper-{datetime.now(UTC):%H%M%S%f}", "lines": lines})
    visitor = visit(market.demo.province.url)
    page = visitor.page()

    def status() -> int:
        answer = page.goto(sold["trace_url"])
        return answer.status if answer is not None else 0

    until("page", status, lambda found: found == 200)
    body = page.locator("body")
    for fact in (
        "Tỏi Lý Sơn túi 500 g",
        "HTX tỏi hành Lý Sơn (mẫu)",
        "đặc khu Lý Sơn",
        "LS2609",
        "9521234700074",
        "Hộ sản xuất",
    ):
        expect(body).to_contain_text(fact)
    expect(body).not_to_contain_text("Y B.")
    assert visitor.context.cookies() == []
    assert page.locator("script").count() == 0
    visitor.shot(page, "shopper-1-fine")
    recall = {
        "recall_id": "TH-THU-02",
        "keys": [lot["key"]],
        "reason": "thử (mẫu)",
        "instructions": "Mang trả nơi mua.",
    }
    market.province.post("/api/province/v1/recalls", recall)
    page.goto(sold["trace_url"] + "?lang=vi")
    banner = page.get_by_role("alert")
    expect(banner).to_contain_text("Mứt dâu (mẫu)")
    expect(banner).not_to_contain_text("Tỏi Lý Sơn")
    recalled = page.locator(".item.recalled")
    expect(recalled).to_have_count(1)
    expect(recalled).not_to_contain_text("✓")
    expect(page.locator(".item:not(.recalled)")).to_contain_text("✓ Có trong hồ sơ")
    expect(banner).to_contain_text("Các mặt hàng khác trong phiếu không thuộc thông báo này")
    visitor.shot(page, "shopper-2-recalled")
    page.goto(sold["trace_url"] + "?lang=en")
    expect(page.locator("body")).to_contain_text("1 item on this slip is being recalled")
    visitor.shot(page, "shopper-3-english")
    page.goto(f"{visitor.base}/m")
    page.get_by_label("Mã trên phiếu").fill(sold["short_code"].lower())
    page.get_by_role("button", name="Xem").click()
    expect(page.locator("body")).to_contain_text("Tỏi Lý Sơn túi 500 g")
    stall.close()


def test_the_board_sees_counts_and_no_cases(market: Market, visit: Visit) -> None:
    visitor = visit(market.demo.station.url, DESK)
    page = log_in_at_stall(visitor, market.device_code("E-01"), "Nhận hàng E-01", "1111")
    page.goto(f"{visitor.base}/cho")
    expect(page.locator("body")).to_contain_text("không có quyền")
    page.goto(visitor.base)
    page.get_by_role("button", name="Đổi người").click()
    person = visit(market.demo.station.url, DESK)
    page = person.page()
    page.goto(person.base)
    page.get_by_label("Tên đăng nhập").fill("site-admin")
    page.get_by_label("Mật khẩu").fill("quan-tri-mau")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Các sạp", exact=True)).to_be_visible()
    expect(page.locator("body")).to_contain_text("K-22")
    expect(page.locator("body")).not_to_contain_text("Gà ta")
    person.shot(page, "board")


def test_the_records_officer_issues_a_recall_from_the_desk(market: Market, visit: Visit) -> None:
    desk = visit(market.demo.province.url, DESK)
    page = log_in_at_province(desk, "records-officer", "so-lo-mau")
    keys = page.get_by_label("Mã lô, mỗi dòng một mã")
    expect(keys).to_have_value("")
    page.get_by_label("Số thông báo").fill("TH-THU-03")
    keys.fill("no key at all")
    page.get_by_label("Lý do, như thông báo viết").fill("thử (mẫu)")
    page.get_by_role("button", name="Ban hành").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(keys).to_have_value("no key at all")
    desk.shot(page, "register-1-refused")
    keys.fill("01/09521234600107/10/SL2611")
    page.get_by_role("button", name="Ban hành").click()
    expect(page.locator("li", has_text="TH-THU-03")).to_contain_text("01/09521234600107/10/SL2611")
    desk.shot(page, "register-2-issued")
