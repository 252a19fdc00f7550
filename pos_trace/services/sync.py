"""A station follows its province: facts and recalls, then the events on its cases; page by page, cursor and all."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core import cases as rules
from pos_trace.core.ports import FeedPage, ProvinceFeed
from pos_trace.services import case_log, changed_facts, judging, stop_sales, transfer_intake
from pos_trace.services.node import Answer, Node, Transaction
from pos_trace.store import lots, lots_in
from pos_trace.store.models import Case, CaseLine, DeliveryLine, FeedCursor

CHANGES = "changes"
CASES = "case_events"
RECALLS = "recalls"
JUDGED = "judged"
TAKEN, HAD, REFUSED, BROKEN = "taken", "had", "refused", "broken_chain"
MOST_PAGES = 10_000
WRONG = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError)


def pull(node: Node, now: datetime) -> Answer:
    """Read the changes feed to its end and judge again what it touches: ``{state, changes, version}``.

    Slips of stations that even the whole feed does not name are papers no longer.

    Rows and cursor become true together. A second cursor says how far lots on hand were judged again, so that a
    crash between the two is made good by the next pull.
    """
    taken = 0
    for _ in range(MOST_PAGES):
        feed = node.ports.feed
        page = _asked(node, feed) if feed is not None else FeedPage("unavailable", why="offline")
        if page.state == "unavailable":
            _failed(node, CHANGES, page.why, now)
            return {"state": "unavailable", "why": page.why, "changes": taken}
        if not _take_page(node, page, now):
            return {"state": "unavailable", "why": "province_silent", "changes": taken}
        taken += len(page.items)
        if not page.more:
            break
    judged = judge_again(node, now)
    transfer_intake.never_told(node, now)
    return {"state": "ok", "changes": taken, "version": position(node, CHANGES), "judged": judged}


def pull_recalls(node: Node, now: datetime) -> Answer:
    """Recalls on a beat of their own, however many lots stand before them in the changes: ``{state, recalls}``.

    What lies here is blocked in the same write; the lots are judged again after it.
    """
    feed = node.ports.feed
    page = feed.recalls(position(node, RECALLS)) if feed is not None else FeedPage("unavailable", why="offline")
    if page.state == "unavailable":
        _failed(node, RECALLS, page.why, now)
        return {"state": "unavailable", "why": page.why, "recalls": 0}
    if not page.items:
        return {"state": "ok", "recalls": 0}
    try:
        with node.write(node.machine("feed"), now) as tx:
            absorb(tx, page.items)
            move(tx, RECALLS, page.next)
    except WRONG as error:
        _failed(node, RECALLS, f"wrong_schema: {error}", now)
        return {"state": "unavailable", "why": "province_silent", "recalls": 0}
    with node.db.read() as session:
        named = [str(item.get("recall_id")) for item in page.items]
        held = [lot.key for recall_id in named for lot in stop_sales.recalled_lots(session, node.id, recall_id)]
    judging.rejudge_keys(node, [key for key in held if key], now, "recall")
    return {"state": "ok", "recalls": len(page.items)}


def _asked(node: Node, feed: ProvinceFeed) -> FeedPage:
    """The next page; lots that the snapshot in force holds are not sent again."""
    with node.db.read() as session:
        at, held = _position(session, CHANGES), lots.file_version(session)
    return feed.changes(at, held) if held else feed.changes(at)


def judge_again(node: Node, now: datetime) -> int:
    """Judge the lots on hand whose facts changed since the last time; answers how many keys.

    Done is only what the feed was read to: a snapshot is newer than what the feed has yet to tell of other sites.
    """
    with node.db.read() as session:
        done, reached = _position(session, JUDGED), lots.records_age(session).version
        read_to = _position(session, CHANGES)
        keys = changed_facts.keys_on_hand(session, node.id, done) if reached > done else []
    if keys:
        judging.rejudge_keys(node, keys, now, "records")
    if read_to > done:
        with node.write(node.machine("feed"), now) as tx:
            move(tx, JUDGED, read_to)
    return len(keys)


def poll_cases(node: Node, now: datetime) -> Answer:
    """Take the province's events on our cases in and let conclusions reach the stock: ``{state, events, refused}``.

    An event that does not continue its case's chain was damaged on the way, or the one before it was: the cursor
    stays before its page and it is asked for again, while the pages behind it are read as ever.
    """
    results: list[str] = []
    at, kept = position(node, CASES), True
    for _ in range(MOST_PAGES):
        feed = node.ports.feed
        page = feed.case_events(at) if feed is not None else FeedPage("unavailable", why="offline")
        if page.state == "unavailable":
            _failed(node, CASES, page.why, now)
            return {"state": "unavailable", "why": page.why, "events": results.count(TAKEN)}
        with node.write(node.machine("feed"), now) as tx:
            before = _row(tx, CASES).failure
            found = [_take_event(tx, item, quiet=before == BROKEN) for item in page.items]
            kept = kept and BROKEN not in found
            if kept:
                move(tx, CASES, page.next)
            elif BROKEN in found:
                _row(tx, CASES).failure, _row(tx, CASES).failed_at = BROKEN, now
        results += found
        at = page.next
        if not page.more:
            break
    refused = results.count(REFUSED) + results.count(BROKEN)
    return {"state": "ok", "events": results.count(TAKEN), "refused": refused}


def age(node: Node) -> datetime | None:
    """When the changes feed last answered."""
    with node.db.read() as session:
        row = _feed(session, node.id, CHANGES)
        return row.answered_at if row else None


def _take_page(node: Node, page: FeedPage, now: datetime) -> bool:
    """One page with its cursor; a page of the wrong shape is refused whole and the cursor stays."""
    try:
        with node.write(node.machine("feed"), now) as tx:
            absorb(tx, page.items)
            move(tx, CHANGES, page.next, answered=not page.more)
    except WRONG as error:
        _failed(node, CHANGES, f"wrong_schema: {error}", now)
        return False
    return True


def absorb(tx: Transaction, items: Sequence[dict[str, Any]]) -> None:
    """Lines of a feed or a snapshot, and what follows at once: sales of what is recalled stop, slips of stations named
    are checked again.
    """
    if items:
        before = _position(tx.session, CHANGES)
        _take_lines(tx, items)
        stop_sales.apply(tx, stop_sales.since(tx.session, before))
        told = [str(item.get("station_id")) for item in items if item.get("kind") == "station"]
        transfer_intake.check_again(tx, told)


def _take_lines(tx: Transaction, items: Sequence[dict[str, Any]]) -> None:
    """All lines, or all but the wrong ones, each of which is written down: one bad line stops no recall behind it.

    A page without a single good line is refused whole: then it is the page that is wrong, and it is asked for again.
    """
    try:
        with tx.session.begin_nested():
            lots_in.upsert_changes(tx.session, items, tx.now)
        return
    except WRONG as error:
        first = error
    refused = 0
    for item in items:
        try:
            with tx.session.begin_nested():
                lots_in.upsert_changes(tx.session, [item], tx.now)
        except WRONG as error:
            refused += 1
            names = [str(item[name]) for name in ("key", "recall_id", "facility_id", "station_id") if item.get(name)]
            subject = f"{item.get('kind')}:{names[0] if names else ''}"[:80]
            tx.audit("feed_line_refused", subject, {"why": str(error)[:200], "version": str(item.get("version"))[:20]})
    if refused == len(items):
        raise first


def _take_event(tx: Transaction, told: Mapping[str, Any], *, quiet: bool) -> str:
    """What became of an event: ``TAKEN``, ``HAD`` it, ``REFUSED`` (not ours, not by the province), ``BROKEN`` chain.

    The last two are written down; ``quiet``: a broken one was already, the last time it was asked for.
    """
    case = tx.session.get(Case, (tx.node.id, str(told.get("case_id"))))
    if case is None or told.get("node") != "province" or told.get("kind") not in rules.AUTHORS["province"]:
        _write_refusal(tx, case, told, "wrong_author")
        return REFUSED
    try:
        event = case_log.read(told)
        known = [item for item in case_log.events(tx.session, case) if item.node == "province"]
        if any(item.seq == event.seq and item.sha256 == event.sha256 for item in known):
            return HAD
        if not rules.chained(event, known[-1] if known else None):
            raise ValueError(BROKEN)
    except (KeyError, TypeError, ValueError):
        if not quiet:
            _write_refusal(tx, case, told, BROKEN)
        return BROKEN
    case_log.store(tx, case, event)
    tx.audit(f"case_{event.kind}", f"case:{case.id}", {"seq": event.seq, "sha256": event.sha256}, case.stall_id)
    if event.kind in ("concluded", "reopened"):
        _settle_stock(tx, case)
    return TAKEN


def _write_refusal(tx: Transaction, case: Case | None, told: Mapping[str, Any], why: str) -> None:
    subject, kind = f"case:{told.get('case_id')}"[:80], str(told.get("kind"))[:20]
    tx.audit("case_event_refused", subject, {"why": why, "kind": kind}, case.stall_id if case else None)


def _settle_stock(tx: Transaction, case: Case) -> None:
    """Judge the case's lines again: a conclusion releases a hold or keeps it, never lifts a block."""
    mine = select(CaseLine).where(CaseLine.site_id == case.site_id, CaseLine.case_id == case.id)
    for row in tx.session.scalars(mine):
        line = tx.session.get(DeliveryLine, (case.site_id, row.line_id)) if row.line_id else None
        if line is not None:
            judging.rejudge_line(tx, line, judging.known(tx.session, line.key), "conclusion")


