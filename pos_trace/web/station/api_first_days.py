"""A stall's first days: five steps, starter catalogue, print test, first-day sheet."""

from flask_openapi import APIBlueprint

from pos_trace.services import first_day, starter
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station import bodies, bodies_market


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_first_days", __name__, url_prefix="/api/v1")
    api.get("/first-day")(steps)
    api.get("/first-day/goods")(goods)
    api.post("/first-day/print-test")(print_test)
    api.post("/first-day/print-sheet")(print_sheet)
    api.get("/starter")(offered)
    api.post("/starter")(take)
    return api


@needs("receive")
def steps() -> Answer:
    """The five steps and which are done."""
    return first_day.steps(node(), who(), now())


@needs("receive")
def goods() -> Answer:
    """What the stall sells, for its opening stock."""
    return first_day.goods(node(), who(), now())


@needs("receive")
def print_test(body: bodies.Nothing) -> tuple[Answer, int]:
    """A slip with the stall's own name."""
    return first_day.print_test(node(), who(), now()), 201


@needs("receive")
def print_sheet(body: bodies.Nothing) -> tuple[Answer, int]:
    """The first-day sheet on the slip printer."""
    return first_day.print_sheet(node(), who(), now()), 201


@needs("receive")
def offered() -> Answer:
    """The starter catalogue."""
    return starter.offered(node(), who())


@needs("receive")
def take(body: bodies_market.StarterIn) -> tuple[Answer, int]:
    """Add what was ticked."""
    return starter.take(node(), who(), body.groups, body.names, now()), 201
