"""The province's events as a feed to one station: its own cases and nobody else's."""

from sqlalchemy import select

from pos_trace.core.cases import PERSON
from pos_trace.services import case_log
from pos_trace.services.node import Actor, Answer, Node
from pos_trace.store.models import Case, CaseEventRow

POLL_S = 30


def case_events(node: Node, who: Actor, since: int, limit: int) -> Answer:
    """Events this province wrote on cases of the caller's site after ``since``: ``{events, next, more, poll_s}``.

    Nothing of a private report: the station does not know that it exists.
    """
    with node.db.read() as session:
        newer = (
            select(CaseEventRow)
            .join(Case, (Case.site_id == CaseEventRow.site_id) & (Case.id == CaseEventRow.case_id))
            .where(Case.origin != PERSON)
            .where(CaseEventRow.site_id == who.site_id, CaseEventRow.node == "province", CaseEventRow.feed_seq > since)
            .order_by(CaseEventRow.feed_seq)
            .limit(limit + 1)
        )
        rows = list(session.scalars(newer))
        page = rows[:limit]
        return {
            "events": [case_log.wire(case_log.event_of(row)) for row in page],
            "next": page[-1].feed_seq if page else since,
            "more": len(rows) > limit,
            "poll_s": POLL_S,
        }
