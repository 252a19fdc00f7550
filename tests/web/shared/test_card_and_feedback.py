"""The stall's card and the shopper's words over HTTP: not indexed, no log-in, our own form only, not too often."""

import pytest

from tests.services.night import asked, laid_out, sell, with_ports
from tests.services.test_feedback import Nobody
from tests.web.market_app import Market, make_market


@pytest.fixture
def address(market: Market) -> str:
    """A receipt's page at this station."""
    laid_out(market.night)
    told = sell(market.night, asked(name="Cà rốt", quantity="1", unit="kg"))
    return f"/r/{str(told['trace_url']).rpartition('/')[2]}"


def test_a_card_is_a_page_nobody_indexes(market: Market) -> None:
    laid_out(market.night)
    told = market.post("/stall-card", {"on": True}, status=200)
    path = "/S/" + told["qr_text"].rpartition("/")[2]
    answer = market.app.test_client().get(path)
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    for words in ("Hàng hôm nay", "Cà rốt", "Sạp A-12", "25/11/2026"):
        assert words in answer.text
    assert "HTX" not in answer.text
    english = market.app.test_client().get(path.replace("/S/", "/s/") + "?lang=en").text
    assert "Goods of today" in english
    market.post("/stall-card", {"on": False}, status=200)
    shut = market.app.test_client().get(path)
    assert (shut.status_code, "chưa mở" in shut.text) == (404, True)


def test_the_form_stands_on_the_page_and_thanks(market: Market, address: str) -> None:
    assert 'action="' + address + '/feedback"' in market.app.test_client().get(address).text
    reporting = make_market(with_ports(market.night, department=Nobody()))
    page = reporting.app.test_client().get(address).text
    assert "Nội dung" in page
    assert "Số điện thoại" not in page, "a station has no vault"
    answer = reporting.app.test_client().post(address + "/feedback", data={"text": "Rau héo"})
    assert answer.status_code == 200
    assert "Cảm ơn bạn" in answer.text
    lost = market.app.test_client().post("/r/BCF7KQ2MX9BCF7KQ2MX9/feedback", data={"text": "Rau héo"})
    assert (lost.status_code, "Chưa có thông tin" in lost.text) == (404, True)


@pytest.mark.parametrize("headers", [{"Origin": "https://khac.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_of_another_site_is_refused(market: Market, address: str, headers: dict[str, str]) -> None:
    answer = market.app.test_client().post(address + "/feedback", data={"text": "x"}, headers=headers)
    assert answer.status_code == 403
    assert "Mở trang của phiếu" in answer.text


def test_too_many_words_are_told_and_nothing_is_lost(market: Market, address: str) -> None:
    answer = market.app.test_client().post(address + "/feedback", data={"text": "rau " * 200})
    assert answer.status_code == 422
    assert "Tối đa 500 ký tự" in answer.text
    assert "rau rau rau" in answer.text


def test_nobody_floods_the_desk(market: Market, address: str) -> None:
    for _ in range(5):
        market.app.test_client().post(address + "/feedback", data={"text": ""})
    assert market.app.test_client().post(address + "/feedback", data={"text": ""}).status_code == 429


def test_a_slip_of_sixty_lines_has_one_page_and_one_red_line(market: Market) -> None:
    from tests.services.night import FISH, url

    night = market.night
    night.pull()
    night.receive(FISH, "10", "khay")
    lines = [asked(line_no=number, name=f"Hàng {number}", quantity="1", unit="gói") for number in range(1, 60)]
    told = sell(night, *lines, asked(line_no=60, barcode=url(FISH), quantity="1", unit="khay"))
    night.recall(FISH)
    text = market.app.test_client().get(f"/r/{str(told['trace_url']).rpartition('/')[2]}").text
    assert text.count('class="item') == 60
    assert text.count('class="item recalled"') == 1
    assert "1 mặt hàng trong phiếu đang bị thu hồi" in text
    assert "Các mặt hàng khác trong phiếu không thuộc thông báo này." in text
