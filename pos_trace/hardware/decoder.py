"""Codes in a photo: zxing-cpp first, zbar after it, six stages of looking harder, stopping at the first that reads.

Stages and their order are measured (facts on photos, section 4). Text is strict UTF-8 or none: charsets are never
guessed. A GS1 symbol's text begins with its AIM identifier, so that the parser knows its separators are real.
Two cases ask both engines: bar codes, which carry too little to be sure of (what they disagree on is given twice,
and no scan takes one of two), and a symbol that may be a part of a longer text (a link cut off at a part's end must
not pass for a whole one; only zbar knows).
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from pos_trace.core.codes.digits import checks
from pos_trace.hardware import zbar
from pos_trace.hardware.photos import LIMITS, PhotoLimits, grey, keep, open_photo, quality_of
from pos_trace.hardware.seen import KeptPhoto, Reading, SeenCode

FORMATS = zxingcpp.BarcodeFormats(
    (
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
        zxingcpp.BarcodeFormat.UPCA,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.ITF,
    )
)
PART = "qr_part"
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
    "PARTIAL": PART,
}
BARS = frozenset({"ean13", "ean8", "upca", "code128", "itf"})
FNC1 = "\x1d"
GS1_MARKS = {"qr": "]Q3", "datamatrix": "]d2", "code128": "]C1"}
STRUCTURED_APPEND = 3
DEADLINE_S = 2.5
FIRST_STAGES_SIDE = 1600
ZBAR_SIDE = 1400


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
        found = _apart([replace(code, stage=number) for code in stage(picture) if _trusted(code)])
        if found:
            return _unique(found)
    return ()


def _trusted(code: SeenCode) -> bool:
    """Bars without a check of their own are taken only as a GTIN with its check digit: half an ITF reads well too."""
    return code.symbology != "itf" or (len(code.raw) == 14 and checks(code.raw.decode("ascii", "replace")))


def _apart(codes: list[SeenCode]) -> list[SeenCode]:
    """Without bars that lie within a square symbol: nobody prints them there, dots in a row look like them."""
    squares = [code.quad for code in codes if code.symbology not in BARS]
    return [code for code in codes if code.symbology not in BARS or not any(_within(code.quad, on) for on in squares)]


def _within(inner: tuple[tuple[int, int], ...], outer: tuple[tuple[int, int], ...]) -> bool:
    """Whether the middle of one lies in the box around the other."""
    for axis in (0, 1):
        middle = sum(point[axis] for point in inner) / len(inner)
        if not min(point[axis] for point in outer) <= middle <= max(point[axis] for point in outer):
            return False
    return True


def _zxing(picture: Image.Image) -> Iterator[SeenCode]:
    found, maybe_parts = [], set()
    for code in zxingcpp.read_barcodes(picture, formats=FORMATS, text_mode=zxingcpp.TextMode.Plain):
        kind = NAMES.get(code.format.name, code.format.name.lower())
        is_gs1 = code.content_type == zxingcpp.ContentType.GS1
        spot = code.position
        corners = (spot.top_left, spot.top_right, spot.bottom_right, spot.bottom_left)
        raw = bytes(code.bytes)
        found.append(_seen(raw, kind, is_gs1, "zxing", tuple((point.x, point.y) for point in corners)))
        if kind == "qr" and _mode(code) == STRUCTURED_APPEND:
            maybe_parts.add(raw)
    if maybe_parts or any(code.symbology in BARS for code in _apart(found)):
        second = tuple(_zbar(_limited(picture, ZBAR_SIDE)))
        yield from (code for code in found if code.raw not in maybe_parts or not _is_part(code.raw, second))
        yield from second
    else:
        yield from found


def _mode(code: zxingcpp.Barcode) -> int:
    """The first four bits of a QR: the lower right dots with their mask taken off (ISO/IEC 18004, 7.7.3, 7.8.2)."""
    dots = Image.fromarray(code.to_image(scale=1, add_quiet_zones=False))
    told = code.extra
    last, mask = dots.width - 1, int(told.get("DataMask", 0)) if isinstance(told, dict) else 0
    bits = 0
    for row, column in ((last, last), (last, last - 1), (last - 1, last), (last - 1, last - 1)):
        bits = bits << 1 | ((dots.getpixel((column, row)) == 0) ^ _masked(mask, row, column))
    return bits


def _masked(mask: int, row: int, column: int) -> bool:
    both, third = row * column % 2, row * column % 3
    turns = (
        (row + column) % 2,
        row % 2,
        column % 3,
        (row + column) % 3,
        (row // 2 + column // 3) % 2,
        both + third,
        (both + third) % 2,
        ((row + column) % 2 + third) % 2,
    )
    return turns[mask % len(turns)] == 0


def _is_part(raw: bytes, second: tuple[SeenCode, ...]) -> bool:
    """Whether zbar, which knows parts, saw ``raw`` as one, or joined it to the others."""
    return any(raw in code.raw and (code.symbology == PART or raw != code.raw) for code in second)


def _zbar(picture: Image.Image) -> Iterator[SeenCode]:
    for code in zbar.decode(picture):
        kind = NAMES.get(code.symbology, code.symbology.lower())
        yield _seen(code.raw, kind, code.is_gs1, "zbar", code.quad)


def _seen(raw: bytes, kind: str, is_gs1: bool, engine: str, quad: tuple[tuple[int, int], ...]) -> SeenCode:
    try:
        text: str | None = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if kind == PART or b"\0" in raw:  # no text has a NUL, and PostgreSQL could not keep it
        text = None
    if text is not None and is_gs1 and kind in GS1_MARKS and not text.startswith("]"):
        text = f"{GS1_MARKS[kind]}{FNC1}{text}"  # a photo loses no separator: those it has are all there were
    return SeenCode(text, raw, kind, is_gs1, engine, 0, quad)


def _unique(codes: list[SeenCode]) -> tuple[SeenCode, ...]:
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
