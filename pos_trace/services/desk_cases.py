"""What every verb of the desk shares: a case in its authority's words, the step that writes an event, the look."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Db

from pos_trace.core import cases as rules
from pos_trace.core.cases import CaseEvent
from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.text import clean
from pos_trace.core.vocabulary.times import local_day
from pos_trace.services import case_log, case_words, routing
from pos_trace.services.node import Answer, Node, Transaction
from pos_trace.store import counters
from pos_trace.store.models import AccessEntry, Agency, Case, CaseDraft, Membership, Session, Site, Stall, User

ACCESS: Final = "access"
ABSENT_AFTER_WORKING_DAYS: Final = 1  # USERS 2.5: no case invisible for longer
MOST_TEXT: Final = 2000
VALUE_WORDS: Final = {"listed": "số lượng × giá niêm yết", "seller": "người bán ước tính"}
ORIGIN_WORDS: Final = {
    "automatic": "Máy tự ghi nhận",
    "person": "Phản ánh riêng",
    "desk_check": "Chọn kiểm tra ngẫu nhiên",
}

People = dict[str, tuple[str, bool]]  # id → name, away


def step(tx: Transaction, case: Case, kind: str, body: dict[str, Any], seen: int | None) -> None:
    """Write the next event of ``case``. ``seen``: how many events the page showed, None when nobody looked.

    Raises ``Conflict``: the state does not allow it, or somebody wrote in between (the last writer never wins
    silently).
    """
    events = case_log.events(tx.session, case)
    rules.check_step(rules.fold(events), kind)
    if seen is not None and seen != len(events):
        raise changed(events)
    _settle_draft(tx, case, kind)
    event = case_log.append(tx, case, kind, body)
    tx.audit(f"case_{kind}", f"case:{case.id}", {"seq": event.seq, "sha256": event.sha256}, case.stall_id)


def _settle_draft(tx: Transaction, case: Case, kind: str) -> None:
    """A proposal does not outlive the case it was made for."""
    row = draft_row(tx.session, tx.node, case) if kind in ("concluded", "transferred") else None
    if row is not None and row.state == "proposed":
        row.state, row.decided_by, row.decided_at = "sent_back", tx.who.id, tx.now
        row.remark = f"Không còn cần: {case_words.EVENT_WORDS[kind]}"


def changed(events: Sequence[CaseEvent]) -> Conflict:
    """What somebody reads who acts on an old page."""
    words = case_words.EVENT_WORDS.get(events[-1].kind, events[-1].kind)
    text = f"Vụ việc vừa có thêm diễn biến: {words}. Xem lại rồi làm tiếp; chữ đã gõ còn nguyên."
    return Conflict("changed_meanwhile", text)


def looked(tx: Transaction, case: Case, subject: str, subject_id: str, ground: str) -> None:
    """Write a look down for the stall ("Ai đã xem"): who, at what, on which ground; at a private report for the
    Department's own eyes only.
    """
    row = AccessEntry(site_id=tx.node.id, id=tx.id(), created_at=tx.now, subject=subject)
    row.actor, row.subject_id = f"{tx.who.name} ({case_log.actor_name(tx.who)})"[:120], subject_id[:80]
    row.ground = clean(ground, 200) or f"Xử lý vụ việc {case.ack_number or ''}".strip()
    row.detail = {"site_id": case.site_id, "name": tx.who.name, "agency": agency_name(tx.session, tx.node, case)}
    if case.origin != rules.PERSON:
        row.stall_id, row.feed_seq = case.stall_id, counters.next_version(tx.session, ACCESS)
    tx.session.add(row)


def needed(text: str, name: str, most: int = MOST_TEXT) -> str:
    """``text`` made clean; raises ``Invalid`` when nothing is left."""
    found = clean(text, most)
    if not found:
        raise Invalid("text_missing", "Cần viết nội dung.", (FieldError(f"/{name}", "missing"),))
    return found


def day(text: Any, name: str, words: str) -> str | None:
    """An ISO day as text, None when nothing was told; raises ``Invalid`` with ``words`` for what is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(str(text)).isoformat()
    except ValueError:
        raise Invalid("day_invalid", f"{words} chưa đúng.", (FieldError(f"/{name}", "invalid"),)) from None


def owners(session: Db, node: Node, assigned: Iterable[str | None], now: datetime) -> People:
    """Per assigned person: name, and whether they are away – gone, or not here for more than one working day."""
    ids = sorted({user_id for user_id in assigned if user_id})
    seen = select(Session.user_id, func.max(Session.last_used_at)).where(Session.site_id == node.id)
    latest = session.execute(seen.where(Session.user_id.in_(ids)).group_by(Session.user_id))
    last = {row[0]: row[1] for row in latest}
    people = session.scalars(select(User).where(User.site_id == node.id, User.id.in_(ids)))
    found = {}
    for user in people:
        away = not user.active or _too_long(last.get(user.id), node, now)
        found[user.id] = (user.name, away)
    return found


