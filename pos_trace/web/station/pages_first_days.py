"""A stall's first days on screen: /bat-dau, /chon-hang, /hang-dau-ky, and the A5 sheet."""

from flask import Blueprint, Response

from pos_trace.core.quantities import UNITS
from pos_trace.forms import first_day_sheet
from pos_trace.services import first_day
from pos_trace.web.shared.context import node, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station.frame import page


def blueprint() -> Blueprint:
    """The first day's screens."""
    pages = Blueprint("station_first_days_pages", __name__)
    pages.add_url_rule("/bat-dau", "start", start)
    pages.add_url_rule("/bat-dau/to-gioi-thieu.pdf", "sheet", sheet)
    pages.add_url_rule("/chon-hang", "catalogue", catalogue)
    pages.add_url_rule("/hang-dau-ky", "opening", opening)
    return pages


@needs("receive")
def start() -> Response:
    """Five steps with ticks, and what the machine does and does not."""
    told = first_day.sheet_of_stall(node(), who())
    return page("station/first_day.html", sentences=told["sentences"], call=told["call"])


@needs("receive")
def catalogue() -> Response:
    """Chọn hàng bán."""
    return page("station/starter.html")


@needs("receive")
def opening() -> Response:
    """Hàng nhập trước ngày đầu, by tiles."""
    return page("station/opening.html", choices={"units": list(UNITS)})


@needs("receive")
def sheet() -> Response:
    """The first-day sheet as an A5 PDF."""
    told = first_day.sheet_of_stall(node(), who())
    answer = Response(first_day_sheet.draw(**told, demo=node().demo), content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="may-nay-lam-gi.pdf"'
    return answer
