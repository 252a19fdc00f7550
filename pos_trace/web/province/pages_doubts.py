"""The desk's list of lots and labels to look at: a screen, and the same as JSON."""

from decimal import Decimal

from flask import Response
from flask_openapi import APIBlueprint

from pos_trace.core.quantities import shown
from pos_trace.services import desk_doubts
from pos_trace.services.node import Answer
from pos_trace.web.province.frame import page
from pos_trace.web.shared.context import node
from pos_trace.web.shared.guard import needs


def blueprint() -> APIBlueprint:
    """``/doi-chieu`` and ``GET /api/province/v1/doubts``."""
    api = APIBlueprint("province_doubts", __name__)
    api.get("/api/province/v1/doubts")(doubts)
    api.add_url_rule("/doi-chieu", "screen", screen)
    return api


@needs("inspect")
def doubts() -> Answer:
    """Lots received beyond what they hold, and labels seen at several sites."""
    return desk_doubts.listed(node())


@needs("inspect")
def screen() -> Response:
    """The same for people."""
    return page("province/doubts.html", amount=_amount, **desk_doubts.listed(node()))


def _amount(text: str) -> str:
    return shown(Decimal(text))
