"""Photos at the stall: several codes, a payment code beside the label, two engines that disagree, nothing to read."""

from dataclasses import dataclass
from typing import Any

import pytest
from PIL import Image

from pos_trace.core.errors import Invalid
from pos_trace.hardware.seen import KeptPhoto, Reading, SeenCode
from pos_trace.runtime.children import Children, PhotoReader
from pos_trace.services import scanning
from pos_trace.services.scanning import ScanIn
from pos_trace.store.models import DeliveryLine, Scan, StockLot
from tests.hardware.symbols import bars, beside, jpeg, label, png, qr
from tests.hardware.test_photos import bomb
from tests.services.night import CABBAGE, FISH, Night, url, with_ports

PAYMENT = "00020101021238570010A00000072701270006970436011306110044567890208QRIBFTTA53037045802VN63043CAB"


def scan(night: Night, data: bytes, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = scanning.scan_photo(
        night.node, night.who(), data, ScanIn("", source="photo", **more), night.now
    )
    return told


@pytest.fixture
def seeing(night: Night, children: Children) -> Night:
    """The night with the real reader."""
    night.pull()
    return with_ports(night, photos=PhotoReader(children, timeout_s=60.0))


SHEETS = {
    "alone": lambda: beside([label(url(CABBAGE))]),
    "twice_the_same": lambda: beside([label(url(CABBAGE)), label(url(CABBAGE), box=4)]),
    "payment_beside": lambda: beside([label(PAYMENT), label(url(CABBAGE))]),
    "ean_beside": lambda: beside([bars("EAN13", "9521234600053"), label(url(CABBAGE))]),
    "binary_beside": lambda: beside([label(b"\xff\xfe\x00"), label(url(CABBAGE))]),
    "a_part_beside": lambda: beside([qr(("part", (0, 2, 9)), ("bytes", url(FISH).encode())), label(url(CABBAGE))]),
    "a_classic_code": lambda: beside([qr(("fnc1", None), ("bytes", b"01095212346000531726120110MD2611-07"))]),
}


@pytest.mark.parametrize("name", SHEETS)
def test_one_trace_code_is_found_whatever_lies_beside_it(seeing: Night, name: str) -> None:
    told = scan(seeing, jpeg(SHEETS[name]()))
    assert told["code"]["outcome"] == "ok"
    assert told["code"]["key"] == CABBAGE
    assert told["verdict"]["status"] == "verified"


def test_two_different_trace_codes_are_ambiguous_and_no_line_is_made(seeing: Night) -> None:
    told = scan(seeing, png(beside([label(url(CABBAGE)), label(url(FISH))])), delivery_id=seeing.deliver(),
                quantity="5", unit="kg")  # fmt: skip
    assert told["code"]["outcome"] == "ambiguous"
    assert told["code"]["candidates"] == sorted([CABBAGE, FISH])
    assert told["verdict"] is None
    assert told["line"] is None
    assert told["message"]["text"] == "Ảnh có nhiều mã"
    assert seeing.count(DeliveryLine) == seeing.count(StockLot) == 0


@dataclass
class Disagreeing:
    """A reader whose two engines read one symbol differently."""

    texts: tuple[str, ...]

    def read(self, data: bytes, keep_photo: bool = False) -> Reading:
        codes = tuple(
            SeenCode(text, text.encode(), "code128", False, engine, 1, ((0, 0), (9, 0), (9, 9), (0, 9)))
            for text, engine in zip(self.texts, ("zxing", "zbar"), strict=True)
        )
        return Reading(codes, None, 1.0, KeptPhoto(data, "image/png", None) if keep_photo else None)

    def keep(self, data: bytes) -> KeptPhoto:
        return KeptPhoto(data, "image/png", None)


def test_two_engines_that_disagree_verify_nothing(night: Night) -> None:
    night.pull()
    night = with_ports(night, photos=Disagreeing((url(CABBAGE), url(FISH))))
    told = scan(night, b"photo")
    assert told["code"]["outcome"] == "ambiguous"
    assert told["verdict"] is None


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (lambda: label(PAYMENT), "Đây là mã thanh toán"),
        (lambda: bars("ITF", "12345678"), "Không thấy mã trong ảnh"),
        (lambda: Image.new("L", (640, 480), 9), "Ảnh tối quá"),
        (lambda: qr(("part", (0, 2, 9)), ("bytes", url(CABBAGE).encode())), "Không thấy mã trong ảnh"),
    ],
    ids=["payment", "no_check_digit", "night", "a_part_that_looks_whole"],
)
def test_what_gives_no_trace_code_is_told_in_words(seeing: Night, sheet: Any, said: str) -> None:
    told = scan(seeing, png(sheet().convert("L")))
    assert told["verdict"] is None
    assert told["message"]["text"] == said
    assert seeing.count(Scan) == 1


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", bomb()], ids=["nothing", "pdf", "bomb"])
def test_what_is_no_photo_leaves_nothing_behind_and_the_next_one_is_read(seeing: Night, data: bytes) -> None:
    with pytest.raises(Invalid):
        scan(seeing, data)
    assert seeing.count(Scan) == 0
    assert scan(seeing, png(label(url(CABBAGE))))["verdict"]["status"] == "verified"
