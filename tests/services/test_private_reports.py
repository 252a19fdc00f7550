"""Phản ánh riêng: it reaches the province whole, and nothing at the market says what it was or whose."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import inspect, select, text

from pos_trace.core.errors import Conflict, Forbidden, Invalid
from pos_trace.core.ports import Delivered
from pos_trace.services import (
    access_log,
    case_groups,
    case_intake,
    desk_feedback,
    feeds,
    inspecting,
    own_book,
    private_intake,
    private_reports,
    sent,
)
from pos_trace.services import outbox as outgoing
from pos_trace.services.node import Actor, Node, Once
from pos_trace.store.idempotency import Replay
from pos_trace.store.models import AccessEntry, AuditEntry, Case, OutboxMessage, ReporterIdentity
from tests.services.case_desk import count, one
from tests.services.night import Night
from tests.services.two_nodes import as_station, officer

WORDS = "Cân ở sạp bên thiếu nửa ký mỗi rổ, tôi thấy ba đêm liền"
NAME, PHONE = "Y Lan Hương", "0905 000 111"


class Straight:
    """The province's verb, called directly; keeps what came. ``state``: how the line is."""

    def __init__(self, night: Night, state: str = "done") -> None:
        self.night, self.state, self.came = night, state, []

    def send(self, kind: str, event_id: str, body: bytes) -> Delivered:
        assert not self.night.node.db.in_write()
        self.came.append((kind, body))
        if self.state != "done":
            return Delivered(self.state, "422" if self.state == "dead" else "")
        told = private_intake.take(self.night.pair.province, as_station(), orjson.loads(body), self.night.now)
        return Delivered("done", "200", told)


def receiver(night: Night) -> Actor:
    """A person who receives for the stall and is not its owner."""
    return replace(night.who(), id="receiver-1", name=NAME, permissions=frozenset({"receive", "tell"}))


def tell(night: Night, words: str = WORDS, *, who: Actor | None = None) -> dict[str, Any]:
    return private_reports.tell(night.node, who or receiver(night), words, NAME, PHONE, True, night.now)


def deliver(night: Night, state: str = "done") -> tuple[Node, Straight]:
    line = Straight(night, state)
    node = replace(night.node, ports=replace(night.node.ports, department=line))
    outgoing.deliver_due(node, night.now)
    return node, line


def everything(node: Node) -> str:
    """Every cell of every table of a node, as text."""
    found = []
    with node.db.read() as session:
        for table in sorted(inspect(session.connection()).get_table_names()):
            for row in session.execute(text(f'SELECT * FROM "{table}"')):
                cells = [bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]
                found += [cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell) for cell in cells]
    return "\n".join(found)


def what_the_owner_reads(node: Node, owner: Actor) -> str:
    """What "Dữ liệu nào đã gửi đi", "Ai đã xem" and "Tải sổ của tôi" say."""
    with own_book.reading(node, owner) as sheets:
        book = [[str(cell) for cell in row] for sheet in sheets for row in sheet.rows]
    return f"{sent.listed(node, owner)}{access_log.listed(node, owner)}{book}"


def test_it_opens_a_case_of_a_person_at_the_province_and_who_told_lies_apart(night: Night) -> None:
    assert tell(night)["state"] == "waiting"
    deliver(night)
    province = night.pair.province
    case = one(province, Case)
    assert (case.origin, case.reason, case.stall_id) == ("person", "private_report", night.stalls["A-12"])
    assert case.ack_number
    seen = inspecting.look(province, officer(province), case.site_id, case.id, "", night.now)
    assert seen["events"][0]["body"]["text"] == WORDS
    assert (seen["origin_text"], seen["reason_text"], seen["lines"]) == ("Phản ánh riêng", "Phản ánh riêng", [])
    assert NAME not in str(seen)
    assert PHONE not in str(seen)
    assert "receiver-1" not in str(seen)
    vault = one(province, ReporterIdentity)
    assert (vault.name, vault.contact, vault.consent) == (NAME, PHONE, private_reports.CONSENT)


