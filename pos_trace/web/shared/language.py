"""The language of staff screens: Vietnamese, or English for who asked for it once; the choice is kept in a cookie."""

from typing import Any, Final

from flask import Flask, Response, request

from pos_trace.web.shared.guard import DEVICE_COOKIE, SESSION_COOKIE

COOKIE: Final = "pt_lang"
FIRST: Final = "vi"
OTHER: Final = {"vi": ("en", "English"), "en": ("vi", "Tiếng Việt")}
YEAR_S: Final = 365 * 24 * 3600


def chosen() -> str:
    """What ``?lang=`` or the cookie says; a browser's own language says nothing: phones are sold in English."""
    told = request.args.get("lang") or request.cookies.get(COOKIE) or FIRST
    return told if told in OTHER else FIRST


def install(app: Flask, secure: bool) -> None:
    """Keep the choice of people who log in here (never of a shopper) and tell templates the other language."""

    @app.after_request
    def keep(response: Response) -> Response:
        at_log_in = (request.endpoint or "").startswith("login.")
        if request.args.get("lang") in OTHER and (at_log_in or {SESSION_COOKIE, DEVICE_COOKIE} & set(request.cookies)):
            response.set_cookie(COOKIE, chosen(), max_age=YEAR_S, secure=secure, httponly=True, samesite="Strict")
        return response

    @app.context_processor
    def told() -> dict[str, Any]:
        code, name = OTHER[chosen()]
        return {"staff_language": chosen(), "other_code": code, "other_name": name}
