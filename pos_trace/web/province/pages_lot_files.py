"""Files of lots in the browser: the empty sheet, sending one, looking at what it says, deciding, rows to mend."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from pos_trace.core.errors import PosTraceError
from pos_trace.forms import lot_sheet
from pos_trace.services import lot_files
from pos_trace.web.province import lot_uploads
from pos_trace.web.province.frame import page
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 300


def add_to(pages: Blueprint) -> None:
    """``/tep`` and what lies below it."""
    pages.add_url_rule("/tep", "files", files)
    pages.add_url_rule("/tep", "take", take, methods=["POST"])
    pages.add_url_rule("/tep/bang-mau.xlsx", "template", template)
    pages.add_url_rule("/tep/<file_id>", "file", file)
    pages.add_url_rule("/tep/<file_id>", "decide", decide, methods=["POST"])
    pages.add_url_rule("/tep/<file_id>/can-sua.xlsx", "bad_rows", bad_rows)


@needs("register")
def files() -> Response:
    """Files sent, those that wait first."""
    return _files(None, 200)


def _files(problem: PosTraceError | None, status: int) -> Response:
    told = request.args.get("page", "")
    number = int(told) if told.isascii() and told.isdecimal() and len(told) < 7 else 1
    return page("province/lot_files.html", status, problem=problem, **lot_files.listed(node(), number))


@needs("register")
def template() -> Response:
    """The empty sheet, with the lists of today."""
    today = now().astimezone(node().zone).date()
    return _xlsx(lot_sheet.template(node().policy.goods, lot_files.owners(node()), today), "bang-mau-lo-hang.xlsx")


@needs("register")
def take() -> AnyResponse:
    """Read a sheet and show what it says; nothing is in the register before somebody approves it."""
    try:
        told = lot_uploads.take()
    except PosTraceError as error:
        return _files(error, 422)
    return redirect(url_for("register.file", file_id=told["id"]), 303)


@needs("register")
def file(file_id: str) -> Response:
    """One file."""
    return _file(file_id, None, 200)


def _file(file_id: str, problem: PosTraceError | None, status: int) -> Response:
    told = lot_files.detail(node(), who(), file_id, now())
    return page("province/lot_file.html", status, problem=problem, file=told, shown=SHOWN, typed=request.form)


@needs("register")
def decide(file_id: str) -> AnyResponse:
    """ "Duyệt" or "Không duyệt"."""
    try:
        if request.form.get("step") == "refuse":
            lot_files.refuse(node(), who(), file_id, request.form.get("remark", ""), now())
        else:
            lot_files.approve(node(), who(), file_id, now())
    except PosTraceError as error:
        return _file(file_id, error, 422)
    return redirect(url_for("register.file", file_id=file_id), 303)


@needs("register")
def bad_rows(file_id: str) -> Response:
    """The rows that were not read, with what to mend."""
    told = lot_files.detail(node(), who(), file_id, now())
    return _xlsx(lot_sheet.bad_rows(told["bad"], told["wrong"]), "lo-can-sua.xlsx")


def _xlsx(data: bytes, name: str) -> Response:
    made = Response(data, content_type=XLSX)
    made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return made
