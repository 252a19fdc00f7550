"""At the desk: the queue, steps in their turn, words that bind, what the stall reads of them."""

from datetime import timedelta

import orjson
import pytest

from pos_trace.core.errors import Conflict, Forbidden, Invalid, NotFound
from pos_trace.services import case_groups, cases, conclusions, feeds, inspecting, outbox, sent
from pos_trace.services.node import Actor
from pos_trace.store import audit
from pos_trace.store.models import AccessEntry, OutboxMessage
from tests.services.case_desk import count, one, sent_case
from tests.services.goods_rows import flagged_line, photo_of
from tests.services.two_nodes import SITE_ID, add_stall, officer, trader


def test_the_queue_puts_the_overdue_first_and_leaves_the_ended_out(both, stall, now):
    desk = officer(both.province)
    made = []
    for hours in (0, 1, 2):
        ids = flagged_line(both.station, stall, now, name=f"Hàng {hours}")
        made.append(sent_case(both, stall, ids, now + timedelta(hours=hours)))
    inspecting.take(both.province, desk, SITE_ID, made[0], now)
    inspecting.take(both.province, desk, SITE_ID, made[1], now)
    cleared = {"outcome": "complies", "origin_finding": "cleared", "reason": "đủ giấy tờ"}
    conclusions.conclude(both.province, desk, SITE_ID, made[1], cleared, now)
    told = case_groups.queue(both.province, desk, None, now + timedelta(days=3))
    assert [case["id"] for case in told["cases"]] == [made[2], made[0]]
    assert [case["overdue"] for case in told["cases"]] == [True, False]
    assert told["counts"] == {"taken": 1, "concluded": 1, "received": 1}
    only = case_groups.queue(both.province, desk, "concluded", now)["cases"]
    assert [case["id"] for case in only] == [made[1]]
    assert only[0]["stall"]["number"] == "D-07"
    assert only[0]["lines"][0]["goods_name"] == "Hàng 1"


