"""The shopper's page: what was sold, where each item came from, which one was recalled since; facts, no price."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core import tokens
from pos_trace.core.codes import parse
from pos_trace.core.errors import Invalid, NotFound
from pos_trace.core.records import Facility, LotRecord, RecordAnswer
from pos_trace.services import receipts
from pos_trace.services.node import Answer, Node
from pos_trace.store import lots
from pos_trace.store.models import LotRecordRow, PublishedLine, PublishedReceipt, Receipt, Sale, SaleLine, Stall

SHORT_LIVES = timedelta(days=90)
NO_RECEIPT = "Chưa có thông tin của mã này. Phiếu vừa in có thể cần ít phút; thử lại sau."


def receipt(node: Node, token: str) -> Answer:
    """``{token, stall_name, stall_gln, sold_hour, items, recalled, as_of}``; raises ``NotFound``.

    The province answers from what was published to it, a station from its own sale by the same projection.
    """
    wanted = tokens.normalise(token)
    if not tokens.is_token(wanted):
        raise NotFound("not_found", NO_RECEIPT)
    with node.db.read() as session:
        told = _published(session, wanted) or _own(session, node, wanted)
        if told is None:
            raise NotFound("not_found", NO_RECEIPT)
        items = [item(session, line) for line in told["lines"]]
        return {
            "token": wanted,
            "short_code": tokens.format_short(tokens.short_code(wanted)),
            "stall_name": told["stall_name"],
            "stall_gln": told["stall_gln"],
            "sold_hour": told["sold_hour"],
            "items": items,
            "recalled": [one for one in items if one["recalls"]],
            "source": node.policy.province.name,
            "as_of": as_of(session),
        }


def by_short_code(node: Node, typed: str, now: datetime) -> list[Answer]:
    """Receipts of the last 90 days with this short code: ``[{token, stall_name, sold_hour}]``; usually one.

    Raises ``Invalid`` when a sign was mistyped, so that nobody reads another shopper's page.
    """
    wanted = tokens.normalise(typed)
    if not tokens.is_short(wanted):
        raise Invalid("short_code_invalid", "Mã gõ chưa đúng. Kiểm tra lại từng ký tự trên phiếu.")
    since = now - SHORT_LIVES
    with node.db.read() as session:
        published = select(PublishedReceipt).where(
            PublishedReceipt.short_code == wanted, PublishedReceipt.received_at >= since
        )
        found = [_short(row.token, row.stall_name, row.sold_hour) for row in session.scalars(published)]
        mine = select(Receipt, Sale, Stall).where(Receipt.short_code == wanted, Receipt.created_at >= since)
        mine = mine.join(Sale, (Sale.site_id == Receipt.site_id) & (Sale.id == Receipt.sale_id))
        mine = mine.where(Sale.practice.is_(False))
        mine = mine.join(Stall, (Stall.site_id == Receipt.site_id) & (Stall.id == Receipt.stall_id))
        for row, sale, stall in session.execute(mine):
            if all(one["token"] != row.token for one in found):
                hour = sale.sold_at.replace(minute=0, second=0, microsecond=0)
                found.append(_short(row.token, f"Sạp {stall.number} – {stall.name}", hour))
        return sorted(found, key=lambda one: one["sold_hour"], reverse=True)


def lot(node: Node, path: str) -> Answer:
    """A lot's page by its Digital Link path: facts of the lot only, never who bought it."""
    code = parse(f"https://example.example/{path}")
    with node.db.read() as session:
        answer = lots.find(session, code.key) if code.key is not None else None
        if answer is None or answer.record is None:
            raise NotFound("not_found", "Chưa có hồ sơ của lô này.")
        line = {"line_no": 1, "product_name": answer.record.product_name, "lot_keys": [code.key]}
        found = item(session, line | {"lot_source": "scanned", "origin": None})
        return {"items": [found], "recalled": [found] if found["recalls"] else [], "source": node.policy.province.name,
                "as_of": as_of(session)}  # fmt: skip


def as_of(session: Session) -> datetime | None:
    """How new the facts on the page are: when the province's feed last answered; where they are kept, with no feed
    to follow, when the newest of them was written.
    """
    answered = lots.records_age(session).as_of
    if answered is not None:
        return answered
    newest = select(LotRecordRow.updated_at).where(LotRecordRow.updated_at.is_not(None))
    return session.scalars(newest.order_by(LotRecordRow.version.desc()).limit(1)).first()


def _short(token: str, stall_name: str, sold_hour: datetime) -> Answer:
    return {"token": token, "stall_name": stall_name, "sold_hour": sold_hour}


