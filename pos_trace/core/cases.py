"""A case is its events by two authors; its state is the pure fold of them, the same on both nodes (design)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal

from pos_trace.core.canonical import START, chain_hash
from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.policy import Clocks
from pos_trace.core.stock import Conclusion
from pos_trace.core.vocabulary.times import local_day
from pos_trace.core.vocabulary.words import ORIGIN_FINDINGS, OUTCOMES

Author = Literal["station", "province"]
AUTHORS: Final[Mapping[str, frozenset[str]]] = {
    "station": frozenset({"opened", "evidence_added", "replied", "withdrawn"}),
    "province": frozenset(
        {"received", "taken", "papers_asked", "inspected", "concluded", "transferred", "reopened", "appealed"}
    ),
}
# a person's own report: the stall is never told of it (USERS 2.5)
PERSON: Final = "person"
PRIVATE: Final = "private_report"
BINDING: Final = frozenset({"violation", "criminal"})
# the investigators tell the parties themselves; what goes on has no result to tell yet
NO_NOTICE: Final = frozenset({"criminal", "continue"})
STANDING: Final = frozenset({"concluded", "appealed"})
# in which states the station may write; "opened" begins a case
STATION_MAY: Final[Mapping[str, frozenset[str]]] = {
    "evidence_added": frozenset({"open", "sent", "received", "taken", "papers_asked", "inspected", "appealed"}),
    "replied": frozenset({"open", "sent", "received", "taken", "papers_asked", "inspected", "appealed"}),
    "withdrawn": frozenset({"open", "sent", "received"}),
}
# what a state allows the province to write next
MAY: Final[Mapping[str, frozenset[str]]] = {
    "open": frozenset({"received"}),
    "sent": frozenset({"received"}),
    "received": frozenset({"taken", "papers_asked", "transferred"}),
    "taken": frozenset({"taken", "papers_asked", "inspected", "concluded", "transferred"}),
    "papers_asked": frozenset({"taken", "papers_asked", "inspected", "concluded", "transferred"}),
    "inspected": frozenset({"taken", "papers_asked", "inspected", "concluded", "transferred"}),
    "concluded": frozenset({"appealed", "reopened"}),
    "appealed": frozenset({"reopened", "concluded"}),
    "transferred": frozenset({"taken", "reopened"}),
    "withdrawn": frozenset({"reopened"}),
}
STATE_OF: Final = {
    "received": "received",
    "taken": "taken",
    "papers_asked": "papers_asked",
    "inspected": "inspected",
    "transferred": "transferred",
    "appealed": "appealed",
    "reopened": "taken",
}


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One event. ``seq`` counts its author's events from 1; ``after``: the other author's highest it had seen."""

    case_id: str
    node: Author
    seq: int
    after: int
    actor: str
    at: datetime
    kind: str
    body: Mapping[str, Any]
    sha256: str


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands. ``wish``: a withdrawal that came after somebody had taken it; it stays visible."""

    state: str = "open"
    ack_number: str | None = None
    taken_by: str | None = None
    outcome: str | None = None
    origin_finding: str | None = None
    reason: str | None = None
    document_number: str | None = None
    document_date: str | None = None
    withdrawn: bool = False
    wish: bool = False
    replies: int = 0
    agency: str | None = None
    moved_at: datetime | None = None
    asked: tuple[str, ...] = field(default=())
    received_at: datetime | None = None
    taken_at: datetime | None = None
    concluded_at: datetime | None = None

    @property
    def goes_on(self) -> bool:
        """Whether the last conclusion was that the verification continues: not the end of the case."""
        return self.state == "concluded" and self.outcome == "continue"

    @property
    def conclusion(self) -> Conclusion | None:
        """What binds the stock: the last conclusion, also while it is appealed; a reopened case has none."""
        if self.state not in STANDING or self.outcome is None:
            return None
        return Conclusion(self.outcome, self.origin_finding or "not_examined")


def event_hash(previous: str, event: CaseEvent) -> str:
    """SHA-256 over the author's previous event's hash and this one's content."""
    return chain_hash(
        previous,
        {
            "case_id": event.case_id,
            "node": event.node,
            "seq": event.seq,
            "after": event.after,
            "actor": event.actor,
            "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "kind": event.kind,
            "body": event.body,
        },
    )


def write(
    case_id: str,
    node: Author,
    actor: str,
    at: datetime,
    kind: str,
    body: Mapping[str, Any],
    known: Sequence[CaseEvent],
) -> CaseEvent:
    """The next event of ``node``, numbered and chained behind ``known``; raises ``Invalid`` for the wrong author."""
    check_author(node, kind)
    own = [event for event in known if event.node == node]
    others = [event.seq for event in known if event.node != node]
    last = max(own, key=lambda event: event.seq, default=None)
    bare = CaseEvent(
        case_id, node, (last.seq if last else 0) + 1, max(others, default=0), actor, at, kind, dict(body), ""
    )
    return replace(bare, sha256=event_hash(last.sha256 if last else START, bare))


def check_author(node: str, kind: str) -> None:
    """Refuse an event its node may not author."""
    if kind not in AUTHORS.get(node, frozenset()):
        raise Invalid("wrong_author", f"'{kind}' không do nút này ghi.", (FieldError("/kind", "wrong_author"),))


def chained(event: CaseEvent, previous: CaseEvent | None) -> bool:
    """Whether ``event`` follows its author's ``previous`` one without gap and with the right hash."""
    start = previous.sha256 if previous else START
    return event.seq == (previous.seq if previous else 0) + 1 and event.sha256 == event_hash(start, event)