def test_every_look_is_written_down(both, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    inspecting.look(both.province, officer(both.province), SITE_ID, case_id, "QĐ 12", now)
    looks = inspecting.looks(both.province, officer(both.province), SITE_ID, case_id, now)["looks"]
    assert [look["ground"] for look in looks] == ["QĐ 12"]
    assert "Cán bộ Lan" in looks[0]["actor"]
    assert one(both.province, AccessEntry).stall_id == stall


def test_a_note_stays_in_the_file_and_never_leaves_the_desk(both, straight, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    desk = officer(both.province)
    before = feeds.case_events(both.province, straight.who, 0, 100)
    note = inspecting.note(both.province, desk, SITE_ID, case_id, "Đã gọi chị Tâm", now)
    assert note["number"] == 1
    assert feeds.case_events(both.province, straight.who, 0, 100) == before
    data, media_type = inspecting.file(both.province, desk, SITE_ID, case_id, 1, now)
    assert (data.decode().splitlines()[1], media_type) == ("Đã gọi chị Tâm", "text/plain")


def test_steps_out_of_turn_empty_words_and_unknown_cases_are_refused(both, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    desk = officer(both.province)
    with pytest.raises(Conflict):
        inspecting.inspect(both.province, desk, SITE_ID, case_id, "sớm quá", now)
    with pytest.raises(Invalid):
        inspecting.ask_papers(both.province, desk, SITE_ID, case_id, "  ", now)
    inspecting.take(both.province, desk, SITE_ID, case_id, now)
    with pytest.raises(Conflict):
        inspecting.take(both.province, desk, SITE_ID, case_id, now)
    with pytest.raises(NotFound):
        inspecting.look(both.province, desk, SITE_ID, "0192f000", "", now)
    with pytest.raises(NotFound):
        inspecting.file(both.province, desk, SITE_ID, case_id, 99, now)


def test_words_that_bind_need_a_document_and_a_second_pair_of_eyes(both, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    desk = officer(both.province)
    inspecting.take(both.province, desk, SITE_ID, case_id, now)
    told = {"outcome": "violation", "origin_finding": "undetermined", "reason": "không có giấy tờ"}
    with pytest.raises(Invalid) as refused:
        conclusions.conclude(both.province, desk, SITE_ID, case_id, told, now)
    assert {e.pointer for e in refused.value.errors} == {"/document_number", "/document_date"}
    told |= {"document_number": "12/BB-VPHC", "document_date": "hôm qua"}
    with pytest.raises(Invalid):
        conclusions.conclude(both.province, desk, SITE_ID, case_id, told, now)
    told |= {"document_date": "2026-11-25"}
    draft = conclusions.conclude(both.province, desk, SITE_ID, case_id, told, now)["draft"]
    with pytest.raises(Forbidden) as alone:
        conclusions.approve(both.province, desk, SITE_ID, case_id, draft["id"], now)
    assert alone.value.code == "four_eyes"
    head = Actor("user", "head-1", "Trưởng phòng (mẫu)", both.province.id)
    ended = conclusions.approve(both.province, head, SITE_ID, case_id, draft["id"], now)
    assert ended["events"][-1]["text"] == (
        "Đã lập biên bản vi phạm hành chính số 12/BB-VPHC · Không rõ nguồn gốc, xuất xứ"
    )


def test_a_finding_without_a_document_reads_as_a_request(both, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    desk = officer(both.province)
    inspecting.take(both.province, desk, SITE_ID, case_id, now)
    told = {"outcome": "complies", "origin_finding": "undetermined", "reason": "chưa đủ"}
    ended = conclusions.conclude(both.province, desk, SITE_ID, case_id, told, now)
    assert ended["events"][-1]["text"] == "Sở Công Thương đề nghị tạm để riêng"


def test_an_ended_case_is_appealed_reopened_and_handed_over(both, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    desk, told = officer(both.province), {"outcome": "complies", "origin_finding": "cleared", "reason": "đủ"}
    inspecting.take(both.province, desk, SITE_ID, case_id, now)
    conclusions.conclude(both.province, desk, SITE_ID, case_id, told, now)
    assert inspecting.appeal(both.province, desk, SITE_ID, case_id, "người giao khiếu nại", now)["state"] == "appealed"
    assert inspecting.reopen(both.province, desk, SITE_ID, case_id, "xem lại", now)["state"] == "taken"
    moved = inspecting.transfer(both.province, desk, SITE_ID, case_id, "Sở NN&MT (mẫu)", "nông sản", now)
    assert moved["state"] == "transferred"
    with pytest.raises(Conflict):
        inspecting.take(both.province, desk, SITE_ID, case_id, now)


def test_the_owner_reads_what_was_sent_byte_for_byte(both, straight, stall, ids, now):
    photo_of(both.station, stall, now, ids["line"])
    who = trader(both.station, stall)
    cases.send_flag(both.station, who, ids["flag"], now)
    waiting = sent.listed(both.station, who)["messages"]
    assert {message["state_text"] for message in waiting} == {"đang chờ gửi"}
    outbox.deliver_due(both.station, now)
    told = sent.listed(both.station, who)
    assert [message["kind"] for message in told["messages"]] == ["evidence", "case_events"]
    assert {message["state"] for message in told["messages"]} == {"done"}
    assert told["messages"][1]["plain"] == "Đã ghi và gửi: hàng cần bổ sung giấy tờ: Gà ta làm sẵn"
    first, second = (
        sent.listed(both.station, who, most=1),
        sent.listed(both.station, who, told["messages"][0]["id"]),
    )
    assert [first["next"], second["messages"][0]["id"]] == [message["id"] for message in told["messages"]]
    opened = sent.opened(both.station, who, told["messages"][1]["id"])
    assert orjson.loads(opened["body"]) == straight.sent[0][2]
    assert opened["answer"]["items"][0]["ack_number"] == "SCT-2026-000001"
    with pytest.raises(NotFound):
        sent.opened(both.station, trader(both.station, add_stall(both.station, "B-1", now)), opened["id"])


def test_empty_answers_and_missing_photos_are_refused(both, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    who = trader(both.station, stall)
    with pytest.raises(Invalid):
        cases.reply(both.station, who, case_id, " \n", [], now)
    with pytest.raises(Invalid):
        cases.add_evidence(both.station, who, case_id, [], "", now)


def test_the_stall_reads_its_case_without_an_accusing_word(both, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    told = cases.detail(both.station, trader(both.station, stall), case_id)
    text = orjson.dumps(told).decode().lower()
    for word in ("vi phạm", "hàng giả", "hàng lậu", "không rõ nguồn gốc", "nghi vấn"):
        assert word not in text
    assert told["state_text"] == "Đã gửi"
    assert told["events"][0]["kind"] == "opened"


def test_both_nodes_keep_an_unbroken_audit_chain(both, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    inspecting.take(both.province, officer(both.province), SITE_ID, case_id, now)
    for node in (both.station, both.province):
        with node.db.read() as session:
            assert audit.verify(session, node.id).ok
    assert count(both.station, OutboxMessage) == 1