def _too_long(last: datetime | None, node: Node, now: datetime) -> bool:
    if last is None:
        return False
    return rules.after_working_days(local_day(last), ABSENT_AFTER_WORKING_DAYS, node.policy.clocks) < local_day(now)


def unattended(assigned: str | None, people: People) -> bool:
    """Whether nobody has taken a case, or who took it is away."""
    return assigned is None or people.get(assigned, ("", False))[1]


def heading(node: Node, case: Case, people: People, stall: Stall | None, site: Site | None) -> Answer:
    """A case in the desk's list. ``unattended``: nobody has taken it, or who took it is away."""
    name, _ = people.get(case.assigned_to or "", ("", False))
    value = (
        {"dong": case.value_dong, "source": case.value_source, "source_text": VALUE_WORDS[case.value_source]}
        if (case.value_dong is not None and case.value_source in VALUE_WORDS)
        else None
    )
    return case_words.summary(case, node.policy) | {
        "site_id": case.site_id,
        "site": site.name if site else case.site_id,
        "stall": {"id": case.stall_id, "number": stall.number if stall else "", "name": stall.name if stall else ""},
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "assigned_to": case.assigned_to,
        "assigned_name": name,
        "unattended": unattended(case.assigned_to, people),
        "origin": case.origin,
        "origin_text": ORIGIN_WORDS.get(case.origin, ""),
        "vehicle_plate": case.vehicle_plate,
        "goods_group": case.goods_group,
        "agency": case_words.department(case, node.policy),
        "value": value,
        "notice_due_on": case.notice_due_on.isoformat() if case.notice_due_on else None,
        "notice_sent_at": case_words.when(case.notice_sent_at) if case.notice_sent_at else None,
    }


def whole(tx: Transaction, case: Case) -> Answer:
    """One case with goods, events, evidence, the draft that waits, and what may be done next."""
    session, node = tx.session, tx.node
    state = case_log.state_of(session, case)
    stall, site = session.get(Stall, (case.site_id, case.stall_id)), session.get(Site, (case.site_id, case.site_id))
    told = case_log.contents(session, case, node.policy)
    can = routing.scope_of(session, node, tx.who, tx.now).decides(case)
    steps = rules.MAY[state.state] - ({"papers_asked"} if case.origin == rules.PERSON else set())
    return (
        heading(node, case, owners(session, node, [case.assigned_to], tx.now), stall, site)
        | told
        | {
            "next_steps": sorted(steps) if can else [],
            "withdrawal_wish": state.wish,
            "withdrawn_once": state.withdrawn,
            "taken_by": state.taken_by,
            "seen": len(told["events"]),
            "draft": draft(session, node, case),
            "colleagues": colleagues(session, node, case),
        }
    )


def colleagues(session: Db, node: Node, case: Case) -> list[Answer]:
    """The inspectors of the case's authority, to whom it may be given."""
    mine = (
        select(User.id, User.name)
        .join(Membership, (Membership.site_id == User.site_id) & (Membership.user_id == User.id))
        .where(User.site_id == node.id, User.active, Membership.role == "inspector", Membership.ends_at.is_(None))
        .where(Membership.agency_id == case.agency_id)
        .order_by(User.name, User.id)
        .distinct()
    )
    return [{"id": user_id, "name": name} for user_id, name in session.execute(mine)]


def draft(session: Db, node: Node, case: Case) -> Answer | None:
    """The conclusion that waits for a second pair of eyes, or the one sent back last; None when neither is."""
    row = draft_row(session, node, case)
    if row is None or row.state == "approved":
        return None
    proposer = session.get(User, (node.id, row.proposed_by))
    return {
        "id": row.id,
        "state": row.state,
        "body": dict(row.body),
        "proposed_by": row.proposed_by,
        "proposer": proposer.name if proposer else str(row.body.get("officer", "")),
        "at": case_words.when(row.created_at),
        "remark": row.remark,
        "text": case_words.conclusion(row.body, case_words.department(case, node.policy)),
    }


def draft_row(session: Db, node: Node, case: Case) -> CaseDraft | None:
    """The newest draft of ``case``."""
    mine = select(CaseDraft).where(
        CaseDraft.site_id == node.id, CaseDraft.case_site_id == case.site_id, CaseDraft.case_id == case.id
    )
    return session.scalars(mine.order_by(CaseDraft.created_at.desc(), CaseDraft.id.desc()).limit(1)).first()


def agency_name(session: Db, node: Node, case: Case) -> str:
    """The name the stall reads for the authority that has the case."""
    return routing.name_of(node, session.get(Agency, (node.id, case.agency_id)) if case.agency_id else None)


def late(case: Case, node: Node, now: datetime) -> bool:
    """Whether the due day has passed."""
    return case.due_on is not None and case.due_on < now.astimezone(node.zone).date()
