"""Giao ca: one person tells what lies open, the next one takes it by an own log-in; both names are kept."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict
from pos_trace.core.quantities import shown
from pos_trace.core.slips import Slip
from pos_trace.core.stall_slips import HandOverFacts, hand_over_slip
from pos_trace.services import printing, receiving_slips, stall_now
from pos_trace.services.deliveries import practising
from pos_trace.services.node import Actor, Answer, Node, Transaction, stall_of
from pos_trace.store.models import HandOver, PrintJob

NOTHING = "Không tìm thấy lần giao ca này."


def offer(node: Node, who: Actor, now: datetime) -> Answer:
    """ "Giao ca": keep what lies open now; an earlier offer nobody took is replaced: ``{id, state, giver, …}``."""
    with node.write(who, now) as tx:
        for old in _offered(tx.session, who):
            old.state = "replaced"
        row = HandOver(site_id=who.site_id, id=tx.id(), created_at=now, stall_id=who.stall, from_user=who.id[:36])
        row.state = "offered"
        row.body = stall_now.open_things(tx.session, node, who.stall, now) | {"giver": who.name, "taker": None}
        tx.session.add(row)
        tx.session.flush()
        tx.audit("hand_over_offered", f"hand_over:{row.id}", _counts(row.body))
        return tx.answer(_told(row), 201)


def take(node: Node, who: Actor, hand_over_id: str, now: datetime) -> Answer:
    """ "Nhận ca": the next person took it over, with what lay open. Raises ``Conflict``: the same person, or taken."""
    with node.write(who, now) as tx:
        row = tx.owned(HandOver, hand_over_id, NOTHING)
        if row.state != "offered":
            raise Conflict("hand_over_over", "Lần giao ca này đã có người nhận, hoặc đã giao lại lần khác.")
        if row.from_user == who.id[:36]:
            raise Conflict("same_person", "Người nhận ca vào máy bằng tên của mình (Đổi người), rồi bấm Nhận ca.")
        row.state, row.to_user, row.taken_at = "taken", who.id[:36], now
        row.body = row.body | {"taker": who.name}
        tx.audit("hand_over_taken", f"hand_over:{row.id}", {"from": row.from_user})
        return tx.answer(_told(row))


def current(node: Node, who: Actor, now: datetime) -> Answer:
    """``{offer, now, last}``: the offer that waits, what lies open this minute, who took over last."""
    with node.db.read() as session:
        stall_of(session, who)
        offered = next(iter(_offered(session, who)), None)
        mine = _mine(who).where(HandOver.state == "taken").order_by(HandOver.taken_at.desc(), HandOver.id.desc())
        last = session.scalars(mine.limit(1)).first()
        return {
            "offer": _told(offered) | {"own": offered.from_user == who.id[:36]} if offered is not None else None,
            "now": stall_now.open_things(session, node, who.stall, now),
            "last": _told(last) if last is not None else None,
        }


def print_slip(node: Node, who: Actor, hand_over_id: str, now: datetime) -> Answer:
    """The "Giao ca" slip, on wish; again it is marked BẢN IN LẠI: ``{id, print_job, copy_no}``.

    Raises ``Conflict`` where the stall has no printer.
    """
    with node.write(who, now) as tx:
        row = tx.owned(HandOver, hand_over_id, NOTHING)
        job, number = print_again(tx, "hand_over", row.id, _slip(tx, row))
        return tx.answer({"id": row.id, "print_job": job, "copy_no": number}, 201)


def print_again(tx: Transaction, kind: str, subject_id: str, slip: Slip) -> tuple[str, int]:
    """A first paper, or one more copy of what was printed before; raises ``Conflict`` without a printer."""
    mine = select(PrintJob).where(
        PrintJob.site_id == tx.node.id, PrintJob.kind == kind, PrintJob.subject_id == subject_id
    )
    first = tx.session.scalars(mine.order_by(PrintJob.copy_no).limit(1)).first()
    if first is not None:
        return printing.copy(tx, first)
    job = printing.queue(tx, tx.who.stall, kind, subject_id, slip)
    if job is None:
        raise Conflict("no_printer", printing.NO_PRINTER)
    return job, 1


def _slip(tx: Transaction, row: HandOver) -> Slip:
    stall = stall_of(tx.session, tx.who)
    body = row.body
    return hand_over_slip(
        HandOverFacts(
            place=receiving_slips.place_of(tx, stall, practising(stall, tx.node, tx.now)),
            giver=body["giver"],
            offered_at=row.created_at,
            taker=body["taker"],
            taken_at=row.taken_at,
            deliveries=[(one["supplier"], f"{one['lines']} dòng") for one in body["deliveries"]],
            held=goods(body["held"]),
            papers=[(one["name"], one["left"]) for one in body["papers"]],
            unsent=body["unsent"],
            phones=body["phones"],
            unsure=body["unsure"],
        )
    )


def goods(found: list[Answer]) -> list[tuple[str, str]]:
    """Goods of a kept body as a slip's rows."""
    return [(one["name"], f"{shown(Decimal(one['quantity']))} {one['unit']}") for one in found]


def _mine(who: Actor) -> Any:
    return select(HandOver).where(HandOver.site_id == who.site_id, HandOver.stall_id == who.stall)


def _offered(session: Session, who: Actor) -> list[HandOver]:
    return list(session.scalars(_mine(who).where(HandOver.state == "offered").order_by(HandOver.id.desc())))


def _counts(body: Answer) -> Answer:
    return {name: len(value) if isinstance(value, list) else value for name, value in body.items()}


def _told(row: HandOver) -> Answer:
    times = {"offered_at": row.created_at.isoformat(), "taken_at": row.taken_at.isoformat() if row.taken_at else None}
    return {"id": row.id, "state": row.state, **times, **row.body}
