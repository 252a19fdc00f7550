"""Rows of benches: shape, goals on figures and on ratios, the percentile."""

import pytest

from pos_trace.bench.rows import p95, row

KEYS = ["name", "figure", "unit", "yardstick", "ratio", "goal", "ok"]


@pytest.mark.parametrize(
    ("figure", "goal", "at_least", "yardstick", "good"),
    [
        (0.97, 0.97, True, None, True),
        (0.96999, 0.97, True, None, False),
        (15.0, 15, False, None, True),
        (15.01, 15, False, None, False),
        (0, 0, False, None, True),
        (5.0, 2.5, False, 2.0, True),
        (5.2, 2.5, False, 2.0, False),
        (9.0, None, False, None, None),
    ],
)
def test_a_goal_is_met_or_not(figure, goal, at_least, yardstick, good) -> None:
    told = row("x", figure, "ms", goal, at_least, yardstick)
    assert list(told) == KEYS
    assert told["ok"] is good
    assert told["ratio"] == (None if yardstick is None else pytest.approx(figure / yardstick))


@pytest.mark.parametrize(("count", "at"), [(1, 1), (19, 19), (20, 19), (21, 20), (100, 95)])
def test_the_percentile_is_a_figure_that_was_measured(count: int, at: int) -> None:
    assert p95([float(number) for number in range(count, 0, -1)]) == at


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no figures"):
        p95([])
