"""/giao-hang: goods to traders and other stalls, and what is on its way here."""

from flask import Blueprint, Response

from pos_trace.core.quantities import UNITS
from pos_trace.web.shared.guard import needs
from pos_trace.web.station.frame import page


def blueprint() -> Blueprint:
    """``/giao-hang``."""
    pages = Blueprint("station_transfer_pages", __name__)
    pages.add_url_rule("/giao-hang", "giving", giving)
    return pages


@needs("receive")
def giving() -> Response:
    """Tiles of lots, a buyer, "In phiếu giao"; above them what waits for an answer."""
    return page("station/transfers.html", choices={"units": list(UNITS)})
