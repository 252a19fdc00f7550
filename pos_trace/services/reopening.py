"""The state a lot has when it is open once more: what became known meanwhile counts."""

from pos_trace.services import judging, lineage
from pos_trace.services.node import Transaction
from pos_trace.store.models import DeliveryLine, StockLot


def judge_again(tx: Transaction, lot: StockLot) -> None:
    """The state a lot has again: its parents', its own line's, or, without either, what it came in as."""
    lot.state, lot.state_reason = ("held", "returned") if lot.origin.get("returned") else ("sellable", "opening")
    if lineage.parents(tx.session, lot) and not lot.origin.get("returned"):
        found = lineage.own_state(tx, lot)
        lot.state, lot.state_reason = found.state, found.reason
    elif lot.line_id is not None:
        line = tx.session.get_one(DeliveryLine, (lot.site_id, lot.line_id))
        lot.state, lot.state_reason = "held", "reopened"
        judging.rejudge_line(tx, line, judging.known(tx.session, line.key), "reopened")
