"""What records officers write: facilities, lots, recalls."""

from flask_openapi import APIBlueprint

from pos_trace.services import recalls, records, register
from pos_trace.services.node import Answer
from pos_trace.web.province import bodies
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs


def blueprint() -> APIBlueprint:
    """Routes under ``/api/province/v1``."""
    api = APIBlueprint("province_register", __name__, url_prefix="/api/province/v1")
    api.get("/facilities")(facilities)
    api.put("/facilities")(put_facility)
    api.post("/lots")(put_lots)
    api.post("/recalls")(issue_recall)
    api.get("/recalls/<recall_id>")(recall)
    api.post("/recalls/<recall_id>:end")(end_recall)
    return api


@needs("register")
def facilities() -> Answer:
    """Every facility with its certificates."""
    return records.facilities(node())


@needs("register")
def put_facility(body: bodies.FacilityIn) -> Answer:
    """Add or change a facility."""
    return register.put_facility(node(), who(), body.model_dump(), now())


@needs("register")
def put_lots(body: bodies.LotsIn) -> Answer:
    """Add or change lots, all or none."""
    return register.put_lots(node(), who(), [line.model_dump() for line in body.lots], now())


@needs("recall")
def issue_recall(body: bodies.RecallIn) -> tuple[Answer, int]:
    """Issue a recall; stations learn it with their next poll."""
    return recalls.issue(node(), who(), body.model_dump(), now()), 201


@needs("recall")
def recall(path: bodies.RecallPath) -> Answer:
    """One recall."""
    return recalls.detail(node(), path.recall_id)


@needs("recall")
def end_recall(path: bodies.RecallPath, body: bodies.EndIn) -> Answer:
    """End a recall."""
    return recalls.end(node(), who(), path.recall_id, body.reason, now())
