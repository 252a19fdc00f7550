"""Ends of cases: the five outcomes apart from the origin finding, and two pairs of eyes where words bind."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pos_trace.core import cases as rules
from pos_trace.core.errors import Conflict, Forbidden, NotFound
from pos_trace.core.text import clean
from pos_trace.services import case_log, desk_cases, inspecting
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.models import Case, CaseDraft

NAMES = ("outcome", "origin_finding", "reason", "document_number", "document_date", "stop_order")


def conclude(
    node: Node,
    who: Actor,
    site_id: str,
    case_id: str,
    told: Mapping[str, Any],
    now: datetime,
    seen: int | None = None,
) -> Answer:
    """End a case with outcome, origin finding and reason; number and date of the document where the words bind.

    A violation or a crime is only proposed: the case's ``draft`` waits until another officer approves it. Raises
    ``Invalid`` (incomplete), ``Conflict`` (not now, changed meanwhile, a draft waits already).
    """
    body = checked(told)
    with node.write(who, now) as tx:
        case = inspecting.own_case(tx, site_id, case_id)
        conclude_one(tx, case, body, seen)
        return tx.answer(desk_cases.whole(tx, case))


def checked(told: Mapping[str, Any]) -> dict[str, Any]:
    """The conclusion as it will stand in the event; raises ``Invalid`` when something is missing."""
    body = {name: told[name] for name in NAMES if told.get(name)}
    body["reason"] = clean(str(body.get("reason") or ""), desk_cases.MOST_TEXT)
    if body.get("document_number"):
        body["document_number"] = clean(str(body["document_number"]), 80)
    rules.check_conclusion(body)
    on = desk_cases.day(body.get("document_date"), "document_date", "Ngày văn bản")
    return body | ({"document_date": on} if on else {})


def conclude_one(tx: Transaction, case: Case, body: dict[str, Any], seen: int | None) -> None:
    """Conclude or propose inside the caller's write; ``body`` is ``checked``."""
    told = body | {"officer": tx.who.name, "agency": desk_cases.agency_name(tx.session, tx.node, case)}
    if body["outcome"] not in rules.BINDING:
        desk_cases.step(tx, case, "concluded", told, seen)
        return
    events = case_log.events(tx.session, case)
    rules.check_step(rules.fold(events), "concluded")
    if seen is not None and seen != len(events):
        raise desk_cases.changed(events)
    waiting = desk_cases.draft_row(tx.session, tx.node, case)
    if waiting is not None and waiting.state == "proposed":
        raise Conflict("draft_waits", "Đã có một đề xuất kết luận đang chờ duyệt.")
    row = CaseDraft(site_id=tx.node.id, id=tx.id(), created_at=tx.now, case_site_id=case.site_id, case_id=case.id)
    row.body, row.state, row.proposed_by = told | {"seen": len(events)}, "proposed", tx.who.id
    tx.session.add(row)
    tx.session.flush()
    tx.audit("case_proposed", f"case:{case.id}", {"draft": row.id, "outcome": body["outcome"]}, case.stall_id)


def approve(
    node: Node, who: Actor, site_id: str, case_id: str, draft_id: str, now: datetime, seen: int | None = None
) -> Answer:
    """The second pair of eyes: what another officer proposed becomes the conclusion.

    Raises ``Forbidden`` for the proposer, ``Conflict`` when it was decided already or the case went on since.
    """
    with node.write(who, now) as tx:
        case = inspecting.own_case(tx, site_id, case_id)
        row = _waiting(tx, case, draft_id)
        if row.proposed_by == who.id:
            raise Forbidden("four_eyes", "Người đề xuất không tự duyệt: cần một cán bộ khác.")
        body = {name: value for name, value in row.body.items() if name != "seen"}
        proposer = str(body.get("officer", ""))
        since = int(row.body.get("seen", 0)) if seen is None else seen
        _decide(tx, row, "approved", None)
        desk_cases.step(tx, case, "concluded", body | {"officer": who.name, "proposed_by": proposer}, since)
        return tx.answer(desk_cases.whole(tx, case))


def send_back(node: Node, who: Actor, site_id: str, case_id: str, draft_id: str, remark: str, now: datetime) -> Answer:
    """Give a proposal back with a remark; the proposer may take the own one back too."""
    text = desk_cases.needed(remark, "remark", 500)
    with node.write(who, now) as tx:
        case = inspecting.own_case(tx, site_id, case_id)
        _decide(tx, _waiting(tx, case, draft_id), "sent_back", text)
        tx.audit("case_sent_back", f"case:{case.id}", {"draft": draft_id}, case.stall_id)
        return tx.answer(desk_cases.whole(tx, case))


def _waiting(tx: Transaction, case: Case, draft_id: str) -> CaseDraft:
    row = tx.session.get(CaseDraft, (tx.node.id, draft_id))
    if row is None or (row.case_site_id, row.case_id) != (case.site_id, case.id):
        raise NotFound("not_found", "Không có đề xuất này.")
    if row.state != "proposed":
        raise Conflict("draft_decided", "Đề xuất này đã được duyệt hoặc trả lại.")
    return row


def _decide(tx: Transaction, row: CaseDraft, state: str, remark: str | None) -> None:
    row.state, row.decided_by, row.decided_at, row.remark = state, tx.who.id, tx.now, remark
    tx.session.flush()
