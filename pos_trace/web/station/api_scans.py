"""``POST /scans``: a text or a photo, looked up or received; always 200 when the request was understood."""

from typing import Any

from flask import request
from flask_openapi import APIBlueprint
from pydantic import BaseModel, ConfigDict

from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.goods_dates import GoodsDates
from pos_trace.services import scanning
from pos_trace.services.node import Answer
from pos_trace.services.scanning import ScanIn
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.fields import Day
from pos_trace.web.shared.guard import carried, needs
from pos_trace.web.station.bodies import BINARY, Amount, Id, Name, Short, Unit


class ScanBody(BaseModel):
    """``text`` (or multipart ``photo``), and where it is received. ``production_date`` and ``expiry_date``: read off
    goods whose code does not carry them (``needs_dates`` of their group).
    """

    model_config = ConfigDict(extra="forbid")
    text: str | None = None
    delivery_id: Id | None = None
    quantity: Amount | None = None
    unit: Unit | None = None
    dry_run: bool = False
    goods_name: Name | None = None
    goods_group: Short | None = None
    content_kg: Amount | None = None
    product_id: Id | None = None
    confirm: bool = False
    confirm_slip: bool = False
    production_date: Day | None = None
    expiry_date: Day | None = None


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_scans", __name__, url_prefix="/api/v1")
    api.post("/scans", request_body=described())(scan)
    return api


def described() -> dict[str, Any]:
    """Both ways a scan may come, for openapi.json: the handler reads them itself."""
    told = ScanBody.model_json_schema()
    with_photo = {name: part for name, part in told["properties"].items() if name != "text"}
    photo = {"type": "object", "properties": with_photo | {"photo": BINARY}, "required": ["photo"]}
    return {"content": {"application/json": {"schema": told}, "multipart/form-data": {"schema": photo}}}


def _told() -> tuple[ScanBody, bytes | None]:
    if request.mimetype != "multipart/form-data":
        return ScanBody.model_validate(request.get_json()), None
    fields: dict[str, Any] = {name: value for name, value in request.form.items() if value != ""}
    upload = request.files.get("photo")
    return ScanBody.model_validate(fields), upload.stream.read() if upload is not None else None


@carried
@needs("receive")
def scan() -> Answer:
    """One scan; without a delivery it is a look-up that makes no line and no stock."""
    told, photo = _told()
    asked = ScanIn(
        told.text or "", told.delivery_id, told.quantity, told.unit, told.dry_run,
        "photo" if photo is not None else "text", told.goods_name, told.goods_group, told.content_kg, told.product_id,
        told.confirm, told.confirm_slip, GoodsDates(told.production_date, told.expiry_date),
    )  # fmt: skip
    if photo is not None:
        return scanning.scan_photo(node(), who(), photo, asked, now())
    if told.text is None:
        raise Invalid("text_missing", "Gửi text, hoặc photo (multipart).", (FieldError("/text", "missing"),))
    return scanning.scan(node(), who(), asked, now())
