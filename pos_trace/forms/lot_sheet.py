"""The XLSX a cooperative lists its lots in: an empty one to fill in, reading one, giving bad rows back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pos_trace.core.lot_rows import COLUMNS, DATES, MOST_ROWS, NEEDED, read_row, twice
from pos_trace.core.policy import GoodsGroup
from pos_trace.core.quantities import UNITS
from pos_trace.core.stall_rows import RowError, cell_day, cell_text, headings
from pos_trace.core.text import safe_cell
from pos_trace.forms import xlsx_in

SHEET: Final = "Lô hàng"
LISTS: Final = "Danh mục"
NOTES: Final = "Cần sửa"
WIDE: Final = {"product_name": 32, "origin_place": 32, "document": 24, "facility_id": 16}
TEXT: Final = ("gtin", "lot", "serial", "code", "document_number", "facility_id", "origin_country")
HELP: Final = (
    ("facility_id", "Mã cơ sở trong sổ của tỉnh; chọn trong danh mục."),
    ("product_name", "Tên hàng như trên nhãn."),
    ("product_group", "Chọn trong danh mục."),
    ("gtin", "8, 12, 13 hoặc 14 chữ số. Để ô dạng chữ (Text). Có GTIN thì phải có số lô."),
    ("lot", "Không dấu, không khoảng trắng, tối đa 20 ký tự."),
    ("code", "Chỉ ghi khi hàng không có GTIN, ví dụ kt:CT-2611-0042."),
    ("net_quantity", "Số lượng của cả lô; hệ thống báo khi nhận vượt số này."),
    ("expiry_date", "Ngày ghi dạng 24/11/2026."),
)


@dataclass(frozen=True, slots=True)
class LotSheet:
    """What a sheet says: good lots, what is wrong with the others, those others as they came, unknown headings."""

    lots: tuple[dict[str, Any], ...]
    errors: tuple[RowError, ...]
    bad: tuple[tuple[int, dict[str, str]], ...]
    ignored: tuple[str, ...] = ()


def template(groups: Sequence[GoodsGroup], facilities: Sequence[tuple[str, str]], today: date) -> bytes:
    """An empty sheet with its lists to choose from, a sheet with an example, and one that tells what to write.

    ``facilities``: (id, name) of those in the register.
    """
    book = Workbook()
    page = _first(book)
    _head(page, [])
    lists = book.create_sheet(LISTS)
    lists.append(["Nhóm hàng", "Đơn vị", "Mã cơ sở", "Tên cơ sở"])
    columns = ([group.title_vi for group in groups], sorted(UNITS), [one for one, _ in facilities])
    for place, names in enumerate((*columns, [name for _, name in facilities]), 1):
        for row, text in enumerate(names, 2):
            lists.cell(row, place, safe_cell(text))
    for letter, name, names in zip("ABC", ("product_group", "unit", "facility_id"), columns, strict=True):
        _choose(page, name, f"'{LISTS}'!${letter}$2:${letter}${max(2, len(names) + 1)}")
    days = DataValidation("date", operator="greaterThan", formula1="36526", allow_blank=True, showErrorMessage=True)
    days.error = "Ghi ngày, ví dụ 24/11/2026"
    page.add_data_validation(days)
    for name in (*DATES, "document_date"):
        days.add(_below(name))
    example = book.create_sheet("Ví dụ")
    _head(example, [])
    owner = facilities[0][0] if facilities else "F2"
    told = {"facility_id": owner, "product_name": "Cải thảo (mẫu)", "gtin": "09521234600053", "lot": "MD2611-07",
            "product_group": groups[0].title_vi if groups else "", "net_quantity": 400, "unit": "kg",
            "harvest_date": today, "expiry_date": today + timedelta(days=5), "origin_country": "704"}  # fmt: skip
    example.append([told.get(name) for name in COLUMNS])
    words = book.create_sheet("Hướng dẫn")
    words.append(["Cột", "Ghi gì"])
    for name, text in HELP:
        words.append([COLUMNS[name] + (" (bắt buộc)" if name in NEEDED else ""), text])
    needing = "; ".join(group.title_vi for group in groups if group.mandatory)
    if needing:
        words.append(["Giấy tờ", f"Bắt buộc ghi số và ngày với: {needing}."])
    words.append(["Dữ liệu cá nhân", "Không ghi số điện thoại, số giấy tờ của ai: hệ thống không giữ."])
    words.column_dimensions["A"].width, words.column_dimensions["B"].width = 26, 90
    lists.column_dimensions["A"].width = lists.column_dimensions["D"].width = 30
    return _bytes(book)


def read(data: bytes, groups: Sequence[GoodsGroup], facilities: Collection[str]) -> LotSheet:
    """The lots of an XLSX; raises ``Invalid`` for what is no such sheet, is too large, or has no known headings."""
    lines = xlsx_in.lines(data, SHEET, MOST_ROWS, "lô")
    places, unknown = headings(lines[0] if lines else [], COLUMNS)
    missing = [COLUMNS[name] for name in NEEDED if name not in places.values()]
    if missing:
        raise xlsx_in.refused(f"Dòng đầu của bảng thiếu cột: {', '.join(missing)}. Dùng bảng mẫu.")
    rows: list[tuple[int, dict[str, Any]]] = []
    errors: list[RowError] = []
    raw: dict[int, dict[str, str]] = {}
    for number, cells in enumerate(lines[1:], 2):
        told = {name: cells[place] for place, name in places.items() if place < len(cells)}
        if all(cell_text(value) == "" for value in told.values()):
            continue
        raw[number] = {name: _as_text(value) for name, value in told.items()}
        row, wrong = read_row(number, told, groups, facilities)
        errors += wrong
        rows += [(number, row)] if row is not None else []
    errors += twice(rows)
    if not raw:
        raise xlsx_in.refused("Bảng chưa có dòng nào.")
    wrong_lines = {error.line for error in errors}
    good = tuple(row for line, row in rows if line not in wrong_lines)
    bad = tuple((line, raw[line]) for line in sorted(wrong_lines))
    return LotSheet(good, tuple(sorted(errors, key=lambda error: error.line)), bad, tuple(unknown))


def bad_rows(bad: Sequence[Mapping[str, Any]], errors: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows that did not go in, as they came, each with what to mend: to be corrected and sent again.

    ``bad``: [{line, cells}], ``errors``: [{line, column, expected}].
    """
    book = Workbook()
    page = _first(book)
    _head(page, [NOTES])
    for one in bad:
        words = "; ".join(f"{e['column']}: cần {e['expected']}" for e in errors if e["line"] == one["line"])
        page.append([safe_cell(cell) for cell in (*(one["cells"].get(name, "") for name in COLUMNS), words)])
    page.column_dimensions[get_column_letter(len(COLUMNS) + 1)].width = 70
    return _bytes(book)


def _as_text(value: Any) -> str:
    day = cell_day(value) if hasattr(value, "year") else None
    return day.strftime("%d/%m/%Y") if day is not None else cell_text(value)


def _first(book: Workbook) -> Worksheet:
    page = book.worksheets[0]
    page.title = SHEET
    return page


def _below(name: str) -> str:
    letter = get_column_letter(list(COLUMNS).index(name) + 1)
    return f"{letter}2:{letter}{MOST_ROWS + 1}"


def _choose(page: Worksheet, name: str, source: str) -> None:
    """A list to choose from; another value may be typed and is then told row by row."""
    rule = DataValidation("list", formula1=source, allow_blank=True, showErrorMessage=False)
    page.add_data_validation(rule)
    rule.add(_below(name))


def _head(page: Worksheet, more: list[str]) -> None:
    page.append([*COLUMNS.values(), *more])
    for place, name in enumerate((*COLUMNS, *more), 1):
        cell, letter = page.cell(1, place), get_column_letter(place)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E3E0D6")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        page.column_dimensions[letter].width = WIDE.get(name, 16)
        if name in TEXT:
            page.column_dimensions[letter].number_format = "@"
    page.freeze_panes = "A2"


def _bytes(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()
