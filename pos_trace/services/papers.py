"""Papers and photos of goods: added with the delivery or later, from any phone of the stall; judged again each time."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.errors import FieldError, Invalid, Unavailable
from pos_trace.core.quantities import as_text, exact
from pos_trace.core.text import clean
from pos_trace.core.vocabulary.words import PAPER_KINDS
from pos_trace.services import deliveries, judging, papers_served
from pos_trace.services.node import Actor, Answer, Node, Transaction, owned
from pos_trace.store.models import Delivery, DeliveryLine, Paper, PaperLink, Photo

MOST_PHOTOS = 20


@dataclass(frozen=True, slots=True)
class PaperIn:
    """A paper as it was told: one of ``PAPER_KINDS``, its number, date and issuer where it has them, and the kilograms
    written on it (a JSON quantity).
    """

    kind: str
    number: str | None = None
    issued_on: date | None = None
    issuer: str | None = None
    note: str | None = None
    stated_kg: object = None


def add(
    node: Node, who: Actor, delivery_id: str, told: PaperIn, line_id: str | None, now: datetime, *, truck: bool = False
) -> Answer:
    """Add a paper to a line, to a whole delivery, or with ``truck`` to its vehicle's arrival: ``{paper, lines}``.

    Open or closed: papers come late. Every line it serves is judged again. Raises ``Invalid``, ``NotFound``.
    """
    with node.write(who, now) as tx:
        delivery = tx.owned(Delivery, delivery_id, deliveries.NO_DELIVERY)
        line = _line_of(tx, delivery, line_id) if line_id else None
        paper = make(tx, told)
        if truck and line is not None:
            paper.goods_group = line.goods_group
        link(tx, paper, delivery, line, truck)
        tx.session.flush()
        lines = _judged_again(tx, paper, delivery, line, truck)
        tx.audit("paper_added", f"paper:{paper.id}", {"kind": paper.kind, "delivery": delivery.id, "line": line_id})
        return tx.answer({"paper": _told(paper), "lines": lines}, 201)


def make(tx: Transaction, told: PaperIn) -> Paper:
    """The row of a paper; raises ``Invalid`` for a kind nobody knows."""
    if told.kind not in PAPER_KINDS:
        raise Invalid("paper_kind", "Chọn loại giấy tờ trong danh sách.", (FieldError("/kind", "unknown"),))
    row = Paper(site_id=tx.who.site_id, id=tx.id(), created_at=tx.now, stall_id=tx.who.stall, kind=told.kind)
    row.stated_kg = _kilograms(told.stated_kg)
    row.number, row.issued_on = clean(told.number or "", 80) or None, told.issued_on
    row.issuer, row.note = clean(told.issuer or "", 200) or None, clean(told.note or "", 500) or None
    row.added_by = tx.who.id[:36]
    tx.session.add(row)
    tx.session.flush()
    return row


def _kilograms(told: object) -> Decimal | None:
    if told is None or told == "":
        return None
    number = exact(told)
    if number is None:
        raise Invalid(
            "stated_kg_invalid", "Số kg ghi trên giấy phải lớn hơn 0.", (FieldError("/stated_kg", "invalid"),)
        )
    return number


def link(tx: Transaction, paper: Paper, delivery: Delivery, line: DeliveryLine | None, truck: bool = False) -> None:
    """Say what a paper serves."""
    row = PaperLink(site_id=paper.site_id, id=tx.id(), created_at=tx.now, stall_id=paper.stall_id, paper_id=paper.id)
    if truck and delivery.arrival_id is not None:
        row.arrival_id = delivery.arrival_id
    elif line is not None:
        row.line_id = line.id
    else:
        row.delivery_id = delivery.id
    tx.session.add(row)


def add_photo(
    node: Node,
    who: Actor,
    delivery_id: str,
    data: bytes,
    now: datetime,
    *,
    paper_id: str | None = None,
    line_id: str | None = None,
) -> Answer:
    """Keep a photo without its EXIF: ``{photo: {id, sha256, quality}, lines}``; ``quality`` dark | blurred | null.

    Raises ``Invalid`` for what is no photo, ``Unavailable`` when nothing can look at it now.
    """
    if node.ports.photos is None:
        raise Unavailable("no_decoder", "Máy chưa xử lý được ảnh. Thử lại sau.")
    with node.db.read() as session:
        owned(session, who, Delivery, delivery_id, deliveries.NO_DELIVERY)
    kept = node.ports.photos.keep(data)
    digest = node.files.put(kept.data)
    with node.write(who, now) as tx:
        delivery = tx.owned(Delivery, delivery_id, deliveries.NO_DELIVERY)
        line = _line_of(tx, delivery, line_id) if line_id else None
        paper = tx.owned(Paper, paper_id, "Không tìm thấy giấy tờ.") if paper_id else None
        row = Photo(site_id=who.site_id, id=tx.id(), created_at=now, stall_id=who.stall, sha256=digest)
        row.media_type, row.size, row.quality, row.taken_by = kept.media_type, len(kept.data), kept.quality, who.id[:36]
        row.paper_id, row.line_id = paper.id if paper else None, line.id if line else None
        row.delivery_id = delivery.id
        _not_too_many(tx, row)
        tx.session.add(row)
        tx.session.flush()
        lines = _judged_again(tx, paper, delivery, None, True) if paper is not None else []
        tx.audit("photo_added", f"photo:{row.id}", {"sha256": digest, "delivery": delivery.id, "paper": paper_id})
        photo = {"id": row.id, "sha256": digest, "quality": kept.quality, "media_type": kept.media_type}
        return tx.answer({"photo": photo, "lines": lines}, 201)


def _not_too_many(tx: Transaction, photo: Photo) -> None:
    mine = select(Photo.id).where(Photo.site_id == photo.site_id, Photo.delivery_id == photo.delivery_id)
    same = mine.where(Photo.paper_id == photo.paper_id, Photo.line_id == photo.line_id)
    if len(tx.session.scalars(same.limit(MOST_PHOTOS)).all()) >= MOST_PHOTOS:
        raise Invalid("photos_many", f"Mỗi giấy tờ tối đa {MOST_PHOTOS} ảnh.")


def _line_of(tx: Transaction, delivery: Delivery, line_id: str) -> DeliveryLine:
    line = deliveries.own_line(tx.session, tx.who, line_id)
    if line.delivery_id != delivery.id:
        raise Invalid("line_elsewhere", "Dòng hàng này thuộc chuyến khác.", (FieldError("/line_id", "unknown"),))
    return line


def _judged_again(
    tx: Transaction, paper: Paper, delivery: Delivery, line: DeliveryLine | None, truck: bool
) -> list[Answer]:
    """The lines a new paper may serve, judged again; on a shared truck the other stalls' too, and those of whoever
    entered it before for another truck. These are told nothing here. Answers the stall's own.
    """
    entries = [*papers_served.twins(tx.session, paper), *papers_served.used_before(tx.session, paper)]
    served = {row.id: row for row in papers_served.lines_served(tx.session, entries)}
    if line is not None:
        served[line.id] = line
    elif not truck or delivery.arrival_id is None:
        served |= {row.id: row for row in deliveries.lines_of(tx.session, delivery)}
    rows = [served[row_id] for row_id in sorted(served)]
    for row in rows:
        if row.state == "accepted":
            judging.rejudge_line(tx, row, judging.known(tx.session, row.key), "paper")
    tx.session.flush()
    mine = [row for row in rows if row.stall_id == delivery.stall_id]
    return deliveries.told_lines(tx.session, tx.node, mine, tx.now)


def _told(row: Paper) -> dict[str, Any]:
    issued = row.issued_on.isoformat() if row.issued_on else None
    stated = as_text(row.stated_kg) if row.stated_kg is not None else None
    return {
        "id": row.id,
        "kind": row.kind,
        "number": row.number,
        "issued_on": issued,
        "issuer": row.issuer,
        "stated_kg": stated,
    }


def listed(node: Node, who: Actor, delivery_id: str) -> Answer:
    """The papers that serve a delivery: ``{papers: […]}``, each with ``left_kg`` where it states kilograms.

    Of another stall's paper for the same truck only kind, number, date and what is left: never its photo, its
    supplier or that stall's lines.
    """
    with node.db.read() as session:
        delivery = owned(session, who, Delivery, delivery_id, deliveries.NO_DELIVERY)
        found = papers_served.all_of_lines(session, delivery, deliveries.lines_of(session, delivery))
        return {"papers": [_listed(session, who, paper) for paper in found]}


def _listed(session: Session, who: Actor, paper: Paper) -> dict[str, Any]:
    left = papers_served.left_kg(session, paper)
    told = _told(paper) | {"own": True, "left_kg": as_text(left) if left is not None else None}
    if paper.stall_id == who.stall_id:
        return told
    return {name: told[name] for name in ("kind", "number", "issued_on", "left_kg")} | {"own": False}
