"""Papers a stall still owes: "Giấy đến sau", reminded of in time, asked about ("Cùng chuyến xe?")."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.reminding import moments, promised_by
from pos_trace.core.vocabulary import times
from pos_trace.core.vocabulary.words import PAPER_KINDS
from pos_trace.services import judging, papers_served, transfer_waiting
from pos_trace.services.node import Actor, Answer, Node, Transaction, stall_of
from pos_trace.store.models import Delivery, DeliveryLine, Flag, Paper, PaperLink

MOST = 500


def later(node: Node, who: Actor, flag_id: str, by: datetime | None, now: datetime) -> Answer:
    """ "Giấy đến sau": the papers are promised for ``by``, without one for the market's next 05:00: ``{flag}``.

    The answer window runs on unchanged. Goods of a group with ``sell_while_waiting`` are sellable until then. Raises
    ``Invalid`` for a time that is over or behind the window's end, ``Conflict`` for an answered question.
    """
    with node.write(who, now) as tx:
        flag = tx.owned(Flag, flag_id, "Không tìm thấy mục này.")
        if flag.state != "open" or flag.reason != "papers_missing":
            raise Conflict("flag_closed", "Mục này không chờ giấy tờ nữa.")
        if flag.due_at <= now:
            raise Conflict("window_over", "Đã quá giờ bổ sung giấy tờ.")
        if by is not None and not now < by <= flag.due_at:
            told = f"Chọn giờ từ bây giờ đến {_clock(node, flag.due_at)}."
            raise Invalid("later_out_of_window", told, (FieldError("/by", "out_of_range"),))
        flag.later_by = by or promised_by(now, flag.due_at, node.policy.clocks, node.zone)
        flag.reminded_at = None
        tx.session.flush()
        line = tx.session.get_one(DeliveryLine, (flag.site_id, flag.line_id))
        _again(tx, line)
        tx.audit("papers_promised", f"flag:{flag.id}", {"by": flag.later_by.isoformat()})
        return tx.answer({"flag": _told(node, flag, line, now)})


def due(node: Node, now: datetime) -> int:
    """Mark the questions whose moment to be reminded of has come; hold again what was sold on a promise that is over.

    Answers how many were marked. The window itself is never moved.
    """
    with node.db.read() as session:
        mine = select(Flag.id).where(Flag.site_id == node.id, Flag.state == "open", Flag.reason == "papers_missing")
        waiting = [
            flag_id
            for flag_id in session.scalars(mine.order_by(Flag.due_at, Flag.id))
            if _is_due(session, node, flag_id, now)
        ]
    for flag_id in waiting:
        with node.write(node.machine("reminders"), now) as tx:
            flag = tx.session.get_one(Flag, (node.id, flag_id))
            if flag.state != "open":
                continue
            flag.reminded_at = now
            tx.audit("papers_reminded", f"flag:{flag.id}", {}, flag.stall_id)
            if flag.later_by is not None and flag.later_by <= now:
                _again(tx, tx.session.get_one(DeliveryLine, (flag.site_id, flag.line_id)))
    return len(waiting)


def _is_due(session: Session, node: Node, flag_id: str, now: datetime) -> bool:
    flag = session.get_one(Flag, (node.id, flag_id))
    passed = [
        at for at in moments(flag.created_at, flag.due_at, flag.later_by, node.policy.clocks, node.zone) if at <= now
    ]
    return bool(passed) and (flag.reminded_at is None or flag.reminded_at < passed[-1])


def _again(tx: Transaction, line: DeliveryLine) -> None:
    if line.state == "accepted":
        judging.rejudge_line(tx, line, judging.known(tx.session, line.key), "papers_later")


def listed(node: Node, who: Actor, now: datetime) -> Answer:
    """What the stall still owes, the most urgent first, the papers it is asked about, and what came back unanswered:
    ``{reminders: […], same_truck: […], came_back: […]}``; for every phone of the stall.
    """
    with node.db.read() as session:
        stall_of(session, who)
        mine = (
            select(Flag, DeliveryLine)
            .join(DeliveryLine, (DeliveryLine.site_id == Flag.site_id) & (DeliveryLine.id == Flag.line_id))
            .where(Flag.site_id == who.site_id, Flag.stall_id == who.stall, Flag.state == "open")
            .where(Flag.reason == "papers_missing")
            .order_by(Flag.due_at, Flag.id)
            .limit(MOST)
        )
        rows = session.execute(mine).all()
        lacks = judging.missing_of_each(session, node, [line for _, line in rows])
        found = [_told(node, flag, line, now) | {"missing": lacks[line.id]} for flag, line in rows]
        owed = sorted(found, key=lambda one: one["by"])
        back = transfer_waiting.told(session, who, now)
        return {"reminders": owed, "same_truck": _questions(session, who), "came_back": back}


def _told(node: Node, flag: Flag, line: DeliveryLine, now: datetime) -> dict[str, Any]:
    promised = flag.later_by if flag.later_by is not None and flag.later_by > now else None
    by = promised or flag.due_at
    left = int((by - now).total_seconds())
    return {
        "flag_id": flag.id,
        "line_id": line.id,
        "delivery_id": line.delivery_id,
        "goods_name": line.goods_name,
        "by": by.isoformat(),
        "text": f"Cần giấy trước {_clock(node, by)}",
        "left": f"còn {times.age(left)}" if left >= 60 else "quá giờ",
        "promised": promised is not None,
        "due_at": flag.due_at.isoformat(),
        "reminded_at": flag.reminded_at.isoformat() if flag.reminded_at else None,
    }


def _clock(node: Node, moment: datetime) -> str:
    return moment.astimezone(node.zone).strftime("%H:%M %d/%m/%Y")


def _questions(session: Session, who: Actor) -> list[dict[str, Any]]:
    """Papers of the stall used for another truck, nobody having said yet whether it is the same."""
    again = select(Paper).where(Paper.site_id == who.site_id, Paper.stall_id == who.stall, Paper.same_truck.is_(None))
    again = again.where(papers_served.entered_twice())
    rows = session.scalars(again.order_by(Paper.id.desc()).limit(MOST))
    return [
        {
            "paper_id": row.id,
            "kind": row.kind,
            "text": _words(row),
            "before": earlier[-1].created_at.isoformat(),
            "own": earlier[-1].stall_id == row.stall_id,
        }
        for row in rows
        if (earlier := papers_served.used_before(session, row))
    ]


def _words(row: Paper) -> str:
    words = PAPER_KINDS.get(row.kind, row.kind)
    return f"{words[:1].upper()}{words[1:]} {row.number or ''}".strip()


def same_truck(node: Node, who: Actor, paper_id: str, same: bool, now: datetime) -> Answer:
    """The answer to "Cùng chuyến xe?": yes ties the paper to that truck and the doubt goes; no and it does not count
    for these goods: ``{paper, lines}``. The paper and its photo stay either way; it may be answered anew.
    """
    with node.write(who, now) as tx:
        paper = tx.owned(Paper, paper_id, "Không tìm thấy giấy tờ.")
        earlier = papers_served.used_before(tx.session, paper)
        if not earlier:
            raise Conflict("nothing_asked", "Giấy này chưa dùng cho chuyến nào khác.")
        paper.same_truck, paper.same_truck_at = same, now
        if same:
            _tie(tx, paper, earlier)
        tx.session.flush()
        lines = papers_served.lines_served(tx.session, [paper, *earlier])
        for line in lines:
            _again(tx, line)
        tx.audit("paper_same_truck", f"paper:{paper.id}", {"same": same})
        told = [line.id for line in lines if line.stall_id == who.stall_id]
        return tx.answer({"paper": {"id": paper.id, "same_truck": same}, "lines": told})


def _tie(tx: Transaction, paper: Paper, earlier: list[Paper]) -> None:
    """Link the paper to the arrivals the stall's own earlier entry came with."""
    mine = [one.id for one in earlier if one.stall_id == paper.stall_id]
    links = select(PaperLink.arrival_id).where(PaperLink.site_id == paper.site_id, PaperLink.paper_id.in_(mine))
    known = set(tx.session.scalars(select(PaperLink.arrival_id).where(
        PaperLink.site_id == paper.site_id, PaperLink.paper_id == paper.id)))  # fmt: skip
    for arrival in sorted({one for one in tx.session.scalars(links) if one} - known):
        row = PaperLink(
            site_id=paper.site_id, id=tx.id(), created_at=tx.now, stall_id=paper.stall_id, paper_id=paper.id
        )
        row.arrival_id = arrival
        tx.session.add(row)


def cover(node: Node, who: Actor, paper_id: str, delivery_id: str, now: datetime) -> Answer:
    """One invoice for several deliveries: a paper of the stall serves one more of its deliveries."""
    with node.write(who, now) as tx:
        paper = tx.owned(Paper, paper_id, "Không tìm thấy giấy tờ.")
        delivery = tx.owned(Delivery, delivery_id, "Không tìm thấy chuyến hàng.")
        had = select(PaperLink.id).filter_by(site_id=paper.site_id, paper_id=paper.id, delivery_id=delivery.id)
        if tx.session.scalars(had).first() is None:
            row = PaperLink(
                site_id=paper.site_id, id=tx.id(), created_at=now, stall_id=paper.stall_id, paper_id=paper.id
            )
            row.delivery_id = delivery.id
            tx.session.add(row)
            tx.session.flush()
        lines = [line for line in papers_served.lines_served(tx.session, [paper]) if line.stall_id == who.stall_id]
        for line in lines:
            _again(tx, line)
        tx.audit("paper_covers", f"paper:{paper.id}", {"delivery": delivery.id})
        return tx.answer({"paper": {"id": paper.id}, "lines": [line.id for line in lines]})
