"""/phan-anh-rieng: a person of the stall tells the province alone."""

from flask import Blueprint, Response

from pos_trace.services.private_reports import CONSENT, MOST_NAME, MOST_TEXT
from pos_trace.web.shared.guard import needs
from pos_trace.web.station.frame import page


def blueprint() -> Blueprint:
    """``/phan-anh-rieng``."""
    pages = Blueprint("station_private_pages", __name__)
    pages.add_url_rule("/phan-anh-rieng", "private", private)
    return pages


@needs("tell")
def private() -> Response:
    """One text, a name only by consent, one button."""
    limits = {"text": MOST_TEXT, "name": MOST_NAME}
    return page("station/private.html", limits=limits, consent=CONSENT)
