"""What a photo gave, as plain values: they travel from the child to the server, which loads no decoder for them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeenCode:
    """One symbol. ``text`` None: the bytes are no UTF-8 or hold a NUL, or are only a part of a text spread over several
    symbols (``symbology`` "qr_part"). ``stage`` 1–6 says how hard it was to read.
    """

    text: str | None
    raw: bytes
    symbology: str
    is_gs1: bool
    engine: str
    stage: int
    quad: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo as it is stored: upright, without EXIF; ``quality`` "dark", "blurred" or None."""

    data: bytes
    media_type: str
    quality: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a photo holds; with no code ``why`` is ``too_dark``, ``too_blurred`` or ``no_code``. ``ms`` of work.

    ``kept`` is the photo as it may be stored, when that was asked for.
    """

    codes: tuple[SeenCode, ...]
    why: str | None
    ms: float
    kept: KeptPhoto | None = None
