"""Deliveries, their lines, papers and photos; what a receiver answers to a flag."""

from flask import request
from flask_openapi import APIBlueprint

from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.goods_dates import GoodsDates
from pos_trace.services import adjusting, deliveries, line_dates, papers, receiving
from pos_trace.services.node import Answer
from pos_trace.services.suppliers import SupplierIn
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import carried, needs
from pos_trace.web.station import bodies
from pos_trace.web.station.bodies_receiving import DatesIn, DeliveryIn, LooseIn, WhoBrings


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_receiving", __name__, url_prefix="/api/v1")
    api.post("/deliveries")(open_delivery)
    api.get("/deliveries")(listed)
    api.get("/deliveries/<delivery_id>")(detail)
    api.get("/deliveries/<delivery_id>/before")(before)
    api.post("/deliveries/<delivery_id>/supplier")(name_supplier)
    api.post("/deliveries/<delivery_id>/lines")(add_line)
    api.post("/deliveries/<delivery_id>/papers")(add_paper)
    api.post("/deliveries/<delivery_id>/photos", request_body=bodies.PHOTO)(add_photo)
    api.post("/deliveries/<delivery_id>/close")(close)
    api.post("/deliveries/<delivery_id>/cancel")(cancel)
    api.post("/deliveries/<delivery_id>/adjustments")(adjust)
    api.post("/lines/<line_id>/refuse")(refuse)
    api.post("/lines/<line_id>/hold")(hold)
    api.post("/lines/<line_id>/dates")(write_dates)
    api.get("/flags")(flags)
    return api


@needs("receive")
def open_delivery(body: DeliveryIn) -> tuple[Answer, int]:
    """Start receiving."""
    return deliveries.open_delivery(node(), who(), now(), **body.model_dump()), 201


@needs("receive")
def listed(query: bodies.DeliveriesQuery) -> Answer:
    """The stall's deliveries."""
    return deliveries.listed(node(), who(), query.state)


@needs("receive")
def detail(path: bodies.DeliveryPath) -> Answer:
    """One delivery with its lines."""
    return deliveries.detail(node(), who(), path.delivery_id, now())


@needs("receive")
def before(path: bodies.DeliveryPath) -> Answer:
    """ "Giống hôm qua": the supplier's last lines."""
    return deliveries.before(node(), who(), path.delivery_id, now())


@carried
@needs("receive")
def name_supplier(path: bodies.DeliveryPath, body: WhoBrings) -> Answer:
    """Whose goods they are."""
    told = SupplierIn(body.supplier_id, body.supplier_name, body.nickname, body.driver_only)
    return deliveries.name_supplier(node(), who(), path.delivery_id, told, now())


def _paper(told: bodies.PaperBody) -> papers.PaperIn:
    return papers.PaperIn(told.kind, told.number, told.issued_on, told.issuer, told.note, told.stated_kg)


@carried
@needs("receive")
def add_line(path: bodies.DeliveryPath, body: LooseIn) -> tuple[Answer, int]:
    """Goods without a code."""
    told = [_paper(paper) for paper in body.papers]
    amount = (body.quantity, body.unit)
    where = (path.delivery_id, body.goods_name, body.goods_group)
    more = (node(), who(), *where, *amount, told, now())
    dates = GoodsDates(body.production_date, body.expiry_date)
    return receiving.add_loose(*more, content_kg=body.content_kg, confirm=body.confirm, dates=dates), 201


@carried
@needs("papers")
def add_paper(path: bodies.DeliveryPath, body: bodies.PaperIn) -> tuple[Answer, int]:
    """A paper, now or later."""
    told = _paper(body)
    return papers.add(node(), who(), path.delivery_id, told, body.line_id, now(), truck=body.truck), 201


@needs("papers")
def add_photo(path: bodies.DeliveryPath) -> tuple[Answer, int]:
    """Multipart ``photo`` with ``paper_id`` or ``line_id``."""
    upload = request.files.get("photo")
    if upload is None:
        raise Invalid(
            "photo_missing", "Chưa có ảnh (multipart, tên trường: photo).", (FieldError("/photo", "missing"),)
        )
    of = {name: request.form.get(name) or None for name in ("paper_id", "line_id")}
    return papers.add_photo(node(), who(), path.delivery_id, upload.stream.read(), now(), **of), 201


@carried
@needs("receive")
def close(path: bodies.DeliveryPath, body: bodies.Nothing) -> Answer:
    """ "Xong chuyến": number and slips."""
    return receiving.close(node(), who(), path.delivery_id, now())


@needs("receive")
def cancel(path: bodies.DeliveryPath, body: bodies.ReasonIn) -> Answer:
    """Cancel; nothing is deleted."""
    return receiving.cancel(node(), who(), path.delivery_id, body.reason, now())


@needs("receive")
def adjust(path: bodies.DeliveryPath, body: bodies.AdjustIn) -> tuple[Answer, int]:
    """Phiếu điều chỉnh after closing."""
    where = (path.delivery_id, body.line_id, body.quantity, body.unit, body.reason)
    return adjusting.adjust(node(), who(), *where, now(), less=body.less), 201


@carried
@needs("receive")
def write_dates(path: bodies.LinePath, body: DatesIn) -> Answer:
    """ "Ghi hạn sử dụng": dates that stand on the goods, after they were received."""
    return line_dates.write(node(), who(), path.line_id, body.production_date, body.expiry_date, now())


@needs("receive")
def refuse(path: bodies.LinePath, body: bodies.RefuseIn) -> Answer:
    """ "Trả lại người giao"."""
    told = (path.line_id, body.quantity, body.unit, body.reason)
    return receiving.refuse(node(), who(), *told, now())


@needs("receive")
def hold(path: bodies.LinePath, body: bodies.Nothing) -> Answer:
    """ "Nhận và để riêng"."""
    return receiving.hold(node(), who(), path.line_id, now())


@needs("papers")
def flags() -> Answer:
    """Hàng cần bổ sung giấy tờ."""
    return receiving.flags(node(), who(), now())
