"""A4 sheets of stall cards, eight a page: whose stall, the QR that enrols a phone, and the PIN to be folded away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from fpdf import FPDF

from pos_trace.forms import sheets

COLUMNS: Final = 2
ROWS: Final = 4
WIDE: Final = 105.0
HIGH: Final = 74.25
FOLD: Final = 53.0  # mm from the card's top: what stands below is folded behind
EDGE: Final = 6.0
CODE: Final = 40.0


@dataclass(frozen=True, slots=True)
class Card:
    """One phone's card. ``url`` opens the enrolment page with ``code``; ``pin`` None: the owner keeps the old one."""

    number: str
    name: str
    owner: str
    code: str
    url: str
    until: str
    pin: str | None = None


def draw(site: str, cards: Sequence[Card], step: Callable[[int, int], None] = lambda _done, _all: None) -> bytes:
    """The PDF of ``cards`` in their order; ``step(done, all)`` tells how far it is."""
    paper = sheets.blank("A4")
    paper.set_title(f"Thẻ sạp – {site}")
    for place, card in enumerate(cards):
        on_page = place % (COLUMNS * ROWS)
        if on_page == 0:
            paper.add_page()
            _cuts(paper)
        _card(paper, site, card, (on_page % COLUMNS) * WIDE, (on_page // COLUMNS) * HIGH)
        step(place + 1, len(cards))
    return bytes(paper.output())


def _cuts(paper: FPDF) -> None:
    """Where to cut (grey) and where to fold (dashes)."""
    paper.set_draw_color(170)
    paper.set_line_width(0.1)
    paper.line(WIDE, 0, WIDE, 297)
    for row in range(1, ROWS):
        paper.line(0, row * HIGH, 210, row * HIGH)
    paper.set_dash_pattern(dash=1.5, gap=1.5)
    for row in range(ROWS):
        paper.line(EDGE, row * HIGH + FOLD, 210 - EDGE, row * HIGH + FOLD)
    paper.set_dash_pattern()


def _card(paper: FPDF, site: str, card: Card, x: float, y: float) -> None:
    left, width = x + EDGE, WIDE - 2 * EDGE - CODE
    paper.set_text_color(0)
    sheets.line(paper, (left, y + 10), f"SẠP {card.number}", "B", 22, width)
    sheets.line(paper, (left, y + 19), card.name, "B", 12, width)
    sheets.line(paper, (left, y + 25), site, "", 8, width)
    sheets.line(paper, (left, y + 33), "1. Mở camera điện thoại, quét mã.", "", 8, width)
    sheets.line(paper, (left, y + 37.5), "2. Bấm Đăng ký, chạm vào tên.", "", 8, width)
    sheets.line(paper, (left, y + 42), "3. Nhập mã PIN ở phần gập.", "", 8, width)
    sheets.line(paper, (left, y + 48), f"Dùng một lần, đến {card.until}", "", 8, width)
    sheets.symbol(paper, card.url, x + WIDE - EDGE - CODE + 2, y + 5, CODE)
    spaced = f"{card.code[:5]} {card.code[5:]}"
    sheets.line(paper, (x + WIDE - EDGE - CODE + 2, y + 48), f"Mã: {spaced}", "B", 10, CODE, "C")
    sheets.line(paper, (left, y + 58), "GẬP RA SAU – CHỈ CHỦ SẠP XEM", "", 7, WIDE - 2 * EDGE, "C")
    pin = f"Mã PIN: {card.pin}" if card.pin else "Mã PIN: như đang dùng"
    sheets.line(paper, (left, y + 65), f"{card.owner} · {pin}", "B", 14, WIDE - 2 * EDGE, "C")
