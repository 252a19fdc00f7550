"""zbar asked directly: bytes as they are. The two faults of ``pyzbar.decode`` are kept here, so that nobody returns."""

import builtins

import pytest
from PIL import Image
from pyzbar import pyzbar

from pos_trace.hardware import zbar
from tests.hardware.symbols import PHRASES, bars, beside, label, qr

BINARY = bytes(range(256))


def test_pyzbar_guesses_charsets_and_spoils_vietnamese() -> None:
    spoilt = [text for text in PHRASES if pyzbar.decode(label(text))[0].data.decode("utf-8", "replace") != text]
    assert len(spoilt) > len(PHRASES) // 3
    assert "Sữa tươi" in spoilt
    assert "Thịt heo" in spoilt


def test_pyzbar_raises_on_a_part_and_loses_the_good_code_beside_it() -> None:
    sheet = beside([label("https://txng.example/01/09521234600053"), qr(("part", (0, 3, 7)), ("bytes", b"hello"))])
    with pytest.raises(ValueError, match="4294967295"):
        pyzbar.decode(sheet)
    found = {code.raw: code.symbology for code in zbar.decode(sheet)}
    assert found == {b"https://txng.example/01/09521234600053": "QRCODE", b"hello": "PARTIAL"}


@pytest.mark.parametrize("text", PHRASES)
def test_vietnamese_comes_back_byte_for_byte(text: str) -> None:
    (code,) = zbar.decode(label(text))
    assert code.raw == text.encode()
    assert len(code.quad) == 4


def test_bytes_of_no_charset_are_kept() -> None:
    (code,) = zbar.decode(qr(("bytes", BINARY), version=14))
    assert code.raw == BINARY


def test_parts_that_are_all_there_are_joined() -> None:
    parity = 0
    for byte in b"helloworld":
        parity ^= byte
    parts = [qr(("part", (place, 2, parity)), ("bytes", text)) for place, text in enumerate((b"hello", b"world"))]
    (code,) = zbar.decode(beside(parts))
    assert (code.raw, code.symbology) == (b"helloworld", "QRCODE")


@pytest.mark.parametrize("leading", [True, False])
def test_a_leading_fnc1_is_told_and_only_then(leading: bool) -> None:
    segments = [("bytes", b"010952123460005310MD2611\x1d21000417")]
    (code,) = zbar.decode(qr(*([("fnc1", None)] if leading else []), *segments))
    assert code.is_gs1 is leading
    assert code.raw == segments[0][1]


def test_white_on_black_is_read() -> None:
    (code,) = zbar.decode(label("abc").point(lambda value: 255 - value))
    assert code.raw == b"abc"


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("EAN13", "9521234600053", "EAN13"),
        ("EAN8", "96385074", "EAN8"),
        ("UPCA", "036000291452", "EAN13"),
        ("Code128", "POSTRACE12", "CODE128"),
        ("ITF", "19521234543210", "I25"),
    ],
)
def test_bars_are_read_with_the_box_around_them(kind: str, text: str, told: str) -> None:
    (code,) = zbar.decode(bars(kind, text))
    assert (code.raw.decode().lstrip("0"), code.symbology) == (text.lstrip("0"), told)
    (left, top), _, (right, bottom), _ = code.quad
    assert left < right
    assert top < bottom


@pytest.mark.parametrize("kind", ["DataBarOmni", "PDF417", "Code39", "Codabar"])
def test_kinds_nobody_prints_on_goods_here_are_off(kind: str) -> None:
    text = {"DataBarOmni": "(01)09521234600053", "Codabar": "A1234B"}.get(kind, "POSTRACE")
    assert zbar.decode(bars(kind, text)) == ()


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (64, 64)])
def test_nothing_to_read_is_nothing(size: tuple[int, int]) -> None:
    assert zbar.decode(Image.new("L", size, 128)) == ()


def test_without_the_library_the_other_engine_works_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *more: object, **options: object) -> object:
        if name.startswith("pyzbar"):
            raise ImportError("Unable to find zbar shared library")
        return real(name, *more, **options)

    zbar._library.cache_clear()
    try:
        monkeypatch.setattr(builtins, "__import__", without)
        assert not zbar.available()
        assert zbar.decode(label("abc")) == ()
    finally:
        monkeypatch.undo()
        zbar._library.cache_clear()
    assert zbar.available()


def test_a_library_that_gives_up_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    library = zbar._library()
    monkeypatch.setattr(library, "zbar_scan_image", lambda scanner, image: -1)
    assert zbar.decode(label("abc")) == ()
