"""Slips, papers and pages the tests of drawing share."""

import unicodedata
from datetime import UTC, datetime
from decimal import Decimal

from PIL import Image

from pos_trace.core.slips import (
    Block,
    Place,
    ReceiptFacts,
    ReceivedItem,
    ReceivingFacts,
    Slip,
    SoldItem,
    receipt_slip,
    receiving_slip,
)
from pos_trace.hardware import zbar
from pos_trace.hardware.page import draw
from pos_trace.hardware.paper import Paper, preset

AT = datetime(2026, 11, 23, 22, 47, tzinfo=UTC)
NARROW, WIDE = preset("generic-58"), preset("generic-80")
TRACE = "HTTPS://TRUYXUAT.EXAMPLE/R/BCF7KZ2MX9BCF7KZ2MX9"
PLACE = Place("Sạp A-12 – Chị Hoa", "Chợ đầu mối Kon Tum (mẫu), phường Kon Tum", "9521234700036", demo=True)
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
VOWELS = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
LETTERS = [
    *(unicodedata.normalize("NFC", v + tone) for v in VOWELS for tone in TONES if tone or v in "ăâêôơưĂÂÊÔƠƯ"),
    "đ",
    "Đ",
]


def receipt(*items: SoldItem, qr_text: str | None = TRACE) -> Slip:
    """A sale slip of ``items``, or of a usual three."""
    usual = (
        SoldItem("Cải thảo", Decimal("1.5"), "kg", 22_500, "lô MD2611-07"),
        SoldItem("Cá diêu hồng", Decimal("0.8"), "kg", 56_000, "một trong 2 lô nhận hôm nay"),
        SoldItem("Cà phê bột Robusta Đăk Hà rang mộc gói 500 g", Decimal(12), "gói", 1_500_000, "lô DH2611A"),
    )
    host = "truyxuat.example"
    return receipt_slip(ReceiptFacts(PLACE, "A12-0184", AT, items or usual, 1_578_500, qr_text, "BCF7KZ2MX9", host))


def receiving() -> Slip:
    """A receiving slip with a refused part, papers, and a line that awaits some."""
    items = (
        ReceivedItem("Cải thảo", "MD2611-07", Decimal(20), Decimal(17), Decimal(3), "sọt", "KHỚP HỒ SƠ", "dập hỏng"),
        ReceivedItem("Gà ta", "nhận 003-3", Decimal(12), Decimal(12), Decimal(0), "con", "THIẾU GIẤY TỜ", before=AT),
    )
    return receiving_slip(ReceivingFacts(PLACE, "A12-261124-003", AT, "HTX (mẫu)", "82C-012.34", "Hoa", items, AT))


def one(text: str, paper: Paper = WIDE, **more: object) -> Image.Image:
    """The page of one text block."""
    return page_of(Block("text", text, **more), paper=paper)


def page_of(*blocks: Block, paper: Paper = WIDE) -> Image.Image:
    """The page of ``blocks``."""
    return draw(Slip("test", blocks), paper).image


def ink(image: Image.Image) -> tuple[int, int, int, int] | None:
    """The smallest box around all ink."""
    return image.convert("L").point(lambda value: 255 - value).getbbox()


def by_zbar(image: Image.Image) -> list[str]:
    """The codes zbar reads on a page, as a phone sees it: twice as large."""
    large = image.convert("L").resize((image.width * 2, image.height * 2))
    return [code.raw.decode() for code in zbar.decode(large)]
