"""Tables people fill in: good rows become lines, wrong cells are told by row, column and what was expected."""

from typing import Any

import pytest

from pos_trace.adapters.provinces import tables
from pos_trace.adapters.provinces.tables import AMOUNT, COLUMNS, RowError

GOOD = {
    "GTIN": "9521234600053",
    "Số lô": "MD2611-07",
    "Tên sản phẩm": "Cải thảo (mẫu)",
    "Mã cơ sở": "F2",
    "Tên cơ sở": "HTX (mẫu)",
    "Số lượng": "1.250,5",
    "ĐVT": "kg",
    "HSD": "01/12/2026",
    "Trạng thái": "Đang lưu hành",
}


def test_a_good_row_is_a_facility_and_a_lot() -> None:
    made = tables.read([GOOD])
    assert (made.errors, made.bad, made.unknown, made.rows) == ((), (), (), 1)
    facility, lot = made.lines
    assert facility == {"kind": "facility", "facility_id": "F2", "name": "HTX (mẫu)"}
    assert lot == {
        "kind": "lot",
        "key": "01/09521234600053/10/MD2611-07",
        "gtin": "09521234600053",
        "lot": "MD2611-07",
        "product_name": "Cải thảo (mẫu)",
        "facility_id": "F2",
        "net_quantity": "1250.5",
        "unit": "kg",
        "expiry_date": "2026-12-01",
        "status": "active",
    }


@pytest.mark.parametrize(
    ("column", "text", "field", "value"),
    [
        ("gtin", "9521234600053.0", "gtin", "09521234600053"),
        ("MÃ VẠCH", "9521 2346 0005 3", "gtin", "09521234600053"),
        ("Hạn sử dụng", "2026-12-01 00:00:00", "expiry_date", "2026-12-01"),
        ("NSX", "1-12-2026", "production_date", "2026-12-01"),
        ("so luong", "1250.5", "net_quantity", "1250.5"),
        ("Khối lượng", "12,5", "net_quantity", "12.5"),
        ("Trạng thái", "", "status", "active"),
        ("Trạng thái", "THU HỒI", "status", "recalled"),
        ("Trạng thái", "Đã hủy", "status", "revoked"),
    ],
)
def test_headers_and_cells_are_read_as_people_write_them(column: str, text: str, field: str, value: str) -> None:
    header = next(one.headers for one in COLUMNS if one.field == field)
    row = {name: cell for name, cell in GOOD.items() if name not in header} | {column: text}
    lot = tables.read([row]).lines[-1]
    assert lot[field] == value


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        ("GTIN", "9521234600054", ("GTIN", "8, 12, 13 hoặc 14 chữ số, đúng số kiểm tra", "9521234600054")),
        ("GTIN", "9,52E+12", ("GTIN", "8, 12, 13 hoặc 14 chữ số, đúng số kiểm tra", "9,52E+12")),
        ("GTIN", "", ("GTIN", "bắt buộc: GTIN và số lô, hoặc mã truy xuất", "")),
        ("Tên sản phẩm", " ", ("Tên sản phẩm", "bắt buộc: tên sản phẩm", "")),
        ("Mã cơ sở", "", ("Mã cơ sở", "bắt buộc: mã cơ sở", "")),
        ("HSD", "12/2026", ("Hạn sử dụng", "ngày dạng 24/11/2026", "12/2026")),
        ("HSD", "31/02/2026", ("Hạn sử dụng", "ngày dạng 24/11/2026", "31/02/2026")),
        ("Số lượng", "năm tạ", ("Số lượng", AMOUNT, "năm tạ")),
        ("Số lượng", "1.250", ("Số lượng", AMOUNT, "1.250")),
        ("Số lượng", "NaN", ("Số lượng", AMOUNT, "NaN")),
        ("Số lượng", "0", ("Số lượng", AMOUNT, "0")),
        ("ĐVT", "\x00", ("Đơn vị", "đơn vị, ví dụ kg", "\x00")),
        ("Trạng thái", "ổn", ("Trạng thái", "Đang lưu hành, Tạm dừng, Đã hủy, Thu hồi hoặc Hết hạn", "ổn")),
    ],
)
def test_a_wrong_cell_is_told_with_row_column_and_what_was_expected(column: str, text: str, told: Any) -> None:
    wrong = GOOD | {column: text}
    made = tables.read([GOOD, wrong, {"GTIN": " "}, GOOD | {"Số lô": "B"}])
    assert made.errors == (RowError(3, *told),)
    assert [row for row, _ in made.bad] == [3]
    assert [line["lot"] for line in made.lines if line["kind"] == "lot"] == ["MD2611-07", "B"]
    assert made.rows == 3


def test_every_wrong_cell_of_a_row_is_told_and_strange_headers_are_named() -> None:
    made = tables.read([GOOD | {"HSD": "x", "Số lượng": "y", "Ghi chú": "z"}])
    assert [one.column for one in made.errors] == ["Hạn sử dụng", "Số lượng"]
    assert made.unknown == ("Ghi chú",)


def test_a_lot_may_have_a_code_of_the_provinces_own_and_no_facility_name() -> None:
    made = tables.read([{"Mã truy xuất": "kt:CT-2611-0042", "Tên sản phẩm": "Rau", "Mã cơ sở": "F1"}])
    assert [line["key"] for line in made.lines] == ["kt:CT-2611-0042"]
