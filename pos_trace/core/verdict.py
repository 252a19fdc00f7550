"""The only place with the rules: code, record and origin are judged apart, then one status and one effect follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, Protocol

from pos_trace.core.goods import NO_PAPERS, PapersState
from pos_trace.core.policy import GoodsGroup, HostRule, Policy
from pos_trace.core.quantities import shown
from pos_trace.core.records import RecordAnswer, RecordsAge
from pos_trace.core.vocabulary import statuses
from pos_trace.core.vocabulary.reasons import EFFECTS, REASONS, effect_of, reason_text
from pos_trace.core.vocabulary.statuses import Status

CodeJudgement = Literal["valid", "malformed", "unknown", "none"]
RecordJudgement = Literal[
    "match", "mismatch", "absent", "unavailable", "suspended", "revoked", "recalled", "expired", "none"
]
OriginJudgement = Literal["record", "papers", "open"]
BAD_RECORDS = ("suspended", "revoked", "recalled", "expired")
LOCAL_DAY = timedelta(hours=7)  # Asia/Ho_Chi_Minh has no summer time


class CodeView(Protocol):
    """What the rules need of a scanned code (``codes.ScannedCode`` has it)."""

    @property
    def key(self) -> str | None:
        """The record's key."""

    @property
    def gtin(self) -> str | None:
        """GTIN-14."""

    @property
    def expiry(self) -> date | None:
        """The label's own expiry date."""

    @property
    def host(self) -> str | None:
        """The host in the code."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An earlier sighting of the same serial: when (as shown) and where."""

    time: str
    place: str
    far: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What this node already knows of the goods.

    ``received``: accepted so far of this lot, this line included, in the record's unit. ``expected_gtin`` and
    ``expected_group``: what the receiver said the goods are. ``seen``: the same serial before.
    """

    seen: Seen | None = None
    received: Decimal | None = None
    lot_closed: bool = False
    serial_out_of_range: bool = False
    expected_gtin: str | None = None
    expected_group: str | None = None
    wording_differs: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: stable code, effect in force, Vietnamese line, what to do."""

    code: str
    effect: str
    text: str
    next: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked, against which records, how old; never a word that accuses.

    ``stock``: effect on stock by default: sellable | held | blocked | unchecked (sellable for a while).
    ``flag``: whether the line needs an answer: "papers", "revoked" (short window) or None.
    """

    status: str
    word: str
    next: str
    sound: str
    code: CodeJudgement
    record: RecordJudgement
    origin: OriginJudgement
    reasons: tuple[Reason, ...]
    stock: str
    flag: str | None
    age: RecordsAge
    rules_version: str

    @property
    def effect(self) -> str:
        """The strongest effect among the reasons; "note" when there is none."""
        return max((reason.effect for reason in self.reasons), key=EFFECTS.index, default="note")


@dataclass(frozen=True, slots=True)
class _Judged:
    """The three judgements and what gave rise to reasons, in order."""

    code: CodeJudgement
    record: RecordJudgement
    origin: OriginJudgement
    causes: tuple[tuple[str, Mapping[str, str]], ...] = field(default=())


def decide(
    code: CodeView | None,
    answer: RecordAnswer | None,
    papers: PapersState = NO_PAPERS,
    history: History = History(),
    group: GoodsGroup | None = None,
    *,
    now: datetime,
    policy: Policy,
) -> Verdict:
    """Judge goods. ``code`` None: they carry none. ``answer`` None: nobody was asked (no code, foreign system)."""
    judged = _judge(code, answer, papers, history, now, policy)
    moved = dict(policy.effects)
    causes = dict(judged.causes) | _papers_causes(judged, papers)
    reasons = tuple(
        Reason(name, effect_of(name, moved), reason_text(name, facts), REASONS[name].next)
        for name, facts in sorted(causes.items(), key=lambda item: _order(item[0], moved))
    )
    status = status_of(judged.record, judged.origin, reasons)
    return Verdict(
        status=status.code,
        word=status.word,
        next=status.next,
        sound=status.sound,
        code=judged.code,
        record=judged.record,
        origin=judged.origin,
        reasons=reasons,
        stock=stock_effect(status, group),
        flag=_flag(status, judged),
        age=answer.age if answer is not None else RecordsAge(),
        rules_version=policy.rules_version,
    )


def status_of(record: RecordJudgement, origin: OriginJudgement, reasons: tuple[Reason, ...]) -> Status:
    """The design's table: the first row that holds."""
    effects = {reason.effect for reason in reasons}
    if "block" in effects:
        return statuses.BLOCKED
    if record == "unavailable":
        return statuses.UNCHECKED
    if origin == "open":
        return statuses.UNDETERMINED
    if "hold" in effects:
        return statuses.SET_ASIDE
    if "warn" in effects:
        return statuses.ATTENTION
    return statuses.DOCUMENTED if origin == "papers" else statuses.VERIFIED


