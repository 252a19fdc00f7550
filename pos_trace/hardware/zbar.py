"""zbar through pyzbar's own ctypes wrapper: bytes kept as they are, every symbol survives a strange neighbour.

``pyzbar.decode`` guesses charsets (Vietnamese becomes ``S廙畝``) and raises on structured-append parts, losing the
good codes of the same photo; both are kept out by asking the library directly (facts on photos, section 3).
"""

from collections.abc import Iterator
from ctypes import POINTER, c_char_p, c_uint, c_void_p, cast, string_at
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

from PIL import Image

BINARY = 4
ENABLE = 0
TEST_INVERTED = 0x81
GS1_MODIFIER = 1
FOURCC_GREY = 0x30303859  # "Y800"
WANTED = ("QRCODE", "EAN13", "EAN8", "CODE128", "I25")  # each kind more costs time, and DataBar crashed before
ALL_KINDS = 0


@dataclass(frozen=True, slots=True)
class ZbarCode:
    """One symbol: its raw bytes, zbar's name of the symbology, whether FNC1 came first, its corners.

    ``symbology`` "PARTIAL": a part of a text spread over several symbols, not all of them in the picture.
    """

    raw: bytes
    symbology: str
    is_gs1: bool
    quad: tuple[tuple[int, int], ...]


@lru_cache(maxsize=1)
def _library() -> ModuleType | None:
    try:
        from pyzbar import wrapper
    except ImportError:
        return None
    found: ModuleType = wrapper
    return found


def available() -> bool:
    """Whether libzbar is on this machine; without it the other engine works alone."""
    return _library() is not None


def decode(picture: Image.Image) -> tuple[ZbarCode, ...]:
    """Every symbol of a grey picture; empty when there is none or no library."""
    library = _library()
    if library is None:
        return ()
    scanner = library.zbar_image_scanner_create()
    image = library.zbar_image_create()
    try:
        _configure(library, scanner)
        pixels = picture.tobytes()
        library.zbar_image_set_format(image, FOURCC_GREY)
        library.zbar_image_set_size(image, picture.width, picture.height)
        library.zbar_image_set_data(image, cast(c_char_p(pixels), c_void_p), len(pixels), None)
        if library.zbar_scan_image(scanner, image) < 0:
            return ()
        return tuple(_symbols(library, image))
    finally:
        library.zbar_image_destroy(image)
        library.zbar_image_scanner_destroy(scanner)


def _configure(library: ModuleType, scanner: object) -> None:
    library.zbar_image_scanner_set_config(scanner, ALL_KINDS, ENABLE, 0)
    for name in WANTED:
        library.zbar_image_scanner_set_config(scanner, library.ZBarSymbol[name], ENABLE, 1)
    library.zbar_image_scanner_set_config(scanner, ALL_KINDS, BINARY, 1)
    library.zbar_image_scanner_set_config(scanner, ALL_KINDS, TEST_INVERTED, 1)


def _symbols(library: ModuleType, image: object) -> Iterator[ZbarCode]:
    symbol = library.zbar_image_first_symbol(image)
    modifiers = library.zbar_function("zbar_symbol_get_modifiers", c_uint, POINTER(library.zbar_symbol))
    while symbol:
        size = library.zbar_symbol_get_data_length(symbol)
        raw = string_at(library.zbar_symbol_get_data(symbol), size)
        points = [
            (library.zbar_symbol_get_loc_x(symbol, i), library.zbar_symbol_get_loc_y(symbol, i))
            for i in range(library.zbar_symbol_get_loc_size(symbol))
        ]
        kind = library.ZBarSymbol(symbol.contents.type).name
        gs1 = bool(modifiers(symbol) & GS1_MODIFIER)
        yield ZbarCode(raw, kind, gs1, _corners(points))
        symbol = library.zbar_symbol_next(symbol)


def _corners(points: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """A QR's own four; of a bar code, whose points are many crossings of scan lines, the box around them."""
    if len(points) == 4:
        return tuple(points)
    across, down = [x for x, _ in points] or [0], [y for _, y in points] or [0]
    left, right, top, bottom = min(across), max(across), min(down), max(down)
    return ((left, top), (right, top), (right, bottom), (left, bottom))
