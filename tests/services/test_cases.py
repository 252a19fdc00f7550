"""A case from the stall to the desk and back, both nodes' own services, nothing between them but their words."""

import base64
from datetime import timedelta

import orjson
import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.services import case_intake, case_log, cases, conclusions, feeds, inspecting, outbox, sent
from pos_trace.services.node import sha256
from pos_trace.store.models import Case, CaseEventRow, CaseLine, Evidence, Flag, Stall
from tests.services.case_desk import count, one, sent_case
from tests.services.goods_rows import JPEG, flagged_line, paper_of, photo_of
from tests.services.two_nodes import SITE_ID, add_stall, as_station, officer, trader


def test_a_flag_becomes_a_case_with_its_goods_supplier_and_check(both, straight, stall, ids, now):
    photo_of(both.station, stall, now, ids["line"])
    paper_of(both.station, stall, now, ids["line"])
    told = cases.send_flag(both.station, trader(both.station, stall), ids["flag"], now)
    assert told["state"] == "sent"
    flag = one(both.station, Flag)
    assert (flag.state, flag.case_id) == ("sent", told["case_id"])
    outbox.deliver_due(both.station, now)
    kind, _, message = straight.sent[0]
    body = message["events"][0]["body"]
    assert kind == "case_events"
    assert body["supplier"] == {"name": "Xe 76 (mẫu)", "vehicle": "76C-012.34"}
    assert body["lines"][0] | {"id": ""} == {
        "id": "",
        "key": None,
        "name": "Gà ta làm sẵn",
        "group": None,
        "quantity": "12",
        "unit": "con",
    }
    assert body["papers"][0]["number"] == "24/11"
    assert [photo["sha256"] for photo in body["photos"]] == [sha256(JPEG)]
    assert "price" not in orjson.dumps(message).decode()


def test_the_province_numbers_it_and_keeps_the_photo_it_was_told_of(both, stall, ids, now):
    photo_of(both.station, stall, now, ids["line"])
    case_id = sent_case(both, stall, ids, now)
    at_province = one(both.province, Case)
    assert (at_province.id, at_province.site_id, at_province.stall_id) == (case_id, SITE_ID, stall)
    assert (at_province.state, at_province.ack_number) == ("received", "SCT-2026-000001")
    assert one(both.station, Case).ack_number == "SCT-2026-000001"
    assert one(both.province, Evidence).number == 1
    assert both.province.files.get(sha256(JPEG)) == JPEG
    assert one(both.province, Stall).number == "D-07"
    assert one(both.province, CaseLine).goods_name == "Gà ta làm sẵn"


def test_sending_twice_makes_one_case(both, straight, stall, ids, now):
    who = trader(both.station, stall)
    first = cases.send_flag(both.station, who, ids["flag"], now)
    assert cases.send_flag(both.station, who, ids["flag"], now)["case_id"] == first["case_id"]
    outbox.deliver_due(both.station, now)
    again = case_intake.take_events(both.province, straight.who, straight.sent[0][2]["events"], now)
    assert [item["result"] for item in again["items"]] == ["duplicate"]
    assert again["items"][0]["ack_number"] == "SCT-2026-000001"
    assert (count(both.province, Case), count(both.province, CaseEventRow)) == (1, 2)


def test_what_nobody_answered_in_time_opens_by_itself_but_never_in_practice(both, stall, ids, now):
    flagged_line(both.station, stall, now, practice=True)
    assert cases.due_flags(both.station, now + timedelta(hours=23)) == 0
    assert cases.due_flags(both.station, now + timedelta(hours=25)) == 1
    assert cases.due_flags(both.station, now + timedelta(hours=26)) == 0
    assert count(both.station, Case) == 1


def test_practice_and_answered_flags_are_not_sent(both, stall, now):
    who = trader(both.station, stall)
    practice = flagged_line(both.station, stall, now, practice=True)
    with pytest.raises(Conflict) as refused:
        cases.send_flag(both.station, who, practice["flag"], now)
    assert refused.value.code == "practice"
    answered = flagged_line(both.station, stall, now)
    with both.station.write(who, now) as tx:
        tx.session.get_one(Flag, (both.station.id, answered["flag"])).state = "refused"
    with pytest.raises(Conflict):
        cases.send_flag(both.station, who, answered["flag"], now)


