"""Whatever is wrong with the other side, we do not know: no fault of a source ever says that a lot is absent."""

import socket
from collections.abc import Callable, Iterator

import orjson
import pytest

from pos_trace.adapters.provinces.epcis_query import EpcisQuery
from pos_trace.adapters.provinces.gs1_resolver import Gs1Resolver
from pos_trace.adapters.provinces.json_mapping import JsonMapping, caller_of
from pos_trace.adapters.provinces.national_portal import NationalPortal
from pos_trace.adapters.provinces.source import Source
from pos_trace.adapters.provinces.sources import Sources, member
from tests.adapters.foreign import KEY, NOW
from tests.adapters.wire import Answer, Peer, drips, raw, says, silent

MAPPING = {
    "find": {
        "path": "/lots",
        "query": {"k": "{key}"},
        "fields": {"product_name": "ten", "facility_id": "cs", "status": "tt"},
        "rules": [{"means": "absent", "status": 404, "path": "ma", "equals": "KHONG_CO"}],
    },
    "lots": {
        "path": "/changes",
        "cursor": "time",
        "items": "items",
        "fields": {"key": "k", "version": "v", "product_name": "ten", "facility_id": "cs", "status": "tt"},
    },
    "recalls": {
        "path": "/r",
        "cursor": "time",
        "items": "items",
        "fields": {n: n for n in ("recall_id", "version", "issued_at")},
    },
    "conclusions": {
        "path": "/conclusions",
        "items": "items",
        "fields": {n: n for n in ("case_id", "version", "at", "outcome", "origin_finding", "reason")},
    },
}
LOGIN = b"<!doctype html><html><form>Dang nhap</form></html>"
GOOD = orjson.dumps({"ten": "Rau", "cs": "F1", "tt": "active", "items": [], "linkset": [], "data": []})
FAULTS: dict[str, Callable[[Peer], Answer]] = {
    "slow": lambda peer: drips(lambda: peer.stopping, raw("200 OK", GOOD)),
    "timeout": lambda peer: silent(lambda: peer.stopping),
    "error_500": lambda _: says(raw("500 Oops", b'{"ma": "KHONG_CO"}')),
    "rate_limit": lambda _: says(raw("429 Busy", b"{}", extra="Retry-After: 1\r\n")),
    "bad_json": lambda _: says(raw("200 OK", GOOD[:-1])),
    "html_login": lambda _: says(raw("200 OK", LOGIN, "text/html")),
    "html_login_called_json": lambda _: says(raw("200 OK", LOGIN)),
    "html_404": lambda _: says(raw("404 Not Found", LOGIN, "text/html")),
    "bare_404": lambda _: says(raw("404 Not Found", b"null")),
    "truncated": lambda _: says(raw("200 OK", GOOD[:40], length=len(GOOD))),
    "wrong_schema": lambda _: says(raw("200 OK", b'{"ten": ["Rau"], "items": {}, "linkset": 3, "data": 7}')),
    "a_list": lambda _: says(raw("200 OK", b"[1, 2]")),
    "too_long": lambda _: says(raw("200 OK", b'{"x": "' + b"0" * 5000 + b'"}')),
    "elsewhere": lambda _: says(raw("302 Found", b"", extra="Location: http://127.0.0.2:9/lots\r\n")),
    "another_lot": lambda _: says(raw("200 OK", b'{"epcisBody": {"eventList": [{}, 3]}}')),
    "no_content": lambda _: says(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"),
}


@pytest.fixture(params=sorted(FAULTS))
def faulty(request: pytest.FixtureRequest) -> Iterator[tuple[str, Peer]]:
    def answer(connection: socket.socket, asked: bytes) -> None:
        FAULTS[request.param](peer)(connection, asked)

    peer = Peer(answer)
    try:
        yield request.param, peer
    finally:
        peer.close()


def test_no_fault_of_any_source_says_absent_unknown_or_nothing_new(faulty: tuple[str, Peer]) -> None:
    fault, peer = faulty
    told = {"name": "x", "base_url": peer.url, "deadline_s": 0.25, "feed_deadline_s": 0.25, "max_bytes": 4096}
    plain = Source.model_validate(told | {"kind": "json_mapping"} | MAPPING)

    def way(kind: str) -> tuple[Source, object]:
        source = plain if kind == "json_mapping" else Source.model_validate(told | {"kind": kind})
        return source, caller_of(source, {})

    mapping = JsonMapping(plain, caller_of(plain, {}), lambda: NOW)
    both = Sources((member("a", "json_mapping", mapping, lambda: NOW),))
    answer = both.find(KEY)
    assert (answer.state, answer.why) == ("unavailable", "province_silent")
    assert mapping.problem
    assert both.health()[0].why == mapping.problem
    pages = [mapping.changes(0), mapping.recalls(0), mapping.case_events(0)]
    assert [page.state for page in pages] == ["unavailable"] * 3
    epcis = EpcisQuery(*way("epcis_query"), lambda: NOW)  # type: ignore[arg-type]
    assert epcis.find(KEY).state == "unavailable"
    portal = NationalPortal(*way("national_portal"))  # type: ignore[arg-type]
    assert portal.look(KEY).state == "unavailable"
    resolver = Gs1Resolver(*way("gs1_resolver"))  # type: ignore[arg-type]
    # a resolver's plain 404 is its answer by the standard; what it says counts nowhere
    assert resolver.look(KEY).state == ("unknown" if fault in ("html_404", "bare_404") else "unavailable")
