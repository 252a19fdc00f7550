"""Ten thousand stations and one province: they do not knock together, neither when power comes back nor later."""

import heapq
import random
from collections import Counter
from collections.abc import Iterator

from pos_trace.runtime.beats import FIRST_WITHIN_S, pauses
from pos_trace.runtime.outbox_worker import full_jitter

STATIONS = 10_000
EVERY_S = 30.0
MINUTES = 10


class Station:
    """One station's feed beat on a clock of the test's own."""

    def __init__(self) -> None:
        self._pauses: Iterator[float] = pauses(EVERY_S, full_jitter)

    def next_after(self, moment: float) -> float:
        return moment + next(self._pauses)


def test_their_calls_are_spread_from_the_first_second_on() -> None:
    random.seed(20261125)
    stations = [Station() for _ in range(STATIONS)]
    due = [(station.next_after(0.0), number) for number, station in enumerate(stations)]
    heapq.heapify(due)
    a_second: Counter[int] = Counter()
    while due[0][0] < MINUTES * 60:
        moment, number = heapq.heappop(due)
        a_second[int(moment)] += 1
        heapq.heappush(due, (stations[number].next_after(moment), number))
    even = STATIONS / EVERY_S
    assert max(a_second.values()) < 1.4 * even
    assert min(a_second[second] for second in range(MINUTES * 30, MINUTES * 60)) > 0.6 * even
    assert sum(a_second[second] for second in range(int(FIRST_WITHIN_S))) <= STATIONS
