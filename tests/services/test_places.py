"""Setting a place up: site, stalls, tills, printers, agencies, people, keys; each told once, nothing by halves."""

from datetime import date
from typing import Any

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound
from pos_trace.core.roles import PROVINCE_KEY_SCOPES, STALL_KEY_SCOPES
from pos_trace.services import accounts, market, places
from pos_trace.store.models import Agency, Membership, Printer, Site, Stall, Till, User
from tests.services.night import CABBAGE, Night, on_sqlite, with_printer

GLN = "9521234700012"


@pytest.mark.parametrize(
    ("gln", "good"),
    [
        (GLN, True), ("9521234700036", True), ("9521234700013", False), ("952123470001", False),
        ("95212347000120", False), ("952123470001a", False), ("", False), ("９５２１２３４７０００１２", False),
    ],
)  # fmt: skip
def test_a_gln_has_thirteen_digits_and_a_right_check_digit(gln: str, good: bool) -> None:
    assert places.gln_ok(gln) is good


def test_a_site_is_named_and_may_be_named_again(night: Night) -> None:
    node, who = night.node, night.node.machine("t")
    for name in ("Chợ (mẫu)", "Chợ đầu mối (mẫu)\x1b"):
        places.set_site(node, who, name, "market", GLN, "Ban quản lý (mẫu)", night.now, "phường Kon Tum")
    with node.db.read() as session:
        site = session.query(Site).one()
        assert (site.name, site.gln, site.commune) == ("Chợ đầu mối (mẫu)", GLN, "phường Kon Tum")
    with pytest.raises(Invalid, match="gln_invalid"):
        places.set_site(node, who, "x", "market", "123", "", night.now)


@on_sqlite
@pytest.mark.parametrize(
    ("told", "error", "code"),
    [
        ({"number": "A-12"}, Conflict, "stall_exists"),
        ({"number": " "}, Invalid, "stall_incomplete"),
        ({"name": ""}, Invalid, "stall_incomplete"),
        ({"gln": "9521234700013"}, Invalid, "gln_invalid"),
    ],
)
def test_a_stall_that_is_none_is_not_added(
    night: Night, told: dict[str, Any], error: type[Exception], code: str
) -> None:
    whole = {"number": "Z-9", "name": "Sạp", "gln": None} | told
    with pytest.raises(error, match=code):
        places.add_stall(night.node, night.node.machine("t"), **whole, commune="", golive=None, now=night.now)
    assert night.count(Stall) == 2


def test_a_stall_practises_for_the_days_the_rules_say(night: Night) -> None:
    node = night.node
    places.add_stall(node, node.machine("t"), "Z-9", "Sạp", None, "", date(2026, 11, 25), night.now)
    with node.db.read() as session:
        row = session.query(Stall).filter_by(number="Z-9").one()
        assert row.practice_until is not None
        assert (row.practice_until - date(2026, 11, 25)).days == node.policy.clocks.practice_days
    assert places.stall_by_number(node, "Z-9") == {"id": row.id, "number": "Z-9", "name": "Sạp", "gln": None}
    with pytest.raises(NotFound, match="stall_unknown"):
        places.stall_by_number(node, "Z-10")


def test_keys_open_what_they_are_for(night: Night) -> None:
    node, who, stall = night.node, night.node.machine("t"), night.stalls["A-12"]
    till = places.add_till(node, who, stall, "Quầy 1", night.now)
    acting = accounts.actor_of_key(node, till["api_key"], night.now)
    assert (acting.permissions, acting.till, acting.stall) == (frozenset({"sell", "stock"}), till["id"], stall)
    whole = accounts.actor_of_key(node, places.stall_key(node, who, stall, "k", night.now)["api_key"], night.now)
    assert (whole.permissions, whole.till) == (STALL_KEY_SCOPES, None)
    desk = accounts.actor_of_key(node, places.province_key(node, who, "k", night.now)["api_key"], night.now)
    assert (desk.permissions, desk.stall_id) == (PROVINCE_KEY_SCOPES, None)
    assert night.count(Till) == 1


@on_sqlite
@pytest.mark.parametrize(
    ("roles", "secret", "kind", "place"),
    [
        (["receiver", "cashier"], "1234", "pin", "stall"),
        (["owner"], "123456", "pin", "stall"),
        (["operator"], "1234", "pin", "site"),
        (["site_admin"], "mat-khau-dai", "password", "site"),
        (["inspector"], "mat-khau-dai", "password", "agency"),
        (["agency_admin", "records_officer"], "mat-khau-dai", "password", "agency"),
    ],
)
def test_people_get_their_roles_where_they_work(
    night: Night, roles: list[str], secret: str, kind: str, place: str
) -> None:
    node, who = night.node, night.node.machine("t")
    agency = places.add_agency(node, who, "Sở (mẫu)", "sct", "", night.now)["id"]
    where = {"stall": night.stalls["A-12"], "agency": agency, "site": None}[place]
    places.add_person(node, who, "lan", "Lan (mẫu)", secret, roles, where, night.now)
    with node.db.read() as session:
        assert session.query(User).one().secret_kind == kind
        held = session.query(Membership).all()
        assert sorted(row.role for row in held) == sorted(roles)
        expected = {"stall": (where, None), "agency": (None, where), "site": (None, None)}[place]
        assert {(row.stall_id, row.agency_id) for row in held} == {expected}
        assert session.query(Agency).count() == 1
    with pytest.raises(Conflict, match="login_exists"):
        places.add_person(node, who, "lan", "Lan khác", secret, roles, where, night.now)


def test_the_first_administrator_is_added_once(night: Night) -> None:
    for node, role in ((night.node, "site_admin"), (night.pair.province, "agency_admin")):
        places.first_admin(node, "admin", "mat-khau-dai", role, night.now)
        with pytest.raises(Conflict, match="has_people"):
            places.first_admin(node, "admin2", "mat-khau-dai", role, night.now)
        with node.db.read() as session:
            assert [row.role for row in session.query(Membership)] == [role]


def test_the_boards_picture_counts_and_names_no_goods(night: Night, tmp_path: Any) -> None:
    node, who = night.node, night.node.machine("t")
    with_printer(night, tmp_path)
    night.pull()
    night.receive(CABBAGE)
    code = places.device_code(node, who, night.stalls["A-12"], night.now)["code"]
    accounts.enrol_device(node, code, "Máy", night.now)
    told = market.overview(node, night.now)
    by_number = {stall["number"]: stall for stall in told["stalls"]}
    assert (by_number["A-12"]["devices"], by_number["A-12"]["deliveries_today"]) == (1, 1)
    assert (by_number["E-01"]["devices"], by_number["E-01"]["deliveries_today"]) == (0, 0)
    assert [printer["name"] for printer in told["printers"]] == ["Máy in"]
    assert "Cải thảo" not in str(told)
    assert "HTX" not in str(told)
    assert night.count(Printer) == 1
