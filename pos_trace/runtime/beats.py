"""What the machine does by the clock: feeds, cases, answer windows, re-checks, forgotten deliveries, backups."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from pos_trace.core.errors import PosTraceError
from pos_trace.runtime.outbox_worker import full_jitter
from pos_trace.services import (
    access_log,
    cases,
    closing,
    day_end,
    housekeeping,
    practice,
    publishing,
    receiving,
    rechecking,
    reminders,
    sightings,
    snapshots,
    stall_cards,
    sync,
    transfer_waiting,
)
from pos_trace.services.node import Node
from pos_trace.settings import BeatsSection

LOG = logging.getLogger(__name__)
Clock = Callable[[], datetime]
FIRST_WITHIN_S = 30.0
QUIET_LOOK_S = 300.0
OVER_AFTER = timedelta(hours=3)
DAYS_BACK = 7
STOP_S = 5.0


Work = list[tuple[str, float, Callable[[], object]]]


def node_beats(node: Node, clock: Clock, backups: Path) -> Work:
    """Name, seconds between two runs, and the work, for either role. ``backups``: the folder of the daily copies."""
    quiet = housekeeping.QuietWork(node, backups)
    return [("quiet-time", QUIET_LOOK_S, lambda: quiet.due(clock()))]


def province_beats(node: Node, clock: Clock, pace: BeatsSection) -> Work:
    """Name, seconds between two runs, and the work, for a province, beside ``node_beats``."""
    return [("publish", pace.snapshot_s, lambda: publishing.publish(node, node.machine("publish"), clock()))]


def station_beats(node: Node, clock: Clock, pace: BeatsSection) -> Work:
    """Name, seconds between two runs, and the work, for a station, beside ``node_beats``."""
    return [
        ("snapshot", pace.snapshot_s, lambda: snapshots.pull(node, clock())),
        ("recalls", pace.recalls_s, lambda: sync.pull_recalls(node, clock())),
        ("feed", pace.feed_s, lambda: sync.pull(node, clock())),
        ("cases", pace.cases_s, lambda: sync.poll_cases(node, clock())),
        ("access", pace.cases_s, lambda: access_log.poll(node, clock())),
        ("recheck", pace.clocks_s, lambda: rechecking.unchecked_due(node, clock())),
        ("expiry", pace.clocks_s, lambda: rechecking.expired_due(node, clock())),
        ("reminders", pace.clocks_s, lambda: reminders.due(node, clock())),
        ("answer-window", pace.clocks_s, lambda: cases.due_flags(node, clock())),
        ("corrections", pace.clocks_s, lambda: transfer_waiting.due(node, clock())),
        ("auto-close", pace.clocks_s, lambda: receiving.auto_close(node, clock())),
        ("shelf-life", pace.clocks_s, lambda: closing.shelf_life_due(node, clock())),
        ("day-end", pace.clocks_s, lambda: day_end.due(node, clock())),
        ("practice", pace.clocks_s, lambda: practice.due(node, clock())),
        ("stall-cards", pace.clocks_s, lambda: stall_cards.publish_due(node, clock())),
        ("sightings", pace.clocks_s, _DaysOver(node, clock)),
    ]


class _DaysOver:
    """Tells what came in on each day that is over, once; after a start also the days the machine was off.

    A day is over three hours after its midnight: a clock two hours fast must not close a day that still goes on,
    because what comes in afterwards would never be told.
    """

    def __init__(self, node: Node, clock: Clock) -> None:
        self._node, self._clock = node, clock
        self._told: set[date] = set()

    def __call__(self) -> None:
        now = self._clock()
        today = (now - OVER_AFTER).astimezone(self._node.zone).date()
        for back in range(DAYS_BACK, 0, -1):
            day = today - timedelta(days=back)
            if day not in self._told:
                sightings.queue_day(self._node, day, now)
                self._told.add(day)


class Beats:
    """Runs each piece of ``work`` at its pace in a thread of its own, until stopped.

    The pace is counted on the monotonic clock from the end of one run to the next: a piece of work never overlaps
    itself, and a wall clock that jumps by hours neither silences it nor makes it run in a hurry. The first run waits
    ``jitter`` of at most half a minute: power comes back to every station of a province at the same moment.
    """

    def __init__(
        self, work: list[tuple[str, float, Callable[[], object]]], jitter: Callable[[float], float] = full_jitter
    ) -> None:
        self._jitter = jitter
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._beat, args=piece, name=f"beat-{piece[0]}", daemon=True) for piece in work
        ]

    def start(self) -> None:
        """Begin; returns at once."""
        for thread in self._threads:
            thread.start()

    def stop(self, wait_s: float = STOP_S) -> None:
        """End after the runs under way, at most ``wait_s`` later: what is cut off then is done again after a start."""
        self._stopping.set()
        until = time.monotonic() + wait_s
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, until - time.monotonic()))

    def _beat(self, name: str, every_s: float, act: Callable[[], object]) -> None:
        waits = pauses(every_s, self._jitter)
        while not self._stopping.wait(next(waits)):
            try:
                act()
            except (PosTraceError, SQLAlchemyError, OSError) as error:
                LOG.warning("beat %s: %s", name, error)
            except Exception:  # a beat that ends would stop until somebody restarts the node
                LOG.exception("beat %s", name)


def pauses(every_s: float, jitter: Callable[[float], float]) -> Iterator[float]:
    """Seconds before the first run and between the runs of a beat, so that many machines never fall into step."""
    yield jitter(min(every_s, FIRST_WITHIN_S))
    while True:
        yield every_s + jitter(every_s / 10)
