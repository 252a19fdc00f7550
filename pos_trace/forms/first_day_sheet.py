"""The first-day sheet on A5: what this machine does and does not, in sentences a trader hangs beside it."""

from collections.abc import Mapping, Sequence

from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from pos_trace.core.vocabulary.first_days import SHEET_TITLE
from pos_trace.forms import sheets

EDGE, WIDE, HIGH = 10.0, 148.0, 210.0


def draw(stall: str, site: str, sentences: Mapping[str, Sequence[str]], call: str, demo: bool = False) -> bytes:
    """One A5 page as PDF; the sentences get smaller rather than a second page."""
    paper = sheets.blank("A5")
    paper.set_title(SHEET_TITLE)
    paper.add_page()
    size = 10.5
    while size > 5 and _height(paper, sentences, size) > HIGH - 62:
        size -= 0.5
    width = WIDE - 2 * EDGE
    sheets.line(paper, (EDGE, 14), stall.upper(), "B", 15, width, "C")
    sheets.line(paper, (EDGE, 21), site, "", 9, width, "C")
    sheets.line(paper, (EDGE, 32), SHEET_TITLE, "B", 17, width, "C")
    paper.set_xy(EDGE, 40)
    for heading, texts in sentences.items():
        paper.set_x(EDGE)
        paper.set_font(sheets.FAMILY, "B", size + 1)
        paper.multi_cell(width, size * 0.55, heading, align="L", new_x="LMARGIN", new_y="NEXT")
        paper.set_font(sheets.FAMILY, "", size)
        for text in texts:
            paper.set_x(EDGE)
            paper.cell(5, size * 0.52, "–")
            paper.multi_cell(width - 5, size * 0.52, text, align="L", new_x="LMARGIN", new_y="NEXT")
        paper.set_y(paper.get_y() + size * 0.25)
    sheets.line(paper, (EDGE, HIGH - 14), call, "B", 12, width, "C")
    if demo:
        sheets.line(paper, (EDGE, HIGH - 6), "DỮ LIỆU MẪU – KHÔNG CÓ GIÁ TRỊ", "B", 8, width, "C")
    return bytes(paper.output())


def _height(paper: FPDF, sentences: Mapping[str, Sequence[str]], size: float) -> float:
    """About how many millimetres the sentences take at ``size`` points, written on nothing."""
    total = 0.0
    for texts in sentences.values():
        paper.set_font(sheets.FAMILY, "", size)
        for text in texts:
            lines = paper.multi_cell(WIDE - 2 * EDGE - 5, 5, text, dry_run=True, output=MethodReturnValue.LINES)
            total += len(lines) * size * 0.52 if isinstance(lines, list) else 0
        total += size * 0.8
    return total
