"""The outbox: order inside a group, leases, parking, dead ones kept; what a late worker may no longer say."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pos_trace.store import outbox
from pos_trace.store.database import Database
from pos_trace.store.models import OutboxMessage
from tests.store.children import BEGIN, NODE, queue
from tests.store.outbox_rows import claim, dead, done, drain, must_claim, park, put, retry, row, settle

SECOND = timedelta(seconds=1)


def test_a_body_is_frozen_with_its_hash_and_goes_out_unchanged(database: Database) -> None:
    body = '{"tên":"cà chua","n":1}'.encode()
    with database.write() as session:
        queue(session, "m1", "g", body)
    kept = row(database, "m1")
    assert (kept.body, kept.sha256, kept.seq, kept.state) == (body, hashlib.sha256(body).hexdigest(), 1, "pending")
    message = must_claim(database)
    assert (message.body, message.kind, message.destination, message.attempts) == (body, "test", "department", 1)


def test_an_id_is_queued_once(database: Database) -> None:
    put(database, ("m1", "g"))
    with pytest.raises(Exception, match=r"(?i)unique"):
        put(database, ("m1", "g"))
    assert drain(database) == ["m1"]


def test_nothing_is_claimed_before_its_time_or_for_another_node(database: Database) -> None:
    put(database, ("m1", "g"), at=BEGIN + SECOND)
    assert claim(database, BEGIN) is None
    with database.write() as session:
        assert outbox.claim(session, "another", "w1", BEGIN + SECOND) is None
    assert must_claim(database, BEGIN + SECOND).id == "m1"


def test_order_is_kept_inside_a_group_whatever_the_ids_say(database: Database) -> None:
    put(database, ("z", "g"), ("y", "g"), ("x", "g"))
    first = must_claim(database)
    assert first.id == "z"
    assert claim(database, owner="w2") is None
    settle(database, retry, first)
    assert claim(database, owner="w2") is None
    assert drain(database, BEGIN + timedelta(minutes=10)) == ["z", "y", "x"]


def test_a_stuck_group_never_holds_another_up(database: Database) -> None:
    put(database, ("a1", "a"), ("a2", "a"), ("b1", "b"), ("b2", "b"), ("c1", "c"))
    stuck = must_claim(database)
    assert stuck.id == "a1"
    settle(database, retry, stuck)
    assert sorted(drain(database)) == ["b1", "b2", "c1"]
    assert row(database, "a2").state == "pending"


def test_groups_of_the_same_name_at_two_destinations_are_two(database: Database) -> None:
    put(database, ("d1", "g"), to="department")
    put(database, ("o1", "g"), to="other")
    assert {must_claim(database).id, must_claim(database).id} == {"d1", "o1"}


def test_what_was_refused_for_good_is_kept_and_lets_the_next_pass(database: Database) -> None:
    put(database, ("a1", "a"), ("a2", "a"))
    assert settle(database, dead, must_claim(database))
    assert drain(database) == ["a2"]
    kept = row(database, "a1")
    assert (kept.state, kept.last_status, kept.answer, kept.body) == ("dead", "422 wrong", {"why": "wrong"}, b"a1")


def test_a_lease_keeps_a_message_to_one_worker_until_it_ends(database: Database) -> None:
    put(database, ("m1", "g"))
    must_claim(database)
    assert claim(database, BEGIN + outbox.LEASE - SECOND, "w2") is None
    again = must_claim(database, BEGIN + outbox.LEASE, "w2")
    assert (again.id, again.owner, again.attempts) == ("m1", "w2", 2)


@pytest.mark.parametrize("how", [done, dead, retry, park])
@pytest.mark.parametrize("taken", [None, done, dead, retry])
def test_a_late_worker_overwrites_nothing_once_another_has_the_message(
    sqlite_database: Database, how: Callable[..., bool], taken: Callable[..., bool] | None
) -> None:
    put(sqlite_database, ("m1", "g"), ("m2", "h"))
    late = must_claim(sqlite_database, owner="late")
    other = must_claim(sqlite_database, BEGIN + outbox.LEASE, "other")
    while other.id != late.id:
        other = must_claim(sqlite_database, BEGIN + outbox.LEASE, "other")
    if taken is not None:
        assert settle(sqlite_database, taken, other)
    before = vars(row(sqlite_database, late.id))
    assert settle(sqlite_database, how, late) is False
    after = vars(row(sqlite_database, late.id))
    assert {k: v for k, v in after.items() if k[0] != "_"} == {k: v for k, v in before.items() if k[0] != "_"}
    with sqlite_database.read() as session:
        assert "parked" not in outbox.counts(session, NODE)


def test_a_late_worker_overwrites_nothing_on_either_database(database: Database) -> None:
    put(database, ("m1", "g"))
    late = must_claim(database, owner="late")
    other = must_claim(database, BEGIN + outbox.LEASE, "other")
    assert [settle(database, how, late) for how in (done, dead, retry, park)] == [False] * 4
    assert settle(database, done, other)


def test_a_slow_worker_nobody_overtook_may_still_say_it_arrived(database: Database) -> None:
    put(database, ("m1", "g"))
    slow = must_claim(database)
    assert settle(database, done, slow, BEGIN + timedelta(hours=1))
    assert row(database, "m1").state == "done"


def test_what_was_on_its_way_when_the_power_went_goes_again_at_once(database: Database) -> None:
    put(database, ("m1", "g"), ("m2", "g"), ("m3", "h"))
    late = must_claim(database)
    settle(database, done, must_claim(database))
    with database.write() as session:
        assert outbox.release(session, NODE, BEGIN + SECOND) == 1
        assert outbox.release(session, "another", BEGIN + SECOND) == 0
    again = must_claim(database, BEGIN + SECOND, "w2")
    assert (again.id, again.attempts) == (late.id, 2)
    assert settle(database, dead, late) is False
    assert settle(database, done, again)
    assert drain(database, BEGIN + SECOND) == ["m2"]


def test_an_answer_is_written_once(database: Database) -> None:
    put(database, ("m1", "g"))
    message = must_claim(database)
    assert settle(database, done, message)
    assert [settle(database, how, message) for how in (done, dead, retry, park)] == [False] * 4
    kept = row(database, "m1")
    assert (kept.state, kept.answer, kept.done_at, kept.lease_until) == ("done", {"ok": True}, BEGIN, None)


def test_a_refused_key_parks_the_whole_destination_new_ones_too_and_no_other(database: Database) -> None:
    put(database, ("a1", "a"), ("a2", "a"), ("b1", "b"))
    put(database, ("o1", "o"), to="other")
    with database.write() as session:
        session.get_one(OutboxMessage, (NODE, "o1")).next_at = BEGIN + SECOND
    assert settle(database, park, must_claim(database))
    put(database, ("c1", "c"))
    assert {row(database, name).state for name in ("a1", "a2", "b1", "c1")} == {"parked"}
    assert drain(database, BEGIN + timedelta(days=30)) == ["o1"]
    put(database, ("o2", "o"), to="other")
    assert row(database, "o2").state == "pending"


def test_unparking_sends_everything_once_in_order(database: Database) -> None:
    put(database, ("a1", "a"), ("a2", "a"), ("b1", "b"))
    settle(database, park, must_claim(database))
    put(database, ("a3", "a"))
    with database.write() as session:
        assert outbox.unpark(session, NODE, "department", BEGIN + SECOND) == 4
        assert outbox.unpark(session, NODE, "department", BEGIN + SECOND) == 0
    sent = drain(database, BEGIN + SECOND)
    assert sorted(sent) == ["a1", "a2", "a3", "b1"]
    assert [name for name in sent if name.startswith("a")] == ["a1", "a2", "a3"]


def test_a_message_on_its_way_while_its_destination_is_parked_tells_the_truth(database: Database) -> None:
    put(database, ("a1", "a"), ("b1", "b"), ("c1", "c"))
    one, two, three = (must_claim(database, owner=name) for name in ("w1", "w2", "w3"))
    assert settle(database, park, one)
    assert settle(database, done, two)
    assert settle(database, retry, three)
    assert [row(database, message.id).state for message in (one, two, three)] == ["parked", "done", "parked"]
    assert claim(database, BEGIN + timedelta(days=30)) is None


def test_states_are_counted(database: Database) -> None:
    put(database, ("a", "a"), ("b", "b"), ("c", "c"))
    settle(database, done, must_claim(database))
    must_claim(database)
    with database.read() as session:
        assert outbox.counts(session, NODE) == {"done": 1, "leased": 1, "pending": 1}
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 3
