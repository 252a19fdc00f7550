"""Rows of a table people filled in (CSV, XLSX: header → text) into lot, facility and recall lines; each wrong cell told
by row, column and what was expected. Good rows go in, wrong ones come back. A column may be called as in our template
or as the contract's line calls it.

Pure: who reads the file gives the rows. Row 1 is the header, so the first row of data is row 2, as the sheet shows.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from pos_trace.adapters.provinces import lines
from pos_trace.adapters.provinces.mapped import key_from, number, whole
from pos_trace.core.codes.digits import GTIN_LENGTHS, checks, gtin14, is_digits
from pos_trace.core.text import clean, fold
from pos_trace.core.vocabulary.times import VIETNAM

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
DAY: Final = "ngày dạng 24/11/2026"
LIST: Final = re.compile(r"[;\n]")
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
    Column("production_date", ("Ngày sản xuất", "NSX"), DAY, "day"),
    Column("harvest_date", ("Ngày thu hoạch",), DAY, "day"),
    Column("pack_date", ("Ngày đóng gói",), DAY, "day"),
    Column("best_before", ("Dùng tốt nhất trước",), DAY, "day"),
    Column("expiry_date", ("Hạn sử dụng", "HSD"), DAY, "day"),
    Column("net_quantity", ("Số lượng", "Khối lượng"), AMOUNT, "amount"),
    Column("unit", ("Đơn vị", "Đơn vị tính", "ĐVT"), "đơn vị, ví dụ kg"),
    Column("origin_country", ("Nước xuất xứ",), "mã nước, ví dụ VN hoặc 704"),
    Column("production_place_gln", ("GLN nơi sản xuất",), "13 chữ số"),
    Column("image_url", ("Ảnh",), "địa chỉ ảnh"),
    Column("version", ("Phiên bản",), "số nguyên không âm", "version"),
    Column("status", ("Trạng thái", "status"), "Đang lưu hành, Tạm dừng, Đã hủy, Thu hồi hoặc Hết hạn", "status"),
)
RECALL: Final = (
    Column("recall_id", ("Số thông báo",), "số của thông báo thu hồi", required=True),
    Column("reason", ("Lý do",), "lý do như thông báo ghi", required=True),
    Column("issued_at", ("Ngày thông báo",), DAY, "moment", required=True),
    Column("issuer", ("Cơ quan ra thông báo",), "tên cơ quan"),
    Column("level", ("Mức độ",), "mức độ"),
    Column("instructions", ("Hướng dẫn",), "hướng dẫn cho người mua"),
    Column("collect_at", ("Nơi thu lại",), "các nơi, cách nhau dấu chấm phẩy", "list"),
    Column("keys", ("Mã truy xuất", "key"), "mã như 01/09521234543213/10/LO-01", "list"),
    Column("gtin", ("GTIN", "Mã sản phẩm", "Mã vạch"), "8, 12, 13 hoặc 14 chữ số, đúng số kiểm tra", "gtin"),
    Column("lots", ("Số lô", "Lô", "lot"), "số lô, cách nhau dấu chấm phẩy", "list"),
    Column("version", ("Phiên bản",), "số nguyên không âm", "version"),
)
KIND: Final = ("kind", "Loại dòng")
RECALLS: Final = ("recall", "thu hoi", "thong bao thu hoi")


def read(rows: Iterable[Mapping[str, str]], columns: tuple[Column, ...] = COLUMNS, first_row: int = FIRST_ROW) -> Read:
    """Lines of ``rows``; an empty row is passed over, a row with any wrong cell stays out whole. ``first_row``: which
    row of the sheet comes first.
    """
    found: list[dict[str, Any]] = []
    errors: list[RowError] = []
    bad: list[tuple[int, Mapping[str, str]]] = []
    unknown: dict[str, None] = {}
    count = 0
    for number_, row in enumerate(rows, first_row):
        cells = {name: text for name, text in row.items() if name}
        if not any(text.strip() for text in cells.values()):
            continue
        count += 1
        recall = any(fold(cells.get(name, "")) in RECALLS for name in KIND)
        named = _by_field(cells, RECALL if recall else columns)
        unknown |= {name: None for name in cells if name not in KIND and not field_of(name, (*columns, *RECALL))}
        line, wrong = _recall(number_, named) if recall else _line(number_, named, columns)
        errors += wrong
        if wrong:
            bad.append((number_, row))
        else:
            found += _lines(line)
    return Read(tuple(found), tuple(errors), tuple(bad), tuple(unknown), count)


def _by_field(cells: Mapping[str, str], columns: tuple[Column, ...]) -> dict[str, str]:
    """Texts by our field; of two headers that mean the same field the first with a text counts."""
    named: dict[str, str] = {}
    for header, text in cells.items():
        field = field_of(header, columns)
        if field is not None and not named.get(field):
            named[field] = text.strip()
    return named


@lru_cache(maxsize=1024)
def field_of(header: str, columns: tuple[Column, ...] = (*COLUMNS, *RECALL)) -> str | None:
    """The member that a column called ``header`` holds; None for a column of somebody's own."""
    plain = fold(header)
    return next((one.field for one in columns if plain in map(fold, (one.field, *one.headers))), None)


def _recall(row: int, named: Mapping[str, str]) -> tuple[dict[str, Any], list[RowError]]:
    line, wrong = _cells(row, named, RECALL)
    told = {fault.column for fault in wrong}
    if not line.get("keys") and not (line.get("gtin") and line.get("lots")) and "GTIN" not in told:
        wrong.append(RowError(row, "Mã truy xuất", "bắt buộc: mã lô, hoặc GTIN và số lô"))
    return {"kind": "recall", "status": "active"} | line, wrong


def _cells(row: int, named: Mapping[str, str], columns: tuple[Column, ...]) -> tuple[dict[str, Any], list[RowError]]:
    """The members that ``columns`` read, and what is wrong with them."""
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
    return line, wrong


def _line(row: int, named: Mapping[str, str], columns: tuple[Column, ...]) -> tuple[dict[str, Any], list[RowError]]:
    line, wrong = _cells(row, named, columns)
    line.setdefault("key", key_from(line))
    told = {fault.column for fault in wrong}
    if not line["key"] and not told & {"GTIN", "Mã truy xuất"}:
        wrong.append(RowError(row, "GTIN", "bắt buộc: GTIN và số lô, hoặc mã truy xuất"))
    return line, wrong


def _lines(line: dict[str, Any]) -> list[dict[str, Any]]:
    if line.get("kind") == "recall":
        return [line]
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


def _moment(text: str) -> str:
    """A day on paper begins at midnight in Viet Nam; a time with its zone is kept."""
    try:
        return datetime.combine(date.fromisoformat(_day(text)), time(), VIETNAM).isoformat()
    except ValueError:
        made = datetime.fromisoformat(text)
    if made.tzinfo is None:
        raise ValueError(text)
    return made.isoformat()


def _list(text: str) -> list[str]:
    return [made for part in LIST.split(text) if (made := clean(part, LONGEST))]


def _version(text: str) -> int:
    return whole(text.removesuffix(".0"), ())


READERS: Final[dict[str, Reader]] = {
    "text": _text, "gtin": _gtin, "day": _day, "amount": _amount, "status": _status,
    "moment": _moment, "list": _list, "version": _version,
}  # fmt: skip
