"""Fields of a feed line: what fits is read exactly, anything else is a ``ValueError`` and nothing worse."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.store import feed_lines
from pos_trace.store.types import Json, Quantity

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals(places=3).map(str),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
READERS: list[Callable[[feed_lines.Line, str], Any]] = [
    feed_lines.items,
    feed_lines.entries,
    feed_lines.entry,
    feed_lines.texts,
    feed_lines.quantity,
    feed_lines.day,
    feed_lines.moment,
    lambda line, name: feed_lines.text(line, name, 20),
    lambda line, name: feed_lines.version({"version": line[name]}),
    feed_lines.needed,
]


@pytest.mark.parametrize("reader", READERS)
@given(value=JSON)
def test_any_value_is_read_or_refused(reader: Callable[[feed_lines.Line, str], Any], value: Any) -> None:
    try:
        reader({"x": value}, "x")
    except ValueError:
        return


@given(value=JSON)
def test_what_is_read_as_objects_or_quantity_fits_its_column(value: Any) -> None:
    with suppress(ValueError):
        Json().process_bind_param(feed_lines.entries({"x": value}, "x"), None)
    try:
        amount = feed_lines.quantity({"x": value}, "x")
    except ValueError:
        return
    Quantity().process_bind_param(amount, None)


@pytest.mark.parametrize(
    ("reader", "value", "read"),
    [
        (feed_lines.items, None, []),
        (feed_lines.items, [1], [1]),
        (feed_lines.entries, None, []),
        (feed_lines.entry, None, None),
        (feed_lines.entry, {"a": 1.5}, {"a": "1.5"}),
        (feed_lines.texts, ["a"], ["a"]),
        (feed_lines.quantity, None, None),
        (feed_lines.quantity, "500.5", Decimal("500.500")),
        (feed_lines.quantity, 3, Decimal("3.000")),
        (feed_lines.day, "", None),
        (feed_lines.day, "2026-11-25", date(2026, 11, 25)),
        (feed_lines.moment, None, None),
        (feed_lines.moment, "2026-11-25T02:31:00+07:00", datetime(2026, 11, 24, 19, 31, tzinfo=UTC)),
        (feed_lines.moment, "2026-11-24T19:31:00", datetime(2026, 11, 24, 19, 31, tzinfo=UTC)),
    ],
)
def test_what_fits_is_read_exactly(reader: Callable[[feed_lines.Line, str], Any], value: Any, read: Any) -> None:
    assert reader({"x": value}, "x") == read


@pytest.mark.parametrize(("length", "fits"), [(0, True), (20, True), (21, False)])
def test_a_text_is_no_longer_than_its_column(length: int, fits: bool) -> None:
    line = {"x": "ư" * length}
    if fits:
        assert feed_lines.text(line, "x", 20) == line["x"]
    else:
        with pytest.raises(ValueError, match="at most 20"):
            feed_lines.text(line, "x", 20)
    assert feed_lines.text(line, "x", None) == line["x"]
