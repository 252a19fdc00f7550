"""PHIẾU NHẬN HÀNG of a closed delivery: two copies, from what the rows say."""

from collections.abc import Sequence

from sqlalchemy import select

from pos_trace.core.goods import PaperFacts
from pos_trace.core.quantities import to_kg
from pos_trace.core.slips import Place, ReceivedItem, ReceivingFacts, Slip, receiving_slip
from pos_trace.core.vocabulary.words import PAPER_KINDS
from pos_trace.services import deliveries, lines_in, papers_served
from pos_trace.services.node import Transaction
from pos_trace.store import lots
from pos_trace.store.models import Delivery, DeliveryLine, Flag, Site, Stall, User, VerdictRow

COPIES = 2


def of_delivery(tx: Transaction, row: Delivery, stall: Stall) -> list[Slip]:
    """The stall's copy and the supplier's, the same but for their number."""
    items = tuple(
        _item(tx, row, line)
        for line in deliveries.lines_of(tx.session, row)
        if line.state not in ("cancelled", "moved")
    )
    person = tx.session.get(User, (tx.node.id, row.opened_by)) if row.opened_by else None
    return [
        receiving_slip(
            ReceivingFacts(
                place=place_of(tx, stall, row.practice),
                number=row.number or "",
                at=row.closed_at or tx.now,
                supplier=row.supplier_name,
                plate=row.vehicle_plate,
                receiver=person.name if person is not None else "",
                items=items,
                records_at=lots.records_age(tx.session).as_of,
                copy_of=(copy, COPIES),
                by_machine=row.closed_by == "machine",
                keep_months=tx.node.policy.clocks.keep_months,
            )
        )
        for copy in range(1, COPIES + 1)
    ]


def place_of(tx: Transaction, stall: Stall, practice: bool = False) -> Place:
    """The head of every slip of ``stall``."""
    site = tx.session.get(Site, (tx.node.id, tx.node.id))
    name = ", ".join(part for part in (site.name if site else "", stall.commune or "") if part)
    return Place(f"Sạp {stall.number} – {stall.name}", name, stall.gln, demo=tx.node.demo, practice=practice)


def _item(tx: Transaction, delivery: Delivery, line: DeliveryLine) -> ReceivedItem:
    verdict = tx.session.get(VerdictRow, (line.site_id, line.verdict_id)) if line.verdict_id else None
    waiting = select(Flag).where(Flag.site_id == line.site_id, Flag.line_id == line.id, Flag.state == "open")
    flag = tx.session.scalars(waiting).first()
    found = papers_served.facts(tx.session, tx.node.policy, line)
    kg = to_kg(line.accepted, line.unit, line.content_kg) if line.accepted > 0 else None
    number = (delivery.number or "").rsplit("-", 1)[-1]
    return ReceivedItem(
        name=line.goods_name,
        lot=line.lot or "" if line.key else f"nhận {number}-{line.position}",
        declared=line.declared,
        accepted=line.accepted,
        refused=line.refused,
        unit=line.unit,
        word=lines_in.word_of(verdict) if verdict is not None else "",
        refuse_reason=line.refuse_reason or "",
        kg=kg,
        papers=_papers_words(found),
        before=flag.due_at if flag is not None else None,
    )


def _papers_words(papers: Sequence[PaperFacts]) -> str:
    """``Bảng kê 24/11, 1 ảnh``: what kinds of paper there are, with their days, and how many photos of them."""
    told = [
        PAPER_KINDS.get(paper.kind, paper.kind) + (f" {paper.issued_on:%d/%m}" if paper.issued_on else "")
        for paper in papers
    ]
    photos = sum(paper.photos for paper in papers)
    words = ", ".join([*told, f"{photos} ảnh"] if photos else told)
    return words[:1].upper() + words[1:]
