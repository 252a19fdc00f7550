"""Sổ nhận hàng – sổ kiểm tra mã on A4: the table, "Chốt", numbered pages, the audit chain's hash on every page."""

from typing import Final

import fontpkg_be_vietnam_pro
from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout

from pos_trace.core.books import DUTY_COLUMNS, DUTY_LAW, DUTY_TITLE, DutyBook
from pos_trace.core.text import clean
from pos_trace.core.vocabulary.times import moment

WIDTHS: Final = (19, 26, 27, 32, 24, 17, 15, 17, 27, 19, 32, 22)
MARGIN_MM: Final = 10
FONT: Final = "BeVietnam"
HEAD: Final = (232, 229, 219)
LONGEST: Final = 120


class _Page(FPDF):
    """A4 across with our font; the foot names stall, period, page and the audit head."""

    def __init__(self, told: DutyBook) -> None:
        super().__init__(orientation="landscape", format="A4")
        self.told = told
        files = fontpkg_be_vietnam_pro.ROOT / "files"
        self.add_font(FONT, "", str(files / "BeVietnamPro-Regular.ttf"))
        self.add_font(FONT, "B", str(files / "BeVietnamPro-Bold.ttf"))
        self.set_margins(MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, 16)
        self.set_creation_date(told.made_at)
        self.set_title(f"{DUTY_TITLE} {told.period}")

    def footer(self) -> None:
        """Below every page."""
        self.set_y(-13)
        self.set_font(FONT, "", 7)
        number, digest = self.told.audit
        demo = "DỮ LIỆU MẪU – KHÔNG CÓ GIÁ TRỊ · " if self.told.demo else ""
        left = f"{demo}{self.told.stall} · {self.told.period} · Nhật ký dòng {number}: {digest}"
        self.cell(230, 5, left)
        self.cell(0, 5, f"Trang {self.page_no()}/{{nb}}", align="R")


def pdf(told: DutyBook) -> bytes:
    """The book's pages as a PDF."""
    page = _Page(told)
    page.add_page()
    _title(page, told)
    page.set_font(FONT, "", 7.5)
    heads = FontFace(emphasis="BOLD", fill_color=HEAD)
    layout = TableBordersLayout.ALL
    with page.table(
        col_widths=WIDTHS, headings_style=heads, borders_layout=layout, line_height=4, text_align="LEFT", padding=0.7
    ) as table:
        table.row(DUTY_COLUMNS)
        for row in told.rows:
            table.row([clean(cell, LONGEST) for cell in row.cells()])
    if not told.rows:
        page.cell(0, 8, "Không có lượt nhận nào trong kỳ này.", new_x="LMARGIN", new_y="NEXT")
    _totals(page, told)
    return bytes(page.output())


def _title(page: FPDF, told: DutyBook) -> None:
    page.set_font(FONT, "B", 15)
    page.cell(0, 8, DUTY_TITLE, align="C", new_x="LMARGIN", new_y="NEXT")
    page.set_font(FONT, "", 9)
    page.cell(0, 5, f"({DUTY_LAW})", align="C", new_x="LMARGIN", new_y="NEXT")
    page.ln(1)
    gln = f" · Mã địa điểm: {told.gln}" if told.gln else ""
    for line in (f"{told.stall} · {told.market}{gln}", f"Kỳ: {told.period} · Lập lúc {moment(told.made_at)}"):
        page.cell(0, 5, clean(line, 200), new_x="LMARGIN", new_y="NEXT")
    page.ln(2)


def _totals(page: FPDF, told: DutyBook) -> None:
    """ "Chốt" and the two signatures, kept together."""
    if page.will_page_break(8 + 5 * len(told.totals()) + 30):
        page.add_page()
    page.ln(3)
    page.set_font(FONT, "B", 11)
    page.cell(0, 6, "Chốt", new_x="LMARGIN", new_y="NEXT")
    page.set_font(FONT, "", 9)
    for name, count in told.totals():
        page.cell(90, 5, name)
        page.cell(0, 5, count, new_x="LMARGIN", new_y="NEXT")
    page.ln(6)
    page.cell(138, 5, "Người lập (ký, ghi tên)", align="C")
    page.cell(0, 5, "Chủ sạp (ký, ghi tên)", align="C")
