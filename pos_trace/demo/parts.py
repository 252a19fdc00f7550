"""Small acts of the demo's people, over HTTP: register facts, wait for an answer, draw a label, read a paper."""

import hashlib
import io
import time
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import qrcode
from PIL import Image

from pos_trace.demo.api import Client
from pos_trace.demo.facilities import facilities
from pos_trace.demo.lots import lots, old_recall
from pos_trace.hardware import picture, zbar

Found = TypeVar("Found")
WAIT_S = 25.0
LOOK_S = 0.1
PROVINCE = "/api/province/v1"


class StillNot(RuntimeError):
    """What was waited for did not come."""


def until(what: str, ask: Callable[[], Found], good: Callable[[Found], bool], most_s: float = WAIT_S) -> Found:
    """Ask again until the answer is ``good``; raises ``StillNot`` with the last answer."""
    end = time.monotonic() + most_s
    while True:
        found = ask()
        if good(found):
            return found
        if time.monotonic() > end:
            raise StillNot(f"{what}: {str(found)[:400]}")
        time.sleep(LOOK_S)


def publish(province: Client, day: date, more: Iterable[dict[str, Any]] = ()) -> int:
    """The records officer enters facilities, lots and the old recall; answers the version a station must reach."""
    for facility in facilities(day):
        province.put(f"{PROVINCE}/facilities", facility)
    province.post(f"{PROVINCE}/lots", {"lots": [*lots(day), *more]})
    version: int = province.post(f"{PROVINCE}/recalls", old_recall(day))["version"]
    return version


def label_picture(text: str) -> bytes:
    """A printed label as a phone sees it: a QR with its quiet zone, PNG."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=8, border=4)
    code.add_data(text)
    code.make(fit=True)
    out = io.BytesIO()
    code.make_image().get_image().convert("L").save(out, "PNG")
    return out.getvalue()


def paper_picture(words: str) -> bytes:
    """A photo of a paper: enough edges to be sharp, other lines for other words; PNG."""
    sheet = Image.new("L", (600, 400), 255)
    lengths = hashlib.sha256(words.encode()).digest()
    for row, length in zip(range(40, 380, 30), lengths, strict=False):
        sheet.paste(0, (40, row, 60 + 2 * length, row + 6))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def read_paper(stream: Path, out: Path, dots: int = 576) -> tuple[list[str], int, int]:
    """Turn a printer's bytes into a picture and read its codes with zbar: texts, cuts, unknown commands."""
    paper = picture.render(stream.read_bytes(), dots)
    paper.image.save(out)
    large = paper.image.convert("L").resize((paper.image.width * 2, paper.image.height * 2))
    return [code.raw.decode() for code in zbar.decode(large)], len(paper.cuts), len(paper.unknown)


def decimal(text: str) -> Decimal:
    """A quantity as a till would send it."""
    return Decimal(text)