def test_only_the_inspector_who_has_the_case_may_look_who_told_and_each_look_is_logged(night: Night) -> None:
    tell(night)
    deliver(night)
    province, lan = night.pair.province, officer(night.pair.province)
    case = one(province, Case)

    def look() -> dict[str, Any]:
        return desk_feedback.reporter(province, lan, "case", case.id, case.site_id, "Gọi hỏi thêm", night.now)

    with pytest.raises(Forbidden):
        look()
    inspecting.take(province, lan, case.site_id, case.id, night.now)
    assert look() == {"name": NAME, "contact": PHONE, "consent": private_reports.CONSENT}
    assert one(province, AccessEntry, AccessEntry.subject == "reporter").ground == "Gọi hỏi thêm"


def test_before_it_left_nobody_at_the_market_can_open_it(night: Night) -> None:
    tell(night)
    node, owner = night.node, night.who()
    assert not [word for word in (WORDS, NAME, PHONE, "receiver-1") if word in what_the_owner_reads(node, owner)]
    message = one(node, OutboxMessage)
    assert message.stall_id is None
    for read in (sent.opened, sent.body):
        with pytest.raises(Exception, match="Không tìm thấy"):
            read(node, owner, message.id)
    with node.db.read() as session:
        audits = [f"{row.actor}{row.subject}{row.body}{row.stall_id}" for row in session.scalars(select(AuditEntry))]
    assert not [row for row in audits if NAME in row or WORDS in row or "receiver-1" in row]


def test_once_it_left_no_table_of_the_station_holds_a_word_of_it_or_who_wrote_it(night: Night) -> None:
    key = Once("a-key-of-the-phone", "user:receiver-1", "/api/v1/private-reports", "0" * 64)
    tell(night, who=replace(receiver(night), once=key))
    assert WORDS in everything(night.node)
    deliver(night)
    kept = everything(night.node)
    assert not [word for word in (WORDS, NAME, PHONE, "receiver-1", "a-key-of-the-phone") if word in kept]
    assert one(night.node, OutboxMessage).state == "done"


def test_the_owner_sees_that_one_left_the_market_on_a_day_and_nothing_more(night: Night) -> None:
    tell(night)
    told = sent.listed(night.node, night.who())
    assert told["messages"] == []
    assert [set(row) for row in told["market"]] == [{"kind", "kind_text", "plain", "state_text", "day"}]
    assert told["market"][0]["plain"] == "Một phản ánh riêng"
    assert sent.listed(night.node, night.who("E-01"))["market"] == told["market"]


def test_the_station_is_told_nothing_of_the_case_afterwards(night: Night) -> None:
    tell(night)
    deliver(night)
    province, lan, station = night.pair.province, officer(night.pair.province), as_station()
    case = one(province, Case)
    inspecting.look(province, lan, case.site_id, case.id, "", night.now)
    inspecting.take(province, lan, case.site_id, case.id, night.now)
    assert feeds.case_events(province, station, 0, 500)["events"] == []
    assert access_log.feed(province, station, 0, 500)["entries"] == []
    assert one(province, AccessEntry, AccessEntry.subject == "case").stall_id is None
    with pytest.raises(Conflict) as refused:
        inspecting.ask_papers(province, lan, case.site_id, case.id, "Gửi bảng kê", night.now)
    assert refused.value.code == "private"
    whole = {"text": "Gửi bảng kê"}, [{"site_id": case.site_id, "case_id": case.id}]
    assert case_groups.act(province, lan, "ask", *whole, night.now)["refused"] == 1
    seen = inspecting.look(province, lan, case.site_id, case.id, "", night.now)
    assert "papers_asked" not in seen["next_steps"]


