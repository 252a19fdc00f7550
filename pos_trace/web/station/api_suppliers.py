"""Trucks at the gate, and who brings goods: search, rename, merge."""

from flask_openapi import APIBlueprint

from pos_trace.services import arrivals, suppliers
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station.bodies_receiving import MergeIn, SupplierBody, SupplierPath, SuppliersQuery


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_suppliers", __name__, url_prefix="/api/v1")
    api.get("/arrivals")(trucks)
    api.get("/suppliers")(listed)
    api.put("/suppliers/<supplier_id>")(change)
    api.post("/suppliers/<supplier_id>/merge")(merge)
    return api


@needs("receive")
def trucks() -> Answer:
    """The site's trucks of the last twelve hours."""
    return arrivals.listed(node(), who(), now())


@needs("receive")
def listed(query: SuppliersQuery) -> Answer:
    """Who brought goods before."""
    return suppliers.listed(node(), who(), query.q)


@needs("receive")
def change(path: SupplierPath, body: SupplierBody) -> Answer:
    """Rename; give a nickname."""
    return suppliers.change(node(), who(), path.supplier_id, body.name, body.nickname, now())


@needs("receive")
def merge(path: SupplierPath, body: MergeIn) -> Answer:
    """ "Gộp người giao"."""
    return suppliers.merge(node(), who(), path.supplier_id, body.into, now())
