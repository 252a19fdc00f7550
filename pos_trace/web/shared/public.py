"""The shopper's pages: ``/r/{token}``, ``/m`` (short code), ``/01/…`` (lot). No log-in, no cookie, cacheable."""

import hashlib
from urllib.parse import quote

import orjson
from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as AnyResponse

from pos_trace.core.errors import NotFound, PosTraceError
from pos_trace.core.tokens import normalise
from pos_trace.core.vocabulary.trace import LANGUAGES
from pos_trace.services import trace
from pos_trace.web.shared.context import node, now
from pos_trace.web.shared.guard import public
from pos_trace.web.shared.problems import of_error
from pos_trace.web.shared.words import shown_day, shown_time

MINUTE = "public, max-age=60"
TRIES = "10 per minute"
LINKSET = "application/linkset+json"
TRACEABILITY = "https://ref.gs1.org/voc/traceability"
DEFAULT_LINK = "https://ref.gs1.org/voc/defaultLink"


def limiter() -> Limiter:
    """Counts tries of short codes per address, in memory of this process."""
    return Limiter(get_remote_address, storage_uri="memory://", strategy="fixed-window")


def blueprint() -> Blueprint:
    """The public routes; the QR on paper is upper case, so both cases lead there."""
    pages = Blueprint("public", __name__)
    pages.add_url_rule("/r/<token>", "receipt", receipt)
    pages.add_url_rule("/R/<token>", "receipt_upper", receipt_upper)
    pages.add_url_rule("/m", "typed", typed)
    pages.add_url_rule("/M", "typed_upper", typed)
    pages.add_url_rule("/m", "look", look, methods=["POST"])
    pages.add_url_rule("/01/<path:rest>", "lot", lot)
    return pages


def _language() -> str:
    asked = request.args.get("lang") or request.accept_languages.best_match(list(LANGUAGES), default="vi")
    return asked if asked in LANGUAGES else "vi"


def _page(template: str, status: int = 200, **told: object) -> Response:
    language = _language()
    other = "en" if language == "vi" else "vi"
    shown = {"language": language, "other": other, "words": LANGUAGES[language], "demo": node().demo}
    html = render_template(template, time=shown_time, day=shown_day, **shown, **told)
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = MINUTE if status == 200 else "no-store"
    answer.headers["Vary"] = "Accept-Language"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _cached(answer: Response) -> AnyResponse:
    """An ETag over the page without its nonce, so that an unchanged page costs 304."""
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:32])
    return answer.make_conditional(request)


@public
def receipt(token: str) -> AnyResponse:
    """The page behind a receipt's QR."""
    try:
        told = trace.receipt(node(), token)
    except NotFound as error:
        return _page("public/missing.html", 404, problem=error)
    return _cached(_page("public/receipt.html", **told))


@public
def receipt_upper(token: str) -> AnyResponse:
    """The upper-case address printed in the QR."""
    return receipt(normalise(token))


@public
def typed() -> Response:
    """Type the short code."""
    return _page("public/typed.html", found=[], problem=None, code="")


@public
def look() -> AnyResponse:
    """One receipt: go there; several: choose by day and stall; a mistyped sign is told."""
    code = request.form.get("code", "")[:40]
    try:
        found = trace.by_short_code(node(), code, now())
    except PosTraceError as error:
        return _page("public/typed.html", 422, found=[], problem=error, code=code)
    if len(found) == 1:
        return redirect(f"/r/{found[0]['token']}", 303)
    problem = None if found else NotFound("not_found", trace.NO_RECEIPT)
    return _page("public/typed.html", 404 if problem else 300, found=found, problem=problem, code=code)


@public
def lot(rest: str) -> AnyResponse:
    """Facts of one lot, as its Digital Link names it; its linkset (RFC 9264) for who asks for that."""
    wants_links = request.args.get("linkType") == "linkset" or request.accept_mimetypes.best == LINKSET
    try:
        told = trace.lot(node(), f"01/{rest}")
    except NotFound as error:
        if wants_links:
            return of_error(error)
        return _page("public/missing.html", 404, problem=error)
    if wants_links:
        return _linkset(f"/01/{rest}", told["items"][0]["product_name"])
    return _cached(_page("public/lot.html", **told))


def _linkset(path: str, name: str) -> Response:
    """One link, and it is the default one: this page (GS1-Conformant Resolver 1.2, facts/gs1.md)."""
    anchor = f"{node().public_base_url or request.url_root.rstrip('/')}{quote(path)}"
    link = {"href": anchor, "title": name, "type": "text/html", "hreflang": list(LANGUAGES)}
    told = {"anchor": anchor, "itemDescription": name, TRACEABILITY: [link], DEFAULT_LINK: [link]}
    answer = Response(orjson.dumps({"linkset": [told]}), content_type=LINKSET)
    answer.headers["Cache-Control"] = MINUTE
    return answer
