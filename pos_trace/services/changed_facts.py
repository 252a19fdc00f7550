"""Which goods on hand the news of a province speak of."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pos_trace.core.records import LotRecord
from pos_trace.services import lineage, stop_sales
from pos_trace.store import lots
from pos_trace.store.models import FacilityRow, LotRecordRow, LotSighting, LotTotal, SerialRange, StockLot

KEYS_AT_ONCE: Final = 500


def keys_on_hand(session: Session, site_id: str, after: int) -> list[str]:
    """Keys of the goods on hand of which the province told something after version ``after``."""
    kept = StockLot.id.in_(lineage.above_what_is_left(session, site_id))
    held = select(StockLot.key).where(
        StockLot.site_id == site_id, or_(StockLot.state != "closed", kept), StockLot.key.is_not(None)
    )
    by_fact: dict[str, set[str]] = {}
    for key in session.scalars(held.distinct()):
        for fact in (str(key), lots.lot_of(str(key))):
            by_fact.setdefault(fact, set()).add(str(key))
    changed: set[str] = set()
    names = sorted(by_fact)
    for at in range(0, len(names), KEYS_AT_ONCE):
        part = LotRecordRow.key.in_(names[at : at + KEYS_AT_ONCE])
        for fact in session.scalars(select(LotRecordRow.key).where(LotRecordRow.version > after, part)):
            changed |= by_fact[fact]
    for fact in lots.newer_in_file(session, names, after):
        changed |= by_fact[fact]
    for key in session.scalars(select(LotSighting.key).where(LotSighting.version > after)):
        changed |= by_fact.get(key, set())
    for key in session.scalars(select(LotTotal.key).where(LotTotal.version > after)):
        changed |= by_fact.get(key, set())
    held_keys = {key for known in by_fact.values() for key in known}
    changed |= _of_facilities_and_ranges(session, after, sorted(held_keys - changed))
    for recall_id in stop_sales.since(session, after):
        changed |= {lot.key for lot in stop_sales.recalled_lots(session, site_id, recall_id) if lot.key}
    return sorted(changed)


def _of_facilities_and_ranges(session: Session, after: int, keys: Iterable[str]) -> set[str]:
    """Those of ``keys`` whose facility changed after version ``after``, or whose serial new ranges may speak of."""
    facilities = set(session.scalars(select(FacilityRow.facility_id).where(FacilityRow.version > after)))
    newer = select(SerialRange.gtin, SerialRange.facility_id).where(SerialRange.version > after)
    ranges = session.execute(newer).all()
    if not facilities and not ranges:
        return set()
    gtins, owners = {gtin for gtin, _ in ranges if gtin}, {owner for _, owner in ranges if owner}
    return {key for key in keys if _spoken_of(key, lots.find(session, key).record, facilities, gtins, owners)}


def _spoken_of(key: str, record: LotRecord | None, facilities: set[str], gtins: set[str], owners: set[str]) -> bool:
    owner = record.facility_id if record is not None else None
    if owner in facilities:
        return True
    return "/21/" in key and (key[3:17] in gtins or owner in owners)