def stock_effect(status: Status, group: GoodsGroup | None) -> str:
    """What becomes of the stock: mandatory groups wait while unchecked, others sell for a while."""
    if status is statuses.BLOCKED:
        return "blocked"
    if status is statuses.UNCHECKED:
        return "held" if group is not None and group.mandatory else "unchecked"
    return "held" if status in (statuses.UNDETERMINED, statuses.SET_ASIDE) else "sellable"


def _flag(status: Status, judged: _Judged) -> str | None:
    if status is statuses.UNDETERMINED:
        return "papers"
    return "revoked" if judged.record == "revoked" and judged.origin == "open" else None


def _judge(
    code: CodeView | None,
    answer: RecordAnswer | None,
    papers: PapersState,
    history: History,
    now: datetime,
    policy: Policy,
) -> _Judged:
    if code is None:
        return _Judged("none", "none", "papers" if papers.complete else "open")
    if answer is None or code.key is None:
        return _no_record(code, "none", papers, policy)
    if answer.state == "unavailable":
        why = answer.why or "province_silent"
        return _Judged("unknown", "unavailable", "open", ((why, {}), *_label_causes(code, now)))
    if answer.record is None:
        recall = (("recalled", {"number": answer.recall.recall_id}),) if answer.recall else ()
        if recall:
            return _Judged("unknown", "recalled", "open", recall)
        return _absent(code, answer, papers, now, policy)
    return _recorded(code, answer, papers, history, now, policy)


def _no_record(code: CodeView, record: RecordJudgement, papers: PapersState, policy: Policy) -> _Judged:
    host = host_rule(code.host, policy)
    causes: tuple[tuple[str, Mapping[str, str]], ...] = (("not_in_records", {}),)
    if host is not None and host.mode != "record":
        causes = (("foreign_system", {"platform": host.platform}),)
    return _Judged("unknown", record, "papers" if papers.complete else "open", causes)


def host_rule(host: str | None, policy: Policy) -> HostRule | None:
    """What the configuration says of a host in a code; None when it says nothing."""
    bare = (host or "").lower().split(":")[0]
    return next((rule for rule in policy.codes.hosts if rule.host == bare), None)


def _absent(code: CodeView, answer: RecordAnswer, papers: PapersState, now: datetime, policy: Policy) -> _Judged:
    age = answer.age.age_s(now)
    if age is None or age > policy.clocks.records_old_after.total_seconds():
        facts = {} if age is None else {"age": age_words(age)}
        return _Judged("unknown", "unavailable", "open", (("records_old", facts), *_label_causes(code, now)))
    judged = _no_record(code, "absent", papers, policy)
    return _Judged("unknown", "absent", judged.origin, (*judged.causes, *_label_causes(code, now)))


