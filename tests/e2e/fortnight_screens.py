"""What people do by thumb: the first day, "giống hôm qua", a hand-over, the desk, the owner's lists."""

from typing import Any

from playwright.sync_api import Page, expect

from pos_trace.demo.lots import RECORD_HOST
from pos_trace.demo.parts import paper_picture
from tests.e2e.conftest import PHONE, Visit, Visitor, log_in_at_stall
from tests.e2e.fortnight_days import CABBAGE, HERBS, HTX, Story, cabbage_key
from tests.e2e.fortnight_town import PASSWORD
from tests.e2e.test_owner_inspector_shopper import choose, log_in_at_province
from tests.e2e.test_owner_trust import tap_pin
from tests.e2e.test_receiver import receive, start_delivery

PRACTICE = "ĐANG TẬP DÙNG – chưa gửi báo cáo"
BA, HOA = "2468", "864200"


def the_first_day(story: Story, visit: Visit) -> Visitor:
    """Card, PIN, five steps, first truck, first paper, the card on the wall, the day's end; the stall's phone."""
    town, card = story.town, story.known["card"]
    town.clock.set(1, 1, 0)
    phone = visit(town.market.url, PHONE)
    page = log_in_at_stall(phone, card["code"], "Hoa", card["pin"], own=HOA)
    expect(page.locator("body")).to_contain_text(PRACTICE)
    expect(page.locator("main")).to_contain_text("Máy không gửi giá bán, doanh thu, số tiền.")
    _second_person(page, phone.base)
    page.goto(f"{phone.base}/bat-dau")
    page.get_by_role("button", name="In thử").click()
    expect(page.locator("#problem")).to_contain_text("Đã đưa phiếu in thử")
    page.goto(f"{phone.base}/chon-hang")
    page.locator("#groups button", has_text="Cà rốt").first.click()
    page.get_by_role("button", name="Thêm 1 mặt hàng").click()
    expect(page.locator("#problem")).to_contain_text("Đã thêm 1 mặt hàng")
    page.goto(f"{phone.base}/hang-dau-ky")
    page.locator("#goods button", has_text="Cà rốt").click()
    page.locator("#quantity").fill("10,5")
    page.locator("#unit").select_option("kg")
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.locator("#problem")).to_contain_text("Đã ghi Cà rốt")
    story.book.write("A-12", "Cà rốt", "kg", "received", "10.5")
    phone.shot(page, "fortnight-1-opening")
    _first_truck(story, page, phone)
    page.goto(f"{phone.base}/the-sap")
    page.locator("#card-on").check()
    expect(page.locator(".pos-wall")).to_be_visible()
    page.wait_for_load_state("load")  # the page came anew; before that its buttons are deaf
    page.locator("#card-slip").click()
    expect(page.locator("#problem")).to_contain_text("Đã gửi thẻ ra máy in")
    page.goto(f"{phone.base}/giao-ca")
    page.get_by_role("button", name="Đổi người").click()
    tap_pin(page, "Ba", BA)
    page.get_by_role("button", name="Chốt ngày – in phiếu").click()
    expect(page.locator("#answer")).to_contain_text("A12-CN261102")
    phone.shot(page, "fortnight-2-day-end")
    page.close()
    town.tick()
    told = story.a12.get("/first-day")
    assert told["done"] == len(told["steps"]), told
    assert {one["state"] for one in story.a12.get("/prints")["jobs"]} == {"confirmed"}
    return phone


def _second_person(page: Page, base: str) -> None:
    """The cousin gets a name and a PIN."""
    page.goto(f"{base}/chu-sap/nguoi")
    page.locator("#add [name=name]").fill("Ba")
    page.locator("#add [name=pin]").fill(BA)
    page.get_by_role("button", name="Thêm người").click()
    expect(page.locator("#people")).to_contain_text("Ba")


def _first_truck(story: Story, page: Page, phone: Visitor) -> None:
    page.goto(f"{phone.base}/nhan-hang")
    expect(page.locator("#verdict .pos-word")).to_contain_text("MỜI QUÉT MÃ")
    start_delivery(page, HTX)
    receive(page, f"{RECORD_HOST}/{cabbage_key(1)}", "40")
    expect(page.locator("#verdict .pos-word")).to_contain_text("KHỚP HỒ SƠ")
    expect(page.locator("#lines")).to_contain_text(CABBAGE)
    page.get_by_role("button", name="Không có mã").click()
    loose = page.locator("#loose")
    loose.get_by_label("Tên hàng").fill(HERBS)
    loose.get_by_label("Nhóm hàng").select_option("rau")
    loose.get_by_label("Số lượng").fill("5,5")
    loose.get_by_role("button", name="Nhận").click()
    line = page.locator("#lines li", has_text=HERBS)
    expect(line).to_contain_text("THIẾU GIẤY TỜ")
    line.get_by_role("button", name="Bổ sung giấy tờ").click()
    dialog = page.locator("#paper-dialog")
    dialog.locator("[name=kind]").select_option("bang_ke")
    dialog.locator("[name=number]").fill("BK-0211")
    dialog.locator("[name=issued_on]").fill(story.town.clock.today.isoformat())
    picture: Any = {"name": "bang-ke.png", "mimeType": "image/png", "buffer": paper_picture("x" * 38)}
    dialog.locator("[name=photo]").set_input_files(picture)
    dialog.get_by_role("button", name="Lưu").click()
    expect(page.locator("#verdict .pos-word")).to_contain_text("CÓ GIẤY TỜ")
    page.get_by_role("button", name="Xong chuyến").click()
    expect(page.locator("#verdict")).to_contain_text("Phiếu nhận hàng số A12-261102-001")
    story.book.write("A-12", CABBAGE, "kg", "received", "40")
    story.book.write("A-12", HERBS, "kg", "received", "5.5")


