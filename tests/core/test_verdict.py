"""The design's table as data, then the rules one by one on goods as they come."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.goods import NO_PAPERS, PapersState
from pos_trace.core.judgements import OriginJudgement, RecordJudgement
from pos_trace.core.policy import Clocks, GoodsGroup, Policy
from pos_trace.core.records import Certificate, RecordAnswer, RecordsAge
from pos_trace.core.verdict import History, Seen, Verdict, as_json, decide, host_rule, status_of, stock_effect
from pos_trace.core.vocabulary import statuses
from pos_trace.core.vocabulary.reasons import EFFECTS, REASONS
from tests.core.goods_told import (
    ABSENT,
    ABSENT_FROM_OLD,
    CODE,
    COMPLETE,
    FISH,
    FLOWERS,
    FOREIGN,
    FRESH,
    GTIN,
    LACKING,
    MEAT,
    NOW,
    OFFLINE,
    OLD,
    POLICY,
    RECALL,
    TODAY,
    VEGETABLES,
    Code,
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


def judged(verdict: Verdict) -> tuple[str, str, str]:
    return verdict.code, verdict.record, verdict.origin


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


LAPSED = Certificate("VietGAP", expires=TODAY - timedelta(days=12))
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
GOODS = {
    "a lot as its record says": (CODE, found(), {}, "verified", "valid match record", [], "sellable", None),
    "a lot off line, found in what was stored": (
        CODE, replace(found(), why="offline"), {}, "verified", "valid match record", ["offline"], "sellable", None),
    "a lot found in old records": (
        CODE, found(OLD), {}, "verified", "valid match record", ["records_old"], "sellable", None),
    "a recalled lot": (
        CODE, replace(found(status="recalled"), recall=RECALL), {"papers": COMPLETE},
        "blocked", "valid recalled record", ["recalled"], "blocked", None),
    "a lot recalled before its record was published": (
        CODE, replace(ABSENT, recall=RECALL), {}, "blocked", "valid recalled open", ["recalled"], "blocked", None),
    "a lot recalled while the province is silent": (
        CODE, replace(OFFLINE, recall=RECALL), {}, "blocked", "valid recalled open", ["recalled", "offline"], "blocked",
        None),
    "a record that says recalled without a notice": (
        CODE, found(status="recalled", recall_id="TH-9"), {}, "blocked", "valid recalled record", ["recalled"],
        "blocked", None),
    "a cancelled code without papers": (
        CODE, found(status="revoked"), {}, "blocked", "valid revoked open", ["revoked"], "blocked", "revoked"),
    "a cancelled code with papers": (
        CODE, found(status="revoked"), {"papers": COMPLETE}, "blocked", "valid revoked papers", ["revoked"], "blocked",
        None),
    "a lot past the record's date": (
        CODE, found(expiry_date=YESTERDAY), {}, "blocked", "valid expired record", ["expired"], "blocked", None),
    "a lot past the label's date only": (
        Code(expiry=YESTERDAY), found(expiry_date=TOMORROW), {}, "blocked", "valid match record", ["expired"],
        "blocked", None),
    "a record marked expired": (
        CODE, found(status="expired"), {}, "blocked", "valid expired record", ["expired"], "blocked", None),
    "an expired box nobody knows": (
        Code(expiry=YESTERDAY), ABSENT, {}, "blocked", "valid absent open",
        ["expired", "papers_missing", "not_in_records"], "blocked", None),
    "an expired box off line": (
        Code(expiry=YESTERDAY), OFFLINE, {}, "blocked", "valid unavailable open", ["expired", "offline"], "blocked",
        None),
    "a lot on its last day": (
        CODE, found(expiry_date=TODAY), {}, "verified", "valid match record", ["near_expiry"], "sellable", None),
    "a suspended code": (
        CODE, found(status="suspended"), {}, "attention", "valid suspended record", ["suspended"], "held", None),
    "a code of another product": (
        CODE, found(), {"history": History(expected_gtin="09521234600060", wording_differs=True)},
        "attention", "valid mismatch open", ["other_gtin"], "held", None),
    "a code of another goods group, with papers": (
        CODE, found(), {"history": History(expected_group="ca"), "papers": COMPLETE},
        "attention", "valid mismatch papers", ["other_group"], "held", None),
    "the same goods in other words": (
        CODE, found(), {"history": History(expected_gtin=GTIN, expected_group="rau", wording_differs=True)},
        "verified", "valid match record", ["wording_differs"], "sellable", None),
    "a lapsed certificate": (
        CODE, found(facility=facility(LAPSED)), {}, "attention", "valid match record", ["certificate_lapsed"],
        "sellable", None),
    "a lapsed certificate that was renewed": (
        CODE, found(facility=facility(LAPSED, replace(LAPSED, expires=TODAY))), {}, "verified", "valid match record",
        [], "sellable", None),
    "a certificate without an end": (
        CODE, found(facility=facility(replace(LAPSED, expires=None))), {}, "verified", "valid match record", [],
        "sellable", None),
    "flowers, of which no certificate is asked": (
        CODE, found(facility=facility(LAPSED), product_group="hoa"), {}, "verified", "valid match record", [],
        "sellable", None),
    "more than the lot holds": (
        CODE, found(net_quantity=Decimal(400)), {"history": History(received=Decimal(550))},
        "attention", "valid match record", ["quantity_above_lot"], "sellable", None),
    "a little more than the lot holds, within the group's tolerance": (
        CODE, found(net_quantity=Decimal(400)), {"history": History(received=Decimal(480))},
        "verified", "valid match record", [], "sellable", None),
    "a little more than the lot holds, of a group without its own tolerance": (
        CODE, found(net_quantity=Decimal(400), product_group="ca"), {"history": History(received=Decimal(441))},
        "attention", "valid match record", ["quantity_above_lot"], "sellable", None),
    "a serial scanned before, a lot sold out, a stamp never issued": (
        CODE, found(), {"history": History(Seen("02:10", "sạp A-12"), lot_closed=True, serial_out_of_range=True)},
        "attention", "valid match record", ["serial_seen", "lot_closed", "serial_out_of_range"], "sellable", None),
    "a serial scanned far away a quarter of an hour ago": (
        CODE, found(), {"history": History(Seen("02:10", "Quảng Ngãi", far=True))},
        "attention", "valid match record", ["impossible_travel"], "sellable", None),
    "a code absent from fresh records, no papers": (
        CODE, ABSENT, {}, "undetermined", "valid absent open", ["papers_missing", "not_in_records"], "held", "papers"),
    "a code absent from fresh records, papers complete": (
        CODE, ABSENT, {"papers": COMPLETE}, "documented", "valid absent papers", ["not_in_records"], "sellable", None),
    "papers that came with another truck": (
        CODE, ABSENT, {"papers": PapersState(True, reused=True)}, "attention", "valid absent papers",
        ["paper_reused", "not_in_records"], "sellable", None),
    "a code absent from records too old to say so": (
        CODE, ABSENT_FROM_OLD, {}, "unchecked", "valid unavailable open", ["records_old"], "unchecked", None),
    "a code absent where nothing was ever received": (
        CODE, RecordAnswer("absent"), {}, "unchecked", "valid unavailable open", ["records_old"], "unchecked", None),
    "no network": (CODE, OFFLINE, {}, "unchecked", "valid unavailable open", ["offline"], "unchecked", None),
    "no network, papers complete": (
        CODE, OFFLINE, {"papers": COMPLETE}, "unchecked", "valid unavailable papers", ["offline"], "unchecked", None),
    "no network, meat": (
        CODE, OFFLINE, {"group": MEAT}, "unchecked", "valid unavailable open", ["offline"], "held", None),
    "a silent province": (
        CODE, RecordAnswer("unavailable", why="html"), {}, "unchecked", "valid unavailable open", ["province_silent"],
        "unchecked", None),
    "a code nobody was asked about": (
        CODE, None, {}, "unchecked", "valid unavailable open", ["province_silent"], "unchecked", None),
    "a code of another product, off line": (
        CODE, OFFLINE, {"history": History(expected_gtin="09521234600060")}, "unchecked", "valid unavailable open",
        ["other_gtin", "offline"], "held", None),
    "no code, no papers": (None, None, {}, "undetermined", "none none open", ["papers_missing"], "held", "papers"),
    "no code, papers lacking a date": (
        None, None, {"papers": LACKING}, "undetermined", "none none open", ["papers_missing"], "held", "papers"),
    "no code, papers complete": (
        None, None, {"papers": COMPLETE}, "documented", "none none papers", [], "sellable", None),
    "a code of another province, papers complete": (
        FOREIGN, None, {"papers": COMPLETE}, "documented", "valid none papers", ["foreign_system"], "sellable", None),
    "a code of another province, no papers": (
        FOREIGN, OFFLINE, {}, "undetermined", "valid none open", ["papers_missing", "foreign_system"], "held",
        "papers"),
    "a label of another province for a lot our records know": (
        FOREIGN, found(), {}, "verified", "valid match record", [], "sellable", None),
    "a page of a host nobody named": (
        Code(key=None, gtin=None, host="x.example"), None, {"papers": COMPLETE}, "documented", "unknown none papers",
        ["foreign_system"], "sellable", None),
    "a code without host or key": (
        Code(key=None, gtin=None, host=None), None, {"papers": COMPLETE}, "documented", "unknown none papers",
        ["not_in_records"], "sellable", None),
    "a reading that is no trace code": (
        Code("unreadable", None, None, None, None), None, {"papers": COMPLETE}, "documented", "malformed none papers",
        [], "sellable", None),
}  # fmt: skip


@pytest.mark.parametrize("name", GOODS)
def test_goods_are_judged_by_code_record_and_origin(name: str) -> None:
    code, answer, rest, status, judgements, reasons, stock, flag = GOODS[name]
    verdict = decide(code, answer, **rest, now=NOW, policy=POLICY)
    assert verdict.status == status
    assert " ".join(judged(verdict)) == judgements
    assert codes(verdict) == reasons
    assert (verdict.stock, verdict.flag) == (stock, flag)


@pytest.mark.parametrize(
    ("answer", "rest", "text"),
    [
        (replace(ABSENT, recall=RECALL), {}, "Hàng đang bị thu hồi (thông báo số TH-1)"),
        (found(status="recalled", recall_id="TH-9"), {}, "Hàng đang bị thu hồi (thông báo số TH-9)"),
        (found(status="recalled"), {}, "Hàng đang bị thu hồi"),
        (found(expiry_date=date(2026, 11, 20)), {}, "Hết hạn sử dụng 20/11/2026"),
        (found(expiry_date=TOMORROW), {}, "Cận hạn: còn 1 ngày"),
        (found(), {"history": History(expected_group="ca")}, "Mã của mặt hàng khác: Cải thảo Măng Đen"),
        (OFFLINE, {"history": History(expected_gtin="0")}, "Mã của mặt hàng khác"),
        (ABSENT, {"papers": LACKING}, "Cần: bảng kê, ngày"),
        (ABSENT, {}, "Cần giấy tờ của lô hàng"),
        (found(facility=facility(LAPSED)), {}, "Giấy chứng nhận VietGAP hết hiệu lực ngày 12/11/2026"),
        (
            found(net_quantity=Decimal(400)),
            {"history": History(received=Decimal("550.5"))},
            "Vượt số lượng của lô (khai 400 kg, đã nhận 550,5 kg)",
        ),
        (
            found(net_quantity=Decimal(4), unit=None),
            {"history": History(received=Decimal(5))},
            "Vượt số lượng của lô (khai 4, đã nhận 5)",
        ),
        (found(), {"history": History(Seen("02:10", "sạp A-12"))}, "Mã này đã quét lúc 02:10 tại sạp A-12"),
        (ABSENT_FROM_OLD, {}, "Dữ liệu đã cũ 4 ngày"),
        (RecordAnswer("absent"), {}, "Chưa nhận được dữ liệu của tỉnh"),
    ],
)
def test_a_reason_says_what_it_saw(answer: RecordAnswer, rest: dict[str, Any], text: str) -> None:
    verdict = decide(CODE, answer, **rest, group=VEGETABLES, now=NOW, policy=POLICY)
    assert verdict.reasons[0].text == text


def test_a_foreign_code_is_named_by_its_platform() -> None:
    verdict = decide(FOREIGN, None, COMPLETE, now=NOW, policy=POLICY)
    assert verdict.reasons[0].text == "Mã của hệ thống khác: Hệ thống Lâm Đồng (mẫu)"


def test_near_expiry_counts_the_groups_days() -> None:
    in_two_days = found(expiry_date=TODAY + timedelta(days=2), product_group=None)
    assert codes(decide(CODE, in_two_days, now=NOW, policy=POLICY)) == ["near_expiry"]
    assert codes(decide(CODE, in_two_days, group=MEAT, now=NOW, policy=POLICY)) == []


def test_the_day_is_the_markets_not_utc() -> None:
    before_midnight = NOW - timedelta(hours=3)
    assert decide(CODE, found(expiry_date=YESTERDAY), now=before_midnight, policy=POLICY).status == "verified"
    assert decide(CODE, found(expiry_date=YESTERDAY), now=NOW, policy=POLICY).status == "blocked"


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


def test_the_json_is_the_contracts() -> None:
    verdict = decide(CODE, found(product_group=None), now=NOW, policy=POLICY)
    assert as_json(verdict, NOW) == {
        "status": "verified",
        "word": "KHỚP HỒ SƠ",
        "line": "Đúng với hồ sơ lô hàng trên hệ thống của tỉnh (cập nhật 02:10)",
        "next": "Nhập số lượng",
        "sound": "high short",
        "tone": "good",
        "symbol": "✓",
        "reasons": [],
        "judgements": {"code": "valid", "record": "match", "origin": "record"},
        "records": {"version": 7, "as_of": "2026-11-23T19:10:00+00:00", "age_s": 1260},
        "rules_version": "7",
    }


def test_the_json_of_what_nobody_knows_says_so() -> None:
    told = as_json(decide(None, None, now=NOW, policy=POLICY), NOW)
    assert told["records"] == {"version": 0, "as_of": None, "age_s": None}
    assert told["reasons"] == [
        {"code": "papers_missing", "effect": "hold", "text": "Cần giấy tờ của lô hàng", "next": "Chụp giấy tờ"}
    ]


@pytest.mark.parametrize(
    ("host", "platform"),
    [
        ("TXNG.Quangngai.example:8443", "Hệ thống của tỉnh (mẫu)"),
        ("quangngai.example", None),
        ("", None),
        (None, None),
    ],
)
def test_a_host_is_known_by_its_whole_name(host: str | None, platform: str | None) -> None:
    rule = host_rule(host, POLICY)
    assert (rule.platform if rule else None) == platform


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
    st.booleans(),
)
moves = st.dictionaries(st.sampled_from(sorted(REASONS)), st.sampled_from([*EFFECTS, "loud"]), max_size=5)


@given(
    readings,
    answers,
    st.builds(PapersState, st.booleans(), reused=st.booleans()),
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
