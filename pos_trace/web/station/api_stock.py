"""The stall's open lots and what people do with them."""

from flask_openapi import APIBlueprint

from pos_trace.services import closing, counting, setting_aside, shortfalls, splitting, stock
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station import bodies, bodies_stock


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_stock", __name__, url_prefix="/api/v1")
    api.get("/stock")(listed)
    api.get("/stock/closed")(closed)
    api.post("/stock/opening")(opening)
    api.post("/stock/merge")(merge)
    api.get("/stock/<lot_id>/lineage")(lineage)
    api.post("/stock/<lot_id>/split")(split)
    api.post("/stock/<lot_id>/repack")(repack)
    api.post("/stock/<lot_id>/close")(close)
    api.post("/stock/<lot_id>/reopen")(reopen)
    api.post("/stock/<lot_id>/release")(release)
    api.post("/stock/<lot_id>/count")(count)
    api.post("/stock/<lot_id>/waste")(waste)
    api.post("/stock/<lot_id>/on-sale")(on_sale)
    api.post("/stock/<lot_id>/settle")(settle)
    api.get("/shortfalls")(short)
    return api


@needs("stock")
def listed() -> Answer:
    """What is on hand, lot by lot."""
    return stock.listed(node(), who())


@needs("stock")
def closed() -> Answer:
    """What ended in the last days and may be opened again."""
    return closing.closed(node(), who(), now())


@needs("receive")
def opening(body: bodies.OpeningIn) -> tuple[Answer, int]:
    """Hàng nhập trước ngày đầu."""
    return stock.opening(
        node(), who(), body.name, body.quantity, body.unit, now(),
        group=body.goods_group, expiry=body.expiry, barcode=body.barcode,
    ), 201  # fmt: skip


@needs("receive")
def merge(body: bodies_stock.MergeLotsIn) -> tuple[Answer, int]:
    """Parts of lots become one lot with all their origins."""
    parts = [(part.id, part.quantity) for part in body.lots]
    return splitting.merge(node(), who(), parts, now(), name=body.name, unit=body.unit, units=body.units), 201


@needs("stock")
def lineage(path: bodies.LotPath) -> Answer:
    """Where a lot came from and what was made of it."""
    return splitting.made_of(node(), who(), path.lot_id)


@needs("receive")
def split(path: bodies.LotPath, body: bodies_stock.SplitIn) -> tuple[Answer, int]:
    """Part of a lot becomes other goods."""
    told = (path.lot_id, body.quantity, body.name, body.unit, body.units)
    return splitting.split(node(), who(), *told, now()), 201


@needs("receive")
def repack(path: bodies.LotPath, body: bodies_stock.RepackIn) -> tuple[Answer, int]:
    """The same goods in other packs."""
    told = (path.lot_id, body.units, body.unit, body.content, body.content_unit)
    return splitting.repack(node(), who(), *told, now(), quantity=body.quantity, name=body.name), 201


@needs("receive")
def close(path: bodies.LotPath, body: bodies_stock.CloseIn) -> Answer:
    """ "Hết lô này"."""
    return closing.close(node(), who(), path.lot_id, now(), body.kind)


@needs("receive")
def reopen(path: bodies.LotPath, body: bodies_stock.CountIn) -> tuple[Answer, int]:
    """A closed lot is still there."""
    return closing.reopen(node(), who(), path.lot_id, body.counted, body.reason, now()), 201


@needs("receive")
def release(path: bodies.LotPath, body: bodies.Nothing) -> Answer:
    """What the stall's own people set aside is to be sold again."""
    return setting_aside.release(node(), who(), path.lot_id, now())


@needs("receive")
def count(path: bodies.LotPath, body: bodies_stock.CountIn) -> tuple[Answer, int]:
    """Kiểm kho."""
    return counting.count(node(), who(), path.lot_id, body.counted, body.reason, now()), 201


@needs("receive")
def waste(path: bodies.LotPath, body: bodies_stock.WasteIn) -> Answer:
    """Spoilt, given away, used."""
    return stock.waste(node(), who(), path.lot_id, body.quantity, body.reason, now(), body.kind)


@needs("receive")
def on_sale(path: bodies.LotPath, body: bodies_stock.OnSaleIn) -> Answer:
    """ "Đang bán lô này"."""
    return stock.on_sale(node(), who(), path.lot_id, body.on, now())


@needs("receive")
def settle(path: bodies.LotPath, body: bodies.Nothing) -> Answer:
    """What was sold above the books came from this lot."""
    return shortfalls.settle(node(), who(), path.lot_id, now())


@needs("receive")
def short() -> Answer:
    """What was sold above the books and is not settled."""
    return shortfalls.listed(node(), who())
