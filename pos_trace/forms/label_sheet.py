"""A4 sheets of labels for a lot's boxes, three by eight: QR, product, lot, serial, dates, who made it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pos_trace.forms import sheets

COLUMNS: Final = 3
ROWS: Final = 8
WIDE: Final = 70.0
HIGH: Final = 37.125
EDGE: Final = 3.0
CODE: Final = 29.0


def draw(title: str, labels: Sequence[Mapping[str, Any]]) -> bytes:
    """The PDF of ``labels`` (services.label_sheets) in their order."""
    paper = sheets.blank("A4")
    paper.set_title(title)
    for place, label in enumerate(labels):
        on_page = place % (COLUMNS * ROWS)
        if on_page == 0:
            paper.add_page()
        _label(paper, label, (on_page % COLUMNS) * WIDE, (on_page // COLUMNS) * HIGH)
    return bytes(paper.output())


def _label(paper: Any, label: Mapping[str, Any], x: float, y: float) -> None:
    sheets.symbol(paper, label["url"], x + EDGE - 1, y + (HIGH - CODE) / 2, CODE)
    left, width = x + EDGE + CODE, WIDE - CODE - 2 * EDGE
    paper.set_text_color(0)
    words = sheets.broken(paper, label["product"], "B", 9, width, 2)
    for number, text in enumerate(words):
        sheets.line(paper, (left, y + 7 + 4 * number), text, "B", 9, width)
    below = y + 7 + 4 * len(words) + 1
    rest = [("B", 9, f"Lô {label['lot']}"), ("", 8, f"Số {label['serial']}" if label["serial"] else "")]
    rest += [("", 7, part) for part in label["dates"].split(" · ")] + [("", 7, label["facility"])]
    for style, size, text in rest:
        if text:
            sheets.line(paper, (left, below), text, style, size, width)
            below += 4.2
