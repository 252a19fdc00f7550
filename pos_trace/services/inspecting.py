"""The inspector's desk: a case with its evidence, and the steps on the way to a conclusion."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from pos_trace.core.cases import PERSON
from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.text import clean
from pos_trace.services import case_log, case_words, desk_cases, routing
from pos_trace.services.desk_cases import needed
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import AccessEntry, Agency, Case, CaseLine, Evidence, Membership, User

FINISHED = ("concluded", "withdrawn")
MOST = 500
MOST_DONG = 10**12
RECORD_TEXTS = (
    "decision_number",  # TT 27/2020/TT-BCT Điều 18, domain_vn §5.4
    "record_number",
    "officers",
    "represented_by",
    "witness",
    "opinion",
    "measures",
    "refusal_reason",
)


def look(node: Node, who: Actor, site_id: str, case_id: str, ground: str, now: datetime) -> Answer:
    """One case with goods, events, evidence and what may be done next; the look is written down for the stall."""
    with node.write(who, now) as tx:
        case = _seen(tx, site_id, case_id)
        desk_cases.looked(tx, case, "case", case.id, ground)
        return desk_cases.whole(tx, case)


def file(node: Node, who: Actor, site_id: str, case_id: str, number: int, now: datetime) -> tuple[bytes, str]:
    """Bytes and media type of evidence ``number``; the look is written down."""
    with node.write(who, now) as tx:
        case = _seen(tx, site_id, case_id)
        mine = select(Evidence).filter_by(site_id=site_id, case_id=case_id, number=number)
        row = tx.session.scalars(mine).first()
        if row is None:
            raise NotFound("not_found", "Không có bút lục này.")
        desk_cases.looked(tx, case, "evidence", f"{case.id}/{number}", "")
        digest, media_type = row.sha256, row.media_type
    return node.files.get(digest), media_type


def take(node: Node, who: Actor, site_id: str, case_id: str, now: datetime, seen: int | None = None) -> Answer:
    """Take a case, or take it over; from now on the stall can no longer withdraw it."""
    with node.write(who, now) as tx:
        case = own_case(tx, site_id, case_id)
        take_one(tx, case, seen)
        return tx.answer(desk_cases.whole(tx, case))


def take_one(tx: Transaction, case: Case, seen: int | None) -> None:
    """Take ``case`` inside the caller's write; raises ``Conflict`` when it is mine already or has ended."""
    mine = case.state not in ("received", "transferred") and case.assigned_to == tx.who.id
    elsewhere = case.state == "transferred" and case.due_on is None  # to an authority that has no desk here
    if case.state in FINISHED or mine or elsewhere:
        raise Conflict("not_now", "Vụ việc đã được tiếp nhận hoặc đã kết thúc.")
    desk_cases.step(tx, case, "taken", {"officer": tx.who.name}, seen)
    case.assigned_to = tx.who.id


def reassign(
    node: Node, who: Actor, site_id: str, case_id: str, user_id: str, now: datetime, seen: int | None = None
) -> Answer:
    """Give a case to another inspector of the same authority: leave, change of tasks, a deputy."""
    with node.write(who, now) as tx:
        case = own_case(tx, site_id, case_id)
        member = (
            select(User)
            .join(Membership, (Membership.site_id == User.site_id) & (Membership.user_id == User.id))
            .where(User.site_id == node.id, User.id == user_id, User.active, Membership.role == "inspector")
            .where(Membership.agency_id == case.agency_id, Membership.ends_at.is_(None) | (Membership.ends_at > now))
        )
        user = tx.session.scalars(member).first()
        if user is None:
            wrong = (FieldError("/user_id", "unknown"),)
            raise Invalid("colleague_unknown", "Chọn một cán bộ kiểm tra của cơ quan đang thụ lý.", wrong)
        body = {"officer": user.name, "assignee": f"user:{user.id}", "assigned_by": who.name}
        desk_cases.step(tx, case, "taken", body, seen)
        case.assigned_to = user.id
        return tx.answer(desk_cases.whole(tx, case))


def ask_papers(
    node: Node, who: Actor, site_id: str, case_id: str, text: str, now: datetime, seen: int | None = None
) -> Answer:
    """Ask the stall for papers in words it can act on."""
    with node.write(who, now) as tx:
        case = own_case(tx, site_id, case_id)
        ask_one(tx, case, needed(text, "text"), seen)
        return tx.answer(desk_cases.whole(tx, case))


def ask_one(tx: Transaction, case: Case, text: str, seen: int | None) -> None:
    """One case's question; a stall that may not know of its case is never asked."""
    if case.origin == PERSON:
        raise Conflict("private", "Phản ánh riêng: sạp không biết có vụ việc này nên không hỏi giấy tờ ở đây được.")
    desk_cases.step(tx, case, "papers_asked", {"text": text}, seen)


def inspect(
    node: Node,
    who: Actor,
    site_id: str,
    case_id: str,
    text: str,
    now: datetime,
    record: Mapping[str, Any] | None = None,
    seen: int | None = None,
) -> Answer:
    """Record an inspection on site. ``record``: decision, officers with card numbers, witness, a refusal to sign with
    its reason, and the goods' value – ``listed_price`` (đ a unit, as posted at the stall) or ``seller_estimate`` (đ).

    Raises ``Invalid``: no words; a refusal to sign without reason or witness (TT 27/2020/TT-BCT Điều 18).
    """
    told = record or {}
    body: dict[str, Any] = {"text": needed(text, "text")}
    body |= {name: clean(str(told[name]), 500) for name in RECORD_TEXTS if told.get(name)}
    decided = desk_cases.day(told.get("decision_date"), "decision_date", "Ngày quyết định")
    body |= {"decision_date": decided} if decided else {}
    if told.get("refused_to_sign"):
        body["refused_to_sign"] = True
        missing = [name for name in ("refusal_reason", "witness") if not body.get(name)]
        if missing:
            wrong = tuple(FieldError(f"/{name}", "missing") for name in missing)
            raise Invalid("refusal_incomplete", "Không ký biên bản: ghi lý do và người chứng kiến.", wrong)
    value = _value(told)
    with node.write(who, now) as tx:
        case = own_case(tx, site_id, case_id)
        if value is not None:
            _keep_value(tx, case, *value)
        desk_cases.step(tx, case, "inspected", body, seen)
        return tx.answer(desk_cases.whole(tx, case))


