""" "Sai sạp" that nobody answers: the goods are the first stall's again, their question runs on, both are told."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.services import transfer_corrections, transfer_returns
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Transfer

STATE = "unanswered"
TOLD_FOR = timedelta(hours=12)
MOST = 100


def due(node: Node, now: datetime) -> int:
    """Bring back what was handed to a stall that has not answered within ``correction_within``, sooner where a question
    put off would have ended sooner. Answers how many slips.
    """
    waiting = select(Transfer).where(Transfer.site_id == node.id, Transfer.state == "sent")
    waiting = waiting.where(Transfer.kind == "correction", Transfer.direction == "out").order_by(Transfer.id)
    with node.db.read() as session:
        over = [row.id for row in session.scalars(waiting) if _until(node, row) <= now]
    for transfer_id in over:
        with node.write(node.machine("corrections"), now) as tx:
            row = tx.session.get_one(Transfer, (node.id, transfer_id))
            if row.state == "sent":
                _bring_back(tx, row)
    return len(over)


def _until(node: Node, row: Transfer) -> datetime:
    asked = [datetime.fromisoformat(told["flag"]["due_at"]) for told in row.lines if told["flag"]]
    return min([row.created_at + node.policy.clocks.correction_within, *asked])


def _bring_back(tx: Transaction, row: Transfer) -> None:
    transfer_corrections.restore(tx, row)
    for one in (row, transfer_returns.other_side(tx.session, row)):
        if one is not None:
            one.state, one.answered_at = STATE, tx.now
            tx.audit("transfer_unanswered", f"transfer:{one.id}", {"number": row.number}, one.stall_id)


def told(session: Session, who: Actor, now: datetime) -> list[Answer]:
    """What came back, or went back, unanswered in the last twelve hours: ``[{number, text, at}]``, the newest first."""
    mine = select(Transfer).where(Transfer.site_id == who.site_id, Transfer.stall_id == who.stall)
    mine = mine.where(Transfer.state == STATE, Transfer.answered_at > now - TOLD_FOR)
    rows = session.scalars(mine.order_by(Transfer.answered_at.desc(), Transfer.id.desc()).limit(MOST))
    return [
        {"number": row.number, "text": _words(row), "at": row.answered_at.isoformat() if row.answered_at else None}
        for row in rows
    ]


def _words(row: Transfer) -> str:
    if row.direction == "out":
        return f"{row.buyer.get('name')} chưa trả lời phiếu {row.number}: hàng về lại sạp mình, xem lại giấy tờ."
    seller = (row.from_station or "").partition("/")[2]
    return f"Hết giờ trả lời phiếu {row.number}: hàng về lại sạp {seller}."
