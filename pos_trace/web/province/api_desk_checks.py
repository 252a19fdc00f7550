"""Desk checks over JSON: a records officer draws, so that who inspects does not choose whom."""

from typing import Annotated

from flask_openapi import APIBlueprint
from pydantic import Field

from pos_trace.services import desk_checks
from pos_trace.services.node import Answer
from pos_trace.web.province.bodies import Strict
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.fields import Day, Whole
from pos_trace.web.shared.guard import needs


class DrawIn(Strict):
    """A day that is over, and how many of a thousand documented lines."""

    day: Day
    share: Annotated[Whole, Field(ge=1, le=1000)] = 20


def blueprint() -> APIBlueprint:
    """Routes under ``/api/province/v1``."""
    api = APIBlueprint("province_desk_checks", __name__, url_prefix="/api/province/v1")
    api.get("/desk-checks")(drawn)
    api.post("/desk-checks")(draw)
    return api


@needs("register")
def drawn() -> Answer:
    """What was drawn."""
    return desk_checks.drawn(node(), who())


@needs("register")
def draw(body: DrawIn) -> tuple[Answer, int]:
    """Draw a day."""
    return desk_checks.draw(node(), who(), body.day, body.share, now()), 201
