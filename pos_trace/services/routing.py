"""Which authority a case goes to, and which cases a person of an authority may see: its own, nobody else's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from pos_trace.core.cases import PERSON
from pos_trace.core.errors import Forbidden, NotFound
from pos_trace.core.routing import in_area
from pos_trace.core.vocabulary.times import local_day
from pos_trace.services.node import Actor, Node, Transaction
from pos_trace.store.models import Agency, Case, Membership, Site, Stall

NO_CASE = "Không tìm thấy vụ việc."


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person of the desk may see. ``own``: agencies acted for; ``unrouted``: cases of no agency too (the
    Department's); ``communes``: places whose every case may be read; ``agency_id``: the one new people join.
    """

    own: frozenset[str]
    unrouted: bool
    communes: tuple[str, ...] = ()
    agency_id: str | None = None

    def decides(self, case: Case) -> bool:
        """Whether this person may decide on ``case``."""
        return case.agency_id in self.own or (self.unrouted and case.agency_id is None)

    def acts(self) -> ColumnElement[bool]:
        """Cases this person may decide on."""
        mine = Case.agency_id.in_(sorted(self.own)) if self.own else false()
        return or_(mine, Case.agency_id.is_(None)) if self.unrouted else mine

    def sees(self) -> ColumnElement[bool]:
        """Cases this person may read; who reads an area reads no private report of it, which may name its teller."""
        if not self.communes:
            return self.acts()
        stall, site = aliased(Stall), aliased(Site)  # the caller may join both itself
        at_site = select(site.commune).where(site.site_id == Case.site_id, site.id == Case.site_id)
        place = func.coalesce(stall.commune, at_site.correlate(Case).scalar_subquery())
        mine = select(stall.id).where(stall.site_id == Case.site_id, stall.id == Case.stall_id)
        here = mine.where(place.in_(self.communes)).correlate(Case).exists()
        return or_(self.acts(), and_(here, Case.origin != PERSON))


def route(tx: Transaction, case: Case) -> str:
    """Give a new case to its authority by the routing table; answers the name people read.

    An authority the table names but nobody has set up leaves the case with the Department.
    """
    site = tx.session.get(Site, (case.site_id, case.site_id))
    table = tx.node.policy.routing
    kind = table.kind_for(case.reason, case.goods_group, site.kind if site else None, local_day(case.opened_at))
    found = _agency(tx, kind, case, site) or _agency(tx, table.default, case, site)
    case.agency_id = found.id if found else None
    return name_of(tx.node, found)


def name_of(node: Node, agency: Agency | None) -> str:
    """How the stall reads an authority: the routing table's title, or its own name where people know it by that."""
    table = node.policy.routing
    if agency is None or agency.kind == table.default:
        return node.policy.province.department
    kind = table.kind(agency.kind)
    return agency.name if kind.own_name else kind.title


def _agency(tx: Transaction, kind: str, case: Case, site: Site | None) -> Agency | None:
    """The authority of ``kind`` whose area holds the stall; one with a narrow area before one for everywhere."""
    stall = tx.session.get(Stall, (case.site_id, case.stall_id))
    commune = (stall.commune if stall else None) or (site.commune if site else None)
    province = tx.node.policy.province.name
    rows = tx.session.scalars(select(Agency).where(Agency.site_id == tx.node.id, Agency.kind == kind))
    fitting = [row for row in rows if in_area(row.area, commune, province)]
    return min(fitting, key=lambda row: (in_area(row.area, "", province), row.name, row.id), default=None)


def scope_of(session: Session, node: Node, who: Actor, now: datetime) -> Scope:
    """What ``who`` may see: by the authorities of its memberships; keys and people of none act for the Department."""
    table, province = node.policy.routing, node.policy.province.name
    mine = (
        select(Agency)
        .join(Membership, (Membership.site_id == Agency.site_id) & (Membership.agency_id == Agency.id))
        .where(Agency.site_id == node.id, Membership.user_id == who.id)
        .where(Membership.ends_at.is_(None) | (Membership.ends_at > now))
        .order_by(Agency.name, Agency.id)
        .distinct()
    )
    agencies = list(session.scalars(mine)) if who.kind == "user" else []
    if not agencies:
        default = select(Agency.id).where(Agency.site_id == node.id, Agency.kind == table.default).order_by(Agency.id)
        ids = list(session.scalars(default))
        return Scope(frozenset(ids), True, agency_id=ids[0] if ids else None)
    acting = [row for row in agencies if table.kind(row.kind).sees != "counts"]
    reading = [row for row in acting if table.kind(row.kind).sees == "area"]
    communes = _communes(session, reading, province) if reading else ()
    unrouted = any(row.kind == table.default for row in acting)
    return Scope(frozenset(row.id for row in acting), unrouted, communes, agencies[0].id)


def _communes(session: Session, agencies: list[Agency], province: str) -> tuple[str, ...]:
    known = set(session.scalars(select(Stall.commune).distinct())) | set(
        session.scalars(select(Site.commune).distinct())
    )
    named = sorted(commune for commune in known if commune)
    return tuple(name for name in named if any(in_area(row.area, name, province) for row in agencies))


def case_for(
    session: Session, node: Node, who: Actor, site_id: str, case_id: str, now: datetime, *, act: bool = False
) -> Case:
    """A case ``who`` may see; ``NotFound`` for another authority's, ``Forbidden`` to ``act`` on one only read."""
    scope = scope_of(session, node, who, now)
    one = select(Case).where(Case.site_id == site_id, Case.id == case_id, scope.sees())
    case = session.scalars(one.with_for_update() if act else one).first()
    if case is None:
        raise NotFound("not_found", NO_CASE)
    if act and not scope.decides(case):
        raise Forbidden("read_only", "Vụ việc do cơ quan khác thụ lý; ở đây chỉ xem.")
    return case
