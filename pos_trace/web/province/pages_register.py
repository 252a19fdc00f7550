"""The register in a browser: facilities and lots by list and form, ranges of serials, label sheets."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from pos_trace.core.errors import Invalid, PosTraceError
from pos_trace.core.lot_documents import document_of
from pos_trace.core.quantities import UNITS, as_text
from pos_trace.forms import label_sheet
from pos_trace.services import label_sheets, register_desk, serial_ranges
from pos_trace.services.node import Answer
from pos_trace.web.province import forms_register, pages_lot_files
from pos_trace.web.province.frame import page
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs

BLANK_CERTIFICATES = 2
WRONG = "Có mục chưa đúng, ghi ngay dưới mục ấy; chưa ghi gì vào sổ."


def blueprint() -> Blueprint:
    """Below ``/so-lo``."""
    pages = Blueprint("register", __name__, url_prefix="/so-lo")
    pages.add_url_rule("/co-so", "facilities", facilities)
    pages.add_url_rule("/co-so/ho-so", "facility", facility)
    pages.add_url_rule("/co-so/ho-so", "save_facility", save_facility, methods=["POST"])
    pages.add_url_rule("/lo", "lots", lots)
    pages.add_url_rule("/lo/ho-so", "lot", lot)
    pages.add_url_rule("/lo/ho-so", "save_lot", save_lot, methods=["POST"])
    pages.add_url_rule("/lo/tem.pdf", "labels", labels)
    pages.add_url_rule("/dai-tem", "ranges", ranges)
    pages.add_url_rule("/dai-tem", "change_ranges", change_ranges, methods=["POST"])
    pages_lot_files.add_to(pages)
    return pages


def number_of(text: str | None) -> int:
    """A page's number; 1 for what is none."""
    told = text or ""
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 7 else 1


@needs("register")
def facilities() -> Response:
    """Facilities; ``?q=`` narrows, ``?page=``."""
    sought, today = request.args.get("q", "")[:80], now().astimezone(node().zone).date()
    told = register_desk.facilities(node(), sought, number_of(request.args.get("page")), today)
    return page("province/facilities.html", sought=sought, **told)


@needs("register")
def facility() -> Response:
    """The form of facility ``?ma=``, an empty one without."""
    ident = request.args.get("ma", "")
    line: Answer = register_desk.facility(node(), ident) if ident else {"province": node().policy.province.name}
    return _facility(line, list(line.get("certificates", [])), {}, None, 200, new=not ident)


@needs("register")
def save_facility() -> AnyResponse:
    """Add or change a facility; what was typed stays when something is wrong."""
    form, new = request.form, request.form.get("new") == "1"
    line, wrong = forms_register.facility_of(form)
    problem: PosTraceError | None = Invalid("facility_invalid", WRONG) if wrong else None
    if not wrong:
        try:
            register_desk.save_facility(node(), who(), line, now(), new=new)
            return redirect(url_for("register.facilities", q=line["facility_id"]), 303)
        except PosTraceError as error:
            problem, wrong = error, forms_register.fields_of(error)
    certificates = [one for one in forms_register.certificates_of(form) if any(one.values())]
    return _facility(form, certificates, wrong, problem, 422, new=new)


def _facility(
    typed: Any, certificates: list[Any], wrong: dict[str, str], problem: PosTraceError | None, status: int, *, new: bool
) -> Response:
    rows = certificates + [{}] * BLANK_CERTIFICATES
    told: dict[str, Any] = {"states": register_desk.FACILITY_STATES, "wrong": wrong, "new": new, "certificates": rows}
    return page("province/facility.html", status, problem=problem, typed=typed, **told)


@needs("register")
def lots() -> Response:
    """Lots; ``?q=`` narrows, ``?sau=`` goes on behind a key."""
    sought, after = request.args.get("q", "")[:200], request.args.get("sau", "")[:400]
    return page("province/lots.html", sought=sought, after=after, **register_desk.lots(node(), sought, after))


