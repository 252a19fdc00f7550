"""Beats: each at its own pace, never over itself, alive after any error, deaf to the wall clock, soon ended."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from pos_trace.core.errors import Unavailable
from pos_trace.runtime import beats as module
from pos_trace.runtime.beats import DAYS_BACK, FIRST_WITHIN_S, QUIET_LOOK_S, Beats, node_beats, station_beats
from pos_trace.services import sightings
from pos_trace.services.node import Ports
from pos_trace.settings import BeatsSection
from tests.services.two_nodes import PROVINCE_ID, SITE_ID, make_node

QUICK_S = 0.01


class Counted:
    """Work that counts its runs and says when it has had ``wanted``."""

    def __init__(self, wanted: int = 3, error: Exception | None = None) -> None:
        self.wanted, self.error, self.runs, self.enough = wanted, error, 0, threading.Event()

    def __call__(self) -> None:
        self.runs += 1
        if self.runs >= self.wanted:
            self.enough.set()
        if self.error is not None:
            raise self.error


@pytest.fixture
def started() -> Iterator:
    """Start beats without jitter; all are stopped at the end."""
    made: list[Beats] = []

    def start(**work) -> Beats:
        pieces = [
            (name, *piece) if isinstance(piece, tuple) else (name, QUICK_S, piece) for name, piece in work.items()
        ]
        made.append(Beats(pieces, jitter=lambda _: 0.0))
        made[-1].start()
        return made[-1]

    yield start
    for one in made:
        one.stop(1)


def test_every_piece_runs_again_and_again(started) -> None:
    one, two = Counted(), Counted()
    started(one=one, two=two)
    assert one.enough.wait(10)
    assert two.enough.wait(10)


@pytest.mark.parametrize(
    "error", [Unavailable("database_busy", "Máy đang bận ghi."), OSError(28, "No space left"), KeyError("surprise")]
)
def test_a_failing_piece_runs_again_and_harms_no_other(started, error: Exception) -> None:
    bad, good = Counted(5, error), Counted(5)
    started(bad=bad, good=good)
    assert bad.enough.wait(10)
    assert good.enough.wait(10)


def test_a_slow_piece_never_overlaps_itself_and_holds_up_no_other(started) -> None:
    inside, most, go = [0], [0], threading.Event()
    other = Counted(20)

    def slow() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        go.wait(10)
        inside[0] -= 1

    started(slow=slow, other=other)
    assert other.enough.wait(10)
    go.set()
    assert most == [1]


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_wall_clock_that_jumps_neither_silences_nor_hurries_a_beat(
    started, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    wall, shift = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: wall() + shift[0])
    quick, rare = Counted(), Counted()
    started(quick=quick, rare=(3600.0, rare))
    assert quick.enough.wait(10)
    shift[0] = hours * 3600.0
    quick.enough.clear()
    quick.wanted = quick.runs + 20
    assert quick.enough.wait(10)
    assert rare.runs <= 1


def test_work_is_asked_for_the_time_of_each_run(database, tmp_path, now: datetime) -> None:
    node = make_node(database, tmp_path, "station", SITE_ID, Ports())
    asked: list[datetime] = []

    def clock() -> datetime:
        asked.append(now + timedelta(hours=len(asked)))
        return asked[-1]

    work = station_beats(node, clock, BeatsSection())
    assert asked == []
    for _, _, act in work:
        act()
    assert len(asked) == len(work)


@pytest.mark.parametrize(
    ("after_midnight", "told"),
    [(-2.0, {"24"}), (0.5, {"24"}), (2.9, {"24"}), (3.1, {"24", "25"})],
    ids=["two hours before midnight", "half an hour after", "a clock two hours fast", "when the day is surely over"],
)
def test_a_day_is_told_once_it_is_surely_over(
    database, tmp_path, monkeypatch: pytest.MonkeyPatch, after_midnight: float, told: set[str]
) -> None:
    queued: list[str] = []
    monkeypatch.setattr(sightings, "queue_day", lambda _node, day, _now: queued.append(day.isoformat()[-2:]))
    node = make_node(database, tmp_path, "station", SITE_ID, Ports())
    midnight = datetime(2026, 11, 26, tzinfo=node.zone)
    at = [midnight + timedelta(hours=after_midnight)]
    work = {name: act for name, _, act in station_beats(node, lambda: at[0], BeatsSection())}["sightings"]
    work()
    assert set(queued) & {"24", "25", "26"} == told
    assert len(queued) == DAYS_BACK
    work()
    assert len(queued) == DAYS_BACK
    at[0] += timedelta(days=1)
    work()
    assert len(queued) == DAYS_BACK + 1


def test_a_province_only_tidies_up(database, tmp_path, now: datetime) -> None:
    node = make_node(database, tmp_path, "province", PROVINCE_ID, Ports())
    work = node_beats(node, lambda: now, tmp_path / "backups")
    assert [(name, every_s) for name, every_s, _ in work] == [("quiet-time", QUIET_LOOK_S)]


def test_the_heavy_work_waits_for_the_quiet_hours_of_the_site(database, tmp_path) -> None:
    node = make_node(database, tmp_path, "station", SITE_ID, Ports())
    at = [datetime(2026, 11, 25, 2, tzinfo=node.zone)]
    _, _, act = node_beats(node, lambda: at[0], tmp_path / "backups")[0]
    done = []
    for hour in range(48):
        at[0] = datetime(2026, 11, 25, 2, tzinfo=node.zone) + timedelta(hours=hour)
        if act():
            done.append((at[0].day, at[0].hour))
    assert done == [(25, 10), (26, 10)]


def test_every_pace_is_the_configured_one(database, tmp_path, now: datetime) -> None:
    node = make_node(database, tmp_path, "station", SITE_ID, Ports())
    pace = BeatsSection(feed_s=1, cases_s=2, clocks_s=3, recalls_s=4, snapshot_s=5)
    told = {name: every_s for name, every_s, _ in station_beats(node, lambda: now, pace)}
    assert (told.pop("feed"), told.pop("cases")) == (1, 2)
    assert (told.pop("access"), told.pop("recalls"), told.pop("snapshot")) == (2, 4, 5)
    assert set(told.values()) == {3}


def test_the_first_run_is_spread_over_seconds_and_later_ones_over_a_tenth() -> None:
    asked: list[float] = []
    both = threading.Event()

    def jitter(most_s: float) -> float:
        asked.append(most_s)
        if {0.05, 60.0} <= set(asked):
            both.set()
        return 0.0

    beats = Beats([("slow", 600.0, lambda: None), ("quick", 0.5, lambda: None)], jitter)
    beats.start()
    assert both.wait(10)
    beats.stop(1)
    assert set(asked) == {FIRST_WITHIN_S, 60.0, 0.5, 0.05}


def test_stopping_wakes_sleepers_and_does_not_wait_for_ever(started) -> None:
    hanging, go = threading.Event(), threading.Event()

    def hangs() -> None:
        hanging.set()
        go.wait(30)

    beats = started(hangs=hangs, sleeps=(3600.0, Counted()))
    assert hanging.wait(10)
    beats.stop(0.2)
    alive = {thread.name for thread in beats._threads if thread.is_alive()}
    go.set()
    assert alive == {"beat-hangs"}
    assert all(thread.daemon for thread in beats._threads)


def test_beats_that_never_began_stop_at_once() -> None:
    Beats([("never", 1.0, lambda: None)]).stop()
    assert module.STOP_S > 0