def come_back(phone: Visitor, name: str, pin: str, path: str) -> Page:
    """Another night, the same phone: a name, a PIN, a screen."""
    page = phone.page()
    page.goto(f"{phone.base}/login")
    page.get_by_text(name, exact=True).click()
    page.get_by_label("Mã PIN").locator("visible=true").fill(pin)
    page.get_by_role("button", name="Vào").locator("visible=true").click()
    page.wait_for_url(lambda url: not url.endswith("/login"))
    page.goto(phone.base + path)
    return page


def like_yesterday(story: Story, phone: Visitor) -> None:
    """The second night begins with one tap on what the supplier brought the night before; its list comes later."""
    story.town.clock.set(2, 1, 20)
    page = come_back(phone, "Ba", BA, "/nhan-hang")
    expect(page.locator("#verdict .pos-word")).to_contain_text("MỜI QUÉT MÃ")
    page.get_by_role("button", name=HTX).click()
    expect(page.locator("#before-title")).to_have_text("Giống hôm qua")
    row = page.locator("#before-lines li", has_text=HERBS)
    expect(row.get_by_role("textbox")).to_have_value("5,5")
    row.get_by_role("button", name="Nhận").click()
    expect(page.locator("#lines li", has_text=HERBS)).to_contain_text("THIẾU GIẤY TỜ")
    page.get_by_role("button", name="Xong chuyến").click()
    expect(page.locator("#verdict")).to_contain_text("Phiếu nhận hàng số A12-261103-001")
    phone.shot(page, "fortnight-3-like-yesterday")
    page.close()
    story.book.write("A-12", HERBS, "kg", "received", "5.5")
    [flag] = story.a12.get("/flags")["flags"]
    assert story.a12.paper(flag["delivery_id"], {"id": flag["line_id"]})["state"] == "sellable"


def handed_over(story: Story, phone: Visitor) -> None:
    """Five in the morning: Ba gives the shift, Hoa takes it, on one phone."""
    page = come_back(phone, "Ba", BA, "/giao-ca")
    page.get_by_role("button", name="Giao ca", exact=True).click()
    expect(page.locator("#offer")).to_contain_text("Chờ người nhận ca")
    page.get_by_role("button", name="Đổi người").click()
    tap_pin(page, "Hoa", HOA)
    page.get_by_role("button", name="Nhận ca").click()
    expect(page.locator("#answer")).to_contain_text("đã nhận ca")
    page.close()


def practice_ended(story: Story, phone: Visitor) -> None:
    """The banner is gone, the sheet's words stand on the screen."""
    page = come_back(phone, "Hoa", HOA, "/chu-sap")
    expect(page.locator("body")).not_to_contain_text(PRACTICE)
    expect(page.locator("body")).to_contain_text("Hết thời gian tập dùng.")
    expect(page.locator("body")).to_contain_text("0 gửi")
    phone.shot(page, "fortnight-4-practice-over")
    page.close()


def cleared_at_the_desk(story: Story, visit: Visit, number: str) -> None:
    """The inspector, on the own phone, reads, takes and concludes: the goods are cleared."""
    desk = visit(story.town.province_url, PHONE)
    page = log_in_at_province(desk, "can-bo", PASSWORD)
    expect(page.locator("body")).to_contain_text(number)
    page.locator("li", has_text=number).get_by_role("link").first.click()
    expect(page.locator("body")).to_contain_text("Măng tươi: 40 kg")
    page.get_by_role("button", name="Tiếp nhận vụ việc").click()
    page.locator("summary", has_text="Kết luận").click()
    choose(page, "outcome", "complies")
    choose(page, "origin_finding", "cleared")
    page.locator("[name=reason]").fill("Đã xuất trình bảng kê của nhà vườn (mẫu).")
    page.get_by_role("button", name="Ghi kết luận").click()
    expect(page.locator("body")).to_contain_text("Đã kết luận")
    desk.shot(page, "fortnight-5-concluded")


def the_owner_reads(story: Story, phone: Visitor) -> None:
    """Every message is on the owner's list, and so is the inspector's look."""
    page = come_back(phone, "Hoa", HOA, "/chu-sap/da-gui")
    count = story.a12.get("/outbox")["total"]["count"]
    expect(page.locator("main")).to_contain_text(str(count))
    phone.shot(page, "fortnight-6-sent")
    page.goto(f"{phone.base}/chu-sap/ai-da-xem")
    expect(page.locator("main")).to_contain_text("Cán bộ Lan (mẫu)")
    phone.shot(page, "fortnight-7-seen")
    page.close()


def the_old_receipt_is_red(story: Story, visit: Visit) -> None:
    """A shopper opens the receipt of the recalled fish: that line alone is red."""
    shopper = visit(story.town.province_url, PHONE)
    page = shopper.page()
    page.goto(story.known["old receipt"]["trace_url"])
    expect(page.locator(".item.recalled")).to_have_count(1)
    expect(page.get_by_role("alert")).to_contain_text("Cá lăng phi lê khay 500 g")
    expect(page.get_by_role("alert")).not_to_contain_text("Cà phê")
