"""The paper and the codes of a transfer: number, signature, hashes of the papers it stands on, both copies."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.delivery_note import NoteFacts, NoteItem, delivery_note
from pos_trace.core.slips import Slip
from pos_trace.core.transfer_slip import SlipLine, TransferSlip, write
from pos_trace.services import lineage, papers_served, receiving_slips, transfer_returns
from pos_trace.services.deliveries import practising
from pos_trace.services.node import Node, Transaction
from pos_trace.store import counters
from pos_trace.store.models import DeliveryLine, Photo, Stall, StationRow, StockLot, Transfer

COPIES = 2
MOST_HASHES = 8


def next_number(tx: Transaction, stall: Stall) -> str:
    """``A12-GH26-0007``: the stall, the year, the slip's number in it."""
    year = f"{tx.now.astimezone(tx.node.zone):%y}"
    number = counters.next_number(tx.session, stall.site_id, stall.id, "delivery_note", year)
    prefix = "".join(sign for sign in stall.number if sign.isalnum()).upper() or "S"
    return f"{prefix}-GH{year}-{number:04d}"


def sender(station: str, stall_number: str) -> str:
    """Whose slip it is, as ``Transfer.from_station`` keeps it: numbers are counted by stall."""
    return f"{station}/{stall_number}"[:80]


def hashes_of(session: Session, lot: StockLot) -> list[str]:
    """The first eight hex signs of the photos of the papers a lot stands on; its sources' when it was made here."""
    found: list[str] = []
    for source in lineage.sources(session, lot):
        line = session.get(DeliveryLine, (lot.site_id, source.line_id)) if source.line_id else None
        if line is None:
            continue
        ids = [paper.id for paper in papers_served.of_line(session, line)]
        mine = select(Photo.sha256).where(Photo.site_id == lot.site_id, Photo.paper_id.in_(ids)).order_by(Photo.id)
        found += [sha256[:8] for sha256 in session.scalars(mine)]
    return list(dict.fromkeys(found))[:MOST_HASHES]


def sign(tx: Transaction, stall: Stall, row: Transfer) -> tuple[str, ...]:
    """The codes of a slip; none when a line is too long for any code, or for a correction, which stays in this box."""
    if row.kind == "correction":
        return ()
    lines = transfer_returns.lines_of(tx.session, row)
    hashes = [sha8 for line in lines for sha8 in line.paper_hashes or []]
    slip = TransferSlip(
        station=tx.node.id,
        stall=stall.number,
        slip_no=row.number,
        day=tx.now.astimezone(tx.node.zone).date(),
        lines=tuple(SlipLine(line.key or "", line.name, line.quantity, line.unit, bool(line.shown)) for line in lines),
        buyer=str(row.buyer.get("address") or "")[:60],
        kind=row.kind,
        papers=tuple(dict.fromkeys(hashes))[:MOST_HASHES],
    )
    try:
        return write(slip, tx.node.signing_key)
    except ValueError:
        return ()


def public_key(session: Session, node: Node, station: str) -> bytes | None:
    """The key a station signs with: our own, or as the province's feed told it; None when nobody told."""
    if station == node.id:
        return Ed25519PrivateKey.from_private_bytes(node.signing_key).public_key().public_bytes_raw()
    row = session.get(StationRow, station)
    return base64.b64decode(row.public_key) if row is not None else None


def papers(tx: Transaction, stall: Stall, row: Transfer) -> list[Slip]:
    """Both copies: the seller's and the buyer's."""
    lines = transfer_returns.lines_of(tx.session, row)
    labels = {lot: tx.session.get_one(StockLot, (row.site_id, lot)).label for lot in {line.lot_id for line in lines}}
    items = tuple(NoteItem(line.name, labels[line.lot_id], line.quantity, line.unit) for line in lines)
    return [
        delivery_note(
            NoteFacts(
                place=receiving_slips.place_of(tx, stall, practising(stall, tx.node, tx.now)),
                number=row.number,
                at=row.created_at,
                kind=row.kind,
                buyer=str(row.buyer.get("name") or ""),
                giver=tx.who.name,
                items=items,
                codes=tuple(row.codes or ()),
                copy_of=(copy, COPIES),
                keep_months=tx.node.policy.clocks.keep_months,
            )
        )
        for copy in range(1, COPIES + 1)
    ]
