"""Authorities apart: a case goes to one, the others do not know it is there; who hands it on sees it no longer."""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from pos_trace.core.errors import Conflict, Forbidden, Invalid, NotFound
from pos_trace.services import (
    agencies,
    case_groups,
    case_log,
    cases,
    conclusions,
    enrolment,
    feeds,
    inspecting,
    logging_in,
    notices,
)
from pos_trace.services.node import Ports
from pos_trace.store.models import Case, DeliveryLine
from tests.services.agencies_apart import PASSWORD, case_row, make_town, with_table
from tests.services.case_desk import Straight, sent_case
from tests.services.goods_rows import flagged_line
from tests.services.two_nodes import SITE_ID, Pair, add_stall, as_station, officer, trader


@pytest.fixture
def both(pair, now):
    """Two nodes, the province with several authorities' rules."""
    made = Pair(pair.station, with_table(pair.province))
    return made.with_ports(Ports(department=Straight(made, now)))


@pytest.fixture
def town(both, now):
    return make_town(both.province, now)


def case_of(both, stall, now, group=None):
    """A case of goods of ``group``."""
    made = flagged_line(both.station, stall, now)
    with both.station.write(both.station.machine("t"), now) as tx:
        tx.session.get_one(DeliveryLine, (both.station.id, made["line"])).goods_group = group
    return sent_case(both, stall, made, now)


@pytest.mark.parametrize(
    ("group", "sees", "blind"), [("ca", "syt", ("sct", "qltt", "skhcn", "xa")), (None, "sct", ("syt", "qltt", "skhcn"))]
)
def test_each_authority_sees_its_own_cases_only(both, town, stall, now, group, sees, blind):
    case_id = case_of(both, stall, now, group)
    mine = case_groups.queue(both.province, town.people[sees], None, now)
    assert [case["id"] for case in mine["cases"]] == [case_id]
    assert mine["counts"] == {"received": 1}
    for kind in blind:
        who = town.people[kind]
        told = case_groups.queue(both.province, who, None, now)
        assert (told["cases"], told["counts"], told["total"]) == ([], {}, 0)
        assert case_groups.grouped(both.province, who, "supplier", now)["groups"] == []
        for act in (
            lambda who=who: inspecting.look(both.province, who, SITE_ID, case_id, "", now),
            lambda who=who: inspecting.take(both.province, who, SITE_ID, case_id, now),
            lambda who=who: inspecting.looks(both.province, who, SITE_ID, case_id, now),
            lambda who=who: inspecting.file(both.province, who, SITE_ID, case_id, 1, now),
            lambda who=who: inspecting.note(both.province, who, SITE_ID, case_id, "ghi", now),
            lambda who=who: notices.text(both.province, who, SITE_ID, case_id, now),
        ):
            with pytest.raises(NotFound):
                act()
    assert case_groups.counts(both.province, now)["waiting"] == 1


def test_a_key_without_an_authority_acts_for_the_department(both, town, stall, now):
    fish, other = case_of(both, stall, now, "ca"), case_of(both, stall, now)
    told = case_groups.queue(both.province, officer(both.province), None, now)
    assert [case["id"] for case in told["cases"]] == [other]
    with pytest.raises(NotFound):
        inspecting.look(both.province, officer(both.province), SITE_ID, fish, "", now)


def test_goods_plate_and_authority_are_kept_and_the_stall_reads_the_authoritys_name(both, town, stall, now):
    case_id = case_of(both, stall, now, "ca")
    row = case_row(both.province, case_id)
    assert (row.goods_group, row.vehicle_plate, row.agency_id) == ("ca", "76C-012.34", town.agencies["syt"])
    desk = town.people["syt"]
    inspecting.take(both.province, desk, SITE_ID, case_id, now)
    told = {"outcome": "complies", "origin_finding": "undetermined", "reason": "chưa đủ giấy"}
    conclusions.conclude(both.province, desk, SITE_ID, case_id, told, now)
    assert take_in(both, now) == case_id
    at_stall = cases.detail(both.station, trader(both.station, stall), case_id)
    assert at_stall["department"] == "Cơ quan syt"
    assert at_stall["events"][-1]["text"] == "Cơ quan syt đề nghị tạm để riêng"


