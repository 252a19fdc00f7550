"""What a station reads: enrolment, single look-ups, the feeds of records, recalls and case events, schemas."""

from typing import Annotated, Any

import orjson
from flask import Response, request, send_file
from flask_openapi import APIBlueprint
from pydantic import BaseModel, Field

from pos_trace.core.errors import NotFound
from pos_trace.services import access_log, enrolment, feeds, publishing, records, stall_list
from pos_trace.services.node import Answer
from pos_trace.web.province import bodies
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.fields import Whole
from pos_trace.web.shared.guard import needs, public
from pos_trace.web.shared.problems import of_error

VERSION = "Records-Version"
SCHEMAS: dict[str, type[BaseModel]] = {
    "enrolment": bodies.EnrolIn,
    "lot": bodies.LotIn,
    "facility": bodies.FacilityIn,
    "recall": bodies.RecallIn,
    "case-event": bodies.EventIn,
    "evidence": bodies.EvidenceIn,
    "receipt": bodies.ReceiptIn,
    "station": bodies.StationIn,
    "sighting": bodies.SightingIn,
}


class ChangesQuery(bodies.Since):
    """The cursor of the changes feed; lots up to ``lots_after`` are not wanted."""

    lots_after: Annotated[Whole, Field(ge=0, le=2**62)] = 0


class SnapshotQuery(BaseModel):
    """The version the caller has."""

    newer_than: Annotated[Whole, Field(ge=0, le=2**62)] = 0


class SchemaPath(BaseModel):
    """Which schema, by its name in the contract."""

    name: str


def blueprint() -> APIBlueprint:
    """Routes under ``/api/province/v1``."""
    api = APIBlueprint("province_stations", __name__, url_prefix="/api/province/v1")
    api.post("/stations:enrol")(enrol)
    api.put("/stations/self")(stations_self)
    api.get("/lots")(lot)
    api.get("/changes")(changes)
    api.get("/snapshots/latest")(snapshot)
    api.get("/recalls")(recalls)
    api.get("/case-events")(case_events)
    api.get("/access")(access)
    api.get("/schemas/<name>.json")(schema)
    return api


@public
def enrol(body: bodies.EnrolIn) -> tuple[Answer, int]:
    """Trade a one-time code for a bearer key, shown once."""
    site, stalls = body.site.model_dump(), [stall.model_dump() for stall in body.stalls]
    return enrolment.take_station(node(), body.code, body.public_key, site, stalls, now()), 201


@needs("station")
def stations_self(body: bodies.StationIn) -> Answer:
    """The caller's own list of stalls, whole, as often as it changes."""
    site, stalls = body.site.model_dump(), [stall.model_dump() for stall in body.stalls]
    return stall_list.take(node(), who(), body.public_key, site, stalls, now())


@needs("station")
def lot(query: bodies.KeyQuery) -> Response:
    """Record, facility and recall of one key; 404 ``lot_absent`` when it was never published."""
    try:
        answer = records.find(node(), query.key)
    except NotFound as error:
        refused = of_error(error)
        refused.headers[VERSION] = str(records.version(node()))
        return refused
    return _json(answer, {VERSION: str(answer["version"])})


@needs("station")
def changes(query: ChangesQuery) -> Response:
    """Lots, facilities and recalls after the cursor; 304 when nothing is newer."""
    return _page(records.changes(node(), query.since, query.limit, query.lots_after), query.since)


@needs("station")
def snapshot(query: SnapshotQuery) -> Response:
    """The newest signed snapshot, whole or the part asked for by ``Range``; 304 when it is not newer than what the
    caller has, 404 ``no_snapshot`` before the first.
    """
    path = publishing.published(node())
    if path is None:
        raise NotFound("no_snapshot", "Tỉnh chưa phát hành bản hồ sơ nào.")
    if publishing.version_of(path) <= query.newer_than:
        return Response(status=304)
    answer = send_file(path, "application/zip", conditional=True, etag=f"{path.stem}-{path.stat().st_mtime_ns}")
    answer.headers[VERSION] = str(publishing.version_of(path))
    return answer


@needs("station")
def recalls(query: bodies.Since) -> Response:
    """Recalls after the cursor."""
    return _json(records.recalls(node(), query.since), {})


@needs("station")
def case_events(query: bodies.Since) -> Response:
    """The province's events on the caller's own cases after the cursor."""
    return _page(feeds.case_events(node(), who(), query.since, query.limit), query.since)


@needs("station")
def access(query: bodies.Since) -> Response:
    """Who looked at what of the caller's own stalls, after the cursor."""
    return _page(access_log.feed(node(), who(), query.since, query.limit), query.since)


@public
def schema(path: SchemaPath) -> Response:
    """JSON Schema (2020-12) of a message this province takes."""
    found = SCHEMAS.get(path.name)
    if found is None:
        raise NotFound("schema_unknown", "Không có lược đồ này.")
    return _json(found.model_json_schema(), {}, "application/schema+json")


def _page(answer: Answer, since: int) -> Response:
    """A feed's page. Its ETag names what was asked and where the page ends, so an empty page can be a 304."""
    tag = f"{since}-{answer['next']}"
    if answer["next"] == since and request.if_none_match.contains(tag):
        return Response(status=304, headers={"ETag": f'"{tag}"'})
    return _json(answer, {"ETag": f'"{tag}"'})


def _json(answer: Any, headers: dict[str, str], kind: str = "application/json") -> Response:
    return Response(orjson.dumps(answer), headers=headers, content_type=kind)
