"""Which stalls a market has, told to its province again whenever that changes: other stations check slips by it."""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.errors import Conflict
from pos_trace.services import enrolment
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import OutboxMessage, StationRow


def changed(tx: Transaction) -> None:
    """Queue the whole list behind the one before it, when this station is enrolled and the list is not the last told.

    Called by every verb that adds or renames a stall or the site; before an enrolment there is nobody to tell, and the
    enrolment itself brings the list.
    """
    if enrolment.enrolled(tx.session, tx.node.id) is None:
        return
    tx.session.flush()
    told = enrolment.facts(tx.session, tx.node)
    mine = (OutboxMessage.site_id == tx.node.id, OutboxMessage.kind == enrolment.STALL_LIST)
    last = select(OutboxMessage.body).where(*mine).order_by(OutboxMessage.seq.desc()).limit(1)
    before = tx.session.scalars(last).first()
    if before is None or orjson.loads(before) != told:
        enrolment.tell_list(tx, told)


def take(
    node: Node, who: Actor, station_key: str, site: dict[str, Any], stalls: list[dict[str, Any]], now: datetime
) -> Answer:
    """The province takes an enrolled station's list: ``{station_id, result: accepted|duplicate}``.

    A stall left out stays: its slips and cases are still there. Raises ``Conflict`` for another site than the key's,
    or a public key that is not the enrolled one (a new machine enrols anew).
    """
    if site["id"] != who.site_id:
        raise Conflict("site_taken", "Khóa này thuộc một địa điểm khác.")
    with node.write(who, now) as tx:
        before = _version(tx.session, who.site_id)
        enrolment.keep_site(tx, site, station_key, stalls)
        fresh = _version(tx.session, who.site_id) != before
        if fresh:
            tx.audit("stall_list_taken", f"site:{who.site_id}", {"stalls": len(stalls)})
        return tx.answer({"station_id": who.site_id, "result": "accepted" if fresh else "duplicate"})


def _version(session: Session, site_id: str) -> int:
    row = session.get(StationRow, site_id)
    return row.version if row is not None else 0
