"""When a message goes again: full jitter, what the peer asks, 25 tries and 21 days, clocks that jump."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.store import outbox
from pos_trace.store.database import Database
from pos_trace.store.models import OutboxMessage
from tests.store.children import BEGIN, NODE
from tests.store.outbox_rows import claim, done, must_claim, put, retry, row, settle

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("tries", "age", "state"),
    [
        (24, timedelta(days=30), "pending"),
        (25, timedelta(days=20, hours=23), "pending"),
        (25, timedelta(days=21), "dead"),
        (400, timedelta(days=21), "dead"),
        (400, timedelta(days=1), "pending"),
    ],
)
def test_only_25_tries_and_21_days_together_end_trying(
    database: Database, tries: int, age: timedelta, state: str
) -> None:
    put(database, ("m1", "g"))
    with database.write() as session:
        session.get_one(OutboxMessage, (NODE, "m1")).attempts = tries - 1
    assert settle(database, retry, must_claim(database, BEGIN + age), BEGIN + age)
    kept = row(database, "m1")
    assert (kept.state, kept.body, kept.attempts, kept.last_status) == (state, b"m1", tries, "timeout")


@given(
    attempts=st.integers(1, 10_000),
    hours=st.integers(-48, 24 * 60),
    asked=st.none() | st.floats(-10.0, 1e9),
    luck=st.floats(0.0, 1.0, exclude_max=True),
)
def test_every_wait_is_full_jitter_between_nothing_and_its_ceiling(
    attempts: int, hours: int, asked: float | None, luck: float
) -> None:
    ceiling = 3600.0 if hours >= 24 else min(300.0, 2.0 * 2.0 ** min(attempts, 40))
    least = min(max(asked or 0.0, 0.0), 3600.0)
    waited = outbox.wait_s(attempts, timedelta(hours=hours), asked, luck)
    assert least <= waited <= max(least, ceiling)
    if asked is None:
        assert waited == pytest.approx(luck * ceiling)


@pytest.mark.parametrize(
    ("asked", "waited"), [(None, 0.0), (0.0, 0.0), (7.0, 7.0), (3600.0, 3600.0), (86_400.0, 3600.0)]
)
def test_what_the_other_side_asks_for_is_kept_up_to_an_hour(
    database: Database, asked: float | None, waited: float
) -> None:
    put(database, ("m1", "g"))
    settle(database, retry, must_claim(database), asked=asked, luck=0.0)
    assert row(database, "m1").next_at == BEGIN + timedelta(seconds=waited)


@pytest.mark.parametrize("jump", [timedelta(hours=h) for h in (-30, -5, -1, 1, 5, 30)])
def test_a_clock_that_jumps_neither_loses_nor_hammers(sqlite_database: Database, jump: timedelta) -> None:
    """A failing message is tried a few times an hour before and after the jump, and arrives once it may."""
    put(sqlite_database, ("m1", "g"), ("m2", "h"))
    tried, last = [0], 8 * 30
    for step in range(last):  # two minutes each: eight hours that really pass
        at = BEGIN + 2 * step * timedelta(minutes=1) + (jump if step >= 60 else timedelta(0))
        message = claim(sqlite_database, at)
        if message is None:
            continue
        if message.id == "m1":
            tried.append(step)
        if message.id == "m2" and step > 150:
            settle(sqlite_database, done, message, at)
        else:
            settle(sqlite_database, retry, message, at, luck=0.999)
    assert row(sqlite_database, "m2").state == "done"
    gaps = [after - before for before, after in pairwise([*tried, last])]
    assert max(gaps) <= 2 * 30 + 1
    hourly = jump >= timedelta(hours=24)
    assert (60 / 3 if not hourly else 60 / 3 + 5) <= len(tried) <= last / 3 + 10


def test_a_lease_from_before_the_clock_went_back_ends(database: Database) -> None:
    put(database, ("m1", "g"))
    must_claim(database, BEGIN + timedelta(hours=5))
    assert must_claim(database, BEGIN, "w2").id == "m1"


def test_two_workers_whose_clocks_differ_a_little_do_not_take_each_others_messages(database: Database) -> None:
    put(database, ("m1", "g"))
    must_claim(database, BEGIN + SECOND)
    assert claim(database, BEGIN, "w2") is None