def test_the_same_message_twice_is_one_case_and_one_teller(night: Night) -> None:
    tell(night)
    _, line = deliver(night)
    told = orjson.loads(line.came[0][1])
    province = night.pair.province
    assert private_intake.take(province, as_station(), told, night.now) == {"result": "duplicate"}
    assert (count(province, Case), count(province, ReporterIdentity)) == (1, 1)


def test_the_same_press_twice_is_one_report(night: Night) -> None:
    key = Once("k1", "user:receiver-1", "/api/v1/private-reports", "0" * 64)
    who = replace(receiver(night), once=key)
    tell(night, who=who)
    with pytest.raises(Replay):
        tell(night, who=who)
    with pytest.raises(Invalid):
        tell(night, who=replace(who, once=replace(key, body_sha256="1" * 64)))
    tell(night, who=replace(who, once=replace(key, caller="user:another")))
    assert count(night.node, OutboxMessage) == 2


@pytest.mark.parametrize(("state", "kept"), [("dead", False), ("retry", True), ("parked", True)])
def test_what_the_province_refuses_for_good_is_wiped_and_what_waits_is_kept(
    night: Night, state: str, kept: bool
) -> None:
    tell(night)
    deliver(night, state)
    assert (WORDS in everything(night.node)) is kept


def test_what_is_given_up_after_weeks_is_wiped_too(night: Night) -> None:
    tell(night)
    with night.node.write(night.node.machine("t"), night.now) as tx:
        row = tx.session.scalars(select(OutboxMessage)).one()
        row.attempts, row.created_at = 30, night.now - timedelta(days=30)
    deliver(night, "retry")
    assert one(night.node, OutboxMessage).state == "dead"
    assert WORDS not in everything(night.node)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (("", "", "", False), "text_missing"),
        ((" \n ", "", "", False), "text_missing"),
        (("x" * 2001, "", "", False), "text_too_long"),
        (("x", NAME, "", False), "consent_missing"),
        (("x", "", PHONE, False), "consent_missing"),
        (("x", "n" * 201, "", True), "name_too_long"),
        (("x", "", "9" * 201, True), "contact_too_long"),
    ],
)
def test_what_cannot_be_sent_is_said_and_nothing_is_written(night: Night, told: tuple[Any, ...], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        private_reports.tell(night.node, receiver(night), *told, night.now)
    assert refused.value.code == code
    assert count(night.node, OutboxMessage) == 0


def test_without_a_name_nothing_lies_in_the_vault(night: Night) -> None:
    private_reports.tell(night.node, receiver(night), "x" * 2000, "", "", False, night.now)
    deliver(night)
    assert (count(night.pair.province, Case), count(night.pair.province, ReporterIdentity)) == (1, 0)


def test_the_province_takes_only_what_opens_a_case_of_a_person_and_only_by_this_way(night: Night) -> None:
    tell(night)
    _, line = deliver(night, "retry")
    told = orjson.loads(line.came[0][1])
    province, event = night.pair.province, told["event"]
    wrong = [
        told | {"event": event | {"kind": "replied"}},
        told | {"event": event | {"body": event["body"] | {"origin": "automatic"}}},
        told | {"event": event | {"body": event["body"] | {"text": None}}},
        told | {"event": event | {"sha256": "0" * 64}},
    ]
    for one_told in wrong:
        with pytest.raises(Invalid):
            private_intake.take(province, as_station(), one_told, night.now)
    items = case_intake.take_events(province, as_station(), [event], night.now)["items"]
    assert (items[0]["result"], items[0]["reasons"], items[0]["ack_number"]) == ("rejected", ["wrong_origin"], None)
    assert count(province, Case) == 0
    private_intake.take(province, as_station(), told, night.now)
    more = event | {"kind": "withdrawn", "seq": 2, "body": {}}
    assert case_intake.take_events(province, as_station(), [more], night.now)["items"][0]["reasons"] == ["wrong_origin"]
