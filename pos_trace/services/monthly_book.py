"""Sổ nhận hàng – sổ kiểm tra mã: proof that a stall checked what it took in (NĐ 37 Điều 28.5.a), for any days."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.books import DutyBook, DutyRow
from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.text import clean
from pos_trace.core.vocabulary.words import PAPER_KINDS
from pos_trace.services import covering, lines_in, papers_served
from pos_trace.services.node import Actor, Node, stall_of
from pos_trace.store.models import AuditHead, Delivery, DeliveryLine, Photo, Site, VerdictRow

LONGEST = timedelta(days=366)
AT_ONCE = 400


def days_of(month: str) -> tuple[date, date]:
    """First and last day of ``yyyy-mm``; raises ``Invalid``."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Invalid("month_invalid", "Chọn một tháng.", (FieldError("/month", "invalid"),)) from None
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def book(node: Node, who: Actor, first: date, last: date, now: datetime, line_id: str | None = None) -> DutyBook:
    """The stall's book of the site's days ``first`` to ``last``, or of one received line; practice stands in none.

    Raises ``Invalid`` for days in the wrong order or more than a year of them.
    """
    if not timedelta(0) <= last - first <= LONGEST:
        raise Invalid(
            "period_invalid", "Chọn ngày đầu trước ngày cuối, nhiều nhất một năm.", (FieldError("/to_day", "invalid"),)
        )
    start = datetime.combine(first, time(), node.zone)
    end = datetime.combine(last + timedelta(days=1), time(), node.zone)
    with node.db.read() as session:
        stall = stall_of(session, who)
        site = session.get(Site, (node.id, node.id))
        wanted = (
            select(DeliveryLine, Delivery)
            .join(Delivery, (Delivery.site_id == DeliveryLine.site_id) & (Delivery.id == DeliveryLine.delivery_id))
            .where(DeliveryLine.site_id == node.id, DeliveryLine.stall_id == who.stall)
            .where(DeliveryLine.state != "cancelled", Delivery.state != "cancelled", Delivery.practice.is_(False))
            .order_by(DeliveryLine.created_at, DeliveryLine.id)
        )
        if line_id is None:
            wanted = wanted.where(DeliveryLine.created_at >= start, DeliveryLine.created_at < end)
        else:
            wanted = wanted.where(DeliveryLine.id == line_id)
        found = [(line, delivery) for line, delivery in session.execute(wanted)]
        first_ones = _first_verdicts(session, node.id, [line.id for line, _ in found])
        rows = tuple(_row(session, line, delivery, first_ones.get(line.id)) for line, delivery in found)
        head = session.get(AuditHead, node.id)
        return DutyBook(
            stall=f"Sạp {stall.number} – {stall.name}",
            market=", ".join(part for part in (site.name if site else "", stall.commune or "") if part),
            gln=stall.gln or "",
            first=first,
            last=last,
            made_at=now,
            rows=rows,
            audit=(head.number, head.sha256) if head else (0, "0" * 64),
            demo=node.demo,
        )


def photos(node: Node, who: Actor, line_ids: Sequence[str]) -> list[tuple[str, str]]:
    """SHA-256 and media type of every photo of papers that serve these lines, each once, covered where it was."""
    found: dict[str, str] = {}
    with node.db.read() as session:
        for line_id in line_ids:
            line = session.get(DeliveryLine, (node.id, line_id))
            papers = [paper.id for paper in papers_served.of_line(session, line)] if line else []
            mine = select(Photo).where(Photo.site_id == node.id, Photo.stall_id == who.stall)
            rows = session.scalars(mine.where(Photo.paper_id.in_(papers)).order_by(Photo.id)).all()
            for photo in covering.to_send(session, rows):
                found[photo.sha256] = photo.media_type
    return sorted(found.items())


def line_ids(node: Node, who: Actor, first: date, last: date) -> list[str]:
    """The lines of a period, in order."""
    start = datetime.combine(first, time(), node.zone)
    end = datetime.combine(last + timedelta(days=1), time(), node.zone)
    mine = select(DeliveryLine.id).where(DeliveryLine.site_id == node.id, DeliveryLine.stall_id == who.stall)
    within = mine.where(DeliveryLine.created_at >= start, DeliveryLine.created_at < end)
    with node.db.read() as session:
        return list(session.scalars(within.order_by(DeliveryLine.id)))


def _first_verdicts(session: Session, site_id: str, ids: Sequence[str]) -> dict[str, VerdictRow]:
    found: dict[str, VerdictRow] = {}
    for at in range(0, len(ids), AT_ONCE):
        some = VerdictRow.line_id.in_(ids[at : at + AT_ONCE])
        rows = select(VerdictRow).where(VerdictRow.site_id == site_id, some)
        for row in session.scalars(rows.order_by(VerdictRow.created_at, VerdictRow.id)):
            found.setdefault(str(row.line_id), row)
    return found


def _row(session: Session, line: DeliveryLine, delivery: Delivery, first: VerdictRow | None) -> DutyRow:
    last = session.get(VerdictRow, (line.site_id, line.verdict_id)) if line.verdict_id else None
    word = lines_in.word_of(first) if first is not None else ""
    now = lines_in.word_of(last) if last is not None else ""
    papers = [
        PAPER_KINDS.get(paper.kind, paper.kind) + (f" số {paper.number}" if paper.number else "")
        for paper in papers_served.of_line(session, line)
    ]
    return DutyRow(
        at=line.created_at,
        delivery=delivery.number or "chưa đóng phiếu",
        supplier=clean(delivery.supplier_name, 200),
        goods=clean(line.goods_name, 300),
        code=line.lot or line.key or "không có mã",
        declared=line.declared,
        refused=line.refused,
        unit=line.unit,
        word=word,
        now=now if now != word else "",
        records_at=first.records_as_of if first is not None else None,
        papers=", ".join(papers),
        reason=clean(line.refuse_reason or "", 200),
    )
