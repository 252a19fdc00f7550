"""Giờ yên: when this site's machine may do its heavy work: as the office sets it, else as configured (decision 16)."""

from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy.orm import Session

from pos_trace.core.errors import FieldError, Invalid, NotFound
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store.models import Site

SHORTEST: Final = timedelta(hours=1)
LONGEST: Final = timedelta(hours=20)
NOT_SO: Final = "Giờ yên dài từ 1 đến 20 giờ; có thể qua nửa đêm."


def hours(session: Session, node: Node) -> tuple[time, time]:
    """From when until when, on the site's clock; a later start than end passes midnight."""
    site = session.get(Site, (node.id, node.id))
    clocks = node.policy.clocks
    if site is None or site.quiet_from is None or site.quiet_until is None:
        return clocks.quiet_from, clocks.quiet_until
    return time.fromisoformat(site.quiet_from), time.fromisoformat(site.quiet_until)


def told(node: Node) -> Answer:
    """``{from, until, configured: {from, until}, own}``, "HH:MM" each; ``own``: the office set them."""
    with node.db.read() as session:
        site = session.get(Site, (node.id, node.id))
        return _told(node, *hours(session, node), own=site is not None and site.quiet_from is not None)


def set_hours(node: Node, who: Actor, start: time | None, end: time | None, now: datetime) -> Answer:
    """Set the site's quiet hours; None and None: as configured again. Answers as ``told``.

    Raises ``Invalid`` for one without the other, less than an hour (a copy of a year's data takes minutes, and the
    machine looks every five) or more than twenty; ``NotFound`` before the site has its name.
    """
    if (start is None) != (end is None):
        missing = "/from" if start is None else "/until"
        raise Invalid("quiet_hours", "Cần cả giờ bắt đầu và giờ kết thúc.", (FieldError(missing, "missing"),))
    if start is not None and end is not None and not SHORTEST <= _length(start, end) <= LONGEST:
        raise Invalid("quiet_hours", NOT_SO, (FieldError("/until", "invalid"),))
    with node.write(who, now) as tx:
        site = tx.session.get(Site, (node.id, node.id))
        if site is None:
            raise NotFound("site_unknown", "Chợ này chưa có tên.")
        site.quiet_from = None if start is None else f"{start:%H:%M}"
        site.quiet_until = None if end is None else f"{end:%H:%M}"
        tx.session.flush()
        answer = _told(node, *hours(tx.session, node), own=start is not None)
        tx.audit("quiet_hours_set", f"site:{node.id}", {"from": site.quiet_from, "until": site.quiet_until})
        return tx.answer(answer)


def _length(start: time, end: time) -> timedelta:
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    return timedelta(minutes=minutes % (24 * 60))


def _told(node: Node, start: time, end: time, *, own: bool) -> Answer:
    clocks = node.policy.clocks
    configured = {"from": f"{clocks.quiet_from:%H:%M}", "until": f"{clocks.quiet_until:%H:%M}"}
    return {"from": f"{start:%H:%M}", "until": f"{end:%H:%M}", "configured": configured, "own": own}