def _feed(session: Session, site_id: str, name: str) -> FeedCursor | None:
    return session.scalars(select(FeedCursor).where(FeedCursor.site_id == site_id, FeedCursor.name == name)).first()


def _position(session: Session, name: str) -> int:
    return session.scalar(select(FeedCursor.cursor).where(FeedCursor.name == name)) or 0


def position(node: Node, name: str) -> int:
    """How far the feed ``name`` was read."""
    with node.db.read() as session:
        return _position(session, name)


def move(tx: Transaction, name: str, cursor: int, answered: bool = True) -> None:
    """The feed ``name`` was read to ``cursor``."""
    row = _row(tx, name)
    row.cursor = max(row.cursor, cursor)
    if answered:
        row.answered_at, row.failed_at, row.failure = tx.now, None, None
    tx.session.flush()


def go_back(tx: Transaction, cursor: int) -> None:
    """The changes feed is to be read again from ``cursor``: what came after it is no longer here."""
    for name in (CHANGES, JUDGED):
        row = _row(tx, name)
        row.cursor = min(row.cursor, cursor)
    tx.session.flush()


def _failed(node: Node, name: str, why: str | None, now: datetime) -> None:
    with node.write(node.machine("feed"), now) as tx:
        row = _row(tx, name)
        row.failed_at, row.failure = now, (why or "unknown")[:200]


def _row(tx: Transaction, name: str) -> FeedCursor:
    row = _feed(tx.session, tx.node.id, name)
    if row is None:
        row = FeedCursor(site_id=tx.node.id, id=tx.id(), created_at=tx.now, name=name, cursor=0)
        tx.session.add(row)
    return row
