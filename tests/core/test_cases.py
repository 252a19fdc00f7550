"""A case is the fold of its events: what each one does, who may write it when, what a conclusion must say."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from pos_trace.core.cases import (
    AUTHORS,
    MAY,
    STATE_OF,
    STATION_MAY,
    CaseState,
    check_author,
    check_conclusion,
    check_step,
    fold,
    may,
    write,
)
from pos_trace.core.errors import Conflict, FieldError, Invalid
from pos_trace.core.stock import Conclusion
from pos_trace.core.vocabulary.words import CASE_STATES, ORIGIN_FINDINGS, OUTCOMES
from tests.core.case_told import CASE, OPENED, Step, concluded, story

RECEIVED: Step = ("received", {"ack_number": "SCT-2026-000007"})
ASKED: Step = ("papers_asked", {"text": "bảng kê"})
VIOLATION = concluded("violation", "undetermined", document_number="12/BB (mẫu)", document_date="2026-11-26")


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([], "open"),
        (["opened"], "sent"),
        (["opened", RECEIVED], "received"),
        (["opened", RECEIVED, "taken"], "taken"),
        (["opened", RECEIVED, "taken", ASKED], "papers_asked"),
        (["opened", RECEIVED, ASKED, "replied", "evidence_added"], "papers_asked"),
        (["opened", RECEIVED, "taken", "inspected"], "inspected"),
        (["opened", RECEIVED, "taken", concluded()], "concluded"),
        (["opened", RECEIVED, "transferred"], "transferred"),
        (["opened", RECEIVED, "taken", concluded(), "appealed"], "appealed"),
        (["opened", RECEIVED, "taken", concluded(), "reopened"], "taken"),
        (["opened", RECEIVED, "transferred", "reopened", concluded()], "concluded"),
        (["opened", "withdrawn"], "withdrawn"),
        (["opened", RECEIVED, "withdrawn"], "withdrawn"),
        (["opened", "withdrawn", RECEIVED], "withdrawn"),
        (["opened", "withdrawn", "reopened"], "taken"),
    ],
)
def test_each_event_moves_the_case(steps: list[Step], state: str) -> None:
    assert fold(story(*steps)).state == state


def test_every_state_an_event_leads_to_has_a_word() -> None:
    assert {*STATE_OF.values(), "open", "sent", "concluded", "withdrawn"} == set(CASE_STATES)
    assert set(MAY) == set(CASE_STATES)
    assert set(STATION_MAY) | {"opened"} == AUTHORS["station"]
    assert set().union(*MAY.values()) == AUTHORS["province"]


def test_a_case_remembers_what_its_events_said() -> None:
    state = fold(story("opened", RECEIVED, "taken", ASKED, ("papers_asked", {}), "replied", "replied", VIOLATION))
    assert state == CaseState(
        state="concluded",
        ack_number="SCT-2026-000007",
        taken_by="province:person",
        outcome="violation",
        origin_finding="undetermined",
        reason="giấy tờ đủ",
        document_number="12/BB (mẫu)",
        document_date="2026-11-26",
        replies=2,
        asked=("bảng kê", ""),
        received_at=OPENED + timedelta(hours=1),
        taken_at=OPENED + timedelta(hours=2),
        concluded_at=OPENED + timedelta(hours=7),
    )


@pytest.mark.parametrize(
    ("steps", "unseen", "state", "withdrawn", "wish"),
    [
        (["opened", RECEIVED, "withdrawn"], [], "withdrawn", True, False),
        (["opened", RECEIVED, "withdrawn", "taken"], [3], "taken", False, True),
        (["opened", RECEIVED, "taken", "withdrawn"], [3], "taken", False, True),
        (["opened", RECEIVED, "taken", concluded(), "withdrawn"], [4], "concluded", False, True),
        (["opened", RECEIVED, "transferred", "withdrawn"], [3], "transferred", False, True),
        (["opened", "withdrawn", RECEIVED], [2], "withdrawn", True, False),
    ],
)
def test_a_withdrawal_that_had_not_seen_taken_is_a_wish_that_stays_visible(
    steps: list[Step], unseen: list[int], state: str, withdrawn: bool, wish: bool
) -> None:
    folded = fold(story(*steps, unseen=unseen))
    assert (folded.state, folded.withdrawn, folded.wish) == (state, withdrawn, wish)


def test_a_withdrawn_case_still_gets_its_acknowledgement_number() -> None:
    folded = fold(story("opened", "withdrawn", RECEIVED))
    assert (folded.ack_number, folded.received_at) == ("SCT-2026-000007", OPENED + timedelta(hours=2))


def test_a_withdrawal_stays_visible_when_the_case_is_opened_again() -> None:
    assert fold(story("opened", "withdrawn", "reopened")).withdrawn


def test_who_takes_it_over_is_named_and_the_clock_runs_on() -> None:
    events = story("opened", RECEIVED, "taken", "taken")
    later = replace(events[-1], actor="user:deputy")
    folded = fold([*events[:-1], later])
    assert (folded.taken_by, folded.taken_at) == ("user:deputy", OPENED + timedelta(hours=2))


def test_a_case_opened_again_gets_new_days() -> None:
    assert fold(story("opened", RECEIVED, "taken", concluded(), "reopened")).taken_at == OPENED + timedelta(hours=4)


@pytest.mark.parametrize(
    ("steps", "binds"),
    [
        (["opened", RECEIVED, "taken"], None),
        (["opened", RECEIVED, "taken", concluded()], Conclusion("complies", "cleared")),
        (["opened", RECEIVED, "taken", VIOLATION, "appealed"], Conclusion("violation", "undetermined")),
        (["opened", RECEIVED, "taken", VIOLATION, "appealed", concluded()], Conclusion("complies", "cleared")),
        (["opened", RECEIVED, "taken", VIOLATION, "reopened"], None),
    ],
)
def test_the_last_conclusion_binds_the_stock_until_the_case_is_opened_again(
    steps: list[Step], binds: Conclusion | None
) -> None:
    assert fold(story(*steps)).conclusion == binds


def test_a_conclusion_without_a_finding_has_not_looked_at_the_origin() -> None:
    assert CaseState("concluded", outcome="complies").conclusion == Conclusion("complies", "not_examined")
    assert CaseState("appealed").conclusion is None


KINDS = sorted(AUTHORS["station"] | AUTHORS["province"])
# state → what the province may write next, then what the station may; as people would tell it
ALLOWED = """
open         | received                                            | evidence_added replied withdrawn
sent         | received                                            | evidence_added replied withdrawn
received     | taken papers_asked transferred                      | evidence_added replied withdrawn
taken        | taken papers_asked inspected concluded transferred  | evidence_added replied
papers_asked | taken papers_asked inspected concluded transferred  | evidence_added replied
inspected    | taken papers_asked inspected concluded transferred  | evidence_added replied
concluded    | appealed reopened                                   |
appealed     | reopened concluded                                  | evidence_added replied
transferred  | taken reopened                                      |
withdrawn    | reopened                                            |
"""
TOLD = {
    state.strip(): {"province": set(theirs.split()), "station": set(ours.split())}
    for state, theirs, ours in (line.split("|") for line in ALLOWED.split("\n") if line)
}


def test_the_table_of_steps_names_every_state() -> None:
    assert set(TOLD) == set(CASE_STATES)


@pytest.mark.parametrize(
    ("state", "kind", "node"), list(product(CASE_STATES, KINDS, ("station", "province", "nobody")))
)
def test_who_may_write_what_in_which_state(state: str, kind: str, node: str) -> None:
    assert may(node, kind, state) == (kind in TOLD[state].get(node, set()))


@pytest.mark.parametrize(("node", "kind"), list(product(("station", "province", "shopper"), [*KINDS, "erased"])))
def test_an_event_by_the_wrong_author_is_refused(node: str, kind: str) -> None:
    if kind in AUTHORS.get(node, frozenset()):
        check_author(node, kind)
        return
    with pytest.raises(Invalid) as refused:
        check_author(node, kind)
    assert (refused.value.code, refused.value.errors) == ("wrong_author", (FieldError("/kind", "wrong_author"),))


@pytest.mark.parametrize(("node", "kind"), [("station", "concluded"), ("province", "withdrawn")])
def test_nobody_writes_an_event_that_is_the_others(node: Any, kind: str) -> None:
    with pytest.raises(Invalid):
        write(CASE, node, "user:a", OPENED, kind, {}, [])


def test_a_step_the_state_does_not_allow_is_a_conflict_that_names_the_state() -> None:
    check_step(CaseState("received"), "taken")
    with pytest.raises(Conflict, match="'sent'") as refused:
        check_step(CaseState("sent"), "concluded")
    assert refused.value.code == "not_now"


PAPER = {"document_number": "12/BB (mẫu)", "document_date": "2026-11-26"}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"outcome": "complies", "origin_finding": "cleared", "reason": "đủ"}, []),
        ({"outcome": "continue", "origin_finding": "undetermined", "reason": "đủ"}, []),
        ({"outcome": "violation", "origin_finding": "undetermined", "reason": "đủ", **PAPER}, []),
        ({}, ["/outcome unknown", "/origin_finding unknown", "/reason missing"]),
        ({"outcome": "guilty", "origin_finding": "cleared", "reason": "đủ"}, ["/outcome unknown"]),
        ({"outcome": "complies", "origin_finding": "lost", "reason": "đủ"}, ["/origin_finding unknown"]),
        ({"outcome": "complies", "origin_finding": "cleared", "reason": " "}, ["/reason missing"]),
        (
            {"outcome": "violation", "origin_finding": "cleared", "reason": "đủ"},
            ["/document_number missing", "/document_date missing"],
        ),
        (
            {"outcome": "criminal", "origin_finding": "cleared", "reason": "đủ", "document_number": "7"},
            ["/document_date missing"],
        ),
        (
            {"outcome": "violation", "origin_finding": "cleared", "reason": "đủ", **PAPER, "document_number": "  "},
            ["/document_number missing"],
        ),
        (
            {"outcome": "complies", "origin_finding": "cleared", "reason": "đủ", "stop_order": True},
            ["/document_number missing", "/document_date missing"],
        ),
    ],
)
def test_a_conclusion_says_why_and_binding_words_need_their_document(body: dict[str, Any], wrong: list[str]) -> None:
    if not wrong:
        check_conclusion(body)
        return
    with pytest.raises(Invalid) as refused:
        check_conclusion(body)
    assert refused.value.code == "conclusion_incomplete"
    assert [f"{error.pointer} {error.code}" for error in refused.value.errors] == wrong


@pytest.mark.parametrize(("outcome", "finding"), list(product(OUTCOMES, ORIGIN_FINDINGS)))
def test_every_outcome_of_the_list_may_be_concluded(outcome: str, finding: str) -> None:
    check_conclusion({"outcome": outcome, "origin_finding": finding, "reason": "đủ", **PAPER})


def test_the_agency_an_event_names_is_the_cases() -> None:
    handed = ("transferred", {"agency": "Chi cục QLTT (mẫu)", "agency_id": "a1"})
    state = fold(story("opened", RECEIVED, handed))
    assert state.agency == "Chi cục QLTT (mẫu)"
    assert state.moved_at == OPENED + timedelta(hours=2)
    assert fold(story("opened", RECEIVED, "transferred")).moved_at is None
