"""Screens around selling: the till, goods with prices and units, the stall's card to switch on and print."""

import base64
import io

import qrcode
import qrcode.image.svg
from flask import Blueprint, Response

from pos_trace.core.quantities import UNITS
from pos_trace.services import stall_cards
from pos_trace.web.shared.context import node, who
from pos_trace.web.shared.guard import needs
from pos_trace.web.station.frame import page


def blueprint() -> Blueprint:
    """``/mat-hang``, ``/the-sap``."""
    pages = Blueprint("selling_pages", __name__)
    pages.add_url_rule("/mat-hang", "goods", goods)
    pages.add_url_rule("/the-sap", "card", card)
    return pages


@needs("sell")
def goods() -> Response:
    """Prices, units, and what one unit holds."""
    return page(
        "station/goods.html", choices={"units": list(UNITS), "outer": [u for u, kg in UNITS.items() if kg is None]}
    )


@needs("cases")
def card() -> Response:
    """The stall's QR card: switch, and the A5 page to hang up."""
    told = stall_cards.told(node(), who())
    return page("station/card.html", card=told, qr=_svg(told["qr_text"]) if told["qr_text"] else None)


def _svg(text: str) -> str:
    """A QR as an address of its own picture; the page loads nothing."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    drawn = io.BytesIO()
    code.make_image(image_factory=qrcode.image.svg.SvgPathImage).save(drawn)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()
