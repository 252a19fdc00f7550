"""Tables into an XLSX workbook, row by row: no text of anybody's becomes a formula."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from pos_trace.core.books import DUTY_COLUMNS, DUTY_LAW, DUTY_TITLE, Cell, DutyBook, Sheet
from pos_trace.core.text import safe_cell
from pos_trace.core.vocabulary.times import VIETNAM

LONGEST_TEXT: Final = 32_000  # a cell of XLSX holds 32,767 signs
WIDTH: Final = 22


def write(sheets: Iterable[Sheet], out: IO[bytes]) -> None:
    """Write ``sheets`` to ``out``; each row is let go before the next is read."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.title[:31])
        page.freeze_panes = "A2"
        _widths(page, len(sheet.columns))
        page.append([_head(page, name) for name in sheet.columns])
        for row in sheet.rows:
            page.append([value(cell) for cell in row])
    book.save(out)


def duty(told: DutyBook, out: IO[bytes]) -> None:
    """Sổ nhận hàng – sổ kiểm tra mã as a workbook: the rows, then "Chốt"."""
    head: list[list[Cell]] = [
        ["Sổ", DUTY_TITLE], ["Căn cứ", DUTY_LAW], ["Sạp", told.stall], ["Chợ", told.market],
        ["Mã địa điểm", told.gln], ["Kỳ", told.period], ["Lập lúc", told.made_at],
        ["Nhật ký: dòng cuối", told.audit[0]], ["Nhật ký: SHA-256", told.audit[1]],
    ]  # fmt: skip
    if told.demo:
        head.insert(0, ["", "DỮ LIỆU MẪU – KHÔNG CÓ GIÁ TRỊ"])
    totals: list[list[Cell]] = [[name, count] for name, count in told.totals()]
    write(
        [
            Sheet("Sổ nhận hàng", DUTY_COLUMNS, (row.cells() for row in told.rows)),
            Sheet("Chốt", ("Mục", "Nội dung"), head + totals),
        ],
        out,
    )


def value(cell: Cell) -> Any:
    """What stands in the cell: numbers as numbers, times as local text's own kind, text that can start no formula."""
    if isinstance(cell, datetime):
        return cell.astimezone(VIETNAM).replace(tzinfo=None, microsecond=0)
    if cell is None or isinstance(cell, (int, Decimal, date)):
        return cell
    plain = "".join(sign for sign in cell if sign == "\t" or ord(sign) >= 32)
    return safe_cell(plain[:LONGEST_TEXT])


def _head(page: WriteOnlyWorksheet, name: str) -> Any:
    made = WriteOnlyCell(page, name)
    made.font = Font(bold=True)
    return made


def _widths(page: Any, columns: int) -> None:
    for number in range(columns):
        page.column_dimensions[chr(ord("A") + number)].width = WIDTH
