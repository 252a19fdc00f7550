"""Whose PIN is whose: the office's opens only the way to one's own, no owner opens another stall's door with one."""

from dataclasses import replace
from typing import Any

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound, Unauthorised
from pos_trace.services import (
    access_log,
    accounts,
    agencies,
    enrolling_stalls,
    logging_in,
    people,
    places,
    screen_lock,
    staff,
    step_up,
)
from pos_trace.services.node import Once
from pos_trace.store.idempotency import Replay
from pos_trace.store.models import AuditEntry, IdempotencyKey, Membership, User
from tests.services.night import SUSPENDED, Night
from tests.services.two_nodes import officer

PIN = "2468"


@pytest.fixture
def phone(night: Night) -> str:
    """A phone of A-12, where Hoa is the owner and Tư sells; Tư sells at E-01 too."""
    admin = night.node.machine("t")
    places.add_person(night.node, admin, "hoa", "Hoa (mẫu)", PIN, ["owner"], night.stalls["A-12"], night.now)
    places.add_person(night.node, admin, "tu", "Tư (mẫu)", PIN, ["cashier"], night.stalls["A-12"], night.now)
    with night.node.write(admin, night.now) as tx:
        row = Membership(site_id=night.node.id, id=tx.id(), created_at=night.now, user_id=_id(night, "tu"))
        row.role, row.stall_id = "cashier", night.stalls["E-01"]
        tx.session.add(row)
    code = places.device_code(night.node, admin, night.stalls["A-12"], night.now)["code"]
    return str(accounts.enrol_device(night.node, code, "Máy", night.now)["device_token"])


def _id(night: Night, login: str) -> str:
    with night.node.db.read() as session:
        return str(session.query(User).filter_by(login=login).one().id)


def enter(night: Night, phone: str, pin: str, new: str | None = None, login: str = "hoa", **at: float) -> Any:
    return screen_lock.enter(night.node, login, pin, phone, None, night.later(**at), new)


def reset(night: Night, number: str = "A-12", login: str | None = None, once: Once | None = None) -> Any:
    office = replace(night.node.machine("office"), kind="user", id="bql", name="Lan (ban quản lý)", once=once)
    return enrolling_stalls.reset_pin(night.node, office, number, night.now, login)


def test_a_pin_of_the_office_opens_nothing_but_the_way_to_ones_own(night: Night, phone: str) -> None:
    before = enter(night, phone, PIN)["token"]
    given = reset(night)["pin"]
    assert accounts.actor_of_session(night.node, before, night.now) is None
    with pytest.raises(Unauthorised, match="wrong_login"):
        enter(night, phone, PIN)
    with pytest.raises(Unauthorised, match="pin_to_change"):
        enter(night, phone, given)
    for new, code in (("12", "pin_invalid"), (given, "pin_same")):
        with pytest.raises(Invalid, match=code):
            enter(night, phone, given, new)
    lot = night.receive(SUSPENDED, "5", "gói")["lot_id"]
    with pytest.raises(Unauthorised, match="pin_to_change"):
        step_up.allow(night.node, night.who(), lot, "hoa", given, "khách hẹn", night.now)
    assert enter(night, phone, given, "864200")["name"] == "Hoa (mẫu)"
    with pytest.raises(Unauthorised, match="wrong_login"):
        enter(night, phone, given, "9999")
    assert enter(night, phone, "864200", "7777")["name"] == "Hoa (mẫu)", "one's own is not changed on the way"
    assert enter(night, phone, "864200")["name"] == "Hoa (mẫu)"


def test_a_pin_of_the_office_is_over_after_a_week(night: Night, phone: str) -> None:
    given = reset(night)["pin"]
    with pytest.raises(Unauthorised, match="pin_over"):
        enter(night, phone, given, "864200", days=7)