def take_in(both, now):
    """The station takes the province's events in; answers the case of the last."""
    told = feeds.case_events(both.province, as_station(), 0, 100)

    with both.station.write(both.station.machine("t"), now) as tx:
        for event in told["events"]:
            case = tx.session.get_one(Case, (SITE_ID, event["case_id"]))
            case_log.store(tx, case, case_log.read(event))
    return told["events"][-1]["case_id"]


def test_a_commune_reads_every_case_of_its_area_and_decides_on_none(both, town, stall, now):
    case_id = case_of(both, stall, now)
    far = case_of(both, add_stall(both.station, "X-9", now), now)
    with both.province.write(both.province.machine("t"), now) as tx:
        enrolment.upsert_stall(tx, SITE_ID, {"id": stall, "commune": "Phường Kon Tum"})
    who = town.people["xa"]
    assert [case["id"] for case in case_groups.queue(both.province, who, None, now)["cases"]] == [case_id]
    looked = inspecting.look(both.province, who, SITE_ID, case_id, "", now)
    assert looked["next_steps"] == []
    with pytest.raises(Forbidden):
        inspecting.take(both.province, who, SITE_ID, case_id, now)
    with pytest.raises(NotFound):
        inspecting.look(both.province, who, SITE_ID, far, "", now)
    with both.province.write(both.province.machine("t"), now) as tx:  # what names its teller is not the commune's
        tx.session.get_one(Case, (SITE_ID, case_id)).origin = "person"
    assert case_groups.queue(both.province, who, None, now)["cases"] == []
    with pytest.raises(NotFound):
        inspecting.look(both.province, who, SITE_ID, case_id, "", now)


def test_a_case_handed_to_another_authority_is_its_from_then_on(both, town, stall, now):
    case_id = case_of(both, stall, now)
    first, second = town.people["sct"], town.people["qltt"]
    inspecting.take(both.province, first, SITE_ID, case_id, now)
    assert [one["id"] for one in agencies.others(both.province, first, now)] == [
        town.agencies[kind] for kind in ("qltt", "syt", "xa")
    ]
    with pytest.raises(Invalid):
        inspecting.transfer(both.province, first, SITE_ID, case_id, town.agencies["sct"], "của mình", now)
    told = inspecting.transfer(both.province, first, SITE_ID, case_id, town.agencies["qltt"], "địa bàn", now)
    assert (told["state"], told["agency"], told["next_steps"]) == ("transferred", "Cơ quan qltt (mẫu)", [])
    with pytest.raises(NotFound):
        inspecting.look(both.province, first, SITE_ID, case_id, "", now)
    waiting = case_groups.queue(both.province, second, None, now)["cases"]
    assert [(case["id"], case["unattended"], bool(case["due_on"])) for case in waiting] == [(case_id, True, True)]
    assert inspecting.take(both.province, second, SITE_ID, case_id, now)["state"] == "taken"


def test_a_case_handed_outside_is_at_its_end_here(both, town, stall, now):
    case_id = case_of(both, stall, now)
    desk = town.people["sct"]
    inspecting.transfer(both.province, desk, SITE_ID, case_id, "Công an (mẫu)", "ngoài thẩm quyền", now)
    assert case_groups.queue(both.province, desk, None, now)["cases"] == []
    with pytest.raises(Conflict):
        inspecting.take(both.province, desk, SITE_ID, case_id, now)
    assert inspecting.reopen(both.province, desk, SITE_ID, case_id, "gửi lại", now)["state"] == "taken"


