"""The register as its officers read and change it: facilities and lots by list and form, how far the province is."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from pos_trace.core.codes.digits import GTIN_LENGTHS, checks, gtin14, is_digits
from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.text import clean, fold
from pos_trace.services import lines, register
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store.models import CertificateRow, FacilityRow, LotFile, LotRecordRow, SerialRange

PAGE: Final = 50
FACILITY_STATES: Final = {"active": "đang hoạt động", "suspended": "tạm dừng", "closed": "đã đóng"}
LOT_STATES: Final = {
    "active": "đang dùng",
    "suspended": "tạm dừng",
    "revoked": "đã hủy",
    "expired": "hết hạn",
    "recalled": "đang thu hồi",
}
NO_FACILITY: Final = "Chưa có cơ sở mang mã này."
NO_LOT: Final = "Chưa có lô mang mã này."
REASON: Final = "Đổi tình trạng thì ghi lý do."


def home(node: Node) -> Answer:
    """How much the register holds, what waits, and the share of facilities with a trace system beside its target.

    Households and closed facilities are no part of the share: the target is about enterprises.
    """
    with node.db.read() as session:
        counted = {
            name: session.scalar(select(func.count()).select_from(model)) or 0
            for name, model in (("facilities", FacilityRow), ("lots", LotRecordRow), ("ranges", SerialRange))
        }
        waiting = select(func.count()).select_from(LotFile).where(LotFile.site_id == node.id)
        counted["waiting"] = session.scalar(waiting.where(LotFile.state == "waiting")) or 0
        firms = (FacilityRow.is_individual.is_(False), FacilityRow.status != "closed")
        told = func.count(func.nullif(FacilityRow.trace_system, ""))
        with_system, firms_all = session.execute(select(told, func.count()).where(*firms)).one()
    target = node.policy.trace_target
    share = with_system * 100 // firms_all if firms_all else 0
    return counted | {
        "with_system": with_system,
        "firms": firms_all,
        "share": share,
        "target": target,
        "reached": share >= target,
        "source": node.policy.trace_target_source,
    }


def facilities(node: Node, sought: str, page: int, today: date) -> Answer:
    """Facilities by name, fifty a page, each with what has lapsed of its certificates: ``{facilities, page, pages,
    count}``. ``sought``: part of a name, of an id, a commune or a GLN, accents or not.
    """
    with node.db.read() as session:
        columns = (FacilityRow.facility_id, FacilityRow.name, FacilityRow.commune, FacilityRow.gln)
        every = session.execute(select(*columns).order_by(FacilityRow.name, FacilityRow.facility_id))
        text = fold(clean(sought, 80))
        ids = [row[0] for row in every if any(text in fold(cell or "") for cell in row)]
        count = len(ids)
        pages = max(1, -(-count // PAGE))
        page = max(1, min(page, pages))
        ids = ids[(page - 1) * PAGE : page * PAGE]
        mine = {
            row.facility_id: row for row in session.scalars(select(FacilityRow).where(FacilityRow.facility_id.in_(ids)))
        }
        rows, lapsed = [mine[ident] for ident in ids], _lapsed(session, ids, today)
        told = [
            {
                "facility_id": row.facility_id,
                "name": row.name,
                "commune": row.commune,
                "type": row.type,
                "trace_system": row.trace_system,
                "status": row.status,
                "status_text": FACILITY_STATES.get(row.status, row.status),
                "lapsed": lapsed.get(row.facility_id, []),
            }
            for row in rows
        ]
    return {"facilities": told, "page": page, "pages": pages, "count": count}


def _lapsed(session: Session, ids: list[str], today: date) -> dict[str, list[str]]:
    """By facility, the kinds of certificate of which none runs any more."""
    held = select(CertificateRow).where(CertificateRow.facility_id.in_(ids))
    last: dict[tuple[str, str], date] = {}
    for row in session.scalars(held.order_by(CertificateRow.facility_id, CertificateRow.position)):
        key = (row.facility_id, row.kind)
        last[key] = max(last.get(key, date.min), row.expires or date.max)
    found: dict[str, list[str]] = {}
    for (owner, kind), expires in sorted(last.items()):
        if expires < today:
            found.setdefault(owner, []).append(kind)
    return found


def facility(node: Node, facility_id: str) -> Answer:
    """One facility's line with ``status_reason``; raises ``NotFound``."""
    with node.db.read() as session:
        row = session.get(FacilityRow, facility_id[:80])
        if row is None:
            raise NotFound("facility_unknown", NO_FACILITY)
        return lines.facility_line(session, row) | {"status_reason": row.status_reason or ""}


