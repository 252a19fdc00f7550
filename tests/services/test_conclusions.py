"""Ends of cases: outcomes × document × four eyes × what becomes of the goods; nobody writes over somebody else."""

from datetime import date, timedelta

import pytest

from pos_trace.core.cases import BINDING
from pos_trace.core.errors import Conflict, Forbidden, Invalid, NotFound
from pos_trace.core.vocabulary.words import ORIGIN_FINDINGS, OUTCOMES
from pos_trace.services import case_groups, cases, conclusions, feeds, inspecting, judging, notices
from pos_trace.services.case_log import read, store
from pos_trace.services.node import Actor
from pos_trace.store.models import Case, CaseDraft, DeliveryLine, StockLot
from tests.services.agencies_apart import case_row
from tests.services.case_desk import count, sent_case
from tests.services.two_nodes import SITE_ID, as_station, officer, trader

DOCUMENT = {"document_number": "12/BB-VPHC", "document_date": "2026-11-25"}
CLEARED = {"outcome": "complies", "origin_finding": "cleared", "reason": "đủ giấy tờ"}
VIOLATION = {"outcome": "violation", "origin_finding": "undetermined", "reason": "không có giấy"} | DOCUMENT
KEEP = {"undetermined", "violation", "criminal"}


@pytest.fixture
def case_id(both, stall, ids, now):
    """A case the officer has taken."""
    made = sent_case(both, stall, ids, now)
    inspecting.take(both.province, officer(both.province), SITE_ID, made, now)
    return made


def head(both):
    return Actor("user", "head-1", "Trưởng phòng (mẫu)", both.province.id)


def at_station(both, ids, now):
    """The province's events taken in by the station; the state of the goods afterwards."""
    told = feeds.case_events(both.province, as_station(), 0, 100)["events"]
    with both.station.write(both.station.machine("t"), now) as tx:
        for event in told:
            store(tx, tx.session.get_one(Case, (SITE_ID, event["case_id"])), read(event))
        line = tx.session.get_one(DeliveryLine, (SITE_ID, ids["line"]))
        judging.rejudge_line(tx, line, None, "conclusion")
        return tx.session.get_one(StockLot, (SITE_ID, ids["lot"])).state


@pytest.mark.parametrize("finding", sorted(ORIGIN_FINDINGS))
@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_every_outcome_needs_its_document_and_its_eyes_and_reaches_the_goods(
    both, stall, ids, case_id, now, outcome, finding
):
    desk, told = officer(both.province), {"outcome": outcome, "origin_finding": finding, "reason": "đã xem"}
    if outcome in BINDING:
        with pytest.raises(Invalid):
            conclusions.conclude(both.province, desk, SITE_ID, case_id, told, now)
        proposed = conclusions.conclude(both.province, desk, SITE_ID, case_id, told | DOCUMENT, now)
        assert proposed["state"] == "taken"
        assert case_row(both.province, case_id).outcome is None
        ended = conclusions.approve(both.province, head(both), SITE_ID, case_id, proposed["draft"]["id"], now)
    else:
        ended = conclusions.conclude(both.province, desk, SITE_ID, case_id, told, now)
    assert (ended["state"], ended["outcome"], ended["origin_finding"]) == ("concluded", outcome, finding)
    assert ended["draft"] is None
    held = outcome in KEEP or finding in KEEP
    assert at_station(both, ids, now) == ("held" if held else "sellable")
    words = cases.detail(both.station, trader(both.station, stall), case_id)["events"][-1]["text"]
    asked = finding == "undetermined" and outcome not in BINDING
    assert (words == "Sở Công Thương đề nghị tạm để riêng") is asked
    if not asked:
        assert words.startswith(OUTCOMES[outcome].format(number="12/BB-VPHC"))


