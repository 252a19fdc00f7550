"""The stall's side of cases and its stop-sale log."""

from typing import Annotated

from flask import Response
from flask_openapi import APIBlueprint
from pydantic import BaseModel, Field, StringConstraints

from pos_trace.services import cases, recalls_here, stop_sales
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station.bodies import Body, Nothing

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
Text = Annotated[str, StringConstraints(max_length=2000)]


class CasePath(BaseModel):
    """Which case."""

    case_id: Annotated[str, StringConstraints(max_length=36)]


class FlagPath(BaseModel):
    """Which flag."""

    flag_id: Annotated[str, StringConstraints(max_length=36)]


class RecallPath(BaseModel):
    """Which recall."""

    recall_id: Annotated[str, StringConstraints(max_length=80)]


class ReplyIn(Body):
    """Words, and papers the stall has already added."""

    text: Text = ""
    paper_ids: Annotated[list[Id], Field(max_length=20, default_factory=list)]


class EvidenceIn(Body):
    """Photos the stall has already taken."""

    photo_ids: Annotated[list[Id], Field(min_length=1, max_length=20)]
    caption: Annotated[str, StringConstraints(max_length=300)] = ""


class WithdrawIn(Body):
    """Why; without words "Ghi nhầm"."""

    reason: Annotated[str, StringConstraints(max_length=300)] = ""


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_cases", __name__, url_prefix="/api/v1")
    api.get("/cases")(listed)
    api.get("/cases/<case_id>")(detail)
    api.post("/cases/<case_id>/reply")(reply)
    api.post("/cases/<case_id>/withdraw")(withdraw)
    api.post("/cases/<case_id>/evidence")(evidence)
    api.get("/cases/<case_id>/evidence/<sha256>")(evidence_file)
    api.post("/flags/<flag_id>/send")(send_flag)
    api.get("/stop-sales")(stop_sale_log)
    api.get("/recalls")(recalls)
    api.get("/recalls/<recall_id>")(recall)
    api.post("/recalls/<recall_id>/done")(recall_done)
    return api


class EvidencePath(CasePath):
    """Which file of which case."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


@needs("cases")
def listed() -> Answer:
    """The stall's cases, newest first."""
    return cases.listed(node(), who())


@needs("cases")
def detail(path: CasePath) -> Answer:
    """One case with goods, events and evidence."""
    return cases.detail(node(), who(), path.case_id)


@needs("cases")
def reply(path: CasePath, body: ReplyIn) -> tuple[Answer, int]:
    """Answer the inspector."""
    return cases.reply(node(), who(), path.case_id, body.text, body.paper_ids, now()), 201


@needs("cases")
def withdraw(path: CasePath, body: WithdrawIn) -> Answer:
    """ "Ghi nhầm", until an inspector has taken the case."""
    return cases.withdraw(node(), who(), path.case_id, body.reason, now())


@needs("cases")
def evidence(path: CasePath, body: EvidenceIn) -> tuple[Answer, int]:
    """Add photos."""
    return cases.add_evidence(node(), who(), path.case_id, body.photo_ids, body.caption, now()), 201


@needs("cases")
def evidence_file(path: EvidencePath) -> Response:
    """The bytes of one file of the stall's own case."""
    data, media_type = cases.file(node(), who(), path.case_id, path.sha256)
    return Response(data, content_type=media_type, headers={"Content-Disposition": "inline"})


@needs("cases")
def send_flag(path: FlagPath) -> tuple[Answer, int]:
    """ "Gửi ngay"."""
    return cases.send_flag(node(), who(), path.flag_id, now()), 201


@needs("stock")
def stop_sale_log() -> Answer:
    """Sales refused, alarmed or stopped by a recall."""
    return stop_sales.log(node(), who())


@needs("stock")
def recalls() -> Answer:
    """The recalls that stopped goods of this stall."""
    return recalls_here.listed(node(), who())


@needs("stock")
def recall(path: RecallPath) -> Answer:
    """What this stall has and sold of a recall."""
    return recalls_here.detail(node(), who(), path.recall_id)


@needs("cases")
def recall_done(path: RecallPath, body: Nothing) -> Answer:
    """ "Đã thu hồi xong", with the ledger's figures."""
    return recalls_here.complete(node(), who(), path.recall_id, now())
