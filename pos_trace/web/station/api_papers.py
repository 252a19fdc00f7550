"""Papers that come later, serve several deliveries or were used before; what the office drew to be checked."""

from flask import Response, request
from flask_openapi import APIBlueprint

from pos_trace.core.errors import FieldError, Invalid
from pos_trace.services import covering, desk_checks, papers, reminders
from pos_trace.services.node import Answer
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station import bodies_papers as bodies
from pos_trace.web.station.api_cases import FlagPath
from pos_trace.web.station.bodies import DeliveryPath, LinePath


def blueprint() -> APIBlueprint:
    """Routes under ``/api/v1``."""
    api = APIBlueprint("station_papers", __name__, url_prefix="/api/v1")
    api.get("/reminders")(owed)
    api.post("/flags/<flag_id>/later")(later)
    api.get("/deliveries/<delivery_id>/papers")(listed)
    api.post("/papers/<paper_id>/same-truck")(same_truck)
    api.post("/papers/<paper_id>/deliveries")(cover)
    api.get("/lines/<line_id>/photos")(photos)
    api.get("/photos/<photo_id>")(photo)
    api.post("/photos/<photo_id>/cover", request_body=bodies.COVER)(covered)
    api.get("/desk-checks")(drawn)
    api.post("/desk-checks/<check_id>/lines/<line_id>/send")(send)
    return api


@needs("papers")
def owed() -> Answer:
    """ "Cần giấy trước …", and the papers the stall is asked about."""
    return reminders.listed(node(), who(), now())


@needs("papers")
def later(path: FlagPath, body: bodies.LaterIn) -> Answer:
    """ "Giấy đến sau"."""
    return reminders.later(node(), who(), path.flag_id, body.by, now())


@needs("papers")
def listed(path: DeliveryPath) -> Answer:
    """The papers that serve a delivery; of a neighbour's only kind, number, date and what is left."""
    return papers.listed(node(), who(), path.delivery_id)


@needs("papers")
def same_truck(path: bodies.PaperPath, body: bodies.SameIn) -> Answer:
    """ "Cùng chuyến xe?": yes or no."""
    return reminders.same_truck(node(), who(), path.paper_id, body.same, now())


@needs("papers")
def cover(path: bodies.PaperPath, body: bodies.CoverIn) -> Answer:
    """One paper for one more delivery."""
    return reminders.cover(node(), who(), path.paper_id, body.delivery_id, now())


@needs("cases")
def photos(path: LinePath) -> Answer:
    """The photos that would go with a line."""
    return covering.listed(node(), who(), path.line_id)


@needs("cases")
def photo(path: bodies.PhotoPath) -> Response:
    """The bytes of one photo of the stall."""
    data, media_type = covering.file(node(), who(), path.photo_id)
    return Response(data, content_type=media_type, headers={"Content-Disposition": "inline"})


@needs("cases")
def covered(path: bodies.PhotoPath) -> tuple[Answer, int]:
    """Multipart ``photo``: the picture with parts painted over, sent from now on in its place."""
    upload = request.files.get("photo")
    if upload is None:
        told = "Chưa có ảnh (multipart, tên trường: photo)."
        raise Invalid("photo_missing", told, (FieldError("/photo", "missing"),))
    return covering.cover(node(), who(), path.photo_id, upload.stream.read(), now()), 201


@needs("cases")
def drawn() -> Answer:
    """ "Sở chọn kiểm tra giấy tờ ngẫu nhiên"."""
    return desk_checks.listed(node(), who(), now())


@needs("cases")
def send(path: bodies.CheckPath) -> tuple[Answer, int]:
    """ "Gửi ảnh giấy tờ" of one line, by the owner's own tap."""
    return desk_checks.send(node(), who(), path.check_id, path.line_id, now()), 201
