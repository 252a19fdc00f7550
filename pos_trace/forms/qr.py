"""A QR as a small picture for a page: black squares, a white margin of four modules."""

import base64
import io

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET_MODULES = 4
MODULE_DOTS = 8


def png(text: str) -> bytes:
    """A PNG of the QR of ``text``, level M."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_MODULES, box_size=MODULE_DOTS)
    code.add_data(text, optimize=20)
    code.make(fit=True)
    out = io.BytesIO()
    code.make_image().save(out, "PNG")
    return out.getvalue()


def data_uri(text: str) -> str:
    """The same, to stand in an ``img``."""
    return "data:image/png;base64," + base64.b64encode(png(text)).decode()
