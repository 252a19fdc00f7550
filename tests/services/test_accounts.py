"""Who may act: PINs on enrolled devices, lock-outs that grow, codes that work once, sessions that end."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from pos_trace.core.errors import Forbidden, Invalid, NotFound, TooMany, Unauthorised
from pos_trace.services import accounts, logging_in, people, places
from pos_trace.services.node import Actor
from pos_trace.store.models import AuditEntry, Device, Membership, Session, User
from tests.services.night import Night, on_sqlite

PIN, PASSWORD = "2468", "mat-khau-dai"


@pytest.fixture
def device(night: Night) -> str:
    """A phone enrolled for A-12, where Hoa is cashier and receiver."""
    admin, stall = night.node.machine("t"), night.stalls["A-12"]
    places.add_person(night.node, admin, "hoa", "Chị Hoa (mẫu)", PIN, ["cashier", "receiver"], stall, night.now)
    return enrolled(night, "A-12")


def enrolled(night: Night, number: str) -> str:
    code = places.device_code(night.node, night.node.machine("t"), night.stalls[number], night.now)["code"]
    return str(accounts.enrol_device(night.node, code, "Máy", night.now)["device_token"])


def enter(night: Night, device: str | None, secret: str = PIN, login: str = "hoa", **later: float) -> dict[str, Any]:
    return logging_in.log_in(night.node, login, secret, device, night.later(**later))


def acting(night: Night, token: str, **later: float) -> Actor | None:
    return accounts.actor_of_session(night.node, token, night.later(**later))


def row(night: Night, model: Any, **where: Any) -> Any:
    with night.node.db.read() as session:
        return session.query(model).filter_by(**where).one()


def change(night: Night, model: Any, **to: Any) -> None:
    with night.node.db.write() as session:
        found = session.query(model).one()
        for name, value in to.items():
            setattr(found, name, value)


def test_a_name_and_a_pin_on_the_stalls_phone_start_a_session(night: Night, device: str) -> None:
    assert accounts.people_of_device(night.node, device)["people"] == [{"login": "hoa", "name": "Chị Hoa (mẫu)"}]
    told = enter(night, device)
    who = acting(night, told["token"])
    assert who is not None
    assert (who.kind, who.name, who.stall_id) == ("user", "Chị Hoa (mẫu)", night.stalls["A-12"])
    assert who.permissions == frozenset({"sell", "stock", "receive", "papers", "tell"})
    assert who.device_id == row(night, Device).id
    assert told["token"] not in str(vars(row(night, Session)))


@pytest.mark.parametrize("case", ["wrong pin", "unknown", "no device", "a stranger's device", "inactive"])
def test_who_is_not_who_they_say_gets_no_session(night: Night, device: str, case: str) -> None:
    login, secret, phone = "hoa", PIN, device
    error: type[Exception] = Unauthorised
    if case == "wrong pin":
        secret = "1357"
    elif case == "unknown":
        login = "ai-do"
    elif case == "no device":
        phone, error = "", Forbidden
    elif case == "a stranger's device":
        phone, error = enrolled(night, "E-01"), Forbidden
    else:
        change(night, User, active=False)
    with pytest.raises(error):
        enter(night, phone or None, secret, login)
    assert night.count(Session) == 0


@on_sqlite
def test_five_wrong_pins_lock_and_each_further_one_doubles_the_wait_up_to_a_quarter_of_an_hour(
    night: Night, device: str
) -> None:
    at, waits = night.now, []
    for attempt in (*range(1, 12), 5000):
        change(night, User, failures=attempt - 1)
        with pytest.raises(Unauthorised):
            logging_in.log_in(night.node, "hoa", "0000", device, at)
        user = row(night, User)
        assert user.failures == attempt
        if user.locked_until is not None:
            waits.append(int((user.locked_until - at).total_seconds()))
            with pytest.raises(TooMany) as locked:
                logging_in.log_in(night.node, "hoa", PIN, device, at)
            assert locked.value.retry_after_s == waits[-1] + 1
            at = user.locked_until
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    told = logging_in.log_in(night.node, "hoa", PIN, device, at)
    assert told["roles"] == ["cashier", "receiver"]
    assert (row(night, User).failures, row(night, User).locked_until) == (0, None)
    assert night.count(AuditEntry, AuditEntry.act == "log_in_failed") == len(waits) + 4


@pytest.mark.parametrize("end", ["time", "log-out", "device", "person", "membership"])
def test_a_session_ends(night: Night, device: str, end: str) -> None:
    token = enter(night, device)["token"]
    late: dict[str, float] = {}
    assert acting(night, token, hours=13, minutes=59) is not None
    if end == "time":
        late = {"hours": 14}
    elif end == "log-out":
        logging_in.log_out(night.node, token, night.now)
        logging_in.log_out(night.node, "unknown", night.now)
    elif end == "device":
        change(night, Device, locked_at=night.now)
        with pytest.raises(Unauthorised):
            accounts.people_of_device(night.node, device)
    elif end == "person":
        change(night, User, active=False)
    else:
        with night.node.db.write() as session:
            session.query(Membership).update({"ends_at": night.now})
    who = acting(night, token, **late)
    assert who is None or who.permissions == frozenset()
    assert (who is None) is (end != "membership")


def test_an_unknown_session_is_nobody(night: Night) -> None:
    assert acting(night, "x") is None


def test_a_code_on_paper_works_once_and_for_three_days(night: Night) -> None:
    admin, stall = night.node.machine("t"), night.stalls["A-12"]
    code = places.device_code(night.node, admin, stall, night.now)["code"]
    assert len(code) == 10
    made = accounts.enrol_device(night.node, f" {code.lower()} ", "Máy\x1b chị Hoa", night.later(days=2, hours=23))
    assert made["device_token"].startswith("ptd_")
    assert row(night, Device).name == "Máy chị Hoa"
    late = places.device_code(night.node, admin, stall, night.now)["code"]
    station = places.station_code(night.node, admin, night.now)["code"]
    for used, days in ((code, 0), (late, 3), (station, 0), ("", 0), ("0000000000", 0)):
        with pytest.raises(NotFound, match="code_unknown"):
            accounts.enrol_device(night.node, used, "x", night.later(days=days))
    assert night.count(Device) == 1


def test_a_device_code_of_no_stall_enrols_nothing(night: Night) -> None:
    with night.node.write(night.node.machine("t"), night.now) as tx:
        code = accounts.new_code(tx, "device", None, timedelta(days=1))
    with pytest.raises(NotFound, match="code_unknown"):
        accounts.enrol_device(night.node, code, "x", night.now)


def test_a_slow_hash_costs_one_round_at_a_log_in_and_none_for_keys_and_sessions(
    night: Night, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds, slow = [], hashlib.scrypt

    def counted(*told: Any, **more: Any) -> bytes:
        rounds.append(1)
        assert not night.node.db.in_write(), "nobody waits for a hash inside the door"
        return slow(*told, **more)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    key = places.stall_key(night.node, night.node.machine("t"), night.stalls["A-12"], "k", night.now)["api_key"]
    accounts.actor_of_key(night.node, key, night.now)
    accounts.actor_of_key(night.node, device, night.now)
    assert rounds == []
    token = enter(night, device)["token"]
    assert len(rounds) == 1
    for _ in range(3):
        assert acting(night, token) is not None
    assert len(rounds) == 1
    with pytest.raises(Unauthorised):
        enter(night, device, login="khong-co")
    assert len(rounds) == 2, "an unknown name costs as much as a known one"


def test_a_copied_database_gives_up_no_pin(night: Night, device: str) -> None:
    stored = row(night, User).secret_hash
    assert PIN not in stored
    assert accounts.secret_matches(PIN, stored, night.node.signing_key)
    assert not accounts.secret_matches(PIN, stored, b"another node's key")
    assert accounts.hash_secret(PIN, b"") != accounts.hash_secret(PIN, b"")
    assert not accounts.secret_matches("", None, b"")


@on_sqlite
@pytest.mark.parametrize(
    "token", ["", "x", "ptk_", "ptk_a_b", "ptk_{prefix}_wrong", "ptd_wrong", "ptx_{prefix}_{secret}"]
)
def test_a_key_that_is_not_ours_opens_nothing(night: Night, token: str) -> None:
    key = places.stall_key(night.node, night.node.machine("t"), night.stalls["A-12"], "k", night.now)["api_key"]
    _, prefix, secret = key.split("_", 2)
    assert accounts.actor_of_key(night.node, key, night.now).stall == night.stalls["A-12"]
    with pytest.raises(Unauthorised):
        accounts.actor_of_key(night.node, token.format(prefix=prefix, secret=secret), night.now)


@on_sqlite
@pytest.mark.parametrize(
    ("kind", "secret", "code"),
    [("pin", "123", "pin_invalid"), ("pin", "1234567", "pin_invalid"), ("pin", "12a4", "pin_invalid"),
     ("pin", "", "pin_invalid"), ("password", "short", "password_short")],
)  # fmt: skip
def test_a_secret_too_short_or_too_odd_is_refused(night: Night, kind: str, secret: str, code: str) -> None:
    with night.node.write(night.node.machine("t"), night.now) as tx, pytest.raises(Invalid, match=code):
        people.add_user(tx, "x", "x", secret, kind, [])


def test_somebody_of_no_stall_has_no_stalls_things(night: Night) -> None:
    admin = night.node.machine("t")
    places.add_person(night.node, admin, "quan-tri", "Quản trị", PASSWORD, ["site_admin"], None, night.now)
    who = acting(night, enter(night, None, PASSWORD, "quan-tri")["token"])
    assert who is not None
    assert who.permissions == frozenset({"operate", "administer"})
    with pytest.raises(Forbidden, match="no_stall"):
        _ = who.stall
