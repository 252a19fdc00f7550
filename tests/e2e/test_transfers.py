"""A trader gives goods to a neighbour: tiles, buyer, one button; she takes part of it on her phone; another slip is
taken by scanning its code, and goods of a wrong stall are handed over.
"""

import uuid

import pytest
from playwright.sync_api import Page, expect

from pos_trace.demo.lots import label
from tests.e2e.conftest import Market, Visit, log_in_at_stall, wedge
from tests.e2e.test_receiver import receive, start_delivery

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def published(market: Market, name: str) -> tuple[str, str]:
    """A fresh product with one lot in the province's register: its GTIN and lot."""
    body = f"095212346{uuid.uuid4().int % 10_000:04d}"
    digit = (10 - sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(body)) % 10) % 10
    key = f"01/{body}{digit}/10/GH{digit}"
    market.province.post(
        "/api/province/v1/lots", {"lots": [{"key": key, "product_name": name, "facility_id": "F2", "unit": "kg"}]}
    )
    return f"{body}{digit}", f"GH{digit}"


def received(market: Market, number: str, name: str, quantity: str) -> str:
    """A lot of ``name`` lying at the stall; its id."""
    stall = market.stall(number)
    gtin, lot = published(market, name)
    delivery = stall.post("/api/v1/deliveries", {"supplier_name": "HTX giao (mẫu)"})["id"]
    body = {"text": label(gtin, lot), "delivery_id": delivery, "quantity": quantity, "unit": "kg"}
    made = stall.post("/api/v1/scans", body)["line"]["lot_id"]
    stall.close()
    return str(made)


def lot_of(market: Market, number: str, name: str) -> str | None:
    """How much of ``name`` lies at the stall."""
    stall = market.stall(number)
    lots = stall.get("/api/v1/stock")["lots"]
    stall.close()
    return next((lot["quantity"] for lot in lots if lot["product_name"] == name), None)


def phone(market: Market, visit: Visit, number: str) -> Page:
    """The receiver of a stall on a phone, logged in."""
    return log_in_at_stall(visit(market.demo.station.url), market.device_code(number), f"Nhận hàng {number}", "1111")


