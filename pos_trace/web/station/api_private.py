"""Phản ánh riêng over JSON: taken from a person who logged in, given back to nobody."""

from typing import Annotated

from flask_openapi import APIBlueprint
from pydantic import StringConstraints

from pos_trace.services import private_reports
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station.bodies import Body

Told = Annotated[str, StringConstraints(max_length=8000)]


class PrivateReportIn(Body):
    """What a person reports: at most 2000 signs; a name or a way to reach them only with ``consent``."""

    text: Told = ""
    name: Told = ""
    contact: Told = ""
    consent: bool = False


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_private", __name__, url_prefix="/api/v1")
    api.post("/private-reports")(report)
    return api


@needs("tell")
def report(body: PrivateReportIn) -> tuple[Answer, int]:
    """Tell the province alone; nothing of it can be read here afterwards."""
    told = private_reports.tell(node(), who(), body.text, body.name, body.contact, body.consent, now())
    return told, 201
