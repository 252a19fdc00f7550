"""The register's forms: what was typed as the lines the verbs take, and what each wrong field should hold."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import MultiDict

from pos_trace.core.codes.build import key_of, scheme_key
from pos_trace.core.codes.digits import GTIN_LENGTHS, gtin14, is_digits
from pos_trace.core.errors import FieldError, Invalid, PosTraceError
from pos_trace.core.lot_documents import ISSUED, NUMBER, SCHEME, document_of
from pos_trace.core.lot_rows import LOT_SIGNS, writable
from pos_trace.web.province import bodies

Form = MultiDict[str, str]
CERTIFICATE: Final = ("kind", "number", "issuer", "issued", "expires")
IMPORTER: Final = ("name", "address", "tax_code")
DATES: Final = ("production_date", "harvest_date", "pack_date", "best_before", "expiry_date")
FACILITY: Final = (
    "facility_id", "name", "type", "business_code", "tax_code", "gln", "address", "commune", "province", "trace_system",
    "status",
)  # fmt: skip
LOT: Final = (
    "product_name", "facility_id", "product_group", "brand", "image_url", "origin_country", "origin_place",
    "production_place_gln", "planting_area_code", *DATES, "net_quantity", "unit", "status",
)  # fmt: skip
EXPECTED: Final[Mapping[str, str]] = {
    "facility_id": "mã của cơ sở có trong sổ, tối đa 80 ký tự",
    "name": "tên, tối đa 300 ký tự",
    "product_name": "tên hàng, tối đa 300 ký tự",
    "gln": "13 chữ số, đúng số kiểm tra",
    "production_place_gln": "13 chữ số",
    "gtin": "8, 12, 13 hoặc 14 chữ số, đúng số kiểm tra",
    "lot": "số lô, tối đa 80 ký tự, hoặc mã riêng của tỉnh",
    "key": "GTIN và số lô không dấu, hoặc mã riêng dạng kt:CT-2611-0042",
    "net_quantity": "số, tối đa ba số lẻ, ví dụ 400 hoặc 12.5",
    "origin_country": "mã nước ISO ba số, ví dụ 704",
    "standards": "nhóm hàng này cần số và ngày của giấy tờ",
    "status": "một tình trạng trong danh sách",
    "status_reason": "lý do đổi tình trạng",
    "certificates": "loại giấy, ngày cấp và ngày hết hạn đúng",
    "first": "số tem đầu",
    "last": "số tem cuối",
}
DAY: Final = "ngày, ví dụ 24/11/2026"
TOO_LONG: Final = "ngắn hơn hoặc để trống"


def facility_of(form: Form) -> tuple[dict[str, Any], dict[str, str]]:
    """The facility typed and, by field, what is expected where it is wrong."""
    told: dict[str, Any] = {name: _text(form, name) for name in FACILITY}
    told |= {"type": told["type"] or "", "status": told["status"] or "active"}
    told["is_individual"] = form.get("is_individual") == "1"
    told["certificates"] = [one for one in certificates_of(form) if any(one.values())]
    line, wrong = _checked(bodies.FacilityIn, told)
    return line | {"status_reason": form.get("status_reason", "")}, wrong


def certificates_of(form: Form) -> list[dict[str, str | None]]:
    """The rows of certificates as they were typed, blank ones too."""
    columns = [form.getlist(f"cert_{name}")[:50] for name in CERTIFICATE]
    rows = max((len(column) for column in columns), default=0)
    cells = [[column[row].strip() if row < len(column) else "" for column in columns] for row in range(rows)]
    return [{name: cell or None for name, cell in zip(CERTIFICATE, row, strict=True)} for row in cells]


def lot_of(form: Form, before: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The lot typed, on top of what ``before`` has of it, and what is expected where it is wrong."""
    told: dict[str, Any] = {name: _text(form, name) for name in LOT} | {"key": before.get("key") or typed_key(form)}
    told["status"] = told["status"] or "active"
    told["standards"] = _standards(form, before.get("standards") or [])
    importer = {name: text for name in IMPORTER if (text := _text(form, f"importer_{name}"))}
    told["importer"] = importer or None
    line, wrong = _checked(bodies.LotIn, told)
    if not told["key"] or "key" in wrong:
        wrong.pop("key", None)
        wrong["gtin"] = EXPECTED["key"]
    if not before:
        wrong |= {name: LOT_SIGNS for name in ("lot", "serial") if not writable(_text(form, name) or "")}
    kept = {name: line[name] for name in (*LOT, "key", "standards", "importer") if name in line}
    return kept | {"status_reason": form.get("status_reason", "")}, wrong


def typed_key(form: Form) -> str:
    """The key that GTIN, lot and serial make, else the province's own code; empty when neither is whole."""
    gtin, lot, serial = (_text(form, name) or "" for name in ("gtin", "lot", "serial"))
    gtin = gtin.replace(" ", "")
    if is_digits(gtin) and len(gtin) in GTIN_LENGTHS and lot:
        pairs = (("01", gtin14(gtin)), ("10", lot), *((("21", serial),) if serial else ()))
        return key_of(pairs) or ""
    scheme, colon, code = (_text(form, "code") or "").partition(":")
    return scheme_key(scheme, code) if colon and code and not gtin else ""


def _standards(form: Form, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lot's standards with the document typed in the place of the one it had."""
    document = {
        SCHEME: _text(form, "document") or "",
        NUMBER: _text(form, "document_number") or "",
        ISSUED: _text(form, "document_date") or "",
    }
    had = document_of(before)
    others = [dict(one) for one in before if one is not had]
    written = {name: text for name, text in document.items() if text}
    return [written, *others] if written else others


def _text(form: Form, name: str) -> str | None:
    return form.get(name, "").strip() or None


def _checked(model: type[BaseModel], told: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        return model.model_validate(told).model_dump(), {}
    except ValidationError as error:
        wrong: dict[str, str] = {}
        for item in error.errors(include_input=False, include_url=False, include_context=False):
            name = str(item["loc"][0]) if item["loc"] else ""
            wrong.setdefault(name, expected(name))
        return told, wrong


def expected(name: str) -> str:
    """What field ``name`` should hold."""
    return EXPECTED.get(name) or (DAY if name in (*DATES, "issued_on") else TOO_LONG)


def fields_of(error: PosTraceError) -> dict[str, str]:
    """By field, what is expected where a verb refused it."""
    names = [field.pointer.strip("/").partition("/")[0] for field in error.errors]
    return {("gtin" if name == "key" else name): expected(name) for name in names if name}


def range_of(form: Form) -> dict[str, Any]:
    """A range of serials as typed; raises ``Invalid`` for a day that is none."""
    told: dict[str, Any] = {name: _text(form, name) for name in ("gtin", "lot", "facility_id", "first", "last")}
    told |= {"issued_to": _text(form, "issued_to"), "issued_on": None}
    if day := _text(form, "issued_on"):
        try:
            told["issued_on"] = date.fromisoformat(day)
        except ValueError:
            field = FieldError("/issued_on", "invalid")
            raise Invalid("range_invalid", f"Ngày cấp chưa đúng: cần {DAY}.", (field,)) from None
    return told
