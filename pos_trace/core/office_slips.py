"""Slips of the first days and of the market's office: first-day sheet, end of practice, THÔNG BÁO THU HỒI."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pos_trace.core.policy import Policy
from pos_trace.core.slips import RULE, Block, Place, Slip, head, marks, middle, stamp, title
from pos_trace.core.vocabulary import first_days as words
from pos_trace.core.vocabulary import times


def sheet_sentences(policy: Policy) -> dict[str, list[str]]:
    """Heading → sentences of "Máy này làm gì, không làm gì", with this node's deadlines and department."""
    told = {
        "department": policy.province.department,
        "hours": int(policy.clocks.report_after.total_seconds() // 3600),
        "months": policy.clocks.keep_months,
    }
    return {heading: [text.format(**told) for text in texts] for heading, texts in words.SHEET.items()}


def whom_to_call(policy: Policy, office: str) -> str:
    """The configured line, else the market's office by name."""
    if policy.help_line:
        return words.CALL.format(line=policy.help_line)
    return words.CALL_OFFICE.format(office=office or "ban quản lý chợ")


def first_day_slip(place: Place, sentences: Mapping[str, Sequence[str]], call: str) -> Slip:
    """The sheet for a stall that has a slip printer and nothing else."""
    blocks: list[Block] = [*marks(place), *head(place), title(words.SHEET_TITLE), RULE]
    for heading, texts in sentences.items():
        blocks.append(Block("text", heading, bold=True))
        blocks += [Block("text", f" – {text}") for text in texts]
    return Slip("first_day", (*blocks, RULE, middle(call, bold=True)))


@dataclass(frozen=True, slots=True)
class PracticeSum:
    """What a stall did while it tried things out."""

    days: int
    lines: int
    papers: int
    sent: int

    def words(self, department: str) -> str:
        """``14 ngày qua: 212 lượt nhận, 9 cần giấy tờ, 0 gửi Sở Công Thương`` (USERS part 8)."""
        return words.PRACTICE_SUM.format(
            days=self.days, lines=self.lines, papers=self.papers, sent=self.sent, department=department
        )


def practice_slip(place: Place, done: PracticeSum, policy: Policy, at: datetime) -> Slip:
    """What is printed when practice ends."""
    hours = int(policy.clocks.report_after.total_seconds() // 3600)
    rest = [Block("text", text.format(hours=hours)) for text in words.PRACTICE_NEXT]
    return Slip(
        "practice_over",
        (
            *marks(place),
            *head(place),
            title(words.PRACTICE_TITLE),
            Block("row", "", stamp(at)),
            RULE,
            Block("text", done.words(policy.province.department), bold=True),
            RULE,
            *rest,
        ),
    )


@dataclass(frozen=True, slots=True)
class RecalledGoods:
    """One lot of a notice: what it is called, its lot number, its days as the records have them."""

    name: str
    lot: str
    produced: date | None = None
    expires: date | None = None

    def words(self) -> str:
        """``Cá lăng phi lê khay 500 g, lô CL2611B``."""
        return f"{self.name}, lô {self.lot}" if self.lot else self.name

    def days(self) -> str:
        """``NSX 20/11/2026 – HSD 27/11/2026``; only what is known."""
        told = [("NSX", self.produced), ("HSD", self.expires)]
        return " – ".join(f"{name} {times.day(on)}" for name, on in told if on is not None)


@dataclass(frozen=True, slots=True)
class RecallNotice:
    """A recall in force, as the office tells it: no stall is named."""

    number: str
    issued_at: datetime
    issuer: str
    reason: str
    goods: tuple[RecalledGoods, ...]
    instructions: str = ""
    collect_at: tuple[str, ...] = ()
    help_line: str = ""


def aloud(notice: RecallNotice) -> list[str]:
    """The sentences to read over the loudspeakers."""
    named = "; ".join(one.words() for one in notice.goods)
    told = {
        "goods": named,
        "number": notice.number,
        "issuer": notice.issuer,
        "reason": notice.reason.rstrip("."),
        "instructions": _what_to_do(notice),
    }
    return [text.format(**told) for text in words.ALOUD]


def _what_to_do(notice: RecallNotice) -> str:
    return notice.instructions or words.KEEP_OR_RETURN


def recall_slip(place: Place, notice: RecallNotice) -> Slip:
    """THÔNG BÁO THU HỒI to hang up: product, lot, days, reason as the notice words it, what to do (USERS part 5)."""
    blocks: list[Block] = [*marks(place), middle(place.site), title(words.NOTICE_TITLE)]
    blocks += [middle(words.STOP_SELLING, bold=True), RULE]
    for one in notice.goods:
        blocks.append(Block("text", one.words(), bold=True, size="large"))
        if one.days():
            blocks.append(Block("text", one.days()))
    blocks += [RULE, Block("text", f"Lý do: {notice.reason}"), Block("text", _what_to_do(notice))]
    blocks += [Block("text", f"Nơi thu lại: {where}") for where in notice.collect_at]
    if notice.help_line:
        blocks.append(Block("text", f"Gọi: {notice.help_line}"))
    number = f"Thông báo số {notice.number}, ngày {times.day(times.local_day(notice.issued_at))}"
    return Slip("recall_notice", (*blocks, RULE, Block("text", number), Block("text", notice.issuer)))
