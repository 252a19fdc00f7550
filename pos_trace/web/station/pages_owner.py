"""The owner's screens: the hub, what was sent, who looked, the books, the phones, the people."""

from flask import Blueprint, Response

from pos_trace.core.vocabulary.times import local_day
from pos_trace.services.sent import NOTE
from pos_trace.web.shared.context import now
from pos_trace.web.shared.guard import needs
from pos_trace.web.station.frame import page
from pos_trace.web.station.pages import paper_choices


def blueprint() -> Blueprint:
    """``/chu-sap`` and the screens behind its tiles."""
    pages = Blueprint("station_owner", __name__)
    pages.add_url_rule("/chu-sap", "owner", owner)
    pages.add_url_rule("/chu-sap/da-gui", "sent", sent)
    pages.add_url_rule("/chu-sap/ai-da-xem", "seen", seen)
    pages.add_url_rule("/chu-sap/so", "books", books)
    pages.add_url_rule("/chu-sap/thu-hoi", "recalls", recalls)
    pages.add_url_rule("/chu-sap/may", "devices", devices)
    pages.add_url_rule("/chu-sap/nguoi", "people", people)
    return pages


@needs("cases")
def owner() -> Response:
    """Tiles; held goods, papers to add, cases."""
    return page("station/owner.html", choices={"papers": paper_choices()}, note=NOTE)


@needs("sent")
def sent() -> Response:
    """ "Dữ liệu nào đã gửi đi"."""
    return page("station/owner_sent.html", note=NOTE)


@needs("sent")
def seen() -> Response:
    """ "Ai đã xem"."""
    return page("station/owner_seen.html")


@needs("sent")
def books() -> Response:
    """ "Sổ của tôi": everything, a month, a presenting."""
    today = local_day(now())
    return page("station/owner_books.html", month=f"{today:%Y-%m}", today=today.isoformat())


@needs("cases")
def recalls() -> Response:
    """ "Hàng thu hồi": each recall's figures out of the ledger, and "Đã thu hồi xong"."""
    return page("station/owner_recalls.html")


@needs("staff")
def devices() -> Response:
    """ "Máy của sạp"."""
    return page("station/owner_devices.html")


@needs("staff")
def people() -> Response:
    """ "Người của sạp"."""
    return page("station/owner_people.html")
