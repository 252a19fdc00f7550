"""Sheets people made, and such that nobody made by hand: rows as texts, hostile ones refused."""

from datetime import date, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from pos_trace.core.errors import Invalid
from pos_trace.forms import xlsx_rows

SHEET = "xl/worksheets/sheet1.xml"


def made(path: Path, *rows: list[object]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def read(path: Path) -> list[tuple[int, dict[str, str]]]:
    with xlsx_rows.opened(path) as sheet:
        return [(number, dict(row)) for number, row in sheet.rows]


def changed(path: Path, name: str, data: bytes) -> Path:
    """The workbook with one part of it made of ``data``."""
    out = path.with_name("changed.xlsx")
    with ZipFile(path) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item.filename, data if item.filename == name else old.read(item.filename))
        if name not in old.namelist():
            new.writestr(name, data)
    return out


def test_cells_are_texts_as_the_sheet_shows_them_and_a_formula_is_none(tmp_path: Path) -> None:
    path = made(
        tmp_path / "a.xlsx",
        ["GTIN", "Tên hàng", "", "HSD", "Số lượng", "Lúc"],
        [9521234600053, "Cải thảo", "x", date(2026, 12, 1), 12.5, datetime(2026, 11, 24, 2, 31)],  # noqa: DTZ001
        [9521234600053.0, "=HYPERLINK(1)", None, None, True, None],
    )
    assert read(path) == [
        (2, {"GTIN": "9521234600053", "Tên hàng": "Cải thảo", "HSD": "2026-12-01T00:00:00", "Số lượng": "12.5",
             "Lúc": "2026-11-24T02:31:00"}),
        (3, {"GTIN": "9521234600053", "Tên hàng": "=HYPERLINK(1)", "HSD": "", "Số lượng": "True", "Lúc": ""}),
    ]  # fmt: skip
    assert load_workbook(path).worksheets[0]["B3"].data_type == "f"


def test_how_far_it_got_can_be_told(tmp_path: Path) -> None:
    with xlsx_rows.opened(made(tmp_path / "a.xlsx", ["a"], ["1"], ["2"])) as sheet:
        assert (sheet.whole, sheet.done) == (3, 0)
        list(sheet.rows)
        assert sheet.done == 3


def test_an_empty_sheet_has_no_rows(tmp_path: Path) -> None:
    assert read(made(tmp_path / "a.xlsx")) == []


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"a,b\n1,2\n"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    with pytest.raises(Invalid, match="không phải bảng Excel"):
        read(path)


def sheet_of(row: bytes) -> bytes:
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return start + row + b"</sheetData></worksheet>"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("xl/sharedStrings.xml", b" " * (65 << 20), "nở ra quá lớn"),
        (SHEET, sheet_of(b'<row r="1">' + b'<c t="n"/>' * 1_000_000 + b"</row>"), "quá nhiều cột"),
        (SHEET, b'<!DOCTYPE x [<!ENTITY a "b">]>' + sheet_of(b""), "không phải bảng Excel"),
        (SHEET, sheet_of(b'<row r="x"><c t="n"><v>1</v></c></row>'), "không phải bảng Excel"),
        (SHEET, b"<worksheet>", "không phải bảng Excel"),
        ("[Content_Types].xml", b"<Types/>", "không phải bảng Excel"),
    ],
    ids=["bomb", "million", "doctype", "row", "cut", "types"],
)
def test_what_nobody_made_by_hand_is_refused(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    path = changed(made(tmp_path / "a.xlsx", ["a"], ["1"]), name, data)
    with pytest.raises(Invalid, match=said):
        read(path)


def test_more_columns_than_anybody_needs_are_refused_and_a_far_row_costs_nothing(tmp_path: Path) -> None:
    wide = made(tmp_path / "a.xlsx", [f"c{number}" for number in range(xlsx_rows.MOST_COLUMNS + 1)])
    with pytest.raises(Invalid, match="quá nhiều cột"):
        read(wide)
    far = sheet_of(b'<row r="1"><c r="A1" t="n"><v>1</v></c></row><row r="99999999999"><c t="n"><v>2</v></c></row>')
    with xlsx_rows.opened(changed(made(tmp_path / "b.xlsx", ["a"]), SHEET, far)) as sheet:
        assert next(sheet.rows)[1] == {"1": ""}