def test_a_proposal_is_sent_back_with_a_remark_and_may_be_made_anew(both, case_id, now):
    desk = officer(both.province)
    draft = conclusions.conclude(both.province, desk, SITE_ID, case_id, VIOLATION, now)["draft"]
    assert (draft["state"], draft["proposer"]) == ("proposed", "Cán bộ Lan (mẫu)")
    with pytest.raises(Conflict):
        conclusions.conclude(both.province, desk, SITE_ID, case_id, VIOLATION, now)
    with pytest.raises(Forbidden):
        conclusions.approve(both.province, desk, SITE_ID, case_id, draft["id"], now)
    with pytest.raises(Invalid):
        conclusions.send_back(both.province, head(both), SITE_ID, case_id, draft["id"], " ", now)
    back = conclusions.send_back(both.province, head(both), SITE_ID, case_id, draft["id"], "Thiếu biên bản", now)
    assert (back["draft"]["state"], back["draft"]["remark"], back["state"]) == ("sent_back", "Thiếu biên bản", "taken")
    with pytest.raises(Conflict):
        conclusions.approve(both.province, head(both), SITE_ID, case_id, draft["id"], now)
    with pytest.raises(NotFound):
        conclusions.approve(both.province, head(both), SITE_ID, case_id, "nothing", now)
    again = conclusions.conclude(both.province, desk, SITE_ID, case_id, VIOLATION, now + timedelta(hours=1))["draft"]
    ended = conclusions.approve(both.province, head(both), SITE_ID, case_id, again["id"], now)
    body = ended["events"][-1]["body"]
    assert (body["officer"], body["proposed_by"]) == ("Trưởng phòng (mẫu)", "Cán bộ Lan (mẫu)")
    assert count(both.province, CaseDraft) == 2


def test_a_proposal_does_not_outlive_another_end_nor_an_answer_it_had_not_seen(both, stall, case_id, now):
    desk = officer(both.province)
    draft = conclusions.conclude(both.province, desk, SITE_ID, case_id, VIOLATION, now)["draft"]
    inspecting.ask_papers(both.province, desk, SITE_ID, case_id, "Xin thêm giấy", now)
    with pytest.raises(Conflict) as stale:
        conclusions.approve(both.province, head(both), SITE_ID, case_id, draft["id"], now)
    assert stale.value.code == "changed_meanwhile"
    ended = conclusions.conclude(both.province, desk, SITE_ID, case_id, CLEARED, now)
    assert (ended["state"], ended["draft"]["state"]) == ("concluded", "sent_back")


def test_who_acts_on_an_old_page_is_told_and_nothing_is_written(both, case_id, now):
    desk = officer(both.province)
    seen = inspecting.look(both.province, desk, SITE_ID, case_id, "", now)["seen"]
    inspecting.ask_papers(both.province, head(both), SITE_ID, case_id, "Xin giấy", now, seen)
    for act in (
        lambda: inspecting.ask_papers(both.province, desk, SITE_ID, case_id, "Xin nữa", now, seen),
        lambda: conclusions.conclude(both.province, desk, SITE_ID, case_id, CLEARED, now, seen),
        lambda: conclusions.conclude(both.province, desk, SITE_ID, case_id, VIOLATION, now, seen),
        lambda: inspecting.take(both.province, head(both), SITE_ID, case_id, now, seen),
        lambda: inspecting.transfer(both.province, desk, SITE_ID, case_id, "Sở khác", "nhầm", now, seen),
    ):
        with pytest.raises(Conflict) as stale:
            act()
        assert stale.value.code == "changed_meanwhile"
    told = inspecting.look(both.province, desk, SITE_ID, case_id, "", now)
    assert (told["seen"], told["state"], told["draft"]) == (seen + 1, "papers_asked", None)


def test_an_appeal_says_who_and_when_clears_the_old_day_and_leaves_the_goods(both, ids, case_id, now):
    desk = officer(both.province)
    draft = conclusions.conclude(both.province, desk, SITE_ID, case_id, VIOLATION, now)["draft"]
    conclusions.approve(both.province, head(both), SITE_ID, case_id, draft["id"], now)
    with pytest.raises(Invalid):
        inspecting.appeal(both.province, desk, SITE_ID, case_id, "không đồng ý", now, "Xe 76", "hôm qua")
    told = inspecting.appeal(both.province, desk, SITE_ID, case_id, "không đồng ý", now, "Xe 76 (mẫu)", "2026-11-26")
    assert (told["state"], told["due_on"]) == ("appealed", None)
    assert (told["events"][-1]["body"]["by"], told["events"][-1]["body"]["on"]) == ("Xe 76 (mẫu)", "2026-11-26")
    assert at_station(both, ids, now) == "held"
    assert [case["id"] for case in case_groups.queue(both.province, desk, None, now)["cases"]] == [case_id]
    again = inspecting.reopen(both.province, desk, SITE_ID, case_id, "xem lại", now + timedelta(days=3))
    assert again["due_on"] == (now + timedelta(days=13)).astimezone(both.province.zone).date().isoformat()


