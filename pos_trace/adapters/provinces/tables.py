"""Rows of a table people filled in (CSV, XLSX: header → text) into lot lines; each wrong cell told by row, column and
what was expected. Good rows go in, wrong ones come back.

Pure: who reads the file gives the rows. Row 1 is the header, so the first row of data is row 2, as the sheet shows.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from pos_trace.adapters.provinces import lines
from pos_trace.adapters.provinces.mapped import key_from, number
from pos_trace.core.codes.digits import GTIN_LENGTHS, checks, gtin14, is_digits
from pos_trace.core.text import clean, fold

FIRST_ROW: Final = 2
DATE_FORMS: Final = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")
MIDNIGHT: Final = re.compile(r"[T ]00:00(:00(\.0+)?)?$")
STATUSES: Final = {
    "": "active",
    "dang luu hanh": "active",
    "luu hanh": "active",
    "active": "active",
    "tam dung": "suspended",
    "suspended": "suspended",
    "da huy": "revoked",
    "huy": "revoked",
    "revoked": "revoked",
    "thu hoi": "recalled",
    "recalled": "recalled",
    "het han": "expired",
    "expired": "expired",
}
THOUSANDS: Final = re.compile(r"\d{1,3}(\.\d{3})+")
AMOUNT: Final = "số dương, ví dụ 500,5; một nghìn hai trăm năm mươi viết 1250"
LONGEST: Final = 300
Reader = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class RowError:
    """A cell that cannot stay so. ``row`` as the sheet counts; ``expected`` in Vietnamese; ``found``: its text."""

    row: int
    column: str
    expected: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What came of a table. ``lines``: lot and facility lines with their ``kind``, not numbered; ``bad``: the rows that
    stay out, as they were; ``unknown``: headers nobody reads.
    """

    lines: tuple[dict[str, Any], ...] = ()
    errors: tuple[RowError, ...] = ()
    bad: tuple[tuple[int, Mapping[str, str]], ...] = ()
    unknown: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``headers``: what it may be called, accents and case aside; the first is the template's."""

    field: str
    headers: tuple[str, ...]
    expected: str = "chữ"
    reader: str = "text"
    required: bool = False


COLUMNS: Final = (
    Column("key", ("Mã truy xuất", "key"), "mã như 01/09521234543213/10/LO-01"),
    Column("gtin", ("GTIN", "Mã sản phẩm", "Mã vạch"), "8, 12, 13 hoặc 14 chữ số, đúng số kiểm tra", "gtin"),
    Column("lot", ("Số lô", "Lô", "lot"), "số lô"),
    Column("serial", ("Số sê-ri", "Sê-ri", "serial"), "số sê-ri"),
    Column("product_name", ("Tên sản phẩm", "Tên hàng", "product_name"), "tên sản phẩm", required=True),
    Column("product_group", ("Nhóm hàng", "product_group"), "nhóm hàng"),
    Column("brand", ("Nhãn hiệu", "Thương hiệu", "brand"), "nhãn hiệu"),
    Column("facility_id", ("Mã cơ sở", "facility_id"), "mã cơ sở", required=True),
    Column("facility.name", ("Tên cơ sở", "Cơ sở sản xuất"), "tên cơ sở"),
    Column("facility.tax_code", ("Mã số thuế", "MST"), "mã số thuế"),
    Column("facility.address", ("Địa chỉ cơ sở", "Địa chỉ"), "địa chỉ"),
    Column("facility.commune", ("Xã", "Xã, phường"), "xã, phường"),
    Column("facility.province", ("Tỉnh", "Tỉnh, thành phố"), "tỉnh, thành phố"),
    Column("origin_place", ("Nơi sản xuất", "Xuất xứ", "origin_place"), "nơi sản xuất"),
    Column("planting_area_code", ("Mã số vùng trồng", "Mã vùng trồng"), "mã số vùng trồng"),
    Column("production_date", ("Ngày sản xuất", "NSX"), "ngày dạng 24/11/2026", "day"),
    Column("harvest_date", ("Ngày thu hoạch",), "ngày dạng 24/11/2026", "day"),
    Column("pack_date", ("Ngày đóng gói",), "ngày dạng 24/11/2026", "day"),
    Column("best_before", ("Dùng tốt nhất trước",), "ngày dạng 24/11/2026", "day"),
    Column("expiry_date", ("Hạn sử dụng", "HSD"), "ngày dạng 24/11/2026", "day"),
    Column("net_quantity", ("Số lượng", "Khối lượng"), AMOUNT, "amount"),
    Column("unit", ("Đơn vị", "Đơn vị tính", "ĐVT"), "đơn vị, ví dụ kg"),
    Column("status", ("Trạng thái", "status"), "Đang lưu hành, Tạm dừng, Đã hủy, Thu hồi hoặc Hết hạn", "status"),
)


