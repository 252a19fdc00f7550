"""Giao ca and PHIẾU CHỐT NGÀY of a stall."""

from flask_openapi import APIBlueprint
from pydantic import BaseModel

from pos_trace.services import day_end, hand_over
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station import bodies


class HandOverPath(BaseModel):
    """Which hand-over."""

    hand_over_id: bodies.Id


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_handing", __name__, url_prefix="/api/v1")
    api.get("/hand-overs")(current)
    api.post("/hand-overs")(offer)
    api.post("/hand-overs/<hand_over_id>/take")(take)
    api.post("/hand-overs/<hand_over_id>/print")(print_slip)
    api.get("/day-ends")(days)
    api.post("/day-ends")(close_day)
    return api


@needs("receive")
def current() -> Answer:
    """The offer that waits, and what lies open now."""
    return hand_over.current(node(), who(), now())


@needs("receive")
def offer(body: bodies.Nothing) -> tuple[Answer, int]:
    """ "Giao ca"."""
    return hand_over.offer(node(), who(), now()), 201


@needs("receive")
def take(path: HandOverPath, body: bodies.Nothing) -> Answer:
    """ "Nhận ca", by another person."""
    return hand_over.take(node(), who(), path.hand_over_id, now())


@needs("receive")
def print_slip(path: HandOverPath, body: bodies.Nothing) -> tuple[Answer, int]:
    """The slip of a hand-over."""
    return hand_over.print_slip(node(), who(), path.hand_over_id, now()), 201


@needs("receive")
def days() -> Answer:
    """What today's slip would say, and the last ones."""
    return day_end.listed(node(), who(), now())


@needs("receive")
def close_day(body: bodies.Nothing) -> tuple[Answer, int]:
    """ "Chốt ngày": once a day, printed again as often as wanted."""
    told = day_end.close_day(node(), who(), now())
    return told, 200 if told["again"] else 201
