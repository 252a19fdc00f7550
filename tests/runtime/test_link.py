"""The way to the province follows the enrolment: nothing before it, the new address and key after another one."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import orjson
import pytest
from pydantic import SecretStr

from pos_trace.core.ports import Delivered
from pos_trace.runtime.link import ProvinceLink
from pos_trace.settings import ProvinceSection
from pos_trace.store.database import Database
from pos_trace.store.models import Enrolment
from tests.adapters.wire import Peer, raw, says
from tests.services.two_nodes import KEY, SITE_ID

EMPTY = orjson.dumps({"changes": [], "events": [], "next": 7, "more": False})
TAKEN = orjson.dumps({"items": []})


@pytest.fixture
def peers() -> Iterator[list[Peer]]:
    """Two provinces that answer every feed with an empty page."""
    made = [Peer(says(raw("200 OK", EMPTY))) for _ in range(2)]
    yield made
    for peer in made:
        peer.close()


def link_of(database: Database, now: datetime, url: str = "", key: str = "", deadline_s: float = 5.0) -> ProvinceLink:
    section = ProvinceSection(url=url, api_key=SecretStr(key), deadline_s=deadline_s, feed_deadline_s=deadline_s)
    return ProvinceLink(database, SITE_ID, section, lambda: now)


def enrol(database: Database, peer: Peer, key: str, at: datetime) -> None:
    with database.write() as session:
        row = Enrolment(site_id=SITE_ID, id=f"enrolment-{key}", created_at=at, station_id=SITE_ID)
        row.province_url, row.api_key, row.province_key_id = peer.url, key, None
        session.add(row)


def keys_at(peer: Peer) -> list[str]:
    """The bearer keys the peer has seen."""
    lines = (line for request in peer.requests for line in request.decode().split("\r\n"))
    return [line.partition("Bearer ")[2] for line in lines if line.startswith("Authorization")]


@pytest.mark.parametrize(("url", "key"), [("", ""), ("http://127.0.0.1:1", ""), ("", "ptk_a_b")])
def test_before_enrolment_everything_waits(database, now, url: str, key: str) -> None:
    link = link_of(database, now, url, key)
    assert (link.find(KEY).state, link.find(KEY).why) == ("unavailable", "offline")
    assert link.changes(0).state == link.case_events(0).state == "unavailable"
    assert link.send("receipt", "m1", b"{}") == Delivered("retry", "chưa đăng ký với tỉnh")


def test_a_configured_address_and_key_serve_without_an_enrolment(database, now, peers) -> None:
    link = link_of(database, now, peers[0].url, "ptk_of_the_file")
    assert link.changes(0).next == 7
    assert keys_at(peers[0]) == ["ptk_of_the_file"]


def test_the_enrolment_wins_over_the_file(database, now, peers) -> None:
    link = link_of(database, now, peers[0].url, "ptk_of_the_file")
    enrol(database, peers[1], "ptk_enrolled", now)
    assert link.case_events(0).next == 7
    assert (peers[0].requests, keys_at(peers[1])) == ([], ["ptk_enrolled"])


def test_another_enrolment_is_followed_at_once(database, now, peers) -> None:
    link = link_of(database, now)
    enrol(database, peers[0], "ptk_old", now)
    assert link.changes(0).state == "ok"
    enrol(database, peers[1], "ptk_new", now + timedelta(hours=1))
    assert link.changes(0).state == "ok"
    assert (keys_at(peers[0]), keys_at(peers[1])) == (["ptk_old"], ["ptk_new"])


def test_the_same_enrolment_keeps_what_was_learnt_of_the_line(database, now, peers) -> None:
    """A silent province is not waited for by every scan: the breaker outlives the call."""
    link = link_of(database, now, deadline_s=0.2)
    enrol(database, peers[0], "ptk", now)
    peers[0].answer = lambda connection, _: peers[0].stopping.wait(5) and None
    for _ in range(6):
        assert link.find(KEY).why == "province_silent"
    assert 1 <= len(peers[0].requests) <= 3


def test_a_report_goes_with_its_id_and_comes_back_done(database, now, peers) -> None:
    peers[0].answer = says(raw("200 OK", TAKEN))
    enrol(database, peers[0], "ptk", now)
    assert link_of(database, now).send("case_events", "m1", b'{"events":[]}').state == "done"
    assert b"Idempotency-Key: m1" in peers[0].requests[0]
