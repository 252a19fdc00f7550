"""What the public may know of goods: keys of their lots, and of lots without a record where they came from."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from pos_trace.core.text import without_numbers
from pos_trace.core.vocabulary.words import PAPER_KINDS
from pos_trace.services import lineage, papers_served
from pos_trace.services.node import Node
from pos_trace.store import lots
from pos_trace.store.models import DeliveryLine, StockLot

MOST_KEYS, MOST_ORIGINS = 50, 20


def sources(session: Session, sold: Sequence[StockLot]) -> list[StockLot]:
    """The received lots behind ``sold``: a merged lot is all its parents."""
    return list({source.id: source for lot in sold for source in lineage.sources(session, lot)}.values())


def keys(found: Sequence[StockLot]) -> list[str]:
    """Each key once, in their order."""
    return list(dict.fromkeys(lot.key for lot in found if lot.key))[:MOST_KEYS]


def origins(session: Session, node: Node, found: Sequence[StockLot]) -> list[dict[str, Any]]:
    """The origin of every lot without a record, each once."""
    told: list[dict[str, Any]] = []
    for lot in found:
        if lot.key is None or lots.find(session, lot.key).state != "found":
            origin = origin_of(session, node, lot)
            if origin not in told:
                told.append(origin)
    return told[:MOST_ORIGINS]


def origin_of(session: Session, node: Node, lot: StockLot) -> dict[str, Any]:
    """Commune, facility (never an individual), day received and kinds of paper of goods without a record."""
    line = session.get(DeliveryLine, (lot.site_id, lot.line_id)) if lot.line_id else None
    kinds = sorted({paper.kind for paper in papers_served.of_line(session, line)}) if line is not None else []
    return {
        "commune": _public(lot.origin.get("commune")),
        "facility": _public(lot.origin.get("facility")),
        "received_on": lot.received_at.astimezone(node.zone).date().isoformat(),
        "papers": [PAPER_KINDS.get(kind, kind) for kind in kinds],
    }


def _public(text: str | None) -> str | None:
    return without_numbers(text) if text else None
