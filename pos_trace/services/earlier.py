"""What this node knew of goods before they were scanned: the same serial, the lot's end, what was asked for."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import unquote

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.distances import kilometres
from pos_trace.core.judgements import History, Seen, seen_before
from pos_trace.core.records import RecordAnswer
from pos_trace.core.serial_ranges import out_of_range
from pos_trace.core.vocabulary.stock import CLOSED_WORDS
from pos_trace.services.code_view import CodeView
from pos_trace.services.node import Node
from pos_trace.store import lot_totals, serial_ranges
from pos_trace.store.lots import lot_of
from pos_trace.store.models import LotSighting, Scan, Site, Stall, StationRow, StockLot


@dataclass(frozen=True, slots=True)
class Asked:
    """What the receiver said the goods are: the GTIN of the product chosen, a goods group."""

    gtin: str | None = None
    group: str | None = None


ASKED_NOTHING = Asked()


def history(
    session: Session,
    node: Node,
    stall_id: str | None,
    code: CodeView | None,
    received: Decimal | None,
    now: datetime,
    asked: Asked = ASKED_NOTHING,
    answer: RecordAnswer | None = None,
) -> History:
    """What this node itself knows of the goods scanned at ``now``: the serial seen before
    here, or at another site where no truck could have been, how much of the lot came
    in already, whether the stall had closed it ("Hết lô này"), whether its serial was ever issued, what the receiver
    said the goods are. ``answer``: what the records say of it.
    """
    if code is None or code.key is None:
        return History()
    return History(
        seen=_far(session, node, code, now) or _seen(session, node, code, now),
        received=received,
        in_province=_in_province(session, answer),
        lot_closed=_lot_closed(session, node, stall_id, code.key, now),
        serial_out_of_range=_never_issued(session, code, answer),
        expected_gtin=asked.gtin,
        expected_group=asked.group,
    )


def _in_province(session: Session, answer: RecordAnswer | None) -> Decimal | None:
    """What all sites received of the lot, where its record declares how much it holds; that of one crate does not."""
    record = answer.record if answer is not None else None
    if record is None or record.net_quantity is None or lot_of(record.key) != record.key:
        return None
    return lot_totals.kilograms(session, record.key)


def _never_issued(session: Session, code: CodeView, answer: RecordAnswer | None) -> bool:
    """Whether ranges of serials were issued for these goods and the label's lies in none of them."""
    if code.serial is None or code.key is None:
        return False
    record = answer.record if answer is not None else None
    _, _, lot = lot_of(code.key).partition("/10/")
    issued = serial_ranges.issued(session, code.gtin, unquote(lot) or None, record.facility_id if record else None)
    return out_of_range(code.serial, issued)


def _lot_closed(session: Session, node: Node, stall_id: str | None, key: str, at: datetime) -> bool:
    """Whether by ``at`` the stall had ended this lot and none of it was running any more."""
    mine = select(StockLot.closed_at, StockLot.state_reason).where(
        StockLot.site_id == node.id, StockLot.stall_id == stall_id, StockLot.key == key, StockLot.received_at < at
    )
    ended = False
    for closed_at, reason in session.execute(mine):
        if closed_at is None or closed_at >= at:
            return False
        ended = ended or reason in CLOSED_WORDS
    return ended


def _seen(session: Session, node: Node, code: CodeView, now: datetime) -> Seen | None:
    if code.serial is None:
        return None
    earlier = (
        select(Scan.created_at, Stall.number)
        .join(Stall, (Stall.site_id == Scan.site_id) & (Stall.id == Scan.stall_id))
        .where(Scan.site_id == node.id, Scan.key == code.key, Scan.delivery_id.is_not(None), Scan.created_at < now)
        .order_by(Scan.created_at)
    )
    row = session.execute(earlier.limit(1)).first()
    if row is None:
        return None
    return Seen(row[0].astimezone(node.zone).strftime("%H:%M %d/%m/%Y"), f"sạp {row[1]}")


def _far(session: Session, node: Node, code: CodeView, now: datetime) -> Seen | None:
    """Another site's scan of the same serial, told by the province, that nobody could have driven here from.

    One that could have been driven says nothing: goods do go from the market to the shop.
    """
    if code.serial is None:
        return None
    told = (
        select(LotSighting.first_scan_at, StationRow.name, StationRow.commune)
        .join(StationRow, StationRow.station_id == LotSighting.site_id)
        .where(LotSighting.key == code.key, LotSighting.site_id != node.id)
        .order_by(LotSighting.first_scan_at, LotSighting.id)
    )
    rows = session.execute(told).all()
    site = session.get(Site, (node.id, node.id)) if rows else None
    for at, name, commune in rows:
        apart = kilometres(node.policy.province.places, site.commune if site else None, commune)
        seen = seen_before(at, name, apart, now)
        if seen.far:
            return seen
    return None
