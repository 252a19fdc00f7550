"""A recall told to the whole market: the text to read aloud, how many stalls hold it, when it was read, the notice."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, NotFound
from pos_trace.core.office_slips import RecalledGoods, RecallNotice, aloud, recall_slip
from pos_trace.core.slips import Place
from pos_trace.services import printing
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store import lots
from pos_trace.store.models import Product, RecallLot, RecallRead, RecallRow, Site, StockLot

MOST_NAMED = 20
NO_RECALL = "Không có thông báo thu hồi này."


def in_force(node: Node) -> Answer:
    """``{recalls: [{recall_id, title, aloud, stalls, read_at, …}]}``, newest first; ``stalls``: how many hold some of
    it, never which (decision 2: the office sees counts). ``read_at``: when it was last read aloud, or None.
    """
    with node.db.read() as session:
        active = select(RecallRow).where(RecallRow.status == "active")
        rows = list(session.scalars(active.order_by(RecallRow.issued_at.desc(), RecallRow.recall_id)))
        return {"recalls": [_told(session, node, row) for row in rows]}


def detail(node: Node, recall_id: str) -> Answer:
    """One recall in force with everything its A4 notice shows; ``NotFound``."""
    with node.db.read() as session:
        return _told(session, node, _active(session, recall_id))


def read_aloud(node: Node, who: Actor, recall_id: str, now: datetime) -> Answer:
    """ "Đã đọc lúc …": ``{recall_id, read_at}``; each reading is kept. ``NotFound``."""
    with node.write(who, now) as tx:
        row = _active(tx.session, recall_id)
        made = RecallRead(site_id=node.id, id=tx.id(), created_at=now, recall_id=row.recall_id, read_by=who.id[:36])
        tx.session.add(made)
        tx.audit("recall_read", f"recall:{row.recall_id}"[:80], {})
        return tx.answer({"recall_id": row.recall_id, "read_at": now.isoformat()}, 201)


def print_notice(node: Node, who: Actor, recall_id: str, now: datetime) -> Answer:
    """THÔNG BÁO THU HỒI on the market's own printer: ``{print_job}``; ``Conflict`` where the site has none."""
    with node.write(who, now) as tx:
        row = _active(tx.session, recall_id)
        site = tx.session.get(Site, (node.id, node.id))
        name = ", ".join(part for part in ((site.name, site.commune) if site else (node.id,)) if part)
        slip = recall_slip(Place("", name, demo=node.demo), _notice(tx.session, node, row))
        # the site's own slip belongs to no stall: it comes out of the shared printer
        job = printing.queue(tx, node.id, "recall_notice", row.recall_id[:36], slip)
        if job is None:
            raise Conflict("no_printer", "Chợ chưa có máy in dùng chung. Chưa in gì.")
        tx.audit("recall_printed", f"recall:{row.recall_id}"[:80], {"print_job": job})
        return tx.answer({"print_job": job}, 201)


def _active(session: Session, recall_id: str) -> RecallRow:
    row = session.get(RecallRow, recall_id[:80])
    if row is None or row.status != "active":
        raise NotFound("recall_unknown", NO_RECALL)
    return row


def _keys(session: Session, recall_id: str) -> list[str]:
    named = select(RecallLot.key).where(RecallLot.recall_id == recall_id).order_by(RecallLot.key)
    return list(session.scalars(named))


def _notice(session: Session, node: Node, row: RecallRow) -> RecallNotice:
    keys = _keys(session, row.recall_id)
    goods = tuple(_goods(session, node, key) for key in keys[:MOST_NAMED])
    if len(keys) > MOST_NAMED:
        goods = (*goods, RecalledGoods(f"và {len(keys) - MOST_NAMED} lô khác trong thông báo", ""))
    where, help_line = tuple(row.collect_at), node.policy.help_line
    return RecallNotice(row.recall_id, row.issued_at, row.issuer, row.reason, goods, row.instructions, where, help_line)


def _goods(session: Session, node: Node, key: str) -> RecalledGoods:
    """What a recalled key is called: by its record, else as the stalls that hold it call it."""
    record = lots.find(session, key).record
    label = key.rpartition("/10/")[2].partition("/21/")[0] if "/10/" in key else key
    if record is not None:
        return RecalledGoods(record.product_name, record.lot or label, record.production_date, record.expiry_date)
    named = (
        select(Product.name)
        .join(StockLot, (StockLot.site_id == Product.site_id) & (StockLot.product_id == Product.id))
        .where(StockLot.site_id == node.id, StockLot.key == key)
    )
    name = session.scalars(named.order_by(Product.id).limit(1)).first()
    return RecalledGoods(name or "Hàng có mã", label)


def _told(session: Session, node: Node, row: RecallRow) -> Answer:
    notice = _notice(session, node, row)
    held = select(func.count(StockLot.stall_id.distinct())).where(
        StockLot.site_id == node.id, StockLot.key.in_(_keys(session, row.recall_id)), StockLot.on_hand > 0
    )
    reads = select(func.max(RecallRead.created_at)).where(
        RecallRead.site_id == node.id, RecallRead.recall_id == row.recall_id
    )
    read_at = session.scalar(reads)
    return {
        "recall_id": row.recall_id,
        "issued_at": row.issued_at.isoformat(),
        "issuer": row.issuer,
        "reason": row.reason,
        "instructions": row.instructions,
        "collect_at": list(row.collect_at),
        "goods": [{"text": one.words(), "days": one.days()} for one in notice.goods],
        "aloud": aloud(notice),
        "stalls": session.scalar(held) or 0,
        "read_at": read_at.isoformat() if read_at else None,
    }
