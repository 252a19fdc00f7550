"""The stall's side of a case: opened from a flag, answered, supported with evidence, withdrawn, read."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.cases import STANDING
from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.quantities import as_text
from pos_trace.core.stock import Conclusion
from pos_trace.core.text import clean
from pos_trace.services import case_log, case_words, covering, papers_served
from pos_trace.services.node import Actor, Answer, Node, Transaction, owned
from pos_trace.store.models import (
    Case,
    CaseLine,
    Delivery,
    DeliveryLine,
    Evidence,
    Flag,
    Paper,
    Photo,
    Stall,
    StockLot,
    VerdictRow,
)

ANSWERABLE = ("open", "sent", "received", "taken", "papers_asked", "inspected")
DESK_CHECK = "desk_check"
NO_CASE = "Không tìm thấy vụ việc."
MOST_TEXT = 2000


def open_from_flag(tx: Transaction, flag: Flag) -> str:
    """Turn a flag into a case of its stall and queue it for the Department; answers the case's id.

    The goods and the supplier are its subject, the stall is who checked and set aside. Writes Case, CaseLine, the
    event ``opened``, the outbox messages. A flag already sent answers its case. Raises ``Conflict`` while the stall
    practises.
    """
    if flag.case_id is not None:
        return flag.case_id
    line = tx.session.get_one(DeliveryLine, (flag.site_id, flag.line_id))
    delivery = tx.session.get_one(Delivery, (flag.site_id, line.delivery_id))
    if delivery.practice:
        raise Conflict("practice", "ĐANG TẬP DÙNG – chưa gửi báo cáo.")
    case = open_for_line(tx, line, delivery, flag.reason, "automatic")
    flag.case_id, flag.state, flag.answered_at = case.id, "sent", flag.answered_at or tx.now
    tx.audit("case_opened", f"case:{case.id}", {"flag": flag.id, "reason": flag.reason}, flag.stall_id)
    return case.id


def open_for_line(tx: Transaction, line: DeliveryLine, delivery: Delivery, reason: str, origin: str) -> Case:
    """A case about one line with the papers and photos it has, queued for the Department. ``origin``: automatic |
    person | desk_check (the office drew the line at random: it accuses nobody).
    """
    case = _new_case(tx, line, delivery, reason, origin)
    body, photos = _opening(tx.session, line, delivery, case)
    case_log.append(tx, case, "opened", body)
    for photo in photos:
        _attach(tx, case, photo.sha256, photo.media_type, covering.caption(photo, "Ảnh lúc nhận hàng"))
    return case


def send_flag(node: Node, who: Actor, flag_id: str, now: datetime) -> Answer:
    """ "Gửi ngay": open the case of one flag at once: ``{case_id, state}``."""
    with node.write(who, now) as tx:
        flag = tx.owned(Flag, flag_id)
        if flag.state not in ("open", "held", "sent"):
            raise Conflict("flag_closed", "Mục này đã được trả lời, không cần gửi.")
        case_id = open_from_flag(tx, flag)
        state = tx.session.get_one(Case, (flag.site_id, case_id)).state
        return tx.answer({"case_id": case_id, "state": state}, 201)


def due_flags(node: Node, now: datetime, most: int = 100) -> int:
    """Open the cases of flags whose answer window has passed; practice deliveries never. Answers how many."""
    unanswered = (
        select(Flag.site_id, Flag.id)
        .join(DeliveryLine, (DeliveryLine.site_id == Flag.site_id) & (DeliveryLine.id == Flag.line_id))
        .join(Delivery, (Delivery.site_id == Flag.site_id) & (Delivery.id == DeliveryLine.delivery_id))
        .where(Flag.site_id == node.id, Flag.state == "open", Flag.due_at <= now, Delivery.practice.is_(False))
        .order_by(Flag.due_at)
        .limit(most)
    )
    with node.db.read() as session:
        found = session.execute(unanswered).all()
    opened = 0
    for key in found:
        with node.write(node.machine("answer-window"), now) as tx:
            flag = tx.session.get(Flag, tuple(key))
            if flag is not None and flag.state == "open":
                open_from_flag(tx, flag)
                opened += 1
    return opened


def reply(node: Node, who: Actor, case_id: str, text: str, paper_ids: list[str], now: datetime) -> Answer:
    """Answer the inspector in words, with papers already added to the stall's lines: ``{id, state}``."""
    text = clean(text, MOST_TEXT)
    if not text and not paper_ids:
        raise Invalid("reply_empty", "Viết câu trả lời hoặc chọn giấy tờ.", (FieldError("/text", "missing"),))
    with node.write(who, now) as tx:
        case = _answerable(tx, case_id)
        papers = [tx.owned(Paper, paper_id) for paper_id in paper_ids]
        photos = _photos(tx.session, Photo.paper_id.in_([p.id for p in papers])) if papers else []
        body = {"text": text, "papers": [_paper(paper) for paper in papers], "photos": _named(photos)}
        case_log.append(tx, case, "replied", body)
        for photo in photos:
            _attach(tx, case, photo.sha256, photo.media_type, covering.caption(photo, None))
        tx.audit("case_replied", f"case:{case.id}", {"papers": len(papers)}, case.stall_id)
        return tx.answer({"id": case.id, "state": case.state}, 201)


