"""Ranges of stamps and serials the province issues; stations learn them by the feed and judge labels by them."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from pos_trace.core.codes.digits import GTIN_LENGTHS, checks, gtin14, is_digits
from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.serial_ranges import IssuedRange, wrong_ends
from pos_trace.core.text import clean
from pos_trace.services import lines
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.services.register import RECORDS
from pos_trace.store import counters, serial_ranges
from pos_trace.store.models import FacilityRow, SerialRange

PAGE: Final = 50
WITHDRAWN: Final = "withdrawn"
NO_RANGE: Final = "Không có dải tem này."


def issue(node: Node, who: Actor, told: dict[str, Any], now: datetime) -> Answer:
    """Issue the serials ``first`` to ``last`` to a lot (``gtin`` and ``lot``), a product (``gtin``) or a facility
    (``facility_id``); ``issued_on`` (None: today), ``issued_to``. Answers the range's line.

    Raises ``Invalid`` with a pointer per wrong field, ``Conflict`` where a serial of it was issued before.
    """
    made = _range(told)
    with node.write(who, now) as tx:
        wrong = _wrong(tx, made, told)
        if wrong:
            raise Invalid("range_invalid", "Dải tem chưa đúng: " + "; ".join(words for _, words in wrong) + ".",
                          tuple(FieldError(f"/{name}", "invalid") for name, _ in wrong))  # fmt: skip
        _free(tx.session, made)
        row = SerialRange(range_id=tx.id(), gtin=made.gtin, lot=made.lot, facility_id=made.facility_id)
        row.first, row.last, row.status = made.first, made.last, "active"
        row.issued_on = told.get("issued_on") or now.astimezone(node.zone).date()
        row.issued_to = clean(told.get("issued_to") or "", 200) or None
        row.version = counters.next_version(tx.session, RECORDS)
        tx.session.add(row)
        tx.audit("serials_issued", f"serial_range:{row.range_id}", {"first": made.first, "last": made.last})
        return tx.answer(_told(row), 201)


def withdraw(node: Node, who: Actor, range_id: str, reason: str, now: datetime) -> Answer:
    """Take a range back (lost, spoilt): its serials count as never issued from now on. Twice is once."""
    with node.write(who, now) as tx:
        row = tx.session.get(SerialRange, range_id)
        if row is None:
            raise NotFound("not_found", NO_RANGE)
        told = clean(reason, 500)
        if not told:
            raise Invalid("reason_missing", "Ghi lý do thu lại dải tem.", (FieldError("/reason", "missing"),))
        if row.status != WITHDRAWN:
            row.status, row.version = WITHDRAWN, counters.next_version(tx.session, RECORDS)
            tx.audit("serials_withdrawn", f"serial_range:{row.range_id}", {"reason": told})
        return tx.answer(_told(row))


def listed(node: Node, sought: str = "", page: int = 1) -> Answer:
    """Ranges, the newest first: ``{ranges, page, pages, count}``; ``sought``: a GTIN, a lot, a facility, a serial."""
    text = clean(sought, 80)
    with node.db.read() as session:
        found = select(SerialRange)
        if text:
            names = (SerialRange.lot, SerialRange.facility_id, SerialRange.first, SerialRange.last)
            gtin = gtin14(text) if is_digits(text) and len(text) in GTIN_LENGTHS else text
            found = found.where(or_(SerialRange.gtin == gtin, *(name == text for name in names)))
        count = session.scalar(select(func.count()).select_from(found.subquery())) or 0
        page = max(1, min(page, -(-count // PAGE)))
        rows = session.scalars(found.order_by(SerialRange.version.desc()).offset((page - 1) * PAGE).limit(PAGE))
        told = [_told(row) for row in rows]
    return {"ranges": told, "page": page, "pages": max(1, -(-count // PAGE)), "count": count}


def of_lot(session: Session, gtin: str | None, lot: str | None, facility_id: str) -> list[IssuedRange]:
    """Ranges that may count for labels of a lot."""
    return serial_ranges.issued(session, gtin, lot, facility_id)


def _range(told: dict[str, Any]) -> IssuedRange:
    first, last = (clean(told.get(name) or "", 40) for name in ("first", "last"))
    gtin, lot = clean(told.get("gtin") or "", 20).replace(" ", ""), clean(told.get("lot") or "", 80)
    good = is_digits(gtin) and len(gtin) in GTIN_LENGTHS
    owner = clean(told.get("facility_id") or "", 80)
    return IssuedRange(first, last, (gtin14(gtin) if good else gtin) or None, lot or None, owner or None)


def _wrong(tx: Transaction, made: IssuedRange, told: dict[str, Any]) -> list[tuple[str, str]]:
    """What is wrong by field, in words."""
    found = []
    if made.gtin and not (is_digits(made.gtin) and len(made.gtin) == GTIN_LENGTHS[-1] and checks(made.gtin)):
        found.append(("gtin", "GTIN có 8, 12, 13 hoặc 14 chữ số, đúng số kiểm tra"))
    if bool(made.gtin) == bool(made.facility_id):
        found.append(("facility_id", "chọn một: GTIN (kèm số lô nếu cấp cho một lô) hoặc cơ sở"))
    if made.lot and not made.gtin:
        found.append(("lot", "số lô đi cùng GTIN"))
    if made.facility_id and tx.session.get(FacilityRow, made.facility_id) is None:
        found.append(("facility_id", "chưa có cơ sở mang mã này"))
    if words := wrong_ends(made.first, made.last):
        found.append(("last" if made.first else "first", words))
    day = told.get("issued_on")
    if isinstance(day, date) and day > tx.now.astimezone(tx.node.zone).date():
        found.append(("issued_on", "ngày cấp chưa tới"))
    return found


def _free(session: Session, made: IssuedRange) -> None:
    same = select(SerialRange).where(SerialRange.status == "active")
    for name in ("gtin", "lot", "facility_id"):
        value, column = getattr(made, name), getattr(SerialRange, name)
        same = same.where(column.is_(None) if value is None else column == value)
    for row in session.scalars(same.order_by(SerialRange.range_id)):
        before = IssuedRange(row.first, row.last)
        if before.holds(made.first) or before.holds(made.last) or made.holds(row.first):
            raise Conflict("serials_issued_before", f"Dải {row.first}–{row.last} đã cấp trước đó, trùng số.")


def _told(row: SerialRange) -> dict[str, Any]:
    return lines.serial_range_line(row) | {"count": IssuedRange(row.first, row.last).count}
