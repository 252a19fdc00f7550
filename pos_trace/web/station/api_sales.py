"""Before and after payment: check, sale, reprint, return, products."""

from typing import Any

from flask_openapi import APIBlueprint

from pos_trace.services import checking, product_list, receipts, returning, selling, slip_lookup, step_up
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
    api.get("/sales:find")(find)
    api.get("/overrides")(who_may)
    api.post("/overrides")(allow)
    api.get("/products")(products)
    api.put("/products/<sku>")(set_product)
    api.put("/products/id/<product_id>")(change_product)
    return api


def _lines(told: list[bodies.CheckLineIn]) -> tuple[AskedLine, ...]:
    made = []
    for index, line in enumerate(told):
        fields: dict[str, Any] = line.model_dump(exclude={"qty", "bundle"})
        fields["bundle"] = None if line.bundle is None else tuple(line.bundle)
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
    of: dict[str, Any] = {"sale_id": body.sale_id, "key": body.key, "recall_id": body.recall_id}
    of |= {"without_receipt": body.without_receipt}
    return returning.take_back(node(), who(), body.product, body.quantity, body.unit, now(), **of), 201


@needs("sell")
def find(query: bodies.SlipQuery) -> Answer:
    """The slip a customer brings back."""
    return slip_lookup.find(node(), who(), query.text)


@needs("sell")
def who_may() -> Answer:
    """Who may allow a held lot."""
    return step_up.people(node(), who(), now())


@needs("sell")
def allow(body: bodies.OverrideIn) -> tuple[Answer, int]:
    """A held or expired lot is sold because somebody answers for it."""
    return step_up.allow(node(), who(), body.lot, body.login, body.pin, body.reason, now()), 201


@needs("sell")
def products() -> Answer:
    """The stall's goods with prices and units."""
    return product_list.listed(node(), who())


def _product(body: bodies.ProductIn) -> dict[str, Any]:
    return body.model_dump() | {"content_kg": bodies.quantity_or_none(body.content_kg, "/content_kg")}


@needs("sell")
def set_product(path: bodies.SkuPath, body: bodies.ProductIn) -> Answer:
    """Make or change a product by the till's number."""
    return product_list.set_by_sku(node(), who(), path.sku, _product(body), now())


@needs("sell")
def change_product(path: bodies.ProductPath, body: bodies.ProductIn) -> Answer:
    """Change a product by our id."""
    return product_list.set_by_id(node(), who(), path.product_id, _product(body), now())
