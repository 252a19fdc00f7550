"""What no single station can see, for the desk: lots received beyond what they hold, labels seen at several sites.

A list to look at, never a case: nobody here did wrong because of a number.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos_trace.core.distances import kilometres
from pos_trace.core.judgements import seen_before
from pos_trace.core.quantities import as_text, weighed
from pos_trace.services.node import Answer, Node
from pos_trace.store.lots import lot_of
from pos_trace.store.models import LotRecordRow, LotSighting, LotTotal, StationRow

MOST: Final = 100
Stations = Mapping[str, StationRow]


def listed(node: Node) -> Answer:
    """The newest hundred of each: ``{lots:[{key, product_name, declared, unit, received_kg, sites}], serials:[{key,
    product_name, far, seen}]}``; ``sites``: [{site, received_kg}], ``seen``: [{site, at}], ``far``: no truck drives
    that fast.
    """
    with node.db.read() as session:
        stations = {row.station_id: row for row in session.scalars(select(StationRow))}
        return {"lots": _lots(session, stations), "serials": _serials(session, node, stations)}


def _lots(session: Session, stations: Stations) -> list[Answer]:
    """Lots still above what their record declares today."""
    above = (
        select(LotTotal, LotRecordRow)
        .join(LotRecordRow, LotRecordRow.key == LotTotal.key)
        .order_by(LotTotal.version.desc().nulls_last(), LotTotal.key)
        .limit(MOST)
    )
    rows = [(total, record) for total, record in session.execute(above) if _above(total, record)]
    by_site = (
        select(LotSighting.lot_key, LotSighting.site_id, func.sum(LotSighting.received_kg))
        .where(LotSighting.lot_key.in_([total.key for total, _ in rows]))
        .group_by(LotSighting.lot_key, LotSighting.site_id)
    )
    sites: dict[str, list[tuple[Decimal, str]]] = {}
    for key, site_id, kilograms in session.execute(by_site):
        if kilograms > 0:
            sites.setdefault(str(key), []).append((kilograms, _name(stations, site_id)))
    return [
        {
            "key": total.key,
            "product_name": record.product_name,
            "declared": as_text(record.net_quantity or Decimal(0)),
            "unit": record.unit or "",
            "received_kg": as_text(total.received_kg),
            "sites": [
                {"site": name, "received_kg": as_text(kilograms)}
                for kilograms, name in sorted(sites.get(total.key, ()), key=lambda one: (-one[0], one[1]))
            ],
        }
        for total, record in rows
    ]


def _above(total: LotTotal, record: LotRecordRow) -> bool:
    declared = weighed(record.net_quantity, record.unit)
    return declared is not None and total.received_kg > declared


def _serials(session: Session, node: Node, stations: Stations) -> list[Answer]:
    newest = func.max(LotSighting.version)
    told = select(LotSighting.key).where(LotSighting.version.is_not(None)).group_by(LotSighting.key)
    keys = list(session.scalars(told.order_by(newest.desc(), LotSighting.key).limit(MOST)))
    rows = select(LotSighting).where(LotSighting.key.in_(keys)).order_by(LotSighting.first_scan_at, LotSighting.id)
    seen: dict[str, list[LotSighting]] = {}
    for row in session.scalars(rows):
        seen.setdefault(row.key, []).append(row)
    named = select(LotRecordRow.key, LotRecordRow.product_name)
    known = session.execute(named.where(LotRecordRow.key.in_(sorted({*keys, *map(lot_of, keys)}))))
    names = dict(known.all())
    return [
        {
            "key": key,
            "product_name": names.get(key) or names.get(lot_of(key)) or "",
            "far": _far(node, stations, seen[key]),
            "seen": [{"site": _name(stations, row.site_id), "at": row.first_scan_at.isoformat()} for row in seen[key]],
        }
        for key in keys
    ]


def _far(node: Node, stations: Stations, rows: Sequence[LotSighting]) -> bool:
    """Whether between two sightings that follow each other nobody could have driven."""
    places = node.policy.province.places
    for one, then in pairwise(rows):
        apart = kilometres(places, _commune(stations, one.site_id), _commune(stations, then.site_id))
        if seen_before(one.first_scan_at, "", apart, then.first_scan_at).far:
            return True
    return False


def _commune(stations: Stations, site_id: str) -> str | None:
    return stations[site_id].commune if site_id in stations else None


def _name(stations: Stations, site_id: str) -> str:
    found: Any = stations.get(site_id)
    return found.name if found is not None else site_id
