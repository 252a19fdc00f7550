"""What a station sends: case events, evidence, projections of receipts, sightings of lots."""

from flask_openapi import APIBlueprint

from pos_trace.services import card_intake, case_intake, feedback, intake, private_intake
from pos_trace.services.node import Answer
from pos_trace.web.province import bodies
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs


def blueprint() -> APIBlueprint:
    """Routes under ``/api/province/v1``."""
    api = APIBlueprint("province_intake", __name__, url_prefix="/api/province/v1")
    api.post("/case-events")(case_events)
    api.post("/evidence")(evidence)
    api.post("/receipts")(receipt)
    api.post("/sightings")(sightings)
    api.put("/stall-cards/<gln>")(stall_card)
    api.post("/feedback")(told)
    api.post("/private-reports")(private_report)
    return api


@needs("station")
def case_events(body: bodies.EventsIn) -> Answer:
    """Each event is accepted, a duplicate, or rejected with reasons; the rest of the batch goes on."""
    return case_intake.take_events(node(), who(), [event.model_dump() for event in body.events], now())


@needs("station")
def evidence(body: bodies.EvidenceIn) -> Answer:
    """One file an event has named."""
    return case_intake.take_evidence(node(), who(), body.model_dump(), now())


@needs("station")
def receipt(body: bodies.ReceiptIn) -> Answer:
    """One receipt's projection, for the shopper's page."""
    return intake.take_receipt(node(), who(), body.model_dump(mode="json"), now())


@needs("station")
def sightings(body: bodies.SightingsIn) -> Answer:
    """Kilograms per day and lot."""
    told = [item.model_dump(mode="json") for item in body.sightings]
    return intake.take_sightings(node(), who(), told, now())


@needs("station")
def stall_card(path: bodies.CardPath, body: bodies.StallCardIn) -> Answer:
    """What a stall's QR card shows today."""
    return card_intake.take_card(node(), who(), path.gln, body.model_dump(mode="json"), now())


@needs("station")
def told(body: bodies.FeedbackIn) -> Answer:
    """What a shopper told on a station's page."""
    return feedback.take(node(), who(), body.model_dump(mode="json"), now())


@needs("station")
def private_report(body: bodies.PrivateReportIn) -> Answer:
    """What a person at a stall reports in private; it is told to nobody at that station."""
    return private_intake.take(node(), who(), body.model_dump(), now())