def save_facility(node: Node, who: Actor, line: dict[str, Any], now: datetime, *, new: bool = False) -> Answer:
    """As ``register.put_facility``, for a person: a changed status needs ``status_reason``; ``new`` replaces nobody.

    Raises ``Invalid`` with a pointer per field, ``Conflict`` where the id is taken.
    """
    with node.db.read() as session:
        row = session.get(FacilityRow, clean(line["facility_id"], 80))
        before = row.status if row is not None else "active"
    if new and row is not None:
        raise Conflict("facility_exists", f"Mã {row.facility_id} đã có cơ sở khác dùng.")
    if line.get("gln") and not checks(line["gln"]):
        raise Invalid("facility_invalid", "GLN sai số kiểm tra.", (FieldError("/gln", "bad_check_digit"),))
    _reasoned(line, before, row.status_reason if row is not None else None)
    return register.put_facility(node, who, line, now)


def lots(node: Node, sought: str, after: str) -> Answer:
    """Lots by key, fifty a page, those behind key ``after``: ``{lots, next}``; ``next`` None: that was the last page.

    ``sought``: a GTIN, the beginning of a key, a lot, a facility's id, or part of a product's name.
    """
    with node.db.read() as session:
        found = select(LotRecordRow).where(LotRecordRow.key > clean(after, 400))
        if text := clean(sought, 200):
            found = found.where(_named(text))
        rows = list(session.scalars(found.order_by(LotRecordRow.key).limit(PAGE + 1)))
        told = [
            {
                "key": row.key,
                "product_name": row.product_name,
                "lot": row.lot,
                "facility_id": row.facility_id,
                "expiry_date": row.expiry_date.isoformat() if row.expiry_date else None,
                "status": row.status,
                "status_text": LOT_STATES.get(row.status, row.status),
            }
            for row in rows[:PAGE]
        ]
    return {"lots": told, "next": told[-1]["key"] if len(rows) > PAGE else None}


def _named(text: str) -> ColumnElement[bool]:
    if is_digits(text) and len(text) in GTIN_LENGTHS:
        return LotRecordRow.gtin == gtin14(text)
    if text.startswith(("01/", "00/")):
        begins = LotRecordRow.key.startswith(text, autoescape=True)
        gtin = text[3:17]
        return and_(LotRecordRow.gtin == gtin, begins) if text[:2] == "01" and len(gtin) == GTIN_LENGTHS[-1] else begins
    same = (LotRecordRow.key == text, LotRecordRow.lot == text, LotRecordRow.facility_id == text)
    names = {text, text[:1].upper() + text[1:]}  # SQLite knows no capitals beyond ASCII
    return or_(*same, *(LotRecordRow.product_name.icontains(name, autoescape=True) for name in sorted(names)))


def lot(node: Node, key: str) -> Answer:
    """One lot's line with ``status_reason``; its ``status`` is the officers' own, a recall beside it. ``NotFound``."""
    with node.db.read() as session:
        row = session.get(LotRecordRow, key[:400])
        if row is None:
            raise NotFound("lot_unknown", NO_LOT)
        own = row.own_status or ("active" if row.status == "recalled" else row.status)
        return lines.lot_line(row) | {"status_reason": row.status_reason or "", "status": own}


def save_lot(node: Node, who: Actor, line: dict[str, Any], now: datetime, *, new: bool = False) -> Answer:
    """As ``register.put_lots`` of one lot, for a person; what the form does not ask for stays as it was.

    Raises ``Invalid`` with a pointer per field, ``Conflict`` where the key is taken by another lot.
    """
    try:
        key = register.normal_key(line["key"])
    except ValueError:
        raise Invalid("lot_invalid", "Mã lô chưa đúng.", (FieldError("/key", "invalid"),)) from None
    with node.db.read() as session:
        row = session.get(LotRecordRow, key)
        kept = lines.lot_line(row) if row is not None else {}
        before = (row.own_status or row.status) if row is not None else "active"
    if new and row is not None:
        raise Conflict("lot_exists", "Lô này đã có trong sổ; mở lô ấy để sửa.")
    gtin = register.key_parts(key)["gtin"]
    if gtin and not checks(gtin):
        raise Invalid("lot_invalid", "GTIN sai số kiểm tra.", (FieldError("/gtin", "bad_check_digit"),))
    _reasoned(line, before, row.status_reason if row is not None else None)
    try:
        return register.put_lots(node, who, [kept | line | {"key": key}], now)
    except Invalid as wrong:
        fields = tuple(FieldError(error.pointer.removeprefix("/lots/0"), error.code) for error in wrong.errors)
        raise Invalid(wrong.code, "Có mục chưa đúng; chưa ghi gì.", fields) from None


def _reasoned(line: dict[str, Any], before: str, reason_before: str | None) -> None:
    """A changed status has a reason of its own; an unchanged one keeps the reason it had."""
    reason = clean(line.get("status_reason") or "", 500)
    if line.get("status") == before:
        line["status_reason"] = reason or reason_before or ""
    elif not reason or reason == reason_before:
        raise Invalid("reason_missing", REASON, (FieldError("/status_reason", "missing"),))
