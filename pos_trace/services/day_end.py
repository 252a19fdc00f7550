"""PHIẾU CHỐT NGÀY: once per stall and day, by a tap or by the machine when the day ends; printed again it says so."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.slips import Slip
from pos_trace.core.stall_slips import DayEndFacts, day_end_slip
from pos_trace.services import hand_over, printing, receiving_slips, stall_now
from pos_trace.services.deliveries import practising
from pos_trace.services.node import Actor, Answer, Node, Transaction, stall_of
from pos_trace.services.receiving import paper_prefix
from pos_trace.store.models import DayEnd, Delivery, Sale, Stall, StockMovement

LONGEST = timedelta(hours=36)  # of what the day before left out; a longer gap was a holiday
MACHINE = "máy"
MOST_LISTED = 31


def close_day(node: Node, who: Actor, now: datetime) -> Answer:
    """ "Chốt ngày": what happened since the last one, and what lies open: ``{id, number, day, body, print_job, …}``.

    The day that is closed already is printed again, marked (``copy_no`` above 1, ``again`` true). Without a printer
    the slip is kept and shown; ``print_job`` is null.
    """
    with node.write(who, now) as tx:
        stall = stall_of(tx.session, who)
        day = now.astimezone(node.zone).date()
        row = _of_day(tx.session, stall, day)
        again = row is not None
        row = row or _write(tx, stall, day, who.name)
        printer = printing.printer_of(tx.session, node.id, stall.id)
        slip = _slip(tx, stall, row)
        job, number = hand_over.print_again(tx, "day_end", row.id, slip) if printer is not None else (None, 0)
        told = _told(row) | {"print_job": job, "copy_no": number, "again": again}
        return tx.answer(told, 200 if again else 201)


def listed(node: Node, who: Actor, now: datetime) -> Answer:
    """``{today, done}``: what the slip would say now (null once the day is closed), and the last ones that were."""
    with node.db.read() as session:
        stall = stall_of(session, who)
        day = now.astimezone(node.zone).date()
        mine = select(DayEnd).where(DayEnd.site_id == who.site_id, DayEnd.stall_id == who.stall)
        rows = list(session.scalars(mine.order_by(DayEnd.day.desc()).limit(MOST_LISTED)))
        closed = bool(rows) and rows[0].day == day
        return {
            "today": None if closed else _body(session, node, stall, day, now),
            "done": [_told(row) for row in rows],
        }


def due(node: Node, now: datetime) -> int:
    """Close the day of every stall that was at work and did not close it itself; answers how many.

    Yesterday's too, when the machine was off in the evening. A delivery left open is closed first, by its own clock.
    """
    done = 0
    today = now.astimezone(node.zone).date()
    for day in (today - timedelta(days=1), today):
        ended = _ended(node, day)
        if now < ended:
            continue
        with node.db.read() as session:
            waiting = _at_work(session, node, day) - _closed(session, node, day) - _still_open(session, node, ended)
        for stall_id in sorted(waiting):
            with node.write(node.machine("day-end", stall_id), now) as tx:
                stall = tx.session.get_one(Stall, (node.id, stall_id))
                if _of_day(tx.session, stall, day) is None:
                    row = _write(tx, stall, day, MACHINE)
                    printing.queue(tx, stall_id, "day_end", row.id, _slip(tx, stall, row))
                    done += 1
    return done


def _ended(node: Node, day: date) -> datetime:
    return datetime.combine(day, node.policy.clocks.day_end, node.zone)


def _at_work(session: Session, node: Node, day: date) -> set[str]:
    """Stalls where something happened in the market's day: what begins in the evening is the next one's."""
    start = _ended(node, day - timedelta(days=1))
    found: set[str] = set()
    for model in (StockMovement, Delivery, Sale):
        mine = select(model.stall_id).where(model.site_id == node.id, model.created_at >= start)
        found |= set(session.scalars(mine.where(model.created_at < _ended(node, day)).distinct()))
    return found


def _closed(session: Session, node: Node, day: date) -> set[str]:
    return set(session.scalars(select(DayEnd.stall_id).where(DayEnd.site_id == node.id, DayEnd.day == day)))


def _still_open(session: Session, node: Node, ended: datetime) -> set[str]:
    mine = select(Delivery.stall_id).where(Delivery.site_id == node.id, Delivery.state == "open")
    return set(session.scalars(mine.where(Delivery.last_scan_at < ended)))


def _of_day(session: Session, stall: Stall, day: date) -> DayEnd | None:
    mine = select(DayEnd).where(DayEnd.site_id == stall.site_id, DayEnd.stall_id == stall.id, DayEnd.day == day)
    return session.scalars(mine).first()


def _since(session: Session, node: Node, stall: Stall, day: date, now: datetime) -> datetime:
    """Where the last slip stopped, so that a night that passes midnight is on one paper; else last evening."""
    mine = select(DayEnd).where(DayEnd.site_id == stall.site_id, DayEnd.stall_id == stall.id, DayEnd.day < day)
    last = session.scalars(mine.order_by(DayEnd.day.desc()).limit(1)).first()
    until = datetime.fromisoformat(last.body["until"]) if last is not None else None
    if until is not None and now - LONGEST <= until < now:
        return until
    return _ended(node, day - timedelta(days=1))


def _body(session: Session, node: Node, stall: Stall, day: date, now: datetime) -> Answer:
    since = _since(session, node, stall, day, now)
    found = stall_now.open_things(session, node, stall.id, now)
    counts = stall_now.day_counts(session, node, stall.id, since, now)
    counts |= {"open": len(found["deliveries"]), "unsent": found["unsent"], "phones": found["phones"]}
    counts["unsure"] = found["unsure"]
    number, sha256 = stall_now.audit_head(session, node)
    return {
        "since": since.isoformat(),
        "until": now.isoformat(),
        "counts": counts,
        "held": found["held"],
        "papers": found["papers"],
        "audit": [number, sha256],
    }


def _write(tx: Transaction, stall: Stall, day: date, closed_by: str) -> DayEnd:
    row = DayEnd(site_id=stall.site_id, id=tx.id(), created_at=tx.now, stall_id=stall.id, day=day)
    row.number = f"{paper_prefix(stall)}-CN{day:%y%m%d}"
    row.body = _body(tx.session, tx.node, stall, day, tx.now) | {"closed_by": closed_by}
    tx.session.add(row)
    tx.session.flush()
    tx.audit("day_closed", f"day_end:{row.id}", {"number": row.number, "counts": row.body["counts"]}, stall.id)
    return row


def _slip(tx: Transaction, stall: Stall, row: DayEnd) -> Slip:
    body = row.body
    number, sha256 = body["audit"]
    return day_end_slip(
        DayEndFacts(
            place=receiving_slips.place_of(tx, stall, practising(stall, tx.node, tx.now)),
            number=row.number,
            since=datetime.fromisoformat(body["since"]),
            until=datetime.fromisoformat(body["until"]),
            counts=body["counts"],
            held=hand_over.goods(body["held"]),
            papers=[(one["name"], one["left"]) for one in body["papers"]],
            audit=(number, sha256),
            closed_by=body["closed_by"],
        )
    )


def _told(row: DayEnd) -> Answer:
    return {"id": row.id, "number": row.number, "day": row.day.isoformat(), "body": row.body}