def add_evidence(node: Node, who: Actor, case_id: str, photo_ids: list[str], caption: str, now: datetime) -> Answer:
    """Add photos of the stall, taken before, to its case: ``{id, state, evidence}``."""
    with node.write(who, now) as tx:
        case = _answerable(tx, case_id)
        photos = covering.to_send(tx.session, [tx.owned(Photo, photo_id) for photo_id in photo_ids])
        if not photos:
            raise Invalid("photo_missing", "Chọn ít nhất một ảnh.", (FieldError("/photo_ids", "missing"),))
        caption = clean(caption, 300)
        case_log.append(tx, case, "evidence_added", {"caption": caption, "photos": _named(photos)})
        numbers = [
            _attach(tx, case, photo.sha256, photo.media_type, covering.caption(photo, caption or None))
            for photo in photos
        ]
        tx.audit("evidence_added", f"case:{case.id}", {"photos": len(photos)}, case.stall_id)
        return tx.answer({"id": case.id, "state": case.state, "evidence": numbers}, 201)


def withdraw(node: Node, who: Actor, case_id: str, reason: str, now: datetime) -> Answer:
    """ "Ghi nhầm": take a report back until an inspector has taken it; the withdrawal stays visible."""
    with node.write(who, now) as tx:
        case = tx.owned(Case, case_id, NO_CASE)
        if case.state not in ("open", "sent", "received"):
            raise Conflict("case_taken", "Cán bộ đã tiếp nhận, không rút lại được. Có thể gửi câu trả lời.")
        case_log.append(tx, case, "withdrawn", {"reason": clean(reason, 300) or "Ghi nhầm"})
        tx.audit("case_withdrawn", f"case:{case.id}", {}, case.stall_id)
        return tx.answer({"id": case.id, "state": case.state})


def listed(node: Node, who: Actor) -> Answer:
    """The stall's cases in its own words, newest first."""
    with node.db.read() as session:
        mine = select(Case).where(Case.site_id == who.site_id, Case.stall_id == who.stall)
        rows = session.scalars(mine.order_by(Case.opened_at.desc()).limit(500))
        return {"cases": [case_words.summary(row, node.policy) for row in rows]}


def detail(node: Node, who: Actor, case_id: str) -> Answer:
    """One case of the stall with its goods, events and evidence; another stall's is ``NotFound``."""
    with node.db.read() as session:
        case = owned(session, who, Case, case_id, NO_CASE)
        answer = case_words.summary(case, node.policy)
        return answer | case_log.contents(session, case, node.policy)


def file(node: Node, who: Actor, case_id: str, digest: str) -> tuple[bytes, str]:
    """Bytes and media type of a file of the stall's own case; anything else is ``NotFound``."""
    with node.db.read() as session:
        case = owned(session, who, Case, case_id, NO_CASE)
        mine = select(Evidence).filter_by(site_id=case.site_id, case_id=case.id, sha256=digest)
        row = session.scalars(mine).first()
        if row is None:
            raise NotFound("not_found", "Không có tệp này.")
        media_type = row.media_type
    return node.files.get(digest), media_type


def _new_case(tx: Transaction, line: DeliveryLine, delivery: Delivery, reason: str, origin: str) -> Case:
    case = Case(site_id=line.site_id, id=tx.id(), created_at=tx.now, stall_id=line.stall_id, state="open")
    case.reason, case.title, case.supplier_name = reason, line.goods_name, delivery.supplier_name
    case.origin, case.opened_at, case.changed_at = origin, tx.now, tx.now
    tx.session.add(case)
    tx.session.flush()
    row = CaseLine(site_id=line.site_id, id=tx.id(), created_at=tx.now, stall_id=line.stall_id, case_id=case.id)
    row.line_id, row.key, row.goods_name = line.id, line.key, line.goods_name
    row.quantity, row.unit = line.accepted, line.unit
    stock = select(StockLot.id).where(StockLot.site_id == line.site_id, StockLot.line_id == line.id)
    row.lot_id = tx.session.scalars(stock.order_by(StockLot.id)).first()
    tx.session.add(row)
    return case


