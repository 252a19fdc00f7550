"""The one-write rule for the office, the first days, suppliers, slips to other stalls, papers promised and trust."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from pos_trace.core.stall_rows import StallRow
from pos_trace.services import (
    accounts,
    arrivals,
    broadcast,
    desk_checks,
    devices,
    enrolling_stalls,
    first_day,
    gate_log,
    own_book,
    places,
    practice,
    presenting,
    quiet_hours,
    recalls,
    receiving,
    reminders,
    sent,
    staff,
    stall_cards,
    starter,
    suppliers,
    transfer_answers,
    transfers,
)
from pos_trace.services.node import Actor
from pos_trace.services.transfer_buyers import BuyerIn
from pos_trace.services.transfers import LineIn
from pos_trace.store.models import Device, OutboxMessage, Party
from tests.services.night import FISH
from tests.services.test_one_write import Stage, stage
from tests.services.two_nodes import officer

__all__ = ["stage"]
Verbs = dict[str, tuple[int, Any]]


@pytest.fixture
def office(stage: Stage) -> Actor:
    """The market's office; one recall is in force."""
    night = stage.night
    province = night.pair.province
    recalls.issue(province, officer(province), {"keys": [FISH], "reason": "mẫu", "recall_id": "TH-7"}, night.now)
    night.pull()
    return night.node.machine("office")


def of_office(stage: Stage, office: Actor) -> Verbs:
    """Enrolling, practice, gate log, broadcast."""
    node, now = stage.night.node, stage.night.now + timedelta(minutes=1)
    row = StallRow(2, "C-01", "Cá Chị Ba", "Ba", None, "phường Kon Tum", ("ca",), "MẪU-0001", None, 1)
    later = now.date() + timedelta(days=5)
    places.set_site(node, office, "Chợ (mẫu)", "market", None, "", now)
    entry = gate_log.add(node, office, now, number="A-12")["id"]
    return {
        "enrol": (1, lambda: enrolling_stalls.enrol(node, office, (row,), now)),
        "enrol again": (1, lambda: enrolling_stalls.enrol(node, office, (row,), now)),
        "reset pin": (1, lambda: enrolling_stalls.reset_pin(node, office, "C-01", now)),
        "cards": (1, lambda: enrolling_stalls.cards(node, office, None, now)),
        "quiet hours": (0, lambda: quiet_hours.told(node)),
        "other quiet hours": (1, lambda: quiet_hours.set_hours(node, office, time(10), time(12), now)),
        "practice": (1, lambda: practice.set_until(node, office, "C-01", later, now)),
        "nobody's practice ends": (0, lambda: practice.due(node, now)),
        "gate": (1, lambda: gate_log.add(node, office, now, number="A-12", plate="82C-012.34")),
        "strike": (1, lambda: gate_log.cancel(node, office, entry, now)),
        "log": (0, lambda: gate_log.listed(node, now)),
        "open stalls": (1, lambda: gate_log.set_open(node, office, {"A-12": True, "E-01": False}, now)),
        "recalls": (0, lambda: broadcast.in_force(node)),
        "notice": (0, lambda: broadcast.detail(node, "TH-7")),
        "read aloud": (1, lambda: broadcast.read_aloud(node, office, "TH-7", now)),
        "print notice": (1, lambda: broadcast.print_notice(node, office, "TH-7", now)),
    }


