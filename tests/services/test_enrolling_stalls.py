"""A market enrolled by the sheet: each stall once, no PIN before the card, cards that open one phone each."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pos_trace.core.errors import NotFound, TooMany, Unauthorised
from pos_trace.core.stall_rows import StallRow
from pos_trace.services import accounts, enrolling_stalls, logging_in
from pos_trace.store.models import AuditEntry, EnrolmentCode, Membership, Organisation, Stall, User
from tests.services.night import Night, on_sqlite

ROWS = (
    StallRow(2, "C-01", "Cá Chị Ba", "Ba", None, "phường Kon Tum", ("ca",), "MẪU-0001", None, 2),
    StallRow(3, "C-02", "Rau A Thanh", "A Thanh", None, "", ("rau",), "MẪU-0001"),
)


def enrol(night: Night, *rows: StallRow, hours: float = 0) -> dict[str, object]:
    return enrolling_stalls.enrol(night.node, night.node.machine("t"), rows or ROWS, night.later(hours=hours))


def cards(night: Night, *numbers: str, **more: object) -> list[dict[str, str]]:
    told = enrolling_stalls.cards(night.node, night.node.machine("t"), numbers or None, night.now, **more)
    found: list[dict[str, str]] = told["cards"]
    return found


def test_a_sheet_makes_stalls_with_owners_practice_and_one_organisation(night: Night) -> None:
    told = enrol(night)
    assert [row["state"] for row in told["stalls"]] == ["mới", "mới"]  # type: ignore[index,attr-defined]
    with night.node.db.read() as session:
        stall = session.query(Stall).filter_by(number="C-01").one()
        today = night.now.astimezone(night.node.zone).date()
        assert (stall.golive_date, stall.practice_until) == (today, today + timedelta(days=14))
        assert stall.settings == {"goods_groups": ["ca"], "devices": 2}
        owner = session.query(User).filter_by(login="chu-c-01").one()
        assert (owner.name, owner.secret_hash) == ("Ba", None)
        assert session.query(Membership).filter_by(user_id=owner.id).one().stall_id == stall.id
    assert night.count(Organisation) == 1


def test_the_same_sheet_again_changes_nothing_and_a_changed_row_is_brought_up_to_date(night: Night) -> None:
    enrol(night)
    users, stalls = night.count(User), night.count(Stall)
    again = enrol(night, hours=1)
    assert [row["state"] for row in again["stalls"]] == ["đã có", "đã có"]  # type: ignore[index,attr-defined]
    changed = replace(ROWS[0], name="Cá Chị Ba 2", groups=(), tax_code=None)
    assert enrol(night, changed)["stalls"][0]["state"] == "đã sửa"
    assert (night.count(User), night.count(Stall)) == (users, stalls)
    with night.node.db.read() as session:
        stall = session.query(Stall).filter_by(number="C-01").one()
        assert (stall.name, stall.settings["goods_groups"]) == ("Cá Chị Ba 2", ["ca"])
        assert stall.organisation_id is not None


def test_a_stall_that_had_no_owner_gets_one_and_a_taken_gln_is_refused(night: Night) -> None:
    told = enrol(
        night,
        StallRow(2, "E-01", "Tạp hóa", "Thanh"),
        StallRow(3, "C-09", "Cá", "Ba", "9521234700036"),
        StallRow(4, "E 01", "Khác", "Thanh 2"),
    )
    assert [(e["line"], e["column"]) for e in told["errors"]] == [(3, "GLN")]  # type: ignore[index,attr-defined]
    with night.node.db.read() as session:
        logins = {row.login: row.name for row in session.query(User)}
    assert logins == {"chu-e-01": "Thanh", "chu-e-01-2": "Thanh 2"}


def test_a_card_opens_one_phone_and_its_pin_lets_the_owner_in(night: Night) -> None:
    enrol(night)
    assert [card["number"] for card in cards(night)] == ["A-12", "C-01", "C-01", "C-02", "E-01"]
    first, second = cards(night, "C-01", reset=True)
    assert (first["number"], first["owner"], second["pin"]) == ("C-01", "Ba", first["pin"])
    device = accounts.enrol_device(night.node, first["code"], "Máy 1", night.now)["device_token"]
    opened = logging_in.log_in(night.node, "chu-c-01", first["pin"], device, night.now, "864200")
    assert opened["roles"] == ["owner"]
    with pytest.raises(NotFound):
        accounts.enrol_device(night.node, first["code"], "Máy 2", night.now)
    with pytest.raises(NotFound):
        accounts.enrol_device(night.node, second["code"], "Máy 2", night.later(days=8))
    with night.node.db.read() as session:
        assert first["pin"] not in str([row.body for row in session.query(AuditEntry)])


def test_stalls_with_a_phone_get_no_card_unless_named_and_keep_their_pin_unless_reset(night: Night) -> None:
    enrol(night)
    made = cards(night, "C-02")
    accounts.enrol_device(night.node, made[0]["code"], "Máy", night.now)
    assert "C-02" not in {card["number"] for card in cards(night)}
    assert cards(night, "C-02")[0]["pin"] is None
    steps: list[tuple[int, int]] = []
    assert cards(night, "C-02", reset=True, step=lambda *at: steps.append(at))[0]["pin"] not in (None, made[0]["pin"])
    assert steps == [(1, 1)]
    with pytest.raises(NotFound, match="stall_unknown"):
        cards(night, "C-02", "Z-99")


def test_a_stall_without_an_owner_gets_one_with_its_card(night: Night) -> None:
    made = cards(night, "A-12")
    assert made[0]["pin"]
    assert night.count(EnrolmentCode) == 1
    assert night.count(User, User.login == "chu-a-12") == 1


def test_a_new_pin_ends_the_old_one_its_log_ins_and_its_lock(night: Night) -> None:
    enrol(night)
    card = cards(night, "C-02")[0]
    device = accounts.enrol_device(night.node, card["code"], "Máy", night.now)["device_token"]
    session = logging_in.log_in(night.node, "chu-c-02", card["pin"], device, night.now, "864200")["token"]
    for _ in range(5):
        with pytest.raises(Unauthorised):
            logging_in.log_in(night.node, "chu-c-02", "0000", device, night.now)
    with pytest.raises(TooMany):
        logging_in.log_in(night.node, "chu-c-02", "864200", device, night.now)
    told = enrolling_stalls.reset_pin(night.node, night.node.machine("t"), "C-02", night.now)
    assert accounts.actor_of_session(night.node, session, night.now) is None
    opened = logging_in.log_in(night.node, "chu-c-02", told["pin"], device, night.now, "975300")
    assert opened["name"] == "A Thanh"
    assert night.count(AuditEntry, AuditEntry.act == "pin_set") == 2


@on_sqlite
@pytest.mark.parametrize("number", ["Z-99", "A-12"])
def test_a_stall_that_is_none_or_has_no_owner_gets_no_pin(night: Night, number: str) -> None:
    with pytest.raises(NotFound):
        enrolling_stalls.reset_pin(night.node, night.node.machine("t"), number, night.now)


def test_a_fresh_pin_is_none_of_those_everybody_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    digits = iter("11112580")
    monkeypatch.setattr(enrolling_stalls.secrets, "choice", lambda _: next(digits))
    assert enrolling_stalls.fresh_pin() == "2580"
