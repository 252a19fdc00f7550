"""A cooperative's rows: each cell is what its column wants, or it is told what was expected; nothing is guessed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pos_trace.core.lot_documents import document_of, lacks_document
from pos_trace.core.lot_rows import COLUMNS, read_row, twice
from pos_trace.core.policy import GoodsGroup

MEAT = GoodsGroup("thit", "Thịt", "Meat", mandatory=True)
GROUPS = (GoodsGroup("rau", "Rau, củ", "V", synonyms=("cải",)), MEAT)
KEY = "01/09521234600053/10/L1"
WHOLE: dict[str, Any] = {"facility_id": "F2", "product_name": "Cải thảo", "gtin": "09521234600053", "lot": "L1"}


def read(**told: Any) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
    row, wrong = read_row(7, WHOLE | told, GROUPS, {"F2"})
    assert all(error.line == 7 for error in wrong)
    return row, [(error.column, error.expected) for error in wrong]


def test_a_row_with_everything_is_a_lot_line() -> None:
    row, wrong = read(
        gtin=9521234600053.0, serial="S-1", product_group="cai", net_quantity=12.5, unit="ký", origin_country=704,
        harvest_date=datetime(2026, 11, 24, tzinfo=UTC), expiry_date="24/12/2026", brand="Mẫu", document="VietGAP",
        document_number="VG-1", document_date="2026-01-02",
    )  # fmt: skip
    assert wrong == []
    assert row == {
        "key": f"{KEY}/21/S-1", "facility_id": "F2", "product_name": "Cải thảo", "product_group": "rau",
        "net_quantity": "12.5", "unit": "kg", "origin_country": "704", "harvest_date": "2026-11-24",
        "expiry_date": "2026-12-24", "brand": "Mẫu", "status": "active",
        "standards": [{"scheme": "VietGAP", "number": "VG-1", "issued": "2026-01-02"}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({}, KEY),
        ({"code": "kt:CT-1"}, KEY),
        ({"gtin": None, "lot": None, "code": "kt:CT-1"}, "kt:CT-1"),
        ({"lot": "A/1"}, "01/09521234600053/10/A%2F1"),
        ({"net_quantity": "12,5"}, KEY),
        ({"net_quantity": 400}, KEY),
    ],
)
def test_gtin_and_lot_are_the_key_else_the_provinces_own_code(told: dict[str, Any], key: str) -> None:
    row, wrong = read(**told)
    assert wrong == []
    assert row is not None
    assert row["key"] == key


@pytest.mark.parametrize(
    ("told", "column"),
    [
        ({"facility_id": "F9"}, "facility_id"),
        ({"facility_id": None}, "facility_id"),
        ({"product_name": " "}, "product_name"),
        ({"product_name": "x" * 301}, "product_name"),
        ({"brand": "x" * 201}, "brand"),
        ({"product_group": "đá"}, "product_group"),
        ({"gtin": "09521234600054"}, "gtin"),
        ({"gtin": "x"}, "gtin"),
        ({"gtin": None}, "gtin"),
        ({"lot": None}, "lot"),
        ({"lot": "LÔ 1"}, "lot"),
        ({"lot": "x" * 21}, "lot"),
        ({"serial": "a b"}, "serial"),
        ({"gtin": None, "code": "CT-1"}, "code"),
        ({"gtin": None, "code": "KT:CT-1"}, "code"),
        ({"gtin": None, "code": "kt:C 1"}, "code"),
        ({"net_quantity": "nhiều"}, "net_quantity"),
        ({"net_quantity": 0}, "net_quantity"),
        ({"net_quantity": "1.2345"}, "net_quantity"),
        ({"unit": "mét khối"}, "unit"),
        ({"expiry_date": "31/02/2026"}, "expiry_date"),
        ({"document_date": "mai"}, "document_date"),
        ({"origin_country": "VN"}, "origin_country"),
        ({"origin_country": "70"}, "origin_country"),
        ({"product_group": "Thịt"}, "document_number"),
        ({"product_group": "Thịt", "document_number": "KD-1"}, "document_number"),
    ],
)
def test_a_wrong_cell_is_told_with_its_column(told: dict[str, Any], column: str) -> None:
    row, wrong = read(**told)
    assert row is None
    assert [name for name, _ in wrong] == [COLUMNS[column]]
    assert all(expected for _, expected in wrong)


def test_goods_of_a_mandatory_group_go_in_with_their_document() -> None:
    row, wrong = read(product_group="Thịt", document_number="KD-1", document_date="24/11/2026")
    assert (wrong, row is not None) == ([], True)


def test_a_lot_stands_in_a_sheet_once() -> None:
    assert [error.line for error in twice([(2, {"key": "a"}), (3, {"key": "b"}), (4, {"key": "a"})])] == [4]


@pytest.mark.parametrize(
    ("standards", "number"),
    [
        (None, None),
        ([], None),
        ([{"number": "1"}], None),
        ([{"number": "1", "issued": "hôm qua"}], None),
        ([{"issued": "2026-01-01"}], None),
        ([{"scheme": "VietGAP"}, {"number": "2", "issued": "2026-01-01"}], "2"),
    ],
)
def test_a_document_has_a_number_and_a_day(standards: Any, number: str | None) -> None:
    found = document_of(standards)
    assert (found and found["number"]) == number
    assert lacks_document(MEAT, standards) is (number is None)
    assert not lacks_document(GROUPS[0], standards)
    assert not lacks_document(None, standards)