def test_a_colleague_gets_the_case_and_a_stranger_cannot(both, town, stall, now):
    case_id = case_of(both, stall, now)
    lan, minh = town.people["sct"], town.person("minh", "sct", now)
    inspecting.take(both.province, lan, SITE_ID, case_id, now)
    told = inspecting.reassign(both.province, lan, SITE_ID, case_id, minh.id, now)
    assert (told["assigned_to"], told["assigned_name"], told["taken_by"]) == (minh.id, "minh (mẫu)", f"user:{minh.id}")
    assert {one["id"] for one in told["colleagues"]} == {lan.id, minh.id}
    for stranger in (town.people["syt"].id, "nobody"):
        with pytest.raises(Invalid):
            inspecting.reassign(both.province, lan, SITE_ID, case_id, stranger, now)


def test_a_case_whose_officer_is_away_shows_as_attended_by_nobody(both, town, stall, now):
    case_id = case_of(both, stall, now)
    lan, minh = town.people["sct"], town.person("minh", "sct", now)
    logging_in.log_in(both.province, "sct", PASSWORD, None, now)
    inspecting.take(both.province, lan, SITE_ID, case_id, now)

    def seen(at):
        cases_ = case_groups.queue(both.province, minh, None, at, mine=True)["cases"]
        return [case["unattended"] for case in cases_]

    assert seen(now + timedelta(hours=20)) == []  # Wednesday; Thursday is one working day
    assert seen(now + timedelta(days=2)) == [True]
    assert [case["id"] for case in case_groups.queue(both.province, lan, None, now, mine=True)["cases"]] == [case_id]


@pytest.mark.parametrize(("kind", "may"), [("sct", True), ("skhcn", False)])
def test_who_sees_counts_only_has_no_officer_of_lots_and_recalls(both, town, now, kind, may):
    admin = town.person("quan-tri", kind, now, ("agency_admin",))
    with nullcontext() if may else pytest.raises(Invalid, match="số liệu tổng hợp"):
        agencies.add(both.province, admin, "hoa", "Hoa (mẫu)", "mat-khau-dai", ["records_officer"], now)
    assert agencies.add(both.province, admin, "mai", "Mai (mẫu)", "mat-khau-dai", ["inspector"], now)["login"] == "mai"


def test_an_administrator_adds_and_ends_people_of_the_own_authority_only(both, town, stall, now):
    admin = town.person("quan-tri", "syt", now, ("agency_admin",))
    made = agencies.add(both.province, admin, "hoa", "Hoa (mẫu)", "mat-khau-dai", ["inspector"], now)
    told = agencies.listed(both.province, admin, now)
    assert (told["agency"]["kind"], told["agency"]["sees"]) == ("syt", "cases")
    assert [one["login"] for one in told["people"]] == ["hoa", "quan-tri", "syt"]
    assert agencies.called(both.province, admin, now) == "Cơ quan syt (mẫu)"
    with pytest.raises(NotFound):
        agencies.end(both.province, admin, town.people["sct"].id, now)
    with pytest.raises(Forbidden):
        agencies.end(both.province, admin, admin.id, now)
    agencies.end(both.province, admin, made["id"], now)
    people = {one["login"]: one for one in agencies.listed(both.province, admin, now)["people"]}
    assert (people["hoa"]["active"], people["hoa"]["roles"]) == (False, [])
    for login, name, roles, error in (
        ("hoa", "Hoa", ["inspector"], Conflict),
        (" ", "Hoa", ["inspector"], Invalid),
        ("mai", "Mai", [], Invalid),
        ("mai", "Mai", ["owner"], Invalid),
    ):
        with pytest.raises(error):
            agencies.add(both.province, admin, login, name, "mat-khau-dai", roles, now)


def test_without_an_authority_nobody_can_be_added(both, now):
    with pytest.raises(Conflict):
        agencies.add(both.province, officer(both.province), "a", "A", "mat-khau-dai", ["inspector"], now)
    assert agencies.listed(both.province, officer(both.province), now) == {"agency": None, "people": []}
    assert agencies.called(both.province, officer(both.province), now) == "Sở Công Thương"
