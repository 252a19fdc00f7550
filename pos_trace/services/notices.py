"""Written notices that are due after a conclusion: the list, the text of one, and that it went out."""

from datetime import datetime

from sqlalchemy import select

from pos_trace.core.errors import Conflict
from pos_trace.core.text import clean
from pos_trace.core.vocabulary import times
from pos_trace.services import case_log, case_words, desk_cases, inspecting, routing
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store.models import Case, Site, Stall

MOST = 500
CLEARED = (
    "Hàng hóa nêu trên đã được làm rõ nguồn gốc. Việc tạm để riêng vì lý do này kết thúc; "
    "việc này không tính vào lịch sử của sạp và của người giao."
)


def due(node: Node, who: Actor, now: datetime) -> Answer:
    """ "Thông báo phải gửi": concluded cases whose notice has not gone out, the soonest due first: ``{notices}``."""
    with node.db.read() as session:
        acts = routing.scope_of(session, node, who, now).acts()
        wanted = Case.notice_due_on.is_not(None) & Case.notice_sent_at.is_(None)
        rows = session.execute(
            select(Case, Stall, Site)
            .outerjoin(Stall, (Stall.site_id == Case.site_id) & (Stall.id == Case.stall_id))
            .outerjoin(Site, (Site.site_id == Case.site_id) & (Site.id == Case.site_id))
            .where(wanted, acts)
            .order_by(Case.notice_due_on, Case.opened_at, Case.id)
            .limit(MOST)
        ).all()
        people = desk_cases.owners(session, node, [case.assigned_to for case, _, _ in rows], now)
        today = now.astimezone(node.zone).date()
        told = []
        for case, stall, site in rows:
            state = case_log.state_of(session, case)
            late = case.notice_due_on is not None and case.notice_due_on < today
            said = {"document_number": state.document_number, "agency": state.agency}
            said |= {"outcome": state.outcome, "origin_finding": state.origin_finding}
            words = case_words.conclusion(said, case_words.department(case, node.policy))
            told.append(desk_cases.heading(node, case, people, stall, site) | {"late": late, "conclusion": words})
        return {"notices": told}


def sent(node: Node, who: Actor, site_id: str, case_id: str, how: str, now: datetime) -> Answer:
    """Mark the notice of one case as sent, and how. Raises ``Conflict`` when none is due."""
    with node.write(who, now) as tx:
        case = inspecting.own_case(tx, site_id, case_id)
        if case.notice_due_on is None or case.notice_sent_at is not None:
            raise Conflict("no_notice_due", "Vụ việc này không có thông báo phải gửi, hoặc đã gửi rồi.")
        case.notice_sent_at = now
        due_on = case.notice_due_on.isoformat()
        tx.audit("notice_sent", f"case:{case.id}", {"due_on": due_on, "how": clean(how, 200)}, case.stall_id)
        return tx.answer({"id": case.id, "notice_due_on": due_on, "notice_sent_at": case_words.when(now)})


def text(node: Node, who: Actor, site_id: str, case_id: str, now: datetime) -> Answer:
    """What the notice of a concluded case says, ready for an A4 page; the look is written down.

    Raises ``Conflict`` while the case has no standing conclusion that is told by a notice.
    """
    with node.write(who, now) as tx:
        case = routing.case_for(tx.session, node, who, site_id, case_id, now)
        state = case_log.state_of(tx.session, case)
        if case.notice_due_on is None or state.concluded_at is None:
            raise Conflict("no_notice_due", "Vụ việc này chưa có kết luận để thông báo.")
        desk_cases.looked(tx, case, "case", case.id, "Soạn thông báo")
        stall, site = tx.session.get(Stall, (site_id, case.stall_id)), tx.session.get(Site, (site_id, site_id))
        told = desk_cases.whole(tx, case)
    last = next(event for event in reversed(told["events"]) if event["kind"] == "concluded")
    cleared = state.origin_finding == "cleared" and state.outcome == "complies"
    return {
        "agency": case_words.department(case, node.policy),
        "province": node.policy.province.name,
        "case": told,
        "stall": f"{stall.name} (sạp {stall.number})" if stall else "",
        "site": site.name if site else site_id,
        "opened_on": times.day(times.local_day(case.opened_at)),
        "concluded_on": times.day(times.local_day(state.concluded_at)),
        "due_on": times.day(case.notice_due_on),
        "conclusion": last["text"],
        "reason": state.reason or "",
        "document": _document(state.document_number, state.document_date),
        "cleared": cleared,
        "cleared_text": CLEARED if cleared else "",
        "informer": case.origin == "person",
    }


def _document(number: str | None, on: str | None) -> str:
    if not number:
        return ""
    return f"số {number}" + (f" ngày {on[8:10]}/{on[5:7]}/{on[:4]}" if on else "")
