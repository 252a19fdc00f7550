"""A sheet's rows: each cell is what its column wants, or it is told what was expected; nothing is guessed."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pos_trace.core.policy import GoodsGroup
from pos_trace.core.stall_rows import COLUMNS, StallRow, headings, read_row, twice

GROUPS = (GoodsGroup("rau", "Rau, củ", "V", synonyms=("cải",)), GoodsGroup("ca", "Cá, thủy sản", "F", synonyms=("cá",)))
WHOLE: dict[str, Any] = {"number": "A-12", "name": "Rau Chị Hoa", "owner": "Hoa"}


def test_headings_are_known_however_they_are_spelt_and_strange_ones_are_named() -> None:
    found, unknown = headings(["  số SẠP", "Ten sap", "Chủ sạp", None, "Số điện thoại", "Số sạp"])
    assert found == {0: "number", 1: "name", 2: "owner"}
    assert unknown == ["Số điện thoại", "Số sạp"]


def test_a_row_with_everything_is_a_stall() -> None:
    told = WHOLE | {
        "gln": 9521234700036.0, "commune": "phường Kon Tum", "groups": "Rau, củ; cá; cải", "tax_code": "MẪU-0001",
        "golive": datetime(2026, 11, 24, tzinfo=UTC), "devices": 2.0,
    }  # fmt: skip
    row, wrong = read_row(2, told, GROUPS)
    assert wrong == []
    assert row == StallRow(
        2, "A-12", "Rau Chị Hoa", "Hoa", "9521234700036", "phường Kon Tum", ("rau", "ca"), "MẪU-0001",
        date(2026, 11, 24), 2,
    )  # fmt: skip


def test_a_row_with_the_three_needed_cells_is_a_stall_with_one_phone() -> None:
    assert read_row(7, WHOLE, GROUPS) == (StallRow(7, "A-12", "Rau Chị Hoa", "Hoa"), [])


@pytest.mark.parametrize("cell", [date(2026, 1, 9), "2026-01-09", "9/1/2026", "09.01.2026", "9-1-2026"])
def test_a_day_may_be_written_as_people_do(cell: object) -> None:
    row, _ = read_row(2, WHOLE | {"golive": cell}, GROUPS)
    assert row is not None
    assert row.golive == date(2026, 1, 9)


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("number", ""), ("number", None), ("number", "x" * 41), ("name", " "), ("owner", "x" * 121),
        ("commune", "x" * 121), ("gln", "9521234700037"), ("gln", "95212347"), ("gln", "９５２１２３４７０００３６"),
        ("groups", "xe máy"), ("groups", "rau; xe máy"), ("tax_code", "điện thoại 0905"), ("tax_code", "1" * 33),
        ("golive", "31/02/2026"), ("golive", "mai"), ("golive", "2026-13-01"),
        ("devices", "0"), ("devices", "10"), ("devices", "hai"), ("devices", -1), ("devices", 1.5),
    ],
)  # fmt: skip
def test_a_cell_that_is_not_what_its_column_wants_is_told_with_its_place(name: str, cell: object) -> None:
    row, wrong = read_row(5, WHOLE | {name: cell}, GROUPS)
    assert row is None
    assert [(error.line, error.column) for error in wrong] == [(5, COLUMNS[name])]
    assert wrong[0].expected


def test_everything_wrong_with_a_row_is_told_at_once() -> None:
    _, wrong = read_row(3, {"gln": "1", "devices": "x"}, GROUPS)
    assert [error.column for error in wrong] == ["Số sạp", "Tên sạp", "Chủ sạp", "GLN", "Số máy"]


def test_a_number_or_gln_that_stands_twice_is_wrong_the_second_time() -> None:
    rows = [
        StallRow(2, "A", "a", "a", "9521234700036"), StallRow(3, "A", "b", "b"),
        StallRow(4, "C", "c", "c", "9521234700036"), StallRow(5, "D", "d", "d"),
    ]  # fmt: skip
    assert [(error.line, error.column) for error in twice(rows)] == [(3, "Số sạp"), (4, "GLN")]
