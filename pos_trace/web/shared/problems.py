"""Every refusal as ``application/problem+json`` (RFC 9457) with a stable code and Vietnamese detail."""

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
    fields = tuple(
        errors.FieldError("/" + "/".join(str(part) for part in item["loc"]), str(item["type"]))
        for item in error.errors(include_input=False, include_url=False, include_context=False)
    )
    where = ", ".join(field.pointer for field in fields[:5])
    return problem(422, "invalid_body", f"Nội dung chưa đúng ở: {where}.", fields)


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
