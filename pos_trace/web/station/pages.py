"""A stall's screens: receiver, till, owner; and the market board's. Data comes from the same API scripts use."""

from flask import Blueprint, Response, make_response, render_template

from pos_trace.core.quantities import UNITS
from pos_trace.core.vocabulary.words import PAPER_KINDS
from pos_trace.services import market
from pos_trace.web.shared.context import node, now, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.shared.words import shown_time
from pos_trace.web.station.frame import page


def blueprint() -> Blueprint:
    """``/nhan-hang``, ``/ban-hang``, ``/chu-sap``, ``/cho``."""
    pages = Blueprint("station", __name__)
    pages.add_url_rule("/nhan-hang", "receive", receive)
    pages.add_url_rule("/ban-hang", "till", till)
    pages.add_url_rule("/chu-sap", "owner", owner)
    pages.add_url_rule("/cho", "board", board)
    return pages


def _paper_choices() -> list[list[str]]:
    return [[kind, words[0].upper() + words[1:]] for kind, words in PAPER_KINDS.items()]


@needs("receive")
def receive() -> Response:
    """The receiver's screen, for a phone in one hand."""
    choices = {
        "units": [[unit, unit] for unit in UNITS],
        "groups": [[group.name, group.title_vi] for group in node().policy.goods],
        "papers": _paper_choices(),
        "may_send": who().may("cases"),
    }
    return page("station/receive.html", choices=choices)


@needs("sell")
def till() -> Response:
    """The till of a stall without a POS."""
    return page("station/till.html")


@needs("cases")
def owner() -> Response:
    """Held goods, papers to add, cases, what was sent."""
    return page("station/owner.html", choices={"papers": _paper_choices()})


@needs("operate")
def board() -> Response:
    """Stalls, devices and printers of the site: counts only, never prices, papers or cases."""
    told = market.overview(node(), now())
    html = render_template("station/board.html", person=who().name, demo=node().demo, time=shown_time, **told)
    return make_response(html)
