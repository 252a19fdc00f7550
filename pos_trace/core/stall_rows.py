"""Stalls as a market's office lists them in a sheet: the columns, what each must hold, what is wrong with a row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pos_trace.core.codes.digits import checks, is_digits
from pos_trace.core.policy import GoodsGroup
from pos_trace.core.text import clean, fold

# field → heading of the sheet, in its order; the first three must be filled in
COLUMNS: Final[Mapping[str, str]] = {
    "number": "Số sạp",
    "name": "Tên sạp",
    "owner": "Chủ sạp",
    "gln": "GLN",
    "commune": "Phường/xã",
    "groups": "Nhóm hàng",
    "tax_code": "MST",
    "golive": "Ngày bắt đầu",
    "devices": "Số máy",
}
NEEDED: Final = ("number", "name", "owner")
WIDTHS: Final[Mapping[str, int]] = {"number": 40, "name": 200, "owner": 120, "commune": 120, "tax_code": 32}
GLN_LENGTH: Final = 13
MOST_DEVICES: Final = 9
MOST_ROWS: Final = 1000
_DAY: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\Z", re.ASCII)
_TAX: Final = re.compile(r"(MẪU-)?[0-9-]{4,20}\Z", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StallRow:
    """One stall of a sheet; ``line`` is its line there. ``devices``: how many phones get a card."""

    line: int
    number: str
    name: str
    owner: str
    gln: str | None = None
    commune: str = ""
    groups: tuple[str, ...] = ()
    tax_code: str | None = None
    golive: date | None = None
    devices: int = 1


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one cell: its line, its column's heading, and what was expected there."""

    line: int
    column: str
    expected: str


def headings(cells: Sequence[Any], columns: Mapping[str, str] = COLUMNS) -> tuple[dict[int, str], list[str]]:
    """Place → field of a sheet's first line, however it is spelt, and the headings nobody knows."""
    known = {fold(title): name for name, title in columns.items()}
    found: dict[int, str] = {}
    unknown = []
    for place, cell in enumerate(cells):
        title = cell_text(cell)
        name = known.get(fold(title))
        if name is not None and name not in found.values():
            found[place] = name
        elif title:
            unknown.append(title[:60])
    return found, unknown


def read_row(
    line: int, cells: Mapping[str, Any], groups: Sequence[GoodsGroup]
) -> tuple[StallRow | None, list[RowError]]:
    """The stall of ``cells`` (field → value as the sheet has it), or everything that is wrong with it."""
    told: dict[str, Any] = {"line": line}
    wrong: list[RowError] = []

    def take(name: str, value: Any, expected: str, good: bool) -> None:
        if good:
            told[name] = value
        else:
            wrong.append(RowError(line, COLUMNS[name], expected))

    for name, width in WIDTHS.items():
        text = cell_text(cells.get(name))
        short = len(text) <= width
        if name == "tax_code":
            take(name, text or None, "mã số thuế, ví dụ 0312345678", not text or bool(_TAX.match(text)))
        elif name in NEEDED:
            take(name, text, f"chữ, từ 1 đến {width} ký tự", bool(text) and short)
        else:
            take(name, text, f"chữ, tối đa {width} ký tự", short)
    gln = cell_text(cells.get("gln")).replace(" ", "")
    good = len(gln) == GLN_LENGTH and is_digits(gln) and checks(gln)
    take("gln", gln or None, "13 chữ số, đúng số kiểm tra; ô dạng chữ", not gln or good)
    named, unknown = _groups(cell_text(cells.get("groups")), groups)
    titles = ", ".join(group.title_vi for group in groups)
    take("groups", named, f"tên nhóm, cách nhau dấu chấm phẩy: {titles}", not unknown)
    day = cell_day(cells.get("golive"))
    take("golive", day, "ngày, ví dụ 24/11/2026", day is not None or not cell_text(cells.get("golive")))
    count = cell_text(cells.get("devices")) or "1"
    fits = is_digits(count) and len(count) == 1 and 1 <= int(count) <= MOST_DEVICES
    take("devices", int(count) if fits else 0, f"số từ 1 đến {MOST_DEVICES}", fits)
    return (None, wrong) if wrong else (StallRow(**told), [])


def twice(rows: Sequence[StallRow]) -> list[RowError]:
    """Stall numbers and GLNs that stand in the sheet more than once: every line but the first."""
    wrong = []
    seen: set[tuple[str, str]] = set()
    for row in rows:
        for name, value in (("number", row.number), ("gln", row.gln)):
            if value and (name, value) in seen:
                wrong.append(RowError(row.line, COLUMNS[name], f"chưa có ở dòng nào khác ({value} đã có ở trên)"))
            seen.add((name, value or ""))
    return wrong


def cell_text(cell: Any) -> str:
    """A cell as text: Excel gives whole numbers as fractions."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else clean(str(cell), 400)


def cell_day(cell: Any) -> date | None:
    """A day as a sheet has it or as people write it; None for what is none."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = cell_text(cell)
    found = _DAY.match(text)
    try:
        if found is not None:
            day, month, year = (int(part) for part in found.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        return None


def _groups(text: str, groups: Sequence[GoodsGroup]) -> tuple[tuple[str, ...], bool]:
    """Names of the groups a cell lists by title, name or a goods word of theirs; and whether one is unknown."""
    found: list[str] = []
    unknown = False
    for part in (fold(part) for part in text.split(";")):
        fits = [g.name for g in groups if part in (fold(g.name), fold(g.title_vi), *map(fold, g.synonyms))]
        if part and not fits:
            unknown = True
        found += [name for name in fits[:1] if name not in found]
    return tuple(found), unknown
