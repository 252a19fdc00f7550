"""Beside the cases, over JSON: notices that are due, shoppers' feedback, the vault, an authority's people."""

from flask_openapi import APIBlueprint

from pos_trace.services import agencies, desk_feedback, notices
from pos_trace.services.node import Answer
from pos_trace.web.province import bodies_desk as bodies
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs


def blueprint() -> APIBlueprint:
    """Routes under ``/api/province/v1``."""
    api = APIBlueprint("province_desk", __name__, url_prefix="/api/province/v1")
    api.get("/notices")(due)
    api.post("/cases/<site>/<case_id>/notice")(sent)
    api.get("/feedback")(feedback)
    api.post("/feedback/<id>/read")(read)
    api.post("/feedback/<id>/link")(link)
    api.post("/reporters:look")(reporter)
    api.get("/people")(people)
    api.post("/people")(add_person)
    api.post("/people/<id>/end")(end_person)
    return api


@needs("inspect")
def due() -> Answer:
    """Notices to send."""
    return notices.due(node(), who(), now())


@needs("inspect")
def sent(path: bodies.CasePath, body: bodies.SentIn) -> Answer:
    """The notice went out."""
    return notices.sent(node(), who(), path.site, path.case_id, body.how, now())


@needs("inspect")
def feedback(query: bodies.FeedbackWanted) -> Answer:
    """What shoppers told."""
    return desk_feedback.listed(node(), who(), query.state, now())


@needs("inspect")
def read(path: bodies.IdPath) -> Answer:
    """Mark one as read."""
    return desk_feedback.read(node(), who(), path.id, now())


@needs("inspect")
def link(path: bodies.IdPath, body: bodies.LinkIn) -> Answer:
    """Put one into the file of a case."""
    return desk_feedback.link(node(), who(), path.id, body.site_id, body.case_id, now())


@needs("inspect")
def reporter(body: bodies.ReporterIn) -> Answer:
    """Who told; the look and its reason are kept."""
    return desk_feedback.reporter(node(), who(), body.subject, body.id, body.site_id, body.ground, now())


@needs("administer")
def people() -> Answer:
    """The own authority's people."""
    return agencies.listed(node(), who(), now())


@needs("administer")
def add_person(body: bodies.PersonIn) -> tuple[Answer, int]:
    """Add a person to the own authority."""
    told = (body.login, body.name, body.password, body.roles)
    return agencies.add(node(), who(), *told, now()), 201


@needs("administer")
def end_person(path: bodies.IdPath) -> Answer:
    """End a person's work here."""
    return agencies.end(node(), who(), path.id, now())
