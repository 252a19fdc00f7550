"""The only place with the rules: code, record and origin are judged apart, then one status and one effect follow."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pos_trace.core.causes import NO_RECORD, Causes, Evidence, causes_of, host_rule
from pos_trace.core.goods import NO_PAPERS, PapersState
from pos_trace.core.judgements import (
    CodeJudgement,
    CodeView,
    History,
    OriginJudgement,
    Reason,
    RecordJudgement,
    Seen,
    Verdict,
    as_json,
    seen_before,
)
from pos_trace.core.policy import GoodsGroup, Policy
from pos_trace.core.records import RecordAnswer, RecordsAge
from pos_trace.core.vocabulary import statuses, times
from pos_trace.core.vocabulary.reasons import EFFECTS, ORDER, REASONS, effect_of, reason_text
from pos_trace.core.vocabulary.statuses import Status

__all__ = [
    "CodeView",
    "History",
    "Reason",
    "Seen",
    "Verdict",
    "as_json",
    "decide",
    "host_rule",
    "seen_before",
    "status_of",
    "stock_effect",
]

NO_HISTORY: Final = History()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the design's table; an empty set asks nothing. ``effects`` is about the strongest one."""

    status: Status
    effects: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()

    def holds(self, effect: str, record: str, origin: str) -> bool:
        """Whether what was judged is what this row asks for."""
        asked = ((self.effects, effect), (self.records, record), (self.origins, origin))
        return all(not wanted or found in wanted for wanted, found in asked)


TABLE: Final = (
    Row(statuses.BLOCKED, effects=frozenset({"block"})),
    Row(statuses.UNCHECKED, records=frozenset({"unavailable"})),
    Row(statuses.UNDETERMINED, records=NO_RECORD, origins=frozenset({"open"})),
    Row(statuses.SET_ASIDE, effects=frozenset({"hold"})),
    Row(statuses.ATTENTION, effects=frozenset({"warn"})),
    Row(statuses.DOCUMENTED, records=NO_RECORD),
    Row(statuses.VERIFIED, records=frozenset({"match"})),
    Row(statuses.SET_ASIDE),
)


def status_of(effect: str, record: str, origin: str) -> Status:
    """The first row of the design's table that holds; what no row names is set aside."""
    return next(row.status for row in TABLE if row.holds(effect, record, origin))


def stock_effect(status: Status, effect: str, group: GoodsGroup | None) -> str:
    """What becomes of the stock by the strongest effect; unchecked mandatory groups wait, others sell for a while."""
    if effect == "block":
        return "blocked"
    if effect == "hold" or status in (statuses.UNDETERMINED, statuses.SET_ASIDE):
        return "held"
    if status is statuses.UNCHECKED:
        return "held" if group is not None and group.mandatory else "unchecked"
    return "sellable"


def decide(
    code: CodeView | None,
    answer: RecordAnswer | None,
    papers: PapersState = NO_PAPERS,
    history: History = NO_HISTORY,
    group: GoodsGroup | None = None,
    *,
    now: datetime,
    policy: Policy,
) -> Verdict:
    """Judge goods. ``code`` None: they carry none. ``answer`` None: nobody was asked. ``group`` None: the record's."""
    if group is None and answer is not None and answer.record is not None:
        group = policy.group(answer.record.product_group)
    seen = Evidence(code, answer, papers, history, group, now, policy)
    record = judge_record(seen)
    origin = judge_origin(seen, record)
    causes = causes_of(seen, record, origin)
    reasons = _ordered(causes, dict(policy.effects))
    effect = reasons[0].effect if reasons else "note"
    status = status_of(effect, record, origin)
    flag = _flag(causes, papers)
    clocks = policy.clocks
    within = {"papers": clocks.report_after, "revoked": clocks.report_after_revoked}
    age = answer.age if answer is not None else RecordsAge()
    return Verdict(
        status=status.code,
        word=status.word,
        line=statuses.status_line(status, age.as_of, now),
        next=status.next,
        sound=status.sound,
        tone=status.tone,
        symbol=status.symbol,
        code=judge_code(code),
        record=record,
        origin=origin,
        reasons=reasons,
        effect=effect,
        stock=stock_effect(status, effect, group),
        flag=flag,
        answer_within=None if flag is None else max(within[flag], clocks.report_after_least),
        age=age,
        rules_version=policy.rules_version,
    )


def judge_code(code: CodeView | None) -> CodeJudgement:
    """Is the code valid? A well-formed code nobody here can look up is ``unknown``."""
    if code is None:
        return "none"
    if code.outcome != "ok":
        return "malformed"
    return "valid" if code.key else "unknown"


def judge_record(seen: Evidence) -> RecordJudgement:
    """Does the code match a record? A recall in force speaks first, whatever else is known; an absence told by
    records too old to say so is ``unavailable``; a code of another system has no record here.
    """
    if seen.recalled:
        return "recalled"
    if judge_code(seen.code) != "valid":
        return "none"
    if seen.record is not None:
        return _judge_found(seen)
    if seen.foreign:
        return "none"
    if seen.answer is None or seen.answer.state == "unavailable" or seen.too_old:
        return "unavailable"
    return "absent"


def _judge_found(seen: Evidence) -> RecordJudgement:
    record = seen.record
    assert record is not None
    if record.status == "revoked":
        return "revoked"
    if record.status == "expired" or (record.expiry_date or times.FAR) < times.local_day(seen.now):
        return "expired"
    if record.status == "suspended" or seen.suspended_facility is not None:
        return "suspended"
    return "match" if seen.mismatch is None else "mismatch"


def judge_origin(seen: Evidence, record: RecordJudgement) -> OriginJudgement:
    """Is the origin shown? By a record of these very goods, else by papers. A cancelled code shows nothing."""
    if seen.record is not None and record not in ("revoked", "mismatch", "none"):
        return "record"
    return "papers" if seen.papers.complete else "open"


def _ordered(causes: Causes, moved: dict[str, str]) -> tuple[Reason, ...]:
    """The reasons, strongest effect first, then in the list's own order."""
    effects = {name: effect_of(name, moved) for name in causes}
    return tuple(
        Reason(name, effects[name], reason_text(name, causes[name]), REASONS[name].next)
        for name in sorted(causes, key=lambda name: (-EFFECTS.index(effects[name]), ORDER[name]))
    )


def _flag(causes: Causes, papers: PapersState) -> str | None:
    """Recalled goods go to the stop-sale log and expired ones stay local: neither waits for an answer."""
    if "recalled" in causes or "expired" in causes:
        return None
    if "revoked" in causes and not papers.complete:
        return "revoked"
    return "papers" if "papers_missing" in causes else None
