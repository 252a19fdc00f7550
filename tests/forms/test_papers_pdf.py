"""Cards and the first-day sheet as PDF: pages as many as needed, Vietnamese kept, the QR readable from the paper."""

import io
from typing import Any

import zxingcpp
from fpdf import FPDF
from PIL import Image, ImageDraw

from pos_trace.core.office_slips import sheet_sentences
from pos_trace.forms import first_day_sheet, qr_cards, sheets
from pos_trace.forms.qr_cards import Card
from tests.services.night import demo_policy


def card(number: str, **more: str | None) -> Card:
    told = {
        "name": "Rau Chị Hoa",
        "owner": "Hoa",
        "code": "BCFGH01234",
        "url": "http://192.168.1.5:8080/enrol?code=BCFGH01234",
    }
    return Card(number=number, until="01/12/2026", **(told | {"pin": "2580"} | more))


def pages(data: bytes) -> int:
    return data.count(b"/Type /Page\n")


def test_eight_cards_stand_on_a_page_and_progress_is_told() -> None:
    steps: list[tuple[int, int]] = []
    data = qr_cards.draw("Chợ (mẫu)", [card(f"A-{n}") for n in range(17)], lambda *at: steps.append(at))
    assert pages(data) == 3
    assert steps[-1] == (17, 17)


class Squares(FPDF):
    """A page that remembers the filled rectangles drawn on it."""

    def __init__(self) -> None:
        super().__init__(unit="mm", format="A4")
        self.drawn: list[tuple[float, float, float, float]] = []

    def rect(self, x: float, y: float, w: float, h: float, *more: Any, **told: Any) -> None:
        self.drawn.append((x, y, w, h))
        super().rect(x, y, w, h, *more, **told)


def test_a_symbol_drawn_as_squares_is_read_back() -> None:
    paper = Squares()
    paper.add_page()
    text = "http://192.168.1.5:8080/enrol?code=BCFGH01234"
    sheets.symbol(paper, text, 10, 20, 40)
    picture = Image.new("L", (600, 600), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, w, h in paper.drawn:
        pen.rectangle(((x - 8) * 13, (y - 18) * 13, (x - 8 + w) * 13, (y - 18 + h) * 13), fill=0)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [text]


def test_long_names_and_an_owner_who_keeps_the_pin_fit_their_card() -> None:
    long = card("X" * 40, name="Tên rất dài " * 16, owner="Người " * 20, pin=None)
    assert pages(qr_cards.draw("Chợ " * 50, [long])) == 1


def test_the_first_day_sheet_is_one_page_however_long_its_sentences() -> None:
    sentences = sheet_sentences(demo_policy())
    for more, demo in (({}, True), ({"Thêm": ["câu dài " * 20] * 6}, False)):
        data = first_day_sheet.draw("Sạp A-12 – Hoa", "Chợ (mẫu)", sentences | more, "Cần giúp, gọi: …", demo)
        assert pages(data) == 1
        assert io.BytesIO(data).read(4) == b"%PDF"
