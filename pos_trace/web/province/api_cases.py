"""The inspector's desk over JSON: what the screens call, and scripts."""

from flask import Response
from flask_openapi import APIBlueprint

from pos_trace.services import case_groups, conclusions, inspecting
from pos_trace.services.node import Answer
from pos_trace.web.province import bodies_desk as bodies
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs


def blueprint() -> APIBlueprint:
    """Routes under ``/api/province/v1``."""
    api = APIBlueprint("province_cases", __name__, url_prefix="/api/province/v1")
    one = "/cases/<site>/<case_id>"
    api.get("/cases")(queue)
    api.get("/case-groups")(groups)
    api.post("/case-groups")(act_on_group)
    api.get("/case-counts")(counts)
    api.get(one)(look)
    api.get(f"{one}/looks")(looks)
    api.get(f"{one}/evidence/<int:number>")(evidence)
    for step in (take, assign, ask_papers, inspect, conclude, approve, send_back, transfer, reopen, appeal, note):
        api.post(f"{one}/{step.__name__.replace('_', '-')}")(step)
    return api


@needs("inspect")
def queue(query: bodies.Wanted) -> Answer:
    """A page of the queue, by due date, then risk and value."""
    return case_groups.queue(node(), who(), query.state, now(), query.mine, query.page)


@needs("inspect")
def groups(query: bodies.GroupWanted) -> Answer:
    """A page of the queue put together by supplier, truck, lot or stall; with ``key`` that group's own cases."""
    if query.key is not None:
        return {"by": query.by, "groups": [case_groups.group(node(), who(), query.by, query.key, now(), query.page)]}
    return case_groups.grouped(node(), who(), query.by, now(), query.page)


@needs("inspect")
def act_on_group(body: bodies.GroupIn) -> Answer:
    """One step on many cases; each is done or refused for itself."""
    told = body.conclusion.model_dump(mode="json") if body.conclusion else {"text": body.text}
    refs = [ref.model_dump() for ref in body.cases]
    return case_groups.act(node(), who(), body.step, told, refs, now())


@needs("inspect")
def counts() -> Answer:
    """Numbers without names, for every authority."""
    return case_groups.counts(node(), now())


@needs("inspect")
def look(path: bodies.CasePath, query: bodies.Ground) -> Answer:
    """One case; the look is written down."""
    return inspecting.look(node(), who(), path.site, path.case_id, query.ground, now())


@needs("inspect")
def looks(path: bodies.CasePath) -> Answer:
    """Who looked at the case."""
    return inspecting.looks(node(), who(), path.site, path.case_id, now())


@needs("inspect")
def evidence(path: bodies.EvidencePath) -> Response:
    """One file's bytes."""
    data, media_type = inspecting.file(node(), who(), path.site, path.case_id, path.number, now())
    return Response(data, content_type=media_type, headers={"Content-Disposition": "inline"})


@needs("inspect")
def take(path: bodies.CasePath, body: bodies.TakeIn) -> Answer:
    """Take the case."""
    return inspecting.take(node(), who(), path.site, path.case_id, now(), body.seen)


@needs("inspect")
def assign(path: bodies.CasePath, body: bodies.AssignIn) -> Answer:
    """Give the case to a colleague."""
    return inspecting.reassign(node(), who(), path.site, path.case_id, body.user_id, now(), body.seen)


@needs("inspect")
def ask_papers(path: bodies.CasePath, body: bodies.TextIn) -> Answer:
    """Ask the stall for papers."""
    return inspecting.ask_papers(node(), who(), path.site, path.case_id, body.text, now(), body.seen)


@needs("inspect")
def inspect(path: bodies.CasePath, body: bodies.InspectIn) -> Answer:
    """Record an inspection on site."""
    record = body.model_dump(mode="json", exclude={"text", "seen"})
    return inspecting.inspect(node(), who(), path.site, path.case_id, body.text, now(), record, body.seen)


@needs("inspect")
def conclude(path: bodies.CasePath, body: bodies.ConclusionIn) -> Answer:
    """Conclude, or propose where a second officer has to approve (``draft``)."""
    told = body.model_dump(mode="json", exclude={"seen"})
    return conclusions.conclude(node(), who(), path.site, path.case_id, told, now(), body.seen)


@needs("inspect")
def approve(path: bodies.CasePath, body: bodies.DraftIn) -> Answer:
    """Make a colleague's proposal the conclusion."""
    return conclusions.approve(node(), who(), path.site, path.case_id, body.draft_id, now(), body.seen)


@needs("inspect")
def send_back(path: bodies.CasePath, body: bodies.SendBackIn) -> Answer:
    """Give a proposal back with a remark."""
    return conclusions.send_back(node(), who(), path.site, path.case_id, body.draft_id, body.remark, now())


@needs("inspect")
def transfer(path: bodies.CasePath, body: bodies.TransferIn) -> Answer:
    """Hand the case over."""
    return inspecting.transfer(node(), who(), path.site, path.case_id, body.agency, body.reason, now(), body.seen)


@needs("inspect")
def reopen(path: bodies.CasePath, body: bodies.TextIn) -> Answer:
    """Look at an ended case again."""
    return inspecting.reopen(node(), who(), path.site, path.case_id, body.text, now(), body.seen)


@needs("inspect")
def appeal(path: bodies.CasePath, body: bodies.AppealIn) -> Answer:
    """Record an appeal."""
    told = (body.by, body.on)
    return inspecting.appeal(node(), who(), path.site, path.case_id, body.text, now(), *told, seen=body.seen)


@needs("inspect")
def note(path: bodies.CasePath, body: bodies.NoteIn) -> tuple[Answer, int]:
    """A statement for the file only."""
    return inspecting.note(node(), who(), path.site, path.case_id, body.text, now()), 201
