"""What the routes about papers take in."""

from pydantic import BaseModel

from pos_trace.web.shared.fields import Moment
from pos_trace.web.station.bodies import Body, Id


class PaperPath(BaseModel):
    """Which paper."""

    paper_id: Id


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
