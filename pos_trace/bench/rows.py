"""One row of a bench: a figure, its yardstick when it has one, its goal, and whether it is met."""

import math
from collections.abc import Sequence
from typing import Any


def row(
    name: str, figure: float, unit: str, goal: float | None, at_least: bool = False, yardstick: float | None = None
) -> dict[str, Any]:
    """A row in the contract's shape. The goal holds for the ratio where there is a yardstick, else for the figure.

    ``goal`` None: told, not judged. ``at_least``: more is better; otherwise less is.
    """
    ratio = None if yardstick is None else figure / yardstick
    judged = figure if ratio is None else ratio
    good = None if goal is None else (judged >= goal if at_least else judged <= goal)
    return {
        "name": name,
        "figure": round(figure, 4),
        "unit": unit,
        "yardstick": None if yardstick is None else round(yardstick, 4),
        "ratio": None if ratio is None else round(ratio, 4),
        "goal": goal,
        "ok": good,
    }


def p95(figures: Sequence[float]) -> float:
    """The nearest-rank 95th percentile; raises ``ValueError`` when there is nothing to rank."""
    if not figures:
        raise ValueError("no figures")
    return sorted(figures)[math.ceil(len(figures) * 0.95) - 1]
