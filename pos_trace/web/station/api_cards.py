"""What lies on the stall's table: its QR card, switched and printed by the owner; a small slip for one lot."""

from flask_openapi import APIBlueprint

from pos_trace.services import lot_labels, stall_cards
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station import bodies


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_cards", __name__, url_prefix="/api/v1")
    api.get("/stall-card")(told)
    api.post("/stall-card")(switch)
    api.post("/stall-card/print")(print_card)
    api.post("/stock/<lot_id>/label")(label)
    return api


@needs("cases")
def told() -> Answer:
    """Whether the card is open, and its address."""
    return stall_cards.told(node(), who())


@needs("cases")
def switch(body: bodies.CardIn) -> Answer:
    """Open or shut the card."""
    return stall_cards.switch(node(), who(), body.on, body.show_supplier, now())


@needs("cases")
def print_card(body: bodies.Nothing) -> tuple[Answer, int]:
    """The card on the stall's printer."""
    return stall_cards.print_card(node(), who(), now()), 201


@needs("stock")
def label(path: bodies.LotPath, body: bodies.Nothing) -> tuple[Answer, int]:
    """A small slip of one lot."""
    return lot_labels.print_label(node(), who(), path.lot_id, now()), 201
