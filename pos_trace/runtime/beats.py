"""What the machine does by the clock: feeds, cases, answer windows, re-checks, forgotten deliveries, sightings."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from pos_trace.core.errors import PosTraceError
from pos_trace.services import cases, receiving, rechecking, sightings, sync
from pos_trace.services.node import Node
from pos_trace.settings import BeatsSection

LOG = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def station_beats(node: Node, clock: Clock, pace: BeatsSection) -> list[tuple[str, float, Callable[[], object]]]:
    """Name, seconds between two runs, and the work, for a station."""
    return [
        ("feed", pace.feed_s, lambda: sync.pull(node, clock())),
        ("cases", pace.cases_s, lambda: sync.poll_cases(node, clock())),
        ("recheck", pace.clocks_s, lambda: rechecking.unchecked_due(node, clock())),
        ("answer-window", pace.clocks_s, lambda: cases.due_flags(node, clock())),
        ("auto-close", pace.clocks_s, lambda: receiving.auto_close(node, clock())),
        ("sightings", pace.clocks_s, lambda: sightings.queue_day(node, _yesterday(node, clock()), clock())),
    ]


def _yesterday(node: Node, now: datetime) -> date:
    return (now.astimezone(node.zone) - timedelta(days=1)).date()


class Beats:
    """Runs ``work`` on one background scheduler with a memory store; what was missed while off runs once."""

    def __init__(self, work: list[tuple[str, float, Callable[[], object]]]) -> None:
        self._work = work
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        """Begin; each piece of work runs at once and then at its pace."""
        for name, every_s, act in self._work:
            spread = max(1, int(every_s / 10))
            self._scheduler.add_job(_guarded(name, act), "interval", seconds=every_s, id=name, jitter=spread)
            self._scheduler.add_job(_guarded(name, act), "date", id=f"{name}-first")
        self._scheduler.start()

    def stop(self) -> None:
        """End after the work under way."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)


def _guarded(name: str, act: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        try:
            act()
        except (PosTraceError, SQLAlchemyError, OSError) as error:
            LOG.warning("beat %s: %s", name, error)

    return run
