"""The queue of an authority, alone or "gộp": one dirty supplier is thirty cases of one night, looked at together."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import FieldError, Invalid, NotFound, PosTraceError
from pos_trace.core.text import fold
from pos_trace.core.vocabulary.reasons import REASONS
from pos_trace.services import case_words, conclusions, desk_cases, inspecting, routing
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.lots import lot_of
from pos_trace.store.models import Case, CaseDraft, CaseEventRow, CaseLine, Site, Stall

MOST: Final = 500
MOST_AT_ONCE: Final = 100
BY: Final[Mapping[str, str]] = {
    "supplier": "Người giao",
    "truck": "Xe",
    "lot": "Lô",
    "stall": "Sạp",
}
RISK: Final[Mapping[str, int]] = {"block": 0, "hold": 1, "warn": 2, "note": 3}
FAR: Final = "9999-12-31"


def waiting() -> ColumnElement[bool]:
    """Cases that still wait for the desk: whatever has a due day, and what is under appeal."""
    return or_(Case.due_on.is_not(None), Case.state == "appealed")


def queue(node: Node, who: Actor, state: str | None, now: datetime, mine: bool = False) -> Answer:
    """Cases by due day, then risk and value; without ``state`` those that still wait: ``{cases, counts}``.

    ``mine``: those this person has taken and those nobody attends to – never invisible for a working day.
    """
    with node.db.read() as session:
        sees = routing.scope_of(session, node, who, now).sees()
        counted = session.execute(
            select(Case.state, func.count()).where(sees).group_by(Case.state).order_by(Case.state)
        )
        counts = {str(name): int(count) for name, count in counted}
        found = _told(session, node, Case.state == state if state else waiting(), sees, now)
    cases = [case for case in found if not mine or case["assigned_to"] == who.id or case["unattended"]]
    return {"cases": cases, "counts": counts}


def grouped(node: Node, who: Actor, by: str, now: datetime) -> Answer:
    """Waiting cases in groups by supplier, truck (plate and day), lot or stall, the soonest due first:
    ``{by, groups:[{key, title, cases, stalls, due_on, overdue, value_dong}]}``. What has no such mark stands alone.
    """
    _known(by)
    with node.db.read() as session:
        sees = routing.scope_of(session, node, who, now).sees()
        cases = _told(session, node, waiting(), sees, now)
    made: dict[str, list[Answer]] = {}
    for case in cases:
        made.setdefault(MARKS[by](case)[0], []).append(case)
    return {"by": by, "groups": [_group(by, key, members) for key, members in made.items()]}


def group(node: Node, who: Actor, by: str, key: str, now: datetime) -> Answer:
    """One group with its cases; raises ``NotFound`` when nothing waits under this mark."""
    for one in grouped(node, who, by, now)["groups"]:
        if one["key"] == key:
            found: Answer = one
            return found
    raise NotFound("not_found", "Nhóm này không còn vụ việc nào đang chờ.")


def act(node: Node, who: Actor, step: str, told: Mapping[str, Any], refs: Sequence[Answer], now: datetime) -> Answer:
    """One step on many cases: each gets its own event, and later its own notice.

    ``refs``: ``{site_id, case_id, seen?}``. One case that may not go along refuses itself, not the others:
    ``{done, refused, items:[{site_id, case_id, result, detail}]}``. Raises ``Invalid`` for an unknown step, no case, or
    words that would fail for all.
    """
    if step not in STEPS:
        raise Invalid("step_unknown", "Không có việc này.", (FieldError("/step", "unknown"),))
    if not 0 < len(refs) <= MOST_AT_ONCE:
        text = f"Chọn từ 1 đến {MOST_AT_ONCE} vụ việc."
        raise Invalid("cases_missing", text, (FieldError("/cases", "missing"),))
    prepared = STEPS[step][0](told)
    once = {(ref["site_id"], ref["case_id"]): ref for ref in refs}
    with node.write(who, now) as tx:
        items = [_one(tx, step, prepared, once[name]) for name in sorted(once)]
        done = sum(item["result"] == "done" for item in items)
        return tx.answer({"done": done, "refused": len(items) - done, "items": items})


def _one(tx: Transaction, step: str, prepared: Any, ref: Answer) -> Answer:
    told = {"site_id": ref["site_id"], "case_id": ref["case_id"]}
    try:
        case = inspecting.own_case(tx, ref["site_id"], ref["case_id"])
        STEPS[step][1](tx, case, prepared, ref.get("seen"))
    except PosTraceError as error:  # raised before anything of this case was written
        return told | {"result": "refused", "detail": error.detail}
    return told | {"result": "done", "detail": case_words.EVENT_WORDS[EVENT_OF[step]]}


def _take(tx: Transaction, case: Case, _: Any, seen: int | None) -> None:
    inspecting.take_one(tx, case, seen)


def _ask(tx: Transaction, case: Case, text: str, seen: int | None) -> None:
    inspecting.ask_one(tx, case, text, seen)


Steps = Mapping[str, tuple[Callable[[Mapping[str, Any]], Any], Callable[[Transaction, Case, Any, int | None], None]]]
STEPS: Final[Steps] = {
    "take": (dict, _take),
    "ask": (lambda told: desk_cases.needed(str(told.get("text") or ""), "text"), _ask),
    "conclude": (conclusions.checked, conclusions.conclude_one),
}
EVENT_OF: Final[Mapping[str, str]] = {"take": "taken", "ask": "papers_asked", "conclude": "concluded"}


def counts(node: Node, now: datetime) -> Answer:
    """Numbers of the whole province for every authority: no name, no place. History is confirmed findings only.

    ``{waiting, overdue, concluded:[{outcome, finding, count}], groups:[{group, count}]}``.
    """
    today = now.astimezone(node.zone).date()
    told = Case.origin != case_words.DRAWN  # a line drawn at random is no report: neither history nor ranking
    with node.db.read() as session:
        ended = select(Case.outcome, Case.origin_finding, func.count()).where(Case.state == "concluded", told)
        ended = ended.group_by(Case.outcome, Case.origin_finding).order_by(Case.outcome, Case.origin_finding)
        groups = select(Case.goods_group, func.count()).where(told)
        groups = groups.group_by(Case.goods_group).order_by(Case.goods_group)
        return {
            "waiting": session.scalar(select(func.count()).select_from(Case).where(waiting())) or 0,
            "overdue": session.scalar(select(func.count()).select_from(Case).where(Case.due_on < today)) or 0,
            "concluded": [
                {"outcome": outcome, "finding": finding, "count": int(count)}
                for outcome, finding, count in session.execute(ended)
            ],
            "groups": [{"group": name, "count": int(count)} for name, count in session.execute(groups)],
        }


def _told(
    session: Session, node: Node, wanted: ColumnElement[bool], sees: ColumnElement[bool], now: datetime
) -> list[Answer]:
    rows = session.execute(
        select(Case, Stall, Site)
        .outerjoin(Stall, (Stall.site_id == Case.site_id) & (Stall.id == Case.stall_id))
        .outerjoin(Site, (Site.site_id == Case.site_id) & (Site.id == Case.site_id))
        .where(wanted, sees)
        .order_by(Case.due_on.is_(None), Case.due_on, Case.opened_at, Case.id)
        .limit(MOST)
    ).all()
    people = desk_cases.owners(session, node, [case for case, _, _ in rows], now)
    lines: dict[tuple[str, str], list[Answer]] = {}
    for row in session.scalars(_lines([case for case, _, _ in rows])):
        lines.setdefault((row.site_id, row.case_id), []).append(case_words.line(row))
    counted = _events(session, [case.id for case, _, _ in rows])
    drafts = _drafts(session, node)
    cases = []
    for case, stall, site in rows:
        told = desk_cases.heading(node, case, people, stall, site)
        told |= {"lines": lines.get((case.site_id, case.id), []), "overdue": desk_cases.late(case, node, now)}
        told["events"] = counted.get((case.site_id, case.id), 0)
        told["draft_waits"] = (case.site_id, case.id) in drafts
        cases.append(told)
    return sorted(cases, key=_urgency)


def _lines(cases: Sequence[Case]) -> Any:
    ids = sorted({case.id for case in cases})
    return select(CaseLine).where(CaseLine.case_id.in_(ids)).order_by(CaseLine.case_id, CaseLine.id)


def _events(session: Session, ids: Sequence[str]) -> dict[tuple[str, str], int]:
    """How many events each case has: what a page showed, so that nobody acts on an older one."""
    of_case = (CaseEventRow.site_id, CaseEventRow.case_id)
    counted = select(*of_case, func.count()).where(CaseEventRow.case_id.in_(sorted(ids))).group_by(*of_case)
    return {(site_id, case_id): int(count) for site_id, case_id, count in session.execute(counted)}


def _drafts(session: Session, node: Node) -> set[tuple[str, str]]:
    """Cases with a proposal that waits for a second pair of eyes."""
    waits = select(CaseDraft.case_site_id, CaseDraft.case_id)
    waits = waits.where(CaseDraft.site_id == node.id, CaseDraft.state == "proposed")
    return {(site_id, case_id) for site_id, case_id in session.execute(waits)}


def _urgency(case: Answer) -> tuple[Any, ...]:
    effect = REASONS[case["reason"]].effect if case["reason"] in REASONS else "note"
    value = case["value"]["dong"] if case["value"] else 0
    return (case["due_on"] or FAR, RISK.get(effect, 3), -value, case["opened_at"], case["id"])


def _group(by: str, key: str, cases: list[Answer]) -> Answer:
    values = [case["value"]["dong"] for case in cases if case["value"]]
    return {
        "by": by,
        "key": key,
        "title": MARKS[by](cases[0])[1],
        "cases": cases,
        "stalls": len({(case["site_id"], case["stall"]["id"]) for case in cases}),
        "due_on": min((case["due_on"] for case in cases if case["due_on"]), default=None),
        "overdue": any(case["overdue"] for case in cases),
        "unattended": sum(case["unattended"] for case in cases),
        "value_dong": sum(values) if values else None,
    }


def _known(by: str) -> None:
    if by not in BY:
        raise Invalid("group_unknown", "Không gộp được theo mục này.", (FieldError("/by", "unknown"),))


def _supplier(case: Answer) -> tuple[str, str]:
    name = case["supplier_name"]
    return (fold(name), name) if name else (f"~{case['id']}", "Chưa rõ người giao")


def _truck(case: Answer) -> tuple[str, str]:
    plate, on = case["vehicle_plate"], case["opened_at"][:10]
    mark = "".join(sign for sign in plate or "" if sign.isalnum())
    return (f"{mark} {on}", f"{plate} ngày {on[8:]}/{on[5:7]}/{on[:4]}") if mark else (f"~{case['id']}", "Chưa rõ xe")


def _lot(case: Answer) -> tuple[str, str]:
    key = next((line["key"] for line in case["lines"] if line["key"]), None)
    return (lot_of(key), f"{case['title']} · {lot_of(key)}") if key else (f"~{case['id']}", "Hàng không có mã lô")


def _stall(case: Answer) -> tuple[str, str]:
    stall = case["stall"]
    return f"{case['site_id']}/{stall['id']}", f"{case['site']}, sạp {stall['number']} – {stall['name']}"


MARKS: Final[Mapping[str, Callable[[Answer], tuple[str, str]]]] = {
    "supplier": _supplier,
    "truck": _truck,
    "lot": _lot,
    "stall": _stall,
}
