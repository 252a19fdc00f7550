"""The shopper's pages: a receipt, a stall's card, a short code, a lot. No log-in, no cookie, cacheable."""

import hashlib
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as AnyResponse

from pos_trace.core.errors import Forbidden, NotFound, PosTraceError
from pos_trace.core.tokens import normalise
from pos_trace.core.vocabulary.trace import LANGUAGES
from pos_trace.services import feedback, stall_cards, trace
from pos_trace.web.shared.context import node, now
from pos_trace.web.shared.guard import public
from pos_trace.web.shared.problems import of_error
from pos_trace.web.shared.words import shown_day, shown_time

MINUTE = "public, max-age=60"
TRIES = "10 per minute"
# view → how often one address may call it: short codes are not to be guessed, nobody floods the desk
LIMITS = {"public.look": TRIES, "public.told": "5 per minute; 30 per day"}
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
    pages.add_url_rule("/r/<token>/feedback", "told", told, methods=["POST"])
    pages.add_url_rule("/s/<token>", "card", card)
    pages.add_url_rule("/S/<token>", "card_upper", card_upper)
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
    shown |= {"hotline": node().policy.province.hotline}
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
    return _cached(_page("public/receipt.html", keeps_contact=feedback.keeps_contact(node()), **told))


@public
def receipt_upper(token: str) -> AnyResponse:
    """The upper-case address printed in the QR."""
    return receipt(normalise(token))


@public
def told(token: str) -> AnyResponse:
    """ "Phản ánh thông tin": thanks with the hotline, or the form again with what is wrong and nothing lost."""
    form = request.form
    typed = {"text": form.get("text", "")[:2000], "contact": form.get("contact", "")[:300]}
    shown: dict[str, Any] = {"token": normalise(token)} | typed
    try:
        if not _from_here():
            raise Forbidden("other_site", "Mở trang của phiếu rồi gửi từ đó.")
        feedback.tell(node(), token, shown["text"], shown["contact"], "consent" in form, now())
    except NotFound as error:
        return _page("public/missing.html", 404, problem=error)
    except PosTraceError as error:
        keeps = feedback.keeps_contact(node())
        status = 403 if isinstance(error, Forbidden) else 422
        return _page("public/feedback.html", status, problem=error, keeps_contact=keeps, **shown)
    return _page("public/feedback.html", problem=None, **shown)


def _from_here() -> bool:
    """Whether the form was on one of our own pages; a browser without these headers is believed."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site in ("same-origin", "none") and (origin in (None, "null") or urlsplit(origin).netloc == request.host)


@public
def card(token: str) -> AnyResponse:
    """What a stall has today, by its QR card."""
    try:
        found = stall_cards.page(node(), token, now())
    except NotFound as error:
        return _page("public/missing.html", 404, problem=error)
    return _cached(_page("public/card.html", **found))


@public
def card_upper(token: str) -> AnyResponse:
    """The upper-case address printed in the card's QR."""
    return card(normalise(token))


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