def test_the_desk_asks_the_stall_answers_and_a_conclusion_ends_it(both, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    who, desk = trader(both.station, stall), officer(both.province)
    inspecting.take(both.province, desk, SITE_ID, case_id, now)
    inspecting.ask_papers(both.province, desk, SITE_ID, case_id, "Cần bảng kê thu mua", now)
    paper = paper_of(both.station, stall, now, ids["line"])
    cases.reply(both.station, who, case_id, "Bảng kê của chị Ba", [paper], now)
    photo = photo_of(both.station, stall, now, None, JPEG + b"2")
    told = cases.add_evidence(both.station, who, case_id, [photo], "Bảng kê", now)
    assert told["evidence"] == [1]
    outbox.deliver_due(both.station, now)
    inspecting.inspect(both.province, desk, SITE_ID, case_id, "Đã xem tại sạp", now)
    conclusion = {"outcome": "complies", "origin_finding": "cleared", "reason": "Đủ bảng kê"}
    ended = conclusions.conclude(both.province, desk, SITE_ID, case_id, conclusion, now)
    assert (ended["state"], ended["outcome"], ended["origin_finding"]) == ("concluded", "complies", "cleared")
    texts = [event["text"] for event in ended["events"]]
    assert texts[-1] == "Chấp hành đúng · Đã làm rõ nguồn gốc"
    kinds = [event["kind"] for event in ended["events"]]
    assert sorted(kinds) == sorted(
        ["opened", "received", "taken", "papers_asked", "replied", "evidence_added", "inspected", "concluded"]
    )
    data, media_type = inspecting.file(both.province, desk, SITE_ID, case_id, 1, now)
    assert (data, media_type) == (JPEG + b"2", "image/jpeg")


def test_a_stall_takes_a_report_back_only_until_somebody_took_it(both, stall, ids, now):
    who = trader(both.station, stall)
    case_id = sent_case(both, stall, ids, now)
    assert cases.withdraw(both.station, who, case_id, "", now)["state"] == "withdrawn"
    outbox.deliver_due(both.station, now)
    at_desk = inspecting.look(both.province, officer(both.province), SITE_ID, case_id, "", now)
    assert at_desk["state"] == "withdrawn"
    assert "Đã rút lại (ghi nhầm)" in [event["text"] for event in at_desk["events"]]
    with pytest.raises(Conflict):
        cases.withdraw(both.station, who, case_id, "", now)
    with pytest.raises(Conflict):
        cases.reply(both.station, who, case_id, "muộn rồi", [], now)


def test_a_withdrawal_that_crossed_with_the_taking_stands_as_a_wish(both, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    inspecting.take(both.province, officer(both.province), SITE_ID, case_id, now)
    cases.withdraw(both.station, trader(both.station, stall), case_id, "quét nhầm", now)
    outbox.deliver_due(both.station, now)
    at_desk = inspecting.look(both.province, officer(both.province), SITE_ID, case_id, "", now)
    assert (at_desk["state"], at_desk["withdrawal_wish"]) == ("taken", True)


def test_one_stall_never_sees_anothers_case(both, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    other = trader(both.station, add_stall(both.station, "A-12", now))
    assert cases.listed(both.station, other) == {"cases": []}
    assert len(cases.listed(both.station, trader(both.station, stall))["cases"]) == 1
    photo = photo_of(both.station, other.stall, now, None)
    for attempt in (
        lambda: cases.detail(both.station, other, case_id),
        lambda: cases.reply(both.station, other, case_id, "x", [], now),
        lambda: cases.withdraw(both.station, other, case_id, "", now),
        lambda: cases.add_evidence(both.station, other, case_id, [photo], "", now),
        lambda: cases.add_evidence(both.station, trader(both.station, stall), case_id, [photo], "", now),
        lambda: cases.send_flag(both.station, other, ids["flag"], now),
        lambda: cases.file(both.station, other, case_id, sha256(JPEG)),
        lambda: cases.file(both.station, trader(both.station, stall), case_id, "0" * 64),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert sent.listed(both.station, other)["messages"] == []


def test_another_station_neither_reads_nor_writes_a_case_that_is_not_its_own(both, straight, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    stranger = as_station("sieu-thi-mau")
    assert feeds.case_events(both.province, stranger, 0, 100)["events"] == []
    assert [e["kind"] for e in feeds.case_events(both.province, straight.who, 0, 100)["events"]] == ["received"]
    event = straight.sent[0][2]["events"][0] | {"seq": 2}
    told = case_intake.take_events(both.province, stranger, [event], now)["items"][0]
    assert (told["result"], told["reasons"], told["ack_number"]) == ("rejected", ["gap"], None)
    proof = {"case_id": case_id, "sha256": sha256(JPEG), "media_type": "image/jpeg"}
    with pytest.raises(NotFound):
        case_intake.take_evidence(both.province, stranger, proof | {"data": base64.b64encode(JPEG).decode()}, now)


def test_the_feed_is_cut_anywhere_and_read_again(both, straight, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    desk = officer(both.province)
    inspecting.take(both.province, desk, SITE_ID, case_id, now)
    inspecting.ask_papers(both.province, desk, SITE_ID, case_id, "Cần bảng kê", now)
    first = feeds.case_events(both.province, straight.who, 0, 2)
    rest = feeds.case_events(both.province, straight.who, first["next"], 2)
    assert [e["kind"] for e in first["events"] + rest["events"]] == ["received", "taken", "papers_asked"]
    assert (first["more"], rest["more"]) == (True, False)
    assert feeds.case_events(both.province, straight.who, rest["next"], 2)["next"] == rest["next"]


def forged(both, straight, case_id, **changes):
    """A well-chained second event of the station with something changed."""
    with both.station.db.read() as session:
        case = session.get(Case, (SITE_ID, case_id))
        known = case_log.events(session, case)
    event = case_log.wire(
        case_log.rules.write(case_id, "station", "user:x", straight.now, "replied", {"text": "chào"}, known)
    )
    return event | changes


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"node": "province", "kind": "concluded"}, "wrong_author"),
        ({"kind": "concluded"}, "wrong_author"),
        ({"at": "2026-11-24T19:31:00Z"}, "bad_time"),
        ({"at": "hôm qua"}, "bad_time"),
        ({"body": {"text": "khác"}}, "broken_chain"),
        ({"actor": "user:y"}, "broken_chain"),
        ({"sha256": "0" * 64}, "broken_chain"),
        ({"seq": 3}, "gap"),
        ({"after": 9}, "after_unknown"),
        ({"seq": 1}, "other_content"),
        ({"kind": "opened"}, "opened_twice"),
        ({"body": {"text": 1.5}}, "not_canonical"),
        ({"case_id": "0192f000-0000-7000-8000-000000000000"}, "case_unknown"),
    ],
)
def test_an_event_that_is_not_as_its_author_wrote_it_is_refused_with_the_reason(
    both, straight, stall, ids, now, changes, reason
):
    case_id = sent_case(both, stall, ids, now)
    good = forged(both, straight, case_id)
    told = case_intake.take_events(both.province, straight.who, [good | changes], now)["items"][0]
    assert (told["result"], told["reasons"]) == ("rejected", [reason])
    told = case_intake.take_events(both.province, straight.who, [good], now)["items"][0]
    assert told["result"] == "accepted"


@pytest.mark.parametrize(
    "changes",
    [
        {"stall": {}},
        {"stall": "D-07"},
        {"lines": []},
        {"lines": [{"name": "x"}]},
        {"lines": [{"id": "1", "name": "x", "unit": "kg", "quantity": "NaN"}]},
        {"lines": [{"id": "1", "name": "x", "unit": "kg", "quantity": "nhiều"}]},
        {"title": None},
        {"title": "\u202e"},
    ],
)
def test_an_opening_that_describes_no_case_leaves_none(both, straight, now, changes):
    case_id = "0192f000-0000-7000-8000-000000000001"
    body = {
        "stall": {"id": "s1", "number": "D-07", "name": "Tâm"},
        "lines": [{"id": "1", "key": None, "name": "Gà", "unit": "con", "quantity": "12"}],
        "title": "Gà",
        "reason": "papers_missing",
    }
    event = case_log.rules.write(case_id, "station", "user:x", now, "opened", body | changes, [])
    told = case_intake.take_events(both.province, straight.who, [case_log.wire(event)], now)["items"][0]
    assert (told["result"], told["reasons"]) == ("rejected", ["bad_body"])
    assert count(both.province, Case) == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"data": "***"}, "evidence_invalid"),
        ({"data": base64.b64encode(b"other").decode()}, "hash_differs"),
        ({"media_type": "image/png"}, "evidence_invalid"),
        (
            {"sha256": sha256(b"\xff\xd8\xffnew"), "data": base64.b64encode(b"\xff\xd8\xffnew").decode()},
            "evidence_unnamed",
        ),
    ],
)
def test_a_file_that_was_not_announced_or_is_not_what_it_says_is_refused(
    both, straight, stall, ids, now, changes, code
):
    photo_of(both.station, stall, now, ids["line"])
    case_id = cases.send_flag(both.station, trader(both.station, stall), ids["flag"], now)["case_id"]
    outbox.deliver_due(both.station, now, most=1)
    told = {"case_id": case_id, "sha256": sha256(JPEG), "media_type": "image/jpeg"}
    told["data"] = base64.b64encode(JPEG).decode()
    with pytest.raises(Invalid) as refused:
        case_intake.take_evidence(both.province, straight.who, told | changes, now)
    assert refused.value.code == code
    results = [case_intake.take_evidence(both.province, straight.who, told, now) for _ in range(2)]
    assert [result["result"] for result in results] == ["accepted", "duplicate"]
