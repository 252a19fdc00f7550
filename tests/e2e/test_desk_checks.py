"""The office draws a day on its screen; the owner's list of drawn lines, one tap sends, the desk reads it as that."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from pos_trace.demo import setup
from pos_trace.demo.parts import paper_picture, until
from pos_trace.store.models import DeliveryLine, DeskCheck
from tests.e2e.conftest import DESK, PHONE, Market, Visit, log_in_at_stall
from tests.e2e.test_owner_inspector_shopper import log_in_at_province

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_drawn_line_goes_to_the_desk_by_the_owners_tap(market: Market, visit: Visit) -> None:
    stall, today = market.stall("C-03"), datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    delivery = stall.post("/api/v1/deliveries", {"supplier_name": "Hộ nuôi cá (mẫu)"})["id"]
    goods = {"goods_name": "Cá rô chọn kiểm tra", "goods_group": "rau", "quantity": "9", "unit": "kg"}
    line = stall.post(f"/api/v1/deliveries/{delivery}/lines", goods)["line"]["id"]
    told = {"kind": "bang_ke", "number": "BK-31", "issued_on": today.isoformat(), "issuer": "Hộ nuôi (mẫu)"}
    paper = stall.post(f"/api/v1/deliveries/{delivery}/papers", told | {"line_id": line})["paper"]["id"]
    stall.photo(f"/api/v1/deliveries/{delivery}/photos", paper_picture("BK-31"), paper_id=paper)

    desk = visit(market.demo.province.url, DESK)
    office = log_in_at_province(desk, "records-officer", "so-lo-mau")
    office.wait_for_url(lambda url: urlsplit(url).path != "/login")
    office.goto(f"{desk.base}/chon-ngau-nhien")
    day = today - timedelta(days=3)
    office.get_by_label("Ngày đã qua").fill(day.isoformat())
    office.get_by_role("button", name="Chọn ngẫu nhiên").click()
    expect(office.locator("body")).to_contain_text(f"{day:%d/%m/%Y}")
    desk.shot(office, "desk-check-1-drawn")
    office.get_by_label("Ngày đã qua").fill(today.isoformat())
    office.get_by_role("button", name="Chọn ngẫu nhiên").click()
    expect(office.get_by_role("alert")).to_contain_text("Chọn một ngày đã qua")

    with setup.opened(market.demo.station.config) as node:

        def drawn() -> int:
            with node.db.read() as session:
                return session.query(DeskCheck).count()

        until("drawn", drawn, bool)
        now = datetime.now(UTC)
        with node.write(node.machine("test"), now) as tx:  # three days later, the whole day drawn
            tx.session.query(DeskCheck).update({"share": 1000})
            row = tx.session.query(DeliveryLine).filter_by(id=line).one()
            row.created_at = now - timedelta(days=3)

    phone = visit(market.demo.station.url, PHONE)
    owner = log_in_at_stall(phone, market.device_code("C-03"), "Y Hiền", "3333")
    owner.goto(f"{phone.base}/chu-sap")
    one = owner.locator("#papers-owed li", has_text="Cá rô chọn kiểm tra")
    expect(one).to_contain_text("Sở chọn kiểm tra giấy tờ ngẫu nhiên")
    expect(one.get_by_role("button", name="Che bớt ảnh")).to_be_visible()
    phone.shot(owner, "desk-check-2-owner")
    one.get_by_role("button", name="Gửi ảnh giấy tờ").click()
    expect(one).to_contain_text("✓ Đã gửi")
    cases = until("number", lambda: stall.get("/api/v1/cases")["cases"], lambda found: found and found[0]["ack_number"])
    inspector = log_in_at_province(visit(market.demo.province.url, DESK), "inspector", "kiem-tra-mau")
    inspector.locator("tr, li", has_text=cases[0]["ack_number"]).get_by_role("link").first.click()
    expect(inspector.locator("body")).to_contain_text("Chọn kiểm tra")
    desk.shot(inspector, "desk-check-3-case")
    stall.close()
