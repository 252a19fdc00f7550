"""A stall's practice period: it ends by itself with a printed sheet; the office may give it more or fewer days."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, FieldError, Invalid, NotFound
from pos_trace.core.office_slips import PracticeSum, practice_slip
from pos_trace.services import printing, receiving_slips
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Case, Delivery, DeliveryLine, Flag, Stall

LONGEST = timedelta(days=90)
PRINTED_WITHIN = timedelta(days=7)  # a sheet about weeks ago helps nobody
NOTED_FOR = timedelta(days=3)


def due(node: Node, now: datetime) -> int:
    """End the practice of every stall whose last day has passed; answers how many."""
    today = now.astimezone(node.zone).date()
    with node.db.read() as session:
        over = select(Stall.id).where(
            Stall.site_id == node.id, Stall.practice_until <= today, Stall.practice_ended_at.is_(None)
        )
        waiting = list(session.scalars(over.order_by(Stall.id)))
    for stall_id in waiting:
        with node.write(node.machine("practice", stall_id), now) as tx:
            _end(tx, tx.session.get_one(Stall, (node.id, stall_id)), today)
    return len(waiting)


def _end(tx: Transaction, stall: Stall, today: date) -> None:
    if stall.practice_ended_at is not None or stall.practice_until is None:
        return
    stall.practice_ended_at = tx.now
    done = summary(tx.session, tx.node, stall)
    job = None
    if today - stall.practice_until <= PRINTED_WITHIN:
        slip = practice_slip(receiving_slips.place_of(tx, stall), done, tx.node.policy, tx.now)
        job = printing.queue(tx, stall.id, "practice_over", stall.id, slip)
    told = {"lines": done.lines, "papers": done.papers, "sent": done.sent, "print_job": job}
    tx.audit("practice_ended", f"stall:{stall.id}", told, stall.id)


def summary(session: Session, node: Node, stall: Stall) -> PracticeSum:
    """How many lines were received while practising, how many asked for papers, how many reports left (none)."""
    of_stall = (
        select(func.count(DeliveryLine.id.distinct()))
        .join(Delivery, (Delivery.site_id == DeliveryLine.site_id) & (Delivery.id == DeliveryLine.delivery_id))
        .where(Delivery.site_id == node.id, Delivery.stall_id == stall.id, Delivery.practice)
    )
    asked = of_stall.join(Flag, (Flag.site_id == DeliveryLine.site_id) & (Flag.line_id == DeliveryLine.id))
    sent = asked.join(Case, (Case.site_id == Flag.site_id) & (Case.id == Flag.case_id))
    lines = of_stall.where(DeliveryLine.state != "cancelled")
    began, until = stall.golive_date, stall.practice_until
    days = (until - began).days if began is not None and until is not None else node.policy.clocks.practice_days
    return PracticeSum(max(days, 0), *(int(session.scalar(wanted) or 0) for wanted in (lines, asked, sent)))


def note(session: Session, node: Node, stall: Stall, now: datetime) -> str:
    """What the stall's screens say in the first days after practice; else nothing."""
    ended, until = stall.practice_ended_at, stall.practice_until
    if ended is None or until is None or not timedelta(0) <= now - ended < NOTED_FOR:
        return ""
    if now.astimezone(node.zone).date() - until > NOTED_FOR:
        return ""  # the machine was off, or the stall joined with its practice behind it
    return f"Hết thời gian tập dùng. {summary(session, node, stall).words(node.policy.province.department)}."


def set_until(node: Node, who: Actor, number: str, until: date, now: datetime) -> Answer:
    """Give stall ``number`` a new last day: today ends its practice at once, at most ninety days ahead.

    ``{number, practice_until, practising}``. What was received before keeps what it was received as. Practice ends
    once: a stall that works in earnest practises no more (USERS decision 6: mass balance and reports begin after it).
    Raises ``NotFound``, ``Invalid``, ``Conflict``.
    """
    today = now.astimezone(node.zone).date()
    if not today <= until <= today + LONGEST:
        detail = f"Chọn ngày từ hôm nay đến {today + LONGEST:%d/%m/%Y}."
        raise Invalid("practice_day", detail, (FieldError("/until", "out_of_range"),))
    with node.write(who, now) as tx:
        stall = tx.session.scalars(select(Stall).where(Stall.site_id == node.id, Stall.number == number)).first()
        if stall is None:
            raise NotFound("stall_unknown", f"Không có sạp {number}.")
        if until > today and _over(tx, stall, today):
            detail = f"Sạp {number} đã hết thời gian tập dùng, không mở lại được. Chỉ kéo dài được trước khi hết."
            raise Conflict("practice_over", detail)
        before, stall.practice_until = stall.practice_until, until
        told = {"from": before.isoformat() if before else None, "until": until.isoformat()}
        tx.audit("practice_set", f"stall:{stall.id}", told, stall.id)
        if until <= today:
            _end(tx, stall, today)
        tx.session.flush()
        answer = {"number": stall.number, "practice_until": until.isoformat(), "practising": until > today}
        return tx.answer(answer)


def _over(tx: Transaction, stall: Stall, today: date) -> bool:
    """Whether the stall practised already, or began to receive in earnest without any practice."""
    if stall.practice_until is not None:
        return stall.practice_ended_at is not None or stall.practice_until <= today
    earnest = select(Delivery.id).where(Delivery.site_id == stall.site_id, Delivery.stall_id == stall.id)
    return tx.session.scalars(earnest.where(Delivery.practice.is_(False)).limit(1)).first() is not None
