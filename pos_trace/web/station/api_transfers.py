"""Transfers: goods to traders and shops by a signed slip, wrong stalls put right, and the buyer's answer."""

from flask_openapi import APIBlueprint

from pos_trace.services import transfer_answers, transfer_corrections, transfers
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station import bodies, bodies_transfers


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_transfers", __name__, url_prefix="/api/v1")
    api.post("/transfers")(send)
    api.get("/transfers")(listed)
    api.get("/transfers/<transfer_id>")(detail)
    api.post("/transfers/<transfer_id>/accept")(accept)
    api.post("/transfers/<transfer_id>/return")(take_back)
    api.post("/transfers/<transfer_id>/cancel")(cancel)
    return api


@needs("receive")
def send(body: bodies_transfers.TransferIn) -> tuple[Answer, int]:
    """PHIẾU GIAO HÀNG, or "Sai sạp"."""
    if body.kind == "correction":
        to_stall = body.to_stall or body.buyer.stall_number or ""
        which = {"delivery_id": body.delivery_id, "line_id": body.line_id}
        return transfer_corrections.offer(node(), who(), to_stall, body.reason, now(), **which), 201
    lines = [line.told() for line in body.lines]
    return transfers.send(node(), who(), body.kind, body.buyer.told(), lines, body.reason, now()), 201


@needs("receive")
def listed(query: bodies_transfers.TransfersQuery) -> Answer:
    """The stall's slips, with whom it deals."""
    return transfers.listed(node(), who(), query.direction)


@needs("receive")
def detail(path: bodies_transfers.TransferPath) -> Answer:
    """One slip with its codes."""
    return transfers.detail(node(), who(), path.transfer_id)


@needs("receive")
def accept(path: bodies_transfers.TransferPath, body: bodies_transfers.AnswerIn) -> Answer:
    """Nhận đủ, Nhận một phần, Không nhận."""
    return transfer_answers.accept(node(), who(), path.transfer_id, [line.told() for line in body.lines], now())


@needs("receive")
def take_back(path: bodies_transfers.TransferPath, body: bodies_transfers.AnswerIn) -> Answer:
    """ "Nhận lại" from a buyer outside this box."""
    return transfer_answers.take_back(node(), who(), path.transfer_id, [line.told() for line in body.lines], now())


@needs("receive")
def cancel(path: bodies_transfers.TransferPath, body: bodies.ReasonIn) -> Answer:
    """Take a slip back that nobody answered."""
    return transfer_answers.cancel(node(), who(), path.transfer_id, body.reason, now())