def _recorded(
    code: CodeView, answer: RecordAnswer, papers: PapersState, history: History, now: datetime, policy: Policy
) -> _Judged:
    record = answer.record
    assert record is not None
    causes: dict[str, Mapping[str, str]] = {}
    judgement: RecordJudgement = "match"
    if answer.recall is not None or record.status == "recalled":
        number = answer.recall.recall_id if answer.recall else record.recall_id
        causes["recalled"] = {"number": number} if number else {}
        judgement = "recalled"
    for status in ("revoked", "suspended"):
        if record.status == status:
            causes[status] = {}
            judgement = "revoked" if status == "revoked" else "suspended"
    dates = [day for day in (code.expiry, record.expiry_date) if day is not None]
    causes |= dict(_expiry_causes(min(dates), now, _near(record.product_group, policy))) if dates else {}
    if record.status == "expired":
        causes.setdefault("expired", {})
    if "expired" in causes and judgement == "match":
        judgement = "expired"
    causes |= _mismatches(record.gtin, record.product_group, record.product_name, history)
    if judgement == "match" and ("other_gtin" in causes or "other_group" in causes):
        judgement = "mismatch"
    causes |= _warnings(answer, history, now)
    origin: OriginJudgement = "record"
    if judgement == "revoked":
        origin = "papers" if papers.complete else "open"
    return _Judged("valid", judgement, origin, tuple(causes.items()))


def _mismatches(gtin: str | None, group: str | None, name: str, history: History) -> dict[str, Mapping[str, str]]:
    """Only another GTIN or another goods group is a mismatch; words never are (USERS decision 13)."""
    if history.expected_gtin and gtin and history.expected_gtin != gtin:
        return {"other_gtin": {"goods": name}}
    if history.expected_group and group and history.expected_group != group:
        return {"other_group": {"goods": name}}
    return {"wording_differs": {}} if history.wording_differs else {}


def _warnings(answer: RecordAnswer, history: History, now: datetime) -> dict[str, Mapping[str, str]]:
    causes: dict[str, Mapping[str, str]] = {}
    record = answer.record
    assert record is not None
    today = (now + LOCAL_DAY).date()
    lapsed = [c for c in (answer.facility.certificates if answer.facility else ()) if c.expires and c.expires < today]
    if lapsed:
        first = lapsed[0]
        causes["certificate_lapsed"] = {"kind": first.kind, "date": f"{first.expires:%d/%m/%Y}"}
    if record.net_quantity is not None and history.received is not None and history.received > record.net_quantity:
        unit = record.unit or ""
        declared, received = f"{shown(record.net_quantity)} {unit}", f"{shown(history.received)} {unit}"
        causes["quantity_above_lot"] = {"declared": declared.strip(), "received": received.strip()}
    if history.seen is not None:
        name = "impossible_travel" if history.seen.far else "serial_seen"
        causes[name] = {"time": history.seen.time, "place": history.seen.place}
    if history.lot_closed:
        causes["lot_closed"] = {}
    if history.serial_out_of_range:
        causes["serial_out_of_range"] = {}
    return causes


def _label_causes(code: CodeView, now: datetime) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """What the label alone shows, when no record speaks."""
    return _expiry_causes(code.expiry, now, 0) if code.expiry is not None else ()


def _expiry_causes(expiry: date, now: datetime, near: int) -> tuple[tuple[str, Mapping[str, str]], ...]:
    left = (expiry - (now + LOCAL_DAY).date()).days
    if left < 0:
        return (("expired", {"date": f"{expiry:%d/%m/%Y}"}),)
    return (("near_expiry", {"days": str(left)}),) if left <= near else ()


def _near(group: str | None, policy: Policy) -> int:
    found = policy.group(group)
    return found.near_expiry_days if found else 2


def _papers_causes(judged: _Judged, papers: PapersState) -> dict[str, Mapping[str, str]]:
    causes: dict[str, Mapping[str, str]] = {}
    if judged.origin == "open" and judged.record not in ("unavailable", *BAD_RECORDS):
        causes["papers_missing"] = {"papers": papers.missing} if papers.missing else {}
    if papers.reused:
        causes["paper_reused"] = {}
    return causes


def _order(name: str, moved: Mapping[str, str]) -> tuple[int, int]:
    """Strongest effect first, then the list's own order."""
    return -EFFECTS.index(effect_of(name, moved)), list(REASONS).index(name)


def age_words(seconds: int) -> str:
    """ "3 ngày", "5 giờ", "20 phút"."""
    if seconds >= 2 * 86400:
        return f"{seconds // 86400} ngày"
    return f"{seconds // 3600} giờ" if seconds >= 2 * 3600 else f"{seconds // 60} phút"
