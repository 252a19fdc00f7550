"""What the desk's routes take in."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from pos_trace.web.province.bodies import Strict
from pos_trace.web.shared.fields import Day, Line, Lines, Whole

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), Lines]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), Line]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), Line]
Id = Annotated[str, StringConstraints(min_length=1, max_length=36), Line]
Seen = Annotated[Whole, Field(ge=0, le=1_000_000)] | None
PageNumber = Annotated[int, Field(ge=1, le=100_000)]
By = Literal["supplier", "truck", "lot", "stall"]


class CasePath(BaseModel):
    """Which case: a station's site and the case's id."""

    site: Annotated[str, StringConstraints(max_length=36)]
    case_id: Annotated[str, StringConstraints(max_length=36)]


class EvidencePath(CasePath):
    """Which file of the case."""

    number: Annotated[int, Field(ge=1, le=100_000)]


class IdPath(BaseModel):
    """Which one."""

    id: Annotated[str, StringConstraints(max_length=36)]


class Wanted(BaseModel):
    """Only cases in this state; ``mine``: those I have and those nobody attends to."""

    state: Annotated[str, StringConstraints(max_length=20)] | None = None
    mine: bool = False
    page: PageNumber = 1


class GroupWanted(BaseModel):
    """By what the queue is put together; ``key``: one group alone."""

    by: By = "supplier"
    key: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
    page: PageNumber = 1


class FeedbackWanted(BaseModel):
    """Only feedback in this state."""

    state: Annotated[str, StringConstraints(max_length=20)] | None = None


class Ground(BaseModel):
    """Why somebody looks."""

    ground: Annotated[str, StringConstraints(max_length=200), Line] = ""


class Step(Strict):
    """``seen``: how many events the caller had read; another number now is 409 ``changed_meanwhile``."""

    seen: Seen = None


class TakeIn(Step):
    """Nothing but what was seen."""


class TextIn(Step):
    """Words."""

    text: Words


class NoteIn(Strict):
    """Words for the file."""

    text: Words


class AssignIn(Step):
    """To whom."""

    user_id: Id


class TransferIn(Step):
    """Where to – the id of an authority here, or a name – and why."""

    agency: Words
    reason: Words


class AppealIn(Step):
    """Who appeals, on which day, and against what."""

    text: Words
    by: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Line] = ""
    on: Day | None = None


class InspectIn(Step):
    """An inspection on site (TT 27/2020/TT-BCT Điều 18); amounts in đồng."""

    text: Words
    decision_number: Short = ""
    decision_date: Day | None = None
    record_number: Short = ""
    officers: Text = ""
    represented_by: Text = ""
    witness: Text = ""
    opinion: Text = ""
    measures: Text = ""
    refused_to_sign: bool = False
    refusal_reason: Text = ""
    listed_price: Short = ""
    seller_estimate: Short = ""


class Conclusion(Strict):
    """Outcome, finding and reason; the document where the words bind."""

    outcome: Literal["complies", "violation", "criminal", "continue", "not_competent"]
    origin_finding: Literal["cleared", "undetermined", "not_examined"]
    reason: Words
    document_number: Short | None = None
    document_date: Day | None = None
    stop_order: bool = False


class ConclusionIn(Conclusion, Step):
    """A conclusion of one case."""


class DraftIn(Step):
    """Which proposal."""

    draft_id: Id


class SendBackIn(Strict):
    """Which proposal, and why not."""

    draft_id: Id
    remark: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Lines]


class CaseRef(Strict):
    """One case of a group, and how many of its events were read."""

    site_id: Id
    case_id: Id
    seen: Seen = None


class GroupIn(Strict):
    """One step on many cases."""

    step: Literal["take", "ask", "conclude"]
    cases: Annotated[list[CaseRef], Field(min_length=1, max_length=100)]
    text: Words | None = None
    conclusion: Conclusion | None = None


class SentIn(Strict):
    """How the notice went out."""

    how: Text = ""


class LinkIn(Strict):
    """Into the file of which case."""

    site_id: Id
    case_id: Id


class ReporterIn(Strict):
    """Of what, and why somebody has to know."""

    subject: Literal["case", "feedback"]
    id: Id
    site_id: Annotated[str, StringConstraints(max_length=36), Line] = ""
    ground: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Line]


class PersonIn(Strict):
    """A new person of the own authority."""

    login: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), Line]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), Line]
    password: Annotated[str, StringConstraints(min_length=8, max_length=200)]
    roles: Annotated[list[Literal["inspector", "records_officer", "agency_admin"]], Field(min_length=1, max_length=3)]
