"""Files of lots over JSON: send an XLSX, see what was read, approve or refuse it."""

from flask_openapi import APIBlueprint
from pydantic import BaseModel

from pos_trace.services import lot_files
from pos_trace.services.node import Answer
from pos_trace.web.province import lot_uploads
from pos_trace.web.province.bodies import Node, Strict, Text
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs


class FilePath(BaseModel):
    """Which file."""

    file_id: Node


class NothingIn(Strict):
    """An empty body."""


class RefuseIn(Strict):
    """Why a file's lots do not go in."""

    remark: Text = ""


def blueprint() -> APIBlueprint:
    """Routes under ``/api/province/v1``."""
    api = APIBlueprint("province_lot_files", __name__, url_prefix="/api/province/v1")
    api.get("/lot-files")(listed)
    api.post("/lot-files")(take)
    api.get("/lot-files/<file_id>")(detail)
    api.post("/lot-files/<file_id>:approve")(approve)
    api.post("/lot-files/<file_id>:refuse")(refuse)
    return api


@needs("register")
def listed() -> Answer:
    """Files, those that wait first."""
    return lot_files.listed(node())


@needs("register")
def take() -> tuple[Answer, int]:
    """Multipart ``file``: an XLSX of lots; nothing is in the register before it is approved."""
    return lot_uploads.take(), 201


@needs("register")
def detail(path: FilePath) -> Answer:
    """One file with its rows and what is wrong in it."""
    return lot_files.detail(node(), who(), path.file_id, now())


@needs("register")
def approve(path: FilePath, body: NothingIn) -> Answer:
    """Put the file's lots into the register."""
    return lot_files.approve(node(), who(), path.file_id, now())


@needs("register")
def refuse(path: FilePath, body: RefuseIn) -> Answer:
    """Leave them out, with why."""
    return lot_files.refuse(node(), who(), path.file_id, body.remark, now())
