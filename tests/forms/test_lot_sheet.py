"""The sheet of lots and the sheet of labels: the empty one reads back, a label's QR is read from the drawn page."""

import io
from typing import Any

import pytest
import zxingcpp
from openpyxl import Workbook, load_workbook
from PIL import Image, ImageDraw

from pos_trace.core.codes import parse
from pos_trace.core.errors import Invalid
from pos_trace.core.lot_rows import COLUMNS
from pos_trace.forms import label_sheet, lot_sheet, sheets
from tests.conftest import NOW
from tests.forms.test_papers_pdf import Squares, pages
from tests.services.night import demo_policy

GROUPS = demo_policy().goods
OWNERS = [("F2", "HTX rau (mẫu)"), ("F3", "=Công ty (mẫu)")]
GOOD: dict[str, Any] = {"facility_id": "F2", "product_name": "Cải", "gtin": "09521234600053", "lot": "L1"}


def sheet_of(*rows: dict[str, Any], head: list[str] | None = None) -> bytes:
    book = Workbook()
    page = book.worksheets[0]
    page.append(head or list(COLUMNS.values()))
    for row in rows:
        page.append([row.get(name) for name in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_example_of_the_empty_sheet_reads_back_and_no_name_is_a_formula() -> None:
    data = lot_sheet.template(GROUPS, OWNERS, NOW.date())
    book = load_workbook(io.BytesIO(data))
    assert book["Danh mục"]["D3"].value == "'=Công ty (mẫu)"
    rules = book["Lô hàng"].data_validations.dataValidation
    assert sorted(rule.type for rule in rules) == ["date", "list", "list", "list"]
    for name in ("Lô hàng", "Danh mục", "Hướng dẫn"):
        book.remove(book[name])
    out = io.BytesIO()
    book.save(out)
    read = lot_sheet.read(out.getvalue(), GROUPS, {"F2"})
    assert (read.errors, [lot["key"] for lot in read.lots]) == ((), ["01/09521234600053/10/MD2611-07"])
    assert lot_sheet.template((), [], NOW.date()).startswith(b"PK")


def test_good_rows_are_lots_and_bad_ones_come_back_as_they_were() -> None:
    bad = GOOD | {"lot": "L 2", "expiry_date": NOW.replace(tzinfo=None), "brand": "-1"}
    read = lot_sheet.read(sheet_of(GOOD, {}, bad, GOOD), GROUPS, {"F2"})
    assert [lot["key"] for lot in read.lots] == ["01/09521234600053/10/L1"]
    assert [(error.line, error.column) for error in read.errors] == [(4, "Số lô"), (5, "Số lô")]
    told = [{"line": error.line, "column": error.column, "expected": error.expected} for error in read.errors]
    back = lot_sheet.bad_rows([{"line": line, "cells": cells} for line, cells in read.bad], told)
    rows = list(load_workbook(io.BytesIO(back)).worksheets[0].iter_rows(values_only=True))
    place = list(COLUMNS).index
    assert (rows[1][place("lot")], rows[1][place("brand")]) == ("L 2", "'-1")
    assert rows[1][place("expiry_date")] == NOW.strftime("%d/%m/%Y")
    assert str(rows[1][-1]).startswith("Số lô: cần ")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x", "không phải bảng Excel"),
        (b"x" * 5_000_001, "quá lớn"),
        (sheet_of(GOOD, head=["Tên hàng", "Ghi chú"]), "thiếu cột: Mã cơ sở"),
        (sheet_of({}), "chưa có dòng nào"),
        (sheet_of(*[{"brand": "x"}] * 2001), "quá nhiều dòng"),
    ],
    ids=["other", "large", "column", "empty", "rows"],
)
def test_what_is_no_sheet_of_lots_is_refused_whole(data: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        lot_sheet.read(data, GROUPS, {"F2"})


def test_a_label_of_the_sheet_is_read_back_and_means_its_lot(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Squares()
    monkeypatch.setattr(sheets, "FPDF", lambda **_told: paper)
    url = "https://tx.example/01/09521234600053/10/MD2611-07/21/KT-000417?17=261224"
    label = {"url": url, "product": "Cải thảo Măng Đen loại một đóng gói năm trăm gam", "lot": "MD2611-07",
             "serial": "KT-000417", "dates": "NSX 24/11/2026 · HSD 24/12/2026", "facility": "HTX (mẫu)"}  # fmt: skip
    plain = label | {"serial": None, "facility": "", "dates": "", "product": "Cải"}
    data = label_sheet.draw("Tem", [plain] * 23 + [label, plain])
    assert pages(data) == 2
    left, top = 2 * label_sheet.WIDE, 7 * label_sheet.HIGH
    mine = [(x, y, w, h) for x, y, w, h in paper.drawn if x >= left and y >= top]
    picture = Image.new("L", (800, 500), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, w, h in mine:
        pen.rectangle(((x - left) * 11, (y - top) * 11, (x - left + w) * 11, (y - top + h) * 11), fill=0)
    (code,) = zxingcpp.read_barcodes(picture)
    assert parse(code.text).key == "01/09521234600053/10/MD2611-07/21/KT-000417"
    assert max(y + h for x, y, w, h in paper.drawn) < 297