def test_a_verification_that_continues_stays_in_the_queue_with_its_longer_day(both, case_id, now):
    desk, told = officer(both.province), {"outcome": "continue", "origin_finding": "not_examined", "reason": "chờ mẫu"}
    ended = conclusions.conclude(both.province, desk, SITE_ID, case_id, told, now)
    assert ended["due_on"] == (now + timedelta(days=25)).astimezone(both.province.zone).date().isoformat()
    assert ended["notice_due_on"] is None
    assert [case["id"] for case in case_groups.queue(both.province, desk, None, now)["cases"]] == [case_id]


INSPECTED = {
    "decision_number": "15/QĐ-KT",
    "decision_date": "2026-11-25",
    "officers": "Lan – thẻ 012; Minh – thẻ 034",
    "witness": "Tổ trưởng (mẫu)",
    "refused_to_sign": "1",
    "refusal_reason": "chủ sạp vắng",
}


@pytest.mark.parametrize("missing", ["refusal_reason", "witness"])
def test_a_refusal_to_sign_needs_its_reason_and_a_witness(both, case_id, now, missing):
    told = {name: value for name, value in INSPECTED.items() if name != missing}
    with pytest.raises(Invalid) as refused:
        inspecting.inspect(both.province, officer(both.province), SITE_ID, case_id, "đã xem", now, told)
    assert [error.pointer for error in refused.value.errors] == [f"/{missing}"]


@pytest.mark.parametrize(
    ("told", "dong", "source"),
    [
        ({"listed_price": "170.000 đ"}, 2_040_000, "listed"),
        ({"seller_estimate": "2000000"}, 2_000_000, "seller"),
        ({"listed_price": "170000", "seller_estimate": "1"}, 2_040_000, "listed"),
        ({}, None, None),
    ],
)
def test_an_inspection_keeps_its_record_and_the_value_with_its_source(both, case_id, now, told, dong, source):
    desk = officer(both.province)
    seen = inspecting.inspect(both.province, desk, SITE_ID, case_id, "đã xem", now, INSPECTED | told)
    body = seen["events"][-1]["body"]
    assert body == INSPECTED | {"text": "đã xem", "refused_to_sign": True}
    row = case_row(both.province, case_id)
    assert (row.state, row.value_dong, row.value_source) == ("inspected", dong, source)
    assert (seen["value"] or {}).get("dong") == dong


@pytest.mark.parametrize("text", ["nhiều", "-5", "0", "9" * 14])
def test_an_amount_that_is_none_is_refused(both, case_id, now, text):
    with pytest.raises(Invalid):
        inspecting.inspect(
            both.province, officer(both.province), SITE_ID, case_id, "xem", now, {"seller_estimate": text}
        )


def test_notices_are_due_three_working_days_later_and_leave_the_list_when_sent(both, stall, case_id, now):
    desk = officer(both.province)
    with pytest.raises(Conflict):
        notices.text(both.province, desk, SITE_ID, case_id, now)
    conclusions.conclude(both.province, desk, SITE_ID, case_id, CLEARED, now)
    (one,) = notices.due(both.province, desk, now)["notices"]
    row = case_row(both.province, case_id)
    assert (one["id"], one["notice_due_on"], one["late"]) == (case_id, row.notice_due_on.isoformat(), False)
    assert row.notice_due_on == date(2026, 11, 30)  # Wednesday → over the weekend → Monday
    assert notices.due(both.province, desk, now + timedelta(days=9))["notices"][0]["late"]
    paper = notices.text(both.province, desk, SITE_ID, case_id, now)
    assert (paper["cleared"], "đã được làm rõ" in paper["cleared_text"], paper["agency"]) == (
        True,
        True,
        "Sở Công Thương",
    )
    notices.sent(both.province, desk, SITE_ID, case_id, "trao tay", now)
    assert notices.due(both.province, desk, now)["notices"] == []
    with pytest.raises(Conflict):
        notices.sent(both.province, desk, SITE_ID, case_id, "", now)
    inspecting.reopen(both.province, desk, SITE_ID, case_id, "xem lại", now)
    later = now + timedelta(hours=1)
    conclusions.conclude(both.province, desk, SITE_ID, case_id, CLEARED, later)
    assert [one["id"] for one in notices.due(both.province, desk, later)["notices"]] == [case_id]
