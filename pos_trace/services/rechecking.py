"""Lines nobody could check: asked again when the line is back, held once they waited too long."""

from datetime import datetime

from sqlalchemy import or_, select

from pos_trace.services import flags, judging, lineage, lookups, stock
from pos_trace.services.node import Node, Transaction
from pos_trace.store import lots
from pos_trace.store.models import DeliveryLine, StockLot, VerdictRow


def unchecked_due(node: Node, now: datetime) -> int:
    """Settle lines nobody could check: asked again, and held once they were sellable unchecked for long enough.

    Nothing is opened for the time of an outage: while nobody answers the line only keeps waiting.
    """
    with node.db.read() as session:
        newest = (
            select(DeliveryLine.site_id, DeliveryLine.id, DeliveryLine.key)
            .join(
                VerdictRow,
                (VerdictRow.site_id == DeliveryLine.site_id) & (VerdictRow.id == DeliveryLine.verdict_id),
            )
            .join(StockLot, (StockLot.site_id == DeliveryLine.site_id) & (StockLot.line_id == DeliveryLine.id))
            .where(DeliveryLine.site_id == node.id, VerdictRow.status == "unchecked")
            .where(or_(StockLot.on_hand > 0, StockLot.id.in_(lineage.above_what_is_left(session, node.id))))
            .distinct()
        )
        waiting = [(site, line, key, lots.find(session, key)) for site, line, key in session.execute(newest) if key]
    settled = 0
    for site_id, line_id, key, local in waiting:
        answer = judging.ask(node, key, local, now)
        with node.write(node.machine("recheck"), now) as tx:
            lookups.count(tx, [answer])
            line = tx.session.get_one(DeliveryLine, (site_id, line_id))
            if answer.state == "unavailable":
                _hold_late(tx, line)
                continue
            verdict = judging.rejudge_line(tx, line, answer, "recheck")
            flags.open_flag(tx, line, verdict)
            settled += 1
    return settled


def expired_due(node: Node, now: datetime) -> int:
    """Block what passed its expiry date on hand: judged again, or by its date alone where no line says more.

    Expired goods stay the stall's own matter: nothing is reported. Answers how many lots were blocked.
    """
    today = now.astimezone(node.zone).date()
    with node.db.read() as session:
        late = select(StockLot.id).where(
            StockLot.site_id == node.id,
            StockLot.on_hand > 0,
            StockLot.expiry < today,
            StockLot.state.in_(("sellable", "held")),
        )
        waiting = list(session.scalars(late.order_by(StockLot.id)))
    for lot_id in waiting:
        with node.write(node.machine("expiry"), now) as tx:
            lot = tx.session.get_one(StockLot, (node.id, lot_id))
            if lot.line_id is not None and lot.state in ("sellable", "held"):
                line = tx.session.get_one(DeliveryLine, (lot.site_id, lot.line_id))
                judging.rejudge_line(tx, line, judging.known(tx.session, line.key), "expiry")
            lineage.settle(tx, lot, "blocked", "expired")
    return len(waiting)


def _hold_late(tx: Transaction, line: DeliveryLine) -> None:
    lot = stock.lot_of_line(tx.session, line.site_id, line.id)
    if lot is not None:
        verdict = tx.session.get_one(VerdictRow, (line.site_id, line.verdict_id))
        state, reason = judging.state_for(tx, line, verdict.stock_state, False)
        lineage.settle(tx, lot, state, reason)
