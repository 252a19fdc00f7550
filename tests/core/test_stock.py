"""The state of a lot: strongest effect, then recall, then conclusion."""

from datetime import timedelta

import pytest

from pos_trace.core.stock import Conclusion, StockState, stock_state
from tests.core.goods_told import NOW

CLEARED, UNDETERMINED = Conclusion("complies", "cleared"), Conclusion("continue", "undetermined")
DAY = timedelta(hours=24)


def state(effect: str, hours: int = 0, **rest: object) -> StockState:
    recalled, conclusion, set_aside = rest.get("recalled"), rest.get("conclusion"), rest.get("set_aside")
    assert conclusion is None or isinstance(conclusion, Conclusion)
    return stock_state(
        effect,
        recalled=bool(recalled),
        conclusion=conclusion,
        set_aside=bool(set_aside),
        beyond_papers=bool(rest.get("beyond_papers")),
        received_at=NOW - timedelta(hours=hours),
        now=NOW,
        unchecked_for=DAY,
    )


@pytest.mark.parametrize(
    ("effect", "rest", "told"),
    [
        ("sellable", {}, ("sellable", "verdict")),
        ("held", {}, ("held", "verdict")),
        ("blocked", {}, ("blocked", "verdict")),
        ("unchecked", {"hours": 23}, ("sellable", "unchecked")),
        ("unchecked", {"hours": 24}, ("held", "unchecked")),
        ("sellable", {"set_aside": True}, ("held", "person")),
        ("unchecked", {"set_aside": True}, ("held", "person")),
        ("sellable", {"recalled": True}, ("blocked", "recall")),
        ("held", {"recalled": True, "conclusion": CLEARED}, ("blocked", "recall")),
        ("blocked", {"conclusion": CLEARED}, ("blocked", "verdict")),
        ("held", {"conclusion": CLEARED}, ("sellable", "conclusion")),
        ("held", {"conclusion": CLEARED, "set_aside": True}, ("held", "person")),
        ("held", {"conclusion": UNDETERMINED, "set_aside": True}, ("held", "conclusion")),
        ("unchecked", {"conclusion": CLEARED, "hours": 99}, ("sellable", "conclusion")),
        ("sellable", {"conclusion": UNDETERMINED}, ("held", "conclusion")),
        ("held", {"conclusion": CLEARED, "beyond_papers": True}, ("held", "verdict")),
        ("sellable", {"conclusion": CLEARED, "beyond_papers": True}, ("sellable", "conclusion")),
        ("blocked", {"beyond_papers": True}, ("blocked", "verdict")),
    ],
)
def test_the_first_that_speaks_decides(effect: str, rest: dict[str, object], told: tuple[str, str]) -> None:
    hours = rest.pop("hours", 0) if "hours" in rest else 0
    assert isinstance(hours, int)
    assert state(effect, hours, **rest) == StockState(*told)


@pytest.mark.parametrize(
    ("outcome", "finding", "keeps"),
    [
        ("complies", "cleared", False),
        ("complies", "undetermined", True),
        ("complies", "not_examined", False),
        ("violation", "cleared", True),
        ("criminal", "not_examined", True),
        ("continue", "not_examined", False),
        ("continue", "undetermined", True),
        ("not_competent", "not_examined", False),
    ],
)
def test_only_undetermined_violation_and_criminal_keep_a_hold(outcome: str, finding: str, keeps: bool) -> None:
    assert Conclusion(outcome, finding).keeps_hold is keeps
