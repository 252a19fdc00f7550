"""The inspector's desk over JSON: what the screens call, and scripts."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from flask import Response
from flask_openapi import APIBlueprint
from pydantic import BaseModel, Field, StringConstraints

from pos_trace.services import inspecting
from pos_trace.services.node import Answer
from pos_trace.web.province.bodies import Strict
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.fields import Day, Line, Lines
from pos_trace.web.shared.guard import needs

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), Lines]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), Line]


class CasePath(BaseModel):
    """Which case: a station's site and the case's id."""

    site: Annotated[str, StringConstraints(max_length=36)]
    case_id: Annotated[str, StringConstraints(max_length=36)]


class EvidencePath(CasePath):
    """Which file of the case."""

    number: Annotated[int, Field(ge=1, le=100_000)]


class Wanted(BaseModel):
    """Only cases in this state."""

    state: Annotated[str, StringConstraints(max_length=20)] | None = None


class Ground(BaseModel):
    """Why somebody looks."""

    ground: Annotated[str, StringConstraints(max_length=200), Line] = ""


class TextIn(Strict):
    """Words."""

    text: Words


class TransferIn(Strict):
    """Where to and why."""

    agency: Words
    reason: Words


class ConclusionIn(Strict):
    """Outcome, finding and reason; the document where the words bind."""

    outcome: Literal["complies", "violation", "criminal", "continue", "not_competent"]
    origin_finding: Literal["cleared", "undetermined", "not_examined"]
    reason: Words
    document_number: Short | None = None
    document_date: Day | None = None
    stop_order: bool = False


def blueprint() -> APIBlueprint:
    """Routes under ``/api/province/v1``."""
    api = APIBlueprint("province_cases", __name__, url_prefix="/api/province/v1")
    one = "/cases/<site>/<case_id>"
    api.get("/cases")(queue)
    api.get(one)(look)
    api.get(f"{one}/looks")(looks)
    api.get(f"{one}/evidence/<int:number>")(evidence)
    api.post(f"{one}/take")(take)
    api.post(f"{one}/conclude")(conclude)
    api.post(f"{one}/transfer")(transfer)
    api.post(f"{one}/note")(note)
    for name, verb in WORDED.items():
        api.post(f"{one}/{name}")(_worded(name, verb))
    return api


WORDED: dict[str, Callable[..., Answer]] = {
    "ask-papers": inspecting.ask_papers,
    "inspect": inspecting.inspect,
    "reopen": inspecting.reopen,
    "appeal": inspecting.appeal,
}


def _worded(name: str, verb: Callable[..., Answer]) -> Callable[..., Any]:
    """A step that takes words alone."""

    def step(path: CasePath, body: TextIn) -> Answer:
        return verb(node(), who(), path.site, path.case_id, body.text, now())

    step.__name__ = name.replace("-", "_")
    step.__doc__ = verb.__doc__
    return needs("inspect")(step)


@needs("inspect")
def queue(query: Wanted) -> Answer:
    """The queue, by due date."""
    return inspecting.queue(node(), query.state, now())


@needs("inspect")
def look(path: CasePath, query: Ground) -> Answer:
    """One case; the look is written down."""
    return inspecting.look(node(), who(), path.site, path.case_id, query.ground, now())


@needs("inspect")
def looks(path: CasePath) -> Answer:
    """Who looked at the case."""
    return inspecting.looks(node(), path.site, path.case_id)


@needs("inspect")
def evidence(path: EvidencePath) -> Response:
    """One file's bytes."""
    data, media_type = inspecting.file(node(), who(), path.site, path.case_id, path.number, now())
    return Response(data, content_type=media_type, headers={"Content-Disposition": "inline"})


@needs("inspect")
def take(path: CasePath) -> Answer:
    """Take the case."""
    return inspecting.take(node(), who(), path.site, path.case_id, now())


@needs("inspect")
def conclude(path: CasePath, body: ConclusionIn) -> Answer:
    """Conclude."""
    told = body.model_dump(mode="json")
    return inspecting.conclude(node(), who(), path.site, path.case_id, told, now())


@needs("inspect")
def transfer(path: CasePath, body: TransferIn) -> Answer:
    """Hand the case over."""
    return inspecting.transfer(node(), who(), path.site, path.case_id, body.agency, body.reason, now())


@needs("inspect")
def note(path: CasePath, body: TextIn) -> tuple[Answer, int]:
    """A statement for the file only."""
    return inspecting.note(node(), who(), path.site, path.case_id, body.text, now()), 201
