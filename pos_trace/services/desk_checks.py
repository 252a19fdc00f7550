"""Papers checked at random (decision 8): the office draws a day, stations pick lines, the owner sends by one tap."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.desk_drawing import picked
from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.quantities import as_text
from pos_trace.core.vocabulary.words import PAPER_KINDS
from pos_trace.services import cases, papers_served
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.services.register import RECORDS
from pos_trace.store import counters
from pos_trace.store.models import Case, CaseLine, Delivery, DeliveryLine, DeskCheck, Photo, VerdictRow

REASON = ORIGIN = cases.DESK_CHECK
DAYS_BACK = 30
MOST_SHARE = 200
MOST = 200


def draw(node: Node, who: Actor, day: date, share: int, now: datetime) -> Answer:
    """Draw a day that is over, at most 30 days back, and a share of 1 to 200 thousandths: ``{id, day, …}``.

    The seed is made here and now, so that nobody could prepare papers for it. A day is drawn once. Raises
    ``Invalid``, ``Conflict``.
    """
    today = now.astimezone(node.zone).date()
    if not today - timedelta(days=DAYS_BACK) <= day < today:
        told = f"Chọn một ngày đã qua, trong {DAYS_BACK} ngày gần đây."
        raise Invalid("day_out_of_range", told, (FieldError("/day", "out_of_range"),))
    if not 0 < share <= MOST_SHARE:
        told = f"Tỷ lệ từ 1 đến {MOST_SHARE} phần nghìn."
        raise Invalid("share_out_of_range", told, (FieldError("/share", "out_of_range"),))
    with node.write(who, now) as tx:
        had = select(DeskCheck.id).where(DeskCheck.site_id == node.id, DeskCheck.day == day)
        if tx.session.scalars(had).first() is not None:
            raise Conflict("day_drawn", "Ngày này đã chọn kiểm tra rồi.")
        row = DeskCheck(site_id=node.id, id=tx.id(), created_at=now, day=day, share=share)
        row.seed, row.drawn_at, row.drawn_by = node.random(32).hex(), now, who.name[:80]
        row.version = counters.next_version(tx.session, RECORDS)
        tx.session.add(row)
        tx.audit("desk_check_drawn", f"desk_check:{row.id}", {"day": day.isoformat(), "share": share})
        return tx.answer(_drawn(row), 201)


def drawn(node: Node, who: Actor) -> Answer:
    """What was drawn here, the newest day first, with how many lines came in: ``{desk_checks: […]}``."""
    with node.db.read() as session:
        mine = select(DeskCheck).where(DeskCheck.site_id == who.site_id).order_by(DeskCheck.day.desc()).limit(MOST)
        return {"desk_checks": [_drawn(row) for row in session.scalars(mine)]}


def _drawn(row: DeskCheck) -> dict[str, Any]:
    return {
        "id": row.id,
        "day": row.day.isoformat(),
        "share": row.share,
        "seed": row.seed,
        "drawn_by": row.drawn_by,
        "version": row.version,
    }


def listed(node: Node, who: Actor, now: datetime) -> Answer:
    """ "Sở chọn kiểm tra giấy tờ ngẫu nhiên": the stall's lines that were picked, the newest day first:
    ``{desk_checks: [{check_id, line_id, day, goods_name, quantity, unit, papers, photos, case_id}]}``.

    Nothing goes by itself. What came in while the stall practised is never picked.
    """
    since = now.astimezone(node.zone).date() - timedelta(days=2 * DAYS_BACK)
    with node.db.read() as session:
        recent = select(DeskCheck).where(DeskCheck.day >= since).order_by(DeskCheck.day.desc(), DeskCheck.id)
        found = [
            _told(session, check, line)
            for check in session.scalars(recent)
            for line in _lines(session, node, who.stall, check)
        ]
        return {"desk_checks": found[:MOST]}


def _lines(session: Session, node: Node, stall_id: str, check: DeskCheck) -> list[DeliveryLine]:
    """The stall's documented lines of the check's day that its seed picks."""
    start = datetime.combine(check.day, time(), node.zone)
    mine = (
        select(DeliveryLine, VerdictRow)
        .join(Delivery, (Delivery.site_id == DeliveryLine.site_id) & (Delivery.id == DeliveryLine.delivery_id))
        .join(VerdictRow, (VerdictRow.site_id == DeliveryLine.site_id) & (VerdictRow.id == DeliveryLine.verdict_id))
        .where(DeliveryLine.site_id == node.id, DeliveryLine.stall_id == stall_id, DeliveryLine.state == "accepted")
        .where(DeliveryLine.created_at >= start, DeliveryLine.created_at < start + timedelta(days=1))
        .where(Delivery.practice.is_(False))
        .order_by(DeliveryLine.id)
    )
    return [
        line
        for line, verdict in session.execute(mine)
        if verdict.judgements.get("origin") == "papers" and picked(check.seed, line.id, check.share)
    ]


def _told(session: Session, check: DeskCheck, line: DeliveryLine) -> dict[str, Any]:
    papers = papers_served.of_line(session, line)
    shown = select(Photo.id).where(Photo.site_id == line.site_id, Photo.paper_id.in_([paper.id for paper in papers]))
    return {
        "check_id": check.id,
        "line_id": line.id,
        "delivery_id": line.delivery_id,
        "day": check.day.isoformat(),
        "goods_name": line.goods_name,
        "quantity": as_text(line.accepted),
        "unit": line.unit,
        "papers": [f"{PAPER_KINDS.get(paper.kind, paper.kind)} {paper.number or ''}".strip() for paper in papers],
        "photos": len(session.scalars(shown).all()),
        "case_id": _case_of(session, line),
    }


def _case_of(session: Session, line: DeliveryLine) -> str | None:
    sent = select(Case.id).join(CaseLine, (CaseLine.site_id == Case.site_id) & (CaseLine.case_id == Case.id))
    mine = sent.where(Case.site_id == line.site_id, CaseLine.line_id == line.id, Case.reason == REASON)
    return session.scalars(mine).first()


def send(node: Node, who: Actor, check_id: str, line_id: str, now: datetime) -> Answer:
    """ "Gửi ảnh giấy tờ": one picked line's papers go to the office: ``{case_id}``; sent again it answers the same.

    No flag, no hold: the goods stay as they are. Raises ``NotFound`` for a line that was not picked.
    """
    with node.write(who, now) as tx:
        line = tx.owned(DeliveryLine, line_id, "Không tìm thấy dòng hàng.")
        check = tx.session.scalars(select(DeskCheck).where(DeskCheck.id == check_id)).first()
        if check is None or line.id not in {one.id for one in _lines(tx.session, node, who.stall, check)}:
            raise NotFound("not_found", "Dòng hàng này không nằm trong danh sách chọn kiểm tra.")
        had = _case_of(tx.session, line)
        if had is not None:
            return tx.answer({"case_id": had}, 201)
        delivery = tx.session.get_one(Delivery, (line.site_id, line.delivery_id))
        case = cases.open_for_line(tx, line, delivery, REASON, ORIGIN)
        tx.audit("desk_check_sent", f"case:{case.id}", {"desk_check": check.id, "line": line.id})
        return tx.answer({"case_id": case.id}, 201)
