"""Deny by default: a route says who may enter, or nobody does."""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from pos_trace.core.errors import Forbidden, Unauthorised
from pos_trace.services import accounts, screen_lock
from pos_trace.web.shared import context, problems, uploads
from pos_trace.web.shared.context import node, now

View = TypeVar("View", bound=Callable[..., Any])
SESSION_COOKIE = "pt_session"
DEVICE_COOKIE = "pt_device"
IDLE, WRITTEN_BY = "Pos-Idle", "Pos-Written-By"
OPEN_ENDPOINTS = frozenset({"static", "bootstrap.static", "swagger.swagger", "swagger.static"})
OPEN_BLUEPRINTS = frozenset({"openapi"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSP = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'"
)


def needs(permission: str) -> Callable[[View], View]:
    """Only actors with ``permission`` (core.roles) may call the view."""

    def mark(view: View) -> View:
        view.pos_trace_needs = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Anybody may call the view, logged in or not."""
    view.pos_trace_needs = ""  # type: ignore[attr-defined]
    return view


def own_page(view: View) -> View:
    """Anybody may call the view, but only from a page of this node: the page's token is asked before anything else."""
    view.pos_trace_own_page = True  # type: ignore[attr-defined]
    return public(view)


def carried(view: View) -> View:
    """What waits on a phone may be sent to this view for its writer by whoever has the phone now (``screen_lock``)."""
    view.pos_trace_carried = True  # type: ignore[attr-defined]
    return view


def needed(view: Callable[..., Any]) -> str | None:
    """The permission ``view`` asks for; "" when it is open to anybody, None when nobody said."""
    found: str | None = getattr(view, "pos_trace_needs", None)
    return found


def authenticate() -> None:
    """Find out who asks: a bearer key, else this browser's session. Sets ``g.actor`` or leaves it unset."""
    header = request.headers.get("Authorization", "")
    if header.lower().startswith("bearer "):
        token = header[7:].strip()
        g.actor = accounts.actor_of_key(node(), token if token.isprintable() else "", now())
        g.by_cookie = False
        return
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie:
        found = accounts.actor_of_session(node(), cookie, now())
        g.locked = found is not None and found.locked
        g.actor = None if g.locked else found
        g.by_cookie = True


def _idle_s() -> float:
    """For how many seconds nobody has touched the phone, as its screen says; a heartbeat is nobody's touch."""
    told = request.headers.get(IDLE, "")
    return float(told) if told.isascii() and told.isdecimal() and len(told) < 7 else 0.0


def _writer(view: Callable[..., Any]) -> None:
    """What waited on a phone counts as its writer's, whoever has unlocked the phone since: ``<person>.<seal>``."""
    writer, _, seal = request.headers.get(WRITTEN_BY, "").partition(".")
    if request.method in SAFE or writer in {"", g.actor.id}:
        return
    key = request.headers.get("Idempotency-Key", "")
    if not key or not getattr(view, "pos_trace_carried", False):
        raise screen_lock.NOT_YOURS
    act = f"{request.method} {request.path}\n{key}\n".encode() + request.get_data(cache=True)
    g.actor = screen_lock.acting_for(node(), g.actor, writer[:36], seal[:64], act, now())


def check() -> AnyResponse | None:
    """Run before every request; a page without log-in goes to the log-in page, an API call gets 401."""
    if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS or request.blueprint in OPEN_BLUEPRINTS:
        return None
    view = current_app.view_functions[request.endpoint]
    need = needed(view)
    if need is None:
        raise Forbidden("closed", "Địa chỉ này chưa mở cho ai.")
    if getattr(view, "pos_trace_own_page", False):
        _token_of_page()
    if need == "" and "Authorization" not in request.headers and SESSION_COOKIE not in request.cookies:
        return _readable()
    authenticate()
    actor = g.get("actor")
    if need and g.get("locked") and request.path.startswith("/api/"):
        raise Unauthorised("session_locked", "Màn hình đang khóa. Nhập mã PIN để làm tiếp; việc đang làm vẫn còn.")
    if need and actor is None:
        if request.method in SAFE and request.accept_mimetypes.accept_html and not request.path.startswith("/api/"):
            return redirect(url_for("login.page", next=request.path), 303)
        if accounts.device_locked(node(), request.cookies.get(DEVICE_COOKIE, "")):
            raise accounts.DEVICE_LOCKED
        raise Unauthorised("unauthorised", "Cần đăng nhập hoặc khóa API.")
    if need and g.get("by_cookie") and request.method not in SAFE:
        _token_of_page()
    if need and g.get("by_cookie"):
        accounts.touched(node(), actor, request.cookies[SESSION_COOKIE], now(), _idle_s())
        _writer(view)
        actor = g.actor
    if need and not actor.may(need):
        raise Forbidden("forbidden", "Tài khoản này không có quyền làm việc đó.")
    return _readable()


def _token_of_page() -> None:
    csrf: CSRFProtect = current_app.extensions["csrf"]
    csrf.protect()


def _readable() -> AnyResponse | None:
    """What the body and the address have to be before a view sees them."""
    refused = problems.unreadable() if request.path.startswith("/api/") else None  # before a form takes the body away
    return refused or problems.nul_outside()


def headers(response: Response) -> Response:
    """Security headers on every answer; pages keep no referrer and load nothing from elsewhere."""
    response.headers.setdefault("Content-Security-Policy", CSP.format(nonce=csp_nonce()))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def csp_nonce() -> str:
    """This request's nonce for our own inline blocks."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(12)
    nonce: str = g.csp_nonce
    return nonce


def install(app: Flask) -> None:
    """Guard every request of ``app``."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    CSRFProtect(app)
    app.before_request(check)
    app.after_request(headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    app.config["SWAGGER_HTML_STRING"] = "{% include 'shared/docs.html' %}"
    app.teardown_request(context.release)
    app.teardown_request(lambda _: uploads.close(request))
    uploads.install(app)
    app.register_error_handler(CSRFError, csrf_refused)


def csrf_refused(_: CSRFError) -> Response:
    """The problem of a form or script without this page's token."""
    return problems.problem(403, "csrf", "Trang đã mở quá lâu. Tải lại trang rồi thử lại.")
