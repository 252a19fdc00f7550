"""One wrong place in a body that is right: each door names it, writes nothing, and never fails."""

import json
from typing import Any

from tests.web.hostile_doors import SAMPLES, Door, Field, all_doors, fields, good, put, schema_of, without
from tests.web.hostile_town import Town, refused, town
from tests.web.test_hostile_input import WITH_BODY, by_name

__all__ = ["town"]

NUMBERS = frozenset({"quantity", "qty", "units", "content_kg", "received_kg", "net_quantity"})
NO_AMOUNT: list[Any] = ["0", "-1", "-0.001", "0.0001", "1e3", "1e309", "NaN", "Infinity", "1,5", " 1", "1 ", "+1", "",
                        "0x10", "1_000", "١٢", "１２", "9" * 400, "1" * 11, 0, -1, 10**30, 10**400, -0.0, 1e300,
                        "1; DROP TABLE sale", "=1+1"]  # fmt: skip
MONEY = frozenset({"unit_price", "amount", "total"})
NO_MONEY: list[Any] = [-1, 10**30, 1.5, "1.5", "1e3", "NaN", True, "-1", ""]
WORDS = {"date": ["2026-02-30", "24/11/2026", "", "0", "9" * 30, "2026-11-24T00:00:00+07:00Z"],
         "date-time": ["2026-11-24T19:00:00", "yesterday", "", "2026-13-01T00:00:00Z", "0"],
         "time": ["24:00", "1:30", "13:60", "13:30:00", "", "trưa", "13:30\n"]}  # fmt: skip


def wrong_of(place: Field) -> list[tuple[str, Any]]:
    """Values of every JSON type the place does not take; a whole number is fine where a fraction is."""
    takes = set(place.types)
    if "number" in takes or {"string", "integer"} <= takes:
        takes |= {"number", "integer"}
    return [(name, value) for name, value in SAMPLES.items() if name not in takes]


def named(answer: Any, place: Field) -> str | None:
    """What is wrong with how the refusal names the place."""
    found = refused(answer, (422,))
    if found:
        return found
    pointers = {error["pointer"] for error in answer.json.get("errors", [])}
    return None if pointers == {place.text} else f"{pointers} instead of {place.text}"


def knock(town: Town, door: Door, body: Any) -> Any:
    """Send ``body`` as JSON whatever it holds, numbers of any length too."""
    return town.ask(door, data=json.dumps(body), content_type="application/json")


def every_place(door: Door) -> list[tuple[Field, Any]]:
    """Each place of the door's body, with a whole body around it."""
    schema = schema_of(door.body)
    return [(place, good(schema, whole=True)) for place in fields(schema)]


@by_name(WITH_BODY)
def test_the_wrong_json_type_is_refused_at_every_place(town: Town, door: Door) -> None:
    before = town.rows(door.role)
    wrong = {}
    for place, body in every_place(door):
        for kind, value in wrong_of(place):
            if found := named(knock(town, door, put(body, place.pointer, value)), place):
                wrong[f"{place.text} {kind}"] = found
    assert wrong == {}
    assert town.rows(door.role) == before
    town.good_request_works(door.role)


@by_name(WITH_BODY)
def test_what_must_be_there_is_asked_for_and_what_nobody_named_is_refused(town: Town, door: Door) -> None:
    before = town.rows(door.role)
    wrong = {}
    for place, body in every_place(door):
        if not place.required or not isinstance(place.pointer[-1], str):
            continue
        if found := named(knock(town, door, without(body, place.pointer)), place):
            wrong[place.text] = found
    loose = schema_of(door.body).get("additionalProperties") is not False
    for name in ("nobody", "__proto__", "__class__", "", "a/b~c", "\u202e", "x" * 5000):
        strange = Field((name,), {}, False)
        found = named(knock(town, door, good(schema_of(door.body)) | {name: 1}), strange)
        if found and not loose:
            wrong[name[:20]] = found
    assert wrong == {}
    assert loose or town.rows(door.role) == before


def places(door: Door, names: frozenset[str]) -> list[tuple[Field, Any]]:
    return [(place, body) for place, body in every_place(door) if place.pointer[-1] in names]


@by_name([door for door in WITH_BODY if places(door, NUMBERS)])
def test_what_is_no_amount_is_refused_by_name(town: Town, door: Door) -> None:
    before = town.rows(door.role)
    wrong = {}
    for place, body in places(door, NUMBERS):
        for value in NO_AMOUNT:
            if place.pointer[-1] in ("received_kg", "net_quantity") and value in ("0", 0):
                continue  # none is a figure of a record
            if found := refused(knock(town, door, put(body, place.pointer, value)), (400, 404, 409, 422)):
                wrong[f"{place.text} {str(value)[:30]}"] = found
    assert wrong == {}
    assert town.rows(door.role) == before
    town.good_request_works(door.role)


@by_name([door for door in WITH_BODY if places(door, MONEY)])
def test_what_is_no_money_is_refused_by_name(town: Town, door: Door) -> None:
    before = town.rows(door.role)
    wrong = {}
    for place, body in places(door, MONEY):
        for value in NO_MONEY:
            if found := named(knock(town, door, put(body, place.pointer, value)), place):
                wrong[f"{place.text} {str(value)[:30]}"] = found
    assert wrong == {}
    assert town.rows(door.role) == before


@by_name(WITH_BODY)
def test_no_day_and_no_hour_is_refused_by_name(town: Town, door: Door) -> None:
    before = town.rows(door.role)
    wrong = {}
    for place, body in every_place(door):
        for choice in place.schema.get("anyOf", [place.schema]):
            for value in WORDS.get(choice.get("format", ""), []):
                if found := named(knock(town, door, put(body, place.pointer, value)), place):
                    wrong[f"{place.text} {value}"] = found
    assert wrong == {}
    assert town.rows(door.role) == before


@by_name(WITH_BODY)
def test_endless_lists_are_refused_quickly(town: Town, door: Door) -> None:
    before = town.rows(door.role)
    wrong = {}
    for place, body in every_place(door):
        if "array" in place.types:
            item = good(next(one for one in place.schema.get("anyOf", [place.schema]) if "items" in one)["items"])
            answer = knock(town, door, put(body, place.pointer, [item] * 6000))
            if found := refused(answer, (413, 422)):
                wrong[place.text] = found
    assert wrong == {}
    assert town.rows(door.role) == before


def test_the_bodies_used_here_are_right_but_for_their_one_place() -> None:
    for door in all_doors(body=True, own_page=False):
        assert door.body is not None
        for whole in (False, True):
            assert door.body.model_validate(good(schema_of(door.body), whole=whole))


def test_every_door_with_an_amount_is_among_them() -> None:
    names = {door.endpoint for door in WITH_BODY if places(door, NUMBERS)}
    assert {"station_scans.scan", "station_sales.sell", "station_stock.waste"} <= names
