"""On the owner's phone: parts of a photo covered by finger before it is sent; papers of the truck."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from pos_trace.demo.api import Client
from pos_trace.demo.parts import paper_picture
from tests.e2e.conftest import PHONE, Market, Visit, log_in_at_stall
from tests.e2e.test_receiver import at_the_scanner

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
KG = {"quantity": "60", "unit": "kg"}


def brought(stall: Client, plate: str, goods: str, group: str) -> tuple[str, str]:
    """A delivery with one line: both ids."""
    made = stall.post("/api/v1/deliveries", {"supplier_name": f"Xe {plate} (mẫu)", "vehicle_plate": plate})["id"]
    told = stall.post(f"/api/v1/deliveries/{made}/lines", {"goods_name": goods, "goods_group": group} | KG)
    return made, told["line"]["id"]


def test_what_is_painted_over_is_black_in_the_picture_that_is_sent(market: Market, visit: Visit) -> None:
    stall = market.stall("D-07")
    delivery, line = brought(stall, "76C-700.01", "Gà che ảnh", "gia_cam")
    paper = stall.post(f"/api/v1/deliveries/{delivery}/papers", {"kind": "bang_ke", "number": "BK-9", "line_id": line})
    picture = paper_picture("CCCD 0123")
    stall.photo(f"/api/v1/deliveries/{delivery}/photos", picture, paper_id=paper["paper"]["id"])
    visitor = visit(market.demo.station.url, PHONE)
    page = log_in_at_stall(visitor, market.device_code("D-07"), "Tâm", "3333")
    page.goto(f"{visitor.base}/chu-sap")
    page.locator("#flags li", has_text="Gà che ảnh").get_by_role("button", name="Che bớt ảnh").click()
    dialog = page.get_by_role("dialog", name="Che bớt ảnh")
    expect(dialog).to_contain_text("Ảnh 1/1: Bảng kê BK-9")
    expect(dialog.get_by_role("button", name="Lưu ảnh đã che")).to_be_disabled()
    seen = dialog.locator("canvas").bounding_box()
    assert seen is not None
    for left, right in ((0.1, 0.5), (0.6, 0.9)):
        page.mouse.move(seen["x"] + seen["width"] * left, seen["y"] + seen["height"] * 0.2)
        page.mouse.down()
        page.mouse.move(seen["x"] + seen["width"] * right, seen["y"] + seen["height"] * 0.6, steps=4)
        page.mouse.up()
    visitor.shot(page, "cover-1-painted")
    dialog.get_by_role("button", name="Bỏ ô vừa che").click()
    dialog.get_by_role("button", name="Lưu ảnh đã che").click()
    expect(dialog).to_contain_text("✓ Đã lưu ảnh che.")
    visitor.shot(page, "cover-2-kept")
    dialog.get_by_role("button", name="Xong").click()
    with page.expect_response(lambda answer: answer.url.endswith("/send")) as sent:
        page.locator("#flags li", has_text="Gà che ảnh").get_by_role("button", name="Gửi ngay").click()
    case = stall.get(f"/api/v1/cases/{sent.value.json()['case_id']}")
    (evidence,) = case["evidence"]
    assert "đã che bớt" in evidence["caption"]
    seen_there = page.request.get(f"{visitor.base}/api/v1/cases/{case['id']}/evidence/{evidence['sha256']}").body()
    dots = Image.open(BytesIO(seen_there)).convert("L")
    assert dots.getpixel((int(dots.width * 0.3), int(dots.height * 0.4))) < 20
    assert dots.getpixel((int(dots.width * 0.95), int(dots.height * 0.4))) > 100


def test_the_receiver_sees_the_trucks_paper_and_gives_one_paper_to_two_deliveries(market: Market, visit: Visit) -> None:
    today = datetime.now(UTC).date().isoformat()
    theirs, meat = brought(market.stall("D-07"), "82C-700.02", "Thịt heo mảnh", "thit")
    told = {"kind": "kiem_dich", "number": "KD-700", "issued_on": today, "stated_kg": "440", "truck": True}
    market.stall("D-07").post(f"/api/v1/deliveries/{theirs}/papers", told | {"line_id": meat})
    stall = market.stall("A-15")
    first, _ = brought(stall, "82C-700.02", "Thịt heo mông", "thit")
    brought(stall, "82C-700.03", "Rau má 700", "rau")
    stall.post(f"/api/v1/deliveries/{first}/papers", {"kind": "hoa_don", "number": "HD-700", "issued_on": today})
    visitor = visit(market.demo.station.url, PHONE)
    page = at_the_scanner(market, visitor, "A-15")
    page.get_by_role("button", name="Nhận tiếp: Xe 82C-700.02 (mẫu)").click()
    papers = page.locator("#papers-here")
    expect(papers).to_contain_text("số KD-700")
    expect(papers).to_contain_text("còn 320 kg – giấy chung của xe, dùng cho chuyến này")
    papers.get_by_role("button", name="Giấy này cho cả chuyến khác").click()
    visitor.shot(page, "papers-here-1-ask")
    page.get_by_role("button", name="Xe 82C-700.03 (mẫu)").click()
    expect(papers).to_contain_text("Đã dùng cho chuyến Xe 82C-700.03 (mẫu)")
    visitor.shot(page, "papers-here-2")

    owed = page.locator("#papers-owed li", has_text="Rau má 700")
    at = (datetime.now(UTC) + timedelta(hours=9)).strftime("%H:%M")  # in two hours, on the market's clock
    owed.get_by_label("Giờ giấy đến (Rau má 700)").fill(at)
    owed.get_by_role("button", name="Giấy đến sau").click()
    expect(page.locator("#papers-owed")).to_contain_text(f"Cần giấy trước {at}")
    visitor.shot(page, "papers-here-3-later")
