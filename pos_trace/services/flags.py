"""Questions a received line asks of its stall: opened by a verdict, ended by an answer, each with its window."""

from datetime import timedelta

from sqlalchemy import select

from pos_trace.core.judgements import Verdict
from pos_trace.core.policy import Clocks
from pos_trace.services.node import Transaction
from pos_trace.store.models import DeliveryLine, Flag

SOLD_EXPIRED = "expired"


def open_flag(tx: Transaction, line: DeliveryLine, verdict: Verdict) -> Flag | None:
    """A flag for a verdict that asks a question, its window counted from now; one that waits already stays."""
    if verdict.flag is None:
        return None
    waiting = select(Flag).where(Flag.site_id == line.site_id, Flag.line_id == line.id)
    found = tx.session.scalars(waiting.where(Flag.state.in_(("open", "held", "sent")))).first()
    if found is not None:
        return found
    reason = "revoked" if verdict.flag == "revoked" else "papers_missing"
    return _flag(tx, line, reason, window(tx.node.policy.clocks, reason))


def window(clocks: Clocks, reason: str) -> timedelta:
    """How long a question with ``reason`` waits for its answer."""
    return clocks.report_after_revoked if reason == "revoked" else clocks.report_after


def _flag(tx: Transaction, line: DeliveryLine, reason: str, waits: timedelta) -> Flag:
    flag = Flag(site_id=line.site_id, id=tx.id(), created_at=tx.now, stall_id=line.stall_id, line_id=line.id)
    flag.reason, flag.state = reason, "open"
    flag.due_at = tx.now + max(waits, tx.node.policy.clocks.report_after_least)
    tx.session.add(flag)
    tx.session.flush()
    return flag


def papers_promised(tx: Transaction, line: DeliveryLine) -> bool:
    """Whether the goods may be sold while their papers are on the way: promised, in time, of a group that allows it."""
    group = tx.node.policy.group(line.goods_group)
    if group is None or not group.sell_while_waiting:
        return False
    mine = select(Flag.id).where(Flag.site_id == line.site_id, Flag.line_id == line.id, Flag.state == "open")
    return tx.session.scalars(mine.where(Flag.reason == "papers_missing", Flag.later_by > tx.now)).first() is not None


def sold_expired(tx: Transaction, line: DeliveryLine) -> None:
    """Expired goods stay the stall's own matter unless they are sold all the same: then the line asks (decision 1)."""
    waiting = select(Flag.id).where(Flag.site_id == line.site_id, Flag.line_id == line.id, Flag.reason == SOLD_EXPIRED)
    if tx.session.scalars(waiting).first() is None:
        _flag(tx, line, SOLD_EXPIRED, tx.node.policy.clocks.report_after)


def settle(tx: Transaction, line: DeliveryLine, verdict: Verdict) -> None:
    """A flag whose question is answered ends; nothing is opened here that a scan did not ask."""
    if verdict.flag is not None:
        return
    mine = select(Flag).where(Flag.site_id == line.site_id, Flag.line_id == line.id, Flag.state.in_(("open", "held")))
    for flag in tx.session.scalars(mine.where(Flag.reason != SOLD_EXPIRED)).all():
        flag.state, flag.answered_at = "answered", tx.now
        tx.audit("flag_answered", f"flag:{flag.id}", {"line": line.id}, line.stall_id)
