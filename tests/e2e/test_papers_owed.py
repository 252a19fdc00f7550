"""Papers on the phone: promised for later, asked "Cùng chuyến xe?", one tap each."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from pos_trace.demo.parts import paper_picture
from tests.e2e.conftest import Market, Visit
from tests.e2e.test_receiver import at_the_scanner

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_papers_that_come_later_and_a_paper_used_before(market: Market, visit: Visit) -> None:
    stall = market.stall("A-12")
    bases = []
    for plate in ("82C-555.01", "82C-555.02"):
        made = stall.post("/api/v1/deliveries", {"supplier_name": "Nhà vườn (mẫu)", "vehicle_plate": plate})
        bases.append(f"/api/v1/deliveries/{made['id']}")
        stall.post(f"{bases[-1]}/lines", {"goods_name": "Rau má", "goods_group": "rau", "quantity": "7", "unit": "kg"})
    visitor = visit(market.demo.station.url)
    page = at_the_scanner(market, visitor, "A-12")
    owed = page.locator("#papers-owed")
    expect(owed).to_contain_text("Cần giấy trước")
    expect(owed).to_contain_text("Rau má")
    visitor.shot(page, "papers-1-owed")
    owed.get_by_role("button", name="Giấy đến sau").first.click()
    expect(owed).to_contain_text("! Giấy đến sau")

    today = datetime.now(UTC).date().isoformat()
    stall.post(f"{bases[0]}/papers", {"kind": "bang_ke", "number": "BK-77", "issued_on": today})
    page.get_by_role("button", name="Nhận tiếp: Nhà vườn (mẫu) · 82C-555.02").click()
    page.get_by_role("button", name="Bổ sung giấy tờ").click()
    dialog = page.locator("#paper-dialog")
    dialog.locator("[name=kind]").select_option("bang_ke")
    dialog.locator("[name=number]").fill("BK-77")
    dialog.locator("[name=issued_on]").fill(today)
    dialog.locator("[name=stated_kg]").fill("40")
    picture = {"name": "giay.png", "mimeType": "image/png", "buffer": paper_picture("BK-77")}
    dialog.locator("[name=photo]").set_input_files(picture)
    visitor.shot(page, "papers-2-dialog")
    dialog.get_by_role("button", name="Lưu").click()
    expect(owed).to_contain_text("Cùng chuyến xe?")
    visitor.shot(page, "papers-3-asked")
    owed.get_by_role("button", name="Không, chuyến khác").click()
    expect(owed).not_to_contain_text("Cùng chuyến xe?")
