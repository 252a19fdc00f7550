"""The stall's print jobs: what waits, what nobody is sure of, and a person's answer."""

from flask_openapi import APIBlueprint

from pos_trace.services import printing
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station import bodies


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_printing", __name__, url_prefix="/api/v1")
    api.get("/prints")(listed)
    api.post("/prints/<job_id>/answer")(answer)
    return api


@needs("stock")
def listed() -> Answer:
    """Jobs that wait or ask, then the last settled ones."""
    return printing.listed(node(), who())


@needs("stock")
def answer(path: bodies.PrintPath, body: bodies.PrintAnswerIn) -> Answer:
    """ "Đã ra" or "Chưa – in lại"."""
    return printing.answer(node(), who(), path.job_id, body.printed, now())
