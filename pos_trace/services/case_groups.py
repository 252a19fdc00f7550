"""The queue of an authority, alone or "gộp": one dirty supplier is thirty cases of one night, looked at together."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from pos_trace.core.errors import FieldError, Invalid, NotFound, PosTraceError
from pos_trace.core.text import fold
from pos_trace.services import case_rows, case_words, conclusions, desk_cases, inspecting, routing
from pos_trace.services.node import Actor, Answer, Node, Transaction
from pos_trace.store.lots import lot_of
from pos_trace.store.models import Case, CaseLine

MOST_AT_ONCE: Final = 100
BY: Final[Mapping[str, str]] = {
    "supplier": "Người giao",
    "truck": "Xe",
    "lot": "Lô",
    "stall": "Sạp",
}


def queue(node: Node, who: Actor, state: str | None, now: datetime, mine: bool = False, page: int = 1) -> Answer:
    """Cases by due day, then risk and value; without ``state`` those that still wait:
    ``{cases, counts, page, pages, total}``.

    ``mine``: those this person has taken and those nobody attends to – never invisible for a working day.
    """
    with node.db.read() as session:
        sees = routing.scope_of(session, node, who, now).sees()
        wanted = [Case.state == state if state else case_rows.waiting(), sees]
        if mine:
            wanted.append(_mine_or_nobodys(session, node, who, wanted, now))
        cases, found = case_rows.listed(session, node, wanted, page, now)
        return {"cases": cases, "counts": case_rows.states(session, sees)} | found.told()


def _mine_or_nobodys(
    session: Session, node: Node, who: Actor, wanted: Sequence[ColumnElement[bool]], now: datetime
) -> ColumnElement[bool]:
    ids = session.scalars(select(Case.assigned_to).where(*wanted).distinct())
    away = [name for name, (_, gone) in desk_cases.owners(session, node, ids, now).items() if gone]
    return or_(Case.assigned_to.is_(None), Case.assigned_to.in_(sorted({who.id, *away})))


def grouped(node: Node, who: Actor, by: str, now: datetime, page: int = 1) -> Answer:
    """Waiting cases in groups by supplier, truck (plate and day), lot or stall, the soonest due first:
    ``{by, groups:[{by, key, title, count, first, stalls, due_on, overdue, unattended, value_dong}], counts, page,
    pages, total}``. ``first``: its most urgent case. What has no such mark stands alone.
    """
    _known(by)
    with node.db.read() as session:
        sees = routing.scope_of(session, node, who, now).sees()
        made = _members(session, by, sees)
        found = case_rows.Page.of(page, len(made))
        shown = list(made.items())[found.start : found.start + case_rows.PAGE]
        people = desk_cases.owners(session, node, [row.assigned_to for _, rows in shown for row in rows], now)
        firsts = case_rows.headings(session, node, [_name(members[0]) for _, members in shown], people, now)
        groups = [
            _group(by, key, members, first, node, people, now)
            for (key, members), first in zip(shown, firsts, strict=True)
        ]
        return {"by": by, "groups": groups, "counts": case_rows.states(session, sees)} | found.told()


def group(node: Node, who: Actor, by: str, key: str, now: datetime, page: int = 1) -> Answer:
    """One group with a page of its cases (``cases, page, pages, total``); raises ``NotFound`` when nothing waits under
    this mark.
    """
    _known(by)
    with node.db.read() as session:
        sees = routing.scope_of(session, node, who, now).sees()
        members = _members(session, by, sees).get(key)
        if members is None:
            raise NotFound("not_found", "Nhóm này không còn vụ việc nào đang chờ.")
        found = case_rows.Page.of(page, len(members))
        names = [_name(row) for row in members[found.start : found.start + case_rows.PAGE]]
        people = desk_cases.owners(session, node, [row.assigned_to for row in members], now)
        (first,) = case_rows.headings(session, node, [_name(members[0])], people, now)
        told = _group(by, key, members, first, node, people, now)
        return told | {"cases": case_rows.named(session, node, names, now)} | found.told()


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
            "waiting": session.scalar(select(func.count()).select_from(Case).where(case_rows.waiting())) or 0,
            "overdue": session.scalar(select(func.count()).select_from(Case).where(Case.due_on < today)) or 0,
            "concluded": [
                {"outcome": outcome, "finding": finding, "count": int(count)}
                for outcome, finding, count in session.execute(ended)
            ],
            "groups": [{"group": name, "count": int(count)} for name, count in session.execute(groups)],
        }


def _members(session: Session, by: str, sees: ColumnElement[bool]) -> dict[str, list[Any]]:
    """Every waiting case under its mark, a few columns each, the most urgent group and case first."""
    columns = (Case.site_id, Case.id, Case.stall_id, Case.supplier_name, Case.vehicle_plate, Case.opened_at)
    more = (Case.due_on, Case.assigned_to, Case.value_dong, Case.value_source)
    wanted = (case_rows.waiting(), sees)
    keys = _first_keys(session, wanted) if by == "lot" else {}
    made: dict[str, list[Any]] = {}
    for row in session.execute(select(*columns, *more).where(*wanted).order_by(*case_rows.order())):
        mark = lot_of(keys[_name(row)]) if _name(row) in keys else MARKS[by](row)
        made.setdefault(mark or f"~{row.id}", []).append(row)
    return made


def _first_keys(session: Session, wanted: Sequence[ColumnElement[bool]]) -> dict[case_rows.Name, str]:
    """By case, the code of its first goods that have one."""
    told = select(CaseLine.site_id, CaseLine.case_id, CaseLine.key)
    told = told.join(Case, (Case.site_id == CaseLine.site_id) & (Case.id == CaseLine.case_id)).where(*wanted)
    found: dict[case_rows.Name, str] = {}
    for site_id, case_id, key in session.execute(told.where(CaseLine.key.is_not(None)).order_by(CaseLine.id)):
        if key:
            found.setdefault((site_id, case_id), key)
    return found


def _name(row: Any) -> case_rows.Name:
    return row.site_id, row.id


def _group(
    by: str, key: str, members: list[Any], first: Answer, node: Node, people: desk_cases.People, now: datetime
) -> Answer:
    values = [row.value_dong for row in members if row.value_source in desk_cases.VALUE_WORDS]
    known = [value for value in values if value is not None]
    due = min((row.due_on for row in members if row.due_on is not None), default=None)
    return {
        "by": by,
        "key": key,
        "title": TITLES[by](first),
        "count": len(members),
        "first": first,
        "stalls": len({(row.site_id, row.stall_id) for row in members}),
        "due_on": due.isoformat() if due else None,
        "overdue": any(desk_cases.late(row, node, now) for row in members),
        "unattended": sum(desk_cases.unattended(row.assigned_to, people) for row in members),
        "value_dong": sum(known) if known else None,
    }


def _known(by: str) -> None:
    if by not in BY:
        raise Invalid("group_unknown", "Không gộp được theo mục này.", (FieldError("/by", "unknown"),))


def _truck(row: Any) -> str:
    mark = "".join(sign for sign in row.vehicle_plate or "" if sign.isalnum())
    return f"{mark} {row.opened_at.isoformat()[:10]}" if mark else ""


def _truck_title(case: Answer) -> str:
    plate, on = case["vehicle_plate"], case["opened_at"][:10]
    return f"{plate} ngày {on[8:]}/{on[5:7]}/{on[:4]}" if any(map(str.isalnum, plate or "")) else "Chưa rõ xe"


def _lot_title(case: Answer) -> str:
    key = next((line["key"] for line in case["lines"] if line["key"]), None)
    return f"{case['title']} · {lot_of(key)}" if key else "Hàng không có mã lô"


def _stall_title(case: Answer) -> str:
    stall = case["stall"]
    return f"{case['site']}, sạp {stall['number']} – {stall['name']}"


# what a case is put under, "" for what stands alone; and what people read above the group, out of its first case
MARKS: Final[Mapping[str, Callable[[Any], str]]] = {
    "supplier": lambda row: fold(row.supplier_name or ""),
    "truck": _truck,
    "lot": lambda _: "",  # by the code of its goods, which a case itself has not
    "stall": lambda row: f"{row.site_id}/{row.stall_id}",
}
TITLES: Final[Mapping[str, Callable[[Answer], str]]] = {
    "supplier": lambda case: case["supplier_name"] or "Chưa rõ người giao",
    "truck": _truck_title,
    "lot": _lot_title,
    "stall": _stall_title,
}
