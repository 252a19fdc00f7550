"""The cashier of a stall without a POS: tiles, one button, nothing extra; a recalled lot is refused."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from pos_trace.demo.lots import label
from pos_trace.demo.parts import until
from tests.e2e.conftest import DESK, INSECURE, PHONE, Market, Visit, log_in_at_stall, wedge

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
GTIN = "09521234600138"


@pytest.fixture(scope="module")
def fish(market: Market) -> dict[str, str]:
    """Two lots of fish on the table of stall C-03, one of them recalled afterwards; lot number → its id."""
    stall = market.stall("C-03")
    delivery = stall.post("/api/v1/deliveries", {"supplier_name": "HTX cá (mẫu)"})["id"]
    where = {"delivery_id": delivery, "quantity": "20", "unit": "khay"}
    lots = {
        lot: stall.post("/api/v1/scans", {"text": label(GTIN, lot), **where})["line"]["lot_id"]
        for lot in ("CL2611B", "CL2611C")
    }
    stall.close()
    return lots


@pytest.mark.parametrize("insecure", [False, True], ids=["loopback", "plain-http-name"])
def test_a_tile_a_price_and_one_button_make_a_sale_with_paper(
    market: Market, visit: Visit, fish: dict[str, str], insecure: bool
) -> None:
    visitor = visit(market.demo.station.url, DESK, insecure=insecure)
    page = log_in_at_stall(visitor, market.device_code("C-03"), "Thu ngân C-03", "2222")
    expect(page.locator(".pos-tile")).not_to_have_count(0)
    assert page.evaluate("window.isSecureContext") is not insecure
    assert (INSECURE in page.url) is insecure
    page.locator(f".pos-tile[data-lot='{fish['CL2611C']}']").click()
    page.get_by_label("Số lượng 1").fill("2")
    page.get_by_label("Thành tiền 1").fill("240.000")
    expect(page.locator("#total")).to_contain_text("240.000")
    visitor.shot(page, f"cashier-1-basket-{insecure}")
    page.get_by_role("button", name="Đã thu tiền").click()
    expect(page.locator("#answer")).to_contain_text("ĐÃ BÁN")
    expect(page.locator("#answer")).to_contain_text("C03-")
    visitor.shot(page, f"cashier-2-sold-{insecure}")
    stall = market.stall("C-03")
    until(
        "print", lambda: stall.get("/api/v1/prints")["jobs"], lambda jobs: all(j["state"] == "confirmed" for j in jobs)
    )
    stall.close()


def test_a_recalled_lot_is_refused_and_a_good_one_is_confirmed_by_its_number(
    market: Market, visit: Visit, fish: dict[str, str]
) -> None:
    recall = {"recall_id": "TH-THU-01", "keys": [f"01/{GTIN}/10/CL2611B"], "reason": "thử (mẫu)"}
    market.province.post("/api/province/v1/recalls", recall)
    stall = market.stall("C-03")

    def state() -> str:
        lots = stall.get("/api/v1/stock")["lots"]
        return str(next(lot["state"] for lot in lots if lot["id"] == fish["CL2611B"]))

    until("recall", state, lambda found: found == "blocked")
    visitor = visit(market.demo.station.url, DESK)
    page = log_in_at_stall(visitor, market.device_code("C-03"), "Thu ngân C-03", "2222")
    tile = page.locator(f".pos-tile[data-lot='{fish['CL2611B']}']")
    expect(tile).to_contain_text("KHÔNG BÁN")
    tile.click()
    page.get_by_role("button", name="Đã thu tiền").click()
    expect(page.locator("#answer")).to_contain_text("KHÔNG BÁN")
    assert page.locator("body").get_attribute("data-last-tone") == "low long"
    visitor.shot(page, "cashier-3-refused")
    expect(page.locator("#basket li")).to_have_count(0)
    wedge(page, "9521234600138")
    expect(page.locator("#answer")).to_contain_text("XEM SỐ LÔ TRÊN GÓI")
    visitor.shot(page, "cashier-4-confirm")
    page.locator("#answer").get_by_role("button", name="CL2611C").click()
    expect(page.locator("#basket li")).to_have_count(1)
    log = stall.get("/api/v1/stop-sales")["entries"]
    assert {"recall", "check"} <= {entry["kind"] for entry in log}
    stall.close()


def test_what_a_printer_is_unsure_of_is_asked_once(market: Market, visit: Visit, fish: dict[str, str]) -> None:
    from pos_trace.demo import setup
    from pos_trace.store.models import PrintJob

    stall = market.stall("C-03")
    lines = [{"line_no": 1, "name": "Cá lăng phi lê khay 500 g", "qty": "1", "lot": fish["CL2611C"]}]
    sold = stall.post("/api/v1/sales", {"external_id": "unsure-1", "lines": lines})
    job = sold["print_job"]

    def done() -> bool:
        jobs = stall.get("/api/v1/prints")["jobs"]
        return any(one["id"] == job and one["state"] == "confirmed" for one in jobs)

    until("print", done, bool)
    with setup.opened(market.demo.station.config) as node, node.write(node.machine("t"), datetime.now(UTC)) as tx:
        tx.session.get_one(PrintJob, (node.id, job)).state = "sent_unconfirmed"
    visitor = visit(market.demo.station.url, DESK)
    page = log_in_at_stall(visitor, market.device_code("C-03"), "Thu ngân C-03", "2222")
    expect(page.locator("#prints")).to_contain_text("Phiếu đã ra chưa?")
    visitor.shot(page, "cashier-5-unsure")
    page.get_by_role("button", name="Chưa – in lại").click()
    expect(page.locator("#prints")).not_to_contain_text("Phiếu đã ra chưa?")
    copies = [one["copy_no"] for one in stall.get("/api/v1/prints")["jobs"] if one["subject_id"] == sold["id"]]
    assert sorted(copies) == [1, 2]
    stall.close()


def test_on_a_phone_the_answer_comes_into_view(market: Market, visit: Visit, fish: dict[str, str]) -> None:
    visitor = visit(market.demo.station.url, PHONE)
    page = log_in_at_stall(visitor, market.device_code("C-03"), "Thu ngân C-03", "2222")
    page.locator(f".pos-tile[data-lot='{fish['CL2611C']}']").click()
    page.set_viewport_size({"width": 390, "height": 320})
    page.get_by_role("button", name="Đã thu tiền").click()
    expect(page.locator("#answer .pos-word")).to_contain_text("ĐÃ BÁN")
    expect(page.locator("#answer .pos-word")).to_be_in_viewport()
    visitor.shot(page, "cashier-6-phone")
