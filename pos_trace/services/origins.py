"""Whether a stall could show where a lot comes from, which its delivery note then says, and whom that reaches later."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos_trace.core.goods import group_of, papers_state
from pos_trace.services import lineage, papers_served
from pos_trace.services.node import Node, Transaction
from pos_trace.store.models import DeliveryLine, StockLot, Transfer, TransferLine, VerdictRow


def shown(session: Session, node: Node, lot: StockLot, name: str) -> bool:
    """Whether every source of ``lot`` stands on a record, or on all the papers its goods need.

    They must do for the group the stall chose and for the one ``name`` means: meat booked as flowers is meat on the
    slip. What lay on the table before the first day (opening stock) nobody ever judged: its origin is not shown.
    While a stall practises its goods and papers are real; only reports wait.
    """
    return all(_source_shown(session, node, source, name) for source in lineage.sources(session, lot))


def _source_shown(session: Session, node: Node, source: StockLot, name: str) -> bool:
    line = session.get(DeliveryLine, (source.site_id, source.line_id)) if source.line_id else None
    if line is None:
        return False
    kept = session.get(VerdictRow, (line.site_id, line.verdict_id)) if line.verdict_id else None
    if kept is not None and kept.judgements.get("origin") == "record":
        return True
    papers = papers_served.facts(session, node.policy, line, checked=True)
    received_on = line.created_at.astimezone(node.zone).date()
    groups = (node.policy.group(line.goods_group), group_of(name, node.policy.goods))
    return all(papers_state(papers, group, received_on).complete for group in groups)


def news_for_buyers(tx: Transaction, line: DeliveryLine) -> list[DeliveryLine]:
    """The origin of ``line`` is shown now: its slips inside this box say so too. Answers the buyers' lines to be judged
    again. The other way round nothing is taken back: a slip says what was so when the goods were handed over.
    """
    mine = (
        select(TransferLine, Transfer)
        .join(Transfer, (Transfer.site_id == TransferLine.site_id) & (Transfer.id == TransferLine.transfer_id))
        .where(TransferLine.site_id == line.site_id, TransferLine.stall_id == line.stall_id)
        .where(TransferLine.shown.is_(False), Transfer.direction == "out", Transfer.kind != "correction")
        .where(Transfer.other_transfer_id.is_not(None), Transfer.state.in_(("sent", "accepted")))
        .order_by(TransferLine.id)
    )
    found: list[DeliveryLine] = []
    for told, row in tx.session.execute(mine).all():
        lot = tx.session.get_one(StockLot, (told.site_id, told.lot_id))
        sources = {source.line_id for source in lineage.sources(tx.session, lot)}
        if line.id in sources and shown(tx.session, tx.node, lot, told.name):
            told.shown = True
            found += _come(tx, told, row)
    tx.session.flush()
    return found


def _come(tx: Transaction, told: TransferLine, row: Transfer) -> list[DeliveryLine]:
    """The buyer's line of a slip's line, when it was taken in; his copy of the slip says the same."""
    theirs = select(TransferLine).where(
        TransferLine.site_id == told.site_id,
        TransferLine.transfer_id == row.other_transfer_id,
        TransferLine.position == told.position,
    )
    copy = tx.session.scalars(theirs).one()
    copy.shown = True
    lot = tx.session.get(StockLot, (copy.site_id, copy.lot_id)) if copy.lot_id else None
    line = tx.session.get(DeliveryLine, (lot.site_id, lot.line_id)) if lot is not None and lot.line_id else None
    return [line] if line is not None and line.state == "accepted" else []