def _opening(
    session: Session, line: DeliveryLine, delivery: Delivery, case: Case
) -> tuple[dict[str, Any], list[Photo]]:
    """What the Department learns: the goods, who brought them, what was checked; no price, no other line."""
    stall = session.get_one(Stall, (case.site_id, case.stall_id))
    verdict = session.get(VerdictRow, (case.site_id, line.verdict_id)) if line.verdict_id else None
    papers = papers_served.of_line(session, line)
    photos = _photos(session, (Photo.line_id == line.id) | Photo.paper_id.in_([p.id for p in papers]))
    quantity = {"quantity": as_text(line.accepted), "unit": line.unit}
    goods = {"id": line.id, "key": line.key, "name": line.goods_name, "group": line.goods_group} | quantity
    body: dict[str, Any] = {
        "stall": {"id": stall.id, "number": stall.number, "name": stall.name, "gln": stall.gln},
        "reason": case.reason,
        "origin": case.origin,
        "title": case.title,
        "supplier": {"name": delivery.supplier_name, "vehicle": delivery.vehicle_plate},
        "lines": [goods],
        "scanned_at": case_log.stamp(line.created_at),
        "papers": [_paper(paper) for paper in papers],
        "photos": _named(photos),
    }
    if verdict is not None:
        body["check"] = {
            "status": verdict.status,
            "reasons": [reason.get("code") for reason in verdict.reasons],
            "judgements": verdict.judgements,
            "records_version": verdict.records_version,
            "records_as_of": case_log.stamp(verdict.records_as_of) if verdict.records_as_of else None,
        }
    return body, photos


def _answerable(tx: Transaction, case_id: str) -> Case:
    case = tx.owned(Case, case_id, NO_CASE)
    if case.state not in ANSWERABLE:
        raise Conflict("case_closed", "Vụ việc này đã kết thúc, không nhận thêm trả lời.")
    return case


def _photos(session: Session, wanted: Any) -> list[Photo]:
    """The pictures that go: covered ones in place of what they cover."""
    return covering.to_send(session, session.scalars(select(Photo).where(wanted)).all())


def _named(photos: list[Photo]) -> list[dict[str, str]]:
    return [{"sha256": photo.sha256, "media_type": photo.media_type} for photo in photos]


def _paper(paper: Paper) -> dict[str, Any]:
    issued = paper.issued_on.isoformat() if paper.issued_on else None
    return {"kind": paper.kind, "number": paper.number, "issued_on": issued, "issuer": paper.issuer}


def _attach(tx: Transaction, case: Case, digest: str, media_type: str, caption: str | None) -> int:
    row, fresh = case_log.add_evidence(tx, case, digest, media_type, caption, case_log.actor_name(tx.who))
    if not fresh:
        return row.number
    body = {"case_id": case.id, "sha256": digest, "media_type": media_type, "caption": caption}
    words = f"Ảnh kèm vụ việc: {caption or case.title}"
    tx.send(case_log.DESTINATION, "evidence", case.id, body, words[:500], case.stall_id)
    return row.number


def conclusion_of_line(session: Session, site_id: str, line_id: str) -> Conclusion | None:
    """What an inspector's newest conclusion on a delivery line asks of its stock; None while nothing binds it.

    It frees what its own case held: not what another question of the line, or another case that goes on, holds. A desk
    check held nothing and decides nothing.
    """
    joined = select(Case).join(CaseLine, (CaseLine.site_id == Case.site_id) & (CaseLine.case_id == Case.id))
    mine = joined.where(Case.site_id == site_id, CaseLine.line_id == line_id, Case.state != "withdrawn")
    rows = session.scalars(mine.where(Case.origin != DESK_CHECK).order_by(Case.changed_at.desc(), Case.id.desc())).all()
    ended = next((case for case in rows if case.state in STANDING), None)
    found = case_log.state_of(session, ended).conclusion if ended is not None else None
    if found is None or found.keeps_hold:
        return found
    asks = select(Flag.id).where(Flag.site_id == site_id, Flag.line_id == line_id, Flag.state.in_(("open", "held")))
    goes_on = any(case.state not in STANDING for case in rows)
    return None if goes_on or session.scalars(asks).first() is not None else found
