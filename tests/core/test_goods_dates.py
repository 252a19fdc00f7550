"""Dates of goods: what a code, a record and the receiver say, what a group must have and nobody told."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core import goods_dates
from pos_trace.core.codes import parse
from pos_trace.core.errors import Invalid
from pos_trace.core.goods_dates import NO_DATES, GoodsDates
from pos_trace.core.policy import GoodsGroup
from pos_trace.core.records import LotRecord

TODAY = date(2026, 11, 25)
BOTH = GoodsGroup("banh", "Bánh", "Cakes", needs_dates=("production", "expiry"))
LABEL = "(01)09521234600015(10)DH2611A"

CARRIED = {
    "nothing": (LABEL, NO_DATES),
    "production, AI 11": (LABEL + "(11)261120", GoodsDates(date(2026, 11, 20))),
    "packing, AI 13, where production is not named": (LABEL + "(13)261121", GoodsDates(date(2026, 11, 21))),
    "production before packing": (LABEL + "(11)261120(13)261121", GoodsDates(date(2026, 11, 20))),
    "best before, AI 15": (LABEL + "(15)270131", GoodsDates(best_before=date(2027, 1, 31))),
    "use by, AI 17, a month's end": (LABEL + "(17)270100", GoodsDates(expiry=date(2027, 1, 31))),
}


@pytest.mark.parametrize("name", CARRIED)
def test_a_code_carries_its_dates(name: str) -> None:
    text, dates = CARRIED[name]
    assert goods_dates.of_code(parse(text)) == dates


def test_a_record_tells_its_dates_and_its_harvest_where_no_production_is_named() -> None:
    harvested = LotRecord("01/1/10/A", "Cải thảo", "F1", "active", 1, harvest_date=TODAY, expiry_date=TODAY)
    assert goods_dates.of_record(harvested) == GoodsDates(TODAY, TODAY)
    assert goods_dates.of_record(None) is NO_DATES


MISSING = {
    "goods of no group": (None, NO_DATES, ()),
    "a group that needs none": (GoodsGroup("rau", "Rau", "Greens"), NO_DATES, ()),
    "both": (BOTH, NO_DATES, ("production", "expiry")),
    "the use-by date": (BOTH, GoodsDates(TODAY), ("expiry",)),
    "none: best before answers for use by": (BOTH, GoodsDates(TODAY, None, TODAY), ()),
}


@pytest.mark.parametrize("name", MISSING)
def test_what_a_group_must_have_and_nobody_told_is_named(name: str) -> None:
    group, dates, names = MISSING[name]
    assert goods_dates.missing(group, dates) == names


def test_what_is_missing_is_said_in_words() -> None:
    assert goods_dates.missing_words(("production", "expiry")) == "Chưa ghi ngày sản xuất, hạn sử dụng"
    assert goods_dates.missing_words(()) == ""


DAYS = st.none() | st.integers(-400, 400).map(lambda days: TODAY + timedelta(days))


@given(DAYS, DAYS)
def test_typed_dates_fit_when_goods_were_made_by_today_and_before_their_end(
    made: date | None, expiry: date | None
) -> None:
    odd = made is not None and (made > TODAY or (expiry is not None and expiry < made))
    with pytest.raises(Invalid) if odd else nullcontext():
        goods_dates.must_fit(GoodsDates(made, expiry), TODAY)


@given(DAYS, DAYS, DAYS, DAYS)
def test_the_first_that_says_a_date_counts(
    made: date | None, expiry: date | None, other: date | None, late: date | None
) -> None:
    found = goods_dates.together(GoodsDates(made, expiry), GoodsDates(other, late), GoodsDates(best_before=TODAY))
    assert found == GoodsDates(made or other, expiry or late, TODAY)
