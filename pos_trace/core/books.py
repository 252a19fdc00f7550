"""Books of a stall as tables: what any writer (spreadsheet, A4 pages) needs and nothing of where they come from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from pos_trace.core.quantities import shown
from pos_trace.core.vocabulary.times import day, moment

Cell = str | int | Decimal | date | datetime | None
DUTY_TITLE: Final = "SỔ NHẬN HÀNG – SỔ KIỂM TRA MÃ"
DUTY_LAW: Final = "Nghị định 37/2026/NĐ-CP, Điều 28 khoản 5 điểm a"
DUTY_COLUMNS: Final = (
    "Giờ nhận", "Phiếu số", "Người giao", "Hàng", "Mã hoặc lô", "Khai", "Trả lại", "Nhận",
    "Kết quả kiểm tra mã lúc nhận", "Dữ liệu tỉnh lúc", "Giấy tờ", "Lý do trả lại",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, column heads, and rows that may come one by one."""

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One received line. ``word``: the check's large word when it was received; ``now``: by now, where it differs."""

    at: datetime
    delivery: str
    supplier: str
    goods: str
    code: str
    declared: Decimal
    refused: Decimal
    unit: str
    word: str
    now: str
    records_at: datetime | None
    papers: str
    reason: str

    def cells(self) -> tuple[str, ...]:
        """As it stands in the book."""
        word = f"{self.word}; nay: {self.now}" if self.now else self.word
        accepted = self.declared - self.refused
        return (
            moment(self.at), self.delivery, self.supplier, self.goods, self.code,
            f"{shown(self.declared)} {self.unit}",
            f"{shown(self.refused)} {self.unit}" if self.refused else "",
            f"{shown(accepted)} {self.unit}",
            word, moment(self.records_at) if self.records_at else "", self.papers, self.reason,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DutyBook:
    """Sổ nhận hàng – sổ kiểm tra mã of one stall and period; ``audit``: number and hash of the chain's head."""

    stall: str
    market: str
    gln: str
    first: date
    last: date
    made_at: datetime
    rows: tuple[DutyRow, ...]
    audit: tuple[int, str]
    demo: bool = False

    @property
    def period(self) -> str:
        """``01/11/2026 – 30/11/2026``."""
        return f"{day(self.first)} – {day(self.last)}"

    def totals(self) -> tuple[tuple[str, str], ...]:
        """ "Chốt": what the book counts, in the order it is told."""
        words: dict[str, int] = {}
        for row in self.rows:
            words[row.word or "Không có mã để kiểm tra"] = words.get(row.word or "Không có mã để kiểm tra", 0) + 1
        refused = sum(1 for row in self.rows if row.refused)
        told = [("Số lượt nhận", str(len(self.rows))), ("Số phiếu nhận", str(len({r.delivery for r in self.rows})))]
        told += [(f"Kết quả: {word}", str(words[word])) for word in sorted(words)]
        told.append(("Đã từ chối", f"{refused} lô"))
        return (*told, ("Có giấy tờ kèm theo", str(sum(1 for row in self.rows if row.papers))))