def _value(told: Mapping[str, Any]) -> tuple[str, int] | None:
    """Source and đồng; a posted price goes before an estimate."""
    for name, source in (("listed_price", "listed"), ("seller_estimate", "seller")):
        text = "".join(str(told.get(name) or "").replace("đ", "").split()).replace(".", "").replace(",", "")
        if not text:
            continue
        if not (text.isascii() and text.isdecimal()) or not 0 < int(text) <= MOST_DONG:
            raise Invalid(
                "value_invalid", "Số tiền ghi bằng đồng, chỉ gồm chữ số.", (FieldError(f"/{name}", "invalid"),)
            )
        return source, int(text)
    return None


def _keep_value(tx: Transaction, case: Case, source: str, told: int) -> None:
    """Quantity × posted price, or what the seller says the goods are worth; never a purchase price, which stays at the
    stall. The value stays at the desk and orders the queue.
    """
    amount = told
    if source == "listed":
        mine = select(CaseLine.quantity).where(CaseLine.site_id == case.site_id, CaseLine.case_id == case.id)
        amount = int(sum(tx.session.scalars(mine), Decimal(0)) * told)
    case.value_dong, case.value_source = min(amount, MOST_DONG), source
    tx.audit("case_value", f"case:{case.id}", {"dong": case.value_dong, "source": source}, case.stall_id)


def transfer(
    node: Node, who: Actor, site_id: str, case_id: str, agency: str, reason: str, now: datetime, seen: int | None = None
) -> Answer:
    """Hand a case to the authority it belongs to: one of this node by its id – it sees the case from now on, this one
    no longer – or any other by its name.
    """
    told, why = needed(agency, "agency", 200), needed(reason, "reason")
    with node.write(who, now) as tx:
        case = own_case(tx, site_id, case_id)
        row = tx.session.get(Agency, (node.id, told[:36]))
        if row is not None and row.id == case.agency_id:
            raise Invalid("same_agency", "Vụ việc đang ở chính cơ quan này.", (FieldError("/agency", "same"),))
        body = {"agency": routing.name_of(node, row) if row else told, "reason": why}
        desk_cases.step(tx, case, "transferred", body | ({"agency_id": row.id} if row else {}), seen)
        if row is not None:
            case.agency_id = row.id
            case.assigned_to = None
        return tx.answer(desk_cases.whole(tx, case))


def reopen(
    node: Node, who: Actor, site_id: str, case_id: str, reason: str, now: datetime, seen: int | None = None
) -> Answer:
    """Look at an ended case again."""
    with node.write(who, now) as tx:
        case = own_case(tx, site_id, case_id)
        desk_cases.step(tx, case, "reopened", {"reason": needed(reason, "reason")}, seen)
        return tx.answer(desk_cases.whole(tx, case))


def appeal(
    node: Node,
    who: Actor,
    site_id: str,
    case_id: str,
    reason: str,
    now: datetime,
    by: str = "",
    on: Any = None,
    seen: int | None = None,
) -> Answer:
    """Record that somebody appeals: who, on which day. The goods stay as the conclusion left them; no day runs on."""
    body = {"reason": needed(reason, "reason"), "by": clean(by, 200)}
    body["on"] = desk_cases.day(on, "on", "Ngày khiếu nại") or now.astimezone(node.zone).date().isoformat()
    with node.write(who, now) as tx:
        case = own_case(tx, site_id, case_id)
        desk_cases.step(tx, case, "appealed", body, seen)
        return tx.answer(desk_cases.whole(tx, case))


def note(node: Node, who: Actor, site_id: str, case_id: str, text: str, now: datetime) -> Answer:
    """A statement for the file only, numbered like any evidence; it never leaves the desk."""
    text = needed(text, "text")
    digest = node.files.put(f"{now.isoformat()}\n{text}\n".encode())
    with node.write(who, now) as tx:
        case = own_case(tx, site_id, case_id)
        row, _ = case_log.add_evidence(tx, case, digest, "text/plain", text, case_log.actor_name(who))
        tx.audit("case_note", f"case:{case.id}", {"number": row.number}, case.stall_id)
        return tx.answer(case_words.evidence(row), 201)


def looks(node: Node, who: Actor, site_id: str, case_id: str, now: datetime) -> Answer:
    """Who looked at a case, newest first."""
    with node.db.read() as session:
        routing.case_for(session, node, who, site_id, case_id, now)
        mine = select(AccessEntry).where(AccessEntry.subject == "case", AccessEntry.subject_id == case_id)
        rows = session.scalars(mine.order_by(AccessEntry.created_at.desc()).limit(MOST))
        return {"looks": [{"actor": r.actor, "at": r.created_at.isoformat(), "ground": r.ground} for r in rows]}


def own_case(tx: Transaction, site_id: str, case_id: str) -> Case:
    """A case the actor's authority decides on, locked until the write ends."""
    return routing.case_for(tx.session, tx.node, tx.who, site_id, case_id, tx.now, act=True)


def _seen(tx: Transaction, site_id: str, case_id: str) -> Case:
    return routing.case_for(tx.session, tx.node, tx.who, site_id, case_id, tx.now)
