"""What shoppers told is information: read, put into a file by a decision; who told is behind a reason that is kept."""

import pytest

from pos_trace.core.errors import Conflict, Forbidden, Invalid, NotFound
from pos_trace.services import desk_feedback, inspecting
from pos_trace.services.node import Actor
from pos_trace.store.models import AccessEntry, Case, Feedback, ReporterIdentity
from tests.services.agencies_apart import make_town
from tests.services.case_desk import count, one, sent_case
from tests.services.two_nodes import SITE_ID, officer


@pytest.fixture
def told(both, now):
    """One feedback with a name in the vault; answers its id."""
    node = both.province
    with node.write(node.machine("t"), now) as tx:
        row = Feedback(site_id=node.id, id=tx.id(), created_at=now, token="B" * 20, text="Rau héo", stall_name="Sạp A")
        row.state = "new"
        teller = ReporterIdentity(site_id=node.id, id=tx.id(), created_at=now, case_id=row.id, subject="feedback")
        teller.name, teller.contact, teller.consent = "Nguyễn A Thanh", "0900 000 000", "gọi lại"
        tx.session.add_all([row, teller])
        return row.id


def test_it_is_listed_with_the_name_masked_and_read(both, told, now):
    desk = officer(both.province)
    (item,) = desk_feedback.listed(both.province, desk, None, now)["feedback"]
    assert (item["text"], item["state"], item["teller"]) == ("Rau héo", "new", {"name": "N… … T…", "has_contact": True})
    assert desk_feedback.read(both.province, desk, told, now)["state"] == "read"
    assert desk_feedback.read(both.province, desk, told, now)["mine"]
    assert desk_feedback.listed(both.province, desk, "new", now) == {"feedback": [], "unread": 0}
    assert len(desk_feedback.listed(both.province, desk, "made up", now)["feedback"]) == 1
    with pytest.raises(NotFound):
        desk_feedback.read(both.province, desk, "nothing", now)


def test_it_is_never_a_case_but_an_inspector_may_put_it_into_the_file_of_one(both, told, stall, ids, now):
    desk = officer(both.province)
    desk_feedback.read(both.province, desk, told, now)
    assert count(both.province, Case) == 0
    case_id = sent_case(both, stall, ids, now)
    with pytest.raises(NotFound):
        desk_feedback.link(both.province, desk, told, SITE_ID, "nothing", now)
    linked = desk_feedback.link(both.province, desk, told, SITE_ID, case_id, now)
    assert (linked["state"], linked["case"]) == ("linked", {"site_id": SITE_ID, "id": case_id})
    data, _ = inspecting.file(both.province, desk, SITE_ID, case_id, linked["number"], now)
    assert "Rau héo" in data.decode()
    assert "Thanh" not in data.decode()
    assert count(both.province, Case) == 1
    with pytest.raises(Conflict):
        desk_feedback.link(both.province, desk, told, SITE_ID, case_id, now)


def test_who_told_is_for_the_officer_who_follows_it_with_a_reason(both, told, now):
    desk, other = officer(both.province), Actor("user", "other", "Khác (mẫu)", both.province.id)
    with pytest.raises(Forbidden):
        desk_feedback.reporter(both.province, desk, "feedback", told, "", "cần hỏi", now)
    desk_feedback.read(both.province, desk, told, now)
    with pytest.raises(Invalid):
        desk_feedback.reporter(both.province, desk, "feedback", told, "", " ", now)
    with pytest.raises(Forbidden):
        desk_feedback.reporter(both.province, other, "feedback", told, "", "tò mò", now)
    seen = desk_feedback.reporter(both.province, desk, "feedback", told, "", "cần hỏi ngày mua", now)
    assert seen == {"name": "Nguyễn A Thanh", "contact": "0900 000 000", "consent": "gọi lại"}
    entry = one(both.province, AccessEntry)
    assert (entry.subject, entry.ground, entry.stall_id) == ("reporter", "cần hỏi ngày mua", None)


def test_who_told_of_a_case_is_kept_from_all_but_its_officer(both, stall, ids, now):
    case_id = sent_case(both, stall, ids, now)
    desk = officer(both.province)
    with pytest.raises(Forbidden):
        desk_feedback.reporter(both.province, desk, "case", case_id, SITE_ID, "cần hỏi", now)
    inspecting.take(both.province, desk, SITE_ID, case_id, now)
    with pytest.raises(NotFound):
        desk_feedback.reporter(both.province, desk, "case", case_id, SITE_ID, "cần hỏi", now)
    with both.province.write(both.province.machine("t"), now) as tx:
        row = ReporterIdentity(site_id=SITE_ID, id=tx.id(), created_at=now, case_id=case_id, name="Y Hiền")
        tx.session.add(row)
    assert desk_feedback.reporter(both.province, desk, "case", case_id, SITE_ID, "hỏi", now)["name"] == "Y Hiền"


def test_other_authorities_read_no_feedback(both, told, now):
    who = make_town(both.province, now).people["syt"]
    assert desk_feedback.listed(both.province, who, None, now) == {"feedback": [], "unread": 0}
    with pytest.raises(NotFound):
        desk_feedback.read(both.province, who, told, now)
