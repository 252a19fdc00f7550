"""The receiver's second screen: deliveries that are over, their corrections, and who brings goods."""

from flask import Blueprint, Response

from pos_trace.web.shared.guard import needs
from pos_trace.web.station.frame import page


def blueprint() -> Blueprint:
    """``/nhan-hang/da-xong``."""
    pages = Blueprint("station_receiving_done", __name__)
    pages.add_url_rule("/nhan-hang/da-xong", "done", done)
    return pages


@needs("receive")
def done() -> Response:
    """Closed deliveries with their lines; Phiếu điều chỉnh; suppliers renamed and merged."""
    return page("station/receive_done.html")
