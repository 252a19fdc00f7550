"""What the market office's routes and the first day's take in."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from pos_trace.web.shared.fields import Day, Whole
from pos_trace.web.station.bodies import BINARY, Body, Id, Name

Number = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Word = Annotated[str, StringConstraints(max_length=20)]
Clock = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", json_schema_extra={"format": "time"}, examples=["13:30"])
]
Recall = Annotated[str, StringConstraints(min_length=1, max_length=80)]
SHEET: dict[str, Any] = {
    "content": {
        "multipart/form-data": {"schema": {"type": "object", "properties": {"file": BINARY}, "required": ["file"]}}
    }
}


class SearchQuery(BaseModel):
    """``search``: part of a stall's number or name."""

    search: Annotated[str, StringConstraints(max_length=80)] = ""


class DayQuery(BaseModel):
    """Which day; none: today."""

    day: Day | None = None


class GateIn(Body):
    """A vehicle at the gate, or several arrivals of one stall at once."""

    number: Number | None = None
    plate: Annotated[str, StringConstraints(max_length=40)] | None = None
    count: Annotated[Whole, Field(ge=1, le=500)] = 1
    source: Word = "gate"
    day: Day | None = None
    note: Annotated[str, StringConstraints(max_length=200)] | None = None


class GateCancelIn(Body):
    """Which line of the gate log is struck out."""

    entry_id: Id


class StallDaysIn(Body):
    """Which stalls were open on a day, by number."""

    day: Day | None = None
    stalls: Annotated[dict[Number, bool], Field(max_length=1000)]


class RecallIn(Body):
    """Which recall in force."""

    recall_id: Recall


class QuietIn(Body):
    """From when until when, "HH:MM" on the market's clock; null and null: as configured."""

    model_config = ConfigDict(extra="forbid", validate_by_alias=True)
    quiet_from: Clock | None = Field(default=None, alias="from")
    until: Clock | None = None


class PracticeIn(Body):
    """A stall's new last day of practice."""

    number: Number
    until: Day


class OwnersPinIn(Body):
    """Whose owner gets a new PIN; ``login``: another person of the stall, who works elsewhere too."""

    number: Number
    login: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] | None = None


class CardsIn(Body):
    """Cards of these stalls; without numbers of every stall that has no phone yet."""

    numbers: Annotated[list[Number], Field(max_length=1000)] | None = None
    reset_pin: bool = False


class StarterIn(Body):
    """Names of the starter catalogue, and groups of which all are wanted."""

    groups: Annotated[list[Word], Field(default_factory=list, max_length=40)]
    names: Annotated[list[Name], Field(default_factory=list, max_length=400)]
