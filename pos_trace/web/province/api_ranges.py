"""Ranges of stamps and serials over JSON: what was issued, issue one, take one back."""

from typing import Annotated

from flask_openapi import APIBlueprint
from pydantic import BaseModel, Field, StringConstraints

from pos_trace.services import serial_ranges
from pos_trace.services.node import Answer
from pos_trace.web.province.bodies import Node, Short, Strict, Text
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.fields import Day, Line, Whole
from pos_trace.web.shared.guard import needs

Serial = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20), Line]


class RangeIn(Strict):
    """The serials ``first`` to ``last`` for a lot (``gtin`` and ``lot``), a product (``gtin``) or a facility."""

    first: Serial
    last: Serial
    gtin: Annotated[str, StringConstraints(pattern=r"^[0-9]{8,14}$")] | None = None
    lot: Short | None = None
    facility_id: Short | None = None
    issued_on: Day | None = None
    issued_to: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Line] | None = None


class RangePath(BaseModel):
    """Which range."""

    range_id: Node


class RangesQuery(BaseModel):
    """What is sought, and which page of fifty."""

    q: Annotated[str, StringConstraints(max_length=80), Line] = ""
    page: Annotated[Whole, Field(ge=1, le=1_000_000)] = 1


class WithdrawIn(Strict):
    """Why a range is taken back."""

    reason: Text = ""


def blueprint() -> APIBlueprint:
    """Routes under ``/api/province/v1``."""
    api = APIBlueprint("province_ranges", __name__, url_prefix="/api/province/v1")
    api.get("/serial-ranges")(listed)
    api.post("/serial-ranges")(issue)
    api.post("/serial-ranges/<range_id>:withdraw")(withdraw)
    return api


@needs("register")
def listed(query: RangesQuery) -> Answer:
    """Ranges issued, the newest first."""
    return serial_ranges.listed(node(), query.q, query.page)


@needs("register")
def issue(body: RangeIn) -> tuple[Answer, int]:
    """Issue a range; stations learn it with their next poll."""
    return serial_ranges.issue(node(), who(), body.model_dump(), now()), 201


@needs("register")
def withdraw(path: RangePath, body: WithdrawIn) -> Answer:
    """Take a range back: its serials count as never issued."""
    return serial_ranges.withdraw(node(), who(), path.range_id, body.reason, now())
