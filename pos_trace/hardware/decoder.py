"""Codes in a photo: zxing-cpp first, zbar after it, six stages of looking harder, stopping at the first that reads.

Stages and their order are measured (facts on photos, section 4). Text is strict UTF-8 or none: charsets are never
guessed. A GS1 symbol's text begins with its AIM identifier, so that the parser knows its separators are real.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from pos_trace.hardware import zbar
from pos_trace.hardware.photos import LIMITS, KeptPhoto, PhotoLimits, grey, keep, open_photo, quality_of

FORMATS = (
    zxingcpp.BarcodeFormat.QRCode
    | zxingcpp.BarcodeFormat.DataMatrix
    | zxingcpp.BarcodeFormat.EAN13
    | zxingcpp.BarcodeFormat.EAN8
    | zxingcpp.BarcodeFormat.UPCA
    | zxingcpp.BarcodeFormat.Code128
    | zxingcpp.BarcodeFormat.ITF
)
NAMES = {
    "QRCode": "qr",
    "QRCODE": "qr",
    "DataMatrix": "datamatrix",
    "EAN13": "ean13",
    "EAN-13": "ean13",
    "EAN8": "ean8",
    "EAN-8": "ean8",
    "UPCA": "upca",
    "UPC-A": "upca",
    "Code128": "code128",
    "CODE128": "code128",
    "Code 128": "code128",
    "ITF": "itf",
    "I25": "itf",
}
GS1_MARKS = {"qr": "]Q3", "datamatrix": "]d2", "code128": "]C1"}
DEADLINE_S = 2.5
FIRST_STAGES_SIDE = 1600
ZBAR_SIDE = 1400


@dataclass(frozen=True, slots=True)
class SeenCode:
    """One symbol. ``text`` None: the bytes are no UTF-8. ``stage`` 1–6 says how hard it was to read."""

    text: str | None
    raw: bytes
    symbology: str
    is_gs1: bool
    engine: str
    stage: int
    quad: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a photo holds; with no code ``why`` is ``too_dark``, ``too_blurred`` or ``no_code``. ``ms`` of work.

    ``kept`` is the photo as it may be stored, when that was asked for.
    """

    codes: tuple[SeenCode, ...]
    why: str | None
    ms: float
    kept: KeptPhoto | None = None


def read_photo(
    data: bytes, limits: PhotoLimits = LIMITS, deadline_s: float = DEADLINE_S, keep_photo: bool = False
) -> Reading:
    """Read every code of an uploaded photo; raises ``Invalid`` for what is no photo. The call of a child process."""
    started = time.monotonic()
    picture = grey(open_photo(data, limits, luma=True))
    codes = decode(picture, started + deadline_s)
    why = None if codes else {"dark": "too_dark", "blurred": "too_blurred"}.get(quality_of(picture) or "", "no_code")
    kept = keep(data, limits) if keep_photo else None
    return Reading(codes, why, round((time.monotonic() - started) * 1000, 1), kept)


def keep_photo(data: bytes, limits: PhotoLimits = LIMITS) -> KeptPhoto:
    """A photo made fit to store; the other call of a child process."""
    return keep(data, limits)


def decode(picture: Image.Image, until: float) -> tuple[SeenCode, ...]:
    """Stages in turn until one reads something or the time (monotonic) is over; stage 1 always runs."""
    for number, stage in enumerate(STAGES, 1):
        if number > 1 and time.monotonic() > until:
            break
        found = tuple(replace(code, stage=number) for code in stage(picture))
        if found:
            return _unique(found)
    return ()


def _zxing(picture: Image.Image) -> Iterator[SeenCode]:
    for code in zxingcpp.read_barcodes(picture, formats=FORMATS, text_mode=zxingcpp.TextMode.Plain):
        kind = NAMES.get(code.format.name, code.format.name.lower())
        is_gs1 = code.content_type == zxingcpp.ContentType.GS1
        spot = code.position
        corners = (spot.top_left, spot.top_right, spot.bottom_right, spot.bottom_left)
        yield _seen(bytes(code.bytes), kind, is_gs1, "zxing", tuple((point.x, point.y) for point in corners))


def _zbar(picture: Image.Image) -> Iterator[SeenCode]:
    for code in zbar.decode(picture):
        kind = NAMES.get(code.symbology, code.symbology.lower())
        yield _seen(code.raw, kind, code.is_gs1, "zbar", code.quad)


def _seen(raw: bytes, kind: str, is_gs1: bool, engine: str, quad: tuple[tuple[int, int], ...]) -> SeenCode:
    try:
        text: str | None = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and is_gs1 and kind in GS1_MARKS and not text.startswith("]"):
        text = GS1_MARKS[kind] + text
    return SeenCode(text, raw, kind, is_gs1, engine, 0, quad)


def _unique(codes: tuple[SeenCode, ...]) -> tuple[SeenCode, ...]:
    seen: dict[tuple[bytes, str], SeenCode] = {}
    for code in codes:
        seen.setdefault((code.raw, code.symbology), code)
    return tuple(seen.values())


def _limited(picture: Image.Image, side: int) -> Image.Image:
    if max(picture.size) <= side:
        return picture
    small = picture.copy()
    small.thumbnail((side, side), Image.Resampling.BILINEAR)
    return small


def _flat(picture: Image.Image, radius: int) -> Image.Image:
    """Each dot against the mean of its neighbourhood: shadows and glare go."""
    return ImageChops.subtract(picture, picture.filter(ImageFilter.BoxBlur(radius)), 1.0, 128)


def _sharpened(picture: Image.Image) -> Iterator[SeenCode]:
    return _zxing(_limited(picture, FIRST_STAGES_SIDE).filter(ImageFilter.UnsharpMask(3, 150, 0)))


def _flattened(picture: Image.Image) -> Iterator[SeenCode]:
    return _zxing(_flat(_limited(picture, FIRST_STAGES_SIDE), 30))


def _doubled(picture: Image.Image) -> Iterator[SeenCode]:
    small = _limited(picture, FIRST_STAGES_SIDE)
    return _zxing(_flat(small.resize((small.width * 2, small.height * 2), Image.Resampling.BILINEAR), 60))


def _threshold(picture: Image.Image) -> Iterator[SeenCode]:
    flat = _flat(_limited(picture, ZBAR_SIDE), 20)
    return _zbar(flat.point(lambda value: 255 if value >= 124 else 0))


def _plain_zbar(picture: Image.Image) -> Iterator[SeenCode]:
    return _zbar(_limited(picture, ZBAR_SIDE))


STAGES: tuple[Callable[[Image.Image], Iterator[SeenCode]], ...] = (
    _zxing,
    _sharpened,
    _flattened,
    _doubled,
    _threshold,
    _plain_zbar,
)
