"""What the routes about phones, people's screens and the owner's books take in."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from pos_trace.web.shared.fields import Day, Moment, Whole
from pos_trace.web.station.bodies import Body, Id

Kind = Annotated[str, StringConstraints(max_length=40)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Month = Annotated[str, StringConstraints(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")]


class DevicePath(BaseModel):
    """Which phone."""

    device_id: Id


class HeartbeatIn(Body):
    """How many scans wait on the phone, and when the last one was made."""

    queue_count: Annotated[Whole, Field(ge=0, le=100_000)] = 0
    last_scan_at: Moment | None = None


class EnterIn(Body):
    """A name that was tapped and its PIN; ``new_pin`` takes the place of one the office gave."""

    login: Annotated[str, StringConstraints(max_length=80)]
    pin: Annotated[str, StringConstraints(max_length=80)]
    new_pin: Annotated[str, StringConstraints(max_length=20)] | None = None


class PersonPath(BaseModel):
    """Which person."""

    user_id: Id


class PersonIn(Body):
    """A person of the stall; ``roles``: receiver | cashier | shift_leader | owner."""

    name: Annotated[str, StringConstraints(max_length=120)]
    roles: Annotated[list[Kind], Field(max_length=4)]
    pin: Annotated[str, StringConstraints(max_length=20)]


class PinIn(Body):
    """A new PIN, four to six digits."""

    pin: Annotated[str, StringConstraints(max_length=20)]


class MessagePath(BaseModel):
    """Which message."""

    message_id: Id


class SentQuery(BaseModel):
    """Which messages: before one, of a day (yyyy-mm-dd), of a kind."""

    before: Id | None = None
    day: date | None = None
    kind: Kind | None = None


class SeenQuery(BaseModel):
    """Where the page before ended."""

    before: Id | None = None


class MonthQuery(BaseModel):
    """Which month, yyyy-mm."""

    month: Month


class PresentIn(Body):
    """A period or a lot, to whom it is shown and on which ground ("chủ sạp trình" without one)."""

    from_day: Day | None = None
    to_day: Day | None = None
    lot_id: Id | None = None
    shown_to: Words = ""
    ground: Words = ""


class PresentationPath(BaseModel):
    """Which bundle."""

    presentation_id: Id
