"""openapi.json tells every route of the machine's API, each with its methods, ids and body."""

import re

import pytest

from tests.web.hostile_doors import ROLES, Door, all_doors, doors
from tests.web.hostile_town import Town, town

__all__ = ["town"]

BY_HAND = {"station_scans.scan"}  # JSON or multipart


def told(door: Door) -> str:
    """The door's address as the document writes it."""
    return re.sub(r"<(?:[^<>]+:)?([^<>:]+)>", r"{\1}", door.rule)


@pytest.mark.parametrize("role", ROLES)
def test_every_route_is_told_with_its_method(town: Town, role: str) -> None:
    document = town.apps[role].test_client().get("/api/v1/openapi.json").json
    known = {(path, method) for path, item in document["paths"].items() for method in item}
    missing = [
        door.name
        for door in doors(role)
        if door.is_api and "faults" not in door.endpoint and (told(door), door.method.lower()) not in known
    ]
    assert missing == []
    served = {told(door) for door in doors(role)}
    assert set(document["paths"]) <= served, "an address nobody serves"


@pytest.mark.parametrize("door", [door for door in all_doors(body=True) if door.is_api], ids=lambda door: door.name)
def test_every_body_is_told(town: Town, door: Door) -> None:
    if "faults" in door.endpoint or door.endpoint in BY_HAND:
        return
    document = town.apps[door.role].test_client().get("/api/v1/openapi.json").json
    operation = document["paths"][told(door)][door.method.lower()]
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert document["components"]["schemas"][reference.rsplit("/", 1)[1]]["properties"].keys() == (
        door.body.model_json_schema().get("properties", {}).keys() if door.body else set()
    )