def ordered(events: Iterable[CaseEvent]) -> list[CaseEvent]:
    """One order for all nodes: an event after all its author had seen; concurrent ones province first.

    So a station's event goes before a province's exactly where the province's had seen it; what it had seen itself
    stands before it in any case. Only numbers are compared, so a part of the feeds folds as well. A second copy of
    an event changes nothing.
    """
    once = {(e.node, e.seq): e for e in sorted(events, key=lambda e: e.sha256)}.values()
    station = sorted((e for e in once if e.node == "station"), key=lambda e: e.seq)
    province = sorted((e for e in once if e.node == "province"), key=lambda e: e.seq)
    made: list[CaseEvent] = []
    i = 0
    for theirs in province:
        while i < len(station) and station[i].seq <= theirs.after:
            made.append(station[i])
            i += 1
        made.append(theirs)
    return made + station[i:]


def fold(events: Iterable[CaseEvent]) -> CaseState:
    """The state after all ``events``, whatever order they arrived in."""
    state = CaseState()
    for event in ordered(events):
        state = _apply(state, event)
    return state


def _apply(state: CaseState, event: CaseEvent) -> CaseState:
    body = event.body
    if event.kind == "opened":
        return replace(state, state="sent")
    if event.kind == "replied":
        return replace(state, replies=state.replies + 1)
    if event.kind == "withdrawn":
        if state.state in {"open", "sent", "received"}:
            return replace(state, state="withdrawn", withdrawn=True)
        return replace(state, wish=True)
    if event.kind == "concluded":
        return replace(
            state,
            state="concluded",
            outcome=str(body.get("outcome")),
            origin_finding=str(body.get("origin_finding")),
            reason=_text(body.get("reason")),
            document_number=_text(body.get("document_number")),
            document_date=_text(body.get("document_date")),
            concluded_at=event.at,
        )
    if event.kind not in STATE_OF:
        return state
    return _province_step(state, event)


def _province_step(state: CaseState, event: CaseEvent) -> CaseState:
    body = event.body
    made = replace(state, state=STATE_OF[event.kind])
    if body.get("agency"):
        made = replace(made, agency=_text(body["agency"]))
    if event.kind == "received":
        made = replace(made, ack_number=_text(body.get("ack_number")), received_at=event.at)
        return replace(made, state="withdrawn") if state.withdrawn else made
    if event.kind == "taken":
        return replace(made, taken_by=str(body.get("assignee") or event.actor), taken_at=made.taken_at or event.at)
    if event.kind == "transferred":  # to an agency of this node: it is its turn from now on
        return replace(made, moved_at=event.at if body.get("agency_id") else None, taken_by=None, taken_at=None)
    if event.kind == "reopened":  # what is looked at anew gets its days anew
        return replace(made, taken_at=event.at)
    if event.kind == "papers_asked":
        return replace(made, asked=(*made.asked, str(body.get("text", ""))))
    return made


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def may(node: str, kind: str, state: str) -> bool:
    """Whether ``node`` may write ``kind`` in a case that is in ``state``; a wrong author never may."""
    if kind not in AUTHORS.get(node, frozenset()):
        return False
    return kind in MAY.get(state, frozenset()) if node == "province" else state in STATION_MAY.get(kind, frozenset())


def check_step(state: CaseState, kind: str) -> None:
    """Refuse a province's step the case's state does not allow."""
    if not may("province", kind, state.state):
        raise Conflict("not_now", f"Vụ việc đang ở trạng thái '{state.state}', chưa làm được việc này.")


def check_conclusion(body: Mapping[str, Any]) -> None:
    """Refuse a conclusion without outcome, finding, reason, or – where words bind – document number and date."""
    wrong = []
    outcome = str(body.get("outcome"))
    if outcome not in OUTCOMES:
        wrong.append(FieldError("/outcome", "unknown"))
    if str(body.get("origin_finding")) not in ORIGIN_FINDINGS:
        wrong.append(FieldError("/origin_finding", "unknown"))
    if not str(body.get("reason") or "").strip():
        wrong.append(FieldError("/reason", "missing"))
    if outcome in BINDING or body.get("stop_order"):
        needed = ("document_number", "document_date")
        wrong += [FieldError(f"/{n}", "missing") for n in needed if not str(body.get(n) or "").strip()]
    if wrong:
        raise Invalid("conclusion_incomplete", "Kết luận cần lý do, và số, ngày văn bản khi có xử lý.", tuple(wrong))


def due_on(state: CaseState, clocks: Clocks, opened_at: datetime) -> date | None:
    """By when the next step is due: take it in a day, conclude in the legal days; None when nothing is due.

    "Tiếp tục thẩm tra, xác minh" runs on to the extended days. An appeal ends the old days: its own procedure has its
    own, which this product does not keep. A case handed to an agency of this node is due there like a new one.
    """
    if state.state in {"open", "sent", "received"}:
        return local_day(opened_at + clocks.received_within)
    if state.state in {"taken", "papers_asked", "inspected"}:
        return local_day((state.taken_at or opened_at) + clocks.conclude_within)
    if state.state == "transferred" and state.moved_at is not None:
        return local_day(state.moved_at + clocks.received_within)
    if state.goes_on:
        return local_day((state.taken_at or opened_at) + clocks.extended_within)
    return None


def notice_due(concluded_on: date, clocks: Clocks, holidays: Collection[date] = ()) -> date:
    """The working day by which the written notice goes out (3 working days; TT 27/2020, Pháp lệnh 11/2016).

    ``holidays`` besides those of ``clocks``.
    """
    return after_working_days(concluded_on, clocks.notice_within_working_days, clocks, holidays)


def after_working_days(start: date, count: int, clocks: Clocks, holidays: Collection[date] = ()) -> date:
    """The day ``count`` working days after ``start``; Saturdays, Sundays and holidays are none."""
    day, left = start, count
    while left:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays and day not in clocks.holidays:
            left -= 1
    return day
