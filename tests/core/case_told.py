"""Short ways to write a case's events, for the tests of its rules: what each node saw is said, not assumed."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pos_trace.core.cases import AUTHORS, Author, CaseEvent, write

OPENED = datetime(2026, 11, 23, 19, 31, tzinfo=UTC)  # 02:31 on Tuesday 24/11/2026 at the market
CASE = "01935f2e-0000-7000-8000-000000000001"
Step = tuple[str, Mapping[str, Any]] | str


def author_of(kind: str) -> Author:
    """Whose event ``kind`` is."""
    return "station" if kind in AUTHORS["station"] else "province"


def story(*steps: Step, unseen: Iterable[int] = ()) -> list[CaseEvent]:
    """The events of ``steps`` in the order they were written, an hour apart. ``unseen``: the steps, by place, whose
    author had seen nothing of the other's events since it last wrote.
    """
    blind, events = set(unseen), list[CaseEvent]()
    for place, step in enumerate(steps):
        kind, body = (step, {}) if isinstance(step, str) else step
        node = author_of(kind)
        own = [event for event in events if event.node == node]
        seen_before = max((event.after for event in own), default=0)
        known = [e for e in events if e.node == node or place not in blind or e.seq <= seen_before]
        events.append(write(CASE, node, f"{node}:person", OPENED + timedelta(hours=place), kind, body, known))
    return events


def concluded(outcome: str = "complies", finding: str = "cleared", **rest: Any) -> Step:
    """A conclusion with its reason."""
    return "concluded", {"outcome": outcome, "origin_finding": finding, "reason": "giấy tờ đủ", **rest}
