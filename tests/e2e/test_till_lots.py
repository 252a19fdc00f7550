"""Which lot, how much: a product's code is checked by the node, a doubtful lot asked at the scan and at payment."""

import uuid
from dataclasses import dataclass

import pytest
from playwright.sync_api import Dialog, Page, expect

from pos_trace.demo.lots import label
from pos_trace.demo.parts import until
from tests.e2e.conftest import DESK, Market, Visit, log_in_at_stall, wedge

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STALL = "C-03"
ASKED = "XEM SỐ LÔ TRÊN GÓI"


@dataclass
class Jars:
    """Two lots of one product on the table: ``bad`` is the one a recall will name."""

    market: Market
    gtin: str
    ids: dict[str, str]

    def recall(self) -> None:
        told = {"recall_id": f"TH-{self.gtin}", "keys": [f"01/{self.gtin}/10/XAU"], "reason": "thử (mẫu)"}
        self.market.province.post("/api/province/v1/recalls", told)
        stall = self.market.stall(STALL)

        def state() -> str:
            lots = stall.get("/api/v1/stock")["lots"]
            return str(next(lot["state"] for lot in lots if lot["id"] == self.ids["XAU"]))

        until("recall", state, lambda found: found == "blocked")
        stall.close()


@pytest.fixture
def jars(market: Market) -> Jars:
    body = f"095212346{uuid.uuid4().int % 10_000:04d}"
    digit = (10 - sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(body)) % 10) % 10
    gtin = f"{body}{digit}"
    keys = {lot: f"01/{gtin}/10/{lot}" for lot in ("XAU", "TOT")}
    lots = [{"key": key, "product_name": f"Mắm thử {gtin}", "facility_id": "F5"} for key in keys.values()]
    market.province.post("/api/province/v1/lots", {"lots": lots})
    stall = market.stall(STALL)
    delivery = stall.post("/api/v1/deliveries", {"supplier_name": "HTX cá (mẫu)"})["id"]
    where = {"delivery_id": delivery, "quantity": "20", "unit": "hũ"}
    ids = {
        lot: stall.post("/api/v1/scans", {"text": label(gtin, lot), **where})["line"]["lot_id"]
        for lot in ("XAU", "TOT")
    }
    stall.close()
    return Jars(market, gtin, ids)


def till(market: Market, visit: Visit) -> Page:
    page = log_in_at_stall(visit(market.demo.station.url, DESK), market.device_code(STALL), f"Thu ngân {STALL}", "2222")
    expect(page.locator(".pos-tile")).not_to_have_count(0)
    return page


def pay(page: Page) -> dict[str, object]:
    """Press the button; the first line of the sale as the node wrote it down."""
    with page.expect_response("**/api/v1/sales") as answered:
        page.get_by_role("button", name="Đã thu tiền").click()
    line: dict[str, object] = answered.value.json()["lines"][0]
    return line


def test_a_products_code_names_no_lot(market: Market, visit: Visit, jars: Jars) -> None:
    page = till(market, visit)
    wedge(page, jars.gtin[1:])
    expect(page.locator("#basket li")).to_contain_text(f"Mắm thử {jars.gtin}")
    line = pay(page)
    assert line["lot_source"] == "unknown", "two lots lie open: nobody knows which one this was"
    expect(page.locator("#answer")).to_contain_text("ĐÃ BÁN")


def test_a_labels_code_names_its_lot(market: Market, visit: Visit, jars: Jars) -> None:
    page = till(market, visit)
    wedge(page, label(jars.gtin, "TOT"))
    expect(page.locator("#basket li")).to_contain_text(f"Mắm thử {jars.gtin}")
    line = pay(page)
    assert (line["lot_source"], line["lots"][0]["lot"]) == ("scanned", jars.ids["TOT"])  # type: ignore[index]


def test_a_recall_between_scan_and_payment_is_asked_at_payment(market: Market, visit: Visit, jars: Jars) -> None:
    page = till(market, visit)
    wedge(page, jars.gtin[1:])
    expect(page.locator("#basket li")).to_have_count(1)
    page.get_by_label("Số lượng 1").fill("2")
    jars.recall()
    page.get_by_role("button", name="Đã thu tiền").click()
    expect(page.locator("#answer")).to_contain_text(ASKED)
    expect(page.locator("#answer").get_by_role("button")).to_have_text(["TOT", "Số khác – không bán"])
    with page.expect_response("**/api/v1/sales") as answered:
        page.locator("#answer").get_by_role("button", name="TOT").click()
    lots = answered.value.json()["lines"][0]["lots"]
    assert [(lot["lot"], float(lot["qty"])) for lot in lots] == [(jars.ids["TOT"], 2.0)]
    expect(page.locator("#answer")).to_contain_text("ĐÃ BÁN")


def test_a_pack_with_another_number_is_not_sold(market: Market, visit: Visit, jars: Jars) -> None:
    jars.recall()
    page = till(market, visit)
    wedge(page, jars.gtin[1:])
    expect(page.locator("#answer")).to_contain_text(ASKED)
    page.get_by_role("button", name="Số khác – không bán").click()
    expect(page.locator("#basket li")).to_have_count(0)
    expect(page.get_by_role("button", name="Đã thu tiền – in phiếu")).to_be_disabled()
    wedge(page, label(jars.gtin, "XAU"))
    expect(page.locator("#answer")).to_contain_text("KHÔNG BÁN")
    expect(page.locator("#basket li")).to_have_count(0)


@pytest.mark.parametrize(("means_thousands", "sold"), [(True, "1500"), (False, "1.5")])
def test_one_thousand_five_hundred_or_one_and_a_half_is_asked_once(
    market: Market, visit: Visit, jars: Jars, means_thousands: bool, sold: str
) -> None:
    page, asked = till(market, visit), []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if means_thousands else dialog.dismiss()

    page.on("dialog", answer)
    page.locator(f".pos-tile[data-lot='{jars.ids['TOT']}']").click()
    page.get_by_label("Số lượng 1").fill("1.500")
    page.route("**/api/v1/sales", lambda route: route.fulfill(status=422, body='{"code": "x", "detail": "chưa"}'))
    with page.expect_request("**/api/v1/sales") as sent:
        page.get_by_role("button", name="Đã thu tiền").click()
    assert sent.value.post_data_json["lines"][0]["qty"].rstrip("0").rstrip(".") == sold.rstrip("0").rstrip(".")
    expect(page.locator("#answer")).to_contain_text("CHƯA BÁN")
    with page.expect_request("**/api/v1/sales"):
        page.get_by_role("button", name="Đã thu tiền").click()
    assert asked == ["1.500 (một nghìn rưỡi) hay 1,5? Bấm OK nếu là 1.500, Hủy nếu là 1,5."]


@pytest.mark.parametrize(
    ("typed", "read"),
    [("2", "2"), ("1,5", "1.5"), (" 0,25 ", "0.25"), ("0.500", "0.500"), ("0", None), ("-1", None), ("", None),
     ("1,2345", None), ("1.234,5", "1234.5"), ("1.23,5", None), ("abc", None), ("1e3", None), ("٣", None)],
)  # fmt: skip
def test_one_rule_reads_quantities_on_every_screen(market: Market, visit: Visit, typed: str, read: str | None) -> None:
    visitor = visit(market.demo.station.url, DESK)
    page = visitor.page()
    page.goto(f"{visitor.base}/login")
    told = "async (text) => (await import('/static/quantity.js')).quantityOf(text, () => { throw new Error('asked'); })"
    assert page.evaluate(told, typed) == read
