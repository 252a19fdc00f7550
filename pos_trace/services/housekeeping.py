"""What a node forgets by itself: stored answers to requests nobody repeats any more."""

from datetime import datetime

from pos_trace.services.node import Node
from pos_trace.store import idempotency


def forget_answers(node: Node, now: datetime) -> None:
    """Drop answers kept for repeated requests once they are older than a week (CONTRACTS: at least seven days)."""
    with node.write(node.machine("housekeeping"), now) as tx:
        idempotency.purge(tx.session, now)
