"""Photos from outside: limits before unpacking, nothing of the phone kept, upright, told when dark or blurred."""

import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFilter
from PIL.PngImagePlugin import PngInfo

from pos_trace.core.errors import Invalid
from pos_trace.hardware import photos
from pos_trace.hardware.photos import PhotoLimits
from tests.hardware.symbols import jpeg, label, png

GPS, ORIENTATION = 0x8825, 0x0112


def png_header(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG made by hand: a header that promises any size, and the packed rows."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def bomb(side: int = 13_000) -> bytes:
    """A square of ``side`` dots of one grey, packed to almost nothing: 169 megapixels by default."""
    packer = zlib.compressobj(9)
    row = b"\0" * (side + 1)
    return png_header(side, side, b"".join(packer.compress(row) for _ in range(side)) + packer.flush())


def _jpeg() -> bytes:
    return jpeg(label("x").convert("RGB"))


def _as(kind: str) -> bytes:
    out = io.BytesIO()
    label("x").save(out, kind)
    return out.getvalue()


REFUSED = {
    "nothing": (lambda: b"", "photo_not_image"),
    "a_pdf": (lambda: b"%PDF-1.7\n1 0 obj\n", "photo_not_image"),
    "a_gif": (lambda: _as("GIF"), "photo_not_image"),
    "a_tiff": (lambda: _as("TIFF"), "photo_not_image"),
    "an_icon": (lambda: _as("ICO"), "photo_not_image"),
    "a_heic": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64, "photo_not_image"),
    "an_svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>", "photo_not_image"),
    "postscript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "photo_not_image"),
    "text": (lambda: "Cải thảo".encode(), "photo_not_image"),
    "a_cut_jpeg": (lambda: _jpeg()[: len(_jpeg()) // 2], "photo_broken"),
    "a_cut_png": (lambda: png(label("x"))[:200], "photo_broken"),
    "a_png_of_wrong_bytes": (lambda: png_header(100, 100, b"not packed"), "photo_broken"),
    "a_bomb_of_169_megapixels": (bomb, "photo_too_large"),
    "a_header_of_billions": (lambda: png_header(2**31 - 1, 2**31 - 1), "photo_too_large"),
    "just_above_the_limit": (lambda: png_header(6000, 4001), "photo_too_large"),
    "too_many_bytes": (lambda: b"\0" * (12 * 2**20 + 1), "photo_too_large"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("work", [photos.open_photo, photos.keep], ids=["open", "keep"])
def test_what_is_no_photo_is_refused_in_vietnamese(name: str, work) -> None:
    make, code = REFUSED[name]
    data = make()
    with pytest.raises(Invalid, match=code) as refusal:
        work(data)
    assert refusal.value.code == code
    assert refusal.value.detail.endswith(".")
    assert "nh" in refusal.value.detail


def test_the_bomb_is_a_small_file() -> None:
    assert len(bomb()) < 200_000


@pytest.mark.parametrize(("side", "good"), [(100, True), (101, False)])
def test_the_limit_is_exact(side: int, good: bool) -> None:
    limits = PhotoLimits(most_pixels=10_000)
    data = png(Image.new("L", (side, 100)))
    if good:
        assert photos.open_photo(data, limits).size == (side, 100)
    else:
        with pytest.raises(Invalid, match="photo_too_large"):
            photos.open_photo(data, limits)
    with pytest.raises(Invalid, match="lớn quá 1 MB"):
        photos.open_photo(b"\0" * (2**20 + 1), PhotoLimits(most_bytes=2**20))


SOURCES = [_jpeg(), png(label("x")), _as("WEBP"), png(label("x").convert("P"))]


@settings(deadline=None, max_examples=300)
@given(
    source=st.sampled_from(SOURCES),
    changes=st.lists(st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=4)), max_size=6),
    end=st.integers(0, 4000),
)
def test_spoilt_photos_are_refused_or_kept_and_never_raise_anything_else(
    source: bytes, changes: list[tuple[int, bytes]], end: int
) -> None:
    data = bytearray(source)
    for place, piece in changes:
        data[place % len(data) : place % len(data) + len(piece)] = piece
    kept = None
    with suppress(Invalid):
        kept = photos.keep(bytes(data[: end or None]))
    assert kept is None or photos.open_photo(kept.data).size


# --- kept -------------------------------------------------------------------------------------------------------------


def _half() -> Image.Image:
    """Black above, white below: which way is up can be seen."""
    sheet = Image.new("RGB", (80, 40), "white")
    sheet.paste((0, 0, 0), (0, 0, 80, 20))
    return sheet


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(GPS)[2] = (14.0, 20.0, 30.0)
    return exif


TURNS = {1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
         4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90,
         7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270}  # fmt: skip


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_kept_photos_are_upright_and_tell_nothing_of_phone_or_place(kind: str, orientation: int) -> None:
    way = TURNS[orientation]
    lying = _half().transpose(way) if way is not None else _half()
    out = io.BytesIO()
    lying.save(out, kind, exif=_exif(orientation), quality=95)
    assert b"SecretPhone" in out.getvalue()
    kept = photos.keep(out.getvalue())
    upright = Image.open(io.BytesIO(kept.data))
    assert upright.size == (80, 40)
    assert upright.convert("L").getpixel((40, 5)) < 60
    assert upright.convert("L").getpixel((40, 35)) > 200
    assert dict(upright.getexif()) == {}
    assert b"SecretPhone" not in kept.data
    assert kept.media_type == f"image/{kind.lower()}"


def test_comments_profiles_and_texts_are_left_behind_too() -> None:
    texts = PngInfo()
    texts.add_text("Author", "SecretName")
    texts.add_itxt("XML:com.adobe.xmp", "<x>SecretName</x>")
    for data in (
        png(_half(), pnginfo=texts, icc_profile=b"SecretName" * 20),
        jpeg(_half(), comment=b"SecretName", icc_profile=b"SecretName" * 20, xmp=b"<x>SecretName</x>"),
    ):
        kept = photos.keep(data)
        again = Image.open(io.BytesIO(kept.data))
        again.load()
        assert b"SecretName" not in kept.data
        assert not {"icc_profile", "comment", "xmp", "Author", "exif"} & set(again.info)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_dots_is_kept_and_looked_at(mode: str) -> None:
    sheet = label("x") if mode == "I;16" else label("x").convert(mode)
    data = jpeg(sheet) if mode == "CMYK" else png(sheet.convert(mode))
    kept = photos.keep(data)
    assert Image.open(io.BytesIO(kept.data)).size == sheet.size


def test_a_palette_with_one_transparent_colour_stays_transparent() -> None:
    sheet = label("x").convert("P")
    kept = photos.keep(png(sheet, transparency=sheet.getpixel((0, 0))))
    corner = Image.open(io.BytesIO(kept.data)).convert("RGBA").getpixel((0, 0))
    assert corner[3] == 0


# --- brightness and sharpness -----------------------------------------------------------------------------------------


def test_nothing_at_all_is_white() -> None:
    assert photos.grey(Image.new("RGBA", (4, 4), (0, 0, 0, 0))).getextrema() == (255, 255)
    assert photos.grey(Image.new("LA", (4, 4), (0, 0))).getextrema() == (255, 255)


def test_sixteen_bits_keep_their_order() -> None:
    sheet = Image.new("I;16", (2, 1))
    sheet.putpixel((0, 0), 65_535)
    sheet.putpixel((1, 0), 32_768)
    assert [photos.grey(sheet).getpixel((place, 0)) for place in (0, 1)] == [255, 128]


SHARP = ("synth_clean__", "synth_wet__", "synth_motion__", "synth_digital__", "synth_tiny12mp__", "jsqr_labelled__7")


@pytest.mark.parametrize("kind", SHARP)
def test_photos_a_person_can_read_are_not_called_blurred(shared, kind: str) -> None:
    found = sorted((shared / "images").glob(f"{kind}*"))
    assert found
    for path in found:
        assert photos.quality_of(photos.grey(photos.open_photo(path.read_bytes()))) is None, path.name


@pytest.mark.parametrize("grain", [0, 4, 8])
def test_the_same_photos_out_of_focus_are_even_when_the_sensor_is_grainy(shared, grain: int) -> None:
    found = sorted((shared / "images").glob("synth_clean__*"))
    assert found
    for path in found:
        picture = photos.grey(photos.open_photo(path.read_bytes())).filter(ImageFilter.GaussianBlur(10))
        if grain:
            noise = Image.effect_noise(picture.size, grain)
            picture = ImageChops.add(picture, noise, 1, -128)
        assert photos.quality_of(picture) == "blurred", path.name


def test_photos_at_night_without_a_lamp_are_told_dark(shared) -> None:
    found = sorted((shared / "images").glob("synth_lowlight__*"))
    assert found
    told = [photos.quality_of(photos.grey(photos.open_photo(path.read_bytes()))) for path in found]
    assert told == ["dark"] * len(found)


def test_of_all_label_photos_none_is_called_blurred_and_few_dark(shared) -> None:
    told = {
        path.name: photos.quality_of(photos.grey(photos.open_photo(path.read_bytes())))
        for path in sorted((shared / "images").iterdir())
        if path.suffix != ".json"
    }
    dark = {name.split("__")[0] for name, quality in told.items() if quality == "dark"}
    assert set(told.values()) == {None, "dark"}
    assert dark == {"jsqr_labelled", "synth_lowlight"}
    assert sum(quality == "dark" for quality in told.values()) <= 10


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (1, 400)])
def test_the_smallest_photo_is_looked_at_without_failing(size: tuple[int, int]) -> None:
    assert photos.quality_of(Image.new("L", size, 200)) == "blurred"
    assert photos.quality_of(Image.new("L", size, 3)) == "dark"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_too_large_to_send_as_evidence_is_kept_smaller(kind: str) -> None:
    noise = Image.effect_noise((900, 700), 120).convert("RGB")
    out = io.BytesIO()
    noise.save(out, kind, **({"quality": 95} if kind == "JPEG" else {}))
    limits = PhotoLimits(most_kept=60_000)
    kept = photos.keep(out.getvalue(), limits)
    assert len(out.getvalue()) > limits.most_kept >= len(kept.data)
    assert kept.media_type == "image/jpeg"
    assert min(Image.open(io.BytesIO(kept.data)).size) >= 80
