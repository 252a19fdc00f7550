"""A stall's screens: receiver, till. Data comes from the same API scripts use."""

from flask import Blueprint, Response

from pos_trace.core.quantities import UNITS, as_text
from pos_trace.core.vocabulary.words import PAPER_KINDS
from pos_trace.services.usual_goods import DEFAULT_CONTENT_KG
from pos_trace.web.shared.context import node, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station.frame import page


def blueprint() -> Blueprint:
    """``/nhan-hang``, ``/ban-hang``."""
    pages = Blueprint("station", __name__)
    pages.add_url_rule("/nhan-hang", "receive", receive)
    pages.add_url_rule("/ban-hang", "till", till)
    return pages


def paper_choices() -> list[list[str]]:
    """Kinds of papers to choose from: code and words."""
    return [[kind, words[0].upper() + words[1:]] for kind, words in PAPER_KINDS.items()]


@needs("receive")
def receive() -> Response:
    """The receiver's screen, for a phone in one hand."""
    choices = {
        "units": [[unit, unit] for unit in UNITS],
        "weights": [unit for unit, kg in UNITS.items() if kg is not None],
        "contents": {unit: as_text(kg) for unit, kg in DEFAULT_CONTENT_KG.items()},
        "groups": [[group.name, group.title_vi] for group in node().policy.goods],
        "dates": {group.name: list(group.needs_dates) for group in node().policy.goods if group.needs_dates},
        "papers": paper_choices(),
        "may_send": who().may("cases"),
    }
    return page("station/receive.html", choices=choices)


@needs("sell")
def till() -> Response:
    """The till of a stall without a POS."""
    return page("station/till.html", choices={"units": list(UNITS)})
