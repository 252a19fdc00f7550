"""A page becomes ESC/POS bytes: raster slices every printer takes, one cut, no byte from data outside the raster.

Rules and their sources: slices of at most 128 rows, a height never a multiple of 48 (python-escpos #424), no
real-time command pattern inside the raster (Xprinter XP-80 manual: such data is executed), ``FS .`` first.
"""

import re

from PIL import ImageChops

from pos_trace.hardware.page import Page
from pos_trace.hardware.paper import Paper

INIT = b"\x1b@\x1c.\x1dL\x00\x00\x1ba\x00"
FULL_CUT_AFTER_FEED = b"\x1dVB"
ASK_STATUS = b"\x1dr\x01"
REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")
MOST_ROWS = 128
BAD_MULTIPLE = 48


def encode(page: Page, paper: Paper, process_id: int | None = None) -> bytes:
    """The whole job. ``process_id`` 1–9999 asks the printer to answer with it once the paper has moved."""
    out = [INIT, *(_slice(rows, count, page.dots) for rows, count in _rows(page, paper))]
    out.append(_end(paper))
    if paper.process_id and process_id is not None:
        out.append(b"\x1d(H\x06\x000000"[:7] + f"{process_id % 10000:04d}".encode("ascii"))
    elif paper.status:
        out.append(ASK_STATUS)
    return b"".join(out)


def _end(paper: Paper) -> bytes:
    if paper.cutter:
        return FULL_CUT_AFTER_FEED + bytes([paper.feed_rows & 0xFF])
    return b"\x1bJ" + bytes([paper.feed_rows & 0xFF])


def _rows(page: Page, paper: Paper) -> list[tuple[bytes, int]]:
    """The raster cut into slices: ink is 1, eight dots a byte, real-time patterns made harmless."""
    width = page.dots // 8
    raster = harmless(ImageChops.invert(page.image.convert("L")).convert("1").tobytes(), width)
    height = len(raster) // width
    most = min(paper.slice_rows, MOST_ROWS)
    slices = []
    at = 0
    while at < height:
        count = min(most, height - at)
        if count % BAD_MULTIPLE == 0:
            count -= 1
        slices.append((raster[at * width : (at + count) * width], count))
        at += count
    return slices


def _slice(rows: bytes, count: int, dots: int) -> bytes:
    width = dots // 8
    return b"\x1dv0\x00" + width.to_bytes(2, "little") + count.to_bytes(2, "little") + rows


def harmless(raster: bytes, width: int) -> bytes:
    """``raster`` without the bytes 10 04, 10 05 and 10 14 in a row: one white dot beside ink becomes ink.

    0x10 is one dot of eight; 0x11 shows one more at the byte's edge, which no eye and no QR reader notices.
    """
    data = bytearray(raster)
    at = 0
    while (found := REAL_TIME.search(data, at)) is not None:
        data[found.start()] |= 0x01
        at = found.start() + 1
    return bytes(data)
