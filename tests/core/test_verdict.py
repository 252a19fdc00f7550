"""The design's table as data: every combination of judgements, papers and effect; what a site may move in it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import get_args

import pytest

from pos_trace.core.goods import NO_PAPERS, PapersState
from pos_trace.core.judgements import CodeJudgement, OriginJudgement, RecordJudgement
from pos_trace.core.policy import Clocks
from pos_trace.core.records import RecordAnswer
from pos_trace.core.verdict import History, Seen, decide, status_of, stock_effect
from pos_trace.core.vocabulary import statuses
from pos_trace.core.vocabulary.reasons import EFFECTS
from tests.core.goods_told import (
    ABSENT,
    ABSENT_FROM_OLD,
    CODE,
    COMPLETE,
    FISH,
    FOREIGN,
    LAPSED,
    NOW,
    OFFLINE,
    POLICY,
    RECALL,
    YESTERDAY,
    Code,
    codes,
    facility,
    found,
)

WORDS = {
    "B": statuses.BLOCKED,
    "U": statuses.UNCHECKED,
    "P": statuses.UNDETERMINED,
    "H": statuses.SET_ASIDE,
    "A": statuses.ATTENTION,
    "D": statuses.DOCUMENTED,
    "V": statuses.VERIFIED,
}
# record, origin → status by the strongest effect: note, warn, hold, block
GRID = """
match       record VAHB
match       papers VAHB
match       open   VAHB
mismatch    record HAHB
mismatch    papers HAHB
mismatch    open   HAHB
absent      record DAHB
absent      papers DAHB
absent      open   PPPB
unavailable record UUUB
unavailable papers UUUB
unavailable open   UUUB
suspended   record HAHB
suspended   papers HAHB
suspended   open   HAHB
revoked     record HAHB
revoked     papers HAHB
revoked     open   HAHB
recalled    record HAHB
recalled    papers HAHB
recalled    open   HAHB
expired     record HAHB
expired     papers HAHB
expired     open   HAHB
none        record DAHB
none        papers DAHB
none        open   PPPB
"""
ROWS = [line.split() for line in GRID.split("\n") if line]
CELLS = [
    (effect, record, origin, letter)
    for record, origin, cells in ROWS
    for effect, letter in zip(EFFECTS, cells, strict=True)
]


def test_the_grid_names_every_combination_once() -> None:
    every = set(product(get_args(RecordJudgement), get_args(OriginJudgement)))
    assert {(record, origin) for record, origin, _ in ROWS} == every
    assert len(ROWS) == len(every)


@pytest.mark.parametrize(("effect", "record", "origin", "letter"), CELLS)
def test_the_status_is_the_first_row_that_holds(effect: str, record: str, origin: str, letter: str) -> None:
    assert status_of(effect, record, origin) is WORDS[letter]


@pytest.mark.parametrize(
    ("status", "effect", "mandatory", "stock"),
    [
        (statuses.BLOCKED, "block", False, "blocked"),
        (statuses.UNCHECKED, "block", False, "blocked"),
        (statuses.UNCHECKED, "note", False, "unchecked"),
        (statuses.UNCHECKED, "warn", False, "unchecked"),
        (statuses.UNCHECKED, "note", True, "held"),
        (statuses.UNCHECKED, "hold", False, "held"),
        (statuses.UNDETERMINED, "hold", False, "held"),
        (statuses.UNDETERMINED, "warn", False, "held"),
        (statuses.SET_ASIDE, "hold", False, "held"),
        (statuses.SET_ASIDE, "note", False, "held"),
        (statuses.ATTENTION, "warn", True, "sellable"),
        (statuses.DOCUMENTED, "note", True, "sellable"),
        (statuses.VERIFIED, "note", True, "sellable"),
    ],
)
def test_the_stock_follows_the_strongest_effect(
    status: statuses.Status, effect: str, mandatory: bool, stock: str
) -> None:
    assert stock_effect(status, effect, replace(FISH, mandatory=mandatory)) == stock


# what is told of the goods → code, record and effect by itself, origin without papers and with them
SITUATIONS: dict[str, tuple[Code | None, RecordAnswer | None, History, str]] = {
    "match": (CODE, found(), History(), "valid match note record record"),
    "mismatch": (CODE, found(), History(expected_group="ca"), "valid mismatch hold open papers"),
    "absent": (CODE, ABSENT, History(), "valid absent note open papers"),
    "off line": (CODE, OFFLINE, History(), "valid unavailable note open papers"),
    "nobody asked": (CODE, None, History(), "valid unavailable note open papers"),
    "absent from old records": (CODE, ABSENT_FROM_OLD, History(), "valid unavailable note open papers"),
    "suspended": (CODE, found(status="suspended"), History(), "valid suspended hold record record"),
    "revoked": (CODE, found(status="revoked"), History(), "valid revoked block open papers"),
    "recalled": (CODE, found(status="recalled"), History(), "valid recalled block record record"),
    "recalled, no record": (CODE, replace(ABSENT, recall=RECALL), History(), "valid recalled block open papers"),
    "expired": (CODE, found(status="expired"), History(), "valid expired block record record"),
    "of another system": (FOREIGN, None, History(), "valid none note open papers"),
    "no key": (Code(key=None), None, History(), "unknown none note open papers"),
    "no trace code": (Code("unreadable", None, None), None, History(), "malformed none note open papers"),
    "no code": (None, None, History(), "none none note open papers"),
}


# a blocking doubt is a date on the label that has passed; what has no label has none
COMBINATIONS = [
    (name, papers, doubt)
    for name, papers, doubt in product(SITUATIONS, (NO_PAPERS, COMPLETE), EFFECTS)
    if doubt != "block" or SITUATIONS[name][0] is not None
]


@pytest.mark.parametrize(("name", "papers", "doubt"), COMBINATIONS)
def test_every_combination_of_judgements_papers_and_effect_gives_the_tables_status(
    name: str, papers: PapersState, doubt: str
) -> None:
    """Any other doubt is a paper seen before, made weaker or stronger."""
    code, answer, history, judged = SITUATIONS[name]
    code_told, record, own, *origins = judged.split()
    origin = origins[papers.complete]
    if doubt == "block" and code is not None:
        code = replace(code, expiry=YESTERDAY)
    policy = replace(POLICY, effects=(("paper_reused", doubt),))
    verdict = decide(code, answer, replace(papers, reused=True), history, now=NOW, policy=policy)
    assert (verdict.code, verdict.record, verdict.origin) == (code_told, record, origin)
    lacks_papers = record in ("absent", "none") and origin == "open"
    strongest = max(EFFECTS.index(doubt), EFFECTS.index(own), EFFECTS.index("hold") if lacks_papers else 0)
    assert verdict.effect == EFFECTS[strongest]
    cells = next(cells for *where, cells in ROWS if where == [record, origin])
    assert (verdict.status, verdict.word) == (WORDS[cells[strongest]].code, WORDS[cells[strongest]].word)


def test_the_situations_meet_every_judgement() -> None:
    told = [judged.split() for *_, judged in SITUATIONS.values()]
    assert {code for code, *_ in told} == set(get_args(CodeJudgement))
    assert {record for _, record, *_ in told} == set(get_args(RecordJudgement))
    assert {origin for _, _, _, *both in told for origin in both} == set(get_args(OriginJudgement))


def test_reasons_stand_strongest_first_then_in_the_lists_order() -> None:
    history = History(Seen("02:10", "A-12"), Decimal(500), expected_gtin="0")
    answer = found(net_quantity=Decimal(400), expiry_date=YESTERDAY, facility=facility(LAPSED))
    verdict = decide(CODE, answer, PapersState(False, reused=True), history, now=NOW, policy=POLICY)
    assert codes(verdict) == [
        "expired", "other_gtin", "certificate_lapsed", "quantity_above_lot", "serial_seen", "paper_reused",
    ]  # fmt: skip
    assert verdict.effect == "block"


@pytest.mark.parametrize(
    ("moved", "answer", "history", "status", "word", "stock", "flag"),
    [
        ({"serial_seen": "hold"}, found(), History(Seen("1", "2")), "attention", "TẠM ĐỂ RIÊNG", "held", None),
        ({"serial_seen": "note"}, found(), History(Seen("1", "2")), "verified", "KHỚP HỒ SƠ", "sellable", None),
        ({"serial_seen": "block"}, found(), History(Seen("1", "2")), "attention", "TẠM ĐỂ RIÊNG", "held", None),
        ({"recalled": "note"}, found(status="recalled"), History(), "blocked", "KHÔNG BÁN", "blocked", None),
        ({"expired": "warn"}, found(status="expired"), History(), "blocked", "KHÔNG BÁN", "blocked", None),
        ({"revoked": "note"}, found(status="revoked"), History(), "attention", "TẠM ĐỂ RIÊNG", "held", "revoked"),
        ({"suspended": "block"}, found(status="suspended"), History(), "blocked", "KHÔNG BÁN", "blocked", None),
        ({"offline": "block"}, OFFLINE, History(), "unchecked", "CHƯA KIỂM TRA ĐƯỢC", "unchecked", None),
        ({"papers_missing": "note"}, ABSENT, History(), "undetermined", "THIẾU GIẤY TỜ", "held", "papers"),
    ],
)
def test_a_site_moves_effects_within_limits_only(
    moved: dict[str, str],
    answer: RecordAnswer,
    history: History,
    status: str,
    word: str,
    stock: str,
    flag: str | None,
) -> None:
    policy = replace(POLICY, effects=tuple(moved.items()))
    verdict = decide(CODE, answer, NO_PAPERS, history, now=NOW, policy=policy)
    assert (verdict.status, verdict.word, verdict.stock, verdict.flag) == (status, word, stock, flag)


@pytest.mark.parametrize(
    ("answer", "clocks", "hours"),
    [
        (ABSENT, Clocks(), 24.0),
        (found(status="revoked"), Clocks(), 1.0),
        (ABSENT, Clocks(report_after=timedelta(minutes=5)), 0.5),
        (found(status="revoked"), Clocks(report_after_revoked=timedelta(0)), 0.5),
        (found(), Clocks(), None),
    ],
)
def test_an_answer_window_is_never_shorter_than_half_an_hour(
    answer: RecordAnswer, clocks: Clocks, hours: float | None
) -> None:
    verdict = decide(CODE, answer, now=NOW, policy=replace(POLICY, clocks=clocks))
    assert verdict.answer_within == (None if hours is None else timedelta(hours=hours))


def test_a_recalled_lot_with_a_cancelled_code_waits_for_no_answer() -> None:
    verdict = decide(CODE, replace(found(status="revoked"), recall=RECALL), now=NOW, policy=POLICY)
    assert (verdict.record, verdict.flag) == ("recalled", None)
    assert codes(verdict) == ["recalled", "revoked"]
