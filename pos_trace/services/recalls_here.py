"""Recalls at a stall: which concern it, and "Đã thu hồi xong" with the quantities its ledger tells."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import NotFound
from pos_trace.services import recall_sums, stop_sales
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store.models import RecallLot, RecallRow, StockLot, StopSale, User

DONE = "recall_done"
MOST = 100


def listed(node: Node, who: Actor) -> Answer:
    """The recalls that name goods this stall received, newest first: ``{recalls}``, each with number, reason, issuer,
    time, state and when the stall said it was done (``done``, None while it did not). Figures: ``stop_sales.listed``.
    """
    with node.db.read() as session:
        told = select(StopSale.recall_id, StopSale.kind, StopSale.created_at)
        told = told.where(StopSale.site_id == who.site_id, StopSale.stall_id == who.stall)
        told = told.where(StopSale.kind.in_(("recall", DONE)), StopSale.recall_id.is_not(None))
        serial = StockLot.key.startswith(RecallLot.key + "/21/")
        named = select(RecallLot.recall_id).join(StockLot, or_(StockLot.key == RecallLot.key, serial)).distinct()
        named = named.where(StockLot.site_id == who.site_id, StockLot.stall_id == who.stall)
        done: dict[str, str | None] = dict.fromkeys(session.scalars(named))
        for recall_id, kind, at in session.execute(told.order_by(StopSale.id)):
            done[str(recall_id)] = at.isoformat() if kind == DONE else done.get(str(recall_id))
        rows = session.scalars(
            select(RecallRow)
            .where(RecallRow.recall_id.in_(sorted(done)))
            .order_by(RecallRow.issued_at.desc(), RecallRow.recall_id)
            .limit(MOST)
        )
        return {"recalls": [_told(row) | {"done": done[row.recall_id]} for row in rows]}


def said_done(session: Session, who: Actor, recall_id: str, sums: list[Answer]) -> Answer | None:
    """When and by whom the stall said last that a recall was done, and whether its figures moved since then."""
    row = session.scalars(
        select(StopSale)
        .where(StopSale.site_id == who.site_id, StopSale.stall_id == who.stall)
        .where(StopSale.kind == DONE, StopSale.recall_id == recall_id)
        .order_by(StopSale.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    told = {"at": row.created_at.isoformat(), "by": row.detail.get("by", "")}
    return told | {"sums": row.detail["sums"], "moved": row.detail["sums"] != sums}


def detail(node: Node, who: Actor, recall_id: str) -> Answer:
    """What this stall has and sold of a recall (``stop_sales.listed``), and ``done``: what it last said."""
    told = stop_sales.listed(node, who, recall_id)
    with node.db.read() as session:
        return told | {"done": said_done(session, who, recall_id, told["completion"])}


def complete(node: Node, who: Actor, recall_id: str, now: datetime) -> Answer:
    """ "Đã thu hồi xong": the figures of this moment are written down, as often as they change. Raises ``NotFound``
    for a recall that stopped nothing here.
    """
    with node.write(who, now) as tx:
        lots = [
            lot for lot in stop_sales.recalled_lots(tx.session, who.site_id, recall_id) if lot.stall_id == who.stall
        ]
        if not lots:
            raise NotFound("not_found", "Sạp này không có hàng của thông báo thu hồi này.")
        sums = recall_sums.of_stall(tx.session, who, recall_id, lots)
        before = said_done(tx.session, who, recall_id, sums)
        if before is None or before["moved"]:
            row = StopSale(site_id=who.site_id, id=tx.id(), created_at=now, stall_id=who.stall, kind=DONE)
            user = tx.session.get(User, (who.site_id, who.id)) if who.kind == "user" else None
            row.recall_id, row.detail = recall_id, {"sums": sums, "by": user.name if user is not None else ""}
            tx.session.add(row)
            tx.audit("recall_done", f"recall:{recall_id}", {"sums": sums})
            tx.session.flush()
        return tx.answer({"recall_id": recall_id, "done": said_done(tx.session, who, recall_id, sums)})


def _told(row: RecallRow) -> Answer:
    told = {name: getattr(row, name) for name in ("recall_id", "reason", "issuer", "status")}
    return told | {"issued_at": row.issued_at.isoformat()}
