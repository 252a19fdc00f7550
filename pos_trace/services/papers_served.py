"""Which papers serve a received line – its own, its delivery's, its vehicle's – and how far their quantity reaches."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from pos_trace.core.goods import OTHER_TRUCK, PaperFacts, covered, used_up
from pos_trace.core.policy import Policy
from pos_trace.core.quantities import to_kg
from pos_trace.core.vocabulary.words import SHARED_PAPERS
from pos_trace.services import stock
from pos_trace.store.models import Delivery, DeliveryLine, Paper, PaperLink, Photo, Transfer

ZERO = Decimal(0)
FALSE_SLIP = "mã giao hàng: chữ ký không đúng"
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


def facts(session: Session, policy: Policy, line: DeliveryLine) -> list[PaperFacts]:
    """The papers that serve a line, as the rules count them."""
    return [_facts(session, policy, line, row) for row in all_of_line(session, line)]


def _facts(session: Session, policy: Policy, line: DeliveryLine, row: Paper) -> PaperFacts:
    mine = select(func.count()).where(Photo.site_id == row.site_id, Photo.paper_id == row.id)
    asked = row.stall_id == line.stall_id and row.same_truck is None and bool(used_before(session, row))
    lacks = OTHER_TRUCK if row.same_truck is False else _lacks_quantity(session, policy, line, row)
    signed = _signatures(session, row)
    photos = (session.scalar(mine) or 0) + sum(one != "bad" for one in signed)
    return PaperFacts(
        row.kind, row.number, row.issued_on, row.issuer, photos, asked, FALSE_SLIP if "bad" in signed else lacks
    )


def _signatures(session: Session, row: Paper) -> list[str]:
    """What became of the signature of a scanned delivery note: it is there to be seen without a photo, and a false
    one is no paper (verified | unknown_key | bad); empty for any other paper.
    """
    if row.kind != "phieu_giao_hang" or not row.number:
        return []
    mine = select(Transfer.signature).where(Transfer.site_id == row.site_id, Transfer.stall_id == row.stall_id)
    read = mine.where(Transfer.direction == "in", Transfer.from_number == row.number, Transfer.delivery_id.is_not(None))
    links = select(PaperLink.delivery_id).where(PaperLink.site_id == row.site_id, PaperLink.paper_id == row.id)
    return [one or "" for one in session.scalars(read.where(Transfer.delivery_id.in_(links)))]


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
    """Every line a paper – and the same paper entered again – serves, in the order received, with its kilograms."""
    served = lines_served(session, twins(session, row))
    return [(line.id, kg) for line in served if (kg := _kg(session, line)) is not None]


def _kg(session: Session, line: DeliveryLine) -> Decimal | None:
    """Kilograms of what stayed, corrections counted (they are in kilograms where the line's unit is a known weight)."""
    if line.accepted <= 0:
        return ZERO
    kg = to_kg(line.accepted, line.unit, line.content_kg)
    return None if kg is None else max(ZERO, kg + stock.corrected(session, line))


def twins(session: Session, row: Paper) -> list[Paper]:
    """The paper and every other entry of it: the same kind and number, of the stall – of the site where papers are
    shared – unless somebody said it belongs to another truck.
    """
    if not row.number:
        return [row]
    same = select(Paper).where(Paper.site_id == row.site_id, Paper.kind == row.kind, Paper.number == row.number)
    if row.kind not in SHARED_PAPERS:
        same = same.where(Paper.stall_id == row.stall_id)
    return [one for one in session.scalars(same.order_by(Paper.id)) if one.same_truck is not False or one.id == row.id]


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
    coded = bool(_signatures(session, row))
    found = [one for one in session.scalars(earlier) if _elsewhere(session, row, one)]
    return [one for one in found if not (coded and _signatures(session, one))]


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
    """Whether two entries came with different trucks; where a truck is not known, with deliveries of another night."""
    here, there = places(session, row), places(session, one)
    if not here or here & there:
        return False
    trucks = all(arrival for arrival, _ in here | there)
    return bool(there) and (trucks or row.created_at - one.created_at > SAME_NIGHT)


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
