"""The XLSX a market's office lists its stalls in: an empty one to fill in, reading one, giving bad rows back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from pos_trace.core.policy import GoodsGroup
from pos_trace.core.stall_rows import COLUMNS, MOST_ROWS, NEEDED, RowError, StallRow, headings, read_row, twice
from pos_trace.core.text import safe_cell
from pos_trace.forms import xlsx_in

SHEET: Final = "Sạp"
NOTES: Final = "Cần sửa"
WIDTH: Final = {"number": 12, "name": 28, "owner": 22, "gln": 18, "commune": 20, "groups": 30, "tax_code": 16}
HELP: Final = (
    ("number", "Như trên biển, ví dụ A-12. Mỗi số một dòng."),
    ("name", "Tên như trên biển."),
    ("owner", "Tên người đứng sạp, hiện trên màn hình để chạm vào."),
    ("gln", "Mã địa điểm, 13 chữ số; chưa có thì để trống. Để ô dạng chữ (Text)."),
    ("commune", "Phường, xã."),
    ("tax_code", "Mã số thuế; để trống được."),
    ("golive", "Ngày bắt đầu dùng, ví dụ 24/11/2026; để trống: hôm nay."),
    ("devices", "Bao nhiêu điện thoại của sạp được in thẻ; để trống: 1."),
)


@dataclass(frozen=True, slots=True)
class StallSheet:
    """What a sheet says: good rows, what is wrong with the others, those others as they came, unknown headings."""

    rows: tuple[StallRow, ...]
    errors: tuple[RowError, ...]
    bad: tuple[tuple[int, dict[str, Any]], ...]
    ignored: tuple[str, ...] = ()


def template(groups: Sequence[GoodsGroup], example: date) -> bytes:
    """An empty sheet with its headings, one line to overwrite, and a page that tells what each column wants."""
    book = Workbook()
    sheet = _first(book)
    _head(sheet, [])
    sheet.append(
        ["A-12", "Rau Chị Hoa", "Hoa", "", "phường Kon Tum", groups[0].title_vi if groups else "", "", example, 1]
    )
    for row in sheet.iter_rows(min_row=2, max_row=MOST_ROWS // 2):
        row[list(COLUMNS).index("gln")].number_format = "@"
        row[list(COLUMNS).index("golive")].number_format = "dd/mm/yyyy"
    told = book.create_sheet("Hướng dẫn")
    told.append(["Cột", "Ghi gì"])
    for name, words in HELP:
        told.append([COLUMNS[name] + (" (bắt buộc)" if name in NEEDED else ""), words])
    told.append([COLUMNS["groups"], "Cách nhau dấu chấm phẩy: " + "; ".join(group.title_vi for group in groups)])
    told.append(["Điện thoại", "Không ghi số điện thoại, số giấy tờ của ai: máy không giữ."])
    _style(told, {"A": 24, "B": 80})
    return _bytes(book)


def read(data: bytes, groups: Sequence[GoodsGroup]) -> StallSheet:
    """The stalls of an XLSX; raises ``Invalid`` for what is no such sheet, is too large, or has no known headings."""
    lines = xlsx_in.lines(data, SHEET, MOST_ROWS, "sạp")
    places, unknown = headings(lines[0] if lines else [])
    missing = [COLUMNS[name] for name in NEEDED if name not in places.values()]
    if missing:
        raise xlsx_in.refused(f"Dòng đầu của bảng thiếu cột: {', '.join(missing)}. Dùng bảng mẫu.")
    rows: list[StallRow] = []
    errors: list[RowError] = []
    raw: dict[int, dict[str, Any]] = {}
    for number, cells in enumerate(lines[1:], 2):
        told = {name: cells[place] for place, name in places.items() if place < len(cells)}
        if all(value in (None, "") for value in told.values()):
            continue
        raw[number] = told
        row, wrong = read_row(number, told, groups)
        errors += wrong
        rows += [row] if row is not None else []
    errors += twice(rows)
    wrong_lines = {error.line for error in errors}
    good = tuple(row for row in rows if row.line not in wrong_lines)
    bad = tuple((line, raw[line]) for line in sorted(wrong_lines))
    return StallSheet(good, tuple(sorted(errors, key=lambda error: error.line)), bad, tuple(unknown))


def bad_rows(sheet: StallSheet, more: Sequence[RowError] = ()) -> bytes:
    """The rows that did not go in, as they came, each with what to mend: to be corrected and sent again."""
    book = Workbook()
    page = _first(book)
    _head(page, [NOTES])
    errors = [*sheet.errors, *more]
    for line, told in sheet.bad:
        words = "; ".join(f"{error.column}: cần {error.expected}" for error in errors if error.line == line)
        cells = [told.get(name) for name in COLUMNS]
        page.append([safe_cell(cell) if isinstance(cell, str) else cell for cell in (*cells, words)])
    page.column_dimensions["J"].width = 70
    return _bytes(book)


def _first(book: Workbook) -> Worksheet:
    sheet = book.worksheets[0]
    sheet.title = SHEET
    return sheet


def _head(sheet: Worksheet, more: list[str]) -> None:
    sheet.append([*COLUMNS.values(), *more])
    letters = "ABCDEFGHI"
    _style(sheet, {letters[place]: WIDTH.get(name, 14) for place, name in enumerate(COLUMNS)})


def _style(sheet: Worksheet, widths: dict[str, int]) -> None:
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E3E0D6")
    for letter, width in widths.items():
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=1, max_row=sheet.max_row):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _bytes(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def report(sheet: StallSheet, told: dict[str, Any]) -> tuple[dict[str, Any], bytes | None]:
    """What an import answers: ``{stalls, errors, ignored}`` of the sheet and of ``told`` (what the stalls' verb said),
    and the rows that did not go in as a sheet of their own, None when all went in.
    """
    more = [RowError(**error) for error in told["errors"]]
    errors = sorted((*sheet.errors, *more), key=lambda error: error.line)
    listed = [{"line": one.line, "column": one.column, "expected": one.expected} for one in errors]
    late = {error.line for error in more}
    rows = [(row.line, {name: getattr(row, name) for name in COLUMNS}) for row in sheet.rows if row.line in late]
    plain = [(line, cells | {"groups": "; ".join(cells["groups"])}) for line, cells in rows]
    whole = StallSheet(sheet.rows, sheet.errors, tuple(sorted((*sheet.bad, *plain), key=lambda bad: bad[0])))
    return {"stalls": told["stalls"], "errors": listed, "ignored": list(sheet.ignored)}, (
        bad_rows(whole, more) if errors else None
    )
