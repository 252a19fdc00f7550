"""The province issues and ends recalls; the lots they name carry it at once through the feed."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.text import clean
from pos_trace.services import lines, register
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store import counters
from pos_trace.store.models import LotRecordRow, RecallLot, RecallRow

MOST_LOTS = 5000


def issue(node: Node, who: Actor, line: dict[str, Any], now: datetime) -> Answer:
    """Issue a recall of ``keys``, or of ``gtin`` with ``lots``: ``{recall_id, version, keys, records}``.

    ``issued_at``: the day on a notice that was entered later; without it now.
    ``records`` counts the published lots it marked; lots published later under these keys are caught when they come.
    Raises ``Invalid`` (no lots, no reason), ``Conflict`` when the notice number is taken.
    """
    keys = _keys(line)
    reason = clean(line.get("reason") or "", 1000)
    if not reason:
        raise Invalid("recall_reason", "Thông báo thu hồi cần nêu lý do.", (FieldError("/reason", "missing"),))
    issued_at = line.get("issued_at") or now
    if issued_at > now:
        raise Invalid("recall_future", "Ngày thông báo ở tương lai.", (FieldError("/issued_at", "out_of_range"),))
    with node.write(who, now) as tx:
        recall_id = clean(line.get("recall_id") or "", 80) or _number(tx)
        if tx.session.get(RecallRow, recall_id) is not None:
            raise Conflict("recall_exists", f"Đã có thông báo thu hồi số {recall_id}.")
        row = RecallRow(recall_id=recall_id, gtin=line.get("gtin"), reason=reason, issued_at=issued_at, status="active")
        row.issuer = clean(line.get("issuer") or "", 200) or node.policy.province.department
        row.level, row.instructions = clean(line.get("level") or "", 40), clean(line.get("instructions") or "", 2000)
        row.collect_at = [place for told in line.get("collect_at") or [] if (place := clean(told, 300))]
        row.version = counters.next_version(tx.session, register.RECORDS)
        tx.session.add(row)
        tx.session.flush()
        tx.session.add_all(RecallLot(recall_id=recall_id, key=key) for key in keys)
        marked = _mark(tx, keys, recall_id)
        tx.audit("recall_issued", f"recall:{recall_id}"[:80], {"keys": keys[:50], "records": marked})
        version = row.version
        return tx.answer({"recall_id": recall_id, "version": version, "keys": keys, "records": marked}, 201)


def end(node: Node, who: Actor, recall_id: str, reason: str, now: datetime) -> Answer:
    """End a recall: its lots are what the register says of them again, unless another recall still names them."""
    with node.write(who, now) as tx:
        row = tx.session.get(RecallRow, recall_id)
        if row is None:
            raise NotFound("recall_unknown", "Không có thông báo thu hồi này.")
        if row.status == "ended":
            raise Conflict("recall_ended", "Thông báo thu hồi này đã kết thúc.")
        row.status, row.version = "ended", counters.next_version(tx.session, register.RECORDS)
        tx.session.flush()
        freed = list(tx.session.scalars(select(LotRecordRow).where(LotRecordRow.recall_id == recall_id)))
        for lot in freed:
            lot.recall_id = register.recall_on(tx.session, lot)
            lot.status = "recalled" if lot.recall_id else lot.own_status or "active"
            lot.version, lot.updated_at = counters.next_version(tx.session, register.RECORDS), now
        tx.audit("recall_ended", f"recall:{recall_id}"[:80], {"reason": clean(reason, 300), "records": len(freed)})
        return tx.answer({"recall_id": recall_id, "status": "ended", "records": len(freed)})


def detail(node: Node, recall_id: str) -> Answer:
    """One recall with its lots; raises ``NotFound``."""
    with node.db.read() as session:
        row = session.get(RecallRow, recall_id)
        if row is None:
            raise NotFound("recall_unknown", "Không có thông báo thu hồi này.")
        return lines.recall_line(session, row)


def _keys(line: dict[str, Any]) -> list[str]:
    keys = list(line.get("keys") or [])
    gtin = str(line.get("gtin") or "")
    keys += [f"01/{gtin.rjust(14, '0')}/10/{register.quoted(lot)}" for lot in line.get("lots") or []]
    if not keys or (line.get("lots") and not gtin):
        raise Invalid(
            "recall_lots", "Cần nêu lô thu hồi: mã lô, hoặc GTIN kèm số lô.", (FieldError("/keys", "missing"),)
        )
    if len(keys) > MOST_LOTS:
        raise Invalid("recall_lots", f"Mỗi thông báo tối đa {MOST_LOTS} lô.", (FieldError("/keys", "too_long"),))
    made = set()
    for index, key in enumerate(keys):
        try:
            made.add(register.normal_key(key))
        except ValueError:
            wrong = FieldError(f"/keys/{index}", "invalid")
            raise Invalid("recall_lots", f"Mã lô chưa đúng: {key[:80]}", (wrong,)) from None
    return sorted(made)


def _mark(tx: Transaction, keys: list[str], recall_id: str) -> int:
    """Mark the published lots of ``keys``, a lot's serial-numbered records too; answers how many."""
    marked = 0
    for key in keys:
        parts = register.key_parts(key)
        same: ColumnElement[bool] = LotRecordRow.key == key
        if parts["lot"] and not parts["serial"]:
            same = or_(same, and_(LotRecordRow.gtin == parts["gtin"], LotRecordRow.lot == parts["lot"]))
        for lot in tx.session.scalars(select(LotRecordRow).where(same)):
            lot.status, lot.recall_id, lot.updated_at = "recalled", recall_id, tx.now
            lot.version = counters.next_version(tx.session, register.RECORDS)
            marked += 1
    return marked


def _number(tx: Transaction) -> str:
    local = tx.now.astimezone(tx.node.zone)
    number = counters.next_number(tx.session, tx.node.id, tx.node.id, "recall", str(local.year))
    return f"TH-{local.year}-{number:04d}"
