"""Lots as a cooperative lists them in a sheet: the columns, what each must hold, what is wrong with a row."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from pos_trace.core.codes.build import key_of, scheme_key
from pos_trace.core.codes.digits import GTIN_LENGTHS, checks, gtin14, is_digits
from pos_trace.core.lot_documents import ISSUED, NUMBER, SCHEME, lacks_document
from pos_trace.core.policy import GoodsGroup
from pos_trace.core.quantities import UNITS, as_text, exact, unit_of
from pos_trace.core.serial_ranges import LONGEST
from pos_trace.core.stall_rows import RowError, cell_day, cell_text
from pos_trace.core.text import fold

# field → heading of the sheet, in its order
COLUMNS: Final[Mapping[str, str]] = {
    "facility_id": "Mã cơ sở",
    "product_name": "Tên hàng",
    "product_group": "Nhóm hàng",
    "gtin": "GTIN",
    "lot": "Số lô",
    "serial": "Số sê-ri",
    "code": "Mã riêng của tỉnh",
    "net_quantity": "Số lượng",
    "unit": "Đơn vị",
    "harvest_date": "Ngày thu hoạch",
    "production_date": "Ngày sản xuất",
    "pack_date": "Ngày đóng gói",
    "best_before": "Dùng tốt nhất trước",
    "expiry_date": "Hạn sử dụng",
    "origin_country": "Mã nước xuất xứ",
    "origin_place": "Nơi sản xuất",
    "planting_area_code": "Mã vùng trồng",
    "brand": "Nhãn hiệu",
    "document": "Giấy tờ",
    "document_number": "Số giấy tờ",
    "document_date": "Ngày giấy tờ",
}
NEEDED: Final = ("facility_id", "product_name")
DATES: Final = ("harvest_date", "production_date", "pack_date", "best_before", "expiry_date")
WIDTHS: Final[Mapping[str, int]] = {
    "product_name": 300, "origin_place": 300, "planting_area_code": 80, "brand": 200, "document": 200,
    "document_number": 80,
}  # fmt: skip
MOST_ROWS: Final = 2000
DAY: Final = "ngày, ví dụ 24/11/2026"
LOT_SIGNS: Final = "1–20 ký tự, không dấu, không khoảng trắng"
COUNTRY_DIGITS: Final = 3
_SIGNS: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!\"%&'()*+,-./:;<=>?_"
)  # GS1's set 82


def read_row(
    line: int, cells: Mapping[str, Any], groups: Sequence[GoodsGroup], facilities: Collection[str]
) -> tuple[dict[str, Any] | None, list[RowError]]:
    """The lot line of ``cells`` (field → value as the sheet has it), or everything that is wrong with it."""
    told: dict[str, Any] = {"status": "active"}
    wrong: list[RowError] = []

    def take(name: str, value: Any, expected: str, good: bool) -> None:
        if not good:
            wrong.append(RowError(line, COLUMNS[name], expected))
        elif value not in (None, ""):
            told[name] = value

    for name, width in WIDTHS.items():
        text = cell_text(cells.get(name))
        least = 1 if name in NEEDED else 0
        take(name, text, f"chữ, {'từ 1 đến' if least else 'tối đa'} {width} ký tự", least <= len(text) <= width)
    owner = cell_text(cells.get("facility_id"))
    take("facility_id", owner, "mã cơ sở có trong sổ của tỉnh", owner in facilities)
    named = cell_text(cells.get("product_group"))
    group = _group(named, groups)
    take("product_group", group.name if group else None, "nhóm hàng trong danh mục", group is not None or not named)
    for name in (*DATES, "document_date"):
        day = cell_day(cells.get(name))
        take(name, day.isoformat() if day else None, DAY, day is not None or not cell_text(cells.get(name)))
    quantity, unit = exact(_number(cells.get("net_quantity"))), unit_of(cell_text(cells.get("unit")))
    amount = as_text(quantity) if quantity is not None else None
    take("net_quantity", amount, "số lớn hơn 0, tối đa ba số lẻ", bool(amount) or not _has(cells, "net_quantity"))
    take("unit", unit, f"đơn vị trong danh mục: {', '.join(list(UNITS)[:8])} …", bool(unit) or not _has(cells, "unit"))
    country = cell_text(cells.get("origin_country"))
    numeric = is_digits(country) and len(country) == COUNTRY_DIGITS
    take("origin_country", country, "mã nước ISO ba số, ví dụ 704", numeric or not country)
    _take_key(cells, take)
    made = _with_document(told)
    if lacks_document(group, made.get("standards")):
        wrong.append(RowError(line, COLUMNS["document_number"], "số và ngày của giấy tờ: nhóm hàng này bắt buộc"))
    return (None, wrong) if wrong else (made, [])


def writable(text: str) -> bool:
    """Whether ``text`` may stand in a GS1 code as a lot or a serial (GS1 General Specifications, set 82)."""
    return len(text) <= LONGEST and set(text) <= _SIGNS


def _take_key(cells: Mapping[str, Any], take: Any) -> None:
    gtin, code = cell_text(cells.get("gtin")).replace(" ", ""), cell_text(cells.get("code"))
    lot, serial = cell_text(cells.get("lot")), cell_text(cells.get("serial"))
    if not gtin and code:
        scheme, colon, rest = code.partition(":")
        good = bool(colon and rest) and scheme.isascii() and scheme.islower() and set(rest) <= _SIGNS
        take("code", None, "mã dạng kt:CT-2611-0042", good)
        take("key", scheme_key(scheme, rest) if good else None, "", True)
        return
    right = is_digits(gtin) and len(gtin) in GTIN_LENGTHS and checks(gtin)
    take("gtin", None, "8, 12, 13 hoặc 14 chữ số, đúng số kiểm tra; ô dạng chữ", right)
    take("lot", None, LOT_SIGNS, bool(lot) and writable(lot))
    take("serial", None, LOT_SIGNS, writable(serial))
    if right:
        pairs = (("01", gtin14(gtin)), ("10", lot), *((("21", serial),) if serial else ()))
        take("key", key_of(pairs), "", True)


def _with_document(told: dict[str, Any]) -> dict[str, Any]:
    document = {SCHEME: told.pop("document", ""), NUMBER: told.pop("document_number", "")}
    document[ISSUED] = told.pop("document_date", "")
    written = {name: text for name, text in document.items() if text}
    return told | ({"standards": [written]} if written else {})


def _group(text: str, groups: Sequence[GoodsGroup]) -> GoodsGroup | None:
    plain = fold(text)
    known = ((group, (group.name, group.title_vi, *group.synonyms)) for group in groups)
    return next((group for group, names in known if plain and plain in map(fold, names)), None)


def _has(cells: Mapping[str, Any], name: str) -> bool:
    return bool(cell_text(cells.get(name)))


def _number(cell: Any) -> str:
    """A number as a sheet has it: a fraction of Excel's as people read it."""
    text = f"{cell:.6f}".rstrip("0").rstrip(".") if isinstance(cell, float) else cell_text(cell)
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def twice(rows: Sequence[tuple[int, Mapping[str, Any]]]) -> list[RowError]:
    """Lots that stand in the sheet more than once: every line but the first."""
    wrong, seen = [], set()
    for line, row in rows:
        if row["key"] in seen:
            wrong.append(RowError(line, COLUMNS["lot"], "lô chưa có ở dòng nào khác của bảng"))
        seen.add(row["key"])
    return wrong
