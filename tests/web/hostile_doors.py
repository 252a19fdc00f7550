"""Every way in, found in the applications' own maps, so that a new route is attacked without anybody listing it.

A door tells its method, its rule, who may enter, and the models of its body, path and query. The blueprints are
mounted without any node: nothing runs when tests are collected.
"""

import inspect
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from flask_openapi import APIBlueprint, Info, OpenAPI
from pydantic import BaseModel

from pos_trace.app import BLUEPRINTS, DEMO_BLUEPRINTS
from pos_trace.web.station.api_scans import ScanBody
from tests.services.night import CABBAGE, url
from tests.services.two_nodes import KEY

ROLES = ("station", "province")
BY_HAND = {"station_scans.scan": ScanBody}  # JSON or multipart: it reads the request itself
WRITING = {"POST", "PUT", "PATCH", "DELETE"}
SHA, UUID = "a" * 64, "01938b5e-0000-7000-8000-000000000000"
GOOD: dict[str, Any] = {
    "text": url(CABBAGE), "quantity": "1", "qty": "1", "units": "1", "unit": "kg", "received_kg": "1", "key": KEY,
    "net_quantity": "1", "keys": [KEY], "lot_keys": [KEY], "gtin": "09521234600053", "gln": "9521234700036",
    "stall_gln": "9521234700036", "production_place_gln": "9521234700036", "token": "B" * 20, "short_code": "B" * 10,
    "sha256": SHA, "public_key": "A" * 43 + "=", "id": "x-1", "case_id": UUID, "node": "station", "facility_id": "F2",
    "external_id": "x-1", "supplier_name": "HTX (mẫu)", "product": "P-1", "goods_group": "rau", "kind": "hoa_don",
    "photo_ids": [UUID], "paper_ids": [UUID], "line_id": UUID, "data": "eA==", "at": "2026-11-24T19:31:00+00:00",
}  # fmt: skip
BY_FORMAT = {"date": "2026-11-24", "date-time": "2026-11-24T19:00:00+07:00", "time": "13:30"}
SAMPLES: dict[str, Any] = {
    "null": None, "boolean": True, "integer": 7, "number": 1.5, "string": "x y", "array": [], "object": {},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Door:
    """One method of one rule."""

    role: str
    method: str
    rule: str
    endpoint: str
    needs: str
    body: type[BaseModel] | None
    path: type[BaseModel] | None
    query: type[BaseModel] | None
    own_page: bool = False  # asks for its page's token before it looks at anything (test_roles shows it)

    @property
    def name(self) -> str:
        """For the test's id."""
        return f"{self.role}:{self.method}:{self.rule}"

    @property
    def is_api(self) -> bool:
        """Whether refusals are problems; the others are pages."""
        return self.rule.startswith("/api/")

    @property
    def uploads(self) -> bool:
        """Whether it may take a file: a POST whose body no model describes."""
        return self.is_api and self.method == "POST" and (self.body is None or self.endpoint in BY_HAND)


@lru_cache(maxsize=2)
def doors(role: str) -> tuple[Door, ...]:
    """Every door of a node of ``role``, in the order of its map."""
    app = OpenAPI("pos_trace.web", info=Info(title="x", version="1"), doc_prefix="/api/v1")
    for name in (*BLUEPRINTS[role], *DEMO_BLUEPRINTS[role]):
        blueprint = import_module(name).blueprint()
        (app.register_api if isinstance(blueprint, APIBlueprint) else app.register_blueprint)(blueprint)
    return tuple(_doors(role, app))


def _doors(role: str, app: OpenAPI) -> Iterator[Door]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        needs = getattr(view, "pos_trace_needs", None)
        if needs is None:
            continue
        asked = typing.get_type_hints(inspect.unwrap(view))
        body = BY_HAND.get(rule.endpoint, asked.get("body"))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            told = (role, method, rule.rule, rule.endpoint, needs, body, asked.get("path"), asked.get("query"))
            yield Door(*told, getattr(view, "pos_trace_own_page", False))


def all_doors(**wanted: Any) -> list[Door]:
    """Doors of both roles whose attributes are ``wanted``; ``body=True`` = has a model."""
    found = [door for role in ROLES for door in doors(role)]
    for name, value in wanted.items():
        found = [door for door in found if bool(getattr(door, name)) is value or getattr(door, name) == value]
    return found


# --- bodies -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """One place in a body: where it is, its schema, and whether it must be there."""

    pointer: tuple[str | int, ...]
    schema: dict[str, Any]
    required: bool

    @property
    def types(self) -> frozenset[str]:
        """The JSON types it takes."""
        return frozenset(_types(self.schema))

    @property
    def text(self) -> str:
        """As a JSON pointer."""
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in self.pointer)


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON schema with every reference put in its place."""
    whole = model.model_json_schema()
    return _resolved(whole, whole.get("$defs", {}))


def _resolved(part: Any, known: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [_resolved(one, known) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _resolved(known[part["$ref"].rsplit("/", 1)[1]], known)
    return {name: _resolved(value, known) for name, value in part.items() if name != "$defs"}


def _types(schema: dict[str, Any]) -> Iterator[str]:
    for choice in schema.get("anyOf", [schema]):
        if "type" in choice:
            yield choice["type"]
        elif "enum" in choice or "const" in choice:
            yield "string"
        else:
            yield from SAMPLES


def fields(schema: dict[str, Any], at: tuple[str | int, ...] = ()) -> Iterator[Field]:
    """Every place of a body of ``schema``, items of lists too."""
    for choice in schema.get("anyOf", [schema]):
        for name, part in choice.get("properties", {}).items():
            yield Field((*at, name), part, name in choice.get("required", ()))
            yield from fields(part, (*at, name))
        if "items" in choice:
            yield Field((*at, 0), choice["items"], True)
            yield from fields(choice["items"], (*at, 0))


def good(schema: dict[str, Any], name: str = "", whole: bool = False) -> Any:
    """A body that fits ``schema``: what must be there, or everything."""
    choice = next((one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"), schema)
    if "enum" in choice or "const" in choice:
        known = choice.get("enum") or [choice["const"]]
        return "none" if "none" in known else known[0]
    if name in GOOD and "properties" not in choice:
        return GOOD[name]
    kind = choice.get("type")
    if kind == "object" and "properties" in choice:
        wanted = choice["properties"] if whole else choice.get("required", ())
        return {one: good(choice["properties"][one], one, whole) for one in wanted}
    if kind == "array":
        return [good(choice["items"], "", whole)] if whole or choice.get("minItems") else []
    if "format" in choice:
        return BY_FORMAT[choice["format"]]
    plain = {"string": "x" * max(choice.get("minLength", 1), 1), "integer": max(choice.get("minimum", 1), 1)}
    return plain.get(str(kind), SAMPLES[str(kind)] if kind else {})


def put(body: Any, pointer: tuple[str | int, ...], value: Any) -> Any:
    """``body`` with ``value`` at ``pointer``; what leads there is made."""
    if not pointer:
        return value
    first, rest = pointer[0], pointer[1:]
    if isinstance(first, int):
        items = list(body) if isinstance(body, list) else []
        items = items or [None]
        items[0] = put(items[0], rest, value)
        return items
    members = dict(body) if isinstance(body, dict) else {}
    members[first] = put(members.get(first), rest, value)
    return members


def without(body: Any, pointer: tuple[str | int, ...]) -> Any:
    """``body`` without the member at ``pointer``."""
    first, rest = pointer[0], pointer[1:]
    if not rest:
        return {name: value for name, value in body.items() if name != first}
    if isinstance(first, int):
        return [without(body[0], rest), *body[1:]]
    return body | {first: without(body[first], rest)}
