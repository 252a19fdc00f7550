"""What our PDF papers share: our own fonts, so that Vietnamese stands as it should, and QR symbols drawn as squares."""

from typing import Final

import fontpkg_be_vietnam_pro
import qrcode
from fpdf import FPDF
from qrcode.constants import ERROR_CORRECT_M

from pos_trace.core.text import clean

FAMILY: Final = "Be"
SIZES: Final = {"A4": (210.0, 297.0), "A5": (148.0, 210.0)}
QUIET: Final = 4


def blank(size: str) -> FPDF:
    """An empty document of ``size`` (A4, A5) with the family ``FAMILY`` in plain and bold, no margins of its own."""
    paper = FPDF(unit="mm", format=SIZES[size])
    folder = fontpkg_be_vietnam_pro.ROOT / "files"
    paper.add_font(FAMILY, "", str(folder / "BeVietnamPro-Regular.ttf"))
    paper.add_font(FAMILY, "B", str(folder / "BeVietnamPro-Bold.ttf"))
    paper.set_auto_page_break(False)
    paper.set_margin(0)
    return paper


def fitting(paper: FPDF, text: str, style: str, size: float, width: float, least: float = 6) -> None:
    """Set the font of ``text`` as large as fits ``width`` mm: at most ``size`` points, at least ``least``."""
    while size > least:
        paper.set_font(FAMILY, style, size)
        if paper.get_string_width(text) <= width:
            return
        size -= 0.5
    paper.set_font(FAMILY, style, least)


def line(
    paper: FPDF, at: tuple[float, float], text: str, style: str, size: float, width: float, align: str = "L"
) -> None:
    """One line of ``text`` at ``at`` (mm), made smaller rather than cut; at last cut, so it never leaves its place."""
    plain = clean(text, 200)
    fitting(paper, plain, style, size, width)
    while plain and paper.get_string_width(plain) > width:
        plain = plain[:-1]
    paper.set_xy(*at)
    paper.cell(width, 0, plain, align=align)


def broken(paper: FPDF, text: str, style: str, size: float, width: float, most: int) -> list[str]:
    """``text`` in at most ``most`` lines of ``width`` mm at ``size`` points; the last one holds all that is left."""
    paper.set_font(FAMILY, style, size)
    lines: list[str] = []
    for word in clean(text, 200).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (paper.get_string_width(longer) <= width or len(lines) == most):
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def symbol(paper: FPDF, text: str, x: float, y: float, side: float) -> None:
    """A QR of ``text`` at level M, its quiet zone inside the ``side`` mm."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    step = side / len(matrix)
    paper.set_fill_color(0)
    for row, places in enumerate(matrix):
        start = None
        for column, dark in enumerate([*places, False]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                paper.rect(x + start * step, y + row * step, (column - start) * step, step, style="F")
                start = None
