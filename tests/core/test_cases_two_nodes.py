"""Two nodes write one case, each knowing a part of the other: in the end both fold the same, and edits show."""

from dataclasses import replace
from datetime import timedelta, timezone
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.canonical import START
from pos_trace.core.cases import AUTHORS, Author, CaseEvent, chained, event_hash, fold, may, ordered, write
from tests.core.case_told import CASE, OPENED, concluded, story

BODIES: dict[str, dict[str, Any]] = {
    "received": {"ack_number": "SCT-2026-000007"},
    "papers_asked": {"text": "bảng kê"},
    "concluded": {"outcome": "continue", "origin_finding": "undetermined", "reason": "chờ mẫu"},
}
writing = st.sampled_from([(node, kind) for node, kinds in AUTHORS.items() for kind in sorted(kinds)])
carrying = st.tuples(st.sampled_from(["to station", "to province"]), st.integers(1, 3))


class Nodes:
    """The two logs while a case goes on: each node has all of its own events and the other's first few."""

    def __init__(self) -> None:
        self.known: dict[str, list[CaseEvent]] = {"station": [], "province": []}
        self._write("station", "opened")

    def live(self, steps: list[tuple[Any, Any]]) -> None:
        """Write or carry, step by step; what the writer's own state does not allow is not written."""
        for what, which in steps:
            if what in AUTHORS:
                if self.known[what] and may(what, which, fold(self.known[what]).state):
                    self._write(what, which)
            else:
                self._carry(what.removeprefix("to "), which)

    def every(self) -> list[CaseEvent]:
        """All events, each once."""
        return [event for node, known in self.known.items() for event in known if event.node == node]

    def _write(self, node: Author, kind: str) -> None:
        at = OPENED + timedelta(minutes=len(self.known[node]))
        self.known[node].append(write(CASE, node, f"{node}:a", at, kind, BODIES.get(kind, {}), self.known[node]))

    def _carry(self, to: str, most: int) -> None:
        here = {event.sha256 for event in self.known[to]}
        waiting = [e for node, known in self.known.items() if node != to for e in known if e.node == node]
        self.known[to] += [event for event in waiting if event.sha256 not in here][:most]


def lived(steps: list[tuple[Any, Any]]) -> Nodes:
    nodes = Nodes()
    nodes.live(steps)
    return nodes


stories = st.lists(writing | carrying, max_size=40).map(lived)


