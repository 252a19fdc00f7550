"""The sheet of stalls: the empty one reads back, bad rows come back to be mended, what is no sheet is refused."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from pos_trace.core.errors import Invalid
from pos_trace.core.stall_rows import COLUMNS
from pos_trace.forms import stall_sheet
from tests.services.night import demo_policy

GROUPS = demo_policy().goods


def sheet_of(*rows: list[Any], head: list[str] | None = None) -> bytes:
    """An XLSX with ``rows`` below the headings."""
    book = Workbook()
    page = book.worksheets[0]
    page.append(head or list(COLUMNS.values()))
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_empty_sheet_reads_back_as_its_example() -> None:
    read = stall_sheet.read(stall_sheet.template(GROUPS, date(2026, 11, 24)), GROUPS)
    assert [(row.number, row.golive, row.devices) for row in read.rows] == [("A-12", date(2026, 11, 24), 1)]
    assert (read.errors, read.ignored) == ((), ())


def test_bad_rows_come_back_with_what_to_mend_and_good_ones_do_not() -> None:
    data = sheet_of(
        ["A-1", "Rau", "Hoa"], [], ["A-2", "-Cá", ""], ["A-1", "Cá", "Ba"], ["A-3", "Thịt", "Tâm", "123"],
    )  # fmt: skip
    read = stall_sheet.read(data, GROUPS)
    assert [row.number for row in read.rows] == ["A-1"]
    told, left = stall_sheet.report(read, {"stalls": [], "errors": [{"line": 2, "column": "GLN", "expected": "x"}]})
    assert [(row["line"], row["column"]) for row in told["errors"]] == [
        (2, "GLN"), (4, "Chủ sạp"), (5, "Số sạp"), (6, "GLN"),
    ]  # fmt: skip
    assert left is not None
    rows = list(load_workbook(io.BytesIO(left)).worksheets[0].iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["Số sạp", "A-1", "A-2", "A-1", "A-3"]
    assert rows[2][-1] == "Chủ sạp: cần chữ, từ 1 đến 120 ký tự"
    assert stall_sheet.report(read, {"stalls": [], "errors": []})[1] is not None


def test_a_sheet_without_faults_leaves_nothing_and_strange_columns_are_named() -> None:
    data = sheet_of(["A-1", "Rau", "Hoa", "0905"], head=["Số sạp", "Tên sạp", "Chủ sạp", "Điện thoại"])
    read = stall_sheet.read(data, GROUPS)
    told, left = stall_sheet.report(read, {"stalls": [], "errors": []})
    assert (told["ignored"], told["errors"], left) == (["Điện thoại"], [], None)


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "không phải bảng Excel"), (b"so sap,ten", "không phải bảng Excel"),
        (zipped(x=b"1"), "không phải bảng Excel"), (zipped(bomb=b"0" * 61_000_000), "quá lớn khi mở ra"),
        (b"0" * 5_000_001, "quá lớn"), (sheet_of(head=["Tên"]), "thiếu cột: Số sạp, Tên sạp, Chủ sạp"),
    ],
    ids=["empty", "csv", "zip", "bomb", "large", "other headings"],
)  # fmt: skip
def test_what_is_no_such_sheet_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(Invalid) as error:
        stall_sheet.read(data, GROUPS)
    assert words in error.value.detail


def test_a_sheet_with_too_many_rows_is_refused() -> None:
    with pytest.raises(Invalid, match="sheet_invalid"):
        stall_sheet.read(sheet_of(*([f"A-{n}", "x", "y"] for n in range(1002))), GROUPS)
