"""Where one engine alone may be wrong: parts of a longer text, and bars, which carry little to check."""

import pytest
import zxingcpp
from PIL import Image

from pos_trace.hardware import decoder, zbar
from pos_trace.hardware.seen import SeenCode
from tests.hardware.symbols import bars, beside, label, png, qr

LONG = 60.0
LINK = "https://txng.quangngai.example/01/09521234600053/10/MD2611-07"


def read(picture: Image.Image) -> tuple[SeenCode, ...]:
    return decoder.read_photo(png(picture), deadline_s=LONG).codes


# --- parts of a longer text -------------------------------------------------------------------------------------------


def _parts(*texts: bytes) -> list[Image.Image]:
    parity = 0
    for byte in b"".join(texts):
        parity ^= byte
    return [qr(("part", (place, len(texts), parity)), ("bytes", text)) for place, text in enumerate(texts)]


def test_a_part_alone_is_no_text_and_the_good_code_beside_it_stays() -> None:
    start, _ = _parts(LINK.encode()[:50], LINK.encode()[50:])
    (alone,) = read(start)
    assert (alone.text, alone.symbology, alone.raw) == (None, "qr_part", LINK.encode()[:50])
    codes = read(beside([start, label("good")]))
    assert [code.text for code in codes if code.text is not None] == ["good"]


def test_all_parts_together_are_the_whole_text() -> None:
    codes = read(beside(_parts(LINK.encode()[:50], LINK.encode()[50:])))
    assert [code.text for code in codes] == [LINK]


@pytest.mark.parametrize("version", [1, 2, 7, 10])
@pytest.mark.parametrize("mask", range(8))
def test_the_mode_of_a_symbol_is_read_under_every_mask(version: int, mask: int) -> None:
    for text, mode in (("HELLO WORLD", 2), ("12345", 1), ("xin", 4)):
        (seen,) = zxingcpp.read_barcodes(label(text, version=version, mask_pattern=mask), zxingcpp.QRCode)
        assert decoder._mode(seen) == mode


@pytest.mark.parametrize("seen", [True, False], ids=["zbar_reads_it", "zbar_sees_nothing"])
def test_a_whole_code_that_looks_like_a_part_is_kept(seen: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "_mode", lambda code: decoder.STRUCTURED_APPEND)
    if not seen:
        monkeypatch.setattr(zbar, "decode", lambda picture: ())
    (code,) = read(label(LINK))
    assert code.text == LINK


# --- bars -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("EAN13", "9521234600053", "ean13"),
        ("EAN8", "96385074", "ean8"),
        ("UPCA", "036000291452", "ean13"),
        ("Code128", "POSTRACE12", "code128"),
        ("ITF", "19521234543210", "itf"),
    ],
)
def test_bars_are_read_once_by_both_engines(kind: str, text: str, told: str) -> None:
    (code,) = read(bars(kind, text))
    assert (str(code.text).lstrip("0"), code.symbology, code.engine) == (text.lstrip("0"), told, "zxing")


@pytest.mark.parametrize("text", ["12345678", "19521234543219", "123456789012345678"])
@pytest.mark.parametrize("stages", [decoder.STAGES, (decoder._plain_zbar,)], ids=["all", "zbar"])
def test_bars_without_a_right_check_digit_are_not_taken(
    text: str, stages: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, "STAGES", stages)
    reading = decoder.read_photo(png(bars("ITF", text)), deadline_s=LONG)
    assert reading.codes == ()
    assert reading.why == "no_code"


@pytest.mark.parametrize(("version", "mask", "text"), [(10, 3, "HELLO WORLD"), (21, 6, "xin"), (24, 2, "xin")])
def test_dots_in_a_row_of_a_square_symbol_are_not_taken_for_bars(version: int, mask: int, text: str) -> None:
    sheet = label(text, box=3, version=version, mask_pattern=mask)
    engine = {seen.text for seen in zxingcpp.read_barcodes(sheet, decoder.FORMATS)}
    assert len(engine) == 2, "the engine alone is deceived"
    assert [code.text for code in read(sheet)] == [text]
    assert sorted(str(code.text) for code in read(beside([sheet, bars("EAN8", "96385074")]))) == ["96385074", text]


def test_half_a_wide_bar_code_is_not_a_shorter_one() -> None:
    whole = bars("ITF", "19521234543210")
    assert read(whole.crop((0, 0, whole.width // 2, whole.height))) == ()


def test_what_the_two_engines_read_differently_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    other = zbar.ZbarCode(b"]C1010952123460005310OTHER", "CODE128", False, ((0, 0), (9, 0), (9, 9), (0, 9)))
    monkeypatch.setattr(zbar, "decode", lambda picture: (other,))
    codes = read(bars("Code128", "POSTRACE12"))
    assert [(code.engine, code.text) for code in codes] == [("zxing", "POSTRACE12"), ("zbar", other.raw.decode())]
