"""Held or expired goods are sold because somebody answers for it; recalled goods never."""

from datetime import date, timedelta
from typing import Any

import pytest

from pos_trace.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthorised
from pos_trace.services import checking, places, staff, step_up
from pos_trace.store.models import AuditEntry, StopSale, User
from tests.services.night import FISH, REVOKED, SUSPENDED, Night, asked, laid_out, sell, url

PIN = "2468"


@pytest.fixture
def staffed(night: Night) -> Night:
    """An owner and a cashier at A-12; lots pulled."""
    night.pull()
    for login, role in (("hoa", "owner"), ("lan", "cashier")):
        places.add_person(
            night.node, night.node.machine("t"), login, login.title(), PIN, [role], night.stalls["A-12"], night.now
        )
    return night


def allow(
    night: Night, lot: str, login: str = "hoa", pin: str = PIN, reason: str = "khách quen đã hẹn", **more: Any
) -> dict[str, Any]:
    return step_up.allow(
        night.node, night.who(more.pop("number", "A-12")), lot, login, pin, reason, more.pop("at", night.now)
    )


def checked(night: Night, **told: Any) -> dict[str, Any]:
    found: dict[str, Any] = checking.sellable(night.node, night.who(), [asked(**told)], night.now)["lines"][0]
    return found


def test_a_held_lot_is_sold_when_the_owner_answers_for_it(staffed: Night) -> None:
    lot = staffed.receive(SUSPENDED, "5", "gói")["lot_id"]
    stopped = checked(staffed, lot=lot)
    assert (stopped["sellable"], stopped["override"]) == ("no", [lot])
    told = allow(staffed, lot)
    assert told == {"id": told["id"], "lot": lot, "by": "Hoa"}
    assert checked(staffed, lot=lot, override=told["id"])["sellable"] == "yes"
    sale = sell(staffed, asked(lot=lot, quantity="1", unit="gói", override=told["id"]))
    assert sale["alarms"] == []
    with staffed.node.db.read() as session:
        row = session.get_one(StopSale, (staffed.node.id, told["id"]))
        assert (row.kind, row.sale_id, row.detail["reason"]) == ("override", sale["id"], "khách quen đã hẹn")
        assert session.query(AuditEntry).filter(AuditEntry.act == "held_sold_override").count() == 1


def test_an_expired_lot_sold_by_an_answer_raises_no_alarm(staffed: Night) -> None:
    lot = laid_out(staffed, expiry=date(2026, 11, 26))
    later = staffed.now + timedelta(days=2)
    with staffed.node.write(staffed.node.machine("t"), later) as tx:
        from pos_trace.store.models import StockLot

        row = tx.session.get_one(StockLot, (staffed.node.id, lot))
        row.state, row.state_reason = "blocked", "expired"
    told = allow(staffed, lot, at=later)
    sale = sell(staffed, asked(lot=lot, quantity="1", unit="kg", override=told["id"]), at=later)
    assert sale["alarms"] == []
    with staffed.node.db.read() as session:
        assert session.get_one(StopSale, (staffed.node.id, told["id"])).sale_id == sale["id"]
    loud = sell(staffed, asked(lot=lot, quantity="1", unit="kg"), name="s-2", at=later)
    assert len(loud["alarms"]) == 1


def test_nobody_overrides_a_recall_nor_a_cancelled_code(staffed: Night) -> None:
    fish, cancelled = staffed.receive(FISH, "5", "khay")["lot_id"], staffed.receive(REVOKED, "5", "gói")["lot_id"]
    staffed.recall(FISH)
    with pytest.raises(Conflict, match="recalled_never_sold"):
        allow(staffed, fish)
    with pytest.raises(Conflict, match="not_to_be_allowed"):
        allow(staffed, cancelled)
    with pytest.raises(Conflict, match="not_to_be_allowed"):
        allow(staffed, laid_out(staffed))
    assert checked(staffed, lot=fish)["override"] == []
    assert checked(staffed, barcode=url(FISH))["override"] == []


def test_a_recall_after_the_answer_is_an_alarm_all_the_same(staffed: Night) -> None:
    lot = staffed.receive(SUSPENDED, "5", "gói")["lot_id"]
    told = allow(staffed, lot)
    staffed.recall(SUSPENDED)
    assert checked(staffed, lot=lot, override=told["id"])["sellable"] == "no"
    assert len(sell(staffed, asked(lot=lot, quantity="1", unit="gói", override=told["id"]))["alarms"]) == 1


def test_an_answer_counts_for_its_lot_its_stall_and_its_day(staffed: Night) -> None:
    lot = staffed.receive(SUSPENDED, "5", "gói")["lot_id"]
    told = allow(staffed, lot)
    late = checking.sellable(
        staffed.node, staffed.who(), [asked(lot=lot, override=told["id"])], staffed.later(hours=13)
    )
    assert late["lines"][0]["sellable"] == "no"
    assert checked(staffed, lot=lot, override="x")["sellable"] == "no"


@pytest.mark.parametrize(
    ("told", "error"),
    [({"pin": "1111"}, Unauthorised), ({"login": "ai đó"}, Unauthorised), ({"login": "lan"}, Forbidden),
     ({"reason": " \u200b"}, Invalid), ({"number": "E-01"}, NotFound)],
)  # fmt: skip
def test_who_may_not_answer_changes_nothing(staffed: Night, told: dict[str, str], error: type[Exception]) -> None:
    lot = staffed.receive(SUSPENDED, "5", "gói")["lot_id"]
    with pytest.raises(error):
        allow(staffed, lot, **told)
    assert staffed.count(StopSale, StopSale.kind == "override") == 0


def test_wrong_pins_at_the_till_lock_like_those_at_the_log_in(staffed: Night) -> None:
    lot = staffed.receive(SUSPENDED, "5", "gói")["lot_id"]
    for _ in range(5):
        with pytest.raises(Unauthorised):
            allow(staffed, lot, pin="0000")
    with pytest.raises(TooMany):
        allow(staffed, lot)
    assert allow(staffed, lot, at=staffed.later(minutes=1))["by"] == "Hoa"
    with staffed.node.db.read() as session:
        assert session.query(User).filter(User.login == "hoa").one().failures == 0


def test_the_till_lists_who_may_answer_here(staffed: Night) -> None:
    assert step_up.people(staffed.node, staffed.who(), staffed.now) == {"people": [{"login": "hoa", "name": "Hoa"}]}
    assert step_up.people(staffed.node, staffed.who("E-01"), staffed.now) == {"people": []}


def test_a_shift_leader_may_answer_for_it_too(staffed: Night) -> None:
    owner = staffed.who("A-12")
    made = staff.add(staffed.node, owner, "Trưởng Bình", ["shift_leader"], "8642", staffed.now)
    people = step_up.people(staffed.node, owner, staffed.now)["people"]
    (login,) = [one["login"] for one in people if one["name"] == made["name"]]
    lot = staffed.receive(SUSPENDED, "5", "gói")["lot_id"]
    assert allow(staffed, lot, login, "8642")["by"] == "Trưởng Bình"
    told = staff.listed(staffed.node, owner, staffed.now)["people"]
    assert [one["role_words"] for one in told if one["name"] == made["name"]] == ["trưởng ca"]
