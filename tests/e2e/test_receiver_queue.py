"""What a phone keeps: acts without an answer go again, refused ones stay in sight, a log-in change loses none."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Market, Visit, log_in_at_stall
from tests.e2e.lost_line import LostLine, change_person
from tests.e2e.test_receiver import at_the_scanner, start_delivery

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STALL = "K-22"
LINES = "/api/v1/deliveries/*/lines"
KEPT = "ĐÃ GHI, CHƯA KIỂM TRA"


def loose(page: Page, name: str, quantity: str = "5") -> None:
    """Receive goods without a code."""
    page.get_by_role("button", name="Không có mã").click()
    form = page.locator("#loose")
    form.get_by_label("Tên hàng").fill(name)
    form.get_by_label("Nhóm hàng").select_option("mia")
    form.get_by_label("Số lượng").fill(quantity)
    form.get_by_role("button", name="Nhận").click()


def fresh(what: str) -> str:
    return f"{what} {uuid.uuid4().hex[:6]}"


def received(market: Market, goods: str) -> list[tuple[str, str]]:
    """(supplier, state of the delivery) of every line called ``goods``, in any delivery of the stall."""
    stall = market.stall(STALL)
    found = []
    for one in stall.get("/api/v1/deliveries")["deliveries"]:
        told = stall.get(f"/api/v1/deliveries/{one['id']}")
        found += [(told["supplier_name"], told["state"]) for line in told["lines"] if line["goods_name"] == goods]
    stall.close()
    return found


def close_from_elsewhere(market: Market, supplier: str) -> None:
    """What the clock does after four hours without a scan, or the owner on another phone."""
    stall = market.stall(STALL)
    for one in stall.get("/api/v1/deliveries", state="open")["deliveries"]:
        if one["supplier_name"] == supplier:
            stall.post(f"/api/v1/deliveries/{one['id']}/close", {})
    stall.close()


def back_online(page: Page) -> None:
    page.evaluate("window.dispatchEvent(new Event('online'))")


@pytest.mark.parametrize("insecure", [False, True], ids=["loopback", "plain-http-name"])
def test_what_a_closed_delivery_refuses_stays_by_name_and_is_done_again_in_a_new_one(
    market: Market, visit: Visit, insecure: bool
) -> None:
    first, second, canes, mint = fresh("Xe một"), fresh("Xe hai"), fresh("Mía"), fresh("Bạc hà")
    visitor = visit(market.demo.station.url, insecure=insecure)
    page = at_the_scanner(market, visitor, STALL)
    start_delivery(page, first)
    visitor.context.set_offline(True)
    loose(page, canes)
    expect(page.locator("#verdict .pos-word")).to_contain_text(KEPT)
    loose(page, mint)
    expect(page.locator("#waiting")).to_contain_text("2 việc")
    close_from_elsewhere(market, first)
    visitor.context.set_offline(False)
    back_online(page)
    failed = page.locator("#failed")
    expect(failed.locator("li")).to_have_count(2)
    expect(failed.locator("li", has_text=canes)).to_contain_text("Chuyến này đã xong")
    expect(page.locator("#waiting")).to_be_hidden()
    visitor.shot(page, f"receiver-8-refused-{insecure}")

    page.reload()
    expect(failed.locator("li")).to_have_count(2)
    expect(page.locator("#verdict .pos-word")).to_contain_text("MỜI QUÉT MÃ")
    failed.locator("li", has_text=canes).get_by_role("button", name="Làm lại").click()
    expect(page.locator("#verdict")).to_contain_text("CHƯA CÓ CHUYẾN")
    start_delivery(page, second)
    failed.locator("li", has_text=canes).get_by_role("button", name="Làm lại").click()
    expect(page.locator("#lines")).to_contain_text(canes)
    failed.locator("li", has_text=mint).get_by_role("button", name="Bỏ việc này").click()
    expect(failed).to_be_hidden()
    page.reload()
    expect(page.locator("#verdict .pos-word")).to_contain_text("MỜI QUÉT MÃ")
    expect(failed).to_be_hidden()
    assert received(market, canes) == [(second, "open")]
    assert received(market, mint) == []


def test_an_act_taken_without_an_answer_is_done_once_also_when_the_next_person_sends_it(
    market: Market, visit: Visit
) -> None:
    supplier, canes = fresh("Xe"), fresh("Mía")
    visitor = visit(market.demo.station.url)
    page = at_the_scanner(market, visitor, STALL)
    start_delivery(page, supplier)
    line = LostLine(market, page, LINES)
    loose(page, canes)
    expect(page.locator("#verdict .pos-word")).to_contain_text(KEPT)
    assert set(line.taken) == {201}
    line.mend()
    page.route("**/api/v1/deliveries/*/lines", lambda route: route.abort())
    change_person(page, "A Thanh", "3333")
    page.get_by_role("link", name="Nhận hàng").click()
    expect(page.locator("#waiting")).to_contain_text("1 việc")
    page.unroute("**/api/v1/deliveries/*/lines")
    back_online(page)
    expect(page.locator("#waiting")).to_be_hidden()
    assert received(market, canes) == [(supplier, "open")]


def test_what_only_its_writer_may_decide_stays_by_name_and_goes_when_they_are_back(
    market: Market, visit: Visit
) -> None:
    supplier, canes = fresh("Xe"), fresh("Mía")
    visitor = visit(market.demo.station.url)
    page = at_the_scanner(market, visitor, STALL)
    start_delivery(page, supplier)
    loose(page, canes)
    line = page.locator("#lines li", has_text=canes)
    refusals = "**/api/v1/lines/*/refuse"
    page.route(refusals, lambda route: route.abort())
    line.get_by_role("button", name="Trả lại người giao").click()
    page.get_by_label("Số lượng trả lại").fill("2")
    page.get_by_role("button", name="Dập hỏng").click()
    expect(page.locator("#waiting")).to_contain_text("1 việc")
    page.unroute(refusals)
    change_person(page, "A Thanh", "3333")
    failed = page.locator("#failed li", has_text=canes)
    expect(failed).to_contain_text(f"Nhận hàng {STALL}")
    expect(failed).to_contain_text("Người đó đăng nhập lại thì máy tự gửi")
    expect(line).not_to_contain_text("trả lại 2")
    visitor.shot(page, "receiver-10-written-by-other")
    change_person(page, f"Nhận hàng {STALL}", "1111")
    expect(page.locator("#failed")).to_be_hidden()
    expect(line).to_contain_text("trả lại 2")


def test_a_scan_goes_before_the_closing_that_was_pressed_after_it(market: Market, visit: Visit) -> None:
    supplier, canes = fresh("Xe"), fresh("Mía")
    visitor = visit(market.demo.station.url)
    page = at_the_scanner(market, visitor, STALL)
    start_delivery(page, supplier)
    visitor.context.set_offline(True)
    loose(page, canes)
    expect(page.locator("#waiting")).to_contain_text("1 việc")
    visitor.context.set_offline(False)
    page.get_by_role("button", name="Xong chuyến").click()
    expect(page.locator("#verdict")).to_contain_text("Phiếu nhận hàng số")
    expect(page.get_by_role("heading", name="Chuyến hàng mới")).to_be_visible()
    assert received(market, canes) == [(supplier, "closed")]


def test_a_delivery_whose_answer_is_lost_is_opened_once(market: Market, visit: Visit) -> None:
    supplier = fresh("Xe")
    page = at_the_scanner(market, visit(market.demo.station.url), STALL)
    line = LostLine(market, page, "/api/v1/deliveries")
    page.get_by_label("Người giao").fill(supplier)
    page.get_by_role("button", name="Bắt đầu nhận").click()
    expect(page.locator("#verdict")).to_contain_text("CHƯA MỞ ĐƯỢC")
    line.mend()
    assert line.taken == [201]
    page.get_by_role("button", name="Bắt đầu nhận").click()
    expect(page.locator("#delivery-name")).to_contain_text(supplier)
    stall = market.stall(STALL)
    told = [one["supplier_name"] for one in stall.get("/api/v1/deliveries", state="open")["deliveries"]]
    stall.close()
    assert told.count(supplier) == 1


@pytest.mark.parametrize(("status", "code"), [(503, "busy"), (429, "too_many"), (409, "still_running"), (401, "x")])
def test_a_node_that_is_busy_is_asked_again(market: Market, visit: Visit, status: int, code: str) -> None:
    supplier, canes = fresh("Xe"), fresh("Mía")
    page = at_the_scanner(market, visit(market.demo.station.url), STALL)
    start_delivery(page, supplier)
    answer = f'{{"code": "{code}", "detail": "Chờ."}}'
    page.route(f"**{LINES}", lambda route: route.fulfill(status=status, body=answer))
    loose(page, canes)
    expect(page.locator("#verdict .pos-word")).to_contain_text(KEPT)
    expect(page.locator("#waiting")).to_contain_text("đăng nhập lại" if status == 401 else "Đang chờ mạng")
    expect(page.locator("#failed")).to_be_hidden()
    page.unroute(f"**{LINES}")
    back_online(page)
    expect(page.locator("#lines")).to_contain_text(canes)
    assert received(market, canes) == [(supplier, "open")]


def test_only_who_may_send_to_the_department_is_offered_it(market: Market, visit: Visit) -> None:
    supplier, canes = fresh("Xe"), fresh("Mía")
    visitor = visit(market.demo.station.url)
    page = at_the_scanner(market, visitor, STALL)
    start_delivery(page, supplier)
    loose(page, canes)
    line = page.locator("#lines li", has_text=canes)
    for answer in ("Bổ sung giấy tờ", "Trả lại người giao", "Nhận và để riêng"):
        expect(line.get_by_role("button", name=answer)).to_be_visible()
    expect(page.get_by_role("button", name="Gửi ngay")).to_have_count(0)
    visitor.shot(page, "receiver-9-three-answers")
    owner = log_in_at_stall(visit(market.demo.station.url), market.device_code(STALL), "A Thanh", "3333")
    expect(owner.locator("#flags li", has_text=canes).get_by_role("button", name="Gửi ngay")).to_be_visible()
    owner.get_by_role("link", name="Nhận hàng").click()
    owner.get_by_role("button", name=f"Nhận tiếp: {supplier}").click()
    line = owner.locator("#lines li", has_text=canes)
    expect(line.get_by_role("button", name="Gửi ngay")).to_be_visible()
