"""The province sums what its sites received of a lot; more than the lot holds goes to every station by the feed."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core.quantities import weighed
from pos_trace.services.node import Transaction
from pos_trace.store import counters
from pos_trace.store.models import LotRecordRow, LotSighting, LotTotal

AT_ONCE: Final = 500


def by_site(session: Session, lot: str) -> dict[str, Decimal]:
    """Kilograms of ``lot`` (a key without a serial; its labels with serials among them) by the site that told them."""
    rows = (
        select(LotSighting.site_id, func.sum(LotSighting.received_kg))
        .where(LotSighting.lot_key == lot)
        .group_by(LotSighting.site_id)
        .order_by(LotSighting.site_id)
    )
    return {site: kilograms for site, kilograms in session.execute(rows) if kilograms > 0}


def retell(tx: Transaction, lots: Iterable[str]) -> None:
    """Sum ``lots`` anew after sightings came in or their records changed, inside the caller's write.

    Kept is a lot whose sites together received more than its declared weight; told to the stations where two sites or
    more did, since one site counts for itself. Once told it stays told, with its newest sum: the stations hold it
    against the lot's newest record, and a doubt that ended ends there. Lots without a weight cannot be summed.
    """
    wanted = sorted(set(lots))
    for at in range(0, len(wanted), AT_ONCE):
        part = wanted[at : at + AT_ONCE]
        seen = select(LotSighting.lot_key).where(LotSighting.lot_key.in_(part)).distinct()
        for lot in sorted(str(key) for key in tx.session.scalars(seen)):
            _retell(tx, lot)


def _retell(tx: Transaction, lot: str) -> None:
    received = by_site(tx.session, lot)
    total, sites = sum(received.values(), Decimal(0)), len(received)
    row, record = tx.session.get(LotTotal, lot), tx.session.get(LotRecordRow, lot)
    declared = weighed(record.net_quantity, record.unit) if record is not None else None
    if row is None and (declared is None or total <= declared):
        return
    if row is not None and (row.received_kg, row.sites) == (total, sites):
        return
    row = row or LotTotal(key=lot)
    row.received_kg, row.sites = total, sites
    if sites > 1 or row.version is not None:
        row.version = counters.next_version(tx.session, counters.RECORDS)
    tx.session.add(row)
    tx.session.flush()
