"""Which lines a desk check picks."""

from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.desk_drawing import picked


@given(st.text(max_size=64), st.text(max_size=36), st.integers(0, 1000), st.integers(0, 1000))
def test_a_larger_share_picks_what_a_smaller_one_picked(seed: str, line: str, one: int, two: int) -> None:
    small, large = sorted((one, two))
    assert picked(seed, line, large) or not picked(seed, line, small)
    assert picked(seed, line, 1000)
    assert not picked(seed, line, 0)


def test_about_the_share_is_picked_and_another_seed_picks_others() -> None:
    lines = [f"line-{number}" for number in range(10_000)]
    first = {line for line in lines if picked("a", line, 20)}
    assert 140 < len(first) < 260
    assert first != {line for line in lines if picked("b", line, 20)}
