"""A file of lots as it comes in, from the form or by API: read, and kept until somebody decides."""

from dataclasses import asdict
from typing import Any

from flask import request

from pos_trace.core.errors import FieldError, Invalid
from pos_trace.forms import lot_sheet, xlsx_in
from pos_trace.services import lot_files
from pos_trace.services.node import Answer, sha256
from pos_trace.web.shared.context import node, now, who


def take() -> Answer:
    """The request's ``file`` as ``lot_files.take`` answers; raises ``Invalid`` for what is no sheet of lots."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Invalid("file_missing", "Chọn tệp Excel (.xlsx) đã điền.", (FieldError("/file", "missing"),))
    data = upload.stream.read(xlsx_in.MOST_BYTES + 1)
    read = lot_sheet.read(data, node().policy.goods, {ident for ident, _ in lot_files.owners(node())})
    sheet: dict[str, Any] = {
        "lots": list(read.lots),
        "errors": [asdict(error) for error in read.errors],
        "bad": [{"line": line, "cells": cells} for line, cells in read.bad],
        "ignored": list(read.ignored),
    }
    return lot_files.take(node(), who(), upload.filename, sha256(data), sheet, now())
