"""Bodies that are no message: every door refuses them as the contract says, writes nothing, and stays open."""

from collections.abc import Callable

import orjson
import pytest

from tests.web.hostile_doors import ROLES, WRITING, Door, all_doors, good, schema_of
from tests.web.hostile_town import Town, refused, town

__all__ = ["town"]

JSON = "application/json"
DEEP = 10_000
WITH_BODY = [door for door in all_doors(body=True, own_page=False) if door.is_api]
WRITERS = [door for door in all_doors(is_api=True, own_page=False) if door.method in WRITING]
GARBAGE: dict[str, tuple[bytes, tuple[int, ...]]] = {
    "bytes": (bytes(range(256)), (400,)),
    "half": (b'{"text": "x', (400,)),
    "two_values": (b"{} {}", (400,)),
    "comments": (b"{/* */}", (400,)),
    "single_quotes": (b"{'text': 'x'}", (400,)),
    "deep_lists": (b"[" * DEEP + b"]" * DEEP, (400, 422)),
    "deep_objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, (400, 422)),
    "deep_and_open": (b"[" * 1_000_000, (400,)),
    "not_a_number": (b'{"quantity": NaN}', (400,)),
    "infinity": (b'{"quantity": -Infinity}', (400,)),
    "too_great_a_number": (b'{"quantity": 1e309}', (400, 422)),
    "a_number_of_a_million_digits": (b'{"quantity": ' + b"9" * 1_000_000 + b"}", (400, 422)),
    "half_a_sign": (b'{"text": "\\ud800"}', (400, 422)),
    "wrong_utf8": (b'{"text": "\xff\xfe"}', (400,)),
    "utf16": ('{"text": "x"}'.encode("utf-16"), (400,)),
    "a_list": (b"[]", (422,)),
    "a_text": (b'"x"', (422,)),
    "a_number": (b"1", (422,)),
    "a_yes": (b"true", (422,)),
    "too_long": (b'{"text": "' + b"x" * (13 * 2**20) + b'"}', (413,)),
}
TYPES = ["text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "application/octet-stream",
         "image/png", "json", ""]  # fmt: skip


def by_name(found: list[Door]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The test once for each door."""
    return pytest.mark.parametrize("door", found, ids=lambda door: door.name)


def test_every_door_is_found_in_the_maps_and_says_who_may_enter() -> None:
    names = {door.name for door in all_doors()}
    assert {"station:POST:/api/v1/scans", "province:POST:/api/province/v1/case-events"} <= names
    assert len(WITH_BODY) > 35
    silent = {door.endpoint for door in WRITERS if door.body is None}
    assert silent == {
        "station_receiving.add_photo",
        "station_cases.send_flag",
        "station_papers.send",
        "station_papers.covered",
        "station_market.import_stalls",
        "province_desk.read",
        "province_desk.end_person",
        "province_lot_files.take",
    }, "a door that takes a body has to name its model, or it cannot be attacked"


@by_name(WRITERS)
def test_what_is_no_json_is_refused(town: Town, door: Door) -> None:
    before = town.rows(door.role)
    wrong = {}
    for name, (data, statuses) in GARBAGE.items():
        if door.body is None and 422 in statuses:
            continue
        found = refused(town.ask(door, data=data, content_type=JSON), statuses)
        if found:
            wrong[name] = found
    assert wrong == {}
    assert town.rows(door.role) == before
    town.good_request_works(door.role)


@by_name(WRITERS)
def test_another_content_type_is_refused(town: Town, door: Door) -> None:
    before = town.rows(door.role)
    data = orjson.dumps(good(schema_of(door.body))) if door.body else b"{}"
    wrong = {}
    for kind in TYPES:
        if found := refused(town.ask(door, data=data, content_type=kind), (415,)):
            wrong[kind] = found
    assert wrong == {}
    assert town.rows(door.role) == before


@by_name(WITH_BODY)
def test_nothing_at_all_is_refused_or_means_an_empty_body(town: Town, door: Door) -> None:
    schema = schema_of(door.body)
    for more in ({}, {"data": b"", "content_type": JSON}, {"data": b"null", "content_type": JSON}):
        answer = town.ask(door, **more)
        if schema.get("required"):
            assert refused(answer, (400, 422)) is None
        else:
            assert answer.status_code < 500


@pytest.mark.parametrize("role", ROLES)
def test_an_unknown_address_or_method_is_a_problem_too(town: Town, role: str) -> None:
    door = next(door for door in WITH_BODY if door.role == role)
    for where in ("/api/v1/nothing", "/api/v1/../../etc/passwd", "/api/v1/%2e%2e/%2e%2e/etc/passwd", "/api/v1/%00"):
        assert refused(town.ask(door, where), (404, 405)) is None
    client = town.apps[role].test_client()
    for method in ("PATCH", "DELETE", "PROPFIND", "X" * 200):
        answer = client.open(town.path(door), method=method)
        assert refused(answer, (405,)) is None
