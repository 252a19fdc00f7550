"""Goods handed on by delivery note are received twice but there once: who counts what came in leaves them out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from pos_trace.store.models import DeliveryLine, StockLot, Transfer, TransferLine


def first_received(site_id: str) -> ColumnElement[bool]:
    """Lines that brought goods to the site: not those a neighbour's delivery note filled. What a correction moved
    counts at the stall it belongs to (the other's line is "moved").
    """
    inside = _filled(site_id).where(Transfer.kind != "correction", Transfer.other_transfer_id.is_not(None))
    return DeliveryLine.id.not_in(inside)


def told_elsewhere(session: Session, site_id: str, line_ids: Sequence[str]) -> set[str]:
    """Of the lines, those that another station's signed slip filled: that station told their kilograms already, so a
    sum over all sites counts them there.
    """
    slips = _filled(site_id).where(Transfer.signature == "verified", Transfer.other_transfer_id.is_(None))
    return {str(line_id) for line_id in session.scalars(slips.where(StockLot.line_id.in_(line_ids)))}


def _filled(site_id: str) -> Select[Any]:
    """Lines whose goods an incoming delivery note brought."""
    return (
        select(StockLot.line_id)
        .join(TransferLine, (TransferLine.site_id == StockLot.site_id) & (TransferLine.lot_id == StockLot.id))
        .join(Transfer, (Transfer.site_id == TransferLine.site_id) & (Transfer.id == TransferLine.transfer_id))
        .where(StockLot.site_id == site_id, StockLot.line_id.is_not(None), Transfer.direction == "in")
    )
