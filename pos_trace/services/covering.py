"""Covering parts of a photo before it is sent (ID cards, phone numbers): the original stays at the stall."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Invalid, Unavailable
from pos_trace.core.vocabulary.words import PAPER_KINDS
from pos_trace.services import papers_served
from pos_trace.services.node import Actor, Answer, Node, owned
from pos_trace.store.models import DeliveryLine, Paper, Photo

NO_PHOTO = "Không tìm thấy ảnh."
NO_LINE = "Không tìm thấy dòng hàng."
COVERED = "đã che bớt"
MOST_COVERS = 20


def listed(node: Node, who: Actor, line_id: str) -> Answer:
    """The photos that would go with a line, each as it was taken: ``{photos: [{id, words, covered}]}``.

    ``covered``: a covered picture goes in its place.
    """
    with node.db.read() as session:
        line = owned(session, who, DeliveryLine, line_id, NO_LINE)
        papers = {paper.id: paper for paper in papers_served.of_line(session, line)}
        mine = select(Photo).where(Photo.site_id == line.site_id, Photo.stall_id == line.stall_id)
        mine = mine.where(or_(Photo.line_id == line.id, Photo.paper_id.in_(sorted(papers))), Photo.covers_id.is_(None))
        rows = session.scalars(mine.order_by(Photo.id)).all()
        sent = {one.covers_id for one in to_send(session, rows)}
        words = {row.id: _words(papers.get(row.paper_id or "")) for row in rows}
        return {"photos": [{"id": row.id, "words": words[row.id], "covered": row.id in sent} for row in rows]}


def _words(paper: Paper | None) -> str:
    if paper is None:
        return "Ảnh hàng"
    words = PAPER_KINDS.get(paper.kind, paper.kind)
    return f"{words[:1].upper()}{words[1:]} {paper.number or ''}".strip()


def file(node: Node, who: Actor, photo_id: str) -> tuple[bytes, str]:
    """Bytes and media type of a photo of the stall; another stall's is ``NotFound``."""
    with node.db.read() as session:
        row = owned(session, who, Photo, photo_id, NO_PHOTO)
        digest, media_type = row.sha256, row.media_type
    return node.files.get(digest), media_type


def cover(node: Node, who: Actor, photo_id: str, data: bytes, now: datetime) -> Answer:
    """Keep ``data``, the photo with parts painted over, to be sent in its place: ``{photo: {id, covers}}``.

    Covered anew the newest one goes. What was sent before stays as it was. Raises ``NotFound``, ``Invalid`` for what
    is no photo, ``Unavailable`` when nothing can look at it now.
    """
    if node.ports.photos is None:
        raise Unavailable("no_decoder", "Máy chưa xử lý được ảnh. Thử lại sau.")
    with node.db.read() as session:
        owned(session, who, Photo, photo_id, NO_PHOTO)
    kept = node.ports.photos.keep(data)
    digest = node.files.put(kept.data)
    with node.write(who, now) as tx:
        photo = tx.owned(Photo, photo_id, NO_PHOTO)
        taken = photo.covers_id or photo.id
        had = select(func.count()).where(Photo.site_id == photo.site_id, Photo.covers_id == taken)
        if (tx.session.scalar(had) or 0) >= MOST_COVERS:
            raise Invalid("photos_many", f"Một ảnh che tối đa {MOST_COVERS} lần.")
        row = Photo(site_id=photo.site_id, id=tx.id(), created_at=now, stall_id=photo.stall_id, sha256=digest)
        row.media_type, row.size, row.taken_by, row.covers_id = kept.media_type, len(kept.data), who.id[:36], taken
        row.paper_id, row.line_id, row.delivery_id = photo.paper_id, photo.line_id, photo.delivery_id
        tx.session.add(row)
        tx.session.flush()
        tx.audit("photo_covered", f"photo:{row.id}", {"sha256": digest, "covers": taken})
        return tx.answer({"photo": {"id": row.id, "covers": taken}}, 201)


def to_send(session: Session, photos: Sequence[Photo]) -> list[Photo]:
    """What leaves the stall of ``photos``: of each picture the one covered last, the original only when none is."""
    taken = sorted({photo.covers_id or photo.id for photo in photos})
    every = select(Photo).where(or_(Photo.id.in_(taken), Photo.covers_id.in_(taken)))
    last: dict[str, Photo] = {}
    for row in session.scalars(every.order_by(Photo.created_at, Photo.id)):
        if row.covers_id is not None or row.id not in last:
            last[row.covers_id or row.id] = row
    return [last[one] for one in taken]


def caption(photo: Photo, words: str | None) -> str | None:
    """``words`` under a picture that is sent; a covered one says so, for whoever reads it."""
    if photo.covers_id is None:
        return words
    return f"{words} ({COVERED})" if words else f"Ảnh {COVERED}"
