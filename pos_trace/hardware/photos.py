"""Photos from outside: opened within limits, never trusted; EXIF removed before keeping; told when dark or blurred."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat, UnidentifiedImageError

from pos_trace.core.errors import Invalid
from pos_trace.hardware.seen import KeptPhoto

FORMATS = ("JPEG", "PNG", "WEBP")
MEDIA = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
DARK_BELOW = 45.0
SHARP_SIDE = 1000
BLURRED_BELOW = 10  # measured: sharp photos of labels 12 to 150, the same out of focus 1 to 9
SHARP_SHARE = 0.002
KEEP_QUALITY = 88
FAST: dict[str, dict[str, int]] = {"PNG": {"compress_level": 3}, "WEBP": {"method": 2, "quality": KEEP_QUALITY}}


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """``most_bytes`` of the file, ``most_pixels`` once unpacked (checked from the header, before unpacking).

    ``most_kept``: bytes of what is stored, well under what a Department takes of one piece of evidence.
    """

    most_bytes: int = 12 * 2**20
    most_pixels: int = 24_000_000
    most_kept: int = 6 * 2**20


LIMITS = PhotoLimits()


def open_photo(data: bytes, limits: PhotoLimits = LIMITS, luma: bool = False) -> Image.Image:
    """The unpacked picture; ``luma`` reads a JPEG's brightness only (three times faster, for decoding).

    Raises ``Invalid``: ``photo_too_large``, ``photo_not_image``, ``photo_broken``.
    """
    if len(data) > limits.most_bytes:
        raise Invalid("photo_too_large", f"Ảnh lớn quá {limits.most_bytes // 2**20} MB. Chụp lại với cỡ nhỏ hơn.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            if image.width * image.height > limits.most_pixels:
                raise Invalid("photo_too_large", "Ảnh có quá nhiều điểm ảnh. Chụp lại với cỡ nhỏ hơn.")
            if luma:
                image.draft("L", image.size)
            image.load()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Invalid("photo_too_large", "Ảnh có quá nhiều điểm ảnh. Chụp lại với cỡ nhỏ hơn.") from None
    except UnidentifiedImageError:
        raise Invalid("photo_not_image", "Tệp không phải ảnh JPEG, PNG hoặc WebP.") from None
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError):
        raise Invalid("photo_broken", "Ảnh bị hỏng hoặc tải lên chưa hết. Chụp lại.") from None
    return image


def grey(image: Image.Image) -> Image.Image:
    """Brightness on white: a transparent picture would go black otherwise."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        return _on_white(image).convert("L")
    if image.mode.startswith("I"):  # 16 bits a dot; converting alone would cut everything above 255 off
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("L")


def quality_of(picture: Image.Image) -> str | None:
    """``dark`` or ``blurred`` when a person would not read it either; ``picture`` is grey.

    Blurred: hardly a dot differs from its surroundings. The grain of a sensor is evened out first, and the strongest
    dots are left aside, or grain and specks would count as sharp edges.
    """
    small = picture.copy()
    small.thumbnail((SHARP_SIDE, SHARP_SIDE))
    if ImageStat.Stat(small).mean[0] < DARK_BELOW:
        return "dark"
    calm = small.filter(ImageFilter.BoxBlur(1))
    detail = ImageChops.difference(calm, calm.filter(ImageFilter.GaussianBlur(2)))
    counts = detail.histogram()
    sharp = sum(counts[BLURRED_BELOW:])
    return "blurred" if sharp < small.width * small.height * SHARP_SHARE else None


def keep(data: bytes, limits: PhotoLimits = LIMITS) -> KeptPhoto:
    """What to store of an uploaded photo: turned upright, no EXIF, no GPS, made smaller when it would be too large.

    Raises ``Invalid`` as ``open_photo``.
    """
    image = open_photo(data, limits)
    kind = "PNG" if image.format == "PNG" else "WEBP" if image.format == "WEBP" else "JPEG"  # MPO: a JPEG and more
    upright = ImageOps.exif_transpose(image)
    clean = Image.new(upright.mode, upright.size)
    clean.paste(upright)
    if upright.mode == "P":
        clean = upright.convert("RGBA")
    stored = _saved(clean, kind)
    while len(stored) > limits.most_kept:
        clean = _on_white(clean) if kind != "JPEG" else clean.reduce(2)
        kind = "JPEG"
        stored = _saved(clean, kind)
    return KeptPhoto(stored, MEDIA[kind], quality_of(grey(upright)))


def _saved(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "JPEG":
        image.convert("RGB").save(out, "JPEG", quality=KEEP_QUALITY)
    else:
        image.save(out, kind, **FAST[kind])
    return out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """Without transparency, which a JPEG cannot hold."""
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