@given(stories, st.randoms(use_true_random=False))
def test_any_interleaving_of_the_two_feeds_folds_to_the_same_state(nodes: Nodes, dice: Random) -> None:
    every = nodes.every()
    shuffled = [*every, *dice.sample(every, len(every) // 2)]
    dice.shuffle(shuffled)
    assert ordered(shuffled) == ordered(every)
    assert fold(shuffled) == fold(every)
    nodes.live([("to station", 99), ("to province", 99)])
    assert fold(nodes.known["station"]) == fold(nodes.known["province"]) == fold(every)


@given(stories, st.randoms(use_true_random=False))
def test_what_one_node_knows_so_far_folds_whatever_its_order(nodes: Nodes, dice: Random) -> None:
    for known in nodes.known.values():
        turned = dice.sample(known, len(known))
        assert fold(turned) == fold(known)
        assert [event.sha256 for event in ordered(turned)] == [event.sha256 for event in ordered(known)]


@given(stories)
def test_an_event_stands_after_all_its_author_had_seen_and_concurrent_ones_province_first(nodes: Nodes) -> None:
    place = {(event.node, event.seq): at for at, event in enumerate(ordered(nodes.every()))}
    station = [event for event in nodes.every() if event.node == "station"]
    province = [event for event in nodes.every() if event.node == "province"]
    for ours in station:
        for theirs in province:
            station_first = place["station", ours.seq] < place["province", theirs.seq]
            assert station_first == (theirs.after >= ours.seq)
            assert not (station_first and ours.after >= theirs.seq)
    for own in (station, province):
        assert all(place[a.node, a.seq] < place[b.node, b.seq] for a, b in pairwise(own))


@given(stories)
def test_every_event_really_written_follows_the_one_before_it(nodes: Nodes) -> None:
    for node in ("station", "province"):
        own = [event for event in nodes.known[node] if event.node == node]
        assert all(chained(event, previous) for event, previous in zip(own, [None, *own], strict=False))
        assert [event.seq for event in own] == list(range(1, len(own) + 1))


@given(stories)
def test_a_withdrawal_is_a_wish_exactly_when_a_step_it_had_not_seen_stood_in_its_way(nodes: Nodes) -> None:
    in_order = ordered(nodes.every())
    for at, event in enumerate(in_order):
        if event.kind == "withdrawn":
            before, after = fold(in_order[:at]), fold(in_order[: at + 1])
            if before.state in ("sent", "received"):
                assert (after.state, after.withdrawn, after.wish) == ("withdrawn", True, before.wish)
            else:
                assert (after.state, after.wish) == (before.state, True)
                assert any(e.node == "province" and e.seq > event.after for e in in_order[:at])


EDITS = {
    "another case": {"case_id": "x"},
    "another author": {"node": "province"},
    "a later number": {"seq": 3},
    "an earlier number": {"seq": 1},
    "more seen": {"after": 2},
    "another actor": {"actor": "user:b"},
    "another time": {"at": OPENED},
    "another kind": {"kind": "evidence_added"},
    "another text": {"body": {"text": "đã sửa"}},
    "another hash": {"sha256": "0" * 64},
}


@pytest.mark.parametrize("edit", EDITS)
def test_the_chain_shows_every_edit(edit: str) -> None:
    opened, _, replied, again = story(
        "opened", "received", ("replied", {"text": "có giấy"}), ("replied", {"text": "thêm"})
    )
    assert chained(opened, None)
    assert chained(replied, opened)
    assert chained(again, replied)
    edited = replace(replied, **EDITS[edit])
    assert not chained(edited, opened)
    assert not chained(again, edited) or edited.sha256 == replied.sha256


def test_an_edit_that_mends_its_own_hash_breaks_the_next_event() -> None:
    opened, replied, again = story("opened", ("replied", {"text": "a"}), "replied")
    edited = replace(replied, body={"text": "b"})
    edited = replace(edited, sha256=event_hash(opened.sha256, edited))
    assert chained(edited, opened)
    assert not chained(again, edited)


@pytest.mark.parametrize(("kept", "fits"), [([0, 1, 2], True), ([0, 2], False), ([1, 2], False)])
def test_a_lost_event_leaves_a_gap(kept: list[int], fits: bool) -> None:
    events = story("opened", "replied", "evidence_added")
    left = [events[place] for place in kept]
    assert all(chained(event, before) for event, before in zip(left, [None, *left], strict=False)) is fits


def test_an_author_who_leaves_out_a_number_is_noticed_though_its_hashes_fit() -> None:
    opened, replied = story("opened", "replied")
    skipping = replace(replied, seq=3)
    skipping = replace(skipping, sha256=event_hash(opened.sha256, skipping))
    assert not chained(skipping, opened)
    assert not chained(skipping, None)


def test_the_hash_is_of_the_moment_not_of_the_clock_it_was_told_on() -> None:
    (event,) = story("opened")
    told_locally = replace(event, at=event.at.astimezone(timezone(timedelta(hours=7))))
    assert event_hash(START, told_locally) == event.sha256


def test_with_some_events_missing_the_others_keep_their_order() -> None:
    opened, received, taken, replied, ended = story("opened", "received", "taken", "replied", concluded())
    assert [e.kind for e in ordered([opened, ended])] == ["opened", "concluded"]
    assert [e.kind for e in ordered([opened, replied, received])] == ["opened", "received", "replied"]
    assert [e.kind for e in ordered([opened, replied, ended])] == ["opened", "replied", "concluded"]
    assert fold([opened, received, ended, taken, replied]).state == "concluded"


def test_two_events_that_each_claim_to_have_seen_the_other_fold_all_the_same() -> None:
    """Only a forged feed says so; every node answers it alike."""
    opened, received = story("opened", "received")
    forged = [replace(opened, after=1), replace(received, after=1)]
    assert [e.kind for e in ordered(forged)] == [e.kind for e in ordered(reversed(forged))]