def test_two_who_have_the_same_given_pin_do_not_both_get_in(
    night: Night, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, check = reset(night)["pin"], people.check_given

    def first_somebody_else(*told: Any) -> bool:
        monkeypatch.setattr(people, "check_given", check)
        enter(night, phone, given, "135700")
        return check(*told)

    monkeypatch.setattr(people, "check_given", first_somebody_else)
    with pytest.raises(Unauthorised, match="wrong_login"):
        enter(night, phone, given, "864200")
    assert enter(night, phone, "135700")["name"] == "Hoa (mẫu)"


def test_the_owner_reads_for_good_who_gave_a_pin_and_a_card(night: Night, phone: str) -> None:
    reset(night)
    enrolling_stalls.cards(night.node, night.node.machine("cli"), ["A-12"], night.now)
    told = access_log.listed(night.node, night.who())["entries"]
    assert sorted((one["who"], one["agency"], one["what"], one["title"]) for one in told) == [
        ("Ban quản lý chợ", "", "Cấp thẻ đăng ký thêm máy của sạp", ""),
        ("Lan (ban quản lý)", "Ban quản lý chợ", "Cấp mã PIN mới", "Hoa (mẫu)"),
    ]
    assert access_log.listed(night.node, night.who("E-01"))["entries"] == []


def test_a_first_card_is_no_news(night: Night) -> None:
    enrolling_stalls.cards(night.node, night.node.machine("cli"), ["A-12"], night.now)
    assert access_log.listed(night.node, night.who())["entries"] == []


def test_an_owner_gives_no_pin_to_somebody_who_works_elsewhere_too_and_the_office_does(
    night: Night, phone: str
) -> None:
    owner = night.who()
    with pytest.raises(Conflict, match="works_elsewhere") as refused:
        staff.new_pin(night.node, owner, _id(night, "tu"), "1111", night.now)
    assert refused.value.detail.endswith("tu.")
    with pytest.raises(NotFound):
        reset(night, "A-12", "nobody")
    given = reset(night, "A-12", "tu")["pin"]
    assert enter(night, phone, given, "864200", "tu")["name"] == "Tư (mẫu)"
    for number in ("A-12", "E-01"):
        assert [one["title"] for one in access_log.listed(night.node, night.who(number))["entries"]] == ["Tư (mẫu)"]
    with night.node.write(night.node.machine("t"), night.now) as tx:
        tx.session.query(Membership).filter_by(stall_id=night.stalls["E-01"]).one().ends_at = night.now
    staff.new_pin(night.node, owner, _id(night, "tu"), "1111", night.now)
    assert enter(night, phone, "1111", login="tu")["name"] == "Tư (mẫu)"


def test_another_pin_ends_the_log_ins_but_not_ones_own(night: Night, phone: str) -> None:
    admin = night.node.machine("t")
    places.add_person(night.node, admin, "ba", "Ba (mẫu)", PIN, ["receiver"], night.stalls["A-12"], night.now)
    ba, hoa = enter(night, phone, PIN, login="ba")["token"], enter(night, phone, PIN)["token"]
    owner = accounts.actor_of_session(night.node, hoa, night.now)
    assert owner is not None
    staff.new_pin(night.node, owner, _id(night, "ba"), "135700", night.now)
    staff.new_pin(night.node, owner, owner.id, "9753", night.now)
    assert accounts.actor_of_session(night.node, ba, night.now) is None
    assert accounts.actor_of_session(night.node, hoa, night.now) is not None


def test_who_owns_the_stall_no_longer_is_no_owner_of_it(night: Night, phone: str) -> None:
    with night.node.write(night.node.machine("t"), night.now) as tx:
        tx.session.query(Membership).filter_by(role="owner").one().ends_at = night.now
    with pytest.raises(NotFound):
        reset(night)
    made = enrolling_stalls.cards(night.node, night.node.machine("t"), ["A-12"], night.now)["cards"]
    assert made[0]["owner"] != "Hoa (mẫu)"


def test_the_same_request_again_shows_the_same_pin_and_the_database_holds_none(night: Night, phone: str) -> None:
    once = Once("k-1", "user:bql", "POST /api/v1/market/stalls/pin", "0" * 64)
    given = reset(night, once=once)["pin"]
    with pytest.raises(Replay) as again:
        reset(night, once=once)
    assert f'"pin":"{given}"'.encode() in again.value.answer
    with night.node.db.read() as session:
        assert given.encode() not in session.query(IdempotencyKey).one().answer
        assert given not in str([row.body for row in session.query(AuditEntry)])
    assert night.count(AuditEntry, AuditEntry.act == "pin_set") == 1
    office = replace(night.node.machine("office"), once=replace(once, route="POST /api/v1/market/stalls/cards"))
    told = enrolling_stalls.cards(night.node, office, ["A-12", "E-01"], night.now)
    with pytest.raises(Replay) as same:
        enrolling_stalls.cards(night.node, office, ["A-12", "E-01"], night.now)
    assert all(card["code"].encode() in same.value.answer for card in told["cards"])


def test_ended_at_one_authority_somebody_goes_on_at_the_other(night: Night) -> None:
    node = night.pair.province
    admin = officer(node)
    ids = [places.add_agency(node, admin, name, "sct", "", night.now)["id"] for name in ("Sở A (mẫu)", "Sở B (mẫu)")]
    for login, roles in (("qt", ["agency_admin"]), ("mai", ["inspector"])):
        places.add_person(node, admin, login, login, "mat-khau-dai", roles, ids[0], night.now)
    with node.db.read() as session:
        mai, qt = (session.query(User).filter_by(login=login).one() for login in ("mai", "qt"))
        boss = accounts.person(session, node, qt, None, None, night.now)
    with node.write(admin, night.now) as tx:
        row = Membership(site_id=node.id, id=tx.id(), created_at=night.now, user_id=mai.id, role="inspector")
        row.agency_id = ids[1]
        tx.session.add(row)
    token = logging_in.log_in(node, "mai", "mat-khau-dai", None, night.now)["token"]
    agencies.end(node, boss, mai.id, night.now)
    assert accounts.actor_of_session(node, token, night.now) is None
    told = {one["login"]: one["active"] for one in agencies.listed(node, boss, night.later(minutes=1))["people"]}
    assert told == {"mai": False, "qt": True}
    assert logging_in.log_in(node, "mai", "mat-khau-dai", None, night.later(minutes=1))["name"] == "mai"
    with pytest.raises(NotFound):
        agencies.end(node, boss, mai.id, night.later(minutes=1))
