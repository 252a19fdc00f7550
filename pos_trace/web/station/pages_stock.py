"""The stall's shelf and what it hands over: /kho-hang, /giao-ca."""

from flask import Blueprint, Response

from pos_trace.core.quantities import UNITS
from pos_trace.core.stall_slips import DAY_ROWS
from pos_trace.core.vocabulary.stock import WASTE_KINDS
from pos_trace.web.shared.context import who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station.frame import page


def blueprint() -> Blueprint:
    """``/kho-hang``, ``/giao-ca``."""
    pages = Blueprint("station_stock_pages", __name__)
    pages.add_url_rule("/kho-hang", "shelf", shelf)
    pages.add_url_rule("/giao-ca", "handing", handing)
    return pages


@needs("stock")
def shelf() -> Response:
    """Lots on hand, one big button for each thing people do with them; a cashier looks only."""
    choices = {
        "units": [[unit, unit] for unit in UNITS],
        "kinds": [[kind, words] for kind, words in WASTE_KINDS.items()],
        "may_change": who().may("receive"),
    }
    return page("station/stock.html", choices=choices)


@needs("receive")
def handing() -> Response:
    """Giao ca, Nhận ca, Chốt ngày."""
    return page("station/handing.html", choices={"day_rows": list(DAY_ROWS.items())})
