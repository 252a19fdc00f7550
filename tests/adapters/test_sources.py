"""Several sources in their order: one that is silent leaves a lot unknown, and each tells how it is."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from pos_trace.adapters.provinces.sources import FAILURES, OPEN_S, Sources, member
from pos_trace.core.records import LotRecord, RecordAnswer, RecordsAge

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
KEY = "01/09521234600053/10/A"
RECORD = LotRecord(KEY, "Rau", "F1", "active", 1)
ANSWERS = {
    "found": RecordAnswer("found", RECORD, age=RecordsAge(1, NOW)),
    "absent": RecordAnswer("absent", age=RecordsAge(0, NOW)),
    "unavailable": RecordAnswer("unavailable", why="offline"),
}


@dataclass
class Fixed:
    """Says the same whenever it is asked."""

    state: str
    problem: str = ""
    asked: list[str] = field(default_factory=list)

    def find(self, key: str) -> RecordAnswer:
        self.asked.append(key)
        return ANSWERS[self.state]


@dataclass
class Picky(Fixed):
    """Can only be asked for SSCCs."""

    def handles(self, key: str) -> bool:
        return key.startswith("00/")


def row(*states: str, speaks_for: bool = True) -> tuple[Sources, list[Fixed]]:
    fixed = [Fixed(state) for state in states]
    return Sources(
        tuple(member(f"s{n}", "x", one, lambda: NOW, speaks_for=speaks_for) for n, one in enumerate(fixed))
    ), fixed


@pytest.mark.parametrize("states", sorted(product(ANSWERS, repeat=3)))
def test_found_by_the_first_absent_by_all_else_unknown(states: tuple[str, ...]) -> None:
    sources, fixed = row(*states)
    answer = sources.find(KEY)
    expected = "found" if "found" in states else "absent" if set(states) == {"absent"} else "unavailable"
    assert answer.state == expected
    asked = states.index("found") + 1 if "found" in states else 3
    assert [len(one.asked) for one in fixed] == [1] * asked + [0] * (3 - asked)


def test_a_source_that_does_not_speak_for_absence_may_find_but_not_deny() -> None:
    assert row("absent", speaks_for=False)[0].find(KEY).state == "unavailable"
    assert row("found", speaks_for=False)[0].find(KEY).state == "found"
    speaking, silent = Fixed("absent"), Fixed("unavailable")
    both = Sources((member("a", "x", silent, lambda: NOW, speaks_for=False), member("b", "x", speaking, lambda: NOW)))
    assert both.find(KEY).state == "absent"


def test_a_source_that_cannot_be_asked_for_a_key_is_passed_over() -> None:
    picky = Picky("absent")
    sources = Sources((member("a", "x", picky, lambda: NOW),))
    assert (sources.find(KEY).state, picky.asked) == ("unavailable", [])
    assert sources.find("00/095212345400000014").state == "absent"


def test_two_absences_vouch_for_no_more_than_the_older() -> None:
    times = iter([NOW, NOW - timedelta(hours=2)])

    class Aged(Fixed):
        def find(self, key: str) -> RecordAnswer:
            return RecordAnswer("absent", age=RecordsAge(0, next(times)))

    sources = Sources(tuple(member(name, "x", Aged("absent"), lambda: NOW) for name in "ab"))
    assert sources.find(KEY).age.as_of == NOW - timedelta(hours=2)
    undated = RecordAnswer("absent")
    answers = iter([undated, ANSWERS["absent"]])

    class Undated(Fixed):
        def find(self, key: str) -> RecordAnswer:
            return next(answers)

    sources = Sources(tuple(member(name, "x", Undated("absent"), lambda: NOW) for name in "ab"))
    assert sources.find(KEY).age.as_of is None


def test_one_that_keeps_failing_is_left_alone_for_a_while_and_tells_so() -> None:
    clock = [0.0]
    bad, good = Fixed("unavailable", problem="thiếu trường 'status'"), Fixed("found")
    sources = Sources(
        (
            member("xấu", "json_mapping", bad, lambda: NOW, monotonic=lambda: clock[0]),
            member("tốt", "api", good, lambda: NOW, monotonic=lambda: clock[0]),
        )
    )
    assert [one.state for one in sources.health()] == ["never", "never"]
    for _ in range(FAILURES + 2):
        assert sources.find(KEY).state == "found"
    assert len(bad.asked) == FAILURES
    first, second = sources.health()
    assert (first.name, first.state, first.why, first.failed_at) == ("xấu", "paused", "thiếu trường 'status'", NOW)
    assert (second.state, second.answered_at, second.why) == ("ok", NOW, "")
    clock[0] = OPEN_S + 1
    bad.state = "absent"
    sources.find(KEY)
    assert sources.health()[0].state == "ok"


def test_whoever_scans_waits_for_no_long_row_of_slow_sources() -> None:
    clock = [0.0]

    class Slow(Fixed):
        def find(self, key: str) -> RecordAnswer:
            clock[0] += 3.0
            return super().find(key)

    row_of = [Slow("absent"), Slow("absent"), Slow("found")]
    members = tuple(member(str(place), "x", one, lambda: NOW) for place, one in enumerate(row_of))
    sources = Sources(members, total_s=4.0, monotonic=lambda: clock[0])
    assert sources.find(KEY).state == "unavailable"  # the third was not asked: nobody said that the lot is absent
    assert [len(one.asked) for one in row_of] == [1, 1, 0]
