"""The inspector's desk: the queue, a case with its evidence, and the steps that end in a conclusion."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core import cases as rules
from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.text import clean
from pos_trace.services import case_log, case_words
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import AccessEntry, Case, CaseLine, Evidence, Site, Stall

FINISHED = ("concluded", "withdrawn", "transferred")
NO_CASE = "Không tìm thấy vụ việc."
MOST = 500


def queue(node: Node, state: str | None, now: datetime) -> Answer:
    """Cases by due date, the overdue first; without ``state`` those that still wait: ``{cases, counts}``."""
    wanted = Case.state == state if state else Case.state.not_in(FINISHED)
    with node.db.read() as session:
        rows = session.execute(
            select(Case, Stall, Site)
            .outerjoin(Stall, (Stall.site_id == Case.site_id) & (Stall.id == Case.stall_id))
            .outerjoin(Site, (Site.site_id == Case.site_id) & (Site.id == Case.site_id))
            .where(wanted)
            .order_by(Case.due_on.is_(None), Case.due_on, Case.opened_at)
            .limit(MOST)
        ).all()
        counted = session.execute(select(Case.state, func.count()).group_by(Case.state))
        today = now.astimezone(node.zone).date()
        cases = []
        for case, stall, site in rows:
            lines = session.scalars(select(CaseLine).filter_by(site_id=case.site_id, case_id=case.id))
            told = _heading(node, case, stall, site) | {"lines": [case_words.line(line) for line in lines]}
            cases.append(told | {"overdue": case.due_on is not None and case.due_on < today})
        return {"cases": cases, "counts": {str(name): int(count) for name, count in counted}}


def look(node: Node, who: Actor, site_id: str, case_id: str, ground: str, now: datetime) -> Answer:
    """One case with goods, events, evidence and what may be done next; the look is written down for the stall."""
    with node.write(who, now) as tx:
        case = _case(tx.session, site_id, case_id)
        _looked(tx, case, "case", case.id, ground)
        return _whole(tx.session, node, case)


def file(node: Node, who: Actor, site_id: str, case_id: str, number: int, now: datetime) -> tuple[bytes, str]:
    """Bytes and media type of evidence ``number``; the look is written down."""
    with node.write(who, now) as tx:
        case = _case(tx.session, site_id, case_id)
        mine = select(Evidence).filter_by(site_id=site_id, case_id=case_id, number=number)
        row = tx.session.scalars(mine).first()
        if row is None:
            raise NotFound("not_found", "Không có bút lục này.")
        _looked(tx, case, "evidence", f"{case.id}/{number}", "")
        digest, media_type = row.sha256, row.media_type
    return node.files.get(digest), media_type


def take(node: Node, who: Actor, site_id: str, case_id: str, now: datetime) -> Answer:
    """Take a case, or take it over; from now on the stall can no longer withdraw it."""
    with node.write(who, now) as tx:
        case = _case(tx.session, site_id, case_id)
        if case.state in FINISHED or (case.state != "received" and case.assigned_to == who.id):
            raise Conflict("not_now", "Vụ việc đã được tiếp nhận hoặc đã kết thúc.")
        return _step(tx, case, "taken", {"officer": who.name}, assigned=True)


def ask_papers(node: Node, who: Actor, site_id: str, case_id: str, text: str, now: datetime) -> Answer:
    """Ask the stall for papers in words it can act on."""
    with node.write(who, now) as tx:
        return _step(tx, _case(tx.session, site_id, case_id), "papers_asked", {"text": _needed(text, "text")})


def inspect(node: Node, who: Actor, site_id: str, case_id: str, text: str, now: datetime) -> Answer:
    """Record an inspection on site."""
    with node.write(who, now) as tx:
        return _step(tx, _case(tx.session, site_id, case_id), "inspected", {"text": _needed(text, "text")})


def conclude(node: Node, who: Actor, site_id: str, case_id: str, told: Mapping[str, Any], now: datetime) -> Answer:
    """End a case with outcome, origin finding and reason; number and date of the document where the words bind.

    Raises ``Invalid`` (incomplete), ``Conflict`` (not now; four eyes: a violation or a crime is concluded by another
    officer than the one who took the case, so somebody must have taken it).
    """
    names = ("outcome", "origin_finding", "reason", "document_number", "document_date", "stop_order")
    body = {name: told[name] for name in names if told.get(name)}
    body["reason"] = clean(str(body.get("reason") or ""), 2000)
    rules.check_conclusion(body)
    _check_day(body.get("document_date"))
    with node.write(who, now) as tx:
        case = _case(tx.session, site_id, case_id)
        taken_by = case_log.state_of(tx.session, case).taken_by
        if body["outcome"] in rules.BINDING and taken_by in (None, case_log.actor_name(who)):
            raise Conflict("four_eyes", "Kết luận xử lý vi phạm cần một cán bộ khác với người thụ lý ký.")
        return _step(tx, case, "concluded", body | {"officer": who.name})


def transfer(node: Node, who: Actor, site_id: str, case_id: str, agency: str, reason: str, now: datetime) -> Answer:
    """Hand a case to the authority it belongs to."""
    body = {"agency": _needed(agency, "agency"), "reason": _needed(reason, "reason")}
    with node.write(who, now) as tx:
        return _step(tx, _case(tx.session, site_id, case_id), "transferred", body)


def reopen(node: Node, who: Actor, site_id: str, case_id: str, reason: str, now: datetime) -> Answer:
    """Look at an ended case again."""
    with node.write(who, now) as tx:
        return _step(tx, _case(tx.session, site_id, case_id), "reopened", {"reason": _needed(reason, "reason")})


def appeal(node: Node, who: Actor, site_id: str, case_id: str, reason: str, now: datetime) -> Answer:
    """Record that the concluded side appeals."""
    with node.write(who, now) as tx:
        return _step(tx, _case(tx.session, site_id, case_id), "appealed", {"reason": _needed(reason, "reason")})


def note(node: Node, who: Actor, site_id: str, case_id: str, text: str, now: datetime) -> Answer:
    """A statement for the file only, numbered like any evidence; it never leaves the desk."""
    text = _needed(text, "text")
    digest = node.files.put(f"{now.isoformat()}\n{text}\n".encode())
    with node.write(who, now) as tx:
        case = _case(tx.session, site_id, case_id)
        row, _ = case_log.add_evidence(tx, case, digest, "text/plain", text, case_log.actor_name(who))
        tx.audit("case_note", f"case:{case.id}", {"number": row.number}, case.stall_id)
        return tx.answer(case_words.evidence(row), 201)


def looks(node: Node, site_id: str, case_id: str) -> Answer:
    """Who looked at a case, newest first."""
    with node.db.read() as session:
        _case(session, site_id, case_id)
        mine = select(AccessEntry).where(AccessEntry.subject == "case", AccessEntry.subject_id == case_id)
        rows = session.scalars(mine.order_by(AccessEntry.created_at.desc()).limit(MOST))
        return {"looks": [{"actor": r.actor, "at": r.created_at.isoformat(), "ground": r.ground} for r in rows]}


def _step(tx: Transaction, case: Case, kind: str, body: dict[str, Any], assigned: bool = False) -> Answer:
    rules.check_step(case_log.state_of(tx.session, case), kind)
    event = case_log.append(tx, case, kind, body)
    if assigned:
        case.assigned_to = tx.who.id
    tx.audit(f"case_{kind}", f"case:{case.id}", {"seq": event.seq, "sha256": event.sha256}, case.stall_id)
    return tx.answer(_whole(tx.session, tx.node, case))


def _case(session: Session, site_id: str, case_id: str) -> Case:
    case = session.get(Case, (site_id, case_id))
    if case is None:
        raise NotFound("not_found", NO_CASE)
    return case


def _looked(tx: Transaction, case: Case, subject: str, subject_id: str, ground: str) -> None:
    row = AccessEntry(site_id=tx.node.id, id=tx.id(), created_at=tx.now, stall_id=case.stall_id, subject=subject)
    row.actor, row.subject_id = f"{tx.who.name} ({case_log.actor_name(tx.who)})"[:120], subject_id[:80]
    row.ground, row.detail = clean(ground, 200) or None, {"site_id": case.site_id}
    tx.session.add(row)


def _heading(node: Node, case: Case, stall: Stall | None, site: Site | None) -> Answer:
    return case_words.summary(case, node.policy) | {
        "site_id": case.site_id,
        "site": site.name if site else case.site_id,
        "stall": {"id": case.stall_id, "number": stall.number if stall else "", "name": stall.name if stall else ""},
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "assigned_to": case.assigned_to,
    }


def _whole(session: Session, node: Node, case: Case) -> Answer:
    stall = session.get(Stall, (case.site_id, case.stall_id))
    state = case_log.state_of(session, case)
    return (
        _heading(node, case, stall, session.get(Site, (case.site_id, case.site_id)))
        | case_log.contents(session, case, node.policy.province.department)
        | {"next_steps": sorted(rules.MAY[state.state]), "withdrawal_wish": state.wish}
    )


def _check_day(text: Any) -> None:
    if text is None:
        return
    try:
        date.fromisoformat(str(text))
    except ValueError:
        wrong = (FieldError("/document_date", "invalid"),)
        raise Invalid("conclusion_incomplete", "Ngày văn bản chưa đúng.", wrong) from None


def _needed(text: str, name: str) -> str:
    found = clean(text, 2000)
    if not found:
        raise Invalid("text_missing", "Cần viết nội dung.", (FieldError(f"/{name}", "missing"),))
    return found
