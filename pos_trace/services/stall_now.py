"""What lies open at a stall right now, and what happened since: for the next shift and for the end of the day."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from pos_trace.core.quantities import as_text
from pos_trace.core.vocabulary import times
from pos_trace.core.vocabulary.stock import LOSS, SHELF_LIFE, STATE_WORDS
from pos_trace.services import shortfalls
from pos_trace.services.node import Answer, Node
from pos_trace.store.models import (
    Adjustment,
    AuditEntry,
    AuditHead,
    Delivery,
    DeliveryLine,
    Device,
    Flag,
    OutboxMessage,
    PrintJob,
    Product,
    Sale,
    StockLot,
    StockMovement,
)

WAITS = ("pending", "leased", "parked")
OVERRIDE, WITHDRAWN = "held_sold_override", "case_withdrawn"


def left_words(due_at: datetime, now: datetime) -> str:
    """``còn 5 giờ``; ``quá giờ`` once it passed."""
    seconds = int((due_at - now).total_seconds())
    return f"còn {times.age(seconds)}" if seconds >= 60 else "quá giờ"


def open_things(session: Session, node: Node, stall_id: str, now: datetime) -> Answer:
    """``{deliveries, held, papers, unsent, phones, unsure}``: open deliveries, goods set aside, lines that wait for
    papers with the time left, messages and phone scans not sent, slips nobody is sure of.
    """
    return {
        "deliveries": _deliveries(session, node, stall_id),
        "held": _held(session, node, stall_id),
        "papers": _papers(session, node, stall_id, now),
        "unsent": _number(session, select(func.count()).where(
            OutboxMessage.site_id == node.id, OutboxMessage.stall_id == stall_id, OutboxMessage.state.in_(WAITS))),
        "phones": _number(session, select(func.sum(Device.queue_count)).where(
            Device.site_id == node.id, Device.stall_id == stall_id)),
        "unsure": _number(session, select(func.count()).where(
            PrintJob.site_id == node.id, PrintJob.stall_id == stall_id,
            PrintJob.state == "sent_unconfirmed", PrintJob.answered.is_(None))),
    }  # fmt: skip


def _number(session: Session, wanted: Select[Any]) -> int:
    return int(session.scalar(wanted) or 0)


def _deliveries(session: Session, node: Node, stall_id: str) -> list[Answer]:
    mine = select(Delivery).where(Delivery.site_id == node.id, Delivery.stall_id == stall_id, Delivery.state == "open")
    rows = session.scalars(mine.order_by(Delivery.created_at, Delivery.id)).all()
    lines = select(DeliveryLine.delivery_id, func.count()).where(
        DeliveryLine.site_id == node.id, DeliveryLine.delivery_id.in_([row.id for row in rows])
    )
    counts = {row[0]: row[1] for row in session.execute(lines.group_by(DeliveryLine.delivery_id))}
    return [
        {
            "id": row.id,
            "supplier": row.supplier_name,
            "lines": counts.get(row.id, 0),
            "since": row.created_at.isoformat(),
        }
        for row in rows
    ]


def _held(session: Session, node: Node, stall_id: str) -> list[Answer]:
    mine = (
        select(StockLot, Product.name)
        .join(Product, (Product.site_id == StockLot.site_id) & (Product.id == StockLot.product_id))
        .where(StockLot.site_id == node.id, StockLot.stall_id == stall_id, StockLot.on_hand > 0)
        .where(StockLot.state.in_(("held", "blocked", "returned_recalled")))
        .order_by(StockLot.received_at, StockLot.id)
    )
    return [
        {"id": lot.id, "name": name, "label": lot.label, "quantity": as_text(lot.on_hand), "unit": lot.unit,
         "word": STATE_WORDS[lot.state]}
        for lot, name in session.execute(mine)
    ]  # fmt: skip


def _papers(session: Session, node: Node, stall_id: str, now: datetime) -> list[Answer]:
    mine = (
        select(Flag, DeliveryLine.goods_name)
        .join(DeliveryLine, (DeliveryLine.site_id == Flag.site_id) & (DeliveryLine.id == Flag.line_id))
        .where(Flag.site_id == node.id, Flag.stall_id == stall_id, Flag.state.in_(("open", "held")))
        .order_by(Flag.due_at, Flag.id)
    )
    return [
        {"line_id": flag.line_id, "name": name, "due_at": flag.due_at.isoformat(), "left": left_words(flag.due_at, now)}
        for flag, name in session.execute(mine)
    ]


def day_counts(session: Session, node: Node, stall_id: str, since: datetime, until: datetime) -> dict[str, int]:
    """How often each thing of ``stall_slips.DAY_ROWS`` happened after ``since``, up to ``until``; no prices."""

    def count(model: Any, column: Any, *where: Any) -> int:
        own = (model.site_id == node.id, model.stall_id == stall_id)
        return _number(session, select(func.count()).where(*own, column > since, column <= until, *where))

    over = (StockLot.state == "closed", StockLot.state_reason.in_(("person", SHELF_LIFE)))
    short = {one.product_id for one in shortfalls.waiting(session, node.id, stall_id)}
    return {
        "closed": count(Delivery, Delivery.closed_at, Delivery.state == "closed"),
        "auto_closed": count(Delivery, Delivery.closed_at, Delivery.state == "closed", Delivery.closed_by == "machine"),
        "refused": count(DeliveryLine, DeliveryLine.created_at, DeliveryLine.refused > 0),
        "sales": count(Sale, Sale.created_at, Sale.kind == "sale"),
        "lots_over": count(StockLot, StockLot.closed_at, *over),
        "lots_auto": count(StockLot, StockLot.closed_at, StockLot.state_reason == SHELF_LIFE),
        "wasted": count(
            StockMovement, StockMovement.created_at, StockMovement.kind == "wasted", StockMovement.subject != LOSS
        ),
        "adjusted": count(Adjustment, Adjustment.created_at),
        "short": len(short),
        "printed": count(PrintJob, PrintJob.created_at, PrintJob.state == "confirmed"),
        "overrides": count(AuditEntry, AuditEntry.created_at, AuditEntry.act == OVERRIDE),
        "withdrawn": count(AuditEntry, AuditEntry.created_at, AuditEntry.act == WITHDRAWN),
    }


def audit_head(session: Session, node: Node) -> tuple[int, str]:
    """Number and hash of the log's last entry: who keeps the paper can prove what the log said that day."""
    head = session.get(AuditHead, node.id)
    return (head.number, head.sha256) if head is not None else (0, "")