def test_goods_go_to_the_neighbour_and_a_part_comes_back(market: Market, visit: Visit) -> None:
    name = f"Cải giao {uuid.uuid4().hex[:6]}"
    lot = received(market, "A-12", name, "20")
    page = phone(market, visit, "A-12")
    page.goto(page.url.split("/nhan-hang")[0] + "/giao-hang")
    page.locator(f'[data-lot="{lot}"]').click()
    page.get_by_label("Số lượng 1").fill("12,5")
    page.get_by_role("button", name="In phiếu giao").click()
    expect(page.locator("#answer .pos-word")).to_have_text("GIAO CHO AI?")
    page.locator("#buyer").fill("E-01")
    page.get_by_role("button", name="In phiếu giao").click()
    expect(page.locator("#answer .pos-word")).to_have_text("ĐÃ GIAO")
    for button in page.locator("button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 48
    assert lot_of(market, "A-12", name) == "7.5"

    hers = phone(market, visit, "E-01")
    hers.goto(hers.url.split("/nhan-hang")[0] + "/giao-hang")
    card = hers.locator(".pos-card[data-transfer]").filter(has_text=name)
    card.get_by_role("button", name="Nhận một phần").click()
    card.get_by_label(f"Nhận {name}").fill("10")
    card.get_by_label(f"Lý do {name}").fill("dập hỏng")
    card.get_by_role("button", name="Nhận một phần").click()
    expect(hers.locator("#answer .pos-word")).to_have_text("ĐÃ NHẬN MỘT PHẦN")
    assert (lot_of(market, "A-12", name), lot_of(market, "E-01", name)) == ("10", "10")


def test_a_scanned_slip_fills_the_delivery(market: Market, visit: Visit) -> None:
    name = f"Bắp giao {uuid.uuid4().hex[:6]}"
    lot = received(market, "A-12", name, "20")
    seller = market.stall("A-12")
    slip = {"kind": "sale", "buyer": {"stall_number": "E-01"}, "lines": [{"lot_id": lot, "quantity": "6"}]}
    (code,) = seller.post("/api/v1/transfers", slip)["codes"]
    seller.close()
    page = phone(market, visit, "E-01")
    page.wait_for_url("**/nhan-hang")
    wedge(page, code)
    expect(page.locator("#verdict .pos-word")).to_have_text("ĐÃ NHẬN PHIẾU")
    expect(page.locator("#lines")).to_contain_text(name)
    assert lot_of(market, "E-01", name) == "6"
    wedge(page, code)
    expect(page.locator("#verdict")).to_contain_text("không tính thêm")
    assert lot_of(market, "E-01", name) == "6"


def stock_of(market: Market, number: str, name: str) -> list[str]:
    """Every lot of ``name`` at the stall with goods in it."""
    stall = market.stall(number)
    lots = [lot["quantity"] for lot in stall.get("/api/v1/stock")["lots"] if lot["product_name"] == name]
    stall.close()
    return lots


def test_goods_received_for_the_wrong_stall_go_over_with_one_tap_on_each_side(market: Market, visit: Visit) -> None:
    name = f"Su su {uuid.uuid4().hex[:6]}"
    gtin, lot = published(market, name)
    visitor = visit(market.demo.station.url)
    page = log_in_at_stall(visitor, market.device_code("A-12"), "Nhận hàng A-12", "1111")
    expect(page.locator("#verdict .pos-word")).to_contain_text("MỜI QUÉT MÃ")
    start_delivery(page, f"Xe nhầm {uuid.uuid4().hex[:6]}")
    receive(page, label(gtin, lot), "15")
    expect(page.locator("#lines")).to_contain_text(name)
    assert stock_of(market, "A-12", name) == ["15"]
    page.locator("#lines li", has_text=name).get_by_role("button", name="Sai sạp").click()
    page.get_by_label("Số sạp đúng").fill("E-01")
    page.get_by_role("button", name="Chuyển sang sạp này").click()
    expect(page.locator("#verdict .pos-word")).to_have_text("ĐÃ CHUYỂN")
    visitor.shot(page, "transfer-wrong-stall")
    assert stock_of(market, "A-12", name) == []

    hers = phone(market, visit, "E-01")
    hers.goto(hers.url.split("/nhan-hang")[0] + "/giao-hang")
    card = hers.locator(".pos-card[data-transfer]").filter(has_text=name)
    expect(card).to_contain_text("Nhận nhầm sạp")
    card.get_by_role("button", name="Nhận đủ").click()
    expect(hers.locator("#answer .pos-word")).to_have_text("ĐÃ NHẬN ĐỦ")
    assert (stock_of(market, "A-12", name), stock_of(market, "E-01", name)) == ([], ["15"])


def test_a_slip_scanned_while_the_box_is_away_waits_on_the_phone_and_is_taken_in_once(
    market: Market, visit: Visit
) -> None:
    name = f"Bí giao {uuid.uuid4().hex[:6]}"
    lot = received(market, "A-12", name, "20")
    seller = market.stall("A-12")
    slip = {"kind": "sale", "buyer": {"stall_number": "E-01"}, "lines": [{"lot_id": lot, "quantity": "6"}]}
    (code,) = seller.post("/api/v1/transfers", slip)["codes"]
    seller.close()
    visitor = visit(market.demo.station.url)
    page = log_in_at_stall(visitor, market.device_code("E-01"), "Nhận hàng E-01", "1111")
    expect(page.locator("#verdict .pos-word")).to_contain_text("MỜI QUÉT MÃ")
    visitor.context.set_offline(True)
    wedge(page, code)
    expect(page.locator("#verdict .pos-word")).to_contain_text("ĐÃ GHI, CHƯA KIỂM TRA")
    expect(page.locator("#waiting")).to_contain_text("1 việc")
    visitor.shot(page, "transfer-waiting")
    assert stock_of(market, "E-01", name) == []
    visitor.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#waiting")).to_be_hidden()
    assert stock_of(market, "E-01", name) == ["6"]
    wedge(page, code)
    expect(page.locator("#verdict")).to_contain_text("không tính thêm")
    assert stock_of(market, "E-01", name) == ["6"]
