"""Goods handed on between two stalls of one box came to the site once: who counts what was received leaves them out."""

from sqlalchemy import ColumnElement, select

from pos_trace.store.models import DeliveryLine, StockLot, Transfer, TransferLine


def first_received(site_id: str) -> ColumnElement[bool]:
    """Lines that brought goods to the site: not those a neighbour's delivery note filled. What a correction moved
    counts at the stall it belongs to (the other's line is "moved").
    """
    inside = (
        select(StockLot.line_id)
        .join(TransferLine, (TransferLine.site_id == StockLot.site_id) & (TransferLine.lot_id == StockLot.id))
        .join(Transfer, (Transfer.site_id == TransferLine.site_id) & (Transfer.id == TransferLine.transfer_id))
        .where(StockLot.site_id == site_id, StockLot.line_id.is_not(None))
        .where(Transfer.direction == "in", Transfer.kind != "correction", Transfer.other_transfer_id.is_not(None))
    )
    return DeliveryLine.id.not_in(inside)
