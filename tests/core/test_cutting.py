"""Cutting and repacking: what was taken is what was made and a loss that is told; mixed goods are the strictest."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.quantities import to_kg
from pos_trace.core.stock import Cut, Measure, StockState, Unweighed, cut, strictest

D = Decimal
AMOUNTS = st.integers(1, 10**7).map(lambda milli: D(milli) / 1000)


@pytest.mark.parametrize(
    ("taken", "made", "found"),
    [
        (Measure(D(5), "kg"), Measure(D(5), "kg"), Cut(D(0), None, D(0))),
        (Measure(D(5), "kg"), Measure(D("4.2"), "kg"), Cut(D("0.8"), None, D("0.8"))),
        (Measure(D(5), "kg"), Measure(D(4200), "g"), Cut(D("0.8"), None, D("0.8"))),
        (Measure(D(25), "kg"), Measure(D(50), "túi", D("0.5")), Cut(D(0), D("0.5"), D(0))),
        (Measure(D(25), "kg"), Measure(D(49), "túi", D("0.5")), Cut(D("0.5"), D("0.5"), D("0.5"))),
        (Measure(D(20), "kg"), Measure(D(7), "gói"), Cut(D("0.001"), D("2.857"), D("0.001"))),
        (Measure(D(1), "kg"), Measure(D(5000), "quả"), Cut(None, None)),  # lighter than the ledger's gram
        (Measure(D(2), "sọt", D(25)), Measure(D(48), "kg"), Cut(None, None, D(2))),
        (Measure(D(2), "sọt", D(25)), Measure(D(100), "túi"), Cut(None, D("0.5"), D(0))),
        (Measure(D(2), "sọt", D(25)), Measure(D(90), "túi", D("0.5")), Cut(None, D("0.5"), D(5))),
        (Measure(D(1), "con"), Measure(D(4), "mảnh"), Cut(None, None)),
        (Measure(D(10), "bó"), Measure(D(9), "bó"), Cut(D(1), None)),
        (Measure(D(10), "túi", D("0.5")), Measure(D(9), "túi", D("0.5")), Cut(D(1), D("0.5"), D("0.5"))),
        (Measure(D(10), "túi", D("0.5")), Measure(D(9), "túi"), Cut(D(1), D("0.5"), D("0.5"))),
        (Measure(D(10), "túi", D(1)), Measure(D(18), "túi", D("0.5")), Cut(None, D("0.5"), D(1))),
    ],
)
def test_both_sides_are_weighed(taken: Measure, made: Measure, found: Cut) -> None:
    assert cut(taken, made) == found


@pytest.mark.parametrize(
    ("taken", "made"),
    [
        (Measure(D(5), "kg"), Measure(D("5.001"), "kg")),
        (Measure(D(5), "kg"), Measure(D(5001), "g")),
        (Measure(D(5), "kg"), Measure(D(11), "túi", D("0.5"))),
        (Measure(D(10), "bó"), Measure(D(11), "bó")),
        (Measure(D(2), "sọt", D(25)), Measure(D(51), "kg")),
        (Measure(D(10), "túi", D("0.5")), Measure(D(10), "túi", D(5))),
    ],
)
def test_no_goods_come_out_of_nothing(taken: Measure, made: Measure) -> None:
    with pytest.raises(ValueError, match="more is made"):
        cut(taken, made)


@pytest.mark.parametrize(
    "made", [Measure(D(30), "kg"), Measure(D(1), "g"), Measure(D(1), "gói", D("0.5")), Measure(D(1), "con", D(2))]
)
def test_goods_nobody_weighed_become_no_kilograms(made: Measure) -> None:
    with pytest.raises(Unweighed):
        cut(Measure(D(1), "con"), made)


@given(AMOUNTS, AMOUNTS, st.sampled_from(["kg", "g", "túi", "con"]))
def test_kilograms_taken_are_kilograms_made_and_lost(taken: Decimal, made: Decimal, unit: str) -> None:
    try:
        found = cut(Measure(taken, "kg"), Measure(made, unit))
    except ValueError:
        weight = to_kg(made, unit, None)
        assert weight is not None
        assert weight > taken
        return
    weight = to_kg(made, unit, found.content_kg)
    if weight is None:
        assert (found.loss, found.lost_kg) == (None, None)
        return
    assert found.loss is not None
    assert found.loss >= 0
    assert weight + found.loss == taken


def test_mixed_goods_are_the_strictest_of_what_they_were_mixed_of() -> None:
    good, held = StockState("sellable", "verdict"), StockState("held", "person")
    blocked = StockState("blocked", "recall")
    assert strictest([]) == good
    assert strictest([good, held]) == held
    assert strictest([held, blocked, good]) == blocked
    assert strictest([held, StockState("held", "verdict")]) == held
