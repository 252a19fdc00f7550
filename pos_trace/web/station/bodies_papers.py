"""What the routes about papers take in."""

from typing import Any

from pydantic import BaseModel

from pos_trace.web.shared.fields import Moment
from pos_trace.web.station.bodies import BINARY, Body, Id


class PaperPath(BaseModel):
    """Which paper."""

    paper_id: Id


class PhotoPath(BaseModel):
    """Which photo."""

    photo_id: Id


COVER: dict[str, Any] = {
    "content": {
        "multipart/form-data": {
            "schema": {"type": "object", "properties": {"photo": BINARY}, "required": ["photo"]},
        }
    }
}


class CheckPath(BaseModel):
    """Which line of which desk check."""

    check_id: Id
    line_id: Id


class LaterIn(Body):
    """When the papers will be here; without it by the market's next 05:00."""

    by: Moment | None = None


class SameIn(Body):
    """The answer to "Cùng chuyến xe?"."""

    same: bool


class CoverIn(Body):
    """Which other delivery of the stall the paper is for as well."""

    delivery_id: Id