def of_stall(stage: Stage) -> Verbs:
    """First days, suppliers, slips, papers promised."""
    night = stage.night
    node, who, now = night.node, night.who(), night.now + timedelta(minutes=1)
    lot = stage.old["lot_id"]
    told = (LineIn("1", "kg", lot),)
    to = BuyerIn(stall_number="E-01")
    waiting, other = (transfers.send(node, who, "sale", to, told, "", now)["id"] for _ in range(2))
    with node.db.read() as session:
        first = session.query(Party.id).filter_by(stall_id=who.stall_id).order_by(Party.id).first()
    assert first is not None
    flag = receiving.flags(node, who, now)["flags"][0]["id"]
    incoming = transfers.listed(node, night.who("E-01"), "in")["transfers"][0]["id"]
    return {
        "starter": (0, lambda: starter.offered(node, who)),
        "take goods": (1, lambda: starter.take(node, who, [], ["Cải thảo"], now)),
        "first day": (0, lambda: first_day.steps(node, who, now)),
        "first goods": (0, lambda: first_day.goods(node, who, now)),
        "print test": (1, lambda: first_day.print_test(node, who, now)),
        "print sheet": (1, lambda: first_day.print_sheet(node, who, now)),
        "sheet": (0, lambda: first_day.sheet_of_stall(node, who)),
        "suppliers": (0, lambda: suppliers.listed(node, who)),
        "call supplier": (1, lambda: suppliers.change(node, who, str(first[0]), "HTX 2 (mẫu)", "Ba xe cam", now)),
        "arrivals": (0, lambda: arrivals.listed(node, who, now)),
        "reminders": (0, lambda: reminders.listed(node, who, now)),
        "later": (1, lambda: reminders.later(node, who, flag, None, now)),
        "send slip": (1, lambda: transfers.send(node, who, "sale", to, told, "", now)),
        "slips": (0, lambda: transfers.listed(node, who)),
        "slip": (0, lambda: transfers.detail(node, who, waiting)),
        "accept slip": (1, lambda: transfer_answers.accept(node, night.who("E-01"), incoming, (), now)),
        "cancel slip": (1, lambda: _cancel_open(stage, (waiting, other))),
        "desk checks": (0, lambda: desk_checks.listed(node, who, now)),
    }


def _cancel_open(stage: Stage, slips: tuple[str, ...]) -> None:
    """The one of two slips that was not accepted."""
    node, who, now = stage.night.node, stage.night.who(), stage.night.now + timedelta(minutes=2)
    states = {one: transfers.detail(node, who, one)["state"] for one in slips}
    transfer_answers.cancel(node, who, next(one for one in slips if states[one] == "sent"), "nhầm", now)


def of_owner(stage: Stage) -> Verbs:
    """Phones, people, what was sent, books, the stall's card."""
    night = stage.night
    node, now = night.node, night.now + timedelta(minutes=1)
    admin = node.machine("setup")
    code = places.device_code(node, admin, night.stalls["A-12"], now)["code"]
    accounts.enrol_device(node, code, "Máy", now)
    with node.db.read() as session:
        device, message = session.query(Device.id).scalar(), session.query(OutboxMessage.id).first()
    assert message is not None
    who = night.who()
    person = staff.add(node, who, "Ba", ["receiver"], "2468", now)["id"]
    return {
        "heartbeat": (1, lambda: devices.heartbeat(node, replace(who, device_id=device), 2, now, now)),
        "phones": (0, lambda: devices.listed(node, who, now)),
        "card": (1, lambda: devices.card(node, who, now)),
        "lock": (1, lambda: devices.lock(node, who, device, now)),
        "people": (0, lambda: staff.listed(node, who, now)),
        "add person": (1, lambda: staff.add(node, who, "Tư", ["cashier"], "1357", now)),
        "new pin": (1, lambda: staff.new_pin(node, who, person, "9753", now)),
        "end person": (1, lambda: staff.end(node, who, person, now)),
        "sent": (0, lambda: sent.opened(node, who, str(message[0]))),
        "sent body": (0, lambda: sent.body(node, who, str(message[0]))),
        "own book": (1, lambda: own_book.written(node, who, now)),
        "shown": (0, lambda: presenting.listed(node, who)),
        "stall card": (0, lambda: stall_cards.told(node, who)),
        "open card": (1, lambda: stall_cards.switch(node, who, True, False, now)),
        "print card": (1, lambda: stall_cards.print_card(node, who, now)),
    }


def counted(stage: Stage, verbs: Verbs) -> None:
    for name, (most, verb) in verbs.items():
        before = stage.counting.opened
        verb()
        assert stage.counting.opened - before == most, name
        assert not stage.counting.in_write(), name


def test_the_offices_verbs_write_once(stage: Stage, office: Actor) -> None:
    counted(stage, of_office(stage, office))


def test_the_verbs_of_first_days_suppliers_and_slips_write_once(stage: Stage) -> None:
    counted(stage, of_stall(stage))


def test_the_owners_verbs_write_once(stage: Stage) -> None:
    counted(stage, of_owner(stage))
