"""Every refusal as ``application/problem+json`` (RFC 9457) with a stable code and Vietnamese detail."""

from itertools import pairwise
from typing import Any

import orjson
from flask import Flask, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from pos_trace.core import errors
from pos_trace.store.idempotency import Replay

STATUS: dict[type[errors.PosTraceError], int] = {
    errors.Invalid: 422,
    errors.Unauthorised: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}
NUL, NUL_WRITTEN = "nul", b"\\u0000"
FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
HTTP_WORDS = {
    400: ("bad_request", "Yêu cầu không đọc được. Kiểm tra lại nội dung JSON."),
    404: ("not_found", "Không có địa chỉ này."),
    405: ("method_not_allowed", "Địa chỉ này không nhận cách gọi đó."),
    413: ("too_large", "Nội dung gửi lên quá lớn."),
    415: ("unsupported_media_type", "Kiểu nội dung không nhận được; cần application/json."),
    429: ("too_many", "Gọi quá nhiều lần. Chờ một phút rồi thử lại."),
}


def problem(status: int, code: str, detail: str, fields: tuple[errors.FieldError, ...] = ()) -> Response:
    """One problem document; ``fields`` name the wrong places by JSON pointer."""
    body: dict[str, Any] = {"type": f"urn:pos-trace:{code}", "title": code, "status": status}
    body |= {"code": code, "detail": detail, "instance": request.path}
    if fields:
        body["errors"] = [{"pointer": field.pointer, "code": field.code} for field in fields]
    return Response(orjson.dumps(body), status, content_type="application/problem+json")


def of_error(error: errors.PosTraceError) -> Response:
    """The problem of one of our refusals."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    answer = problem(status, error.code, error.detail, error.errors)
    if isinstance(error, errors.TooMany):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, errors.Unavailable):
        answer.headers["Retry-After"] = "2"
    if isinstance(error, errors.Unauthorised):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def of_validation(error: ValidationError) -> Response:
    """The problem of a body that does not fit its model; never echoes the input."""
    told = request.get_json(silent=True) if request.is_json else None
    found = error.errors(include_input=False, include_url=False, include_context=False)
    fields = tuple(dict.fromkeys(errors.FieldError(_pointer(item, told), str(item["type"])) for item in found))
    where = ", ".join(dict.fromkeys(field.pointer[:80] or "/" for field in fields[:5]))
    return problem(422, "invalid_body", f"Nội dung chưa đúng ở: {where}.", fields)


def _pointer(item: Any, body: Any) -> str:
    """The place of ``item`` as a JSON pointer (RFC 6901) into ``body``: pydantic also names the choices it tried,
    which are left out. What is no part of a body (path, query, form) is its first name.
    """
    place = item["loc"]
    parts, here = list(place[:1]), body
    for part, following in pairwise(place):
        here = _step(here, part)
        member = isinstance(here, dict) and (following in here or item["type"] == "missing")
        if member or (isinstance(here, list) and isinstance(following, int)):
            parts.append(following)
    return "".join(map(_token, parts))


def _step(here: Any, part: int | str) -> Any:
    """What stands at ``part`` of ``here``; ``here`` itself when ``part`` is only the name of a choice."""
    if isinstance(here, dict) and isinstance(part, str):
        return here.get(part)
    if isinstance(here, list) and isinstance(part, int):
        return here[part] if part < len(here) else None
    return here


def unreadable() -> Response | None:
    """The problem of a body that is no JSON where JSON is spoken, else None; no body at all is fine."""
    if request.mimetype == "multipart/form-data" or not request.get_data():
        return None
    if not request.is_json:
        return problem(415, *HTTP_WORDS[415])
    told = request.get_json(silent=True)
    if told is None and request.get_data().strip() != b"null":
        return problem(400, *HTTP_WORDS[400])
    if NUL_WRITTEN in request.get_data() and (found := _nul(told, "")) is not None:
        return problem(
            422, "invalid_body", f"Có ký tự không đọc được ở: {found[:80]}.", (errors.FieldError(found, NUL),)
        )
    return None


def nul_outside() -> Response | None:
    """The problem of a NUL sign in the address or in a form: C code ends there and PostgreSQL cannot hold it."""
    values = [request.path, *(value for _, value in request.args.items(multi=True))]
    if request.mimetype in FORMS:
        values += [value for _, value in request.form.items(multi=True)]
    return problem(400, *HTTP_WORDS[400]) if any("\0" in value for value in values) else None


def _nul(part: Any, at: str) -> str | None:
    """Where a NUL sign stands in a JSON value, as a pointer."""
    if isinstance(part, str):
        return at if "\0" in part else None
    members = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in members:
        place = at + _token(name)
        found = place if "\0" in str(name) else _nul(value, place)
        if found is not None:
            return found
    return None


def _token(part: object) -> str:
    """One part of a JSON pointer (RFC 6901)."""
    return "/" + str(part).replace("~", "~0").replace("/", "~1")


def of_http(error: HTTPException) -> Response:
    """The problem of an error Flask or Werkzeug raised itself."""
    if error.response is not None or error.code is None or error.code < 400:
        return Response(error.get_response().get_data(), error.code or 500)
    code, detail = HTTP_WORDS.get(error.code, (f"http_{error.code}", "Yêu cầu không thực hiện được."))
    return problem(error.code, code, detail)


def replayed(replay: Replay) -> Response:
    """The stored answer of a request that came before, byte for byte."""
    return Response(replay.answer, replay.status, content_type="application/json")


def install(app: Flask) -> None:
    """Register the handlers; an unforeseen error is logged and answered without a trace."""
    app.register_error_handler(errors.PosTraceError, of_error)
    app.register_error_handler(ValidationError, of_validation)
    app.register_error_handler(Replay, replayed)
    app.register_error_handler(RequestEntityTooLarge, lambda _: problem(413, *HTTP_WORDS[413]))
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, _unforeseen(app))


def _unforeseen(app: Flask) -> Any:
    def handle(error: Exception) -> Response:
        app.logger.error("unforeseen error on %s", request.path, exc_info=error)
        return problem(500, "internal", "Máy gặp lỗi và đã ghi lại. Việc chưa được lưu; hãy thử lại.")

    return handle
