"""Paths into somebody else's JSON: what they find, what they refuse, and that no text and no shape makes them raise."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.adapters.provinces import fields
from pos_trace.adapters.provinces.fields import MISSING, Wanting

TREE: Any = {
    "data": {"ten": "Cải thảo", "coSo": {"ten": "HTX"}, "giá trị": 1, "a.b": 2, "": 3},
    "items": [{"ma": "A", "n": 1}, {"ma": "B", "n": None}, 7],
    "on": True,
    "deep": [[{"x": 1}], [{"x": 2}]],
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", [TREE]),
        ("$", [TREE]),
        ("$.data.ten", ["Cải thảo"]),
        ("data.coSo.ten", ["HTX"]),
        ("data.giá trị", [1]),
        ("data['a.b']", [2]),
        ("items[0].ma", ["A"]),
        ("items[-1]", [7]),
        ("items[9]", []),
        ("items[*].ma", ["A", "B"]),
        ("items[?ma=B].n", [None]),
        ("items[?ma='A'].n", [1]),
        ("items[?n=1].ma", ["A"]),
        ("items[?ma=C]", []),
        ("deep[*][0].x", [1, 2]),
        ("data[0]", []),
        ("on.x", []),
        ("nobody", []),
    ],
)
def test_a_path_finds_what_lies_there(path: str, found: list[Any]) -> None:
    assert fields.every(TREE, fields.parse(path)) == found
    assert fields.first(TREE, fields.parse(path)) == (found[0] if found else MISSING)


@pytest.mark.parametrize(
    "path", ["a..b", ".a", "a[", "a[x]", "a[1", "a]b", "a[?b]", "a['b", "a[0]b", "a.*", "x" * 301, "a[1234567]", "a."]
)
def test_a_path_that_is_none_is_refused_when_it_is_read(path: str) -> None:
    with pytest.raises(ValueError, match="đường dẫn"):
        fields.parse(path)


NAMES = st.text(
    st.characters(exclude_characters=".[]'\"?*=$", exclude_categories=["Cs", "Zs", "Cc"]), min_size=1, max_size=8
)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(NAMES, inside, max_size=4),
    max_leaves=20,
)
STEPS = st.lists(NAMES | st.integers(-5, 5), max_size=5)


def written(steps: list[str | int]) -> str:
    """Steps as a path."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else (f".{step}" if text else step)
    return text


def walked(tree: Any, steps: list[str | int]) -> Any:
    for step in steps:
        try:
            if isinstance(step, int) != isinstance(tree, list):
                return MISSING
            tree = tree[step]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return tree


@given(TREES, STEPS)
def test_a_path_goes_where_its_steps_go(tree: Any, steps: list[str | int]) -> None:
    assert fields.first(tree, fields.parse(written(steps))) == walked(tree, steps)


@given(TREES, st.text(max_size=30))
def test_no_text_makes_it_raise_anything_but_a_refusal(tree: Any, text: str) -> None:
    try:
        steps = fields.parse(text)
    except ValueError:
        return
    assert isinstance(fields.every(tree, steps), list)


@pytest.mark.parametrize(
    ("text", "formats", "made"),
    [
        ("2026-11-24", (), date(2026, 11, 24)),
        ("24/11/2026", ("%Y-%m-%d", "%d/%m/%Y"), date(2026, 11, 24)),
        ("2026-11-23T20:00:00Z", (), date(2026, 11, 24)),  # three in the morning in Vietnam
        ("1795453200000", ("ms",), date(2026, 11, 24)),
        ("1795453200", ("s",), date(2026, 11, 24)),
    ],
)
def test_a_day_is_read_in_the_forms_that_are_told(text: str, formats: tuple[str, ...], made: date) -> None:
    assert fields.day(text, formats) == made


@pytest.mark.parametrize(
    ("text", "formats"), [("24/11/2026", ()), ("31/02/2026", ("%d/%m/%Y",)), ("9" * 30, ("ms",)), ("", ())]
)
def test_a_day_in_another_form_is_refused(text: str, formats: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="dạng ngày"):
        fields.day(text, formats)


def test_a_time_without_a_zone_is_vietnams_clock() -> None:
    assert fields.moment("24/11/2026 09:00", ("%d/%m/%Y %H:%M",)) == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert fields.moment("2026-11-24T02:00:00+00:00", ("iso",)) == datetime(2026, 11, 24, 2, tzinfo=UTC)


def test_what_is_written_of_a_plain_value() -> None:
    told = [fields.written(one) for one in (True, False, 7, 1.5, " x ", None, [], {})]
    assert told == ["true", "false", "7", "1.5", "x", None, None, None]
    assert str(Wanting("status", "")) == "thiếu trường 'status'"
