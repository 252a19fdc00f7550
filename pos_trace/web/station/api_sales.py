"""Before and after payment: check, sale, reprint, return, products."""

from typing import Any

from flask_openapi import APIBlueprint

from pos_trace.services import checking, receipts, returning, selling
from pos_trace.services.goods_asked import AskedLine
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station import bodies


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_sales", __name__, url_prefix="/api/v1")
    api.post("/sales:check")(check)
    api.post("/sales")(sell)
    api.get("/sales")(listed)
    api.post("/sales/<sale_id>/reprint")(reprint)
    api.post("/returns")(take_back)
    api.put("/products/<sku>")(set_product)
    return api


def _lines(told: list[bodies.CheckLineIn]) -> tuple[AskedLine, ...]:
    made = []
    for index, line in enumerate(told):
        fields: dict[str, Any] = line.model_dump(exclude={"qty"})
        made.append(AskedLine(quantity=bodies.quantity_or_none(line.qty, f"/lines/{index}/qty"), **fields))
    return tuple(made)


@needs("sell")
def check(body: bodies.CheckIn) -> Answer:
    """May these be sold?"""
    return checking.sellable(node(), who(), _lines(body.lines), now())


@needs("sell")
def sell(body: bodies.SaleBody) -> tuple[Answer, int]:
    """A paid sale; never refused for a blocked lot."""
    fields = body.model_dump(exclude={"lines"})
    return selling.record_sale(node(), who(), selling.SaleIn(lines=_lines(body.lines), **fields), now()), 201


@needs("sell")
def listed() -> Answer:
    """The last sales of the stall."""
    return receipts.listed(node(), who())


@needs("sell")
def reprint(path: bodies.SalePath, body: bodies.Nothing) -> tuple[Answer, int]:
    """One more copy, marked."""
    return receipts.reprint(node(), who(), path.sale_id, now()), 201


@needs("sell")
def take_back(body: bodies.ReturnIn) -> tuple[Answer, int]:
    """A customer brings goods back."""
    of = {"sale_id": body.sale_id, "key": body.key, "recall_id": body.recall_id}
    return returning.take_back(node(), who(), body.product, body.quantity, body.unit, now(), **of), 201


@needs("sell")
def set_product(path: bodies.SkuPath, body: bodies.ProductIn) -> Answer:
    """Make or change a product."""
    told = body.model_dump() | {"content_kg": bodies.quantity_or_none(body.content_kg, "/content_kg")}
    return selling.set_product(node(), who(), path.sku, told, now())
