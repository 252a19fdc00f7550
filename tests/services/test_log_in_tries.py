"""Wrong PINs count where they are typed: nobody's tries elsewhere lock the owner out of the own phone."""

from dataclasses import replace
from typing import Any

import pytest

from pos_trace.core.errors import Forbidden, TooMany, Unauthorised
from pos_trace.services import accounts, logging_in, places, staff, step_up
from pos_trace.store.models import AuditEntry, LogInTry
from tests.services.night import SUSPENDED, Night, on_sqlite

PIN = "2468"


@pytest.fixture
def phones(night: Night) -> dict[str, str]:
    """Hoa's own phone, on which she was before; a second one of her stall; a neighbour's."""
    admin = night.node.machine("t")
    places.add_person(night.node, admin, "hoa", "Hoa (mẫu)", PIN, ["owner"], night.stalls["A-12"], night.now)
    places.add_person(night.node, admin, "bay", "Bảy (mẫu)", PIN, ["owner"], night.stalls["E-01"], night.now)
    found = {}
    for name, number in (("own", "A-12"), ("second", "A-12"), ("neighbour", "E-01")):
        code = places.device_code(night.node, admin, night.stalls[number], night.now)["code"]
        found[name] = str(accounts.enrol_device(night.node, code, name, night.now)["device_token"])
    enter(night, found["own"])
    return found


def enter(night: Night, phone: str | None, pin: str = PIN, login: str = "hoa", **later: float) -> dict[str, Any]:
    return logging_in.log_in(night.node, login, pin, phone, night.later(**later))


def locked(night: Night, phone: str, **later: float) -> bool:
    try:
        enter(night, phone, "0000", **later)
    except TooMany:
        return True
    except Unauthorised:
        pass
    return False


def test_a_machine_the_owner_never_used_locks_itself_and_not_her_own_phone(
    night: Night, phones: dict[str, str]
) -> None:
    assert [locked(night, phones["second"]) for _ in range(7)] == [False] * 5 + [True] * 2
    assert enter(night, phones["own"], minutes=0.1)["name"] == "Hoa (mẫu)"
    assert locked(night, phones["second"]), "her own log-in does not open what the stranger locked"
    assert enter(night, phones["second"], minutes=1)["name"] == "Hoa (mẫu)"


def test_her_own_phone_locks_itself_alone(night: Night, phones: dict[str, str]) -> None:
    assert [locked(night, phones["own"]) for _ in range(6)] == [False] * 5 + [True]
    assert enter(night, phones["second"])["name"] == "Hoa (mẫu)"
    assert night.count(LogInTry) == 1
    enter(night, phones["own"], minutes=1)
    assert night.count(LogInTry) == 0, "the right PIN clears"


@pytest.mark.parametrize("pin", [PIN, "0000"])
@pytest.mark.parametrize("phone", ["neighbour", ""])
def test_where_somebody_does_not_work_no_pin_is_looked_at(
    night: Night, phones: dict[str, str], phone: str, pin: str
) -> None:
    for _ in range(6):
        with pytest.raises(Forbidden, match="device_needed"):
            enter(night, phones.get(phone), pin)
    assert enter(night, phones["own"])["name"] == "Hoa (mẫu)"
    assert night.count(AuditEntry, AuditEntry.act == "log_in_failed") == 0


@on_sqlite
def test_in_a_day_a_known_phone_takes_about_a_hundred_tries_and_no_more(night: Night, phones: dict[str, str]) -> None:
    seconds, tries = 0.0, 0
    while seconds < 24 * 3600:
        try:
            enter(night, phones["own"], "0000", seconds=seconds)
        except TooMany as error:
            seconds += error.retry_after_s
        except Unauthorised:
            tries += 1
    assert 100 <= tries <= 105


def test_a_stranger_at_another_stalls_till_guesses_nobodys_pin(night: Night, phones: dict[str, str]) -> None:
    lot = night.receive(SUSPENDED, "5", "gói", "E-01")["lot_id"]
    for _ in range(7):
        with pytest.raises(Unauthorised):
            step_up.allow(night.node, night.who("E-01"), lot, "hoa", "0000", "khách hẹn", night.now)
    assert enter(night, phones["own"])["name"] == "Hoa (mẫu)"


def test_wrong_pins_at_the_till_count_on_that_phone(night: Night, phones: dict[str, str]) -> None:
    lot = night.receive(SUSPENDED, "5", "gói")["lot_id"]
    with night.node.db.read() as session:
        own = accounts.actor_of_device(session, night.node, phones["own"], accounts.WRONG).id
    at_till = replace(night.who(), device_id=own)
    for _ in range(5):
        with pytest.raises(Unauthorised):
            step_up.allow(night.node, at_till, lot, "hoa", "0000", "khách hẹn", night.now)
    with pytest.raises(TooMany):
        enter(night, phones["own"])
    assert enter(night, phones["second"])["name"] == "Hoa (mẫu)"
    staff.new_pin(night.node, night.who(), _id(night, "hoa"), "9753", night.now)
    assert enter(night, phones["own"], "9753")["name"] == "Hoa (mẫu)", "a new PIN clears every count"


def _id(night: Night, login: str) -> str:
    with night.node.db.read() as session:
        return str(session.query(accounts.User).filter_by(login=login).one().id)