@needs("register")
def lot() -> Response:
    """The form of lot ``?ma=``, an empty one without; ``?co-so=`` names its facility."""
    key = request.args.get("ma", "")
    line: Answer = register_desk.lot(node(), key) if key else {"facility_id": request.args.get("co-so", "")[:80]}
    return _lot(_typed(line), {}, None, 200, key)


@needs("register")
def save_lot() -> AnyResponse:
    """Add or change a lot; what was typed stays when something is wrong."""
    form, key = request.form, request.form.get("ma", "")[:400]
    before: Answer = register_desk.lot(node(), key) if key else {}
    line, wrong = forms_register.lot_of(form, before)
    problem: PosTraceError | None = Invalid("lot_invalid", WRONG) if wrong else None
    if not wrong:
        try:
            told = register_desk.save_lot(node(), who(), line | ({"key": key} if key else {}), now(), new=not key)
            return redirect(url_for("register.lot", ma=told["items"][0]["key"]), 303)
        except PosTraceError as error:
            problem, wrong = error, forms_register.fields_of(error)
    return _lot(form, wrong, problem, 422, key)


def _typed(line: Answer) -> MultiDict[str, Any]:
    """A lot's line as its form has it."""
    document = document_of(line.get("standards")) or {}
    told: Answer = dict(line) | {"document": document.get("scheme"), "document_number": document.get("number")}
    told["document_date"] = document.get("issued")
    told |= {f"importer_{name}": text for name, text in (line.get("importer") or {}).items()}
    if line.get("net_quantity"):
        told["net_quantity"] = as_text(Decimal(line["net_quantity"]))
    if not line.get("gtin"):
        told["code"] = line.get("key", "")
    return MultiDict({name: value for name, value in told.items() if value is not None})


def _lot(typed: Any, wrong: dict[str, str], problem: PosTraceError | None, status: int, key: str) -> Response:
    groups = node().policy.goods
    states = {name: text for name, text in register_desk.LOT_STATES.items() if name != "recalled"}
    needing = [group.title_vi for group in groups if group.mandatory]
    more: dict[str, Any] = {"groups": groups, "states": states, "needing": needing, "units": sorted(UNITS)}
    return page("province/lot.html", status, problem=problem, typed=typed, wrong=wrong, key=key, **more)


@needs("register")
def labels() -> Response:
    """The PDF of labels of lot ``?ma=``: ``?so=`` of them, or one a serial from ``?dau=`` to ``?cuoi=``."""
    asked = request.args
    told = label_sheets.labels(
        node(), asked.get("ma", ""), number_of(asked.get("so")), asked.get("dau", ""), asked.get("cuoi", "")
    )
    made = Response(label_sheet.draw(told["title"], told["labels"]), content_type="application/pdf")
    made.headers["Content-Disposition"] = 'inline; filename="tem.pdf"'
    return made


@needs("register")
def ranges() -> Response:
    """Ranges issued; ``?q=`` narrows, ``?page=``; the form may be filled with ``?gtin=`` and ``?lot=``."""
    return _ranges(request.args, {}, None, 200)


@needs("register")
def change_ranges() -> AnyResponse:
    """Issue a range, or take one back."""
    form = request.form
    try:
        if form.get("step") == "withdraw":
            serial_ranges.withdraw(node(), who(), form.get("id", "")[:36], form.get("reason", ""), now())
        else:
            serial_ranges.issue(node(), who(), forms_register.range_of(form), now())
    except PosTraceError as error:
        return _ranges(form, forms_register.fields_of(error), error, 422)
    return redirect(url_for("register.ranges"), 303)


def _ranges(typed: Any, wrong: dict[str, str], problem: PosTraceError | None, status: int) -> Response:
    sought = request.args.get("q", "")[:80]
    told = serial_ranges.listed(node(), sought, number_of(request.args.get("page")))
    return page("province/ranges.html", status, problem=problem, typed=typed, wrong=wrong, sought=sought, **told)
