"""A paper or its photo whose answer is lost: saved again it is the same paper, kept once with one photo."""

import uuid

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from pos_trace.demo import setup
from pos_trace.demo.parts import paper_picture
from pos_trace.store.models import Paper, Photo
from tests.e2e.conftest import Market, Visit, log_in_at_stall
from tests.e2e.lost_line import LostLine

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STALL = "K-22"


def save_paper(page: Page, goods: str, number: str) -> None:
    """Fill the dialog of ``goods`` and save it."""
    page.locator("#flags li", has_text=goods).get_by_role("button", name="Bổ sung giấy tờ").click()
    page.get_by_label("Loại giấy").select_option("bang_ke")
    page.get_by_label("Số", exact=True).fill(number)
    photo = {"name": "bang-ke.png", "mimeType": "image/png", "buffer": paper_picture(number)}
    page.locator("#paper input[type=file]").set_input_files(photo)
    page.get_by_role("button", name="Lưu").click()


def photos_of(market: Market, number: str) -> list[int]:
    """How many photos each paper called ``number`` has."""
    with setup.opened(market.demo.station.config) as node, node.db.read() as session:
        papers = select(Paper.id).where(Paper.number == number)
        shots = select(func.count()).select_from(Photo)
        return [session.scalar(shots.where(Photo.paper_id == one)) or 0 for one in session.scalars(papers)]


@pytest.mark.parametrize("lost", ["papers", "photos"])
def test_a_paper_saved_again_is_kept_once(market: Market, visit: Visit, lost: str) -> None:
    goods, number = f"Mía {uuid.uuid4().hex[:6]}", f"BK-{uuid.uuid4().hex[:6]}"
    stall = market.stall(STALL)
    delivery = stall.post("/api/v1/deliveries", {"supplier_name": "Hộ trồng mía (mẫu)"})["id"]
    told = {"goods_name": goods, "goods_group": "mia", "quantity": "20", "unit": "bó"}
    stall.post(f"/api/v1/deliveries/{delivery}/lines", told)
    stall.close()
    page = log_in_at_stall(visit(market.demo.station.url), market.device_code(STALL), "A Thanh", "3333")
    line = LostLine(market, page, f"/api/v1/deliveries/*/{lost}")
    save_paper(page, goods, number)
    expect(page.locator("#problem")).not_to_be_empty()
    line.mend()
    assert line.taken == [201]
    save_paper(page, goods, number)
    expect(page.locator("#problem")).to_be_empty()
    assert photos_of(market, number) == [1]
