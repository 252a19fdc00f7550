"""A case's events kept unchanged on either node, its row the cached fold of them; the only writer of both."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core import cases as rules
from pos_trace.core.cases import CaseEvent, CaseState
from pos_trace.core.policy import Policy
from pos_trace.core.vocabulary.times import local_day
from pos_trace.services import case_words
from pos_trace.services.node import Actor, Answer, Transaction
from pos_trace.store import counters
from pos_trace.store.models import Case, CaseEventRow, CaseLine, Evidence

DESTINATION = "department"
FEED = "case_events"
Wire = dict[str, Any]


def stamp(moment: datetime) -> str:
    """A time as events write it: UTC, microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def actor_name(who: Actor) -> str:
    """Who acts, without a name: ``kind:id``."""
    return f"{who.kind}:{who.id}"[:80]


def wire(event: CaseEvent) -> Wire:
    """The event as it travels."""
    told = {name: getattr(event, name) for name in ("case_id", "node", "seq", "after", "actor", "kind", "sha256")}
    return told | {"at": stamp(event.at), "body": dict(event.body)}


def read(told: Mapping[str, Any]) -> CaseEvent:
    """The event that travelled; raises ``ValueError`` when its time is not in the form that was hashed."""
    at = datetime.fromisoformat(str(told["at"]))
    if at.tzinfo is None or stamp(at) != told["at"]:
        raise ValueError("at")
    texts = {name: str(told[name]) for name in ("case_id", "actor", "kind", "sha256")}
    node: rules.Author = "station" if told["node"] == "station" else "province"
    return CaseEvent(node=node, seq=int(told["seq"]), after=int(told["after"]), at=at, body=told["body"], **texts)


def event_of(row: CaseEventRow) -> CaseEvent:
    """The event a row keeps."""
    node: rules.Author = "station" if row.node == "station" else "province"
    return CaseEvent(row.case_id, node, row.seq, row.after, row.actor, row.at, row.kind, row.body, row.sha256)


def events(session: Session, case: Case) -> list[CaseEvent]:
    """Every event of ``case`` this node has, in the order both nodes fold them."""
    mine = select(CaseEventRow).where(CaseEventRow.site_id == case.site_id, CaseEventRow.case_id == case.id)
    return rules.ordered([event_of(row) for row in session.scalars(mine)])


def state_of(session: Session, case: Case) -> CaseState:
    """The fold of the case's events."""
    return rules.fold(events(session, case))


def append(tx: Transaction, case: Case, kind: str, body: Mapping[str, Any]) -> CaseEvent:
    """Write this node's next event and let the other author have it."""
    author = tx.node.role
    event = rules.write(case.id, author, actor_name(tx.who), tx.now, kind, body, events(tx.session, case))
    PUBLISH[author](tx, case, event, store(tx, case, event))
    return event


def _queue(tx: Transaction, case: Case, event: CaseEvent, _: CaseEventRow) -> None:
    """A station's event goes out by its outbox."""
    tx.send(DESTINATION, FEED, case.id, {"events": [wire(event)]}, case_words.plain(event.kind, case), case.stall_id)


def _number(tx: Transaction, _: Case, __: CaseEvent, row: CaseEventRow) -> None:
    """A province's event stands in the feed the station asks for."""
    row.feed_seq = counters.next_version(tx.session, FEED)
    tx.session.flush()


PUBLISH: Final[Mapping[rules.Author, Callable[[Transaction, Case, CaseEvent, CaseEventRow], None]]] = {
    "station": _queue,
    "province": _number,
}


def store(tx: Transaction, case: Case, event: CaseEvent) -> CaseEventRow:
    """Keep ``event`` as its author wrote it and fold the case anew."""
    row = CaseEventRow(site_id=case.site_id, id=tx.id(), created_at=tx.now, case_id=case.id, node=event.node)
    row.seq, row.after, row.actor, row.at = event.seq, event.after, event.actor, event.at
    row.kind, row.body, row.sha256, row.received_at = event.kind, dict(event.body), event.sha256, tx.now
    tx.session.add(row)
    tx.session.flush()
    refold(tx, case)
    return row


def refold(tx: Transaction, case: Case) -> CaseState:
    """Write what the events say into the case's row, for lists."""
    state = state_of(tx.session, case)
    case.state, case.outcome, case.origin_finding = state.state, state.outcome, state.origin_finding
    case.ack_number = state.ack_number or case.ack_number
    case.agency_name = (state.agency or case.agency_name or "")[:200] or None
    _notice(tx, case, state)
    case.due_on = rules.due_on(state, tx.node.policy.clocks, case.opened_at)
    case.changed_at = tx.now
    tx.session.flush()
    return state


def _notice(tx: Transaction, case: Case, state: CaseState) -> None:
    """By when the written notice of the standing conclusion goes out; a new conclusion needs a new notice."""
    concluded = state.concluded_at if state.state == "concluded" and state.outcome not in rules.NO_NOTICE else None
    if concluded is None:
        case.notice_due_on = None
        return
    case.notice_due_on = rules.notice_due(local_day(concluded), tx.node.policy.clocks)
    if case.notice_sent_at is not None and case.notice_sent_at < concluded:
        case.notice_sent_at = None


def acknowledged(tx: Transaction, site_id: str, answer: Answer) -> None:
    """Keep the acknowledgement numbers the Department answered with, before its own event comes by the feed."""
    for item in answer.get("items") or ():
        case = tx.session.get(Case, (site_id, str(item.get("case_id")))) if isinstance(item, dict) else None
        number = item.get("ack_number") if case is not None else None
        if case is not None and isinstance(number, str) and case.ack_number is None:
            case.ack_number = number[:40]


def contents(session: Session, case: Case, policy: Policy) -> Answer:
    """Goods, events in folding order and numbered evidence of ``case``."""
    department = case_words.department(case, policy)
    mine = {"site_id": case.site_id, "case_id": case.id}
    lines = session.scalars(select(CaseLine).filter_by(**mine).order_by(CaseLine.id))
    files = session.scalars(select(Evidence).filter_by(**mine).order_by(Evidence.number))
    return {
        "lines": [case_words.line(row) for row in lines],
        "events": [case_words.event(event, department) for event in events(session, case)],
        "evidence": [case_words.evidence(row) for row in files],
    }


def add_evidence(
    tx: Transaction, case: Case, digest: str, media_type: str, caption: str | None, by: str
) -> tuple[Evidence, bool]:
    """Number a file in its order of receipt (bút lục); the same file keeps its number. Says whether it is new."""
    mine = (Evidence.site_id == case.site_id, Evidence.case_id == case.id)
    known = tx.session.scalars(select(Evidence).where(*mine, Evidence.sha256 == digest)).first()
    if known is not None:
        return known, False
    last = tx.session.scalar(select(func.max(Evidence.number)).where(*mine)) or 0
    row = Evidence(site_id=case.site_id, id=tx.id(), created_at=tx.now, stall_id=case.stall_id, case_id=case.id)
    row.number, row.sha256, row.media_type, row.caption, row.by = last + 1, digest, media_type, caption, by
    tx.session.add(row)
    tx.session.flush()
    return row, True
