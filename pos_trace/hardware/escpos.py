"""A page becomes ESC/POS bytes: raster slices every printer takes, one cut, no byte from data outside the raster.

Rules and their sources: slices of at most 128 rows, a height never a multiple of 48 (python-escpos #424), no
real-time command pattern inside the raster (Xprinter XP-80 manual: such data is executed), ``FS .`` first.
"""

import re

from pos_trace.hardware import status
from pos_trace.hardware.page import Page
from pos_trace.hardware.paper import Paper

INIT = b"\x1b@\x1c.\x1dL\x00\x00\x1ba\x00"
FULL_CUT_AFTER_FEED = b"\x1dVB"
REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")
INK_IS_ONE = bytes(255 - byte for byte in range(256))
MOST_ROWS = 128
BAD_MULTIPLE = 48


def encode(page: Page, paper: Paper, process_id: int | None = None) -> bytes:
    """The whole job, ending in the question the printer answers once it is done, if it answers any.

    ``process_id`` 1–9999 is asked for where the printer knows it.
    """
    out = [INIT, *(_slice(rows, count, page.dots) for rows, count in _rows(page, paper))]
    out.append(_end(paper))
    if paper.process_id and process_id is not None:
        out.append(status.ASK_PROCESS + f"{process_id % 10000:04d}".encode("ascii"))
    elif paper.status:
        out.append(status.ASK_PAPER)
    return b"".join(out)


def _end(paper: Paper) -> bytes:
    if paper.cutter:
        return FULL_CUT_AFTER_FEED + bytes([paper.feed_rows])
    return b"\x1bJ" + bytes([paper.feed_rows])


def _rows(page: Page, paper: Paper) -> list[tuple[bytes, int]]:
    """The raster cut into slices: ink is 1, eight dots a byte, real-time patterns made harmless."""
    width = page.dots // 8
    raster = harmless(page.image.tobytes().translate(INK_IS_ONE))
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


def harmless(raster: bytes) -> bytes:
    """``raster`` without the bytes 10 04, 10 05 and 10 14 in a row: one white dot beside ink becomes ink.

    0x10 is one dot of eight; 0x18 is the same dot made two wide, which no eye and no QR reader notices.
    """
    return REAL_TIME.sub(lambda found: bytes([0x18, found[0][1]]), raster)
