"""The trader shows the own book to an inspector, by an own tap: a signed bundle of a period or of one lot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from pos_trace.core import bundles
from pos_trace.core.books import DutyBook
from pos_trace.core.errors import FieldError, Invalid, NotFound
from pos_trace.core.text import clean
from pos_trace.core.vocabulary.times import day, local_day
from pos_trace.services import access_log, monthly_book
from pos_trace.services.node import Actor, Answer, Node, owned, sha256, stall_of
from pos_trace.store.models import Presentation, StockLot, VerdictRow

OWN_TAP: Final = "chủ sạp trình"
LONGEST: Final = timedelta(days=92)
MOST_LISTED: Final = 100
MOST_PHOTO_BYTES: Final = 150 * 2**20
ENDINGS: Final = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a bundle holds before it is written: the book, the papers' pictures by name, the verdicts."""

    subject: str
    detail: Answer
    book: DutyBook
    photos: Mapping[str, bytes]
    verdicts: list[Answer]


def collect(
    node: Node, who: Actor, from_day: date | None, to_day: date | None, lot_id: str | None, now: datetime
) -> Shown:
    """The stall's own rows of a lot, else of the days; raises ``Invalid`` (no days, too many), ``NotFound``."""
    if lot_id is not None:
        return _of_lot(node, who, lot_id, now)
    if from_day is None or to_day is None or not timedelta(0) <= to_day - from_day <= LONGEST:
        wrong = (FieldError("/from_day", "invalid"), FieldError("/to_day", "invalid"))
        raise Invalid("period_invalid", "Chọn ngày đầu và ngày cuối, nhiều nhất ba tháng; hoặc chọn một lô.", wrong)
    book = monthly_book.book(node, who, from_day, to_day, now)
    detail = {"from_day": from_day.isoformat(), "to_day": to_day.isoformat(), "text": book.period}
    return _with_papers(node, who, "period", detail, book, monthly_book.line_ids(node, who, from_day, to_day))


def _of_lot(node: Node, who: Actor, lot_id: str, now: datetime) -> Shown:
    with node.db.read() as session:
        lot = owned(session, who, StockLot, lot_id, "Không tìm thấy lô này.")
        while lot.line_id is None and lot.parent_lot_id is not None:
            lot = owned(session, who, StockLot, lot.parent_lot_id, "Không tìm thấy lô này.")
        label, line_id, received = lot.label, lot.line_id, local_day(lot.received_at)
    if line_id is None:
        raise NotFound("no_receiving", "Lô này không có lượt nhận để trình (hàng nhập trước, hoặc gộp từ nhiều lô).")
    book = monthly_book.book(node, who, received, received, now, line_id)
    detail = {"lot_id": lot_id, "text": f"Lô {label}, nhận {day(received)}"}
    return _with_papers(node, who, "lot", detail, book, [line_id])


def _with_papers(node: Node, who: Actor, subject: str, detail: Answer, book: DutyBook, lines: list[str]) -> Shown:
    photos: dict[str, bytes] = {}
    left = MOST_PHOTO_BYTES
    for digest, media_type in monthly_book.photos(node, who, lines):
        data = node.files.get(digest) if node.files.has(digest) else b""
        left -= len(data)
        if left < 0:
            raise Invalid(
                "bundle_too_big", "Kỳ này có quá nhiều ảnh. Chọn kỳ ngắn hơn.", (FieldError("/to_day", "invalid"),)
            )
        if data:
            photos[f"giay-to/{digest[:16]}.{ENDINGS.get(media_type, 'bin')}"] = data
    return Shown(subject, detail, book, photos, _verdicts(node, who, lines))


def _verdicts(node: Node, who: Actor, lines: list[str]) -> list[Answer]:
    found = []
    with node.db.read() as session:
        for at in range(0, len(lines), monthly_book.AT_ONCE):
            some = VerdictRow.line_id.in_(lines[at : at + monthly_book.AT_ONCE])
            mine = select(VerdictRow).where(VerdictRow.site_id == node.id, VerdictRow.stall_id == who.stall, some)
            found += [
                {
                    "line_id": row.line_id,
                    "at": row.created_at.isoformat(),
                    "status": row.status,
                    "judgements": row.judgements,
                    "reasons": row.reasons,
                    "records_version": row.records_version,
                    "records_as_of": row.records_as_of.isoformat() if row.records_as_of else None,
                    "cause": row.cause,
                }
                for row in session.scalars(mine.order_by(VerdictRow.created_at, VerdictRow.id))
            ]
    return found


def keep(
    node: Node, who: Actor, shown: Shown, files: Mapping[str, bytes], shown_to: str, ground: str, now: datetime
) -> Answer:
    """Sign ``files`` (the book in its forms, photos, verdicts) and write down who was shown what, on which ground.

    The look stands in "Ai đã xem" at once. Raises ``Invalid`` without a name.
    """
    person, why = clean(shown_to, 200), clean(ground, 200) or OWN_TAP
    if not person:
        raise Invalid("shown_to_missing", "Ghi tên người được trình và cơ quan.", (FieldError("/shown_to", "missing"),))
    told: dict[str, Any] = {
        "kind": "pos_trace presentation",
        "station": node.id,
        "stall": shown.book.stall,
        "gln": shown.book.gln,
        "subject": shown.subject,
        "detail": shown.detail,
        "shown_to": person,
        "ground": why,
        "shown_by": who.name,
        "made_at": now.isoformat(),
        "audit": {"number": shown.book.audit[0], "sha256": shown.book.audit[1]},
        "demo": node.demo,
    }
    data = bundles.pack(files, told, node.signing_key)
    digest = node.files.put(data)
    with node.write(who, now) as tx:
        stall = stall_of(tx.session, who)
        row = Presentation(site_id=node.id, id=tx.id(), created_at=now, stall_id=stall.id, subject=shown.subject)
        row.detail, row.sha256, row.shown_to, row.ground = shown.detail | {"size": len(data)}, digest, person, why
        row.made_by = who.id[:36]
        tx.session.add(row)
        access_log.write(tx, stall.id, person, "", "presentation", row.id, why, now)
        tx.audit("presented", f"presentation:{row.id}", {"sha256": digest, "subject": shown.subject, "ground": why})
        return tx.answer(_told(row), 201)


def listed(node: Node, who: Actor) -> Answer:
    """What was shown so far, newest first: ``{presentations}``."""
    mine = select(Presentation).where(Presentation.site_id == node.id, Presentation.stall_id == who.stall)
    with node.db.read() as session:
        rows = session.scalars(mine.order_by(Presentation.created_at.desc(), Presentation.id.desc()).limit(MOST_LISTED))
        return {"presentations": [_told(row) for row in rows]}


def bundle(node: Node, who: Actor, presentation_id: str) -> bytes:
    """The very bundle that was shown."""
    with node.db.read() as session:
        row = owned(session, who, Presentation, presentation_id, "Không tìm thấy bộ sổ này.")
        digest = row.sha256
    data = node.files.get(digest)
    if sha256(data) != digest:
        raise NotFound("file_unknown", "Tệp của bộ sổ này đã bị hỏng. Trình lại bộ mới.")
    return data


def _told(row: Presentation) -> Answer:
    return {
        "id": row.id,
        "at": row.created_at.isoformat(),
        "subject": row.subject,
        "text": str(row.detail.get("text", "")),
        "size": row.detail.get("size", 0),
        "shown_to": row.shown_to,
        "ground": row.ground,
        "sha256": row.sha256,
    }
