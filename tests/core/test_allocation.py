"""Which lots a sold line takes, how sure that is, and what the till is told before payment."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.allocation import Allocation, Check, OpenLot, Part, allocate, check, fefo, unmeasured
from tests.core.goods_told import NOW, TODAY


def lot(
    name: str, on_hand: str = "10", state: str = "sellable", expires: int | None = None, cut: int | None = None,
    hours: int = 0,
) -> OpenLot:  # fmt: skip
    day = None if expires is None else TODAY + timedelta(days=expires)
    harvested = None if cut is None else TODAY + timedelta(days=cut)
    return OpenLot(name, Decimal(on_hand), NOW - timedelta(hours=hours), state, day, harvested)


def taken(allocation: Allocation) -> list[tuple[str | None, str]]:
    return [(part.lot_id, str(part.quantity)) for part in allocation.parts]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (lot("b", expires=1), lot("a", expires=2)),
        (lot("b", expires=9), lot("a")),
        (lot("b", expires=1, cut=-1), lot("a", expires=1, cut=0)),
        (lot("b", cut=0), lot("a")),
        (lot("b", hours=2), lot("a", hours=1)),
        (lot("a"), lot("b")),
        (lot("b"), lot("a", state="held", expires=0)),
        (lot("b"), lot("a", state="blocked", expires=0)),
    ],
)
def test_first_expiring_goes_first_then_harvest_receiving_and_id(first: OpenLot, second: OpenLot) -> None:
    for lots in ([first, second], [second, first]):
        allocation = allocate(Decimal(12), lots)
        assert taken(allocation) == [(first.id, "10"), (second.id, "2")]
        assert (allocation.source, allocation.certainty) == ("unknown", "candidates")
        assert allocation.candidates == (first.id, second.id)


@pytest.mark.parametrize(
    ("wanted", "lots", "chosen", "parts", "source", "certainty", "candidates"),
    [
        ("3", [lot("a")], None, [("a", "3")], "fefo", "sure", ("a",)),
        ("3", [lot("a"), lot("b", "0")], None, [("a", "3")], "fefo", "sure", ("a",)),
        ("13", [lot("a")], None, [("a", "10"), (None, "3")], "fefo", "sure", ("a",)),
        ("3", [], None, [(None, "3")], "unknown", "none", ()),
        ("3", [lot("a", "0")], None, [(None, "3")], "unknown", "none", ()),
        ("3", [lot("a"), lot("b")], "b", [("b", "3")], "scanned", "sure", ("b",)),
        ("3", [lot("a"), lot("b", state="blocked")], "b", [("b", "3")], "scanned", "sure", ("b",)),
        ("13", [lot("b")], "b", [("b", "10"), (None, "3")], "scanned", "sure", ("b",)),
        ("3", [lot("b", "0")], "b", [(None, "3")], "scanned", "sure", ("b",)),
        ("13", [lot("a"), lot("b")], "b", [("b", "10"), ("a", "3")], "unknown", "candidates", ("b", "a")),
        ("3", [lot("a"), lot("b", "0")], "b", [("a", "3")], "unknown", "candidates", ("b", "a")),
        ("3", [lot("a"), lot("b")], "z", [("a", "3")], "unknown", "candidates", ("a", "b")),
        ("0.001", [lot("a", state="blocked")], None, [("a", "0.001")], "fefo", "sure", ("a",)),
    ],
)
def test_a_sale_takes_lots_and_says_how_sure_it_is(
    wanted: str,
    lots: list[OpenLot],
    chosen: str | None,
    parts: list[tuple[str | None, str]],
    source: str,
    certainty: str,
    candidates: tuple[str, ...],
) -> None:
    allocation = allocate(Decimal(wanted), lots, chosen)
    assert taken(allocation) == parts
    assert (allocation.source, allocation.certainty, allocation.candidates) == (source, certainty, candidates)


def test_a_lot_named_by_the_till_is_told_as_such() -> None:
    assert allocate(Decimal(1), [lot("a"), lot("b")], "b", "pos").source == "pos"


@pytest.mark.parametrize("wanted", ["0", "-1", "0.0001", "1.0005"])
def test_a_quantity_the_ledger_cannot_hold_is_refused(wanted: str) -> None:
    with pytest.raises(ValueError, match="thousandths"):
        allocate(Decimal(wanted), [lot("a")])


milli = st.integers(0, 50_000).map(lambda whole: Decimal(whole) / 1000)
many_lots = st.lists(
    st.tuples(milli, st.sampled_from(["sellable", "held", "blocked"]), st.none() | st.integers(-3, 3)), max_size=6
).map(lambda rows: [lot(f"L{i}", str(have), state, days) for i, (have, state, days) in enumerate(rows)])


@given(milli.filter(bool), many_lots, st.none() | st.sampled_from(["L0", "L3", "elsewhere"]))
def test_parts_sum_to_what_was_sold_and_no_lot_goes_below_nothing(
    wanted: Decimal, lots: list[OpenLot], chosen: str | None
) -> None:
    allocation = allocate(wanted, lots, chosen)
    have = {one.id: one.on_hand for one in lots}
    assert sum(part.quantity for part in allocation.parts) == wanted
    assert all(part.quantity > 0 for part in allocation.parts)
    assert all(part.quantity <= have[part.lot_id] for part in allocation.parts if part.lot_id is not None)
    assert allocation.shortfall == max(wanted - sum(have.values()), Decimal(0))
    touched = [part.lot_id for part in allocation.parts if part.lot_id is not None]
    assert len(touched) == len(set(touched))
    assert set(touched) <= set(allocation.candidates)


@given(milli.filter(bool), many_lots, st.randoms(use_true_random=False))
def test_the_order_in_which_lots_are_read_never_matters(wanted: Decimal, lots: list[OpenLot], dice: Random) -> None:
    turned = dice.sample(lots, len(lots))
    assert allocate(wanted, turned) == allocate(wanted, lots)
    assert check(turned) == check(lots)
    assert unmeasured(wanted, turned) == unmeasured(wanted, lots)


@pytest.mark.parametrize(
    ("sold", "lots", "parts", "source", "certainty", "candidates"),
    [
        (None, [], [], "unknown", "none", ()),
        (None, [lot("a", "0")], [], "unknown", "none", ()),
        (None, [lot("a")], [], "fefo", "sure", ("a",)),
        (None, [lot("a"), lot("b", expires=1)], [], "unknown", "candidates", ("b", "a")),
        ("3", [lot("a"), lot("b", "0")], [(None, "3")], "fefo", "sure", ("a",)),
        ("3", [], [(None, "3")], "unknown", "none", ()),
    ],
)
def test_what_no_lot_is_counted_in_leaves_the_ledger_and_names_every_open_lot(
    sold: str | None,
    lots: list[OpenLot],
    parts: list[tuple[str | None, str]],
    source: str,
    certainty: str,
    candidates: tuple[str, ...],
) -> None:
    allocation = unmeasured(None if sold is None else Decimal(sold), lots)
    assert taken(allocation) == parts
    assert (allocation.source, allocation.certainty, allocation.candidates) == (source, certainty, candidates)
    assert allocation.shortfall == Decimal(sold or 0)


@given(milli.filter(bool), many_lots)
def test_a_worse_lot_is_touched_only_when_every_better_one_is_empty(wanted: Decimal, lots: list[OpenLot]) -> None:
    took = {part.lot_id: part.quantity for part in allocate(wanted, lots).parts}
    in_order = sorted((one for one in lots if one.on_hand > 0), key=fefo)
    for better, worse in pairwise(in_order):
        assert worse.id not in took or took[better.id] == better.on_hand


@pytest.mark.parametrize(
    ("lots", "chosen", "sellable", "reason", "told"),
    [
        ([], None, "yes", "sellable", ()),
        ([lot("a", "0", "blocked")], None, "yes", "sellable", ()),
        ([lot("a")], None, "yes", "sellable", ("a",)),
        ([lot("a"), lot("b", state="blocked")], None, "confirm_lot", "blocked", ("a",)),
        ([lot("a"), lot("b", state="blocked")], "a", "yes", "sellable", ("a",)),
        ([lot("a"), lot("b", state="blocked")], "b", "no", "blocked", ("b",)),
        ([lot("a"), lot("b", state="blocked")], "z", "confirm_lot", "blocked", ("a",)),
        ([lot("a"), lot("b", state="held")], None, "yes", "sellable", ("a",)),
        ([lot("a"), lot("b", state="held")], "b", "no", "held", ("b",)),
        ([lot("b", state="held")], None, "no", "held", ("b",)),
        ([lot("a", state="held"), lot("b", state="blocked")], None, "no", "blocked", ("a", "b")),
        ([lot("b", "0", "blocked")], "b", "no", "blocked", ("b",)),
    ],
)
def test_before_payment_a_blocked_lot_is_never_sold(
    lots: list[OpenLot], chosen: str | None, sellable: str, reason: str, told: tuple[str, ...]
) -> None:
    answer = check(lots, chosen)
    assert (answer.sellable, answer.reason, answer.lots) == (sellable, reason, told)


def test_dates_without_an_end_come_last() -> None:
    forever = OpenLot("a", Decimal(1), NOW, expiry=None)
    assert taken(allocate(Decimal(1), [forever, OpenLot("b", Decimal(1), NOW, expiry=date.max)])) == [("a", "1")]


def test_the_lot_a_counter_opened_is_what_its_scale_sells_while_it_lasts() -> None:
    first, opened = lot("a", "5", expires=1), replace(lot("b", "5", expires=9), on_sale=True)
    found = allocate(Decimal(3), [first, opened])
    assert (found.parts, found.source, found.candidates) == ((Part("b", Decimal(3)),), "pos", ("b",))
    more = allocate(Decimal(7), [first, opened])
    assert more.parts == (Part("b", Decimal(5)), Part("a", Decimal(2)))
    assert more.source == "unknown"
    assert allocate(Decimal(1), [first, opened], "a").parts == (Part("a", Decimal(1)),)
    assert unmeasured(None, [first, opened]).candidates == ("b",)
    assert unmeasured(Decimal(2), [first, opened]).parts == (Part(None, Decimal(2)),)


@pytest.mark.parametrize("told", [{"state": "held"}, {"state": "blocked"}, {"on_hand": Decimal(0)}])
def test_an_opened_lot_that_is_set_aside_or_sold_out_leads_nobody(told: dict[str, object]) -> None:
    opened = replace(lot("b", "5", expires=9), on_sale=True, **told)
    assert not opened.opened
    assert allocate(Decimal(3), [lot("a", "5", expires=1), opened]).parts == (Part("a", Decimal(3)),)


def test_a_counter_that_said_what_it_sells_is_not_asked_for_the_lot_again() -> None:
    bad, good = replace(lot("a", "5", expires=1), state="blocked"), replace(lot("b", "5", expires=9), on_sale=True)
    assert check([bad, replace(good, on_sale=False)]).sellable == "confirm_lot"
    assert check([bad, good]) == Check("yes", "sellable", ("b",))
    assert check([bad, good], "a").sellable == "no"