def read(rows: Iterable[Mapping[str, str]], columns: tuple[Column, ...] = COLUMNS) -> Read:
    """Lines of ``rows``; an empty row is passed over, a row with any wrong cell stays out whole."""
    found: list[dict[str, Any]] = []
    errors: list[RowError] = []
    bad: list[tuple[int, Mapping[str, str]]] = []
    unknown: dict[str, None] = {}
    count = 0
    for number_, row in enumerate(rows, FIRST_ROW):
        cells = {name: text for name, text in row.items() if name}
        if not any(text.strip() for text in cells.values()):
            continue
        count += 1
        named, strangers = _by_field(cells, columns)
        unknown |= dict.fromkeys(strangers)
        line, wrong = _line(number_, named, columns)
        errors += wrong
        if wrong:
            bad.append((number_, row))
        else:
            found += _lines(line)
    return Read(tuple(found), tuple(errors), tuple(bad), tuple(unknown), count)


def _by_field(cells: Mapping[str, str], columns: tuple[Column, ...]) -> tuple[dict[str, str], list[str]]:
    """Texts by our field; headers that are none of ours."""
    fields = {fold(header): column.field for column in columns for header in column.headers}
    named = {fields[fold(header)]: text.strip() for header, text in cells.items() if fold(header) in fields}
    return named, [header for header in cells if fold(header) not in fields]


def _line(row: int, named: Mapping[str, str], columns: tuple[Column, ...]) -> tuple[dict[str, Any], list[RowError]]:
    line: dict[str, Any] = {}
    wrong: list[RowError] = []
    for column in columns:
        text = named.get(column.field, "")
        if not text and column.reader != "status":
            if column.required:
                wrong.append(RowError(row, column.headers[0], f"bắt buộc: {column.expected}"))
            continue
        try:
            line[column.field] = READERS[column.reader](text)
        except (ValueError, KeyError):
            wrong.append(RowError(row, column.headers[0], column.expected, text[:80]))
    line.setdefault("key", key_from(line))
    told = {fault.column for fault in wrong}
    if not line["key"] and not told & {"GTIN", "Mã truy xuất"}:
        wrong.append(RowError(row, "GTIN", "bắt buộc: GTIN và số lô, hoặc mã truy xuất"))
    return line, wrong


def _lines(line: dict[str, Any]) -> list[dict[str, Any]]:
    facility = {name.removeprefix("facility."): text for name, text in line.items() if name.startswith("facility.")}
    lot = {"kind": "lot"} | {name: value for name, value in line.items() if not name.startswith("facility.")}
    lines.lot(lot | {"version": 0})
    if not facility.get("name"):
        return [lot]
    return [{"kind": "facility", "facility_id": lot["facility_id"]} | facility, lot]


def _text(text: str) -> str:
    made = clean(text, LONGEST)
    if not made:
        raise ValueError(text)
    return made


def _gtin(text: str) -> str:
    """Sheets write numbers with a ``.0`` behind, or round them: the second cannot be mended."""
    digits = text.replace(" ", "").removesuffix(".0")
    if not is_digits(digits) or len(digits) not in GTIN_LENGTHS or not checks(digits):
        raise ValueError(text)
    return gtin14(digits)


def _day(text: str) -> str:
    bare = MIDNIGHT.sub("", text)
    for form in DATE_FORMS:
        try:
            return datetime.strptime(bare, form).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValueError(text)


def _amount(text: str) -> str:
    """``1.250`` is a thousand and more to one person and little more than one to another: nobody guesses."""
    if THOUSANDS.fullmatch(text):
        raise ValueError(text)
    try:
        made = Decimal(number(text.replace(" ", "")))
    except InvalidOperation:
        raise ValueError(text) from None
    if not made.is_finite() or made <= 0:
        raise ValueError(text)
    return f"{made:f}"


def _status(text: str) -> str:
    return STATUSES[fold(text)]


READERS: Final[dict[str, Reader]] = {
    "text": _text, "gtin": _gtin, "day": _day, "amount": _amount, "status": _status,
}  # fmt: skip
