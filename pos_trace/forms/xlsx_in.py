"""Reading an XLSX that somebody sends: bounded, no formula run, anything else refused in plain words."""

from io import BytesIO
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from pos_trace.core.errors import FieldError, Invalid

MOST_BYTES: Final = 5_000_000
MOST_UNPACKED: Final = 60_000_000
MOST_COLUMNS: Final = 40


def lines(data: bytes, sheet: str, most_rows: int, what: str) -> list[tuple[Any, ...]]:
    """The rows of ``sheet``, or of the first one; at most ``most_rows`` below the headings, each a ``what``.

    Raises ``Invalid`` for what is no workbook or too large.
    """
    if len(data) > MOST_BYTES:
        raise refused("Tệp quá lớn: tối đa 5 MB.")
    try:
        with ZipFile(BytesIO(data)) as packed:
            if sum(item.file_size for item in packed.infolist()) > MOST_UNPACKED:
                raise refused("Tệp quá lớn khi mở ra.")
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        page = book[sheet] if sheet in book.sheetnames else book.worksheets[0]
        most = most_rows + 2
        found = list(page.iter_rows(max_row=most, max_col=MOST_COLUMNS, values_only=True))
        book.close()
    except Invalid:
        raise
    except (BadZipFile, KeyError, IndexError, ValueError, TypeError, AttributeError, OSError, SyntaxError):
        raise refused("Tệp này không phải bảng Excel (.xlsx).") from None
    if len(found) == most:
        raise refused(f"Bảng có quá nhiều dòng: tối đa {most_rows} {what} mỗi lần.")
    return found


def refused(detail: str) -> Invalid:
    """The whole sheet is refused."""
    return Invalid("sheet_invalid", detail, (FieldError("/file", "invalid"),))
