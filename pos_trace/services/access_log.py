"""Ai đã xem: who looked at what of a stall, told by the province; presentings and the office's PINs stand there too."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, tuple_

from pos_trace.core.ports import FeedPage
from pos_trace.core.text import clean
from pos_trace.services import sync
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import AccessEntry, Case, Stall

FEED: Final = "access"
PAGE: Final = 50
POLL_S: Final = 30
MOST_PAGES: Final = 1000
SUBJECTS: Final = {
    "case": "Hồ sơ vụ việc",
    "evidence": "Ảnh và giấy tờ trong vụ việc",
    "presentation": "Sổ và giấy tờ chủ sạp trình",
}
OF_THE_OFFICE: Final = {
    "pin": "Cấp mã PIN mới",
    "device_card": "Cấp thẻ đăng ký thêm máy của sạp",
}
NOTE: Final = (
    "Ban quản lý chợ chỉ thấy số máy, số chuyến và tình trạng máy in của sạp;"
    " không thấy hàng, người giao, giá hay vụ việc."
)


def feed(node: Node, who: Actor, since: int, limit: int) -> Answer:
    """Looks at the caller's own stalls after ``since``: ``{entries, next, more, poll_s}``; never who a reporter is."""
    mine = select(Stall.id).where(Stall.site_id == who.site_id)
    newer = (
        select(AccessEntry)
        .where(AccessEntry.site_id == node.id, AccessEntry.feed_seq > since, AccessEntry.stall_id.in_(mine))
        .where(AccessEntry.subject.in_(sorted(SUBJECTS)))
        .order_by(AccessEntry.feed_seq)
        .limit(limit + 1)
    )
    with node.db.read() as session:
        rows = list(session.scalars(newer))
        page = rows[:limit]
        return {
            "entries": [_wire(row) for row in page],
            "next": page[-1].feed_seq if page else since,
            "more": len(rows) > limit,
            "poll_s": POLL_S,
        }


def _wire(row: AccessEntry) -> Answer:
    return {
        "id": row.id,
        "stall_id": row.stall_id,
        "name": str(row.detail.get("name", "")),
        "agency": str(row.detail.get("agency", "")),
        "subject": row.subject,
        "subject_id": row.subject_id,
        "ground": row.ground,
        "at": row.created_at.isoformat(),
    }


def poll(node: Node, now: datetime) -> Answer:
    """Take the province's looks in, page by page with the cursor: ``{state, entries}``."""
    taken = 0
    for _ in range(MOST_PAGES):
        feed_port = node.ports.feed
        page = feed_port.access(sync.position(node, FEED)) if feed_port else FeedPage("unavailable", why="offline")
        if page.state == "unavailable":
            return {"state": "unavailable", "why": page.why, "entries": taken}
        if page.items:
            with node.write(node.machine("feed"), now) as tx:
                taken += sum(_take(tx, item) for item in page.items)
                sync.move(tx, FEED, page.next)
        if not page.more:
            break
    return {"state": "ok", "entries": taken}


def _take(tx: Transaction, told: Mapping[str, Any]) -> int:
    """1 for a look at a stall of this market that was not known; what is no look is left out and written down."""
    try:
        name, at = clean(str(told["name"]), 100), datetime.fromisoformat(str(told["at"]))
        entry_id, stall_id, subject = str(told["id"])[:36], str(told["stall_id"]), str(told["subject"])
        if at.tzinfo is None or subject not in SUBJECTS or tx.session.get(Stall, (tx.node.id, stall_id)) is None:
            raise ValueError("entry")
    except (KeyError, TypeError, ValueError):
        tx.audit("access_refused", "access", {"id": str(told.get("id"))[:36]})
        return 0
    if tx.session.get(AccessEntry, (tx.node.id, entry_id)) is not None:
        return 0
    write(tx, stall_id, name, clean(str(told.get("agency") or ""), 200), subject, str(told.get("subject_id") or ""),
          clean(str(told.get("ground") or ""), 200), at, entry_id)  # fmt: skip
    return 1


def write(
    tx: Transaction, stall_id: str, name: str, agency: str, subject: str, subject_id: str, ground: str,
    at: datetime, entry_id: str | None = None, about: str = "",
) -> None:  # fmt: skip
    """One line of "Ai đã xem" at the station; ``about``: whose PIN, where no case has a title."""
    row = AccessEntry(site_id=tx.node.id, id=entry_id or tx.id(), created_at=at, stall_id=stall_id, subject=subject)
    row.actor, row.subject_id, row.ground = name[:120] or agency[:120], subject_id[:80], ground or None
    row.detail = {"agency": agency} | ({"about": about} if about else {})
    tx.session.add(row)
    tx.session.flush()


def listed(node: Node, who: Actor, before: str | None = None, most: int = PAGE) -> Answer:
    """The owner's "Ai đã xem", newest first: who, for which authority, what, when, on which ground."""
    mine = select(AccessEntry).where(AccessEntry.site_id == node.id, AccessEntry.stall_id == who.stall)
    with node.db.read() as session:
        last = session.get(AccessEntry, (node.id, before)) if before else None
        if last is not None and last.stall_id == who.stall:
            older = tuple_(AccessEntry.created_at, AccessEntry.id) < tuple_(last.created_at, last.id)
            mine = mine.where(older)
        order = (AccessEntry.created_at.desc(), AccessEntry.id.desc())
        rows = list(session.scalars(mine.order_by(*order).limit(most)))
        ids = {(row.subject_id or "").partition("/")[0] for row in rows}
        named = select(Case).where(Case.site_id == node.id, Case.stall_id == who.stall, Case.id.in_(sorted(ids)))
        titles = {case.id: case.title for case in session.scalars(named)}
    return {
        "entries": [_told(row, titles) for row in rows],
        "next": rows[-1].id if len(rows) == most else None,
        "note": NOTE,
    }


def _told(row: AccessEntry, titles: Mapping[str, str]) -> Answer:
    return {
        "id": row.id,
        "who": row.actor,
        "agency": str(row.detail.get("agency", "")),
        "what": (SUBJECTS | OF_THE_OFFICE).get(row.subject, row.subject),
        "title": titles.get((row.subject_id or "").partition("/")[0], str(row.detail.get("about", ""))),
        "ground": row.ground or "",
        "at": row.created_at.isoformat(),
    }
