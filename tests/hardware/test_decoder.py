"""Codes in photos: exact texts however the symbol lies there; what cannot be read says why."""

import io
import time

import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from pos_trace.core.errors import Invalid
from pos_trace.hardware import decoder
from pos_trace.hardware.seen import SeenCode
from tests.hardware.symbols import PHRASES, bars, beside, jpeg, label, png, qr

LONG = 60.0
LINK = "https://txng.quangngai.example/01/09521234600053/10/MD2611-07"
ELEMENTS = b"010952123460005310MD2611\x1d21000417"


def read(picture: Image.Image, **more: object) -> tuple[SeenCode, ...]:
    return decoder.read_photo(png(picture), deadline_s=LONG, **more).codes


def test_more_than_sixty_vietnamese_texts_come_back_exactly() -> None:
    assert len(PHRASES) > 60
    for text in PHRASES:
        (code,) = read(label(text))
        assert (code.text, code.raw, code.engine, code.stage) == (text, text.encode(), "zxing", 1)


@settings(deadline=None, max_examples=60)
@given(text=st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable() and not text.startswith("]")))
def test_any_printable_text_comes_back_or_is_called_binary_but_never_changed(text: str) -> None:
    (code,) = decoder.decode(label(text), time.monotonic() + LONG)
    assert code.raw == text.encode()
    assert code.text == text


@pytest.mark.parametrize(
    ("segments", "text"),
    [
        ((("eci", 26), ("bytes", "Thịt heo".encode())), "Thịt heo"),
        ((("bytes", "café".encode("latin-1")),), None),
        ((("bytes", b"abc\0def"),), None),
        ((("bytes", bytes(range(128, 190))),), None),
    ],
    ids=["utf8_declared", "latin1_undeclared", "nul", "binary"],
)
def test_charsets_are_never_guessed(segments: tuple[tuple[str, object], ...], text: str | None) -> None:
    (code,) = read(qr(*segments))
    assert code.text == text
    assert code.raw == segments[-1][1]


def _largest(digits: str) -> Image.Image:
    code = qrcode.QRCode(40, qrcode.constants.ERROR_CORRECT_L, box_size=4)
    code.add_data(digits)
    code.make(fit=False)
    return code.make_image().get_image().convert("L")


def test_a_seven_kilobyte_code_is_read_whole() -> None:
    digits = "0123456789" * 708 + "012345678"
    (code,) = decoder.decode(_largest(digits), time.monotonic() + LONG)
    assert code.text == digits


