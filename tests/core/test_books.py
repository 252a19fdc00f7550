"""The monthly book: what one line tells, what the book counts; a result by now beside the one of that night."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from pos_trace.core.books import DUTY_COLUMNS, DutyBook, DutyRow, Sheet

NIGHT = datetime(2026, 11, 23, 19, 31, tzinfo=UTC)
ROW = DutyRow(
    NIGHT, "A12-261124-003", "HTX rau (mẫu)", "Cải thảo", "01/09521234600053/10/MD2611-07", Decimal(20), Decimal(3),
    "sọt", "KHỚP HỒ SƠ", "", NIGHT, "bảng kê số 24/11", "dập hỏng",
)  # fmt: skip


def book(*rows: DutyRow) -> DutyBook:
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    return DutyBook("SẠP A-12", "Chợ (mẫu)", "9521234700036", first, last, NIGHT, rows, (7, "ab" * 32))


def told(**changed: object) -> dict[str, str]:
    """A line's cells by the heads of their columns."""
    return dict(zip(DUTY_COLUMNS, replace(ROW, **changed).cells(), strict=True))


def test_a_line_tells_when_who_what_and_how_much_in_the_markets_own_time() -> None:
    cells = told()
    assert cells["Giờ nhận"] == "02:31 24/11/2026"
    assert (cells["Khai"], cells["Trả lại"], cells["Nhận"]) == ("20 sọt", "3 sọt", "17 sọt")
    assert cells["Kết quả kiểm tra mã lúc nhận"] == "KHỚP HỒ SƠ"
    assert cells["Dữ liệu tỉnh lúc"] == "02:31 24/11/2026"


@pytest.mark.parametrize(
    ("changed", "column", "cell"),
    [
        ({"refused": Decimal(0)}, "Trả lại", ""),
        ({"records_at": None}, "Dữ liệu tỉnh lúc", ""),
        ({"now": "KHÔNG BÁN"}, "Kết quả kiểm tra mã lúc nhận", "KHỚP HỒ SƠ; nay: KHÔNG BÁN"),
    ],
)
def test_what_is_not_there_is_left_empty_and_what_changed_is_told(
    changed: dict[str, object], column: str, cell: str
) -> None:
    assert told(**changed)[column] == cell


def test_the_book_counts_results_refusals_and_papers() -> None:
    rows = (ROW, replace(ROW, refused=Decimal(0), papers=""), replace(ROW, delivery="A12-261124-004", word=""))
    assert dict(book(*rows).totals()) == {
        "Số lượt nhận": "3",
        "Số phiếu nhận": "2",
        "Kết quả: KHỚP HỒ SƠ": "2",
        "Kết quả: Không có mã để kiểm tra": "1",
        "Đã từ chối": "2 lô",
        "Có giấy tờ kèm theo": "2",
    }


def test_an_empty_month_is_a_book_too() -> None:
    assert book().period == "01/11/2026 – 30/11/2026"
    assert dict(book().totals())["Số lượt nhận"] == "0"


def test_a_sheet_takes_rows_one_by_one() -> None:
    assert list(Sheet("x", ("a",), iter([("1",)])).rows) == [("1",)]
