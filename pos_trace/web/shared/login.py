"""Log-in pages: tap a name and a PIN on an enrolled device, a password elsewhere; enrol a device by its code."""

import re

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from pos_trace.core.errors import PosTraceError, TooMany, Unauthorised
from pos_trace.services import accounts, logging_in, screen_lock
from pos_trace.web.shared.context import actor, node, now, web
from pos_trace.web.shared.guard import DEVICE_COOKIE, SESSION_COOKIE, public

YEAR_S = 365 * 24 * 3600
OWN_PAGE = re.compile(r"(?:/[a-z0-9_-]+)+")
NEW_PIN_FOR = frozenset({"pin_to_change", "pin_invalid", "pin_same"})  # the form asks for a PIN of one's own
HOMES = (
    ("inspect", "/ban-kiem-tra"),
    ("register", "/so-lo"),
    ("receive", "/nhan-hang"),
    ("sell", "/ban-hang"),
    ("operate", "/cho"),
    ("administer", "/co-quan"),
)


def blueprint() -> Blueprint:
    """``/`` (home by role), ``/login``, ``/logout``, ``/enrol``."""
    pages = Blueprint("login", __name__)
    pages.add_url_rule("/", "home", home)
    pages.add_url_rule("/login", "page", page)
    pages.add_url_rule("/login", "enter", enter, methods=["POST"])
    pages.add_url_rule("/logout", "leave", leave, methods=["POST"])
    pages.add_url_rule("/enrol", "enrol_page", enrol_page)
    pages.add_url_rule("/enrol", "enrol", enrol, methods=["POST"])
    return pages


def home_of(permissions: frozenset[str]) -> str:
    """The first screen of somebody with ``permissions``."""
    if {"sent", "cases"} <= permissions:
        return "/chu-sap"
    return next((path for need, path in HOMES if need in permissions), "/login")


@public
def home() -> AnyResponse:
    """Everybody's own first screen; without log-in the log-in page."""
    found = actor()
    return redirect(home_of(found.permissions) if found else url_for("login.page"), 303)


@public
def page() -> Response:
    """Names to tap when this device is enrolled, else a name and password, or the device's code."""
    return _page(None, 200)


def _page(problem: PosTraceError | None, status: int) -> Response:
    token = request.cookies.get(DEVICE_COOKIE)
    people = None
    if token:
        try:
            people = accounts.people_of_device(node(), token)
        except Unauthorised as error:
            problem = problem or error
    chosen = request.values.get("login", "")
    told = {"people": people, "problem": problem, "chosen": chosen, "next": _safe_next(), "role": node().role}
    asks_new = problem is not None and problem.code in NEW_PIN_FOR
    return make_response(render_template("shared/login.html", demo=node().demo, asks_new=asks_new, **told), status)


@public
def enter() -> AnyResponse:
    """Check the secret and start a session; a wrong one shows the page again and says why."""
    _csrf()
    login, secret = request.form.get("login", "").strip(), request.form.get("secret", "")
    device, before = request.cookies.get(DEVICE_COOKIE), request.cookies.get(SESSION_COOKIE)
    try:
        opened = screen_lock.enter(node(), login, secret, device, before, now(), request.form.get("new_pin") or None)
    except TooMany as error:
        return _page(error, 429)
    except PosTraceError as error:
        return _page(error, 401)
    target = _safe_next() or home_of(frozenset(opened["permissions"]))
    answer = redirect(target, 303)
    keep_session(answer, opened["token"])
    return answer


def keep_session(answer: AnyResponse, token: str) -> None:
    """Give the browser the session's token, for as long as a session lasts."""
    _cookie(answer, SESSION_COOKIE, token, int(accounts.ABSOLUTE.total_seconds()))


@public
def leave() -> AnyResponse:
    """End the session here and in the database."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        _csrf()
        logging_in.log_out(node(), token, now())
    answer = redirect(url_for("login.page"), 303)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@public
def enrol_page() -> str:
    """The page a stall's QR card opens."""
    return _enrol_page(request.args.get("code", ""), None)


def _enrol_page(code: str, problem: PosTraceError | None) -> str:
    return render_template("shared/enrol.html", demo=node().demo, code=code, problem=problem)


@public
def enrol() -> AnyResponse:
    """Turn the card's one-time code into this device's token."""
    _csrf()
    try:
        made = accounts.enrol_device(node(), request.form.get("code", ""), request.form.get("name", ""), now())
    except PosTraceError as error:
        return make_response(_enrol_page(request.form.get("code", ""), error), 404)
    answer = redirect(url_for("login.page"), 303)
    _cookie(answer, DEVICE_COOKIE, made["device_token"], YEAR_S)
    return answer


def _csrf() -> None:
    guard: CSRFProtect = current_app.extensions["csrf"]
    guard.protect()


def _safe_next() -> str:
    """Only a path of this node: never a redirect elsewhere."""
    target = request.values.get("next", "")
    return target if OWN_PAGE.fullmatch(target) else ""


def _cookie(answer: AnyResponse, name: str, value: str, age_s: int) -> None:
    answer.set_cookie(name, value, max_age=age_s, httponly=True, samesite="Strict", secure=web().secure_cookies)
