"""What shoppers told, at the desk: information, never a case by itself; and the vault of who told."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from pos_trace.core.errors import Conflict, Forbidden, NotFound
from pos_trace.core.vocabulary import times
from pos_trace.services import case_log, desk_cases, inspecting, routing
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import AccessEntry, Feedback, ReporterIdentity

MOST = 500
STATES = {"new": "Chưa đọc", "read": "Đã đọc", "linked": "Đã đưa vào hồ sơ"}


def listed(node: Node, who: Actor, state: str | None, now: datetime) -> Answer:
    """Feedback of shoppers, newest first, with the teller's name masked: ``{feedback, unread}``.

    Only the Department's people read it; to others the list is empty.
    """
    with node.db.read() as session:
        if not routing.scope_of(session, node, who, now).unrouted:
            return {"feedback": [], "unread": 0}
        wanted = select(Feedback).order_by(Feedback.created_at.desc(), Feedback.id.desc()).limit(MOST)
        rows = list(session.scalars(wanted.where(Feedback.state == state) if state in STATES else wanted))
        ids = [row.id for row in rows]
        vault = select(ReporterIdentity).where(
            ReporterIdentity.subject == "feedback", ReporterIdentity.case_id.in_(ids)
        )
        tellers = {row.case_id: row for row in session.scalars(vault)}
        unread = len(list(session.scalars(select(Feedback.id).where(Feedback.state == "new").limit(MOST))))
        return {"feedback": [_told(row, tellers.get(row.id), who) for row in rows], "unread": unread}


def read(node: Node, who: Actor, feedback_id: str, now: datetime) -> Answer:
    """Mark one as read; it becomes this officer's to follow."""
    with node.write(who, now) as tx:
        row = _mine(tx, feedback_id)
        if row.state == "new":
            row.state, row.read_by, row.read_at = "read", who.id, now
            tx.audit("feedback_read", f"feedback:{row.id}", {})
        return tx.answer(_told(row, None, who))


def link(node: Node, who: Actor, feedback_id: str, site_id: str, case_id: str, now: datetime) -> Answer:
    """By an inspector's decision: put what was told into the file of a case of the own authority, numbered as evidence
    (bút lục). It stays at the desk; nobody's name goes along. Raises ``Conflict`` when it stands in a file already.
    """
    with node.db.read() as session:
        found = session.get(Feedback, (node.id, feedback_id))
        text = f"Phản ánh của người mua {times.moment(found.created_at)}:\n{found.text}\n" if found else ""
    digest = node.files.put(text.encode())
    with node.write(who, now) as tx:
        row = _mine(tx, feedback_id)
        case = inspecting.own_case(tx, site_id, case_id)
        if row.state == "linked":
            raise Conflict("linked_already", "Phản ánh này đã ở trong một hồ sơ.")
        caption = f"Phản ánh của người mua {times.moment(row.created_at)}"
        evidence, _ = case_log.add_evidence(tx, case, digest, "text/plain", caption, case_log.actor_name(who))
        row.state, row.read_by, row.read_at = "linked", who.id, row.read_at or now
        row.case_site_id, row.case_id = case.site_id, case.id
        tx.audit("feedback_linked", f"feedback:{row.id}", {"case": case.id, "number": evidence.number}, case.stall_id)
        return tx.answer(_told(row, None, who) | {"number": evidence.number})


def reporter(node: Node, who: Actor, subject: str, subject_id: str, site_id: str, ground: str, now: datetime) -> Answer:
    """Who told, out of the vault: ``{name, contact, consent}``. ``subject``: case or feedback.

    Only for the inspector who has the case (or read the feedback), with a reason that is kept; not listed to the stall,
    which must not learn that somebody told. Raises ``Forbidden``, ``Invalid`` without a reason, ``NotFound``.
    """
    why = desk_cases.needed(ground, "ground", 200)
    with node.write(who, now) as tx:
        if subject == "feedback":
            assigned = _mine(tx, subject_id).read_by
        else:
            assigned = inspecting.own_case(tx, site_id, subject_id).assigned_to
        if assigned != who.id:
            raise Forbidden("not_assigned", "Chỉ cán bộ đang thụ lý được xem người phản ánh.")
        row = _identity(tx, subject, subject_id, site_id)
        entry = AccessEntry(site_id=node.id, id=tx.id(), created_at=now, subject="reporter", subject_id=subject_id[:80])
        entry.actor, entry.ground = f"{who.name} ({case_log.actor_name(who)})"[:120], why
        entry.detail = {"of": subject, "site_id": site_id}
        tx.session.add(entry)
        tx.audit("reporter_seen", f"{subject}:{subject_id}", {"ground": why})
        return tx.answer({"name": row.name, "contact": row.contact, "consent": row.consent})


def _identity(tx: Transaction, subject: str, subject_id: str, site_id: str) -> ReporterIdentity:
    mine = select(ReporterIdentity).where(ReporterIdentity.case_id == subject_id)
    if subject == "feedback":
        mine = mine.where(ReporterIdentity.subject == "feedback")
    else:
        of_case = ReporterIdentity.subject.is_(None) | (ReporterIdentity.subject == "case")
        mine = mine.where(of_case, ReporterIdentity.site_id == site_id)
    row = tx.session.scalars(mine.order_by(ReporterIdentity.created_at).limit(1)).first()
    if row is None:
        raise NotFound("no_reporter", "Không ai để lại tên hoặc cách liên hệ.")
    return row


def _mine(tx: Transaction, feedback_id: str) -> Feedback:
    row = tx.session.get(Feedback, (tx.node.id, feedback_id))
    if row is None or not routing.scope_of(tx.session, tx.node, tx.who, tx.now).unrouted:
        raise NotFound("not_found", "Không tìm thấy phản ánh này.")
    return row


def masked(name: str | None) -> str:
    """``N… V…``: the first letter of each part; a one-letter part shows nothing."""
    return " ".join(f"{part[0]}…" if len(part) > 1 else "…" for part in (name or "").split())


def _told(row: Feedback, teller: ReporterIdentity | None, who: Actor) -> dict[str, Any]:
    return {
        "id": row.id,
        "text": row.text,
        "stall_name": row.stall_name,
        "stall_gln": row.stall_gln,
        "token": row.token,
        "at": row.created_at.isoformat(),
        "state": row.state,
        "state_text": STATES.get(row.state, row.state),
        "read_at": row.read_at.isoformat() if row.read_at else None,
        "mine": row.read_by == who.id,
        "case": {"site_id": row.case_site_id, "id": row.case_id} if row.case_id else None,
        "teller": {"name": masked(teller.name), "has_contact": bool(teller.contact)} if teller else None,
    }
