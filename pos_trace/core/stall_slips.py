"""PHIẾU CHỐT NGÀY and Giao ca: what lies open at a stall, short enough for a hand's length of paper (USERS part 5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pos_trace.core.slips import RULE, Block, Place, Slip, head, marks, stamp, title
from pos_trace.core.vocabulary import slips as words
from pos_trace.core.vocabulary import times

MOST_NAMED: Final = 5  # the rest is a number: an ordinary day fits 20 cm of 58 mm paper
ALWAYS: Final = ("closed", "open", "held", "papers", "printed", "unsure", "overrides", "withdrawn", "unsent")
# what a day counts → how the row reads
DAY_ROWS: Final[Mapping[str, str]] = {
    "closed": "Chuyến đã nhận",
    "auto_closed": " trong đó máy tự đóng",
    "open": "Chuyến chưa xong",
    "refused": "Lô trả lại người giao",
    "sales": "Phiếu bán",
    "lots_over": "Lô đã hết",
    "lots_auto": " trong đó máy tự đóng",
    "wasted": "Lần bỏ, biếu, dùng",
    "adjusted": "Phiếu điều chỉnh",
    "short": "Mặt hàng bán vượt sổ",
    "printed": "Phiếu đã in",
    "unsure": "Phiếu chưa rõ đã ra",
    "overrides": "Bán hàng để riêng",
    "withdrawn": "Báo cáo đã rút lại",
    "unsent": "Tin chưa gửi đi",
    "phones": "Lượt quét còn trên máy",
}


@dataclass(frozen=True, slots=True)
class DayEndFacts:
    """A day of one stall. ``counts`` by the names of ``DAY_ROWS``; ``held`` and ``papers``: goods, and what of them
    stands on the right (quantity; time left); ``audit``: number and hash of the log's last entry.
    """

    place: Place
    number: str
    since: datetime
    until: datetime
    counts: Mapping[str, int]
    held: Sequence[tuple[str, str]]
    papers: Sequence[tuple[str, str]]
    audit: tuple[int, str]
    closed_by: str


def day_end_slip(facts: DayEndFacts) -> Slip:
    """PHIẾU CHỐT NGÀY; rows that are 0 and say nothing then are left out."""
    counts = dict(facts.counts) | {"held": len(facts.held), "papers": len(facts.papers)}
    number, sha256 = facts.audit
    blocks: list[Block] = [
        *marks(facts.place),
        *head(facts.place)[:2],
        title(words.TITLES["day_end"]),
        Block("row", f"Số: {facts.number}", stamp(facts.until)),
        Block("text", f"Từ {times.moment(facts.since)}", size="small"),
        RULE,
        *(
            Block("row", text, f"{counts.get(name, 0)}")
            for name, text in DAY_ROWS.items()
            if counts.get(name, 0) or name in ALWAYS
        ),
        RULE,
        *_named("Đang để riêng", facts.held),
        *_named("Chờ giấy tờ", facts.papers),
        Block("text", f"Nhật ký dòng {shown_count(number)}: {sha256[:16]}", size="small"),
        Block("row", f"Người chốt: {facts.closed_by}", "Ký"),
        Block("text", " "),
    ]
    return Slip("day_end", tuple(blocks))


def shown_count(number: int) -> str:
    """``1.234``."""
    return f"{number:,}".replace(",", ".")


def _named(name: str, rows: Sequence[tuple[str, str]]) -> Iterator[Block]:
    yield Block("row", name, f"{len(rows)}", bold=True)
    for left, right in rows[:MOST_NAMED]:
        yield Block("row", f" {left}", right, size="small")
    if len(rows) > MOST_NAMED:
        yield Block("text", f" … và {len(rows) - MOST_NAMED} mục nữa, xem trên máy", size="small")


@dataclass(frozen=True, slots=True)
class HandOverFacts:
    """A shift given to the next person; ``taker`` and ``taken_at`` None while nobody took it."""

    place: Place
    giver: str
    offered_at: datetime
    taker: str | None
    taken_at: datetime | None
    deliveries: Sequence[tuple[str, str]]
    held: Sequence[tuple[str, str]]
    papers: Sequence[tuple[str, str]]
    unsent: int
    phones: int
    unsure: int


def hand_over_slip(facts: HandOverFacts) -> Slip:
    """Giao ca: what the next person finds open; both names."""
    taken = facts.taken_at
    blocks: list[Block] = [
        *marks(facts.place),
        *head(facts.place)[:2],
        title(words.TITLES["hand_over"]),
        Block("row", f"Người giao: {facts.giver}", times.clock(facts.offered_at)),
        Block("row", f"Người nhận: {facts.taker or '……………'}", times.clock(taken) if taken is not None else ""),
        Block("text", f"Ngày {times.day(times.local_day(facts.offered_at))}"),
        RULE,
        *_named("Chuyến chưa xong", facts.deliveries),
        *_named("Đang để riêng", facts.held),
        *_named("Chờ giấy tờ", facts.papers),
        Block("row", "Tin chưa gửi đi", f"{facts.unsent}"),
        Block("row", "Lượt quét còn trên máy", f"{facts.phones}"),
        Block("row", "Phiếu chưa rõ đã ra", f"{facts.unsure}"),
        RULE,
        Block("row", "Người giao ký", "Người nhận ký"),
        *[Block("text", " ")] * 2,
    ]
    return Slip("hand_over", tuple(blocks))
