"""The rows of an XLSX somebody made, one by one: texts by their headings; a formula is the text it is written with."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl import load_workbook

from pos_trace.core.errors import Invalid

MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 200
MOST_UNPACKED: Final = 600 << 20
MOST_SHARED: Final = 64 << 20
MOST_GROWTH: Final = 200
LEAST_BOUND: Final = 16 << 20
MOST_ROW: Final = 2 << 20
READ_BYTES: Final = 1 << 20
ROW: Final = re.compile(rb"<(?:\w+:)?row[\s>/]")
NO_SHEET: Final = "Tệp này không phải bảng Excel (.xlsx), hoặc đã hỏng."
BROKEN: Final = (
    BadZipFile,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    SyntaxError,
    EOFError,
)


@dataclass
class Sheet:
    """A sheet being read. ``rows``: number as Excel shows it, texts by heading; ``done`` of ``whole`` rows."""

    rows: Iterator[tuple[int, Mapping[str, str]]]
    whole: int
    done: int = 0


@contextmanager
def opened(path: Path) -> Iterator[Sheet]:
    """The first sheet of ``path``; raises ``Invalid`` for what is none, grows too large, or has too many columns."""
    with path.open("rb") as raw, ExitStack() as done:
        try:
            with ZipFile(raw) as packed:
                _bounded(packed, path.stat().st_size)
            book = load_workbook(raw, read_only=True, data_only=False)
            done.callback(book.close)
            page = book.worksheets[0]
            sheet = Sheet(iter(()), max(1, page.max_row or 1))
        except Invalid:
            raise
        except BROKEN:
            raise _refused(NO_SHEET) from None
        sheet.rows = _rows(page, sheet)
        yield sheet


def _rows(page: Any, sheet: Sheet) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        cells = page.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS + 1, values_only=True)
        headers = [text_of(cell).strip() for cell in next(iter(cells), ())]
        if len(headers) > MOST_COLUMNS and headers[-1]:
            raise _refused(f"Bảng có quá nhiều cột: tối đa {MOST_COLUMNS}.")
        for number, row in enumerate(cells, 2):
            sheet.done = number
            yield number, {name: text_of(cell) for name, cell in zip(headers, row, strict=False) if name}
    except Invalid:
        raise
    except BROKEN:
        raise _refused(NO_SHEET) from None


def text_of(cell: Any) -> str:
    """A cell as text: whole numbers without a fraction, days and times in ISO form."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()
    return str(cell)


def _bounded(packed: ZipFile, size: int) -> None:
    """Nothing in it grows without measure, and no row is so long that one alone fills the memory."""
    inside = packed.infolist()
    grown = sum(item.file_size for item in inside)
    shared = max((item.file_size for item in inside if item.filename.endswith("sharedStrings.xml")), default=0)
    if grown > min(MOST_UNPACKED, max(LEAST_BOUND, size * MOST_GROWTH)) or shared > MOST_SHARED:
        raise _refused("Tệp nở ra quá lớn. Chia nhỏ bảng, hoặc lưu dạng CSV.")
    for item in sorted(inside, key=lambda one: one.filename):
        if item.filename.endswith(".xml"):
            _plain(packed, item)


def _plain(packed: ZipFile, item: ZipInfo) -> None:
    sheet, since, rest = "worksheets/" in item.filename, 0, b""
    with packed.open(item) as file:
        while part := file.read(READ_BYTES):
            if b"<!DOCTYPE" in rest + part or b"<!ENTITY" in rest + part:
                raise _refused(NO_SHEET)
            if sheet:
                begun = [row.start() for row in ROW.finditer(part)]
                since = len(part) - begun[-1] if begun else since + len(part)
                if since > MOST_ROW:
                    raise _refused(f"Bảng có dòng quá dài, hoặc quá nhiều cột (tối đa {MOST_COLUMNS}).")
            rest = part[-16:]


def _refused(detail: str) -> Invalid:
    return Invalid("file_invalid", detail)
