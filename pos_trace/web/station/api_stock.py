"""The stall's open lots and what people do with them."""

from flask_openapi import APIBlueprint

from pos_trace.services import stock
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station import bodies


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_stock", __name__, url_prefix="/api/v1")
    api.get("/stock")(listed)
    api.post("/stock/opening")(opening)
    api.post("/stock/<lot_id>/split")(split)
    api.post("/stock/<lot_id>/close")(close)
    api.post("/stock/<lot_id>/waste")(waste)
    return api


@needs("stock")
def listed() -> Answer:
    """What is on hand, lot by lot."""
    return stock.listed(node(), who())


@needs("receive")
def opening(body: bodies.OpeningIn) -> tuple[Answer, int]:
    """Hàng nhập trước ngày đầu."""
    return stock.opening(
        node(), who(), body.name, body.quantity, body.unit, now(),
        group=body.goods_group, expiry=body.expiry, barcode=body.barcode,
    ), 201  # fmt: skip


@needs("receive")
def split(path: bodies.LotPath, body: bodies.SplitIn) -> tuple[Answer, int]:
    """Cut or repack part of a lot."""
    told = (path.lot_id, body.quantity, body.name, body.unit, body.units)
    return stock.split(node(), who(), *told, now()), 201


@needs("receive")
def close(path: bodies.LotPath, body: bodies.Nothing) -> Answer:
    """ "Hết lô này"."""
    return stock.close(node(), who(), path.lot_id, now())


@needs("receive")
def waste(path: bodies.LotPath, body: bodies.WasteIn) -> Answer:
    """Spoilt, given away, used."""
    return stock.waste(node(), who(), path.lot_id, body.quantity, body.reason, now())
