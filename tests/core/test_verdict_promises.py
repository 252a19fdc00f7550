"""Whatever comes, and whatever a site configures, the promises of the design hold."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.goods import PapersState
from pos_trace.core.policy import GoodsGroup, Policy
from pos_trace.core.records import RecordAnswer, RecordsAge
from pos_trace.core.verdict import History, Seen, decide
from pos_trace.core.vocabulary.reasons import EFFECTS, REASONS
from tests.core.goods_told import (
    CODE,
    FLOWERS,
    FOREIGN,
    FRESH,
    GTIN,
    MEAT,
    NOW,
    OLD,
    POLICY,
    RECALL,
    TODAY,
    Code,
    codes,
    found,
)

statuses_told = st.sampled_from(["active", "suspended", "revoked", "recalled", "expired"])
dates = st.none() | st.integers(-3, 3).map(lambda days: TODAY + timedelta(days=days))
answers = st.one_of(
    st.none(),
    st.builds(RecordAnswer, st.just("unavailable"), why=st.sampled_from([None, "offline", "province_silent", "x"])),
    st.builds(
        RecordAnswer,
        st.just("absent"),
        recall=st.none() | st.just(RECALL),
        age=st.sampled_from([FRESH, OLD, RecordsAge()]),
    ),
    st.builds(lambda status, day: found(status=status, expiry_date=day), statuses_told, dates),
)
readings = st.one_of(
    st.none(),
    st.builds(
        Code,
        st.sampled_from(["ok", "unreadable"]),
        st.sampled_from([None, CODE.key]),
        st.sampled_from([None, GTIN]),
        dates,
        st.sampled_from([None, CODE.host, FOREIGN.host, "x.example"]),
    ),
)
histories = st.builds(
    History,
    st.none() | st.builds(Seen, st.just("02:10"), st.just("A-12"), st.booleans()),
    st.none() | st.just(Decimal(900)),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, GTIN, "09521234600060"]),
    st.sampled_from([None, "rau", "ca"]),
    dates,
    st.none() | st.just(Decimal(950)),
)
moves = st.dictionaries(st.sampled_from(sorted(REASONS)), st.sampled_from([*EFFECTS, "loud"]), max_size=5)


@given(
    readings,
    answers,
    st.builds(PapersState, st.booleans(), reused=st.booleans(), again=st.booleans()),
    histories,
    st.sampled_from([None, MEAT, FLOWERS]),
    moves,
)
def test_whatever_comes_the_promises_hold(
    code: Code | None,
    answer: RecordAnswer | None,
    papers: PapersState,
    history: History,
    group: GoodsGroup | None,
    moved: dict[str, str],
) -> None:
    policy: Policy = replace(POLICY, effects=tuple(moved.items()))
    verdict = decide(code, answer, papers, history, group, now=NOW, policy=policy)
    told = codes(verdict)
    effects = [EFFECTS.index(reason.effect) for reason in verdict.reasons]
    assert effects == sorted(effects, reverse=True)
    if answer is not None and (answer.recall or (answer.record and answer.record.status == "recalled")):
        assert (verdict.status, verdict.stock) == ("blocked", "blocked")
    if verdict.record == "unavailable":
        assert verdict.flag is None
        assert "papers_missing" not in told
        assert verdict.status in ("unchecked", "blocked")
    if verdict.status in ("verified", "documented"):
        assert verdict.stock == "sellable"
        assert verdict.flag is None
    if verdict.flag == "papers":
        assert not papers.complete
    assert (verdict.flag is None) == (verdict.answer_within is None)
