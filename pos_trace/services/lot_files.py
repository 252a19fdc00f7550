"""Files of lots that cooperatives send: read, looked at, then approved by an officer, a second one where there is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from pos_trace.core.text import clean
from pos_trace.services import lines, register
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.services.people import living
from pos_trace.store.models import FacilityRow, LotFile, LotRecordRow, Membership, User

WAITING: Final = "waiting"
STATES: Final = {"waiting": "chờ duyệt", "approved": "đã duyệt", "refused": "không duyệt"}
ROLE: Final = "records_officer"
PAGE: Final = 50
NO_FILE: Final = "Không có tệp này."
DECIDED: Final = "Tệp này đã có người quyết định."


def owners(node: Node) -> list[tuple[str, str]]:
    """(id, name) of every facility that is not closed, for a sheet's list."""
    with node.db.read() as session:
        found = select(FacilityRow.facility_id, FacilityRow.name).where(FacilityRow.status != "closed")
        return [(ident, name) for ident, name in session.execute(found.order_by(FacilityRow.facility_id))]


def take(node: Node, who: Actor, name: str, sha256: str, sheet: Answer, now: datetime) -> Answer:
    """Keep what a file says until somebody decides: ``{id, state, lots, errors}``; the same file again is the same.

    ``sheet``: ``{lots, errors: [{line, column, expected}], bad: [{line, cells}], ignored}``.
    """
    with node.write(who, now) as tx:
        same = select(LotFile).where(LotFile.site_id == node.id, LotFile.sha256 == sha256, LotFile.state != "refused")
        row = tx.session.scalars(same.order_by(LotFile.id)).first()
        if row is None:
            row = LotFile(site_id=node.id, id=tx.id(), created_at=now, sha256=sha256, state=WAITING)
            row.name, row.sent_by, row.sent_name = clean(name, 120) or "lo.xlsx", who.id[:36], who.name[:120]
            row.lots, row.errors, row.bad, row.ignored = (sheet[key] for key in ("lots", "errors", "bad", "ignored"))
            tx.session.add(row)
            told = {"lots": len(row.lots), "bad_rows": len(row.bad), "sha256": sha256}
            tx.audit("lot_file_taken", f"lot_file:{row.id}", told)
        return tx.answer(_told(row), 201)


def listed(node: Node, page: int = 1) -> Answer:
    """Files, those that wait first, then the newest: ``{files, page, pages}``."""
    with node.db.read() as session:
        mine = select(LotFile).where(LotFile.site_id == node.id)
        count = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
        pages = max(1, -(-count // PAGE))
        page = max(1, min(page, pages))
        order = mine.order_by((LotFile.state == WAITING).desc(), LotFile.created_at.desc(), LotFile.id)
        rows = session.scalars(order.offset((page - 1) * PAGE).limit(PAGE))
        return {"files": [_told(row) for row in rows], "page": page, "pages": pages}


def detail(node: Node, who: Actor, file_id: str, now: datetime) -> Answer:
    """One file: its lots, each with whether the register has it (``new``), its errors and rows to mend, and what keeps
    the actor from approving it (``hindrance``, empty when nothing does). Raises ``NotFound``.
    """
    with node.db.read() as session:
        row = _row(session, node, file_id)
        keys = [lot["key"] for lot in row.lots]
        had: set[str] = set()
        for at in range(0, len(keys), 500):
            part = select(LotRecordRow.key).where(LotRecordRow.key.in_(keys[at : at + 500]))
            had |= set(session.scalars(part))
        rows = [lot | {"new": lot["key"] not in had} for lot in row.lots]
        hindrance = _hindrance(session, node, who, row, now)
        return _told(row) | {"rows": rows, "wrong": row.errors, "bad": row.bad, "ignored": row.ignored,
                             "hindrance": hindrance, "remark": row.remark}  # fmt: skip


def approve(node: Node, who: Actor, file_id: str, now: datetime) -> Answer:
    """Put a file's lots into the register, all or none: ``{id, state, items}``. Approved twice it answers the same.

    What the sheet does not say of a lot the register has stays, its status too. Raises ``Forbidden`` for who sent it
    while another officer can approve, ``Conflict`` for a refused one, ``Invalid`` where the register says no.
    """
    with node.write(who, now) as tx:
        row = _row(tx.session, node, file_id)
        if row.state == "approved":
            return tx.answer(_told(row))
        if row.state != WAITING:
            raise Conflict("file_decided", DECIDED)
        if words := _hindrance(tx.session, node, who, row, now):
            raise Forbidden("other_officer_needed", words)
        if not row.lots:
            raise Conflict("file_empty", "Tệp này không có dòng nào đúng để duyệt.")
        told = register.write_lots(tx, [_completed(tx.session, lot) for lot in row.lots])
        _decide(tx, row, "approved", "")
        tx.audit("lot_file_approved", f"lot_file:{row.id}", {"lots": len(row.lots), "sent_by": row.sent_by})
        return tx.answer(_told(row) | {"version": told["version"]})


def refuse(node: Node, who: Actor, file_id: str, remark: str, now: datetime) -> Answer:
    """Put nothing of a file into the register, with why. Raises ``Invalid`` without a reason, ``Conflict``."""
    with node.write(who, now) as tx:
        row = _row(tx.session, node, file_id)
        if row.state != WAITING:
            raise Conflict("file_decided", DECIDED)
        told = clean(remark, 500)
        if not told:
            raise Invalid("reason_missing", "Ghi lý do không duyệt.", (FieldError("/remark", "missing"),))
        _decide(tx, row, "refused", told)
        tx.audit("lot_file_refused", f"lot_file:{row.id}", {"reason": told})
        return tx.answer(_told(row))


def _decide(tx: Transaction, row: LotFile, state: str, remark: str) -> None:
    row.state, row.decided_name, row.decided_at, row.remark = state, tx.who.name[:120], tx.now, remark or None


def _row(session: Session, node: Node, file_id: str) -> LotFile:
    row = session.get(LotFile, (node.id, file_id[:36]))
    if row is None:
        raise NotFound("not_found", NO_FILE)
    return row


def _hindrance(session: Session, node: Node, who: Actor, row: LotFile, now: datetime) -> str:
    """Four eyes where there are four: who sent a file approves it only when no other officer works at the authority."""
    if row.state != WAITING or row.sent_by != who.id:
        return ""
    mine = select(Membership.agency_id).where(Membership.site_id == node.id, Membership.user_id == who.id)
    others = (
        select(User.id)
        .join(Membership, (Membership.site_id == User.site_id) & (Membership.user_id == User.id))
        .where(User.site_id == node.id, User.active, User.id != who.id, Membership.role == ROLE)
        .where(Membership.agency_id.in_(mine), living(now))
    )
    another: Sequence[Any] = session.scalars(others.limit(1)).all()
    return "Tệp do bạn gửi lên: cán bộ sổ lô khác của cơ quan duyệt." if another else ""


def _completed(session: Session, lot: dict[str, Any]) -> dict[str, Any]:
    """The sheet's lot on top of what the register has of it."""
    row = session.get(LotRecordRow, lot["key"])
    if row is None:
        return lot
    return lines.lot_line(row) | lot | {"status": row.own_status or row.status}


def _told(row: LotFile) -> Answer:
    return {
        "id": row.id,
        "name": row.name,
        "state": row.state,
        "state_text": STATES.get(row.state, row.state),
        "lots": len(row.lots),
        "bad_rows": len(row.bad),
        "sent_by": row.sent_name,
        "sent_at": row.created_at.isoformat(),
        "decided_by": row.decided_name,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
    }
