"""Which papers serve a received line – its own, its delivery's, its vehicle's – and how far their quantity reaches."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from pos_trace.core.goods import OTHER_TRUCK, PaperFacts, covered, used_up
from pos_trace.core.policy import Policy
from pos_trace.core.quantities import to_kg
from pos_trace.core.vocabulary.words import SHARED_PAPERS
from pos_trace.services import papers_slips, stock
from pos_trace.store.models import Delivery, DeliveryLine, Paper, PaperLink, Photo

ZERO = Decimal(0)
SAME_NIGHT = timedelta(hours=12)


def of_line(session: Session, line: DeliveryLine) -> list[Paper]:
    """The stall's own papers that serve a line: its own, its delivery's, those it tied to the vehicle it came on."""
    return [paper for paper in all_of_line(session, line) if paper.stall_id == line.stall_id]


def all_of_line(session: Session, line: DeliveryLine) -> list[Paper]:
    """The papers that serve a line, other stalls' of the same truck too.

    Another stall's paper counts only when it is of the truck's goods (``SHARED_PAPERS``), names this goods group and
    states its kilograms: then what all of them received is held against that sum (decision 8).
    """
    return all_of_lines(session, session.get_one(Delivery, (line.site_id, line.delivery_id)), [line])


def all_of_lines(session: Session, delivery: Delivery, lines: Sequence[DeliveryLine]) -> list[Paper]:
    """The papers that serve any of ``lines``, all of one delivery."""
    served = PaperLink.line_id.in_([line.id for line in lines]) | (PaperLink.delivery_id == delivery.id)
    own = PaperLink.stall_id == delivery.stall_id
    wanted = and_(own, served)
    if delivery.arrival_id is not None:
        on_truck = PaperLink.arrival_id == delivery.arrival_id
        named = sorted({line.goods_group for line in lines if line.goods_group is not None})
        of_group: ColumnElement[bool] = Paper.goods_group.in_(named)
        if any(line.goods_group is None for line in lines):
            of_group = or_(of_group, Paper.goods_group.is_(None))
        shared = and_(Paper.kind.in_(SHARED_PAPERS), Paper.stated_kg.is_not(None), of_group)
        mine = and_(own, or_(Paper.goods_group.is_(None), of_group))
        wanted = or_(wanted, and_(on_truck, or_(mine, shared)))
    linked = select(Paper).join(PaperLink, (PaperLink.site_id == Paper.site_id) & (PaperLink.paper_id == Paper.id))
    rows = linked.where(Paper.site_id == delivery.site_id, wanted).distinct().order_by(Paper.id)
    return list(session.scalars(rows)) if lines else []


def with_papers(session: Session, site_id: str, lines: Sequence[DeliveryLine]) -> set[str]:
    """Ids of those of ``lines`` that some paper may serve: one of their own, their delivery's or their vehicle's."""
    came = select(Delivery.id, Delivery.arrival_id).where(
        Delivery.site_id == site_id, Delivery.id.in_(sorted({line.delivery_id for line in lines}))
    )
    arrivals = {str(row.id): row.arrival_id for row in session.execute(came)}
    linked = select(PaperLink.line_id, PaperLink.delivery_id, PaperLink.arrival_id).where(
        PaperLink.site_id == site_id,
        or_(
            PaperLink.line_id.in_([line.id for line in lines]),
            PaperLink.delivery_id.in_(sorted(arrivals)),
            PaperLink.arrival_id.in_(sorted({arrival for arrival in arrivals.values() if arrival})),
        ),
    )
    places = {place for row in session.execute(linked) for place in row if place is not None}
    return {line.id for line in lines if {line.id, line.delivery_id, arrivals.get(line.delivery_id)} & places}


def facts(session: Session, policy: Policy, line: DeliveryLine, *, checked: bool = False) -> list[PaperFacts]:
    """The papers that serve a line, as the rules count them; with ``checked`` without slips nobody could check yet."""
    rows = all_of_line(session, line)
    if checked:
        rows = [row for row in rows if not papers_slips.unchecked(session, line, row)]
    return [_facts(session, policy, line, row) for row in rows]


def _facts(session: Session, policy: Policy, line: DeliveryLine, row: Paper) -> PaperFacts:
    mine = select(func.count()).where(Photo.site_id == row.site_id, Photo.paper_id == row.id)
    asked = row.stall_id == line.stall_id and row.same_truck is None and bool(used_before(session, row))
    lacks = OTHER_TRUCK if row.same_truck is False else _lacks_quantity(session, policy, line, row)
    photos, slip = session.scalar(mine) or 0, papers_slips.worth(session, line, row)
    if slip is None:
        again = row.stall_id == line.stall_id and bool(used_elsewhere(session, row))
        return PaperFacts(row.kind, row.number, row.issued_on, row.issuer, photos, asked, lacks, again=again)
    seen, lacks = photos + slip.seen, slip.lacks or lacks
    return PaperFacts(row.kind, row.number, row.issued_on, row.issuer, seen, asked, lacks, slip.stands and not lacks)


def _lacks_quantity(session: Session, policy: Policy, line: DeliveryLine, row: Paper) -> str:
    if row.stated_kg is None:
        return ""
    served = weighed(session, row)
    if line.id in covered(row.stated_kg, tolerance(policy, row, line), served):
        return ""
    known = dict(served)
    # a line not yet among those it serves has no weight of its own: nobody knows what it weighs
    return used_up(row.stated_kg, sum(known.values(), ZERO)) if line.id in known else ""


def tolerance(policy: Policy, row: Paper, line: DeliveryLine | None = None) -> Decimal:
    """The share by which a paper's kilograms may be passed: its goods group's, else the general one."""
    group = policy.group(row.goods_group or (line.goods_group if line is not None else None))
    own = group.tolerance if group is not None else None
    return policy.quantity_tolerance if own is None else own


def left_kg(session: Session, row: Paper) -> Decimal | None:
    """Kilograms a paper still has, never below 0; None when it states none."""
    if row.stated_kg is None:
        return None
    return max(ZERO, row.stated_kg - sum((kg for _, kg in weighed(session, row)), ZERO))


def weighed(session: Session, row: Paper) -> list[tuple[str, Decimal]]:
    """Every line a paper – and the same paper entered again – serves, with its kilograms, in the order they claimed it.

    A line claims a paper when both are there: what somebody enters later never comes before what was covered.
    """
    claims: dict[str, tuple[datetime, datetime, str, DeliveryLine]] = {}
    for paper in twins(session, row):
        since = max(paper.created_at, paper.same_truck_at or paper.created_at)
        for line in _lines_of(session, paper):
            claim = (max(line.created_at, since), line.created_at, line.id, line)
            claims[line.id] = min(claim, claims.get(line.id, claim))
    in_order = [claim[-1] for claim in sorted(claims.values(), key=lambda claim: claim[:3])]
    return [(line.id, kg) for line in in_order if (kg := _kg(session, line)) is not None]


def _kg(session: Session, line: DeliveryLine) -> Decimal | None:
    """Kilograms of what stayed, corrections counted (they are in kilograms where the line's unit is a known weight)."""
    if line.accepted <= 0:
        return ZERO
    kg = to_kg(line.accepted, line.unit, line.content_kg)
    return None if kg is None else max(ZERO, kg + stock.corrected(session, line))


def twins(session: Session, row: Paper) -> list[Paper]:
    """The paper and every other entry of it, whose kilograms are one sum: the same kind and number, of the stall unless
    it said that it belongs to another truck.

    Of a paper that stalls share another stall's entry too, but only when both came with one truck: by its plate, or
    because whoever entered it later says so ("Cùng chuyến xe?"). What a neighbour types uncovers nobody's goods.
    """
    if not row.number:
        return [row]
    same = select(Paper).where(Paper.site_id == row.site_id, Paper.kind == row.kind, Paper.number == row.number)
    if row.kind not in SHARED_PAPERS:
        same = same.where(Paper.stall_id == row.stall_id)
    return [
        one
        for one in session.scalars(same.order_by(Paper.id))
        if one.id == row.id or (one.same_truck is not False and _one_paper(session, row, one))
    ]


def _one_paper(session: Session, row: Paper, one: Paper) -> bool:
    later = max(row, one, key=lambda paper: paper.id)
    return (
        row.stall_id == one.stall_id or later.same_truck is True or bool(_trucks(session, row) & _trucks(session, one))
    )


def _trucks(session: Session, row: Paper) -> set[str]:
    return {place for is_truck, place in places(session, row) if is_truck}


def lines_served(session: Session, papers: Sequence[Paper]) -> list[DeliveryLine]:
    """The accepted lines that some of ``papers`` serves, in the order received."""
    found: dict[str, DeliveryLine] = {}
    for paper in papers:
        for line in _lines_of(session, paper):
            found[line.id] = line
    return sorted(found.values(), key=lambda line: (line.created_at, line.id))


def _lines_of(session: Session, paper: Paper) -> list[DeliveryLine]:
    links = session.scalars(
        select(PaperLink).where(PaperLink.site_id == paper.site_id, PaperLink.paper_id == paper.id)
    ).all()
    mine = select(DeliveryLine).join(
        Delivery, (Delivery.site_id == DeliveryLine.site_id) & (Delivery.id == DeliveryLine.delivery_id)
    )
    own = DeliveryLine.stall_id == paper.stall_id
    shared = paper.kind in SHARED_PAPERS and paper.stated_kg is not None
    others = DeliveryLine.goods_group == paper.goods_group if shared and paper.goods_group is not None else own
    of_group = own if paper.goods_group is None else and_(own, DeliveryLine.goods_group == paper.goods_group)
    wanted = or_(
        and_(own, DeliveryLine.id.in_([link.line_id for link in links if link.line_id])),
        and_(own, DeliveryLine.delivery_id.in_([link.delivery_id for link in links if link.delivery_id])),
        and_(or_(of_group, others), Delivery.arrival_id.in_([link.arrival_id for link in links if link.arrival_id])),
    )
    accepted = (DeliveryLine.site_id == paper.site_id, DeliveryLine.state == "accepted")
    return list(session.scalars(mine.where(*accepted, wanted)))


def used_before(session: Session, row: Paper) -> list[Paper]:
    """Earlier entries of the same paper – its number or its very photo again – that came with another truck.

    A delivery note read from its code is one of its seller's and taken in once only: another seller's may well bear the
    same number.
    """
    photos = select(Photo.sha256).where(Photo.site_id == row.site_id, Photo.paper_id == row.id)
    again = select(Photo.paper_id).where(
        Photo.site_id == row.site_id, Photo.sha256.in_(photos), Photo.paper_id.is_not(None), Photo.paper_id != row.id
    )
    same: ColumnElement[bool] = Paper.id.in_(again) & (Paper.stall_id == row.stall_id)
    if row.number:
        same = or_(same, and_(Paper.kind == row.kind, Paper.number == row.number, _askable(row)))
    earlier = select(Paper).where(Paper.site_id == row.site_id, Paper.id < row.id, same).order_by(Paper.id)
    coded = bool(papers_slips.signatures(session, row))
    found = [one for one in session.scalars(earlier) if _elsewhere(session, row, one)]
    return [one for one in found if not (coded and papers_slips.signatures(session, one))]


def used_elsewhere(session: Session, row: Paper) -> list[Paper]:
    """Other stalls' later entries of a shared paper for another truck, while they have not said whether it is the same.

    The paper goes on counting for whoever entered it first; both are told.
    """
    if not row.number or row.kind not in SHARED_PAPERS:
        return []
    same = select(Paper).where(Paper.site_id == row.site_id, Paper.kind == row.kind, Paper.number == row.number)
    later = same.where(Paper.id > row.id, Paper.stall_id != row.stall_id, Paper.same_truck.is_(None))
    return [one for one in session.scalars(later.order_by(Paper.id)) if _elsewhere(session, one, row)]


def entered_twice() -> ColumnElement[bool]:
    """A paper whose number, or whose very photo, an earlier entry has too: the only ones ``used_before`` may find."""
    first, mine, theirs = aliased(Paper), aliased(Photo), aliased(Photo)
    number = select(first.id).where(
        first.site_id == Paper.site_id, first.kind == Paper.kind, first.number == Paper.number, first.id < Paper.id
    )
    photo = (
        select(mine.id)
        .join(theirs, (theirs.site_id == mine.site_id) & (theirs.sha256 == mine.sha256))
        .where(mine.site_id == Paper.site_id, mine.paper_id == Paper.id, theirs.paper_id < Paper.id)
    )
    return or_(number.exists(), photo.exists())


def _elsewhere(session: Session, row: Paper, one: Paper) -> bool:
    """Whether two entries came with different trucks; where a truck is not known, at another stall or another night."""
    here, there = places(session, row), places(session, one)
    if not here or here & there:
        return False
    apart = row.stall_id != one.stall_id or all(arrival for arrival, _ in here | there)
    return bool(there) and (apart or row.created_at - one.created_at > SAME_NIGHT)


def _askable(row: Paper) -> ColumnElement[bool]:
    """A stall is asked about its own papers; a number of a truck's paper also when another stall used it."""
    return Paper.kind.in_(SHARED_PAPERS) if row.kind in SHARED_PAPERS else Paper.stall_id == row.stall_id


def places(session: Session, row: Paper) -> frozenset[tuple[bool, str]]:
    """Where a paper came: (whether it is a truck's arrival, the arrival or the delivery)."""
    at = (Delivery.site_id == PaperLink.site_id) & (Delivery.id == PaperLink.delivery_id)
    on = (DeliveryLine.site_id == PaperLink.site_id) & (DeliveryLine.id == PaperLink.line_id)
    of = (Delivery.site_id == DeliveryLine.site_id) & (Delivery.id == DeliveryLine.delivery_id)
    own = (PaperLink.site_id == row.site_id, PaperLink.paper_id == row.id)
    trucks = session.scalars(select(PaperLink.arrival_id).where(*own, PaperLink.arrival_id.is_not(None))).all()
    whole = select(Delivery.arrival_id, Delivery.id).join(PaperLink, at).where(*own)
    single = select(Delivery.arrival_id, Delivery.id).join(DeliveryLine, of).join(PaperLink, on).where(*own)
    told = [*session.execute(whole), *session.execute(single)]
    return frozenset([(True, str(arrival)) for arrival in trucks]
                     + [(arrival is not None, arrival or delivery) for arrival, delivery in told])  # fmt: skip
