"""A station and a province become known to each other, once, by a code on paper."""

import base64
from datetime import timedelta

import pytest

from pos_trace.core.errors import Conflict, Invalid, NotFound, PosTraceError, Unauthorised, Unavailable
from pos_trace.core.ports import EnrolmentAnswer
from pos_trace.services import accounts, enrolment, places
from pos_trace.services.case_log import DESTINATION
from pos_trace.store import outbox
from tests.services.two_nodes import SITE_ID, add_stall, officer


class Direct:
    """The province asked without HTTP; keeps its rule that a write is not open meanwhile."""

    def __init__(self, province, station, now):
        self.province, self.station, self.now = province, station, now
        self.asked = []

    def enrol(self, code, public_key, site, stalls):
        assert not self.station.db.in_write(), "a port was called inside a write"
        self.asked.append((public_key, site, stalls))
        try:
            told = enrolment.take_station(self.province, code, public_key, site, stalls, self.now)
        except PosTraceError as error:
            return EnrolmentAnswer("refused", detail=error.detail)
        found = [told[name] for name in ("station_id", "api_key", "province_key_id")]
        return EnrolmentAnswer("ok", *found, public_key=told["public_key"])


@pytest.fixture
def direct(pair, now):
    return Direct(pair.province, pair.station, now)


def code_of(pair, now):
    return places.station_code(pair.province, officer(pair.province), now)["code"]


def enrol(pair, direct, code, now):
    admin = pair.station.machine("admin")
    return enrolment.enrol(pair.station, admin, code, direct, "http://127.0.0.1:9/", now)


def test_a_station_enrols_with_its_stalls_and_its_key_opens_the_machine_routes(pair, direct, now):
    stall = add_stall(pair.station, "A-12", now)
    answer = enrol(pair, direct, code_of(pair, now), now)
    assert answer["station_id"] == SITE_ID
    assert [told["id"] for told in direct.asked[0][2]] == [stall]
    assert len(base64.b64decode(direct.asked[0][0])) == 32
    with pair.station.db.read() as session:
        kept = enrolment.enrolled(session, pair.station.id)
    actor = accounts.actor_of_key(pair.province, kept.api_key, now)
    assert (actor.site_id, actor.may("station"), actor.may("inspect")) == (SITE_ID, True, False)
    assert kept.province_key_id == enrolment.key_id(pair.province)


def test_a_code_works_once_and_not_after_its_time(pair, direct, now):
    used, late = code_of(pair, now), code_of(pair, now)
    enrol(pair, direct, used, now)
    with pytest.raises(Invalid):
        enrol(pair, direct, used, now)
    direct.now = now + timedelta(days=31)
    with pytest.raises(Invalid):
        enrol(pair, direct, late, now)
    with pytest.raises(NotFound):
        enrolment.take_station(pair.province, "GUESS", enrolment.public_key(pair.station), {"id": "x"}, [], now)


def test_enrolling_again_ends_the_old_key(pair, direct, now):
    enrol(pair, direct, code_of(pair, now), now)
    with pair.station.db.read() as session:
        old = enrolment.enrolled(session, pair.station.id).api_key
    later = now + timedelta(hours=1)
    enrol(pair, direct, code_of(pair, now), later)
    with pair.station.db.read() as session:
        fresh = enrolment.enrolled(session, pair.station.id).api_key
    assert fresh != old
    assert accounts.actor_of_key(pair.province, fresh, later).site_id == SITE_ID
    with pytest.raises(Unauthorised):
        accounts.actor_of_key(pair.province, old, later)


def test_another_key_cannot_take_a_site_over(pair, direct, now):
    enrol(pair, direct, code_of(pair, now), now)
    thief = base64.b64encode(b"\7" * 32).decode()
    for site_id in (SITE_ID, pair.province.id):
        with pytest.raises(Conflict):
            enrolment.take_station(
                pair.province, code_of(pair, now), thief, {"id": site_id, "name": "Chợ khác"}, [], now
            )


@pytest.mark.parametrize("key", ["", "***", base64.b64encode(b"short").decode()])
def test_a_key_that_is_none_is_refused_and_the_code_stays_good(pair, direct, now, key):
    code = code_of(pair, now)
    with pytest.raises(Invalid):
        enrolment.take_station(pair.province, code, key, {"id": SITE_ID, "name": "Chợ"}, [], now)
    assert enrol(pair, direct, code, now)["station_id"] == SITE_ID


def test_a_silent_province_leaves_the_station_as_it_was(pair, now):
    class Silent:
        def enrol(self, code, public_key, site, stalls):
            return EnrolmentAnswer("unavailable", detail="quá giờ")

    with pytest.raises(Unavailable):
        enrol(pair, Silent(), "ABC", now)
    with pair.station.db.read() as session:
        assert enrolment.enrolled(session, pair.station.id) is None


def test_a_stall_without_a_number_is_called_by_its_id(pair, now):
    with pair.province.write(officer(pair.province), now) as tx:
        row = enrolment.upsert_stall(tx, SITE_ID, {"id": "stall-1"})
        assert (row.number, row.name) == ("stall-1", "stall-1")
        again = enrolment.upsert_stall(tx, SITE_ID, {"id": "stall-1", "name": "CHỊ HOA", "number": "A-12"})
        assert (again.number, again.name) == ("A-12", "CHỊ HOA")


def test_what_waited_for_a_good_key_goes_out_after_enrolling_again(pair, direct, now):
    enrol(pair, direct, code_of(pair, now), now)
    with pair.station.write(pair.station.machine("t"), now) as tx:
        for number in range(2):
            tx.send(DESTINATION, "receipt", f"receipt:{number}", {"n": number}, "phiếu", None)
    with pair.station.write(pair.station.machine("t"), now) as tx:
        outbox.park(tx.session, outbox.claim(tx.session, pair.station.id, "w", now), "401")
    later = now + timedelta(hours=1)
    enrol(pair, direct, code_of(pair, now), later)
    with pair.station.db.read() as session:
        assert outbox.counts(session, pair.station.id) == {"pending": 2, "done": 2}, "both enrolments stay readable"
