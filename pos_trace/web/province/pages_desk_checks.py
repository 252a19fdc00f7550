"""The screen of desk checks: what was drawn, and one form to draw a day."""

from flask import Blueprint, Response

from pos_trace.services import desk_checks
from pos_trace.web.province.frame import page
from pos_trace.web.shared.context import node, who
from pos_trace.web.shared.guard import needs


def blueprint() -> Blueprint:
    """``/chon-ngau-nhien``."""
    pages = Blueprint("desk_checks", __name__)
    pages.add_url_rule("/chon-ngau-nhien", "listed", listed)
    return pages


@needs("register")
def listed() -> Response:
    """Days drawn, newest first."""
    return page("province/desk_checks.html", **desk_checks.drawn(node(), who()))
