"""The desk's list of cases, a page at a time: which, in which order, in full for the page's cases only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from pos_trace.core.vocabulary.reasons import REASONS
from pos_trace.services import case_words, desk_cases
from pos_trace.services.node import Answer, Node
from pos_trace.store.models import Case, CaseDraft, CaseEventRow, CaseLine, Site, Stall

PAGE: Final = 50
RISK: Final = {"block": 0, "hold": 1, "warn": 2, "note": 3}
LEAST: Final = RISK["note"]

Name = tuple[str, str]  # site_id, id


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list. ``number`` starts at 1; one behind the end is the last."""

    number: int
    total: int

    @classmethod
    def of(cls, wanted: int, total: int) -> "Page":
        """Page ``wanted`` of ``total`` things."""
        return cls(min(max(wanted, 1), max(-(-total // PAGE), 1)), total)

    @property
    def start(self) -> int:
        """How many things stand before it."""
        return (self.number - 1) * PAGE

    def told(self) -> Answer:
        """``{page, pages, total}``."""
        return {"page": self.number, "pages": max(-(-self.total // PAGE), 1), "total": self.total}


def waiting() -> ColumnElement[bool]:
    """Cases that still wait for the desk: whatever has a due day, and what is under appeal."""
    return or_(Case.due_on.is_not(None), Case.state == "appealed")


def order() -> tuple[Any, ...]:
    """The desk's order: due day (none comes last), then risk, then the value known, then age."""
    ranks = {name: RISK[reason.effect] for name, reason in sorted(REASONS.items()) if reason.effect in RISK}
    risk = case(ranks, value=Case.reason, else_=LEAST)
    return (Case.due_on.is_(None), Case.due_on, risk, known_value().desc(), Case.opened_at, Case.id)


def known_value() -> ColumnElement[int]:
    """Đồng, 0 where nobody said by what it was reckoned."""
    reckoned = Case.value_source.in_(sorted(desk_cases.VALUE_WORDS))
    return case((reckoned, func.coalesce(Case.value_dong, 0)), else_=0)


def states(session: Session, sees: ColumnElement[bool]) -> dict[str, int]:
    """How many cases stand in each state."""
    counted = select(Case.state, func.count()).where(sees).group_by(Case.state).order_by(Case.state)
    return {str(name): int(count) for name, count in session.execute(counted)}


def named(session: Session, node: Node, names: Sequence[Name], now: datetime) -> list[Answer]:
    """The cases ``names`` in full, in that order."""
    rows = _rows(session, names)
    people = desk_cases.owners(session, node, [row.assigned_to for row, _, _ in rows], now)
    ids = sorted({case_id for _, case_id in names})
    counted, drafts = _events(session, ids), _drafts(session, node, ids)
    return [
        one
        | {"events": counted.get((one["site_id"], one["id"]), 0), "draft_waits": (one["site_id"], one["id"]) in drafts}
        for one in _told(session, node, rows, names, people, now)
    ]


def headings(
    session: Session, node: Node, names: Sequence[Name], people: desk_cases.People, now: datetime
) -> list[Answer]:
    """The cases ``names`` without what is needed to act on them, in that order."""
    return _told(session, node, _rows(session, names), names, people, now)


def listed(
    session: Session, node: Node, wanted: Sequence[ColumnElement[bool]], page: int, now: datetime
) -> tuple[list[Answer], Page]:
    """One page of the cases ``wanted``, in full, and where it stands in the list."""
    total = session.scalar(select(func.count()).select_from(Case).where(*wanted)) or 0
    found = Page.of(page, total)
    ids = select(Case.site_id, Case.id).where(*wanted).order_by(*order()).limit(PAGE).offset(found.start)
    names = [(str(site_id), str(case_id)) for site_id, case_id in session.execute(ids)]
    return named(session, node, names, now), found


def _rows(session: Session, names: Sequence[Name]) -> Sequence[Any]:
    return session.execute(
        select(Case, Stall, Site)
        .outerjoin(Stall, (Stall.site_id == Case.site_id) & (Stall.id == Case.stall_id))
        .outerjoin(Site, (Site.site_id == Case.site_id) & (Site.id == Case.site_id))
        .where(tuple_(Case.site_id, Case.id).in_(names))
    ).all()


def _told(
    session: Session,
    node: Node,
    rows: Sequence[Any],
    names: Sequence[Name],
    people: desk_cases.People,
    now: datetime,
) -> list[Answer]:
    lines: dict[Name, list[Answer]] = {}
    mine = select(CaseLine).where(CaseLine.case_id.in_(sorted({case_id for _, case_id in names})))
    for line in session.scalars(mine.order_by(CaseLine.case_id, CaseLine.id)):
        lines.setdefault((line.site_id, line.case_id), []).append(case_words.line(line))
    told = {
        (row.site_id, row.id): desk_cases.heading(node, row, people, stall, site)
        | {"lines": lines.get((row.site_id, row.id), []), "overdue": desk_cases.late(row, node, now)}
        for row, stall, site in rows
    }
    return [told[name] for name in names if name in told]


def _events(session: Session, ids: Sequence[str]) -> dict[Name, int]:
    """How many events each case has: what a page showed, so that nobody acts on an older one."""
    of_case = (CaseEventRow.site_id, CaseEventRow.case_id)
    counted = select(*of_case, func.count()).where(CaseEventRow.case_id.in_(ids)).group_by(*of_case)
    return {(site_id, case_id): int(count) for site_id, case_id, count in session.execute(counted)}


def _drafts(session: Session, node: Node, ids: Sequence[str]) -> set[Name]:
    """Cases with a proposal that waits for a second pair of eyes."""
    waits = select(CaseDraft.case_site_id, CaseDraft.case_id).where(CaseDraft.case_id.in_(ids))
    waits = waits.where(CaseDraft.site_id == node.id, CaseDraft.state == "proposed")
    return {(site_id, case_id) for site_id, case_id in session.execute(waits)}