@pytest.mark.parametrize("engine", ["zxing", "zbar"])
def test_a_gs1_symbol_carries_its_identifier_in_front(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine == "zbar":
        monkeypatch.setattr(decoder, "STAGES", (decoder._plain_zbar,))
    (code,) = read(qr(("fnc1", None), ("bytes", ELEMENTS)))
    assert (code.text, code.raw, code.is_gs1) == ("]Q3\x1d" + ELEMENTS.decode(), ELEMENTS, True)
    assert code.engine == engine
    (plain,) = read(qr(("bytes", ELEMENTS)))
    assert (plain.text, plain.is_gs1) == (ELEMENTS.decode(), False)


def test_the_same_symbol_seen_twice_is_one_and_different_ones_are_all_given() -> None:
    codes = read(beside([label(LINK), label(LINK), label("other"), bars("DataMatrix", "third")]))
    assert sorted((code.text, code.symbology) for code in codes) == [
        (LINK, "qr"),
        ("other", "qr"),
        ("third", "datamatrix"),
    ]


# --- how the symbol lies there ----------------------------------------------------------------------------------------


def _transparent(picture: Image.Image) -> bytes:
    """Black where the code is dark, nothing at all elsewhere."""
    out = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    out.putalpha(picture.point(lambda value: 255 - value))
    return png(out)


def _turned(picture: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return jpeg(picture.rotate(90, expand=True).convert("RGB"), exif=exif)


def _no_quiet_zone(picture: Image.Image) -> bytes:
    sheet = Image.new("L", (400, 400), 90)
    sheet.paste(label(LINK, border=0), (60, 60))
    return png(sheet)


def _palette_transparent(picture: Image.Image) -> bytes:
    out = picture.convert("P")
    return png(out, transparency=out.getpixel((0, 0)))


def _sixteen_bits(picture: Image.Image) -> bytes:
    return png(picture.convert("I").point(lambda value: value * 257).convert("I;16"))


SHAPES = {
    "as_printed": png,
    "jpeg": jpeg,
    "inverted": lambda picture: png(picture.point(lambda value: 255 - value)),
    "mirrored": lambda picture: png(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
    "tilted": lambda picture: png(picture.rotate(33, expand=True, fillcolor=255)),
    "turned_by_exif": _turned,
    "no_quiet_zone": _no_quiet_zone,
    "transparent": _transparent,
    "palette_transparent": _palette_transparent,
    "sixteen_bits": _sixteen_bits,
    "one_bit": lambda picture: png(picture.convert("1")),
    "soft": lambda picture: png(picture.filter(ImageFilter.GaussianBlur(3))),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_read_however_it_lies_there(shape: str) -> None:
    (code,) = decoder.read_photo(SHAPES[shape](label(LINK)), deadline_s=LONG).codes
    assert code.text == LINK
    assert len(code.quad) == 4


def test_a_multi_picture_jpeg_of_a_phone_is_read_and_kept() -> None:
    sheet = label(LINK).convert("RGB")
    out = io.BytesIO()
    sheet.save(out, "MPO", save_all=True, append_images=[sheet])
    reading = decoder.read_photo(out.getvalue(), deadline_s=LONG, keep_photo=True)
    assert [code.text for code in reading.codes] == [LINK]
    assert reading.kept is not None
    assert reading.kept.media_type == "image/jpeg"


# --- harder stages, and none ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(1, 7))
def test_every_stage_reads_a_plain_label_by_itself_and_says_its_engine(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = tuple((lambda picture: iter(())) for _ in range(number - 1))
    monkeypatch.setattr(decoder, "STAGES", (*nothing, decoder.STAGES[number - 1]))
    (code,) = read(label(LINK, box=4))
    assert (code.text, code.stage) == (LINK, number)
    assert code.engine == ("zbar" if number > 4 else "zxing")


def test_large_photos_are_made_smaller_for_the_harder_stages() -> None:
    sheet = Image.new("L", (4000, 3000), 180)
    assert decoder._limited(sheet, decoder.ZBAR_SIDE).size == (1400, 1050)
    assert decoder._limited(label("x"), 1400).size == label("x").size


def test_when_time_is_over_only_the_first_stage_has_run(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []

    def stage(number: int):
        return lambda picture: ran.append(number) or iter(())

    monkeypatch.setattr(decoder, "STAGES", tuple(stage(number) for number in range(1, 4)))
    assert decoder.decode(label("x"), time.monotonic() - 1) == ()
    assert ran == [1]
    assert decoder.decode(label("x"), time.monotonic() + LONG) == ()
    assert ran == [1, 1, 2, 3]


def _crate() -> Image.Image:
    sheet = Image.effect_noise((640, 480), 90)
    ImageDraw.Draw(sheet).rectangle((100, 100, 400, 300), fill=200)
    return sheet


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (_crate(), "no_code"),
        (Image.new("L", (640, 480), 10), "too_dark"),
        (label(LINK).filter(ImageFilter.GaussianBlur(40)), "too_blurred"),
    ],
    ids=["a_crate", "night", "out_of_focus"],
)
def test_a_photo_nobody_can_read_says_why(picture: Image.Image, why: str) -> None:
    reading = decoder.read_photo(png(picture), deadline_s=LONG)
    assert (reading.codes, reading.why, reading.kept) == ((), why, None)
    assert reading.ms > 0


def test_the_photo_is_kept_only_when_asked() -> None:
    assert decoder.read_photo(png(label(LINK))).kept is None
    kept = decoder.read_photo(png(label(LINK)), keep_photo=True).kept
    assert kept == decoder.keep_photo(png(label(LINK)))


def test_what_is_no_photo_is_refused() -> None:
    with pytest.raises(Invalid, match="photo_not_image"):
        decoder.read_photo(b"%PDF-1.7 ...")