def _published(session: Session, token: str) -> dict[str, Any] | None:
    row = session.get(PublishedReceipt, token)
    if row is None:
        return None
    mine = select(PublishedLine).where(PublishedLine.token == token).order_by(PublishedLine.line_no)
    names = ("line_no", "product_name", "lot_keys", "lot_source", "origin", "origins", "lots_are")
    lines = [{name: getattr(line, name) for name in names} for line in session.scalars(mine)]
    return {"stall_name": row.stall_name, "stall_gln": row.stall_gln, "sold_hour": row.sold_hour, "lines": lines}


def _own(session: Session, node: Node, token: str) -> dict[str, Any] | None:
    row = session.scalars(select(Receipt).where(Receipt.token == token)).first()
    if row is None:
        return None
    sale = session.get_one(Sale, (row.site_id, row.sale_id))
    if sale.practice:
        return None
    stall = session.get_one(Stall, (row.site_id, row.stall_id))
    mine = select(SaleLine).where(SaleLine.site_id == row.site_id, SaleLine.sale_id == sale.id)
    sold = session.scalars(mine.order_by(SaleLine.id)).all()
    told = receipts.projection(session, node, row, sale, stall, sold)
    return told | {"sold_hour": datetime.fromisoformat(told["sold_hour"])}


def item(session: Session, line: dict[str, Any]) -> Answer:
    """One projected line as the page shows it, by the records of now."""
    found = [(key, lots.find(session, key)) for key in line["lot_keys"]]
    recalls = [_recall(key, answer) for key, answer in found if answer.recall is not None]
    of_day = line.get("lots_are") == "of_day"  # a bag holds several lots: those tapped, or any of that day
    return {
        "line_no": line["line_no"],
        "product_name": line["product_name"],
        "lot_source": line["lot_source"],
        "certain": len(found) <= 1 or (of_day and line["lot_source"] != "unknown"),
        "lots_are": "of_day" if of_day else line.get("lots_are") or "one_of",
        "lots": [_lot(key, answer) for key, answer in found if answer.record is not None],
        "unknown": [key for key, answer in found if answer.record is None],
        "origin": line["origin"],
        "origins": line.get("origins") or ([line["origin"]] if line["origin"] else []),
        "recalls": recalls,
        "count": len(found),
    }


def _recall(key: str, answer: RecordAnswer) -> Answer:
    assert answer.recall is not None
    recall = answer.recall
    return {
        "key": key,
        "lot": answer.record.lot if answer.record is not None else key.rpartition("/")[2],
        "number": recall.recall_id,
        "reason": recall.reason,
        "issuer": recall.issuer,
        "issued_at": recall.issued_at,
        "instructions": recall.instructions,
        "collect_at": list(recall.collect_at),
    }


def _lot(key: str, answer: RecordAnswer) -> Answer:
    """The legal items of a lot (NĐ 37/2026 Art. 23.7): name, picture, who, address, origin, brand and lot, expiry."""
    assert answer.record is not None
    record = answer.record
    return {
        "key": key,
        "product_name": record.product_name,
        "image_url": _picture(record),
        "facility": _facility_name(answer.facility),
        "address": _address(answer.facility),
        "origin": record.origin_place or _country(record),
        "brand": record.brand,
        "lot": record.lot,
        "serial": record.serial,
        "expiry": record.expiry_date or record.best_before,
        "produced": record.production_date or record.harvest_date or record.pack_date,
        "planting_area": record.planting_area_code,
        "importer": record.importer,
        "status": record.status,
        "certificates": _certificates(answer.facility),
        "version": record.version,
        "updated_at": record.updated_at,
    }


def _picture(record: LotRecord) -> str | None:
    """Only told where one is; the page fetches nothing from elsewhere, so it shows a link."""
    found = record.image_url or ""
    return found if found.startswith("https://") else None


def _facility_name(facility: Facility | None) -> str | None:
    """An individual is masked in public (Luật Bảo vệ dữ liệu cá nhân)."""
    if facility is None:
        return None
    return "Hộ sản xuất" if facility.is_individual else facility.name


def _address(facility: Facility | None) -> str | None:
    if facility is None:
        return None
    if facility.is_individual:
        return ", ".join(part for part in (facility.commune, facility.province) if part) or None
    return facility.address


def _country(record: LotRecord) -> str | None:
    return "Việt Nam" if record.origin_country == "704" else record.origin_country


def _certificates(facility: Facility | None) -> Sequence[Answer]:
    if facility is None:
        return []
    return [{"kind": one.kind, "number": one.number, "expires": one.expires} for one in facility.certificates]
